"""A folder of texts as news of a space. Running it again changes only what changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from portal.access import Action, Viewer, may
from portal.content.models import Topic
from portal.importing import texts
from portal.importing.decoding import Unreadable, decode
from portal.importing.naming import readable, source_key
from portal.importing.patience import limited
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.news import services as news
from portal.spaces.models import Space

SIZE_MAX = 2 * 1024 * 1024  # bytes of a file; a book has less
SECONDS_MAX = 20  # that reading one file may take


class Result(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass
class Outcome:
    """What became of one file."""

    file: str
    result: Result
    title: str = ""
    day: datetime | None = None
    day_from: str = ""
    reason: str = ""
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Import:
    """One run: a folder into a space, by a person who may do it.

    name: what the collection is called; with a file's path it is the key that finds the item
    again. Two folders of the same name and other texts need names of their own.
    """

    folder: Path
    name: str
    space: Space
    by: Viewer
    draft: bool = False
    dry_run: bool = False

    def check(self) -> None:
        """Stop before the first file when the person may not. Raises Refused."""
        if not may(self.by, Action.CREATE, self.space):
            raise Refused(
                "as",
                _(
                    "%(name)s may not write in “%(space)s”.",
                    name=self.by.login,
                    space=self.space.slug,
                ),
            )
        alone = not self.draft and not self.space.review_required
        if alone and not may(self.by, Action.RELEASE, self.space):
            raise Refused(
                "as",
                _(
                    "%(name)s may write in “%(space)s”, but not release. Use --draft, or name an "
                    "editor with --as.",
                    name=self.by.login,
                    space=self.space.slug,
                ),
            )

    def run(self, progress: Callable[[int, int], None]) -> list[Outcome]:
        """Import every file, each in a transaction of its own; a refused one stops nothing."""
        files = list(found_in(self.folder))
        topics = _topics()
        outcomes = []
        for done, path in enumerate(files, start=1):
            outcomes.append(self._file(path, topics))
            progress(done, len(files))
        return outcomes

    def _file(self, path: Path, topics: dict[str, int]) -> Outcome:
        name = readable(path.relative_to(self.folder).as_posix())
        try:
            draft = _read(path)
        except Unreadable as error:
            return Outcome(name, Result.REFUSED, reason=str(error))
        except OSError as error:
            return Outcome(name, Result.REFUSED, reason=error.strerror or str(error))
        unknown = [topic for topic in draft.topics if topic.casefold() not in topics]
        if unknown:
            draft.doubts.append(_("there is no topic %(names)s", names=", ".join(unknown)))
        chosen = [topics[t.casefold()] for t in draft.topics if t.casefold() in topics]
        try:
            result = self._publish(name, draft, chosen)
        except Refused as refusal:
            return Outcome(name, Result.REFUSED, draft.title, reason=refusal.message)
        except HTTPException:
            reason = _("it was imported before and trashed, or may not be changed by this person")
            return Outcome(name, Result.REFUSED, draft.title, reason=reason)
        return Outcome(
            name,
            result,
            draft.title,
            draft.published_at,
            draft.day_from,
            doubts=draft.doubts,
        )

    def _publish(self, name: str, draft: texts.Draft, topics: list[int]) -> Result:
        try:
            return self._in_transaction(name, draft, topics)
        except _Undone as undone:
            return undone.result

    @transaction
    def _in_transaction(self, name: str, draft: texts.Draft, topics: list[int]) -> Result:
        result = Result(
            news.publish_imported(
                self.space,
                draft.title,
                draft.body,
                by=self.by,
                source=source_key("import", self.name, name),
                summary=draft.summary,
                language=draft.language,
                date=draft.published_at,
                draft=self.draft,
                topics=topics,
            )
        )
        if self.dry_run:
            raise _Undone(result)
        return result


class _Undone(Exception):
    """Ends a rehearsal's transaction without its changes."""

    def __init__(self, result: Result) -> None:
        super().__init__(result)
        self.result = result


def found_in(folder: Path) -> Iterator[Path]:
    """The files of a folder and the folders in it, in the order of their names; no hidden ones."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and not path.is_dir():
            yield path


def _read(path: Path) -> texts.Draft:
    """Read one file. Raises Unreadable with the reason, OSError."""
    if path.is_symlink() and not path.exists():
        raise Unreadable(_("it is a link to nowhere"))
    if not path.is_file():
        raise Unreadable(_("it is no ordinary file"))
    if path.suffix.lstrip(".").casefold() not in texts.SUFFIXES:
        raise Unreadable(_("only .txt, .md and .html are taken"))
    size = path.stat().st_size
    if size > SIZE_MAX:
        limit = SIZE_MAX // 1024 // 1024
        raise Unreadable(_("it is larger than %(n)s MiB", n=limit))
    if size == 0:
        raise Unreadable(_("it is empty"))
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)
    with limited(SECONDS_MAX):
        return texts.parse(readable(path.name), decode(path.read_bytes()), modified)


def _topics() -> dict[str, int]:
    """Every topic by its slug and its names, folded."""
    found: dict[str, int] = {}
    for row in db.session.execute(select(Topic.id, Topic.slug, Topic.name_bg, Topic.name_en)):
        for name in (row.slug, row.name_bg, row.name_en):
            found.setdefault(name.casefold(), row.id)
    return found

"""A folder of files as documents of a space. Running it again changes only what changed."""

import hashlib
import os
import shutil
import stat
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from werkzeug.exceptions import HTTPException

from portal.access import Action, Viewer, may
from portal.content import folders
from portal.content.models import Folder, Life
from portal.documents import services as documents
from portal.files import services as files
from portal.files import store, uploads
from portal.importing.naming import readable, source_key
from portal.jobs import failpoint
from portal.kernel.config import MIB
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.spaces.models import Space

CHUNK = 1024 * 1024
# What systems and programs leave beside people's files.
LEFTOVERS = {"thumbs.db", "desktop.ini", "$recycle.bin", "system volume information", "__macosx"}


class Result(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass
class Outcome:
    """What became of one file. `size` in bytes."""

    file: str
    result: Result
    size: int = 0
    reason: str = ""
    in_trash: bool = False


@dataclass
class Found:
    """What a folder on the disk holds."""

    files: list[Path] = field(default_factory=list)
    leftovers: int = 0  # hidden and temporary ones, passed over
    links: list[str] = field(default_factory=list)  # never followed
    closed: list[Outcome] = field(default_factory=list)  # folders that cannot be opened


@dataclass
class Import:
    """One run: a folder into a space, by a person who may do it.

    name: what the collection is called; with a file's path it is the key that finds the document
    again. Two folders of the same name and other files need names of their own.
    """

    folder: Path
    name: str
    space: Space
    by: Viewer
    inside: tuple[str, ...] = ()  # folders of the space that all is put into
    draft: bool = False
    dry_run: bool = False
    broken_off: bool = False  # by Ctrl-C; the next run goes on
    _folders: dict[tuple[str, ...], int] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

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

    @property
    def is_reviewed(self) -> bool:
        """Whether what is new waits for a reviewer before its readers see it."""
        return self.space.review_required or not may(self.by, Action.RELEASE, self.space)

    def run(self, found: Found, progress: Callable[[int, int], None]) -> list[Outcome]:
        """Import every file, each in a transaction of its own; a refused one stops nothing."""
        outcomes = list(found.closed)
        try:
            for done, path in enumerate(found.files, start=1):
                outcomes.append(self._file(path))
                progress(done, len(found.files))
        except KeyboardInterrupt:
            self.broken_off = True
        return outcomes

    def _file(self, path: Path) -> Outcome:
        name = _name(path.relative_to(self.folder))
        if name in self._seen:
            reason = _("another file of the folder has the same name")
            return Outcome(name, Result.REFUSED, reason=reason)
        self._seen.add(name)
        size = 0
        try:
            size = path.lstat().st_size
            return self._documented(path, name)
        except Refused as refusal:
            reason = refusal.message
        except HTTPException:
            reason = _("this person may not change the document")
        except PermissionError:
            reason = _("the account that runs the import may not read it")
        except FileNotFoundError:
            reason = _("it was there a moment ago and is gone")
        except OSError as error:
            reason = error.strerror or str(error)
        return Outcome(name, Result.REFUSED, size, reason)

    def _documented(self, path: Path, name: str) -> Outcome:
        source = source_key("documents", self.name, name)
        sha256, size = _looked_through(path)
        known = documents.imported(self.space, source)
        if known is not None and documents.is_same(known, sha256):
            trashed = known.life == Life.TRASHED
            return Outcome(name, Result.UNCHANGED, size, in_trash=trashed)
        db.session.rollback()  # nothing is kept waiting while bytes are copied
        *within, own = name.split("/")
        above = (*self.inside, *within)
        if self.dry_run:
            taken = files.look_at(path, sha256, size, own)
        else:
            _room_for(size)
            with path.open("rb") as stream:
                taken = files.take(stream, own, by=self.by)
        failpoint.here("import.stored")
        try:
            result, folder_id = self._in_transaction(above, taken, source)
        except _Undone as undone:
            result, folder_id = undone.result, None
        failpoint.here("import.kept")
        if folder_id is not None:  # and not before it is there for good
            self._folders[above] = folder_id
        return Outcome(name, result, taken.size)

    @transaction
    def _in_transaction(
        self, above: tuple[str, ...], taken: files.Taken, source: str
    ) -> tuple[Result, int | None]:
        """What became of the file, and the folder that it lies in."""
        known = documents.imported(self.space, source)
        folder = self._folder(above) if above and known is None else None
        file = files.enter(taken, by=self.by)
        result = Result(
            documents.import_one(self.space, folder, file, source, by=self.by, draft=self.draft)
        )
        if self.dry_run:
            raise _Undone(result)
        return result, folder.id if folder else None

    def _folder(self, names: tuple[str, ...]) -> Folder:
        """The folder of a path, made where it is missing. Raises Refused."""
        known = self._folders.get(names)
        folder = db.session.get(Folder, known) if known else None
        return folder or folders.ensure(self.space, None, names, by=self.by)


class _Undone(Exception):
    """Ends a rehearsal's transaction without its changes."""

    def __init__(self, result: Result) -> None:
        super().__init__(result)
        self.result = result


def look_through(folder: Path) -> Found:
    """The files of a folder and the folders in it, in the order of their names."""
    found = Found()

    def closed(error: OSError) -> None:
        name = _name(Path(os.fsdecode(error.filename)).relative_to(folder))
        reason = _("the folder cannot be opened: %(why)s", why=error.strerror)
        found.closed.append(Outcome(f"{name}/", Result.REFUSED, reason=reason))

    for above, inner, names in os.walk(folder, onerror=closed, followlinks=False):
        here = Path(above)
        kept = []
        for name in sorted(inner):
            if _is_leftover(name):
                found.leftovers += 1
            elif (here / name).is_symlink():
                found.links.append(_name((here / name).relative_to(folder)))
            else:
                kept.append(name)
        inner[:] = kept
        for name in sorted(names):
            if _is_leftover(name):
                found.leftovers += 1
            elif (here / name).is_symlink():
                found.links.append(_name((here / name).relative_to(folder)))
            else:
                found.files.append(here / name)
    return found


def _is_leftover(name: str) -> bool:
    folded = name.casefold()
    return name.startswith((".", "~$")) or folded.endswith(".tmp") or folded in LEFTOVERS


def _name(path: Path) -> str:
    """A path as text, its letters composed: macOS writes и and a breve where others write й."""
    return unicodedata.normalize("NFC", readable(path.as_posix()))


def _looked_through(path: Path) -> tuple[str, int]:
    """SHA-256 and size in bytes of an ordinary file. Raises Refused, OSError."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise Refused("file", _("it is no ordinary file"))
    limit = uploads.limit()
    if path.lstat().st_size > limit:
        raise Refused("file", _("it is larger than %(n)s MiB", n=limit // MIB))
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    if not size:
        raise Refused("file", _("it is empty"))
    return digest.hexdigest(), size


def _room_for(size: int) -> None:
    """Refuse a file of `size` bytes that would fill the disk: the database needs room too."""
    if shutil.disk_usage(store.folder()).free - size < uploads.RESERVE:
        raise Refused("file", _("The portal's disk is full. Tell the administrator."))

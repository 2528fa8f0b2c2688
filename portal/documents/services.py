"""Documents are put in, described, given new versions and taken back to earlier ones.

Every change is a revision with the file it shows; the content's own steps release it, or send it
for review where the space or the person's role asks for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath
from typing import Any, Literal

from sqlalchemy import select

from portal.access import Action, Viewer, may, require
from portal.accounts.models import Group
from portal.confirming import services as confirming
from portal.content import folders, replacing
from portal.content import services as content
from portal.content.models import OPEN, Content, Folder, Life, Placement, State
from portal.documents.kind import FIELDS, goes_out_at_once
from portal.documents.models import DocumentRevision
from portal.documents.sorts import SORTS
from portal.files import readings
from portal.files.models import Attachment, File
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.text import tidy
from portal.kernel.transaction import transaction
from portal.spaces.models import Space

Outcome = Literal["created", "updated", "unchanged"]
NUMBERED_MAX = Content.TITLE_MAX - 8  # characters of a title before its number
LANGUAGE = "bg"  # a document is one file; the language of its text is no matter of versions


@dataclass
class Facts:
    """What a clerk writes about a document."""

    title: str
    summary: str = ""
    sort: str = ""
    reg_number: str = ""
    dated: date | None = None
    issuer: str = ""
    unit_id: int | None = None
    tags: Sequence[str] = field(default_factory=tuple)


@transaction
def add(
    space: Space,
    folder: Folder | None,
    file: File,
    facts: Facts | None = None,
    *,
    by: Viewer,
    source: str | None = None,
    draft: bool = False,
    wish: confirming.Wish | None = None,
) -> DocumentRevision:
    """A new document of an uploaded file; without a title it is named after the file.

    It is released at once where the viewer may and no review is asked, else sent for review.
    draft: leave it a draft. wish: who must read it. Two of the same name stand beside each other,
    numbered. Raises Refused at the field concerned.
    """
    require(by, Action.CREATE, space)
    facts = facts or Facts("")
    facts.title = facts.title or _unused(title_of(file.name), space, folder, by)
    revision = content.start(
        DocumentRevision,
        space,
        by=by,
        language=LANGUAGE,
        title=facts.title,
        summary=facts.summary,
        source=source,
        file_id=file.id,
        **_fields(facts),
    )
    _attach(revision, file, by)
    if folder is not None:
        folders.put(revision.content, space, folder, by=by)
    _wish(revision, wish, by)
    _go_on(revision, by, draft)
    return revision


@transaction
def new_version(
    item: Content,
    file: File,
    note: str = "",
    *,
    by: Viewer,
    draft: bool = False,
    wish: confirming.Wish | None = None,
) -> DocumentRevision:
    """Another file in place of the present one; who could read that one reads it on until then.

    draft: leave it a draft. A version at work steps back for it and stays among the versions.
    """
    revision = _fresh(item, by)
    _attach(revision, file, by)
    _save(revision, _facts_of(revision), by, file_id=file.id, note=tidy(note))
    _wish(revision, wish, by)
    _go_on(revision, by, draft)
    return revision


@transaction
def describe(
    item: Content,
    saves: int,
    facts: Facts,
    *,
    by: Viewer,
    draft: bool = False,
    wish: confirming.Wish | None = None,
) -> DocumentRevision:
    """Change what is written about a document.

    saves: of the revision that the form was opened on, see `stamp`; draft: leave it a draft;
    wish: who must read it, None: what is kept stays. Raises Stale, or Refused at the field
    concerned.
    """
    if saves != stamp(item):
        raise Stale(item)
    revision = _draft(item, by)
    _save(revision, facts, by, note=revision.note if revision.state != State.DRAFT else "")
    _wish(revision, wish, by)
    _go_on(revision, by, draft)
    return revision


def stamp(item: Content) -> int:
    """What a form carries to see whether somebody changed the document meanwhile."""
    now = current(item)
    return now.id * 1000 + now.saves % 1000


@transaction
def go_back(
    item: Content, revision: DocumentRevision, seen: str, *, by: Viewer
) -> DocumentRevision:
    """Make an earlier version the present one again, as a new version.

    seen: as `replacing.go_back` takes it. Raises Stale when another version is at work by now.
    """
    if revision.content_id != item.id:
        raise Refused("", _("This version belongs to another document."))
    require(by, Action.EDIT, item)
    require(by, Action.READ, revision)
    if content.print_of(at_work(item)) != seen:
        raise Stale(item)
    made = _fresh(item, by)
    for name in FIELDS:
        setattr(made, name, getattr(revision, name))
    _hold(made, revision.file_id)
    facts = _facts_of(revision)
    _save(made, facts, by, note=_("Back to version %(n)s", n=revision.number))
    _go_on(made, by)
    return made


@transaction
def release(item: Content, *, by: Viewer) -> None:
    """Put the version at work before its readers."""
    revision = at_work(item)
    if revision is not None:
        content.release(revision, revision.saves, by=by)


@transaction
def submit(item: Content, *, by: Viewer) -> None:
    """Ask the reviewers for the version at work."""
    revision = at_work(item)
    if revision is not None:
        content.submit(revision, revision.saves, by=by)


@transaction
def read_again(item: Content, *, by: Viewer) -> None:
    """Let the machine read the file that the document's page shows afresh."""
    require(by, Action.EDIT, item)
    shown = content.released_revision(item, LANGUAGE)
    version = shown if isinstance(shown, DocumentRevision) else current(item)
    readings.again(version.file_id, by=by)


@transaction
def import_one(
    space: Space, folder: Folder | None, file: File, source: str, *, by: Viewer, draft: bool
) -> Outcome:
    """Take a file in from a folder on disk; safe to run twice.

    source: where it came from, the same at every run. The caller passes over files that `is_same`
    knows already, so that their bytes are not stored again.
    """
    item = imported(space, source)
    if item is None:
        add(space, folder, file, by=by, source=source, draft=draft)
        return "created"
    if item.life == Life.TRASHED:
        return "unchanged"  # somebody threw it away on purpose
    new_version(item, file, by=by, draft=draft)
    return "updated"


def imported(space: Space, source: str) -> Content | None:
    """The document that came from there, whatever became of it."""
    known = select(Content).where(
        Content.source == source, Content.home_id == space.id, Content.kind == "document"
    )
    return db.session.scalar(known)


def is_same(item: Content, sha256: str) -> bool:
    """Whether the document shows exactly these bytes, or lies in the trash."""
    if item.life == Life.TRASHED:
        return True
    file = db.session.get(File, current(item).file_id)
    return file is not None and file.sha256 == sha256


def current(item: Content) -> DocumentRevision:
    """The version at work, else the one that readers see, else the last."""
    found = db.session.scalars(
        select(DocumentRevision)
        .where(DocumentRevision.content_id == item.id)
        .order_by(DocumentRevision.number.desc())
    ).all()
    if not found:
        raise LookupError(f"document {item.id} has no version")
    states = [revision.state for revision in found]
    for wanted in (OPEN, (State.LIVE, State.SCHEDULED)):
        for revision, state in zip(found, states, strict=True):
            if state in wanted:
                return revision
    return found[0]


def at_work(item: Content) -> DocumentRevision | None:
    """The draft, submitted or returned version."""
    found = content.open_revision(item, LANGUAGE)
    return found if isinstance(found, DocumentRevision) else None


def title_of(name: str) -> str:
    """A file's name as a title: without its ending, words parted by blanks."""
    path = PurePath(name)
    stem = path.stem if len(path.suffix) <= 6 else path.name
    title = tidy(stem.replace("_", " ")) or name
    if len(title) <= Content.TITLE_MAX:
        return title
    return title[: Content.TITLE_MAX - 1].rsplit(" ", 1)[0][: Content.TITLE_MAX - 1] + "…"


def _unused(title: str, space: Space, folder: Folder | None, by: Viewer) -> str:
    """The title, numbered while documents that the viewer may read beside it are called so."""
    here = Placement.space_id == space.id, Placement.folder_id == (folder.id if folder else None)
    beside = (
        select(Content)
        .join(Placement, Placement.content_id == Content.id)
        .where(*here, Content.kind == "document", Content.life != Life.TRASHED)
        .where(Content.title.startswith(title[:NUMBERED_MAX], autoescape=True))
    )
    taken = {item.title for item in db.session.scalars(beside) if may(by, Action.READ, item)}
    number, wanted = 1, title
    while wanted in taken:
        number += 1
        wanted = f"{title[:NUMBERED_MAX]} ({number})"
    return wanted


def _draft(item: Content, by: Viewer) -> DocumentRevision:
    if item.kind != "document":
        raise ValueError(f"{item.kind}:{item.id} is no document")
    draft = content.draft_of(item, LANGUAGE, by=by)
    assert isinstance(draft, DocumentRevision)
    return draft


def _fresh(item: Content, by: Viewer) -> DocumentRevision:
    """A draft that takes no file away: the version at work steps back, and its file with it."""
    work = at_work(item)
    if work is not None:
        replacing.start_over(work, by=by)
    return _draft(item, by)


def _save(revision: DocumentRevision, facts: Facts, by: Viewer, **fields: Any) -> None:
    values = {**_fields(facts), **fields}
    content.save(
        revision, revision.saves, by=by, title=facts.title, summary=facts.summary, **values
    )


def _fields(facts: Facts) -> dict[str, Any]:
    if facts.sort and facts.sort not in SORTS:
        raise Refused("sort", _("Choose one of the list."))
    if facts.unit_id is not None and db.session.get(Group, facts.unit_id) is None:
        raise Refused("unit", _("Choose one of the list."))
    return {
        "sort": facts.sort,
        "reg_number": tidy(facts.reg_number),
        "dated": facts.dated,
        "issuer": tidy(facts.issuer),
        "unit_id": facts.unit_id,
        "tags": joined(facts.tags),
    }


def joined(tags: Sequence[str]) -> str:
    """Tags as they are stored: tidy, each once, parted by commas. Refused at `tags`."""
    tidied = [tidy(tag.replace(",", " ")) for tag in tags]
    text = ", ".join(dict.fromkeys(tag for tag in tidied if tag))
    if len(text) > DocumentRevision.TAGS_MAX:
        raise Refused("tags", _("These are too many tags. Keep the ones that matter."))
    return text


def _facts_of(revision: DocumentRevision) -> Facts:
    return Facts(
        title=revision.title,
        summary=revision.summary,
        sort=revision.sort,
        reg_number=revision.reg_number,
        dated=revision.dated,
        issuer=revision.issuer,
        unit_id=revision.unit_id,
        tags=tuple(filter(None, revision.tags.split(", "))),
    )


def _attach(revision: DocumentRevision, file: File, by: Viewer) -> None:
    """Let the revision hold the viewer's own upload, and nothing else."""
    if file.uploaded_by_id != by.user_id:
        raise Refused("file", _("This file cannot be used. Upload it again."))
    _hold(revision, file.id)


def _hold(revision: DocumentRevision, file_id: int) -> None:
    for held in db.session.scalars(select(Attachment).where(Attachment.revision_id == revision.id)):
        if held.file_id == file_id:
            return
        db.session.delete(held)
    db.session.add(Attachment(revision_id=revision.id, file_id=file_id, role="file"))


def _wish(revision: DocumentRevision, wish: confirming.Wish | None, by: Viewer) -> None:
    if wish is not None:
        confirming.wish(revision.content, wish, by=by)


def _go_on(revision: DocumentRevision, by: Viewer, draft: bool = False) -> None:
    """Release, or ask for review: who puts a document somewhere wants it to be read there."""
    if draft:
        return
    item = revision.content
    db.session.flush()
    if goes_out_at_once(item, by):
        content.release(revision, revision.saves, by=by)
    else:
        content.submit(revision, revision.saves, by=by)

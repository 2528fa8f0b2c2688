"""Writing practices: begun by one, written on by all contributors of the organisation's space.

The content's own steps send them for review and release them; `kind` says what follows from that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from portal.access import Action, Viewer, may, require
from portal.accounts.models import Organisation, User
from portal.content import services as content
from portal.content.models import OPEN, Content, State, Topic
from portal.files import services as files
from portal.files.models import Attachment, File
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.practices import record as records
from portal.practices.cleaning import Faults, Record, clean, is_empty
from portal.practices.fields import ABOUT
from portal.practices.models import PracticeRevision
from portal.practices.parts import Field, Step
from portal.spaces.models import Space

# Where practices are written: a partner's own space, or where staff work with partners.
HOMES = ("organisation", "extranet", "workspace")
IN_COLUMNS = ("title", "summary", "topics")  # fields that stand beside the record
WRITABLE = (State.DRAFT, State.RETURNED)  # nothing leaves review by somebody's typing
ROLES = {"materials": "material", "pictures": "picture"}


@dataclass
class Saved:
    """What became of a save: `faults` were not kept, with words by the control's key."""

    seal: str  # of the step as it is stored now
    faults: Faults = field(default_factory=dict)


@transaction
def begin(
    space: Space, language: str, title: str, *, by: Viewer, failed: bool = False
) -> PracticeRevision:
    """Begin a practice in a space; its contributors write on it together. Where partners of every
    organisation meet, its owner writes alone: a draft is no business of other organisations.

    failed: the shorter record of what did not work. Raises Refused at `title` or `space`.
    """
    require(by, Action.CREATE, space)
    if space.kind not in HOMES:
        raise Refused("space", _("Practices are written in the space of an organisation."))
    kept, faults = clean(ABOUT.fields[0], title)
    if faults:
        raise Refused("title", faults["title"])
    owner = db.session.get_one(Organisation, space.organisation_id or by.organisation_id)
    return content.start(
        PracticeRevision,
        space,
        by=by,
        language=language,
        title=kept,
        is_shared=space.kind != "extranet",
        record={
            "failed": failed,
            "organisation": owner.id,
            "contact": by.user_id,
            "contact_shown": "partners",
            "settlement": owner.city,
            "nuts3": owner.nuts3,
            "original": language,
            "licence": "CC-BY-4.0",
            "visibility": "partners",
        },
    )


@transaction
def translate(item: Content, language: str, *, by: Viewer) -> PracticeRevision:
    """The draft in another language: the open one, or a copy of the text to be translated."""
    base = shown_or_open(item, "en" if language == "bg" else "bg")
    draft = content.draft_of(item, language, by=by, base=base)
    assert isinstance(draft, PracticeRevision)
    return draft


@transaction
def go_on(item: Content, language: str, *, by: Viewer) -> PracticeRevision:
    """The draft to write on: the open one, taken back from its reviewers, or a new one over the
    text that readers see."""
    draft = translate(item, language, by=by)
    content.withdraw(draft, by=by)
    return draft


@transaction
def send(draft: PracticeRevision, saves: int, *, by: Viewer, note: str = "") -> None:
    """Send a practice to its reviewers, with a word to them that stands as `note` in its record.

    saves: of the text as its author saw it last. Raises Stale, or Refused at the control that
    keeps it from them.
    """
    require(by, Action.EDIT, draft.content)
    if draft.saves != saves or draft.state not in OPEN:
        raise Stale(draft)
    if note != draft.record.get("note", ""):
        written = {**draft.record, "note": note}
        content.save(draft, saves, by=by, title=draft.title, summary=draft.summary, record=written)
    content.submit(draft, draft.saves, by=by)


@transaction
def save_step(
    draft: PracticeRevision, step_key: str, seal: str, typed: Mapping[str, Any], *, by: Viewer
) -> Saved:
    """Save one step of the form as far as it can be kept; the rest is told as faults.

    seal: `step_seal` of what the form was opened on. Raises Stale when somebody changed this
    step since, or the text was sent or released; co-authors at different steps are in nobody's
    way. A field that was not sent stays as it is.
    """
    require(by, Action.EDIT, draft.content)
    if draft.state not in WRITABLE:
        raise Stale(draft)
    step = records.step_of(step_key, bool(draft.record.get("failed")))
    if step is None:
        raise Refused("", _("This form has no such step."))
    before = values_of(draft)
    if seal != records.seal(step, before):
        raise Stale(draft)
    after, faults = dict(before), Faults()
    for each in step.fields:
        if each.key in typed:
            value, told = clean(each, typed[each.key])
            value = _known(each, value, draft, by, told)
            faults |= told
            if each.key not in told:  # a list keeps its rows beside a cell that was refused
                after[each.key] = value
    if not after["title"]:
        after["title"] = before["title"]
        faults["title"] = _("Give it a title.")
    if after != before:
        _store(draft, after, by)
    return Saved(records.seal(step, after), faults)


def _store(draft: PracticeRevision, after: Record, by: Viewer) -> None:
    written = {key: value for key, value in after.items() if key not in IN_COLUMNS}
    content.save(
        draft,
        draft.saves,
        by=by,
        title=after["title"],
        summary=after["summary"],
        record=written,
        words=records.written(written),
    )
    content.set_topics(draft, after["topics"])
    files.attach(draft, files_in(written), by=by)


def _known(each: Field, value: Any, draft: PracticeRevision, by: Viewer, faults: Faults) -> Any:
    """Numbers of topics, people and files, as far as they may be used here."""
    match each.kind:
        case "topics":
            known = set(db.session.scalars(select(Topic.id).where(Topic.id.in_(value or [0]))))
            if len(value) > each.high:
                faults[each.key] = _("At most %(n)s, please.", n=int(each.high))
            return [ident for ident in dict.fromkeys(value) if ident in known]
        case "person" if value is not None:
            person = db.session.get(User, value)
            if person is None or not _may_answer(person, draft, by):
                faults[each.key] = _("Choose somebody of the organisation.")
                return None
        case "files" | "pictures":
            held = files_of(draft.content)
            wanted = select(File).where(File.id.in_([row.get("file") or 0 for row in value]))
            there = {file.id: file for file in db.session.scalars(wanted)}
            return [row for row in value if _usable(there.get(row.get("file")), held, each, by)]
    return value


def _may_answer(person: User, draft: PracticeRevision, by: Viewer) -> bool:
    """Whether somebody may be named: of the organisation, and known to whoever names her."""
    given = draft.record
    if person.retired_at is not None or person.organisation_id != given["organisation"]:
        return False
    return person.id == given.get("contact") or may(by, Action.READ, person)


def _usable(file: File | None, held: set[int], each: Field, by: Viewer) -> bool:
    """Whether a file may be put here: it is of this practice already, or one's own upload."""
    # Only what was taken as a picture: written anew, without the place where it was taken.
    if file is None or (each.kind == "pictures" and file.width is None):
        return False
    return file.id in held or (file.uploaded_by_id == by.user_id and files.reachable(by, file))


def files_of(item: Content) -> set[int]:
    """The files that any text of a practice holds."""
    found = (
        select(Attachment.file_id)
        .join(PracticeRevision, PracticeRevision.id == Attachment.revision_id)
        .where(PracticeRevision.content_id == item.id)
    )
    return set(db.session.scalars(found))


def files_in(record: Record) -> dict[int, str]:
    """The files of a record: number → role."""
    wanted = {}
    for key, role in ROLES.items():
        for row in record.get(key) or ():
            if row.get("file"):
                wanted[int(row["file"])] = role
    return wanted


def values_of(text: PracticeRevision) -> Record:
    """All fields of a text by their keys."""
    return records.values(text.title, text.summary, content.topics_of(text), text.record)


def step_seal(text: PracticeRevision, step: Step) -> str:
    """What the form of a step carries to see whether somebody changed it meanwhile."""
    return records.seal(step, values_of(text))


def completeness(text: PracticeRevision) -> records.Completeness:
    return records.completeness(values_of(text))


def check(text: PracticeRevision) -> None:
    """What keeps a practice from review. Raises Refused at the first such control."""
    given = values_of(text)
    hindering = records.completeness(given).hindering
    if hindering:
        first = hindering[0]
        raise Refused(first.key, f"{first.field.label}: {first.words}")
    if text.content.home.kind != "organisation" and given.get("visibility") == "own":
        raise Refused("visibility", _("Everybody in this space reads it. Choose another one."))
    if given.get("visibility") == "own" != leading(text).record.get("visibility"):
        words = _("Who may read it is said by the text that was written first. Change it there.")
        raise Refused("visibility", words)


def leading(text: PracticeRevision) -> PracticeRevision:
    """The text by which a practice is found and placed: the released original, else this one."""
    tongue = text.record.get("original")
    found = content.released_revision(text.content, tongue) if tongue != text.language else None
    return found if isinstance(found, PracticeRevision) else text


def shown_or_open(item: Content, language: str) -> PracticeRevision | None:
    """The text at work in a language, else the one that readers see."""
    found = content.open_revision(item, language) or content.released_revision(item, language)
    return found if isinstance(found, PracticeRevision) else None


def at_work(item: Content, language: str | None = None) -> PracticeRevision | None:
    """The draft, submitted or returned text; without a language the original's first."""
    tongues = [language] if language else ["bg", "en"]
    for each in tongues:
        found = content.open_revision(item, each)
        if isinstance(found, PracticeRevision) and found.state in OPEN:
            return found
    return None


def may_write(viewer: Viewer, space: Space) -> bool:
    """Whether the viewer may begin a practice there."""
    return space.kind in HOMES and may(viewer, Action.CREATE, space)


def is_said(value: Any) -> bool:
    """Whether a field holds anything, for pages that leave empty ones out."""
    return not is_empty(value)

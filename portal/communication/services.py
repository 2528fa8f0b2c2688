"""Writing the plan: objectives, and entries from the first thought to what came of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from portal import audit
from portal.access import Action, Viewer, require, site
from portal.accounts import checks
from portal.accounts.models import User
from portal.communication.models import Entry, Objective
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.links import number
from portal.kernel.transaction import transaction
from portal.notify import notices
from portal.spaces.models import Space
from portal.spaces.viewers import by_user

KIND = "communication"
FEATURE = "plan"  # of a space, see spaces.features
YEARS = (2000, 2100)  # what a plan may speak of


@dataclass(frozen=True)
class Wording:
    """What a form says of an entry."""

    objective_id: int
    message: str
    audience: str
    channel: str
    planned_on: date | None
    owner: User | None
    planned_until: date | None = None
    moved_to: date | None = None
    is_shared: bool = False
    state: str = "planned"
    done_on: date | None = None
    outcome: str = ""


# ── Entries ─────────────────────────────────────────────────────────────


@transaction
def add(space: Space, wording: Wording, *, by: Viewer) -> Entry:
    """A new entry of the plan. Raises Refused at the field."""
    require(by, Action.CREATE, space)
    assert by.user_id is not None
    entry = Entry(space_id=space.id, created_by_id=by.user_id)
    _write(entry, wording, by)
    db.session.add(entry)
    db.session.flush()
    log("add", entry, by)
    site.bump()  # see glance
    return entry


@transaction
def change(entry: Entry, saves: int, wording: Wording, *, by: Viewer) -> None:
    """Write an entry anew. saves: of the entry that the form was opened on.

    Raises Stale, or Refused at the field.
    """
    require(by, Action.EDIT, entry)
    _fresh(entry, saves)
    _write(entry, wording, by)
    entry.saves += 1
    log("change", entry, by)
    site.bump()  # see glance


@transaction
def finish(entry: Entry, done_on: date | None, outcome: str, *, by: Viewer) -> None:
    """Note that an entry is done. Raises Refused at the field."""
    require(by, Action.EDIT, entry)
    if entry.state == "done":
        raise Refused(
            "", _("Somebody marked it as done in the meantime. What you typed is still here.")
        )
    entry.state = "done"
    entry.moved_to = None
    entry.done_on = _done_day(done_on)
    entry.outcome = checks.lines("outcome", outcome, Entry.OUTCOME_MAX) or entry.outcome
    touch(entry, by)
    _settle(entry)
    log("done", entry, by)
    site.bump()  # see glance


@transaction
def delete(entry: Entry, *, by: Viewer) -> None:
    """Take an entry out of the register with its proofs and figures, for good."""
    require(by, Action.TRASH, entry)
    _settle(entry)
    log("delete", entry, by)
    site.bump()  # see glance
    db.session.delete(entry)


def touch(entry: Entry, by: Viewer) -> None:
    """Note who changed an entry last; whoever has it open elsewhere sees that it moved on."""
    assert by.user_id is not None
    entry.changed_by_id, entry.changed_at = by.user_id, clock.now()
    entry.saves += 1


def _write(entry: Entry, wording: Wording, by: Viewer) -> None:
    entry.objective_id = _objective(entry.space_id, wording.objective_id)
    entry.message = checks.lines("message", wording.message, Entry.MESSAGE_MAX)
    if not entry.message:
        raise Refused("message", _("Please fill in this field."))
    entry.audience = checks.line("audience", wording.audience, Entry.AUDIENCE_MAX, True)
    entry.channel = checks.line("channel", wording.channel, Entry.CHANNEL_MAX, True)
    entry.owner_id = _owner(entry, wording.owner)
    entry.is_shared = wording.is_shared
    entry.outcome = checks.lines("outcome", wording.outcome, Entry.OUTCOME_MAX)
    _write_days(entry, wording)
    assert by.user_id is not None
    entry.changed_by_id, entry.changed_at = by.user_id, clock.now()
    if entry.id is not None and entry.state in ("done", "cancelled"):
        _settle(entry)


def _write_days(entry: Entry, wording: Wording) -> None:
    """The days fit the state: what is only planned keeps no day of being done."""
    start = day("planned_on", wording.planned_on)
    if start is None:
        raise Refused("planned_on", _("Please fill in this field."))
    until = day("planned_until", wording.planned_until)
    if until is not None and until < start:
        raise Refused("planned_until", _("The last day is before the first one."))
    moved_to = day("moved_to", wording.moved_to)
    entry.state = checks.choice("state", wording.state, Entry.STATES)
    if entry.state == "postponed" and moved_to is not None and moved_to < start:
        raise Refused("moved_to", _("It was put off to a day before the one it was planned for."))
    if entry.state in ("postponed", "cancelled") and not entry.outcome:
        raise Refused("outcome", _("Write in a sentence why, for the report of the month."))
    entry.planned_on = start
    entry.planned_until = until if until != start else None
    entry.moved_to = moved_to if entry.state == "postponed" else None
    entry.done_on = _done_day(wording.done_on) if entry.state == "done" else None


def day(field: str, value: date | None) -> date | None:
    """A day that a plan may speak of. Raises Refused at the field."""
    if value is not None and not YEARS[0] <= value.year <= YEARS[1]:
        raise Refused(
            field, _("Choose a day between %(first)s and %(last)s.", first=YEARS[0], last=YEARS[1])
        )
    return value


def _done_day(value: date | None) -> date:
    found = day("done_on", value)
    if found is None:
        raise Refused("done_on", _("Please fill in this field."))
    if found > clock.today():
        raise Refused("done_on", _("This day has not come yet."))
    return found


def _objective(space_id: int, objective_id: int) -> int:
    found = db.session.get(Objective, objective_id) if objective_id else None
    if found is None or found.space_id != space_id:
        raise Refused("objective", _("Choose one of the list."))
    return found.id


def _owner(entry: Entry, owner: User | None) -> int:
    """Whoever answers for it reads the register, else she would not know of it."""
    if owner is None:
        raise Refused("owner", _("Name the person who answers for it."))
    if owner.id != entry.owner_id:
        viewer = by_user(owner.id)
        if viewer is None or not viewer.role_in(entry.space_id):
            raise Refused("owner", _("This person is not in the space."))
    return owner.id


def _settle(entry: Entry) -> None:
    notices.settle(f"{KIND}:{entry.id}", None)


def seen(typed: str | None) -> int:
    """The number of saves that a form carries; 0, which is none, for anything else."""
    try:
        return number(typed or "")
    except ValueError:
        return 0


def _fresh(item: Entry | Objective, saves: int) -> None:
    if item.saves != saves:
        raise Stale(item)


def log(what: str, entry: Entry, by: Viewer, **facts: Any) -> None:
    """A journal line about an entry, which must be indexed afresh."""
    audit.record(f"{KIND}.{what}", KIND, entry.id, by=by, space=entry.space_id, **facts)
    audit.changed(KIND, entry.id)


# ── Objectives ──────────────────────────────────────────────────────────


@transaction
def add_objective(space: Space, title: str, measure: str, *, by: Viewer) -> Objective:
    """An objective at the end of the list. Raises Refused at the field."""
    require(by, Action.RELEASE, space)
    last = db.session.scalar(
        select(func.max(Objective.position)).where(Objective.space_id == space.id)
    )
    made = Objective(space_id=space.id, position=(last or 0) + 1)
    _describe(made, title, measure)
    db.session.add(made)
    db.session.flush()
    _log_objective("add", made, by)
    return made


@transaction
def change_objective(
    objective: Objective, saves: int, title: str, measure: str, *, by: Viewer
) -> None:
    """Word an objective anew. Raises Stale, or Refused at the field."""
    require(by, Action.EDIT, objective)
    _fresh(objective, saves)
    _describe(objective, title, measure)
    objective.saves += 1
    _log_objective("change", objective, by)
    for ident in db.session.scalars(select(Entry.id).where(Entry.objective_id == objective.id)):
        audit.changed(KIND, ident)


@transaction
def move_objective(objective: Objective, up: bool, *, by: Viewer) -> None:
    """Change places with the one before or after it."""
    require(by, Action.EDIT, objective)
    beside = select(Objective).where(Objective.space_id == objective.space_id)
    if up:
        beside = beside.where(Objective.position < objective.position)
        beside = beside.order_by(Objective.position.desc())
    else:
        beside = beside.where(Objective.position > objective.position)
        beside = beside.order_by(Objective.position)
    other = db.session.scalars(beside.limit(1)).first()
    if other is not None:
        objective.position, other.position = other.position, objective.position
        _log_objective("move", objective, by)


@transaction
def delete_objective(objective: Objective, *, by: Viewer) -> None:
    """Delete an objective without entries. Raises Refused while some stand under it."""
    require(by, Action.EDIT, objective)
    if db.session.scalar(select(Entry.id).where(Entry.objective_id == objective.id).limit(1)):
        raise Refused("", _("Entries stand under this objective. Move them to another one first."))
    _log_objective("delete", objective, by)
    db.session.delete(objective)


def _describe(objective: Objective, title: str, measure: str) -> None:
    objective.title = checks.line("title", title, Objective.TITLE_MAX, True)
    objective.measure = checks.lines("measure", measure, Objective.MEASURE_MAX)


def _log_objective(what: str, objective: Objective, by: Viewer) -> None:
    audit.record(
        f"{KIND}.objective_{what}",
        "communication_objective",
        objective.id,
        by=by,
        space=objective.space_id,
    )


def space_of(item: Entry | Objective) -> Space:
    space = db.session.get(Space, item.space_id)
    if space is None:
        raise NotFound
    return space

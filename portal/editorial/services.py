"""Ideas are noted, planned, taken over, become texts, are thrown away."""

from dataclasses import dataclass
from datetime import date, datetime, time

from portal import audit
from portal.access import Action, Role, Viewer, require
from portal.content import kinds
from portal.content import services as content
from portal.content.kinds import Kind
from portal.content.models import Revision
from portal.editorial import notices
from portal.editorial.models import Idea
from portal.editorial.policy import policy
from portal.files.models import File
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.forms import YEAR_MAX
from portal.kernel.i18n import _, language
from portal.kernel.text import tidy
from portal.kernel.transaction import transaction
from portal.spaces.models import Space

OPENS_AT = time(9)  # when a planned day says no hour


@dataclass
class Plan:
    """What people write about an idea. kind and target_id may be left open."""

    title: str
    note: str = ""
    kind: str = ""
    target_id: int | None = None
    planned_on: date | None = None
    is_shared: bool = False


@transaction
def add(space: Space, plan: Plan, *, by: Viewer) -> Idea:
    """Note an idea on a space's board. Raises Refused at the field concerned."""
    require(by, Action.CREATE, space)
    idea = Idea(space_id=space.id, owner_id=by.user_id, changed_by_id=by.user_id)
    _write(idea, plan, by)
    db.session.add(idea)
    db.session.flush()
    _logged("idea.add", idea, by)
    return idea


@transaction
def save(idea: Idea, saves: int, plan: Plan, *, by: Viewer) -> None:
    """Change what is written. saves: of the idea that the form was opened on; raises Stale when
    somebody changed it since, Refused at the field concerned."""
    _still(idea, saves, by)
    _write(idea, plan, by)
    _changed("idea.save", idea, by)


@transaction
def plan_for(idea: Idea, saves: int, day: date | None, *, by: Viewer) -> None:
    """Put it on another day of the calendar, or on none. Raises Stale, or Refused at `day`."""
    _still(idea, saves, by)
    idea.planned_on = _day(day, idea.planned_on)
    _changed("idea.plan", idea, by)


@transaction
def take(idea: Idea, *, by: Viewer) -> None:
    """Make an idea one's own; whose it was is told."""
    require(by, Action.EDIT, idea)
    if idea.begun_at is not None:
        raise Stale(idea)
    before = idea.owner_id
    if before == by.user_id:
        return
    idea.owner_id = _person(by)
    _changed("idea.take", idea, by)
    notices.tell_owner(idea, before, by, begun=False)


def pass_on(idea: Idea, successor: int, by: Viewer) -> None:
    """Give the idea of somebody who leaves to her successor, in the running transaction."""
    idea.owner_id = successor
    _changed("idea.give", idea, by, successor=successor)


@transaction
def drop(idea: Idea, saves: int, *, by: Viewer) -> None:
    """Throw an idea away that became no text."""
    _still(idea, saves, by)
    _logged("idea.drop", idea, by)
    db.session.delete(idea)


@transaction
def begin(
    idea: Idea,
    saves: int,
    home: Space,
    *,
    by: Viewer,
    kind: str,
    title: str = "",
    file: File | None = None,
) -> Revision:
    """Begin the text of an idea in a space: from then on the card is the text's.

    Raises Stale, or Refused at `kind`, `space`, `title` or `file`.
    """
    _still(idea, saves, by)
    chosen = planned_kind(kind)
    if not chosen.begins_in(home):
        raise Refused("space", _("This kind of text is not written in that space."))
    # The note is the authors' own talk: it is a beginning where a kind has room for it.
    draft = chosen.begin(
        home, title or idea.title, idea.note, by=by, language=language(), file=file
    )
    opens = opening(idea.planned_on) if idea.planned_on else None
    if opens is not None and opens > clock.now():
        content.save(
            draft, draft.saves, by=by, title=draft.title, summary=draft.summary, wanted_from=opens
        )
    idea.content_id, idea.begun_at = draft.content_id, clock.now()
    _changed("idea.begin", idea, by, content=draft.content_id)
    notices.tell_owner(idea, idea.owner_id, by, begun=True)
    return draft


def planned_kind(name: str) -> Kind:
    """A kind that boards plan. Raises Refused at `kind`."""
    if name not in board_kinds():
        raise Refused("kind", _("Choose one of the list."))
    return kinds.of(name)


def board_kinds() -> list[str]:
    """The kinds of content that boards plan and show."""
    return [name for name in kinds.names() if kinds.of(name).on_boards]


def opening(day: date) -> datetime:
    """The moment at which what is planned for a day opens."""
    return clock.from_local(datetime.combine(day, OPENS_AT))


def _write(idea: Idea, plan: Plan, by: Viewer) -> None:
    title = tidy(plan.title)
    if not title:
        raise Refused("title", _("Give it a title."))
    if plan.kind and plan.kind not in board_kinds():
        raise Refused("kind", _("Choose one of the list."))
    # A colleague may have chosen a space that she alone writes in: it stays as it is.
    target = plan.target_id
    if target not in (None, idea.target_id) and by.role_in(target or 0) < Role.CONTRIBUTOR:
        raise Refused("target", _("Choose one of the list."))
    idea.planned_on = _day(plan.planned_on, idea.planned_on)
    idea.title, idea.note, idea.kind = title, plan.note, plan.kind
    idea.target_id, idea.is_shared = plan.target_id, plan.is_shared


def _day(day: date | None, before: date | None) -> date | None:
    if day is not None and day != before:
        if day < clock.today():
            raise Refused("day", _("This day is past. Choose today or a later day."))
        if day.year > YEAR_MAX:
            raise Refused("day", _("Choose an earlier day."))
    return day


def _still(idea: Idea, saves: int, by: Viewer) -> None:
    require(by, Action.EDIT, idea)
    if idea.saves != saves or idea.begun_at is not None:
        raise Stale(idea)


def _changed(action: str, idea: Idea, by: Viewer, **facts: int) -> None:
    idea.saves += 1
    idea.changed_by_id, idea.changed_at = _person(by), clock.now()
    _logged(action, idea, by, **facts)


def _logged(action: str, idea: Idea, by: Viewer, **facts: int) -> None:
    assert policy.audience(idea)
    audit.record(action, "idea", idea.id, by=by, **facts)
    audit.changed("idea", idea.id)


def _person(by: Viewer) -> int:
    assert by.user_id is not None  # whoever writes in a space is signed in
    return by.user_id

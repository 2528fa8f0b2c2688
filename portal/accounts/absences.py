"""When people are away: nobody chases them meanwhile.

A person says it herself, or a head of her unit or of any above it does. Who is away is the
business of nobody else but administrators, and is forgotten a month after it is over.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, select
from sqlalchemy.orm import object_session
from werkzeug.exceptions import Forbidden, NotFound

from portal import audit
from portal.access import Action, Viewer, register
from portal.accounts.models import Absence, Group, User
from portal.kernel import clock
from portal.kernel.database import affected, db, first, rows
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction

DAY = timedelta(days=1)
AHEAD_MAX = timedelta(days=3 * 366)  # the longest leave for a child
BEHIND_MAX = timedelta(days=31)  # an absence may have begun before somebody thinks of saying it
KEPT = timedelta(days=31)  # after its last day

# ── Who may ──────────────────────────────────────────────────────────────────

_UNITS = select(Group.id, Group.parent_id)


def heads(viewer: Viewer, unit_id: int | None) -> bool:
    """Whether she heads or deputises a unit or any above it. One statement, for heads alone."""
    if unit_id is None or not viewer.headed:
        return False
    above = {row.id: row.parent_id for row in rows(_UNITS)}
    climbed: set[int] = set()
    step: int | None = unit_id
    while step is not None and step not in climbed:
        if step in viewer.headed:
            return True
        climbed.add(step)
        step = above.get(step)
    return False


class AbsencePolicy:
    """Herself and her heads see and say it; administrators see it; nobody else."""

    def allows(self, viewer: Viewer, action: Action, item: Absence) -> bool:
        user = (object_session(item) or db.session).get_one(User, item.user_id)
        if action is Action.READ:
            return may_see(viewer, user.id, user.unit_id)
        return action is Action.EDIT and may_say(viewer, user.id, user.unit_id)

    # For lists: one's own. Heads' lists name their people, see `away`.
    readable: ColumnElement[bool] = Absence.user_id == bindparam("viewer_id")

    def audience(self, item: Absence) -> frozenset[str]:
        return frozenset()  # never found by searching


register(Absence, AbsencePolicy())


def may_say(viewer: Viewer, user_id: int, unit_id: int | None) -> bool:
    """Whether she says when a person is away: herself always, as a head her people."""
    if not viewer.is_authenticated:
        return False
    return viewer.user_id == user_id or (viewer.is_staff and heads(viewer, unit_id))


def may_see(viewer: Viewer, user_id: int, unit_id: int | None) -> bool:
    return viewer.is_admin or may_say(viewer, user_id, unit_id)


# ── What is known ────────────────────────────────────────────────────────────

_OF = (
    select(Absence.id, Absence.first, Absence.last, Absence.set_by_id, User.given, User.family)
    .join(User, User.id == Absence.set_by_id)
    .where(Absence.user_id == bindparam("user_id"), Absence.last >= bindparam("day"))
    .order_by(Absence.first)
)
_AWAY = select(Absence.user_id, Absence.last).where(
    Absence.user_id.in_(bindparam("users", expanding=True)),
    Absence.first <= bindparam("day"),
    Absence.last >= bindparam("day"),
)
_AT_ALL = select(Absence.user_id, Absence.first, Absence.last).where(
    Absence.user_id.in_(bindparam("users", expanding=True)), Absence.last >= bindparam("since")
)
MANY = 10_000  # numbers that one statement binds; SQLite takes 32,766


def of(user_id: int) -> Sequence[Row[Any]]:
    """A person's absences of today and later: id, first, last, who said so. Ask `may_see` first."""
    return rows(_OF, {"user_id": user_id, "day": clock.today()})


def away_until(user_id: int) -> date | None:
    """The last day of a person's absence of today; None when she is here. Ask `may_see` first."""
    found = first(_AWAY, {"users": [user_id], "day": clock.today()})
    return found.last if found is not None else None


def away(user_ids: Collection[int], day: date) -> dict[int, date]:
    """Who of the people is away on a day, and each one's last day of that absence.

    For services that leave them in peace; a page that shows it asks `may_see` for each.
    """
    return {row.user_id: row.last for row in _chunked(_AWAY, user_ids, day=day)}


def since(user_ids: Collection[int], day: date) -> dict[int, list[tuple[date, date]]]:
    """The people's absences that reach to a day or beyond it: first and last days."""
    found: dict[int, list[tuple[date, date]]] = {}
    for row in _chunked(_AT_ALL, user_ids, since=day):
        found.setdefault(row.user_id, []).append((row.first, row.last))
    return found


def _chunked(statement: Any, user_ids: Collection[int], **values: Any) -> list[Row[Any]]:
    asked = list(user_ids)
    return [
        row
        for start in range(0, len(asked), MANY)
        for row in rows(statement, {"users": asked[start : start + MANY], **values})
    ]


# ── What is changed ──────────────────────────────────────────────────────────


@transaction
def add(user: User, first: date | None, last: date | None, *, by: Viewer) -> Absence:
    """Say that a person is away from one day to another, both counted.

    What overlaps or touches it becomes one absence with it, so that each day is said once.
    Raises Refused at `first` or `last`, NotFound for whoever may not even see it.
    """
    _may(user, by)
    begins, ends = _checked(first, last)
    touching = db.session.scalars(
        select(Absence).where(
            Absence.user_id == user.id, Absence.first <= ends + DAY, Absence.last >= begins - DAY
        )
    ).all()
    for each in touching:
        db.session.delete(each)
    whole = Absence(
        user_id=user.id,
        first=min([begins, *(each.first for each in touching)]),
        last=max([ends, *(each.last for each in touching)]),
        set_by_id=by.user_id,
        set_at=clock.now(),
    )
    db.session.add(whole)
    db.session.flush()
    audit.record("absence.add", "user", user.id, by=by, joined=len(touching))
    return whole


@transaction
def end(absence: Absence, *, by: Viewer) -> None:
    """She is back today, or does not go: what is left of the absence is taken out."""
    user = db.session.get_one(User, absence.user_id)
    _may(user, by)
    yesterday = clock.today() - DAY
    if absence.last <= yesterday:
        return
    if absence.first > yesterday:
        db.session.delete(absence)
    else:
        absence.last = yesterday
    audit.record("absence.end", "user", user.id, by=by)


@transaction
def forget() -> int:
    """Delete what was over a month ago; how many. Run each night."""
    return affected(delete(Absence).where(Absence.last < clock.today() - KEPT))


def absence_of(user_id: int, absence_id: int) -> Absence:
    """One of a person's absences that is not over yet. Raises NotFound."""
    found = db.session.get(Absence, absence_id)
    if found is None or found.user_id != user_id or found.last < clock.today():
        raise NotFound
    return found


def _may(user: User, by: Viewer) -> None:
    if user.retired_at is None and may_say(by, user.id, user.unit_id):
        return
    if by.is_admin:  # who sees it and does not say it
        raise Forbidden
    raise NotFound


def _checked(first: date | None, last: date | None) -> tuple[date, date]:
    today = clock.today()
    for field, day in (("first", first), ("last", last)):
        if day is None:
            raise Refused(field, _("Please fill in this field."))
        if day > today + AHEAD_MAX:
            raise Refused(field, _("Check the year."))
    assert first is not None and last is not None  # noqa: PT018
    if last < first:
        raise Refused("last", _("The last day cannot be before the first one."))
    if last < today:
        raise Refused("last", _("These days are over; only today and later days matter."))
    if first < today - BEHIND_MAX:
        raise Refused("first", _("Check the date: it is more than a month ago."))
    return first, last

"""The register of a space as its pages list it: filtered, counted, an entry with all it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from portal.access import Viewer
from portal.accounts.models import User
from portal.accounts.queries import reader_name
from portal.communication.models import Entry, Figure, Objective, Proof
from portal.communication.policy import policy
from portal.kernel import clock
from portal.kernel.database import db, rows
from portal.kernel.links import link

PAGE = 100  # entries
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
# What the register is narrowed by beside the states themselves.
VIEWS = ("late", "week", "unproved", "uncounted")

proved: ColumnElement[bool] = exists(select(Proof.id).where(Proof.entry_id == Entry.id))
counted: ColumnElement[bool] = exists(
    select(Figure.id).where(Figure.entry_id == Entry.id, Figure.reached.is_not(None))
)
_is_open = Entry.state.in_(("planned", "postponed"))
_is_done = Entry.state == "done"
is_late: ColumnElement[bool] = and_(_is_open, Entry.due_on < bindparam("today"))
_this_week = and_(
    _is_open, Entry.due_on >= bindparam("today"), Entry.due_on <= bindparam("week_end")
)


# ── The register ────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Asked:
    """What the register is narrowed by. month: its first day; state: one of STATES or VIEWS."""

    objective: int = 0
    audience: str = ""
    channel: str = ""
    owner: int = 0
    state: str = ""
    month: date | None = None
    by_month: bool = False  # grouped by months, not by objectives

    @property
    def is_narrow(self) -> bool:
        return any(
            (self.objective, self.audience, self.channel, self.owner, self.state, self.month)
        )

    @property
    def query(self) -> dict[str, Any]:
        """As values of an address."""
        return {
            "objective": self.objective or "",
            "audience": self.audience,
            "channel": self.channel,
            "owner": self.owner or "",
            "state": self.state,
            "month": f"{self.month:%Y-%m}" if self.month else "",
            "by": "month" if self.by_month else "",
        }

    def params(self, viewer: Viewer, space_id: int, **more: Any) -> dict[str, Any]:
        since, until = month_of(self.month) if self.month else (FIRST_DAY, LAST_DAY)
        return {
            **viewer.params,
            "space_id": space_id,
            "objective": self.objective,
            "audience": self.audience,
            "channel": self.channel,
            "owner": self.owner,
            "state": self.state,
            "since": since,
            "until": until,
            **days(),
            **more,
        }


def days() -> dict[str, date]:
    """Today and the Sunday of this week, as the statements bind them."""
    today = clock.today()
    return {"today": today, "week_end": date.fromordinal(today.toordinal() + 6 - today.weekday())}


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month that a day lies in."""
    begin = day.replace(day=1)
    following = date(begin.year + begin.month // 12, begin.month % 12 + 1, 1)
    return begin, date.fromordinal(following.toordinal() - 1)


def _narrowed(name: str, column: InstrumentedAttribute[Any], kind: Any) -> ColumnElement[bool]:
    asked = bindparam(name, type_=kind())
    return or_(asked == ("" if kind is String else 0), column == asked)


_state = bindparam("state", type_=String())
_asked = and_(
    Entry.space_id == bindparam("space_id"),
    policy.readable,
    _narrowed("objective", Entry.objective_id, Integer),
    _narrowed("audience", Entry.audience, String),
    _narrowed("channel", Entry.channel, String),
    _narrowed("owner", Entry.owner_id, Integer),
    Entry.planned_on.between(bindparam("since"), bindparam("until")),
    or_(
        _state == "",
        Entry.state == _state,
        and_(_state == "late", is_late),
        and_(_state == "week", _this_week),
        and_(_state == "unproved", _is_done, ~proved),
        and_(_state == "uncounted", _is_done, ~counted),
    ),
)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


_due = and_(Entry.state != "cancelled", or_(_is_done, Entry.due_on <= bindparam("today")))
_TALLIES = (
    select(
        Objective.id,
        Objective.title,
        Objective.measure,
        Objective.saves,
        func.count(Entry.id).label("every"),
        _number(_due).label("due"),
        _number(_is_done).label("done"),
        _number(is_late).label("late"),
        _number(Entry.state == "postponed").label("postponed"),
        _number(Entry.state == "cancelled").label("cancelled"),
        _number(and_(_is_done, ~proved)).label("unproved"),
        _number(and_(_is_done, ~counted)).label("uncounted"),
    )
    .select_from(Objective)
    .outerjoin(Entry, and_(Entry.objective_id == Objective.id, _asked))
    .where(Objective.space_id == bindparam("space_id"))
    .group_by(Objective.id)
    .order_by(Objective.position, Objective.id)
)
_SUMS = ("every", "due", "done", "late", "postponed", "cancelled", "unproved", "uncounted")


@dataclass
class Tally:
    """Planned against done of an objective, or of all."""

    id: int = 0
    title: str = ""
    measure: str = ""
    every: int = 0
    due: int = 0  # planned up to today, or done already
    done: int = 0
    late: int = 0
    postponed: int = 0
    cancelled: int = 0
    unproved: int = 0
    uncounted: int = 0

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.due) if self.due else 0


def tallies(viewer: Viewer, space_id: int, asked: Asked) -> tuple[list[Tally], Tally]:
    """Every objective of the space, counted as asked, and the sum of them."""
    total = Tally()
    found = []
    for row in rows(_TALLIES, asked.params(viewer, space_id)):
        each = Tally(row.id, row.title, row.measure, *(int(getattr(row, name)) for name in _SUMS))
        found.append(each)
        for name in _SUMS:
            setattr(total, name, getattr(total, name) + getattr(each, name))
    return found, total


ENTRIES = (
    select(
        Entry.id, Entry.objective_id, Entry.message, Entry.audience, Entry.channel,
        Entry.planned_on, Entry.planned_until, Entry.moved_to, Entry.state, Entry.done_on,
        Entry.outcome, Entry.owner_id, Entry.due_on.label("due_on"),
        Objective.title.label("objective"),
        User.given, User.family, User.given_latin, User.family_latin,
        case((is_late, 1), else_=0).label("is_late"),
        select(func.count()).where(Proof.entry_id == Entry.id).correlate(Entry).scalar_subquery()
        .label("proofs"),
        case((counted, 1), else_=0).label("is_counted"),
    )
    .join(Objective, Objective.id == Entry.objective_id)
    .join(User, User.id == Entry.owner_id)
    .where(_asked)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)  # fmt: skip
_BY_OBJECTIVE = ENTRIES.order_by(Objective.position, Objective.id, Entry.planned_on, Entry.id)
_BY_MONTH = ENTRIES.order_by(Entry.planned_on, Entry.id)


@dataclass(slots=True)
class Line:
    """An entry of the register, as its lists show it."""

    id: int
    objective_id: int
    objective: str
    message: str
    audience: str
    channel: str
    planned_on: date
    planned_until: date | None
    moved_to: date | None
    due_on: date | None
    state: str
    done_on: date | None
    outcome: str
    owner_id: int
    owner: str
    is_late: bool
    proofs: int
    is_counted: bool
    url: str = ""

    @property
    def days_late(self) -> int:
        """Of what is not done yet, today; of what was done, when it was."""
        last = self.planned_until or self.planned_on
        if self.state == "done" and self.done_on is not None:
            return max(0, (self.done_on - last).days)
        return (clock.today() - (self.due_on or last)).days if self.is_late else 0


_COPIED = tuple(
    name for name in Line.__slots__ if name not in ("owner", "is_late", "is_counted", "url")
)


def line_of(row: Row[Any]) -> Line:
    return Line(
        **{name: getattr(row, name) for name in _COPIED},
        owner=reader_name(row),
        is_late=bool(row.is_late),
        is_counted=bool(row.is_counted),
        url=link("communication.show", entry_id=row.id),
    )


def entries(
    viewer: Viewer, space_id: int, asked: Asked, page: int = 1, limit: int = PAGE
) -> list[Line]:
    """A page of the register."""
    statement = _BY_MONTH if asked.by_month else _BY_OBJECTIVE
    values = asked.params(viewer, space_id, limit=limit, offset=(page - 1) * limit)
    return [line_of(row) for row in rows(statement, values)]


_NEAR = (
    ENTRIES.with_only_columns(
        *ENTRIES.selected_columns,
        func.sum(case((is_late, 1), else_=0)).over().label("all_late"),
        func.sum(case((_this_week, 1), else_=0)).over().label("all_week"),
    )
    .where(or_(is_late, _this_week))
    .order_by(Entry.due_on, Entry.id)
)


def near(viewer: Viewer, space_id: int, limit: int) -> tuple[list[Line], int, int]:
    """What is late or due this week, the oldest first; how many are late, how many due."""
    found = rows(_NEAR, Asked().params(viewer, space_id, limit=limit, offset=0))
    if not found:
        return [], 0, 0
    return [line_of(row) for row in found], int(found[0].all_late), int(found[0].all_week)


# ── What fields offer ───────────────────────────────────────────────────


class Choices(NamedTuple):
    """The words that a space's register holds already."""

    audiences: list[str]
    channels: list[str]
    units: list[str]
    owners: list[tuple[int, str]]


_here = and_(Entry.space_id == bindparam("space_id"), policy.readable)
_WORDS = union_all(
    select(literal("audiences").label("sort"), Entry.audience.label("word"), literal(0).label("id"))
    .where(_here)
    .distinct(),
    select(literal("channels"), Entry.channel, literal(0)).where(_here).distinct(),
    select(literal("units"), Figure.unit, literal(0))
    .join(Entry, Entry.id == Figure.entry_id)
    .where(_here)
    .distinct(),
    select(literal("owners"), User.given + " " + User.family, User.id)
    .join(Entry, Entry.owner_id == User.id)
    .where(_here)
    .distinct(),
)


def choices(viewer: Viewer, space_id: int) -> Choices:
    found = Choices([], [], [], [])
    for row in rows(_WORDS, {**viewer.params, "space_id": space_id}):
        if row.sort == "owners":
            found.owners.append((row.id, row.word))
        else:
            getattr(found, row.sort).append(row.word)
    for words in (found.audiences, found.channels, found.units):
        words.sort(key=str.casefold)
    found.owners.sort(key=lambda owner: owner[1])
    return found


_OBJECTIVES = (
    select(Objective.id, Objective.title)
    .where(Objective.space_id == bindparam("space_id"))
    .order_by(Objective.position, Objective.id)
)


def objectives(space_id: int) -> Sequence[Row[Any]]:
    """Number and title of each; for whoever the space's page has let in."""
    return rows(_OBJECTIVES, {"space_id": space_id})


# ── One entry ───────────────────────────────────────────────────────────

_ONE = (
    select(*ENTRIES.selected_columns, Entry.is_shared, Entry.changed_at, Entry.saves)
    .join(Objective, Objective.id == Entry.objective_id)
    .join(User, User.id == Entry.owner_id)
    .where(Entry.id.in_(bindparam("ids", expanding=True)), policy.readable)
)


def some(viewer: Viewer, ids: Sequence[int]) -> list[Line]:
    """Those of the entries that the viewer may read."""
    return [line_of(row) for row in rows(_ONE, {**viewer.params, **days(), "ids": list(ids)})]


def figures_of(entry: Entry) -> list[Figure]:
    """The figures of an entry that is to be changed, as they were added."""
    wanted = select(Figure).where(Figure.entry_id == entry.id).order_by(Figure.id)
    return list(db.session.scalars(wanted))

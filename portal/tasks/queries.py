"""Tasks as boards, lists and a person's own pages show them: rows, bounded by the policy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    union_all,
)

from portal.access import Viewer
from portal.accounts.models import User
from portal.accounts.queries import reader_name
from portal.content.queries import params
from portal.kernel.database import first, rows
from portal.tasks.asked import Asked
from portal.tasks.models import COLUMNS, OPEN, ChecklistItem, Goal, Measure, Task, TaskMove
from portal.tasks.policy import measure_policy, policy

SHOWN = 50  # cards of a column, and lines of a page of the list

_steps = select(func.count(ChecklistItem.id)).where(ChecklistItem.task_id == Task.id)
STEPS = _steps.correlate(Task).scalar_subquery().label("steps")
TICKED = _steps.where(ChecklistItem.is_done).correlate(Task).scalar_subquery().label("ticked")
_names = (User.given, User.family, User.given_latin, User.family_latin, User.retired_at)
CARD = (
    Task.id, Task.title, Task.state, Task.due, Task.moves, Task.owner_id, Task.weight,
    Task.measure_id, Task.space_id, Measure.title.label("measure"), *_names, STEPS, TICKED,
)  # fmt: skip
IS_LATE = and_(Task.state.in_(OPEN), Task.due < bindparam("today"))

_owner = bindparam("owner", type_=Integer)
_measure = bindparam("measure", type_=Integer)
_words = bindparam("words", type_=String)
_ASKED = (
    Task.space_id == bindparam("space_id"),
    policy.readable,
    or_(_owner == 0, Task.owner_id == _owner, and_(_owner == -1, Task.owner_id.is_(None))),
    or_(
        _measure == 0, Task.measure_id == _measure, and_(_measure == -1, Task.measure_id.is_(None))
    ),
    or_(bindparam("late", type_=Integer) == 0, IS_LATE),
    or_(_words == "%%", func.lower(Task.title + " " + Task.note).like(_words, escape="/")),
)


def _cards() -> Select[Any]:
    return (
        select(*CARD)
        .select_from(Task)
        .outerjoin(User, User.id == Task.owner_id)
        .outerjoin(Measure, Measure.id == Task.measure_id)
    )


def _column(state: str) -> Select[Any]:
    found = _cards().where(*_ASKED, Task.state == state).order_by(Task.position, Task.id)
    return select(found.limit(SHOWN).subquery())


_BOARD = union_all(*(_column(state) for state in COLUMNS))
_COUNTS = (
    select(Task.state, func.count().label("n"), func.sum(case((IS_LATE, 1), else_=0)).label("late"))
    .where(*_ASKED)
    .group_by(Task.state)
)
_of_state = case(
    {state: n for n, state in enumerate(COLUMNS)}, value=Task.state, else_=len(COLUMNS)
)
_by_day = (Task.due.is_(None), Task.due, Task.id)
_LIST = {
    sort: _cards()
    .where(*_ASKED, Task.state.in_(bindparam("states", expanding=True)))
    .order_by(*leading, *_by_day)
    .limit(SHOWN)
    .offset(bindparam("offset"))
    for sort, leading in (
        ("due", ()),
        ("state", (_of_state,)),
        ("owner", (User.family.is_(None), User.family, User.given)),
    )
}
_OWNERS = (
    select(User.id, *_names)
    .where(
        User.id.in_(
            select(Task.owner_id).where(Task.space_id == bindparam("space_id"), policy.readable)
        )
    )
    .order_by(User.family, User.given, User.id)
)
_MEASURES = (
    select(Measure.id, Measure.title, Goal.title.label("goal"))
    .join(Goal, Goal.id == Measure.goal_id)
    .where(Goal.space_id == bindparam("space_id"), measure_policy.readable)
    .order_by(Goal.position, Goal.id, Measure.position, Measure.id)
)


@dataclass(frozen=True, slots=True)
class Card:
    """A task as boards and lists show it."""

    id: int
    title: str
    state: str
    due: date | None
    moves: int
    owner_id: int | None
    owner: str
    is_owner_gone: bool  # she has left the portal
    measure_id: int | None
    measure: str
    steps: int
    ticked: int
    space_id: int


@dataclass
class Column:
    """A state of the board: its first cards, and how many there are."""

    state: str
    total: int = 0
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True)
class Counts:
    """How many tasks answer what is asked, by state; and how many of them are late."""

    by_state: dict[str, int]
    late: int

    def of(self, states: Sequence[str]) -> int:
        return sum(self.by_state.get(state, 0) for state in states)


def card(row: Row[Any]) -> Card:
    return Card(
        id=row.id,
        title=row.title,
        state=row.state,
        due=row.due,
        moves=row.moves,
        owner_id=row.owner_id,
        owner=reader_name(row) if row.owner_id is not None else "",
        is_owner_gone=row.retired_at is not None,
        measure_id=row.measure_id,
        measure=row.measure or "",
        steps=row.steps,
        ticked=row.ticked,
        space_id=row.space_id,
    )


def _values(viewer: Viewer, space_id: int, asked: Asked) -> dict[str, Any]:
    return params(viewer, space_id=space_id, **asked.params)


def counts(viewer: Viewer, space_id: int, asked: Asked) -> Counts:
    """One statement, however many tasks there are."""
    found = rows(_COUNTS, _values(viewer, space_id, asked))
    return Counts({row.state: row.n for row in found}, sum(row.late for row in found))


def board(viewer: Viewer, space_id: int, asked: Asked, counted: Counts) -> list[Column]:
    """The columns, each with its first cards. One statement."""
    found = {state: Column(state, counted.by_state.get(state, 0)) for state in COLUMNS}
    for row in rows(_BOARD, _values(viewer, space_id, asked)):
        found[row.state].cards.append(card(row))
    return list(found.values())


def listed(viewer: Viewer, space_id: int, asked: Asked) -> list[Card]:
    """A page of the list. One statement."""
    values = _values(viewer, space_id, asked)
    more = {"states": asked.states, "offset": (asked.page - 1) * SHOWN}
    return [card(row) for row in rows(_LIST[asked.sort], values | more)]


def owners(viewer: Viewer, space_id: int) -> list[tuple[int, str]]:
    """Who has tasks in a space: number and name."""
    found = rows(_OWNERS, params(viewer, space_id=space_id))
    return [(row.id, reader_name(row)) for row in found]


def measures(viewer: Viewer, space_id: int) -> Sequence[Row[Any]]:
    """The measures of a space in the plan's order: id, title, goal."""
    return rows(_MEASURES, params(viewer, space_id=space_id))


# ── One task ────────────────────────────────────────────────────────────

_ONE = (
    _cards()
    .add_columns(Task.note, Task.created_at, Task.done_at, Goal.title.label("goal"))
    .outerjoin(Goal, Goal.id == Measure.goal_id)
    .where(Task.id == bindparam("id"), policy.readable)
)
_CHECKLIST = (
    select(ChecklistItem.id, ChecklistItem.text, ChecklistItem.is_done)
    .join(Task, Task.id == ChecklistItem.task_id)
    .where(ChecklistItem.task_id == bindparam("id"), policy.readable)
    .order_by(ChecklistItem.position, ChecklistItem.id)
)
_HISTORY = (
    select(TaskMove.at, TaskMove.was, TaskMove.became, *_names)
    .join(Task, Task.id == TaskMove.task_id)
    .join(User, User.id == TaskMove.by_id)
    .where(TaskMove.task_id == bindparam("id"), policy.readable)
    .order_by(TaskMove.id.desc())
    .limit(50)
)


@dataclass(frozen=True)
class Whole:
    """A task as its own page shows it."""

    card: Card
    note: str
    goal: str
    weight: int
    created_at: datetime
    done_at: datetime | None
    checklist: Sequence[Row[Any]]
    history: list[tuple[datetime, str, str, str]]  # when, who, from which state, to which


def whole(viewer: Viewer, task_id: int) -> Whole | None:
    """Three statements; None when it is not for the viewer."""
    values = params(viewer, id=task_id)
    row = first(_ONE, values)
    if row is None:
        return None
    return Whole(
        card=card(row),
        note=row.note,
        goal=row.goal or "",
        weight=row.weight,
        created_at=row.created_at,
        done_at=row.done_at,
        checklist=rows(_CHECKLIST, values),
        history=[(m.at, reader_name(m), m.was, m.became) for m in rows(_HISTORY, values)],
    )


def one_card(viewer: Viewer, task_id: int) -> Card | None:
    row = first(_ONE, params(viewer, id=task_id))
    return card(row) if row is not None else None


def last_move(viewer: Viewer, task_id: int) -> tuple[datetime, str, str] | None:
    """When, by whom and to which state a task was moved last."""
    row = first(_HISTORY, params(viewer, id=task_id))
    return (row.at, reader_name(row), row.became) if row is not None else None

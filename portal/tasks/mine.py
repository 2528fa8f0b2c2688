"""A person's own tasks over all her spaces, and what is late in the spaces that she heads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import current_app
from markupsafe import Markup
from sqlalchemy import (
    Cast,
    Integer,
    and_,
    bindparam,
    case,
    cast,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.types import TypeEngine

from portal.access import Role, Viewer
from portal.accounts.queries import named
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import first, rows
from portal.kernel.links import link
from portal.spaces.known import known
from portal.spaces.models import Membership
from portal.spaces.queries import Place
from portal.tasks import words
from portal.tasks.models import OPEN, Measure, Task
from portal.tasks.policy import AT_WORK, policy
from portal.tasks.queries import STEPS, TICKED

MOST = 200
AT_HOME = 5
NEAR = timedelta(days=7)
_LIVE = and_(
    Task.state.in_(OPEN),
    policy.readable,
    Task.space_id.in_(AT_WORK),
)
_MINE = (
    select(
        Task.id, Task.title, Task.state, Task.due, Task.space_id, Measure.title.label("measure"),
        STEPS, TICKED,
    )
    .outerjoin(Measure, Measure.id == Task.measure_id)
    .where(_LIVE, Task.owner_id == bindparam("viewer_id"))
    .order_by(Task.due.is_(None), Task.due, Task.id)
    .limit(MOST)
)  # fmt: skip
# A space's head: who manages it, and who heads a unit that is a member of it.
_HEADED = or_(
    Task.space_id.in_(bindparam("manages", expanding=True)),
    Task.space_id.in_(
        select(Membership.space_id)
        .where(Membership.group_id.in_(bindparam("headed", expanding=True)))
        .scalar_subquery()
    ),
)
_LATE = and_(_LIVE, _HEADED, Task.due < bindparam("today"))
_LATE_BY_SPACE = (
    select(Task.space_id, func.count().label("n"), func.min(Task.due).label("due"))
    .where(_LATE)
    .group_by(Task.space_id)
)


@dataclass(frozen=True, slots=True)
class Late:
    """A space that the viewer heads: how many of its tasks are late, and since when."""

    space_id: int
    name: str
    url: str
    number: int
    since: date


@dataclass(frozen=True, slots=True)
class Mine:
    """A task of the viewer's."""

    id: int
    title: str
    state: str
    due: date | None
    place: str
    measure: str
    steps: int
    ticked: int


def _values(viewer: Viewer) -> dict[str, Any]:
    manages = viewer.spaces_as(Role.MANAGER)
    return params(viewer, today=clock.today(), manages=manages, headed=list(viewer.headed))


def open_ones(viewer: Viewer) -> list[Mine]:
    """The viewer's open tasks, the most pressing first. One statement."""
    return [
        Mine(
            row.id, row.title, row.state, row.due, _name(row.space_id), row.measure or "",
            row.steps, row.ticked,
        )
        for row in rows(_MINE, _values(viewer))
    ]  # fmt: skip


def late_of_others(viewer: Viewer) -> list[Late]:
    """The spaces that she heads and where something is late. One statement, or none."""
    if not (viewer.spaces_as(Role.MANAGER) or viewer.headed):
        return []
    return [_late(row) for row in rows(_LATE_BY_SPACE, _values(viewer))]


def _late(row: Any) -> Late:
    space = known()[row.space_id]
    url = link("tasks.index", slug=space.slug, view="list", late=1)
    return Late(row.space_id, _name(row.space_id), url, row.n, row.due)


def _name(space_id: int) -> str:
    return named(known()[space_id])


# ── On the home page: both in one statement ─────────────────────────────


def _none(kind: TypeEngine[Any]) -> Cast[Any]:
    """No value, of the kind that the other half of the statement has: PostgreSQL asks for it."""
    return cast(null(), kind)


_PRESSING = union_all(
    select(
        select(
            Task.id, Task.title, Task.state, Task.due, Task.space_id, _none(Integer()).label("n")
        )
        .where(
            _LIVE, Task.owner_id == bindparam("viewer_id"), Task.due <= bindparam("until")
        )
        .order_by(Task.due, Task.id)
        .limit(AT_HOME + 1)
        .subquery()
    ),
    select(
        select(
            _none(Task.id.type).label("id"), _none(Task.title.type).label("title"),
            _none(Task.state.type).label("state"),
            func.min(Task.due).label("due"), Task.space_id, func.count().label("n"),
        )
        .where(_LATE)
        .group_by(Task.space_id)
        .subquery()
    ),
)  # fmt: skip


def pressing(viewer: Viewer, until: date) -> tuple[Sequence[Any], list[Late]]:
    """What the home page shows: hers that are due until a day, and what is late where she heads."""
    found = rows(_PRESSING, _values(viewer) | {"until": until})
    own = sorted((row for row in found if row.n is None), key=lambda row: (row.due, row.id))
    return own, [_late(row) for row in found if row.n is not None]


def at_home(viewer: Viewer) -> dict[str, Any]:
    """What home pages show of tasks, by the names that `tasks/_home.html` uses. One statement."""
    due, late = pressing(viewer, clock.today() + NEAR)
    return {"tasks_due": due[:AT_HOME], "tasks_late": late, "task_words": words}


# ── On a space's overview ───────────────────────────────────────────────

_GLANCE = select(
    func.count().label("open"),
    func.sum(case((Task.due < bindparam("today"), 1), else_=0)).label("late"),
    func.sum(case((Task.owner_id == bindparam("viewer_id"), 1), else_=0)).label("mine"),
).where(Task.space_id == bindparam("space_id"), Task.state.in_(OPEN), policy.readable)


def glance(space: Place, viewer: Viewer) -> Markup | str:
    """How much is open, late and the viewer's own. One statement."""
    row = first(_GLANCE, params(viewer, space_id=space.id, today=clock.today()))
    if row is None or not row.open:
        return ""
    page = {"slug": space.slug, "view": "list"}
    template = current_app.jinja_env.get_template("tasks/_glance.html")
    return Markup(
        template.render(
            open=row.open,
            late=row.late,
            mine=row.mine,
            late_url=link("tasks.index", late=1, **page),
            mine_url=link("tasks.index", owner=viewer.user_id, **page),
        )
    )

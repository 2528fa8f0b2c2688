"""How far a requirement has come: by unit in numbers, and by name who has not confirmed yet.

Editors of the item and whoever asked see everybody; heads and deputies the people of their units
and of all below. Whoever has confirmed counts where she was then, everybody else where she is now.
Four statements, however many people it is asked of.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import BindParameter, Row, and_, bindparam, case, func, or_, select
from werkzeug.exceptions import NotFound

from portal.access import Role, Viewer
from portal.accounts.models import Absence, Group, Organisation, User
from portal.accounts.policy import policy as people_policy
from portal.accounts.queries import house, named, reader_name
from portal.confirming.models import Confirmation, Obligation, Requirement
from portal.content import kinds
from portal.content.listing import address
from portal.content.models import Content
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.kernel.links import link
from portal.notify.models import Notice

REMINDER = "must_read_reminder"
STATES = ("confirmed", "waiting", "overdue", "away")


def about(requirement_id: int) -> str:
    """What reminders of a requirement are about; their version is the day, so that each person
    is reminded at most once a day, whoever reminds."""
    return f"reminder:{requirement_id}"


# ── What is asked, and who looks ─────────────────────────────────────────────


def _count(model: Any, *where: Any) -> Any:
    of = model.requirement_id == Requirement.id
    return select(func.count()).where(of, *where).correlate(Requirement).scalar_subquery()


_ROUNDS = (
    select(
        Requirement.id, Requirement.round, Requirement.deadline, Requirement.order_number,
        Requirement.standing_days, Requirement.by_id, Requirement.asked_at, Requirement.ended_at,
        Content.id.label("content_id"), Content.home_id, Content.kind, Content.slug,
        Content.title, Content.title_en, Content.visible_from,
        User.given, User.family, User.given_latin, User.family_latin,
        _count(Obligation, Obligation.left_at.is_(None)).label("asked"),
        _count(Confirmation).label("confirmed"),
    )
    .join(Content, Content.id == Requirement.content_id)
    .join(User, User.id == Requirement.by_id)
    .where(
        Content.id == bindparam("content_id"), Requirement.asked_at.is_not(None), policy.readable
    )
    .order_by(Requirement.round.desc())
)  # fmt: skip
_UNITS = select(Group.id, Group.parent_id, Group.name_bg, Group.name_en).order_by(
    Group.name_bg, Group.id
)


@dataclass(frozen=True)
class Asked:
    """A round of an item as one viewer follows it.

    units: of whose people she sees the progress, None for all; led: those that she heads, with
    all below; is_admin: whether she sees until when anybody is away, as heads do of their people.
    """

    row: Row[Any]
    rounds: Sequence[Row[Any]]
    tree: dict[int, Row[Any]]
    units: frozenset[int] | None
    led: frozenset[int]
    is_admin: bool
    records: bool  # whether she may record a briefing for any of them

    @property
    def title(self) -> str:
        return str((language() == "en" and self.row.title_en) or self.row.title)

    @property
    def url(self) -> str:
        """Where the item is read."""
        where = address(self.row.content_id, self.row.slug)
        return link(kinds.of(self.row.kind).endpoint, address=where)

    @property
    def asker(self) -> str:
        return reader_name(self.row)

    @property
    def is_open(self) -> bool:
        return self.row.ended_at is None

    @property
    def is_past(self) -> bool:
        return bool(self.row.deadline < clock.now())


def asked(viewer: Viewer, content_id: int, number: int | None = None) -> Asked:
    """A round of an item, the newest without a number. NotFound for whoever may not follow it.

    A head follows what is asked of her people, as far as she may read the item herself. Two
    statements. Whether it is asked of any of them is seen when they are listed, see `people`.
    """
    found = rows(_ROUNDS, params(viewer, content_id=content_id))
    chosen = next((row for row in found if number in (None, row.round)), None)
    if chosen is None or not viewer.is_authenticated:
        raise NotFound
    edits = viewer.role_in(chosen.home_id) >= Role.EDITOR
    sees_all = edits or chosen.by_id == viewer.user_id
    if not sees_all and not (viewer.headed and viewer.is_staff):
        raise NotFound
    tree = {row.id: row for row in rows(_UNITS)}
    led = below(viewer.headed, tree) if viewer.is_staff else frozenset[int]()
    units = None if sees_all else led
    return Asked(chosen, found, tree, units, led, viewer.is_admin, edits or bool(led))


def below(heads: Iterable[int], tree: dict[int, Row[Any]]) -> frozenset[int]:
    """The units and all below them."""
    children: dict[int | None, list[int]] = {}
    for row in tree.values():
        children.setdefault(row.parent_id, []).append(row.id)
    found: set[int] = set()
    todo = list(heads)
    while todo:
        step = todo.pop()
        if step not in found:
            found.add(step)
            todo += children.get(step, [])
    return frozenset(found)


# ── The people ───────────────────────────────────────────────────────────────

# Where she counts: as she confirmed, else where she is now.
unit_then = case(
    (and_(Confirmation.id.is_not(None), Confirmation.unit_id.is_not(None)), Confirmation.unit_id),
    else_=User.unit_id,
)
_everybody: BindParameter[int] = bindparam("everybody")
_PEOPLE = (
    select(
        User.id, User.given, User.family, User.given_latin, User.family_latin, User.position,
        User.position_en, User.organisation_id, unit_then.label("unit_id"),
        Organisation.name_bg, Organisation.name_en, Organisation.is_home, Obligation.deadline,
        Confirmation.id.label("confirmation_id"), Confirmation.at, Confirmation.channel,
        Absence.last.label("away_until"), Notice.id.label("reminder_id"),
        case((people_policy.readable, 1), else_=0).label("is_known"),
    )
    .select_from(Obligation)
    .join(User, User.id == Obligation.user_id)
    .join(Organisation, Organisation.id == User.organisation_id)
    .outerjoin(
        Confirmation,
        and_(
            Confirmation.requirement_id == Obligation.requirement_id,
            Confirmation.user_id == Obligation.user_id,
        ),
    )
    .outerjoin(
        Absence,
        and_(
            Absence.user_id == Obligation.user_id,
            Absence.first <= bindparam("day"),
            Absence.last >= bindparam("day"),
        ),
    )
    .outerjoin(
        Notice,
        and_(
            Notice.user_id == Obligation.user_id,
            Notice.about == bindparam("about"),
            Notice.version == bindparam("version"),
        ),
    )
    .where(
        Obligation.requirement_id == bindparam("requirement_id"),
        # Who left the group or the town hall without confirming is asked no more.
        or_(
            Confirmation.id.is_not(None),
            and_(Obligation.left_at.is_(None), User.retired_at.is_(None)),
        ),
        or_(_everybody == 1, unit_then.in_(bindparam("units", expanding=True))),
    )
    .order_by(User.family, User.given, User.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """One of whom it is asked. name: "" when the viewer may not know her; away_until: None when
    she is here, and where the day is no business of the viewer's."""

    id: int
    name: str
    position: str
    unit_id: int | None
    organisation_id: int
    organisation: str
    is_home: bool
    deadline: datetime
    state: str  # of STATES
    at: datetime | None
    channel: str | None
    away_until: date | None
    is_reminded_today: bool


def people(asked: Asked, viewer: Viewer) -> list[Person]:
    """Everybody of whom it is asked and whom the viewer follows, by family name. One statement.

    NotFound for a head of whose people it is asked of none.
    """
    now = clock.now()
    found = [_person(row, asked, viewer, now) for row in rows(_PEOPLE, _values(asked, viewer))]
    if asked.units is not None and not found:
        raise NotFound
    return found


def _values(asked: Asked, viewer: Viewer) -> dict[str, Any]:
    day = clock.today()
    return params(
        viewer,
        requirement_id=asked.row.id,
        day=day,
        about=about(asked.row.id),
        version=day.toordinal(),
        everybody=int(asked.units is None),
        units=sorted(asked.units or ()),
    )


def _person(row: Row[Any], asked: Asked, viewer: Viewer, now: datetime) -> Person:
    sees_days = asked.is_admin or row.unit_id in asked.led
    if row.confirmation_id is not None:
        state = "confirmed"
    elif row.away_until is not None:
        state = "away"
    else:
        state = "overdue" if row.deadline < now else "waiting"
    at_home = row.is_home and viewer.is_staff  # guests see the municipality as one
    organisation_id, organisation = house(row, viewer)
    return Person(
        id=row.id,
        name=reader_name(row) if row.is_known else "",
        position=((language() == "en" and row.position_en) or row.position) if row.is_known else "",
        unit_id=row.unit_id if at_home else None,
        organisation_id=organisation_id,
        organisation=organisation,
        is_home=at_home,
        deadline=row.deadline,
        state=state,
        at=row.at,
        channel=row.channel,
        away_until=row.away_until if sees_days else None,
        is_reminded_today=row.reminder_id is not None,
    )


# ── In numbers ───────────────────────────────────────────────────────────────


P = TypeVar("P", bound="Placed")


@dataclass
class Tally:
    """How many, by state; a unit's counts hold those of the units below it."""

    key: str  # «u7» a unit, «o3» a partner, «none» without a unit, "" everybody
    name: str
    depth: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))

    @property
    def asked(self) -> int:
        return sum(self.counts.values())

    @property
    def missing(self) -> int:
        return self.asked - self.counts["confirmed"]

    @property
    def percent(self) -> int:
        """Rounded down: «100 %» is nobody missing."""
        return self.counts["confirmed"] * 100 // self.asked if self.asked else 0


class Placed(Protocol):
    """Somebody who counts in her unit, or in her organisation if she is a guest."""

    @property
    def unit_id(self) -> int | None: ...
    @property
    def organisation_id(self) -> int: ...
    @property
    def organisation(self) -> str: ...
    @property
    def is_home(self) -> bool: ...


def key_of(person: Placed) -> str:
    """Of which tally she is: her unit's, her organisation's, or of those without a unit."""
    if not person.is_home:
        return f"o{person.organisation_id}"
    return f"u{person.unit_id}" if person.unit_id is not None else "none"


def above(unit_id: int | None, tree: dict[int, Row[Any]]) -> list[int]:
    """A unit and those above it, itself first; a circle in old data ends the climb."""
    found: list[int] = []
    while unit_id is not None and unit_id in tree and unit_id not in found:
        found.append(unit_id)
        unit_id = tree[unit_id].parent_id
    return found


def _state(person: Any) -> tuple[str]:
    return (person.state,)


def tallies(
    found: Iterable[P],
    tree: dict[int, Row[Any]],
    nameless: str,
    names: Sequence[str] = STATES,
    counted: Callable[[P], Iterable[str]] = _state,
) -> tuple[Tally, list[Tally]]:
    """Everybody's numbers, and those of each unit and partner in the tree's order.

    nameless: what those without a unit are called. names: what is counted; counted: as which of
    them somebody counts.
    """
    by_key: dict[str, Tally] = {}

    def of(key: str, name: str, depth: int = 0) -> Tally:
        if key not in by_key:
            by_key[key] = Tally(key, name, depth, dict.fromkeys(names, 0))
        return by_key[key]

    total = Tally("", "", 0, dict.fromkeys(names, 0))
    for person in found:
        hers = [total]
        if person.is_home and person.unit_id in tree:
            for depth, unit in enumerate(reversed(above(person.unit_id, tree))):
                hers.append(of(f"u{unit}", named(tree[unit]), depth))
        elif person.is_home:
            hers.append(of("none", nameless))
        else:
            hers.append(of(key_of(person), person.organisation))
        for name in counted(person):
            for tally in hers:
                tally.counts[name] += 1
    return total, [by_key[key] for key in _order(by_key, tree) if key in by_key]


def unit_order(tree: dict[int, Row[Any]]) -> dict[int, int]:
    """Each unit's place when the tree is read from top to bottom."""
    children: dict[int | None, list[int]] = {}
    for row in tree.values():
        parent = row.parent_id if row.parent_id in tree else None
        children.setdefault(parent, []).append(row.id)
    found: dict[int, int] = {}
    todo = list(reversed(children.get(None, [])))
    while todo:
        step = todo.pop()
        if step not in found:
            found[step] = len(found)
            todo += reversed(children.get(step, []))
    for unit in tree:  # a circle in old data has no top
        found.setdefault(unit, len(found))
    return found


def _order(by_key: dict[str, Tally], tree: dict[int, Row[Any]]) -> list[str]:
    """Units from top to bottom, then those without, then partners by name."""
    partners = sorted((t.name.casefold(), key) for key, t in by_key.items() if key[0] == "o")
    units = sorted(unit_order(tree).items(), key=lambda pair: pair[1])
    return [*(f"u{unit}" for unit, _place in units), "none", *(key for _name, key in partners)]


def within(person: Placed, key: str, tree: dict[int, Row[Any]]) -> bool:
    """Whether she counts in a tally, her unit being the one meant or below it."""
    if key in ("", key_of(person)):
        return True
    return person.is_home and key in {f"u{unit}" for unit in above(person.unit_id, tree)}

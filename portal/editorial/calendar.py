"""The calendar of a board: what opens or is planned on each day, and where units meet.

The board's own items, what other units have scheduled or planned as far as the viewer may read it,
and what other boards share of their ideas: title, unit and day, for staff alone. Two items of
different units in one space on one day are a clash.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select

from portal.access import Role, Viewer
from portal.accounts.models import Group, Organisation, User
from portal.accounts.queries import named
from portal.content import kinds, listing
from portal.content.models import IS_OPEN, Content, Life, Placement, Revision
from portal.content.policy import RevisionPolicy
from portal.content.policy import policy as content_policy
from portal.editorial import moves, queries
from portal.editorial.models import Idea
from portal.editorial.policy import policy as idea_policy
from portal.editorial.queries import of_the_unit, on_boards, text_on_boards
from portal.kernel import clock
from portal.kernel.database import UtcDateTime, rows
from portal.kernel.i18n import _, language
from portal.kernel.links import link
from portal.spaces.models import Space
from portal.spaces.queries import Place

MOST = 600  # items of one sheet; a unit that publishes more in a month reads it week by week
DAY_SHOWN = 6  # of a day of a month; the rest stands on the week's sheet

_first = bindparam("first", type_=UtcDateTime())
_end = bindparam("end", type_=UtcDateTime())
_now = bindparam("now", type_=UtcDateTime())
_UNIT = (
    User.unit_id,
    User.organisation_id,
    Group.name_bg.label("unit_bg"),
    Group.name_en.label("unit_en"),
    Organisation.name_bg,
    Organisation.name_en,
)


def _with_unit(statement: Any, owner: Any) -> Any:
    return (
        statement.join(User, User.id == owner)
        .join(Organisation, Organisation.id == User.organisation_id)
        .outerjoin(Group, Group.id == User.unit_id)
    )


_ITEMS = (
    _with_unit(
        select(*queries.ITEM_COLUMNS, *_UNIT, of_the_unit.label("is_own")).select_from(Content),
        Content.owner_id,
    )
    .where(
        on_boards,
        Content.life == Life.PUBLISHED,
        Content.visible_from >= _first,
        Content.visible_from < _end,
        or_(Content.visible_from > _now, of_the_unit),
        content_policy.readable,
    )
    .order_by(Content.visible_from, Content.id)
    .limit(MOST)
)
_TEXTS = (
    _with_unit(
        select(*queries.TEXT_COLUMNS, *_UNIT, of_the_unit.label("is_own"))
        .select_from(Revision)
        .join(Content, Content.id == Revision.content_id),
        Content.owner_id,
    )
    .where(
        IS_OPEN,
        text_on_boards,
        Content.visible_from.is_(None),
        Revision.wanted_from >= _first,
        Revision.wanted_from < _end,
        RevisionPolicy.at_work,
    )
    .order_by(Revision.wanted_from, Revision.id)
    .limit(MOST)
)
_IDEAS = (
    _with_unit(
        select(
            Idea.id, Idea.title, Idea.kind, Idea.target_id, Idea.planned_on, Idea.saves,
            Idea.space_id, *_UNIT,
        )
        .select_from(Idea)
        .join(Space, Space.id == Idea.space_id),
        Idea.owner_id,
    )
    .where(
        Idea.begun_at.is_(None),
        Idea.planned_on >= bindparam("first_day"),
        Idea.planned_on < bindparam("end_day"),
        Space.archived_at.is_(None),
        or_(
            and_(Idea.space_id == bindparam("space_id"), idea_policy.readable),
            and_(Idea.space_id != bindparam("space_id"), idea_policy.shown_elsewhere),
        ),
    )
    .order_by(Idea.planned_on, Idea.id)
    .limit(MOST)
)  # fmt: skip
_PLACES = select(Placement.content_id, Placement.space_id).where(
    Placement.content_id.in_(bindparam("ids", expanding=True)),
    Placement.space_id.in_(bindparam("reads", expanding=True)),
)


@dataclass
class Entry:
    """One thing of a day. url and key are "" where only its title, unit and day are told."""

    key: str
    seal: str
    day: date
    time: str
    title: str
    url: str
    kind: str
    icon: str
    state: str
    unit: str
    whose: tuple[str, int]  # the unit or organisation that it is of, to tell them apart
    is_foreign: bool  # of another unit than the viewer's, which is worth a word then
    is_own: bool  # of this board
    may_move: bool
    content_id: int = 0
    spaces: set[int] = field(default_factory=set)  # where its readers are, of those she reads
    places: list[str] = field(default_factory=list)
    clashes: bool = False


@dataclass(frozen=True)
class Clash:
    """What units put into one space on one day."""

    day: date
    place: str
    entries: list[Entry]


@dataclass
class Sheet:
    """Some weeks of days, from a Monday on."""

    first: date
    end: date
    days: dict[date, list[Entry]]
    clashes: list[Clash]

    @property
    def weeks(self) -> list[list[date]]:
        days = [self.first + timedelta(days=n) for n in range((self.end - self.first).days)]
        return [days[n : n + 7] for n in range(0, len(days), 7)]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def month_span(first: date) -> tuple[date, date]:
    """The whole weeks that hold a month: its first Monday, and the Monday after its last day."""
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return monday(first), monday(last) + timedelta(days=7)


def sheet(viewer: Viewer, space: Place, first: date, end: date) -> Sheet:
    """What stands in the calendar of a board from a day until another. Four statements."""
    values = queries.values(
        viewer,
        space,
        first=_midnight(first),
        end=_midnight(end),
        first_day=first,
        end_day=end,
        is_staff=int(viewer.is_staff),
    )
    found = [_item(row, viewer) for row in rows(_ITEMS, values)]
    found += [_text(row, viewer) for row in rows(_TEXTS, values)]
    _place(found, viewer)
    found += [_idea(row, viewer, space) for row in rows(_IDEAS, values)]
    for entry in found:
        entry.places = [queries.place_name(each) for each in sorted(entry.spaces)]
    days: dict[date, list[Entry]] = defaultdict(list)
    for entry in sorted(found, key=lambda each: (each.day, each.time or "24", each.title)):
        days[entry.day].append(entry)
    return Sheet(first, end, days, _clashes(found))


def _midnight(day: date) -> datetime:
    return clock.from_local(datetime.combine(day, time()))


def _place(found: Iterable[Entry], viewer: Viewer) -> None:
    """Where each is read, of the spaces that the viewer reads."""
    by_id: dict[int, list[Entry]] = defaultdict(list)
    for entry in found:
        by_id[entry.content_id].append(entry)
    if by_id:
        values = {**viewer.params, "ids": sorted(by_id)}
        for row in rows(_PLACES, values):
            for entry in by_id[row.content_id]:
                entry.spaces.add(row.space_id)


def _clashes(found: Iterable[Entry]) -> list[Clash]:
    """Days and spaces on which units meet; what is past clashes with nothing any more."""
    today = clock.today()
    there: dict[tuple[date, int], list[Entry]] = defaultdict(list)
    for entry in found:
        if entry.day >= today:
            for space in entry.spaces:
                there[entry.day, space].append(entry)
    clashes = []
    for (day, space), entries in sorted(there.items()):
        if len({entry.whose for entry in entries}) > 1:
            for entry in entries:
                entry.clashes = True
            ordered = sorted(entries, key=lambda each: (each.time or "24", each.title))
            clashes.append(Clash(day, queries.place_name(space), ordered))
    return clashes


def _item(row: Row[Any], viewer: Viewer) -> Entry:
    kind, here = kinds.of(row.kind), clock.local(row.visible_from)
    waits = row.visible_from > clock.now()
    return Entry(
        key=f"item-{row.id}",
        seal=moves.seal_of_item(row.visible_from),
        day=here.date(),
        time=f"{here:%H:%M}",
        title=(language() == "en" and row.title_en) or row.title,
        url=link(kind.endpoint, address=listing.address(row.id, row.slug)),
        kind=str(kind.one),
        icon=kind.icon,
        state=str(moves.STAGES["scheduled" if waits else "published"]),
        may_move=waits and viewer.role_in(row.home_id) >= Role.EDITOR,
        content_id=row.id,
        is_own=bool(row.is_own),
        **_unit(row, viewer),
    )


def _text(row: Row[Any], viewer: Viewer) -> Entry:
    kind, here = kinds.of(row.kind), clock.local(row.wanted_from)
    reviewed = row.state == "in_review"
    return Entry(
        key=f"text-{row.id}",
        seal=moves.seal_of_text(row.saves, row.state),
        day=here.date(),
        time=f"{here:%H:%M}",
        title=row.title,
        url=queries.page_of_text(row),
        kind=str(kind.one),
        icon=kind.icon,
        state=str(moves.STAGES["review" if reviewed else "draft"]),
        may_move=not reviewed,
        content_id=row.content_id,
        is_own=bool(row.is_own),
        **_unit(row, viewer),
    )


def _idea(row: Row[Any], viewer: Viewer, space: Place) -> Entry:
    own = row.space_id == space.id
    kind = kinds.of(row.kind) if own and row.kind in kinds.names() else None
    target = row.target_id if viewer.role_in(row.target_id or 0) else None
    return Entry(
        key=f"idea-{row.id}" if own else "",
        seal=moves.seal_of_idea(row.saves) if own else "",
        day=row.planned_on,
        time="",
        title=row.title,
        url=link("editorial.idea", idea_id=row.id) if own else "",
        kind=str(kind.one) if kind else "",
        icon=kind.icon if kind else "lightbulb",
        state=_("idea"),
        may_move=own,
        is_own=own,
        spaces={target} if target is not None else set(),
        **_unit(row, viewer),
    )


def _unit(row: Row[Any], viewer: Viewer) -> dict[str, Any]:
    """A colleague's unit; anybody else's organisation."""
    colleague = row.organisation_id == viewer.organisation_id
    in_unit = row.unit_id in viewer.groups
    name = ((language() == "en" and row.unit_en) or row.unit_bg) if colleague else ""
    return {
        "unit": str(name or named(row)),
        "whose": ("unit", row.unit_id) if row.unit_id else ("organisation", row.organisation_id),
        "is_foreign": not (in_unit if row.unit_id else colleague),
    }

"""The cards of a board: every item of a unit across the portal, as one viewer may see it.

The unit's are what lies in the space, and what people write elsewhere who write in the space,
themselves or through their unit. An organisation that writes there is no unit: its texts would be
everybody's. Each of three statements asks the policy, orders its columns and counts them; a column
shows its first cards, and how many there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Date,
    Row,
    Select,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union,
)

from portal.access import Role, Viewer
from portal.accounts.models import Group, GroupMember, User
from portal.accounts.queries import named, reader_name
from portal.content import kinds, listing
from portal.content.models import IS_OPEN, Content, Life, Revision, State
from portal.content.policy import RevisionPolicy
from portal.content.policy import policy as content_policy
from portal.content.queries import params
from portal.editorial import moves
from portal.editorial.models import Idea
from portal.editorial.policy import policy as idea_policy
from portal.editorial.services import board_kinds
from portal.kernel import clock
from portal.kernel.database import UtcDateTime, rows
from portal.kernel.i18n import _, language
from portal.kernel.links import link
from portal.spaces.known import known
from portal.spaces.models import Membership
from portal.spaces.queries import Place

SHOWN = 50  # cards of a column; the rest by its link
NEXT = 4  # of what is scheduled, on the space's overview
PAGE = 100  # cards of a page of one column
RECENT = timedelta(days=30)  # how long what is published stays on the board
EVER = datetime(1900, 1, 1, tzinfo=UTC)

_today = bindparam("today", type_=Date())
_now = bindparam("now", type_=UtcDateTime())
_writes_here = (
    Membership.space_id == bindparam("space_id"),
    Membership.role >= int(Role.CONTRIBUTOR),
    or_(Membership.until.is_(None), Membership.until >= _today),
)
_units = (
    select(Membership.group_id.label("id"))
    .where(*_writes_here, Membership.group_id.is_not(None))
    .cte("units", recursive=True)
)
_units = _units.union(select(Group.id).join(_units, Group.parent_id == _units.c.id))
_people: CompoundSelect[Any] = union(
    select(Membership.user_id).where(*_writes_here, Membership.user_id.is_not(None)),
    select(User.id).where(User.unit_id.in_(select(_units.c.id))),
    select(GroupMember.user_id).where(GroupMember.group_id.in_(select(_units.c.id))),
)
# SQL: an item of the unit. The sum keeps SQLite from gathering by it all that a unit ever wrote:
# open texts and times are fewer, and have indexes of their own.
of_the_unit = or_(Content.home_id + 0 == bindparam("space_id"), Content.owner_id.in_(_people))
on_boards = Content.kind.in_(bindparam("boards", expanding=True))
# Of texts their own kind is asked, so that a list begins with the few open ones (IS_OPEN) and not
# with every item that there is of a kind.
text_on_boards = Revision.kind.in_(bindparam("boards", expanding=True))

_NAMES = (User.given, User.family, User.given_latin, User.family_latin)
_stage_of_text = case((Revision.state == State.IN_REVIEW, "review"), else_="draft")
_text_order = (Revision.changed_at.desc(), Revision.id.desc())
TEXT_COLUMNS = (
    Revision.id, Revision.language, Revision.state, Revision.saves, Revision.title,
    Revision.changed_at, Revision.wanted_from, Revision.author_id, Revision.changed_by_id,
    Content.id.label("content_id"), Content.kind, Content.slug, Content.home_id,
    Content.owner_id, Content.visible_from, Content.is_shared,
)  # fmt: skip
_TEXTS = (
    select(*TEXT_COLUMNS, *_NAMES, _stage_of_text.label("stage"))
    .join(Content, Content.id == Revision.content_id)
    .join(User, User.id == Content.owner_id)
    .where(IS_OPEN, text_on_boards, of_the_unit, RevisionPolicy.at_work)
)
_stage_of_item = case((Content.visible_from > _now, "scheduled"), else_="published")
# What opens first stands first; of what is published, the newest.
_item_order = (
    case((Content.visible_from > _now, Content.visible_from)),
    Content.visible_from.desc(),
    Content.id.desc(),
)
ITEM_COLUMNS = (
    Content.id, Content.kind, Content.slug, Content.title, Content.title_en, Content.home_id,
    Content.owner_id, Content.visible_from, Content.life,
)  # fmt: skip
_ITEMS = (
    select(*ITEM_COLUMNS, *_NAMES, _stage_of_item.label("stage"))
    .join(User, User.id == Content.owner_id)
    .where(
        on_boards,
        Content.life == Life.PUBLISHED,
        Content.visible_from > bindparam("since", type_=UtcDateTime()),
        or_(Content.visible_until.is_(None), Content.visible_until > _now),
        of_the_unit,
        content_policy.readable,
    )
)
_IDEAS = (
    select(
        Idea.id, Idea.title, Idea.kind, Idea.target_id, Idea.planned_on, Idea.is_shared,
        Idea.saves, Idea.changed_at, Idea.owner_id, *_NAMES, literal("idea").label("stage"),
    )
    .join(User, User.id == Idea.owner_id)
    .where(Idea.space_id == bindparam("space_id"), Idea.begun_at.is_(None), idea_policy.readable)
)  # fmt: skip
_idea_order = (Idea.planned_on.is_(None), Idea.planned_on, Idea.changed_at.desc(), Idea.id.desc())


def _in_columns(cards: Any, stage: Any, order: Sequence[Any]) -> Select[Any]:
    """The cards with their column's number, of each column those from `:skip` to `:last`."""
    inner = cards.add_columns(
        func.count().over(partition_by=stage).label("total"),
        func.row_number().over(partition_by=stage, order_by=order).label("place"),
    ).subquery()
    return (
        select(inner)
        .where(
            inner.c.place > bindparam("skip"),
            inner.c.place <= bindparam("last"),
            or_(bindparam("only") == "", inner.c.stage == bindparam("only")),
        )
        .order_by(inner.c.place)
    )


_COLUMNS = {
    ("idea",): _in_columns(_IDEAS, literal("idea"), _idea_order),
    ("draft", "review"): _in_columns(_TEXTS, _stage_of_text, _text_order),
    ("scheduled", "published"): _in_columns(_ITEMS, _stage_of_item, _item_order),
}


@dataclass
class Card:
    """One card. moves: the columns to which the viewer may move it, with their names; mark: what
    sets it apart in its column; day: planned, asked for or true, by the town hall's clock."""

    key: str
    seal: str
    stage: str
    title: str
    url: str
    kind: str
    icon: str
    place: str
    owner: str
    day: date | None
    at: datetime | None
    mark: str
    moves: list[tuple[str, Any]]
    may_plan: bool  # whether she may give it another day


@dataclass
class Column:
    """A column of the board. total: its cards, of which some may be shown."""

    stage: str
    label: Any
    cards: list[Card] = field(default_factory=list)
    total: int = 0


def board(viewer: Viewer, space: Place) -> list[Column]:
    """Every column with its first cards. Three statements."""
    columns = {stage: Column(stage, label) for stage, label in moves.STAGES.items()}
    for statement in _COLUMNS.values():
        for row in rows(statement, values(viewer, space)):
            column = columns[row.stage]
            column.cards.append(card_of(row, viewer, space))
            column.total = row.total
    return list(columns.values())


def column(viewer: Viewer, space: Place, stage: str, page: int) -> Column:
    """A page of one column, from 1; of what is published, whenever that was."""
    found = Column(stage, moves.STAGES[stage])
    statement = next(each for stages, each in _COLUMNS.items() if stage in stages)
    more = {"skip": (page - 1) * PAGE, "last": page * PAGE, "only": stage, "since": EVER}
    for row in rows(statement, values(viewer, space, **more)):
        found.cards.append(card_of(row, viewer, space))
        found.total = row.total
    return found


def next_to_open(viewer: Viewer, space: Place) -> list[Card]:
    """The first of what is scheduled. One statement."""
    statement = _COLUMNS["scheduled", "published"]
    asked = values(viewer, space, last=NEXT, only="scheduled", since=clock.now())
    return [card_of(row, viewer, space) for row in rows(statement, asked)]


def values(viewer: Viewer, space: Place, **more: Any) -> dict[str, Any]:
    """What the statements of boards and calendars bind."""
    return params(
        viewer,
        space_id=space.id,
        today=clock.today(),
        boards=board_kinds(),
        **{"skip": 0, "last": SHOWN, "only": "", "since": clock.now() - RECENT, **more},
    )


def card_of(row: Row[Any], viewer: Viewer, space: Place) -> Card:
    match row.stage:
        case "idea":
            return _idea(row, viewer)
        case "draft" | "review":
            return _text(row, viewer, space)
    return _item(row, viewer, space)


def _idea(row: Row[Any], viewer: Viewer) -> Card:
    kind = kinds.of(row.kind) if row.kind in kinds.names() else None
    return Card(
        key=f"idea-{row.id}",
        seal=moves.seal_of_idea(row.saves),
        stage="idea",
        title=row.title,
        url=link("editorial.idea", idea_id=row.id),
        kind=str(kind.one) if kind else "",
        icon=kind.icon if kind else "lightbulb",
        place=place_name(row.target_id) if viewer.role_in(row.target_id or 0) else "",
        owner=reader_name(row),
        day=row.planned_on,
        at=None,
        mark=_("other boards see it") if row.is_shared else "",
        moves=named_moves(["draft"]),
        may_plan=True,
    )


def _text(row: Row[Any], viewer: Viewer, space: Place) -> Card:
    kind, rights = kinds.of(row.kind), Rights(row, viewer)
    marks = []
    if row.state == State.RETURNED:
        marks.append(_("returned"))
    if row.visible_from is not None:
        marks.append(_("new version"))
    if row.language != "bg":
        marks.append(row.language.upper())
    return Card(
        key=f"text-{row.id}",
        seal=moves.seal_of_text(row.saves, row.state),
        stage=row.stage,
        title=row.title,
        url=page_of_text(row),
        kind=str(kind.one),
        icon=kind.icon,
        place=place_name(row.home_id) if row.home_id != space.id else "",
        owner=reader_name(row),
        day=clock.local(row.wanted_from).date() if rights.waits else None,
        at=row.wanted_from if rights.waits else None,
        mark=", ".join(marks),
        moves=named_moves(rights.moves),
        may_plan=row.stage == "draft" and not rights.is_open,
    )


def _item(row: Row[Any], viewer: Viewer, space: Place) -> Card:
    kind = kinds.of(row.kind)
    waits = row.stage == "scheduled" and viewer.role_in(row.home_id) >= Role.EDITOR
    elsewhere = row.home_id != space.id and viewer.role_in(row.home_id)
    return Card(
        key=f"item-{row.id}",
        seal=moves.seal_of_item(row.visible_from),
        stage=row.stage,
        title=(language() == "en" and row.title_en) or row.title,
        url=link(kind.endpoint, address=listing.address(row.id, row.slug)),
        kind=str(kind.one),
        icon=kind.icon,
        # The home's name may be no business of who reads it elsewhere.
        place=place_name(row.home_id) if elsewhere else "",
        owner=reader_name(row),
        day=clock.local(row.visible_from).date(),
        at=row.visible_from,
        mark="",
        moves=named_moves(["published"] if waits else []),
        may_plan=waits,
    )


class Rights:
    """Where a viewer may move a text at work, by what its row says; services judge again."""

    def __init__(self, row: Row[Any], viewer: Viewer) -> None:
        home = known()[row.home_id]
        now, role = clock.now(), viewer.role_in(row.home_id)
        self.waits = row.wanted_from is not None and row.wanted_from > now
        self.is_open = row.visible_from is not None and row.visible_from <= now
        edits = role >= Role.EDITOR
        owns = role >= Role.CONTRIBUTOR and (row.is_shared or row.owner_id == viewer.user_id)
        named = home.reviewers_id is not None
        reviews = row.home_id in viewer.reviews if named else edits
        mine = viewer.user_id in (row.author_id, row.changed_by_id)
        self.moves: list[str] = []
        if row.stage == "draft":
            self.moves.append("review")
            if not self.is_open:
                self.moves.append("scheduled")
            if edits and not home.review_required:
                self.moves.append("published")
            return
        if edits or owns:
            self.moves.append("draft")
        if reviews and not mine:
            self.moves.append("scheduled" if self.waits else "published")


def named_moves(stages: Sequence[str]) -> list[tuple[str, Any]]:
    return [(stage, moves.STAGES[stage]) for stage in stages]


def place_name(space_id: int) -> str:
    space = known().get(space_id)
    return named(space) if space is not None else ""


@dataclass(frozen=True)
class _Item:
    address: str


@dataclass(frozen=True)
class _Text:
    """As much of a text as its kind asks for when it says on which page it is gone on with."""

    content_id: int
    language: str
    content: _Item


def page_of_text(row: Row[Any]) -> str:
    kind: Any = kinds.of(row.kind)
    item = _Item(listing.address(row.content_id, row.slug))
    text = _Text(row.content_id, row.language, item)
    path: str = (kind.review_page if row.state == State.IN_REVIEW else kind.work_page)(text)
    return path

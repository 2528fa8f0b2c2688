"""What pages show of must-read items: the reader's own, an item's box, the fields' choices."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from portal.access import Viewer
from portal.accounts import structure_queries
from portal.accounts.models import User
from portal.accounts.policy import policy as people_policy
from portal.accounts.queries import Person, directory, reader_name
from portal.confirming.models import Confirmation, Obligation, Requirement
from portal.confirming.services import TAKE_BACK, can_be_taken_back
from portal.content import kinds, listing
from portal.content.models import Content
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import first, rows
from portal.kernel.i18n import DAYS, _, language
from portal.kernel.links import link
from portal.spaces import known

SHOWN_MAX = 60  # a desk with more than that needs a talk rather than a list
FOUND_MAX = 12  # people offered while a name is typed
_asked = and_(Requirement.asked_at.is_not(None), Requirement.ended_at.is_(None))
_her_word = and_(
    Confirmation.requirement_id == Requirement.id,
    Confirmation.user_id == bindparam("viewer_id"),
)

# ── The reader's own ───────────────────────────────────────────────────────

_WAITING = (
    select(
        *listing.COLUMNS,
        Requirement.order_number,
        Obligation.deadline,
        Confirmation.at.label("confirmed_at"),
        Confirmation.number,
        Confirmation.channel,
    )
    .select_from(Obligation)
    .join(Requirement, Requirement.id == Obligation.requirement_id)
    .join(Content, Content.id == Requirement.content_id)
    .outerjoin(Confirmation, _her_word)
    .where(
        Obligation.user_id == bindparam("viewer_id"),
        Obligation.left_at.is_(None),
        _asked,
        # Her own click stays for as long as she may take it back.
        or_(
            Confirmation.id.is_(None),
            and_(Confirmation.at > bindparam("edge"), Confirmation.channel == "portal"),
        ),
        policy.readable,
    )
    .order_by(Confirmation.at.is_not(None), Obligation.deadline, Content.id)
    .limit(SHOWN_MAX)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of «За запознаване»: what waits for her, or what she confirmed just now."""

    id: int
    title: str
    summary: str
    url: str
    order_number: str
    deadline: datetime
    confirmed_at: datetime | None
    number: int | None
    back_until: datetime | None

    @property
    def is_late(self) -> bool:
        return self.confirmed_at is None and self.deadline < clock.now()


def waiting(viewer: Viewer) -> list[Waiting]:
    """What the viewer is asked to read, overdue first; at the end what she confirmed within the
    last quarter of an hour. One statement."""
    english = language() == "en"
    found = rows(_WAITING, params(viewer, edge=clock.now() - TAKE_BACK))
    return [
        Waiting(
            id=row.id,
            title=(english and row.title_en) or row.title,
            summary=(english and row.summary_en) or row.summary,
            url=link(kinds.of(row.kind).endpoint, address=listing.address(row.id, row.slug)),
            order_number=row.order_number,
            deadline=row.deadline,
            confirmed_at=row.confirmed_at,
            number=row.number,
            back_until=row.confirmed_at + TAKE_BACK if row.channel == "portal" else None,
        )
        for row in found
    ]


# ── An item's page ─────────────────────────────────────────────────────────

_BOX = (
    select(
        Requirement.id,
        Requirement.round,
        Requirement.order_number,
        Requirement.by_id,
        Requirement.deadline.label("common"),
        Requirement.standing_days,
        Obligation.user_id,
        Obligation.deadline,
        Obligation.left_at,
        Confirmation.at,
        Confirmation.number,
        Confirmation.channel,
        Confirmation.language,
        Confirmation.read_out_at,
        User.given,
        User.family,
        User.given_latin,
        User.family_latin,
    )
    .outerjoin(
        Obligation,
        and_(
            Obligation.requirement_id == Requirement.id,
            Obligation.user_id == bindparam("viewer_id"),
        ),
    )
    .outerjoin(Confirmation, _her_word)
    .outerjoin(User, User.id == Confirmation.recorded_by_id)
    .where(Requirement.content_id == bindparam("content_id"), _asked)
)


@dataclass(frozen=True)
class Box:
    """What an item asks, and what the viewer has to do with it."""

    requirement_id: int
    order_number: str
    by_id: int
    deadline: datetime
    is_asked: bool  # of the viewer
    confirmed_at: datetime | None
    number: int | None
    channel: str
    read_out_at: datetime | None
    recorded_by: str  # whoever read it out to her

    @property
    def is_late(self) -> bool:
        return self.deadline < clock.now()

    @property
    def back_until(self) -> datetime | None:
        """Until when she may take her click back; None when that is over."""
        at = self.confirmed_at
        return at + TAKE_BACK if at is not None and can_be_taken_back(self.channel, at) else None


def box(viewer: Viewer, content_id: int) -> Box | None:
    """The round that an item asks now, with the viewer's own part in it. One statement."""
    row = first(_BOX, {"viewer_id": viewer.user_id or 0, "content_id": content_id})
    if row is None:
        return None
    return Box(
        requirement_id=row.id,
        order_number=row.order_number,
        by_id=row.by_id,
        deadline=row.deadline or row.common,
        is_asked=row.user_id is not None and (row.left_at is None or row.at is not None),
        confirmed_at=row.at,
        number=row.number,
        channel=row.channel or "",
        read_out_at=row.read_out_at,
        recorded_by=reader_name(row) if row.given else "",
    )


# ── The fields ─────────────────────────────────────────────────────────────

_NAMED = select(
    User.id, User.given, User.family, User.given_latin, User.family_latin, User.position
).where(User.id.in_(bindparam("ids", expanding=True)), people_policy.readable)


def groups(viewer: Viewer) -> list[tuple[int, str]]:
    """Units in the order of the tree, those below set in; then named groups. For staff only."""
    if not viewer.is_staff:
        return []
    tops, named = structure_queries.tree(viewer)
    units = [
        (unit.id, "\u2003" * unit.depth + unit.name) for unit in structure_queries.in_order(tops)
    ]
    return units + [(group.id, group.name) for group in named]


def spaces(viewer: Viewer) -> list[tuple[int, str]]:
    """The spaces that the viewer reads."""
    found = known.some(viewer.params["reads"])
    english = language() == "en"
    named = [(space.id, (english and space.name_en) or space.name_bg) for space in found]
    return sorted(named, key=lambda pair: pair[1])


def people(viewer: Viewer, ids: Collection[int]) -> list[tuple[int, str]]:
    """Those of the people whom the viewer may know, by name."""
    if not ids:
        return []
    found = rows(_NAMED, {**viewer.params, "ids": sorted(ids)})
    named = [(row.id, ", ".join(filter(None, (reader_name(row), row.position)))) for row in found]
    return sorted(named, key=lambda pair: pair[1])


def found(viewer: Viewer, words: str) -> list[dict[str, Any]]:
    """The people whose names fit what is typed: number and label."""
    if len(words.strip()) < 2:
        return []
    fitting = directory(viewer, words=words, limit=FOUND_MAX)
    return [{"id": each.id, "label": _label(each)} for each in fitting]


def _label(person: Person) -> str:
    return ", ".join(filter(None, (person.shown_name, person.unit or person.position)))


def quick_days() -> list[tuple[date, str]]:
    """Days that a deadline often is: this Friday, or the next one, and a week later."""
    today = clock.today()
    ahead = (4 - today.weekday()) % 7
    friday = today + timedelta(days=ahead)
    name = DAYS[language()].split()[4]
    days = [
        (today, _("today")),
        (today + timedelta(days=1), _("tomorrow")),
        (friday, name),
        (friday + timedelta(days=7), _("%(day)s in a week", day=name)),
    ]
    return sorted(dict(reversed(days)).items())  # each day once, by its first name

"""What is asked at present: of the people whom somebody heads, or by herself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select

from portal.access import Viewer
from portal.accounts.models import Absence, Group, User
from portal.confirming.models import Confirmation, Obligation, Requirement
from portal.confirming.progress import below, unit_then
from portal.content.models import Content
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.kernel.links import link

SHOWN_MAX = 100
_TREE = select(Group.id, Group.parent_id)
_is_hers = unit_then.in_(bindparam("units", expanding=True))
_counts = or_(_is_hers, Requirement.by_id == bindparam("viewer_id"))


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


_pending = Confirmation.id.is_(None)
_away = Absence.id.is_not(None)
_OPEN = (
    select(
        Requirement.id, Requirement.deadline, Requirement.order_number, Requirement.by_id,
        Content.id.label("content_id"), Content.title, Content.title_en,
        func.count().label("asked"),
        _sum(Confirmation.id.is_not(None)).label("confirmed"),
        _sum(and_(_pending, _away)).label("away"),
        _sum(and_(_pending, ~_away, Obligation.deadline < bindparam("now"))).label("overdue"),
    )
    .select_from(Requirement)
    .join(Content, Content.id == Requirement.content_id)
    .join(Obligation, Obligation.requirement_id == Requirement.id)
    .join(User, User.id == Obligation.user_id)
    .outerjoin(
        Confirmation,
        and_(
            Confirmation.requirement_id == Requirement.id,
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
    .where(
        Requirement.asked_at.is_not(None),
        Requirement.ended_at.is_(None),
        policy.readable,
        or_(
            Confirmation.id.is_not(None),
            and_(Obligation.left_at.is_(None), User.retired_at.is_(None)),
        ),
        _counts,
    )
    .group_by(
        Requirement.id, Requirement.deadline, Requirement.order_number, Requirement.by_id,
        Content.id, Content.title, Content.title_en,
    )
    .order_by(Requirement.deadline, Requirement.id)
    .limit(SHOWN_MAX)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Open:
    """A requirement as its follower sees it: hers in numbers."""

    title: str
    url: str  # of its progress
    order_number: str
    deadline: datetime
    asked: int
    confirmed: int
    overdue: int
    away: int
    is_own: bool  # asked by herself

    @property
    def waiting(self) -> int:
        return self.asked - self.confirmed - self.overdue - self.away

    @property
    def percent(self) -> int:
        return self.confirmed * 100 // self.asked if self.asked else 0


def open_for(viewer: Viewer) -> list[Open]:
    """What is asked of her people now, or by her; the nearest deadline first. Two statements."""
    units: frozenset[int] = frozenset()
    if viewer.headed and viewer.is_staff:
        units = below(viewer.headed, {row.id: row for row in rows(_TREE)})
    english = language() == "en"
    values = params(viewer, units=sorted(units), day=clock.today())
    return [
        Open(
            title=(english and row.title_en) or row.title,
            url=link("progress.show", content_id=row.content_id),
            order_number=row.order_number,
            deadline=row.deadline,
            asked=row.asked,
            confirmed=row.confirmed,
            overdue=row.overdue,
            away=row.away,
            is_own=row.by_id == viewer.user_id,
        )
        for row in rows(_OPEN, values)
    ]

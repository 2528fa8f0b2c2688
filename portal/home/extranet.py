"""A partner's home: what is new for her, what is at work, her colleagues and the agreement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, or_, select, union_all
from sqlalchemy.orm import aliased

from portal.access import Viewer
from portal.accounts.agreements import left_words
from portal.accounts.models import Organisation, User
from portal.accounts.queries import named, reader_name
from portal.audit.models import JournalLine
from portal.confirming import box as confirming
from portal.content.listing import COLUMNS, Item, items
from portal.content.models import OPEN, Content, Decision, Life, Revision
from portal.content.policy import policy
from portal.content.queries import params
from portal.home.queries import greeting
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.practices import questions
from portal.practices.models import Practice
from portal.spaces.models import Space
from portal.tasks import mine as tasks

SHOWN = {"news": 6, "practice": 6, "document": 6}  # of each kind at most
NEW_SHOWN = 8  # news and practices together
WORK_SHOWN = 6
PEOPLE_SHOWN = 8
QUESTIONS_SHOWN = 5

# ── What is new: the latest of each kind, so that none drowns the others ─────


def _newest(kind: str) -> Any:
    return select(
        select(*COLUMNS)
        .where(Content.kind == kind, policy.listed)
        .order_by(Content.visible_from.desc(), Content.id.desc())
        .limit(SHOWN[kind])
        .subquery()
    )


_NEW = union_all(*(_newest(kind) for kind in SHOWN))

# ── At work: hers, and what her organisation writes together ─────────────────

_REMARK = (
    select(Decision.remark)
    .where(Decision.revision_id == Revision.id, Decision.verdict == "returned")
    .order_by(Decision.id.desc())
    .limit(1)
    .correlate(Revision)
    .scalar_subquery()
)
_AT_WORK = (
    select(
        Content.id, Content.kind, Revision.language, Revision.title, Revision.state,
        Revision.changed_at, Revision.changed_by_id, _REMARK.label("remark"),
        User.given, User.family, User.given_latin, User.family_latin,
        Space.name_bg, Space.name_en,
    )
    .join(Content, Content.id == Revision.content_id)
    .join(User, User.id == Revision.changed_by_id)
    .join(Space, Space.id == Content.home_id)
    .where(
        Content.life != Life.TRASHED,
        Revision.state.in_(OPEN),
        Content.home_id.in_(bindparam("contributes", expanding=True)),
        or_(Content.owner_id == bindparam("viewer_id"), Content.is_shared),
    )
    .order_by(Revision.changed_at.desc(), Revision.id.desc())
    .limit(WORK_SHOWN)
)  # fmt: skip

# ── The house: its people, one row each, with what is the same in all of them ─

_Sponsor = aliased(User)
_LAST_VISIT = (
    select(JournalLine.at)
    .where(
        JournalLine.kind == "user",
        JournalLine.item_id == bindparam("viewer_id"),
        JournalLine.action == "session.started",
    )
    .order_by(JournalLine.id.desc())
    .limit(1)
    .offset(1)  # the last one is this visit
    .scalar_subquery()
)
_HAS_PRACTICE = exists(
    select(Practice.content_id)
    .join(Content, Content.id == Practice.content_id)
    .where(Practice.organisation_id == bindparam("viewer_org"), Content.life == Life.PUBLISHED)
).correlate(None)
_HOUSE = (
    select(
        User.id, User.given, User.family, User.given_latin, User.family_latin, User.position,
        User.position_en, User.is_coordinator,
        User.password_hash.is_not(None).label("has_password"),
        Organisation.name_bg, Organisation.name_en, Organisation.agreement_end,
        _Sponsor.given.label("sponsor_given"), _Sponsor.family.label("sponsor_family"),
        _Sponsor.given_latin.label("sponsor_given_latin"),
        _Sponsor.family_latin.label("sponsor_family_latin"),
        _Sponsor.email.label("sponsor_email"), _Sponsor.phone.label("sponsor_phone"),
        _LAST_VISIT.label("last_visit"), _HAS_PRACTICE.label("has_practice"),
    )
    .join(Organisation, Organisation.id == User.organisation_id)
    .outerjoin(_Sponsor, and_(_Sponsor.id == Organisation.sponsor_id))
    .where(User.organisation_id == bindparam("viewer_org"), User.retired_at.is_(None))
    .order_by(User.is_coordinator.desc(), User.family, User.given, User.id)
    .limit(PEOPLE_SHOWN + 1)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class House:
    """The viewer's organisation: its agreement and who answers for it at the municipality."""

    id: int
    name: str
    agreement_end: Any
    left: str
    sponsor: str
    sponsor_email: str
    sponsor_phone: str
    has_practice: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    id: int
    name: str
    position: str
    is_coordinator: bool
    has_password: bool


def home(viewer: Viewer) -> dict[str, Any]:
    """The rows of a partner's home; six statements beside the viewer's own."""
    found = items(rows(_NEW, params(viewer)), viewer)
    found.sort(key=lambda item: (item.visible_from, item.id), reverse=True)
    house = rows(_HOUSE, viewer.params)
    work: Sequence[Row[Any]] = ()
    if viewer.params["contributes"]:
        work = rows(_AT_WORK, viewer.params)
    open_questions = questions.open_for(viewer)
    return {
        "greeting": greeting(),
        **confirming.waiting(viewer),
        **tasks.at_home(viewer),
        "house": _house(viewer, house[0]),
        "colleagues": [_colleague(row) for row in house[:PEOPLE_SHOWN]],
        "has_more_colleagues": len(house) > PEOPLE_SHOWN,
        "fresh": [item for item in found if item.kind != "document"][:NEW_SHOWN],
        "documents": [item for item in found if item.kind == "document"],
        "is_new": _since(house[0].last_visit),
        "work": work,
        "has_practice_at_work": any(row.kind == "practice" for row in work),
        "questions": open_questions[:QUESTIONS_SHOWN],
        "may_write": bool(viewer.params["contributes"]),
    }


def _since(last_visit: datetime | None) -> Any:
    """Whether an item appeared since the last visit; at the first one nothing is told apart."""

    def is_new(item: Item) -> bool:
        return last_visit is not None and bool(item.visible_from and item.visible_from > last_visit)

    return is_new


def _house(viewer: Viewer, row: Row[Any]) -> House:
    latin = f"{row.sponsor_given_latin or ''} {row.sponsor_family_latin or ''}".strip()
    sponsor = f"{row.sponsor_given} {row.sponsor_family}" if row.sponsor_given else ""
    return House(
        id=viewer.organisation_id or 0,
        name=named(row),
        agreement_end=row.agreement_end,
        left=left_words(row.agreement_end) if row.agreement_end else "",
        sponsor=(language() == "en" and sponsor and latin) or sponsor,
        sponsor_email=row.sponsor_email or "",
        sponsor_phone=row.sponsor_phone or "",
        has_practice=row.has_practice,
    )


def _colleague(row: Row[Any]) -> Colleague:
    return Colleague(
        id=row.id,
        name=reader_name(row),
        position=(language() == "en" and row.position_en) or row.position,
        is_coordinator=row.is_coordinator,
        has_password=row.has_password,
    )

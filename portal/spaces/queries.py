"""Spaces and their members as pages list them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from portal.access import Role, Viewer
from portal.accounts.models import Group, Organisation, User
from portal.accounts.policy import policy as people_policy
from portal.accounts.queries import reader_name
from portal.audit.models import JournalLine
from portal.kernel import clock
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.spaces import guests, known
from portal.spaces.known import COLUMNS
from portal.spaces.models import Membership, Space
from portal.spaces.policy import policy
from portal.spaces.services import TOOK_ROLE

_NAMES = (User.given, User.family, User.given_latin, User.family_latin)


@dataclass(frozen=True, slots=True)
class Place:
    """A space as lists and its pages show it, with the viewer's role (0: none)."""

    id: int
    kind: str
    slug: str
    name: str
    purpose: str
    organisation_id: int | None
    review_required: bool
    reviewers_id: int | None
    is_listed: bool
    archived_at: datetime | None
    joining: str
    features: frozenset[str]  # what its managers switched on
    role: int


_LISTED = (
    select(*COLUMNS)
    .where(
        Space.is_listed,
        Space.archived_at.is_(None),
        Space.kind != "organisation",
        Space.id.not_in(bindparam("reads", expanding=True)),
    )
    .order_by(Space.name_bg)
)
_ALL = (
    select(*COLUMNS)
    .where(Space.id.not_in(bindparam("reads", expanding=True)))
    .order_by(Space.name_bg)
)
_SOME = select(*COLUMNS).where(Space.id.in_(bindparam("ids", expanding=True)), policy.readable)


def _place(row: Row[Any], viewer: Viewer) -> Place:
    return Place(
        id=row.id,
        kind=row.kind,
        slug=row.slug,
        name=(row.name_en if language() == "en" else row.name_bg) or row.name_bg,
        purpose=row.purpose,
        organisation_id=row.organisation_id,
        review_required=row.review_required,
        reviewers_id=row.reviewers_id,
        is_listed=row.is_listed,
        archived_at=row.archived_at,
        joining=row.joining,
        features=frozenset(row.features.split()),
        role=viewer.role_in(row.id),
    )


def mine(viewer: Viewer) -> list[Place]:
    """The spaces where the viewer has a role."""
    found = known.some(viewer.params["reads"])
    return [_place(row, viewer) for row in sorted(found, key=lambda row: row.name_bg)]


def others(viewer: Viewer) -> list[Place]:
    """Spaces where the viewer has no role: all for administrators, the listed ones for staff."""
    if not viewer.is_staff:
        return []
    found = rows(_ALL if viewer.is_admin else _LISTED, viewer.params)
    return [_place(row, viewer) for row in found]


def by_slug(viewer: Viewer, slug: str) -> Place | None:
    """A space where the viewer has a role, or which she keeps as administrator.

    Whose time in it is over is told so by a page of its own, see `guests`.
    """
    row = next((row for row in known.known().values() if row.slug == slug), None)
    if row is None:
        return None
    if not (viewer.role_in(row.id) or viewer.is_admin):
        guests.tell_whose_time_is_over(viewer, row.id, slug)
        return None
    return _place(row, viewer)


def held(viewer: Viewer, space_id: int) -> Place | None:
    """A space where the viewer has a role, by its number; from what the process keeps."""
    row = known.known().get(space_id)
    return _place(row, viewer) if row is not None and viewer.role_in(space_id) else None


def some(viewer: Viewer, ids: list[int]) -> list[Place]:
    """Those of the spaces that the viewer may read."""
    return [_place(row, viewer) for row in rows(_SOME, {**viewer.params, "ids": ids})]


@dataclass(frozen=True, slots=True)
class Member:
    """A membership as the list of members shows it."""

    id: int
    kind: str  # user, group, organisation
    holder_id: int
    name: str
    detail: str
    role: Role
    until: date | None
    is_guest: bool
    is_over: bool
    house_id: int | None = None  # a person's organisation


_Own = aliased(Organisation)
_EVERYBODY = (
    select(
        Membership.id, Membership.user_id, Membership.group_id, Membership.organisation_id,
        Membership.role, Membership.until,
        *_NAMES, User.position, User.position_en, User.retired_at,
        User.organisation_id.label("house_id"),
        _Own.is_home.label("user_is_home"), _Own.name_bg.label("user_org_bg"),
        _Own.name_en.label("user_org_en"), _Own.retired_at.label("user_org_retired"),
        Group.name_bg.label("group_bg"), Group.name_en.label("group_en"),
        Organisation.name_bg.label("org_bg"), Organisation.name_en.label("org_en"),
        Organisation.is_home,
    )
    .outerjoin(User, User.id == Membership.user_id)
    .outerjoin(_Own, _Own.id == User.organisation_id)
    .outerjoin(Group, Group.id == Membership.group_id)
    .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
    .where(
        Membership.space_id == bindparam("space_id"),
        or_(Membership.user_id.is_(None), User.retired_at.is_(None)),
        or_(Membership.group_id.is_(None), Group.retired_at.is_(None)),
        or_(Membership.organisation_id.is_(None), Organisation.retired_at.is_(None)),
    )
    .order_by(Membership.role.desc(), User.family, User.given, Membership.id)
)  # fmt: skip
_KNOWN = _EVERYBODY.where(or_(Membership.user_id.is_(None), people_policy.readable))


def members(viewer: Viewer, space: Place, *, everybody: bool) -> list[Member]:
    """Who holds which role. `everybody`: for those who manage the members.

    Others see people by the people's policy, and nobody whose time is over. In a shared space all
    know one another, so that its members are the same rows for each of them.
    """
    if everybody or (space.kind in known.SHARED and viewer.role_in(space.id)):
        found = known.kept_of(f"members:{space.id}", lambda: rows(_EVERYBODY, _of(space)))
    else:
        found = rows(_KNOWN, viewer.params | _of(space))
    return [_member(row) for row in found if everybody or _is_here(row)]


def _of(space: Place) -> dict[str, int]:
    return {"space_id": space.id}


def _is_here(row: Row[Any]) -> bool:
    is_over = row.until is not None and row.until < clock.today()
    return not is_over and row.user_org_retired is None


def _member(row: Row[Any]) -> Member:
    english = language() == "en"
    is_over = row.until is not None and row.until < clock.today()
    common = {
        "id": row.id,
        "role": Role(row.role),
        "until": row.until,
        "is_over": is_over,
    }
    if row.user_id is not None:
        organisation = row.user_org_en if english else row.user_org_bg
        position = (english and row.position_en) or row.position
        return Member(
            kind="user",
            holder_id=row.user_id,
            name=reader_name(row),
            detail=position
            if row.user_is_home
            else ", ".join(filter(None, (position, organisation))),
            is_guest=not row.user_is_home,
            house_id=row.house_id,
            **common,
        )
    if row.group_id is not None:
        name = row.group_en if english else row.group_bg
        return Member(
            kind="group",
            holder_id=row.group_id,
            name=name,
            detail="",
            is_guest=False,
            **common,
        )
    return Member(
        kind="organisation",
        holder_id=row.organisation_id,
        name=row.org_en if english else row.org_bg,
        detail="",
        is_guest=not row.is_home,
        **common,
    )


_TAKEN = (
    select(JournalLine.at, JournalLine.facts, *_NAMES)
    .outerjoin(User, User.id == JournalLine.actor_id)
    .where(
        JournalLine.kind == "space",
        JournalLine.item_id == bindparam("space_id"),
        JournalLine.action == TOOK_ROLE,
    )
    .order_by(JournalLine.id.desc())
    .limit(20)
)


@dataclass(frozen=True, slots=True)
class Taken:
    """An administrator gave herself a role."""

    at: datetime
    name: str
    role: Role


def taken_by_administrators(space: Place) -> list[Taken]:
    """Who let herself in by the administrator's right; for the space's managers."""
    return [
        Taken(
            row.at,
            reader_name(row),
            Role(row.facts.get("role", Role.READER)),
        )
        for row in rows(_TAKEN, {"space_id": space.id})
    ]


_MANAGERS = (
    select(Membership.space_id, User.id, *_NAMES)
    .join(User, and_(User.id == Membership.user_id, people_policy.readable))
    .where(
        Membership.space_id.in_(bindparam("spaces", expanding=True)),
        Membership.role == Role.MANAGER,
        or_(Membership.until.is_(None), Membership.until >= bindparam("today")),
    )
    .order_by(User.family, User.given)
)


def managers(viewer: Viewer, spaces: list[Place]) -> dict[int, list[tuple[int, str]]]:
    """The managers of spaces whom the viewer may know: number and name, by space."""
    values = {"spaces": [space.id for space in spaces], "today": clock.today()}
    found: dict[int, list[tuple[int, str]]] = {}
    for row in rows(_MANAGERS, viewer.params | values):
        found.setdefault(row.space_id, []).append((row.id, reader_name(row)))
    return found

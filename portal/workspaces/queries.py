"""What lies in a space, newest first; and who could be let into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, exists, select

from portal.access import Role, Viewer
from portal.accounts import structure_queries
from portal.accounts.models import Group, Organisation, User
from portal.accounts.queries import named, reader_name
from portal.content import kinds
from portal.content.models import Content, Placement
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.kernel.links import link
from portal.spaces import known
from portal.spaces.models import Space
from portal.spaces.queries import Place
from portal.workspaces.models import WAITING, Invitation, JoinRequest
from portal.workspaces.pasting import MANY

LATEST = 12
_here = (Placement.content_id == Content.id, Placement.space_id == bindparam("space_id"))
# The place is asked for by a subquery, so that the list walks its own order (ix_content_feed) and
# stops after a page, instead of sorting everything that was ever placed in the space.
_LATEST = (
    select(
        Content.id,
        Content.kind,
        Content.slug,
        Content.title,
        Content.summary,
        Content.title_en,
        Content.summary_en,
        Content.visible_from,
        select(Placement.pinned_at).where(*_here).scalar_subquery().label("pinned_at"),
        (Content.home_id == bindparam("space_id")).label("is_home"),
        User.given,
        User.family,
        User.given_latin,
        User.family_latin,
    )
    .join(User, User.id == Content.owner_id)
    .where(
        Content.kind.not_in(bindparam("unfed", expanding=True)),
        exists().where(*_here),
        policy.listed,
    )
    .order_by(Content.visible_from.desc(), Content.id.desc())
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True)
class Item:
    """A text placed in the space."""

    title: str
    summary: str
    url: str
    author: str
    at: datetime
    is_pinned: bool
    is_home: bool


def latest(viewer: Viewer, space: Place, limit: int = LATEST) -> list[Item]:
    """What was released here last, as a reader of the space sees it."""
    values = params(viewer, space_id=space.id, limit=limit, unfed=kinds.unfed_kinds())
    return [_item(row) for row in rows(_LATEST, values)]


def _item(row: Row[Any]) -> Item:
    english = language() == "en" and row.title_en
    address = f"{row.slug}-{row.id}" if row.slug else str(row.id)
    return Item(
        title=row.title_en if english else row.title,
        summary=(row.summary_en or "") if english else row.summary,
        url=link(kinds.of(row.kind).endpoint, address=address),
        author=reader_name(row),
        at=row.visible_from,
        is_pinned=row.pinned_at is not None,
        is_home=row.is_home,
    )


_OWN_REQUESTS = select(JoinRequest.space_id, JoinRequest.id).where(
    JoinRequest.user_id == bindparam("viewer_id"), JoinRequest.state == WAITING
)


def own_requests(viewer: Viewer) -> dict[int, int]:
    """The viewer's requests that wait: their numbers by space."""
    found = rows(_OWN_REQUESTS, {"viewer_id": viewer.user_id})
    return {row.space_id: row.id for row in found}


def has_asked(viewer: Viewer, space_id: int) -> bool:
    """Whether a request of the viewer to be let into a space waits."""
    return space_id in own_requests(viewer)


_REQUESTS = (
    select(
        JoinRequest.id, JoinRequest.words, JoinRequest.made_at, User.id.label("user_id"),
        User.given, User.family, User.given_latin, User.family_latin,
        User.position, Group.name_bg.label("unit_bg"),
        Group.name_en.label("unit_en"), Organisation.is_home, Organisation.name_bg,
        Organisation.name_en,
    )
    .join(User, User.id == JoinRequest.user_id)
    .join(Organisation, Organisation.id == User.organisation_id)
    .outerjoin(Group, Group.id == User.unit_id)
    .where(
        JoinRequest.space_id == bindparam("space_id"),
        JoinRequest.state == WAITING,
        User.retired_at.is_(None),
    )
    .order_by(JoinRequest.id)
)  # fmt: skip
_INVITED = (
    select(
        Invitation.id, Invitation.space_id, Invitation.email, Invitation.given, Invitation.family,
        Invitation.organisation_id, Invitation.role, Invitation.until, Invitation.made_at,
        Organisation.name_bg, Organisation.name_en,
    )
    .outerjoin(Organisation, Organisation.id == Invitation.organisation_id)
    .join(Space, Space.id == Invitation.space_id)
    .where(Invitation.state == WAITING, Space.archived_at.is_(None))
    .order_by(Invitation.id)
    .limit(MANY)
)  # fmt: skip
_OF_SPACE = _INVITED.where(Invitation.space_id == bindparam("space_id"))
_OF_HOUSE = _INVITED.where(Invitation.organisation_id == bindparam("viewer_org"))


@dataclass(frozen=True, slots=True)
class Asking:
    """A request as the managers see it."""

    id: int
    user_id: int
    name: str
    detail: str
    words: str
    at: datetime
    is_guest: bool


def requests(space: Place) -> list[Asking]:
    """Who asks to be let in; for the managers."""
    found = rows(_REQUESTS, {"space_id": space.id})
    return [
        Asking(
            row.id, row.user_id, reader_name(row), _where_from(row), row.words,
            row.made_at, not row.is_home,
        )
        for row in found
    ]  # fmt: skip


def _where_from(row: Row[Any]) -> str:
    unit = (row.unit_en if language() == "en" else row.unit_bg) or ""
    return ", ".join(filter(None, (row.position, unit if row.is_home else named(row))))


@dataclass(frozen=True, slots=True)
class Invited:
    """Who waits for an account. space: its name where the viewer may know it."""

    id: int
    email: str
    given: str
    family: str
    organisation_id: int | None
    organisation: str
    role: Role
    until: date | None
    at: datetime
    space: str

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}".strip()


def invited_to(space: Place) -> list[Invited]:
    """Who was invited to a space and has no account yet; for its managers."""
    return [_invited(row, space.name) for row in rows(_OF_SPACE, {"space_id": space.id})]


def gives_accounts(viewer: Viewer) -> bool:
    """Whether somebody gives accounts at all: administrators, and coordinators of partners."""
    return viewer.is_admin or (viewer.is_coordinator and not viewer.is_staff)


def invited_for(viewer: Viewer) -> list[Invited]:
    """Who waits for an account that the viewer may give.

    A coordinator is told the names of the spaces alone that she is in herself.
    """
    if not gives_accounts(viewer):
        return []
    spaces = known.known()
    return [
        _invited(
            row,
            named(spaces[row.space_id]) if viewer.is_admin or viewer.role_in(row.space_id) else "",
        )
        for row in rows(_INVITED if viewer.is_admin else _OF_HOUSE, viewer.params)
    ]


def _invited(row: Row[Any], space: str) -> Invited:
    return Invited(
        row.id, row.email, row.given, row.family, row.organisation_id,
        named(row) if row.organisation_id else "", Role(row.role), row.until, row.made_at, space,
    )  # fmt: skip


def units(viewer: Viewer) -> list[tuple[str, str]]:
    """The units and groups whose people may be invited one by one."""
    tops, groups = structure_queries.tree(viewer)
    found = [*structure_queries.in_order(tops), *groups]
    return [(str(each.id), "\u2003" * each.depth + each.name) for each in found]


def holders(viewer: Viewer, space: Place) -> Sequence[tuple[str, str]]:
    """The units, groups and organisations that may be let in: «group:7», name."""
    tops, groups = structure_queries.tree(viewer)
    units = structure_queries.in_order(tops)
    found = [(f"group:{u.id}", "\u2003" * u.depth + u.name) for u in [*units, *groups]]
    for each in structure_queries.organisations(viewer):
        guest = not each.is_home
        if guest and space.kind == "intranet":
            continue
        if guest and space.kind == "organisation" and each.id != space.organisation_id:
            continue
        found.append((f"organisation:{each.id}", each.name))
    return found

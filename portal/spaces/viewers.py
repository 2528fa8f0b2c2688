"""Making the viewer: one statement a request, the rest from a cache that a version guards."""

import hashlib
import threading
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import current_app, g
from sqlalchemy import Boolean, Row, and_, bindparam, false, or_, select

from portal.access import Role, Viewer
from portal.access.models import Site
from portal.accounts.models import Group, GroupMember, Organisation, User, UserSession
from portal.kernel import clock
from portal.kernel.database import first, rows
from portal.kernel.transaction import in_transaction
from portal.spaces.models import Membership, Space

# A session that nobody used for so long is over.
IDLE = timedelta(hours=12)
IDLE_KEPT = timedelta(days=14)  # with «keep me signed in»

_COLUMNS = (
    User.id,
    User.login,
    User.given,
    User.family,
    User.given_latin,
    User.family_latin,
    User.language,
    User.organisation_id,
    User.unit_id,
    User.is_admin,
    User.is_coordinator,
    User.unread,
    User.alerts_hidden,
    User.retired_at,
    Organisation.is_home,
    Organisation.retired_at.label("org_retired"),
    Organisation.agreement_end,
    Site.version,
)
_BY_SESSION = (
    select(
        *_COLUMNS,
        UserSession.id.label("session_id"),
        UserSession.seen_at,
        UserSession.seeing_id,
        UserSession.seeing_since,
    )
    .join(User, User.id == UserSession.user_id)
    .join(Organisation, Organisation.id == User.organisation_id)
    .join(Site, Site.id == 1)
    .where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.ended_at.is_(None),
        or_(
            UserSession.seen_at > bindparam("idle_edge"),
            and_(UserSession.is_kept, UserSession.seen_at > bindparam("kept_edge")),
        ),
    )
)
_BY_USER = (
    select(*_COLUMNS)
    .join(Organisation, Organisation.id == User.organisation_id)
    .join(Site, Site.id == 1)
    .where(User.id == bindparam("user_id"))
)
_GROUPS = select(Group.id, Group.parent_id, Group.head_id, Group.deputy_id)
_GROUPS_OF = select(GroupMember.group_id).where(GroupMember.user_id == bindparam("user_id"))
_HELD = (
    select(Membership.space_id, Membership.role, Space.kind, Space.archived_at)
    .join(Space, Space.id == Membership.space_id)
    .where(
        or_(
            Membership.user_id == bindparam("user_id"),
            Membership.group_id.in_(bindparam("groups", expanding=True)),
            Membership.organisation_id == bindparam("organisation"),
        ),
        or_(Membership.until.is_(None), Membership.until >= bindparam("today")),
        # The intranet is the staff's and a partner's own space its people's, whatever group
        # another guest may have been put into.
        or_(
            Space.kind.not_in(("intranet", "organisation")),
            and_(
                Space.kind == "organisation",
                Space.organisation_id == bindparam("organisation"),
            ),
            bindparam("is_home", type_=Boolean),
        ),
    )
)
_REVIEWED = select(Space.id).where(
    Space.reviewers_id.in_(bindparam("groups", expanding=True)),
    Space.archived_at.is_(None),  # nothing is released in a closed space
)


def token_hash(token: str) -> str:
    """How a session's token is stored. It has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def by_session(token: str) -> Viewer | None:
    """The viewer of a session cookie; None when it ended or the person may no longer sign in."""
    now = clock.now()
    row = first(
        _BY_SESSION,
        {
            "token_hash": token_hash(token),
            "idle_edge": now - IDLE,
            "kept_edge": now - IDLE_KEPT,
        },
    )
    if row is None:
        return None
    g.site_version = row.version
    g.session_seen_at = row.seen_at
    g.seeing = (row.seeing_id, row.seeing_since) if row.seeing_id is not None else None
    if (over := _closed(row)) is not None:
        g.closed = over
        return None
    return _viewer(row, row.session_id)


def by_user(user_id: int) -> Viewer | None:
    """The viewer that a person would be now; for jobs, commands and tests."""
    row = first(_BY_USER, {"user_id": user_id})
    return _viewer(row, None) if row is not None else None


@dataclass(frozen=True)
class Closed:
    """Why a person is not let in although she is none of those who left: her organisation's end.

    ended_on: the last day of its agreement; None when the partnership itself was ended.
    """

    organisation_id: int
    ended_on: date | None
    language: str | None


def closed_to(user_id: int) -> Closed | None:
    """Whether the door is closed to a person together with her whole organisation."""
    row = first(_BY_USER, {"user_id": user_id})
    return _closed(row) if row is not None else None


def _closed(row: Row[Any]) -> Closed | None:
    if row.retired_at is not None:
        return None
    if row.org_retired is not None:
        return Closed(row.organisation_id, None, row.language)
    if row.agreement_end is None or row.agreement_end >= clock.today():
        return None
    return Closed(row.organisation_id, row.agreement_end, row.language)


def _may_sign_in(row: Row[Any]) -> bool:
    return row.retired_at is None and _closed(row) is None


def _viewer(row: Row[Any], session_id: int | None) -> Viewer | None:
    if not _may_sign_in(row):
        return None
    facts = _facts(row)
    return Viewer(
        user_id=row.id,
        session_id=session_id,
        login=row.login,
        name=f"{row.given} {row.family}",
        given=row.given,
        latin_name=f"{row.given_latin} {row.family_latin}".strip(),
        given_latin=row.given_latin,
        language=row.language,
        organisation_id=row.organisation_id,
        agreement_end=row.agreement_end,
        is_staff=row.is_home,
        is_admin=row.is_admin,
        is_coordinator=row.is_coordinator,
        unread=row.unread,
        alerts_hidden=row.alerts_hidden,
        **facts,
    )


class _Cache:
    """What was worked out per person; emptied when the site's version or the day changes."""

    def __init__(self) -> None:
        self.stamp: tuple[int, date] | None = None
        self.facts: dict[int, dict[str, Any]] = {}
        self.lock = threading.Lock()


def _facts(row: Row[Any]) -> dict[str, Any]:
    if in_transaction():
        return _work_out(row)  # what is not committed may be rolled back: nobody caches it
    cache: _Cache = current_app.extensions.setdefault("viewers", _Cache())
    stamp = (row.version, clock.today())
    with cache.lock:
        if cache.stamp != stamp:
            cache.stamp, cache.facts = stamp, {}
        held = cache.facts.get(row.id)
    if held is None:
        held = _work_out(row)
        with cache.lock:
            if cache.stamp == stamp:
                cache.facts[row.id] = held
    return held


def _work_out(row: Row[Any]) -> dict[str, Any]:
    tree = {group.id: group for group in rows(_GROUPS)}
    direct = {member.group_id for member in rows(_GROUPS_OF, {"user_id": row.id})}
    if row.unit_id is not None:
        direct.add(row.unit_id)
    groups = with_parents(direct, {ident: group.parent_id for ident, group in tree.items()})
    roles: dict[int, Role] = {}
    extranets: set[int] = set()
    params = {
        "user_id": row.id,
        "groups": list(groups),
        "organisation": row.organisation_id,
        "today": clock.today(),
        "is_home": row.is_home,
    }
    for held in rows(_HELD, params):
        role = Role.READER if held.archived_at is not None else Role(held.role)
        roles[held.space_id] = max(role, roles.get(held.space_id, role))
        if held.kind == "extranet" and role >= Role.EDITOR:
            extranets.add(held.space_id)
    return {
        "roles": roles,
        "groups": frozenset(groups),
        "reviews": frozenset(r.id for r in rows(_REVIEWED, params)) & frozenset(roles),
        "peers": _peers(roles),
        "extranets": frozenset(extranets) if row.is_home else frozenset(),
        "headed": frozenset(
            ident for ident, g_ in tree.items() if row.id in (g_.head_id, g_.deputy_id)
        ),
    }


def with_parents(groups: set[int], parent_of: dict[int, int | None]) -> set[int]:
    """The groups and every unit above them; a loop in the tree ends the climb."""
    found: set[int] = set()
    for group in groups:
        step: int | None = group
        while step is not None and step not in found:
            found.add(step)
            step = parent_of.get(step)
    return found


_WORKSPACES = select(Space.id).where(
    Space.id.in_(bindparam("spaces", expanding=True)),
    Space.kind.in_(("workspace", "organisation")),
)


def _peers(roles: dict[int, Role]) -> frozenset[int]:
    """People who share a workspace; the intranet and extranet make nobody acquainted."""
    if not roles:
        return frozenset()
    shared = [row.id for row in rows(_WORKSPACES, {"spaces": list(roles)})]
    return frozenset(members_of(shared))


_HOLDERS = select(Membership.user_id, Membership.group_id, Membership.organisation_id).where(
    Membership.space_id.in_(bindparam("spaces", expanding=True)),
    Membership.role >= bindparam("least"),
    or_(
        Membership.until.is_(None),
        and_(
            bindparam("lasting", type_=Boolean) == false(),
            Membership.until >= bindparam("today"),
        ),
    ),
)
_PEOPLE_BY = select(User.id).where(
    User.retired_at.is_(None),
    or_(
        User.id.in_(bindparam("users", expanding=True)),
        User.unit_id.in_(bindparam("groups", expanding=True)),
        User.organisation_id.in_(bindparam("organisations", expanding=True)),
        User.id.in_(
            select(GroupMember.user_id).where(
                GroupMember.group_id.in_(bindparam("groups", expanding=True))
            )
        ),
    ),
)


def members_of(space_ids: list[int], least: Role = Role.READER, lasting: bool = False) -> set[int]:
    """The people who are in any of the spaces today, by person, group or organisation.

    least: the lowest role that counts; lasting: only roles without an end date.
    """
    if not space_ids:
        return set()
    asked = {
        "spaces": space_ids,
        "least": int(least),
        "lasting": lasting,
        "today": clock.today(),
    }
    users, groups, organisations = set(), set(), set()
    for held in rows(_HOLDERS, asked):
        if held.user_id is not None:
            users.add(held.user_id)
        elif held.group_id is not None:
            groups.add(held.group_id)
        else:
            organisations.add(held.organisation_id)
    groups = with_children(groups)
    params = {
        "users": list(users),
        "groups": list(groups),
        "organisations": list(organisations),
    }
    return {row.id for row in rows(_PEOPLE_BY, params)}


def with_children(groups: set[int]) -> set[int]:
    """The groups and every unit below them."""
    if not groups:
        return groups
    children: dict[int | None, list[int]] = {}
    for group in rows(_GROUPS):
        children.setdefault(group.parent_id, []).append(group.id)
    found, todo = set(), list(groups)
    while todo:
        step = todo.pop()
        if step not in found:
            found.add(step)
            todo += children.get(step, [])
    return found

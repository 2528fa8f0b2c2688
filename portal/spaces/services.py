"""Keeping spaces and who is in them. Nothing is indexed afresh when somebody joins or leaves."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from portal import audit
from portal.access import Action, Role, Viewer, require, site
from portal.accounts import checks
from portal.accounts.models import Group, GroupMember, Organisation, User
from portal.kernel import clock, text
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.spaces.models import Membership, Space
from portal.spaces.rules import Holder, may_be_called, may_hold, needs_last_day
from portal.spaces.viewers import members_of

T = TypeVar("T")
PAGES = {"new", "invitations"}  # addresses beside those of spaces
SEALED = (
    "name_bg", "name_en", "purpose", "review_required", "reviewers_id", "is_listed", "archived_at",
    "joining", "features",
)  # fmt: skip


def seal(space: Space) -> str:
    """The print of a space's settings; see `change_settings`."""
    return checks.seal(space, SEALED)


@transaction
def create_space(
    *,
    by: Viewer,
    kind: str,
    name_bg: str,
    name_en: str = "",
    purpose: str = "",
    slug: str = "",
    manager: User | None = None,
    organisation: Organisation | None = None,
    review_required: bool = False,
    is_listed: bool = True,
    joining: str = "invitation",
    features: Iterable[str] = (),
) -> Space:
    """Open a space, with its first manager and the members that its kind has by nature.

    Only administrators. Raises Refused at the field.
    """
    space = Space(kind=checks.choice("kind", kind, Space.KINDS))
    require(by, Action.MANAGE, space)
    _describe(space, name_bg, name_en, purpose, by)
    if (kind == "organisation") != (organisation is not None):
        raise Refused("kind", _("A partner's own space is opened together with the partner."))
    if kind == "workspace" and manager is None:
        raise Refused("manager", _("Name the person who will manage the space."))
    if kind == "workspace" and manager is not None:
        _may_keep(space, manager, "manager")
    space.slug = _free_slug(slug or name_bg)
    space.organisation_id = organisation.id if organisation else None
    space.review_required = review_required
    space.is_listed = is_listed and kind != "organisation"
    _open_to(space, joining, features)
    db.session.add(space)
    db.session.flush()
    log("space.create", space, by)
    audit.changed("space", space.id)
    for holder, role in _natural_members(space, organisation):
        join(space, holder, role, None, by)
    if manager is not None:
        join(space, manager, Role.MANAGER, None, by)
    return space


@transaction
def change_settings(
    space: Space,
    *,
    by: Viewer,
    name_bg: str,
    name_en: str = "",
    purpose: str = "",
    review_required: bool = False,
    reviewers: Group | None = None,
    is_listed: bool = True,
    joining: str = "invitation",
    features: Iterable[str] = (),
    seal: str | None = None,
) -> None:
    """Change what a space says of itself. Raises Stale, or Refused at the field."""
    require(by, Action.MANAGE, space)
    if seal is not None and seal != globals()["seal"](space):
        raise Stale(space)
    _describe(space, name_bg, name_en, purpose, by)
    if reviewers is not None and reviewers.id != space.reviewers_id:
        if reviewers.retired_at is not None:
            raise Refused("reviewers", _("Choose one of the list."))
        if not _people_in(reviewers):
            raise Refused("reviewers", _("Nobody is in this group: nothing could be approved."))
    space.review_required = review_required
    space.reviewers_id = reviewers.id if reviewers else None
    space.is_listed = is_listed and space.kind != "organisation"
    _open_to(space, joining, features)
    log("space.settings", space, by)
    audit.changed("space", space.id)


@transaction
def archive(space: Space, *, by: Viewer) -> None:
    """Close a space: its members still read it, nobody adds to it."""
    require(by, Action.MANAGE, space)
    if space.kind in ("intranet", "extranet"):
        raise Refused("", _("The intranet and the extranet stay open."))
    if space.archived_at is None:
        space.archived_at = clock.now()
        log("space.archive", space, by)
        audit.changed("space", space.id)


@transaction
def restore(space: Space, *, by: Viewer) -> None:
    """Open an archived space again; in one everybody only reads, so administrators do it."""
    require(by, Action.MANAGE, space)
    if space.archived_at is not None:
        space.archived_at = None
        log("space.restore", space, by)
        audit.changed("space", space.id)


@transaction
def add_member(
    space: Space, holder: Holder, role: Role, *, by: Viewer, until: date | None = None
) -> Membership:
    """Give a person, a group or an organisation a role. `until`: the last day.

    Raises Refused at `who`, `role` or `until`.
    """
    require(by, Action.MANAGE, space)
    if membership_of(space, holder) is not None:
        raise Refused(
            "who",
            _("This member is in the space already; change the role in the list."),
        )
    return join(space, holder, role, until, by)


@transaction
def change_role(
    membership: Membership, role: Role, *, by: Viewer, until: date | None = None
) -> None:
    """Change what a member may do and until when. The last manager stays one."""
    space = space_of(membership)
    require(by, Action.MANAGE, space)
    holder = holder_of(membership)
    may_hold(space, holder, role, until)
    had_manager = bool(managers_of(space))
    before = membership.role
    tell_of_administrator(space, holder, role, by)
    membership.role, membership.until = role, until
    _keeps_a_manager(space, had_manager, "role")
    log(
        "space.change_role",
        space,
        by,
        **_named(membership),
        role=int(role),
        before=before,
    )


@transaction
def remove_member(membership: Membership, *, by: Viewer) -> None:
    """End a membership. Raises Refused when nobody would be left to manage the space."""
    space = space_of(membership)
    require(by, Action.MANAGE, space)
    _end(space, membership, "space.remove_member", by)


@transaction
def leave(space: Space, *, by: Viewer) -> None:
    """Give up one's own role. Raises Refused for the last manager and for members by group."""
    require(by, Action.READ, space)
    membership = _held_by_person(space, by.user_id)
    if membership is None:
        raise Refused("", _("You are here through your unit, group or organisation."))
    _end(space, membership, "space.leave", by)


@transaction
def hand_over(space: Space, successor: User, *, by: Viewer, leaving: bool = False) -> None:
    """Make somebody else the manager in one's own place; one stays as editor, or leaves."""
    require(by, Action.READ, space)
    own = _held_by_person(space, by.user_id)
    if own is None or own.role != Role.MANAGER:
        require(by, Action.MANAGE, space)
        raise Refused("successor", _("You do not manage this space yourself."))
    if successor.id == by.user_id:
        raise Refused("successor", _("Name somebody else."))
    make_manager(space, successor, by)
    own.role = Role.EDITOR
    log("space.hand_over", space, by, successor=successor.id)
    if leaving:
        _end(space, own, "space.leave", by)


def membership(space: Space, membership_id: int) -> Membership | None:
    """A membership of this space by its number."""
    held = db.session.get(Membership, membership_id)
    return held if held is not None and held.space_id == space.id else None


def reviewers_of(space: Space) -> Group | None:
    return db.session.get(Group, space.reviewers_id) if space.reviewers_id else None


def holder_of(membership: Membership) -> Holder:
    """The person, group or organisation that holds a membership."""
    if membership.user_id is not None:
        return _there(db.session.get(User, membership.user_id))
    if membership.group_id is not None:
        return _there(db.session.get(Group, membership.group_id))
    return _there(db.session.get(Organisation, membership.organisation_id))


def _there(found: T | None) -> T:
    if found is None:
        raise NotFound
    return found


def space_of(membership: Membership) -> Space:
    space: Space = _there(db.session.get(Space, membership.space_id))
    return space


def _describe(space: Space, name_bg: str, name_en: str, purpose: str, by: Viewer) -> None:
    name_bg = checks.line("name_bg", name_bg, Space.NAME_MAX, required=True)
    name_en = checks.line("name_en", name_en, Space.NAME_MAX)
    may_be_called(space, name_bg, name_en, by)
    space.name_bg, space.name_en = name_bg, name_en or name_bg
    space.purpose = checks.lines("purpose", purpose, Space.PURPOSE_MAX)


def _open_to(space: Space, joining: str, features: Iterable[str]) -> None:
    """How people come in, and what they find there."""
    space.joining = checks.choice("joining", joining, Space.JOINING)
    if space.kind != "workspace":
        space.joining = "invitation"
    if space.joining != "invitation" and not space.is_listed:
        raise Refused(
            "joining",
            _("Nobody would find a space that is not listed. List it, or invite its members."),
        )
    space.features = " ".join(dict.fromkeys(features))


def _free_slug(wanted: str) -> str:
    base = text.slug(wanted) or "space"
    taken = set(db.session.scalars(select(Space.slug).where(Space.slug.startswith(base))))
    taken |= PAGES
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base[:74]}-{number}"
    return slug


def _natural_members(
    space: Space, organisation: Organisation | None
) -> Iterable[tuple[Organisation, Role]]:
    """The staff read the intranet and extranet, partners the extranet; a partner has its space."""
    if space.kind == "organisation" and organisation is not None:
        yield organisation, Role.CONTRIBUTOR
    elif space.kind in ("intranet", "extranet"):
        wanted = select(Organisation).where(Organisation.retired_at.is_(None))
        if space.kind == "intranet":
            wanted = wanted.where(Organisation.is_home)
        for each in db.session.scalars(wanted.order_by(Organisation.id)):
            yield each, Role.READER


def _column(holder: Holder) -> str:
    match holder:
        case User():
            return "user_id"
        case Group():
            return "group_id"
    return "organisation_id"


def _named(membership: Membership) -> dict[str, int]:
    """Who holds it, as the journal writes it."""
    facts = {
        "user": membership.user_id,
        "group": membership.group_id,
        "organisation": membership.organisation_id,
    }
    return {name: value for name, value in facts.items() if value is not None}


def membership_of(space: Space, holder: Holder) -> Membership | None:
    """What a person, group or organisation holds in a space by itself."""
    wanted = select(Membership).where(
        Membership.space_id == space.id,
        getattr(Membership, _column(holder)) == holder.id,
    )
    return db.session.scalar(wanted)


def _held_by_person(space: Space, user_id: int | None) -> Membership | None:
    wanted = select(Membership).where(
        Membership.space_id == space.id, Membership.user_id == (user_id or 0)
    )
    return db.session.scalar(wanted)


def join(space: Space, holder: Holder, role: Role, until: date | None, by: Viewer) -> Membership:
    may_hold(space, holder, role, until)
    tell_of_administrator(space, holder, role, by)
    membership = Membership(space_id=space.id, role=role, until=until)
    setattr(membership, _column(holder), holder.id)
    db.session.add(membership)
    db.session.flush()
    log("space.add_member", space, by, **_named(membership), role=int(role))
    return membership


def tell_of_administrator(space: Space, holder: Holder, role: Role, by: Viewer) -> None:
    """An administrator who lets herself in is seen by the managers."""
    reached = (
        (isinstance(holder, User) and holder.id == by.user_id)
        or (isinstance(holder, Group) and holder.id in by.groups)
        or (isinstance(holder, Organisation) and holder.id == by.organisation_id)
    )
    alone = by.is_admin and by.role_in(space.id) < Role.MANAGER
    if reached and alone and role > by.role_in(space.id):
        audit.record(TOOK_ROLE, "space", space.id, by=by, role=int(role))


TOOK_ROLE = "space.admin_took_role"


def managers_of(space: Space) -> set[int]:
    """The people who manage a space without an end date."""
    db.session.flush()
    return members_of([space.id], Role.MANAGER, lasting=True)


def _keeps_a_manager(space: Space, had_one: bool, field: str) -> None:
    if had_one and not managers_of(space):
        raise Refused(
            field,
            _("Somebody must manage the space without an end date. Name another manager first."),
        )


def _end(space: Space, membership: Membership, action: str, by: Viewer) -> None:
    had_manager = bool(managers_of(space))
    facts = _named(membership)
    db.session.delete(membership)
    _keeps_a_manager(space, had_manager, "")
    log(action, space, by, **facts)


def make_manager(space: Space, person: User, by: Viewer) -> None:
    """Give a person the space to keep, without end; told of like any role."""
    _may_keep(space, person, "successor")
    may_hold(space, person, Role.MANAGER, None)
    tell_of_administrator(space, person, Role.MANAGER, by)
    held = _held_by_person(space, person.id)
    if held is None:
        held = Membership(space_id=space.id, user_id=person.id)
        db.session.add(held)
    held.role, held.until = Role.MANAGER, None


def _may_keep(space: Space, person: User, field: str) -> None:
    if needs_last_day(space, person.organisation):
        raise Refused(
            field,
            _("Guests from partners have a last day, so they keep no space: name a colleague."),
        )


def _people_in(group: Group) -> bool:
    own = select(User.id).where(User.unit_id == group.id, User.retired_at.is_(None))
    put = select(GroupMember.user_id).where(GroupMember.group_id == group.id)
    return any(db.session.scalar(each.limit(1)) is not None for each in (own, put))


def log(action: str, space: Space, by: Viewer, **facts: Any) -> None:
    audit.record(action, "space", space.id, by=by, **facts)
    site.bump()

"""A partner and its space: accounts knows no spaces, so the two are put together here."""

from typing import Any

from sqlalchemy import or_, select

from portal import audit
from portal.access import Action, Role, Viewer, require
from portal.accounts import services as accounts
from portal.accounts.models import Group, GroupMember, Organisation, User
from portal.accounts.structure import bring_back_organisation
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.spaces.models import Membership, Space
from portal.spaces.rules import Holder
from portal.spaces.services import (
    archive,
    create_space,
    holder_of,
    join,
    make_manager,
    managers_of,
    membership_of,
    restore,
)


@transaction
def welcome_partner(*, by: Viewer, sponsor: User | None, **fields: Any) -> Organisation:
    """Take up a partner: the organisation, its private space, and reading in the extranet.

    Who publishes in the extranet publishes in the new space too, so that somebody can judge what
    the partner's people write there.
    """
    organisation = accounts.create_organisation(by=by, sponsor=sponsor, **fields)
    own = create_space(
        by=by,
        kind="organisation",
        name_bg=organisation.name_bg[: Space.NAME_MAX],
        name_en=organisation.name_en[: Space.NAME_MAX],
        organisation=organisation,
        manager=sponsor,
    )
    for extranet in _extranets():
        join(extranet, organisation, Role.READER, None, by)
    let_publishers_in(own, by)
    return organisation


@transaction
def change_partner(
    organisation: Organisation, *, by: Viewer, sponsor: User | None, **fields: Any
) -> None:
    """Change a partner; its space takes the new name, and the new sponsor manages it too."""
    names = organisation.name_bg, organisation.name_en
    accounts.change_organisation(organisation, by=by, sponsor=sponsor, **fields)
    for space in _own_spaces(organisation):
        if (space.name_bg, space.name_en) == tuple(name[: Space.NAME_MAX] for name in names):
            space.name_bg = organisation.name_bg[: Space.NAME_MAX]
            space.name_en = organisation.name_en[: Space.NAME_MAX]
            audit.changed("space", space.id)
        if sponsor is not None and space.archived_at is None:
            make_manager(space, sponsor, by)


@transaction
def part_with(organisation: Organisation, *, by: Viewer) -> None:
    """End a partnership: nobody of it signs in any more, its space is closed.

    Raises Refused when a space is managed by its people alone.
    """
    require(by, Action.MANAGE, organisation)
    people = set(db.session.scalars(select(User.id).where(User.organisation_id == organisation.id)))
    for space in db.session.scalars(select(Space).where(Space.archived_at.is_(None))):
        managers = managers_of(space)
        if managers and managers <= people and space.organisation_id != organisation.id:
            raise Refused(
                "", _("Only its people manage “%(space)s”. Name a manager there first.",
                      space=space.name_bg)
            )  # fmt: skip
    accounts.retire_organisation(organisation, by=by)
    for space in _own_spaces(organisation):
        archive(space, by=by)


@transaction
def take_up_again(organisation: Organisation, *, by: Viewer) -> None:
    """Begin the partnership anew: its people sign in again, its space is open."""
    bring_back_organisation(organisation, by=by)
    for space in _own_spaces(organisation):
        restore(space, by=by)
        let_publishers_in(space, by)


def _extranets() -> list[Space]:
    wanted = select(Space).where(Space.kind == "extranet", Space.archived_at.is_(None))
    return list(db.session.scalars(wanted.order_by(Space.id)))


def let_publishers_in(own: Space, by: Viewer) -> None:
    """Make editors of a partner's space of those who publish in the extranet, once each.

    Whoever holds a role there keeps it. Guests stay out, and so does a named set of people that
    holds one: its staff come in one by one.
    """
    wanted = select(Membership).where(
        Membership.space_id.in_([space.id for space in _extranets()]),
        Membership.role >= Role.EDITOR,
        or_(Membership.until.is_(None), Membership.until >= clock.today()),
        Membership.organisation_id.is_(None),
    )
    for held in db.session.scalars(wanted.order_by(Membership.id)).all():
        for holder in _staff_of(holder_of(held)):
            if holder.retired_at is None and membership_of(own, holder) is None:
                join(own, holder, Role.EDITOR, held.until, by)


def _staff_of(holder: Holder) -> list[Holder]:
    if isinstance(holder, User):
        return [holder] if holder.organisation.is_home else []
    if not isinstance(holder, Group) or holder.is_unit:
        return [holder]
    people = select(User).join(GroupMember, GroupMember.user_id == User.id)
    inside = db.session.scalars(people.where(GroupMember.group_id == holder.id)).all()
    staff = [user for user in inside if user.organisation.is_home]
    return [holder] if len(staff) == len(inside) else list(staff)


def _own_spaces(organisation: Organisation) -> list[Space]:
    wanted = select(Space).where(Space.organisation_id == organisation.id)
    return list(db.session.scalars(wanted.order_by(Space.id)))

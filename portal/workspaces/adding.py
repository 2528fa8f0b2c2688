"""Letting one in by a manager, who is told of it."""

from datetime import date

from portal.access import Action, Role, Viewer, require
from portal.accounts.models import User
from portal.kernel.transaction import transaction
from portal.spaces import guests, services
from portal.spaces.models import Membership, Space
from portal.spaces.rules import Holder
from portal.workspaces import telling


@transaction
def let_in(
    space: Space, holder: Holder, role: Role, *, by: Viewer, until: date | None = None
) -> Membership:
    """Give a person, group or organisation a role; a person is told. Raises as `add_member`.

    Whoever was here for a time that is over is let in again.
    """
    require(by, Action.MANAGE, space)
    if not isinstance(holder, User):
        return services.add_member(space, holder, role, by=by, until=until)
    if guests.is_over(services.membership_of(space, holder)):
        held = guests.admit(space, holder, role, until, by)
    else:
        held = services.add_member(space, holder, role, by=by, until=until)
    telling.let_in(space, {holder.id}, by)
    return held


@transaction
def prolong(membership: Membership, *, by: Viewer) -> date:
    """Half a year longer, see `guests.prolong`; who was out already is told that she is in."""
    space, was_over = services.space_of(membership), guests.is_over(membership)
    until = guests.prolong(membership, by=by)
    if was_over and membership.user_id is not None:
        telling.let_in(space, {membership.user_id}, by)
    return until

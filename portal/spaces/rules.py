"""Who may hold which role in which space, and until when."""

from datetime import date

from sqlalchemy import or_, select

from portal.access import Role
from portal.accounts.models import Group, Organisation, User
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.spaces.models import Membership, Space

Holder = User | Group | Organisation


def may_hold(space: Space, holder: Holder, role: Role, until: date | None) -> None:
    """Raises Refused at `who`, `role` or `until`."""
    if holder.retired_at is not None:
        raise Refused("who", _("This member is retired."))
    if until is not None and until < clock.today():
        raise Refused("until", _("This day is over already."))
    if isinstance(holder, Organisation) and role >= Role.MANAGER:
        raise Refused("role", _("A whole organisation cannot manage a space."))
    if isinstance(holder, Group):
        return  # a guest in a group gets no way into the intranet, see viewers
    let_in(space, holder if isinstance(holder, Organisation) else holder.organisation)
    if until is None and isinstance(holder, User) and needs_last_day(space, holder.organisation):
        raise Refused("until", _("Guests from partners have a last day: give one."))


def let_in(space: Space, organisation: Organisation) -> None:
    """Refuse people whose organisation this kind of space is closed to."""
    if organisation.is_home:
        return
    if space.kind == "intranet":
        raise Refused("who", _("The intranet is for the municipality's own people."))
    if space.kind == "organisation" and organisation.id != space.organisation_id:
        raise Refused("who", _("This is another partner's own space."))


def needs_last_day(space: Space, organisation: Organisation | None) -> bool:
    """Whether people of an organisation come into a space for a time only.

    The guests of a team: what they were let in for ends, and nobody remembers to end it. People
    whose whole organisation is a member are no guests. None: an organisation that is not known.
    """
    if space.kind != "workspace" or (organisation is not None and organisation.is_home):
        return False
    return organisation is None or organisation.id not in member_organisations(space)


def member_organisations(space: Space) -> set[int]:
    """The organisations that are in a space as a whole today."""
    held = select(Membership.organisation_id).where(
        Membership.space_id == space.id,
        Membership.organisation_id.is_not(None),
        or_(Membership.until.is_(None), Membership.until >= clock.today()),
    )
    return {found for found in db.session.scalars(held) if found is not None}

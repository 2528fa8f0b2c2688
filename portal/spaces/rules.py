"""Who may hold which role in which space, and until when."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from portal.access import Role, Viewer
from portal.accounts.models import Group, Organisation, User
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, long_date
from portal.spaces.known import known
from portal.spaces.models import Membership, Space

Holder = User | Group | Organisation
# What a guest was let in for ends sooner or is agreed anew; a day that is far off is none.
GUEST_MAX = timedelta(days=2 * 365)


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
    words = wrong_for_guest(until)
    if words and isinstance(holder, User) and needs_last_day(space, holder.organisation):
        raise Refused("until", words)


def wrong_for_guest(until: date | None) -> str:
    """What keeps a day from being the last one of a guest from a partner; empty: nothing does."""
    if until is None:
        return _("Guests from partners have a last day: give one.")
    latest = clock.today() + GUEST_MAX
    if until > latest:
        day = long_date(latest)
        return _(
            "Guests from partners stay until %(day)s at most. It can be prolonged later.", day=day
        )
    return ""


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


def may_be_called(space: Space, name_bg: str, name_en: str, by: Viewer) -> None:
    """Whether a space may get a name, which tells it from all others that whoever gives it knows
    of: of a space that is hidden from her a refusal would tell. Raises Refused at the field.

    A partner's own space is called as the partner is.
    """
    if space.kind == "organisation":
        return
    rows = [row for row in known().values() if row.id != space.id and _knows_of(by, row)]
    for field, name in (("name_bg", name_bg), ("name_en", name_en)):
        taken = {str(getattr(row, field)).casefold() for row in rows}
        if name != getattr(space, field) and name.casefold() in taken:
            raise Refused(field, _("There is a space of this name already. Choose another one."))


def _knows_of(viewer: Viewer, row: Any) -> bool:
    """Whether the lists of spaces show her one, see `queries.others`."""
    if viewer.role_in(row.id) or viewer.is_admin:
        return True
    is_shown = row.is_listed and row.archived_at is None and row.kind != "organisation"
    return bool(viewer.is_staff and is_shown)

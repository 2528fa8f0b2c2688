"""Opening a space with its first members.

Only administrators do. A head of a unit might open her unit's room herself; but a room makes its
people known to each other, guests included, and is a place that somebody must keep for years: so
the house decides that there is one, and the head keeps it from then on.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.access import Role, Viewer
from portal.accounts.models import Group, Organisation, User
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.spaces import services
from portal.spaces.models import Space


@transaction
def open_space(
    *,
    by: Viewer,
    manager: User | None,
    unit: Group | None = None,
    partners: Sequence[Organisation] = (),
    partners_role: Role = Role.CONTRIBUTOR,
    until: date | None = None,
    **facts: Any,
) -> Space:
    """Open a space; a unit's people contribute and its head keeps it, partners stay until a day.

    facts: as `services.create_space` takes them. Raises Refused at the field.
    """
    if unit is not None and manager is None:
        manager = db.session.get(User, unit.head_id) if unit.head_id else None
        if manager is None or manager.retired_at is not None:
            raise Refused("manager", _("This unit has no head: name who keeps the space."))
    space = services.create_space(by=by, manager=manager, **facts)
    if unit is not None:
        _first(space, unit, Role.CONTRIBUTOR, None, "unit", by)
    for partner in partners:
        _first(space, partner, partners_role, until, "partners", by)
    return space


def _first(
    space: Space,
    holder: Group | Organisation,
    role: Role,
    until: date | None,
    field: str,
    by: Viewer,
) -> None:
    if services.membership_of(space, holder) is not None:
        return  # by the nature of the space, or named twice
    try:
        services.join(space, holder, role, until, by)
    except Refused as refusal:
        named = refusal.field if refusal.field != "who" else field
        raise Refused(named, f"{holder.name_bg}: {refusal.message}") from refusal

"""Telling a guest and the managers, two weeks and three days before, that her time here ends.

Each warning is told once for each last day: a prolonged one warns anew, and what was not sent of
the old one is not sent any more (`telling.ending_lines`).
"""

from datetime import timedelta

from sqlalchemy import bindparam, select

from portal import jobs
from portal.access import Role
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.spaces.models import Membership, Space
from portal.spaces.viewers import members_of
from portal.workspaces import telling

BEFORE = (3, 14)  # days before the last day
_ENDING = (
    select(Membership)
    .join(Space, Space.id == Membership.space_id)
    .where(
        Membership.user_id.is_not(None),
        Membership.until >= bindparam("today"),
        Membership.until <= bindparam("edge"),
        Space.archived_at.is_(None),
    )
    .order_by(Membership.space_id, Membership.id)
)


@transaction
def warn() -> int:
    """Tell what is due today; how many members it concerned. Run each night, safe to repeat."""
    today = clock.today()
    asked = {"today": today, "edge": today + timedelta(days=max(BEFORE))}
    found = db.session.scalars(_ENDING, asked).all()
    managers: dict[int, set[int]] = {}
    for held in found:
        if held.until is None or held.user_id is None:
            continue
        if held.space_id not in managers:
            managers[held.space_id] = members_of([held.space_id], Role.MANAGER)
        # A night that was slept through is made up for: each warning lasts until the next begins.
        stage = next(days for days in BEFORE if (held.until - today).days <= days)
        telling.ending(held, managers[held.space_id] | {held.user_id}, stage)
    return len(found)


def install() -> None:
    jobs.daily(warn)

"""Who reads and changes ideas: whoever writes in their space, all alike; nobody else.

What other boards' calendars show of a shared idea is no reading of it: its title, unit and day,
for staff alone (`shown_elsewhere`).
"""

from sqlalchemy import ColumnElement, and_, bindparam

from portal.access import Action, Role, Viewer, register
from portal.editorial.models import Idea


class IdeaPolicy:
    """One rule in three forms."""

    def allows(self, viewer: Viewer, action: Action, item: Idea) -> bool:
        known = action in (Action.READ, Action.EDIT, Action.TRASH)
        return known and viewer.role_in(item.space_id) >= Role.CONTRIBUTOR

    readable: ColumnElement[bool] = Idea.space_id.in_(bindparam("contributes", expanding=True))
    # `:is_staff` is asked beside the viewer's own values.
    shown_elsewhere: ColumnElement[bool] = and_(Idea.is_shared, bindparam("is_staff") == 1)

    def audience(self, item: Idea) -> frozenset[str]:
        return frozenset({f"contributors:{item.space_id}"})


policy = IdeaPolicy()
register(Idea, policy)

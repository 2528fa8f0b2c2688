"""Who may do what in a space. Administrators create and staff spaces, and read nothing by that."""

from sqlalchemy import ColumnElement, bindparam

from portal.access import Action, Role, Viewer, register
from portal.spaces.models import Space

_NEEDED = {
    Action.READ: Role.READER,
    Action.CREATE: Role.CONTRIBUTOR,  # put a draft here
    Action.RELEASE: Role.EDITOR,
    Action.PLACE: Role.EDITOR,
    Action.PIN: Role.EDITOR,
    Action.EDIT: Role.MANAGER,
    Action.MANAGE: Role.MANAGER,
}


class SpacePolicy:
    """Members read; editors place and release; managers keep members and settings."""

    def allows(self, viewer: Viewer, action: Action, item: Space) -> bool:
        if not viewer.is_authenticated:
            return False
        needed = _NEEDED.get(action)
        if needed is not None and viewer.role_in(item.id) >= needed:
            return action in (Action.READ, Action.MANAGE, Action.EDIT) or item.archived_at is None
        # Managing people and settings of any space is the administrator's work; the journal
        # shows it to the managers. It is no right to read what lies in the space.
        return viewer.is_admin and action in (Action.MANAGE, Action.EDIT)

    readable: ColumnElement[bool] = Space.id.in_(bindparam("reads", expanding=True))

    def audience(self, item: Space) -> frozenset[str]:
        return frozenset({f"members:{item.id}"})


policy = SpacePolicy()
register(Space, policy)

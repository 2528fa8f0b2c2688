"""Who sees whom: one's own organisation, people of shared workspaces, published contacts.

«Staff see staff» is the first of these: staff are the people of the municipality.
"""

from sqlalchemy import ColumnElement, and_, bindparam, or_

from portal.access import Action, Viewer, register
from portal.accounts.models import User


class UserPolicy:
    """Administrators manage people; coordinators manage their own organisation's."""

    def allows(self, viewer: Viewer, action: Action, item: User) -> bool:
        if not viewer.is_authenticated:
            return False
        if action is Action.READ:
            return self._reads(viewer, item)
        if action is Action.EDIT:
            return viewer.user_id == item.id or self._manages(viewer, item)
        return action is Action.MANAGE and self._manages(viewer, item)

    def _reads(self, viewer: Viewer, item: User) -> bool:
        return item.retired_at is None and (
            item.organisation_id == viewer.organisation_id
            or item.is_contact
            or item.id in viewer.peers
        )

    def _manages(self, viewer: Viewer, item: User) -> bool:
        own = viewer.is_coordinator and item.organisation_id == viewer.organisation_id
        return viewer.is_admin or (own and not viewer.is_staff)

    readable: ColumnElement[bool] = and_(
        User.retired_at.is_(None),
        or_(
            User.organisation_id == bindparam("viewer_org"),
            User.is_contact,
            User.id.in_(bindparam("peers", expanding=True)),
        ),
    )

    def audience(self, item: User) -> frozenset[str]:
        if item.retired_at is not None:
            return frozenset()
        tokens = {f"org:{item.organisation_id}", f"person:{item.id}"}
        if item.is_contact:
            tokens.add("contacts")
        return frozenset(tokens)


policy = UserPolicy()
register(User, policy)

"""Who sees whom: one's own organisation, people of shared workspaces, published contacts.

«Staff see staff» is the first of these: staff are the people of the municipality.
"""

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select

from portal.access import Action, Viewer, register
from portal.accounts.models import Group, Organisation, User
from portal.kernel import clock

_closed = select(Organisation.id).where(Organisation.retired_at.is_not(None))


class UserPolicy:
    """Administrators manage people; coordinators their own organisation's while it is let in."""

    def allows(self, viewer: Viewer, action: Action, item: User) -> bool:
        if not viewer.is_authenticated:
            return False
        if action is Action.READ:
            return self._reads(viewer, item)
        if action is Action.EDIT:
            return viewer.user_id == item.id or self._manages(viewer, item)
        return action is Action.MANAGE and self._manages(viewer, item)

    def _reads(self, viewer: Viewer, item: User) -> bool:
        return _is_there(item) and (
            item.organisation_id == viewer.organisation_id
            or item.is_contact
            or item.id in viewer.peers
        )

    def _manages(self, viewer: Viewer, item: User) -> bool:
        if viewer.is_admin:
            return True
        own = viewer.is_coordinator and item.organisation_id == viewer.organisation_id
        return own and not viewer.is_staff and item.organisation.is_open

    readable: ColumnElement[bool] = and_(
        User.retired_at.is_(None),
        User.organisation_id.not_in(_closed),
        or_(
            User.organisation_id == bindparam("viewer_org"),
            User.is_contact,
            User.id.in_(bindparam("peers", expanding=True)),
        ),
    )

    def audience(self, item: User) -> frozenset[str]:
        if not _is_there(item):
            return frozenset()
        tokens = {f"org:{item.organisation_id}", f"person:{item.id}"}
        if item.is_contact:
            tokens.add("contacts")
        return frozenset(tokens)


def _is_there(item: User) -> bool:
    return item.retired_at is None and item.organisation.retired_at is None


# Binds only the viewer's organisation, so that every list's parameters are the same.
is_staff: ColumnElement[bool] = exists(
    select(Organisation.id).where(Organisation.id == bindparam("viewer_org"), Organisation.is_home)
).correlate(None)


class GroupPolicy:
    """Staff read units and groups, administrators keep them; partners know none of them."""

    def allows(self, viewer: Viewer, action: Action, item: Group) -> bool:
        if not viewer.is_authenticated:
            return False
        if action is Action.READ:
            return viewer.is_staff and item.retired_at is None
        return viewer.is_admin and action in (Action.EDIT, Action.MANAGE, Action.CREATE)

    readable: ColumnElement[bool] = and_(Group.retired_at.is_(None), is_staff)

    def audience(self, item: Group) -> frozenset[str]:
        return frozenset()  # found through their people


class OrganisationPolicy:
    """Staff read every partner; partners their own and those whose agreement runs.

    Administrators keep them. The colleague who answers for one (EDIT) names its coordinators and
    sees who of it comes in.
    """

    def allows(self, viewer: Viewer, action: Action, item: Organisation) -> bool:
        if not viewer.is_authenticated:
            return False
        if action is Action.READ:
            if item.retired_at is not None:
                return False
            return viewer.is_staff or item.id == viewer.organisation_id or item.is_open
        if action is Action.EDIT and viewer.is_staff and item.sponsor_id == viewer.user_id:
            return item.retired_at is None
        return viewer.is_admin and action in (Action.EDIT, Action.MANAGE, Action.CREATE)

    readable: ColumnElement[bool] = and_(
        Organisation.retired_at.is_(None),
        or_(
            is_staff,
            Organisation.id == bindparam("viewer_org"),
            Organisation.agreement_end.is_(None),
            Organisation.agreement_end >= bindparam("today", callable_=clock.today),
        ),
    )

    def audience(self, item: Organisation) -> frozenset[str]:
        return frozenset()  # found through their people


policy = UserPolicy()
group_policy = GroupPolicy()
organisation_policy = OrganisationPolicy()
register(User, policy)
register(Group, group_policy)
register(Organisation, organisation_policy)

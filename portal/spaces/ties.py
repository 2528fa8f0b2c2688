"""What leaving people and closing groups mean for spaces; told to accounts by its hooks."""

from sqlalchemy import select

from portal.access import Role, Viewer
from portal.accounts import hooks
from portal.accounts.hooks import Holding
from portal.accounts.models import Group, User
from portal.kernel.database import db, rows
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.spaces.models import Membership, Space
from portal.spaces.services import (
    log,
    make_manager,
    managers_of,
    space_of,
    tell_of_administrator,
)
from portal.spaces.viewers import with_parents


class _SpaceEstate:
    """The spaces that a person alone manages."""

    def _spaces(self, user: User) -> list[Space]:
        wanted = (
            select(Space)
            .join(Membership, Membership.space_id == Space.id)
            .where(Membership.user_id == user.id, Membership.role == Role.MANAGER)
            .order_by(Space.id)
        )
        return [s for s in db.session.scalars(wanted) if managers_of(s) <= {user.id}]

    def holdings(self, user: User, viewer: Viewer) -> list[Holding]:
        label = _("Only manager of a space")
        known = [s for s in self._spaces(user) if viewer.is_admin or viewer.role_in(s.id)]
        hidden = len(self._spaces(user)) - len(known)
        found = [Holding(label, space.name_bg) for space in known]
        return found + ([Holding(label, "", hidden)] if hidden else [])

    def hand_over(self, user: User, successor: User, by: Viewer) -> None:
        for space in self._spaces(user):
            try:
                make_manager(space, successor, by)
            except Refused as refusal:
                raise Refused("successor", f"{space.name_bg}: {refusal.message}") from refusal
            log("space.hand_over", space, by, successor=successor.id, retired=user.id)


def _tell_of_joining(user: User, group: Group, by: Viewer) -> None:
    """Joining a group gives the roles that it and every unit above it hold."""
    parent_of = {row.id: row.parent_id for row in rows(select(Group.id, Group.parent_id))}
    held = select(Membership).where(Membership.group_id.in_(with_parents({group.id}, parent_of)))
    if user.id != by.user_id:
        return
    for membership in db.session.scalars(held):
        space = space_of(membership)
        tell_of_administrator(space, user, Role(membership.role), by)


def _group_is_needed(group: Group) -> None:
    reviewed = select(Space.name_bg).where(
        Space.reviewers_id == group.id, Space.archived_at.is_(None)
    )
    if (name := db.session.scalar(reviewed.limit(1))) is not None:
        raise Refused(
            "",
            _(
                "This group approves texts in “%(space)s”. Name another one there first.",
                space=name,
            ),
        )
    managed = select(Membership).where(
        Membership.group_id == group.id, Membership.role == Role.MANAGER
    )
    for held in db.session.scalars(managed):
        others = select(Membership.id).where(
            Membership.space_id == held.space_id,
            Membership.role == Role.MANAGER,
            Membership.until.is_(None),
            Membership.id != held.id,
        )
        if db.session.scalar(others.limit(1)) is None:
            space = space_of(held)
            raise Refused(
                "",
                _("Only this group manages “%(space)s”. Name a manager there first.",
                  space=space.name_bg),
            )  # fmt: skip


hooks.on_retire.append(_SpaceEstate())
hooks.on_join.append(_tell_of_joining)
hooks.on_group_retire.append(_group_is_needed)

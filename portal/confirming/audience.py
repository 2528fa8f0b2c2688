"""Of whom something is asked: the people behind targets, and which of them may read an item."""

from collections.abc import Set
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select

from portal.accounts.models import GroupMember, User
from portal.confirming.models import Requirement, RequirementTarget
from portal.content.models import Content, Placement
from portal.kernel.database import rows
from portal.spaces import readers
from portal.spaces.viewers import with_children


@dataclass(frozen=True)
class Targets:
    """People, units or groups with all below them, and whole spaces; by number."""

    users: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()
    spaces: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.users or self.groups or self.spaces)


_TARGETS = select(
    RequirementTarget.user_id, RequirementTarget.group_id, RequirementTarget.space_id
).where(RequirementTarget.requirement_id == bindparam("requirement_id"))
_PRESENT = select(User.id).where(
    User.retired_at.is_(None), User.id.in_(bindparam("users", expanding=True))
)
_IN_GROUPS = select(User.id).where(
    User.retired_at.is_(None),
    or_(
        User.unit_id.in_(bindparam("groups", expanding=True)),
        User.id.in_(
            select(GroupMember.user_id).where(
                GroupMember.group_id.in_(bindparam("groups", expanding=True))
            )
        ),
    ),
)
_PLACES = select(Placement.space_id).where(Placement.content_id == bindparam("content_id"))


def targets_of(requirement: Requirement) -> Targets:
    """Of whom a requirement asks, as it was written."""
    found = rows(_TARGETS, {"requirement_id": requirement.id})
    return Targets(
        frozenset(row.user_id for row in found if row.user_id is not None),
        frozenset(row.group_id for row in found if row.group_id is not None),
        frozenset(row.space_id for row in found if row.space_id is not None),
    )


def people_of(targets: Targets) -> set[int]:
    """Everybody behind the targets now, each once; nobody who has left.

    Of a space those who may enter it today; of people and groups everybody, so that who cannot
    read the item is noticed rather than left out.
    """
    found: set[int] = set()
    if targets.users:
        found |= {row.id for row in rows(_PRESENT, {"users": sorted(targets.users)})}
    if targets.groups:
        found |= in_groups(targets.groups)
    if targets.spaces:
        found = found.union(*readers.by_space(targets.spaces).values())
    return found


def in_groups(groups: Set[int]) -> set[int]:
    """The people of units and groups and of all below them."""
    every = sorted(with_children(set(groups)))
    return {row.id for row in rows(_IN_GROUPS, {"groups": every})} if every else set()


def readers_of(content: Content) -> set[int]:
    """Who may read an item once it is published: the people of its spaces who may sign in."""
    spaces = [row.space_id for row in rows(_PLACES, {"content_id": content.id})]
    return set().union(*readers.by_space(spaces).values())

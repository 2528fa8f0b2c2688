"""Of whom something is asked: the people behind targets, and which of them may read an item."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from portal.confirming.models import Requirement, RequirementTarget
from portal.content.models import Content
from portal.content.readers import once_open
from portal.kernel.database import rows
from portal.spaces.readers import Town


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


def targets_of(requirement: Requirement) -> Targets:
    """Of whom a requirement asks, as it was written."""
    return collected(rows(_TARGETS, {"requirement_id": requirement.id}))


def collected(found: Iterable[Row[Any]]) -> Targets:
    """Rows of `requirement_target` as one."""
    found = list(found)
    return Targets(
        frozenset(row.user_id for row in found if row.user_id is not None),
        frozenset(row.group_id for row in found if row.group_id is not None),
        frozenset(row.space_id for row in found if row.space_id is not None),
    )


_WANTED = (
    select(
        Requirement.id,
        Requirement.asked_at,
        Requirement.deadline,
        RequirementTarget.user_id,
        RequirementTarget.group_id,
        RequirementTarget.space_id,
    )
    .outerjoin(RequirementTarget, RequirementTarget.requirement_id == Requirement.id)
    .where(Requirement.content_id == bindparam("content_id"), Requirement.ended_at.is_(None))
)


@dataclass(frozen=True)
class Wanted:
    """What an item asks, or will ask once its text at work is released (`is_wished`)."""

    targets: Targets
    deadline: datetime
    is_wished: bool


def wanted(content_id: int) -> Wanted | None:
    """The round that waits for a release, else the one that is asked now. One statement."""
    found = rows(_WANTED, {"content_id": content_id})
    wished = [row for row in found if row.asked_at is None]
    chosen = wished or found
    if not chosen:
        return None
    return Wanted(collected(chosen), chosen[0].deadline, bool(wished))


def people_of(
    targets: Targets, town: Town, through: Mapping[int, Set[int]] | None = None
) -> set[int]:
    """Everybody behind the targets now, each once; nobody who has left.

    Of a space those who may enter it today; of people and groups everybody, so that who cannot
    read the item is noticed rather than left out. through: the people of some spaces, where they
    are known already. At most one statement.
    """
    spaces = dict(through or {})
    found = {person for person in targets.users if person in town.people}
    found |= town.in_groups(targets.groups)
    if further := targets.spaces - spaces.keys():
        spaces |= town.by_space(further)
    return found.union(*(spaces.get(each, frozenset()) for each in targets.spaces))


def readers_of(content: Content, town: Town | None = None) -> set[int]:
    """Who may read an item once it is published: the people of its spaces who may sign in."""
    return set().union(*once_open(content.id, town or Town()).values())

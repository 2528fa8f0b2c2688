"""Who approves what is written in a space."""

from sqlalchemy import bindparam, or_, select

from portal.access import Role
from portal.accounts.models import GroupMember, User
from portal.kernel.database import rows
from portal.spaces.models import Space
from portal.spaces.viewers import members_of, with_children

_PEOPLE_IN = select(User.id).where(
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


def people_reviewing(space: Space) -> set[int]:
    """The people who approve its texts today: its named reviewers, else its editors."""
    if space.reviewers_id is None:
        return members_of([space.id], Role.EDITOR)
    groups = with_children({space.reviewers_id})
    named = {row.id for row in rows(_PEOPLE_IN, {"groups": list(groups)})}
    return named & members_of([space.id])

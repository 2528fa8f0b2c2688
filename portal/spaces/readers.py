"""Who reads in a space, as sets of people: the policy's rule for thousands at once.

A viewer asks for one person; whoever tells or counts two thousand asks here, in some statements
for all. `tests/content/test_readers.py` proves that both say the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Set
from typing import Any

from sqlalchemy import Row, bindparam, case, or_, select

from portal.access import VISITOR, Role, Viewer
from portal.accounts.models import Group, GroupMember, Organisation, User
from portal.accounts.policy import policy as people_policy
from portal.kernel import clock
from portal.kernel.database import rows
from portal.spaces import known
from portal.spaces.models import Membership

_PEOPLE = (
    select(
        User.id, User.given, User.family, User.given_latin, User.family_latin, User.position,
        User.position_en, User.email, User.unit_id, User.organisation_id,
        Organisation.is_home, Organisation.name_bg, Organisation.name_en,
        Organisation.retired_at, Organisation.agreement_end,
        case((people_policy.readable, 1), else_=0).label("is_known"),
    )
    .join(Organisation, Organisation.id == User.organisation_id)
    .where(User.retired_at.is_(None))
    .order_by(User.family, User.given, User.id)
)  # fmt: skip
_GROUPS = (
    select(Group.id, Group.parent_id, Group.name_bg, Group.name_en, GroupMember.user_id)
    .outerjoin(GroupMember, GroupMember.group_id == Group.id)
    .order_by(Group.name_bg, Group.id)
)
# Who holds which role where, as `Town.holding` takes it.
HOLDERS = select(
    Membership.space_id,
    Membership.role,
    Membership.user_id,
    Membership.group_id,
    Membership.organisation_id,
).where(or_(Membership.until.is_(None), Membership.until >= bindparam("today")))
_IN_SPACES = HOLDERS.where(Membership.space_id.in_(bindparam("ids", expanding=True)))


class Town:
    """Everybody who has not left, and every unit and group, as they are at one moment.

    Two statements; then one for each question. known_to: in whose eyes people have names
    (`is_known`); nobody's without it.
    """

    def __init__(self, known_to: Viewer = VISITOR) -> None:
        self._spaces = known.known()
        self.people: dict[int, Row[Any]] = {row.id: row for row in rows(_PEOPLE, known_to.params)}
        self.groups: dict[int, Row[Any]] = {}
        self._in_group: dict[int, set[int]] = defaultdict(set)
        self._below: dict[int, list[int]] = defaultdict(list)
        for row in rows(_GROUPS):
            if row.id not in self.groups:
                self.groups[row.id] = row
                self._below[row.parent_id or 0].append(row.id)
            if row.user_id in self.people:
                self._in_group[row.id].add(row.user_id)
        self._of: dict[int, set[int]] = defaultdict(set)  # people by organisation
        today = clock.today()
        let_in = set()
        for row in self.people.values():
            self._of[row.organisation_id].add(row.id)
            if row.unit_id is not None:
                self._in_group[row.unit_id].add(row.id)
            if row.retired_at is None and (row.agreement_end or today) >= today:
                let_in.add(row.id)
        self.let_in: Set[int] = let_in  # who may sign in
        self.staff: Set[int] = {person for person in let_in if self.people[person].is_home}

    def in_groups(self, groups: Iterable[int]) -> set[int]:
        """The people of units and groups and of all below them."""
        found: set[int] = set()
        seen: set[int] = set()
        todo = list(groups)
        while todo:
            step = todo.pop()
            if step not in seen:
                seen.add(step)
                found |= self._in_group[step]
                todo += self._below[step]
        return found

    def by_space(self, space_ids: Iterable[int], least: Role = Role.READER) -> dict[int, Set[int]]:
        """Who holds at least this role in each of the spaces, and may sign in today."""
        ids = sorted(set(space_ids))
        held = rows(_IN_SPACES, {"ids": ids, "today": clock.today()}) if ids else []
        nobody: dict[int, Set[int]] = {each: frozenset() for each in ids if each in self._spaces}
        return nobody | self.holding(held, least)

    def holding(self, held: Iterable[Row[Any]], least: Role = Role.READER) -> dict[int, Set[int]]:
        """The same of rows of `HOLDERS`."""
        found: dict[int, set[int]] = defaultdict(set)
        for row in held:
            closed = self._spaces[row.space_id].archived_at is not None
            if row.role < least or (closed and least > Role.READER):
                continue  # in a closed space everybody only reads
            if row.user_id is not None:
                found[row.space_id].add(row.user_id)
            elif row.group_id is not None:
                found[row.space_id] |= self.in_groups([row.group_id])
            else:
                found[row.space_id] |= self._of[row.organisation_id]
        return {space: people & self._admitted(space) for space, people in found.items()}

    def _admitted(self, space_id: int) -> Set[int]:
        """Whom a kind of space lets in at all, whatever group a guest may have been put into."""
        space = self._spaces[space_id]
        if space.kind == "intranet":
            return self.staff
        if space.kind == "organisation":
            return self.staff | (self._of[space.organisation_id] & self.let_in)
        return self.let_in


def by_space(space_ids: Iterable[int], least: Role = Role.READER) -> dict[int, Set[int]]:
    """Who holds at least this role in each of the spaces, and may sign in today."""
    return Town().by_space(space_ids, least)

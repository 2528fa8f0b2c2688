"""Who is told of people who are late: the nearest head above each who may read the item.

A head who is late herself is her superior's business, never her deputy's. Where a head is away,
her deputy is told. For whom nobody above is found, whoever asked is told.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from portal.accounts import absences
from portal.accounts.models import Group, User
from portal.kernel import clock
from portal.kernel.database import rows

_LED = select(Group.id, Group.parent_id, Group.head_id, Group.deputy_id)
_HERE = select(User.id).where(User.retired_at.is_(None))


@dataclass(frozen=True)
class Heads:
    """The units with their heads, and who of those is away today. Three statements."""

    tree: Mapping[int, Row[Any]]
    away: Set[int]
    gone: Set[int]

    @classmethod
    def today(cls) -> "Heads":
        tree = {row.id: row for row in rows(_LED)}
        leading = {who for row in tree.values() for who in (row.head_id, row.deputy_id) if who}
        here = {row.id for row in rows(_HERE.where(User.id.in_(leading)))}
        away = absences.away(leading, clock.today())
        return cls(tree, frozenset(away), frozenset(leading - here))

    def of(self, user_id: int, unit_id: int | None, readers: Set[int]) -> int | None:
        """Who is told that this person is late; readers: who may read the item."""
        climbed: set[int] = set()
        while unit_id is not None and unit_id in self.tree and unit_id not in climbed:
            climbed.add(unit_id)
            unit = self.tree[unit_id]
            if unit.head_id != user_id:
                found = self._one_of(
                    [who for who in (unit.head_id, unit.deputy_id) if who != user_id], readers
                )
                if found is not None:
                    return found
            unit_id = unit.parent_id
        return None

    def _one_of(self, leading: Iterable[int | None], readers: Set[int]) -> int | None:
        """The first who is here today, else the first who may read it at all."""
        fit = [who for who in leading if who is not None and who in readers - self.gone]
        return next((who for who in fit if who not in self.away), next(iter(fit), None))

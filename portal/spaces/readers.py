"""Who reads in a space, as sets of people: the policy's rule for thousands at once.

A viewer asks for one person; whoever tells or counts two thousand asks here, in some statements
for all. `tests/spaces/test_readers.py` proves that both say the same.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, or_, select

from portal.access import Role
from portal.accounts.models import Organisation, User
from portal.kernel import clock
from portal.kernel.database import rows
from portal.spaces.models import Space
from portal.spaces.viewers import members_of

_LET_IN = (
    select(User.id, User.organisation_id, Organisation.is_home)
    .join(Organisation, Organisation.id == User.organisation_id)
    .where(
        User.retired_at.is_(None),
        Organisation.retired_at.is_(None),
        or_(
            Organisation.agreement_end.is_(None),
            Organisation.agreement_end >= bindparam("today"),
        ),
    )
)
_SPACES = select(Space.id, Space.kind, Space.organisation_id, Space.archived_at).where(
    Space.id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True)
class LetIn:
    """Everybody who may sign in today; those of our own house, and each by her organisation."""

    everybody: frozenset[int]
    staff: frozenset[int]
    organisation_of: dict[int, int]


def let_in() -> LetIn:
    """Who may sign in today. One statement."""
    found = rows(_LET_IN, {"today": clock.today()})
    return LetIn(
        frozenset(row.id for row in found),
        frozenset(row.id for row in found if row.is_home),
        {row.id: row.organisation_id for row in found},
    )


def by_space(
    space_ids: Iterable[int], least: Role = Role.READER, people: LetIn | None = None
) -> dict[int, Set[int]]:
    """Who holds at least this role in each of the spaces, and may sign in today.

    people: what `let_in` gave, for whoever asks more than once.
    """
    people = people or let_in()
    found: dict[int, Set[int]] = {}
    for space in rows(_SPACES, {"ids": sorted(set(space_ids))}):
        if least > Role.READER and space.archived_at is not None:
            found[space.id] = set()  # in a closed space everybody only reads
        else:
            found[space.id] = members_of([space.id], least) & _admitted(space, people)
    return found


def _admitted(space: Any, people: LetIn) -> Set[int]:
    """Whom a kind of space lets in at all, whatever group a guest may have been put into."""
    if space.kind == "intranet":
        return people.staff
    if space.kind == "organisation":
        own = {p for p, of in people.organisation_of.items() if of == space.organisation_id}
        return people.staff | own
    return people.everybody

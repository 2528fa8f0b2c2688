"""Whom an item reaches in a space: organisations, and how many of their people."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select

from portal.accounts.models import Organisation, User
from portal.accounts.queries import named
from portal.kernel import clock
from portal.kernel.database import first, rows
from portal.spaces.viewers import members_of

_may_sign_in = (
    User.id.in_(bindparam("people", expanding=True)),
    User.retired_at.is_(None),
    Organisation.retired_at.is_(None),
    or_(
        Organisation.agreement_end.is_(None),
        Organisation.agreement_end >= bindparam("today"),
    ),
)
_ORGANISATIONS = (
    select(
        Organisation.id,
        Organisation.is_home,
        Organisation.name_bg,
        Organisation.name_en,
        func.count(User.id).label("people"),
    )
    .join(User, User.organisation_id == Organisation.id)
    .where(*_may_sign_in)
    .group_by(Organisation.id, Organisation.is_home, Organisation.name_bg, Organisation.name_en)
    .order_by(Organisation.is_home, Organisation.name_bg)
)
# Whoever is no coordinator stands for all of them, the longest there first.
_ONE_OF = (
    select(User.id, User.given, User.family)
    .join(Organisation, Organisation.id == User.organisation_id)
    .where(
        *_may_sign_in,
        Organisation.id == bindparam("organisation"),
        User.is_admin.is_(False),
    )
    .order_by(User.is_coordinator, User.id)
    .limit(1)
)


@dataclass(frozen=True)
class Reached:
    """An organisation whose people read a space."""

    id: int
    is_home: bool
    name: str
    people: int


@dataclass(frozen=True)
class Reach:
    """All who read in a space, by organisation: partners first, then our own house."""

    organisations: list[Reached]

    @property
    def partners(self) -> list[Reached]:
        return [each for each in self.organisations if not each.is_home]

    @property
    def people(self) -> int:
        return sum(each.people for each in self.organisations)


def of(space_ids: list[int]) -> Reach:
    """Whom the spaces reach today."""
    found = rows(_ORGANISATIONS, _people(space_ids))
    return Reach([Reached(row.id, row.is_home, named(row), row.people) for row in found])


def one_of(space_ids: list[int], organisation_id: int) -> Row[Any] | None:
    """A person of an organisation who reads there: number, given and family name."""
    return first(_ONE_OF, {**_people(space_ids), "organisation": organisation_id})


def _people(space_ids: list[int]) -> dict[str, Any]:
    return {"people": list(members_of(space_ids)), "today": clock.today()}

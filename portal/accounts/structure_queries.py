"""Units, groups and organisations as pages list them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from portal.access import Viewer
from portal.accounts.models import Group, Organisation, User
from portal.accounts.policy import group_policy, organisation_policy
from portal.accounts.queries import named
from portal.kernel.database import rows

# ── Units and groups ─────────────────────────────────────────────────────────

_Head, _Deputy = aliased(User), aliased(User)
_UNITS = (
    select(
        Group.id, Group.kind, Group.name_bg, Group.name_en, Group.parent_id, Group.building,
        Group.head_id, Group.deputy_id,
        _Head.given.label("head_given"), _Head.family.label("head_family"),
        _Deputy.given.label("deputy_given"), _Deputy.family.label("deputy_family"),
    )
    .outerjoin(_Head, _Head.id == Group.head_id)
    .outerjoin(_Deputy, _Deputy.id == Group.deputy_id)
    .where(group_policy.readable)
    .order_by(Group.name_bg, Group.id)
)  # fmt: skip
_COUNTS = (
    select(User.unit_id, func.count().label("people"))
    .where(User.retired_at.is_(None), User.unit_id.is_not(None))
    .group_by(User.unit_id)
)


@dataclass(slots=True)
class Unit:
    """A unit in the tree, or a named set of people; `people` counts the units below too."""

    id: int
    kind: str
    name: str
    parent_id: int | None
    building: str
    head_id: int | None
    head: str
    deputy_id: int | None
    deputy: str
    people: int = 0
    depth: int = 0
    below: "list[Unit] | None" = None


def units(viewer: Viewer) -> dict[int, Unit]:
    """Every unit and group that the viewer may read, by number, in the names' order."""
    return {row.id: _unit(row) for row in rows(_UNITS, viewer.params)}


def _unit(row: Row[Any]) -> Unit:
    return Unit(
        id=row.id,
        kind=row.kind,
        name=named(row),
        parent_id=row.parent_id,
        building=row.building,
        head_id=row.head_id,
        head=f"{row.head_given} {row.head_family}" if row.head_id else "",
        deputy_id=row.deputy_id,
        deputy=f"{row.deputy_given} {row.deputy_family}" if row.deputy_id else "",
    )


def tree(viewer: Viewer, *, counted: bool = False) -> tuple[list[Unit], list[Unit]]:
    """The units in order, each with the units below it and its depth; and the named groups.

    counted: with the numbers of people, for staff only.
    """
    found = units(viewer)
    asked = counted and viewer.is_staff
    own = {row.unit_id: row.people for row in rows(_COUNTS)} if asked else {}
    below: dict[int | None, list[Unit]] = {}
    for unit in found.values():
        parent = unit.parent_id if unit.parent_id in found else None
        if unit.kind != "group":
            below.setdefault(parent, []).append(unit)

    def grow(unit: Unit, depth: int) -> int:
        unit.depth, unit.below = depth, below.get(unit.id, [])
        unit.people = own.get(unit.id, 0) + sum(grow(each, depth + 1) for each in unit.below)
        return unit.people

    tops = below.get(None, [])
    for top in tops:
        grow(top, 0)
    return tops, [unit for unit in found.values() if unit.kind == "group"]


def in_order(tops: Sequence[Unit]) -> list[Unit]:
    """The tree read from top to bottom, for a select or a list."""
    flat: list[Unit] = []
    for unit in tops:
        flat += [unit, *in_order(unit.below or [])]
    return flat


# ── Organisations ────────────────────────────────────────────────────────────

_ORGANISATIONS = (
    select(
        Organisation.id, Organisation.is_home, Organisation.kind, Organisation.name_bg,
        Organisation.name_en, Organisation.country, Organisation.city, Organisation.website,
        Organisation.about, Organisation.agreement_start, Organisation.agreement_end,
        Organisation.sponsor_id, Organisation.retired_at, User.given, User.family,
    )
    .outerjoin(User, User.id == Organisation.sponsor_id)
    .where(
        or_(
            organisation_policy.readable,
            bindparam("keeps") == 1,
        )
    )
    .order_by(Organisation.is_home.desc(), Organisation.name_bg)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation; the agreement and the sponsor are filled for staff only."""

    id: int
    is_home: bool
    kind: str
    name: str
    country: str
    city: str
    website: str
    about: str
    agreement_start: Any
    agreement_end: Any
    sponsor_id: int | None
    sponsor: str
    is_retired: bool


def organisations(viewer: Viewer, *, retired: bool = False) -> list[Partner]:
    """The municipality and its partners. `retired`: also those gone, for administrators."""
    keeps = int(viewer.is_admin and retired)
    found = rows(_ORGANISATIONS, {**viewer.params, "keeps": keeps})
    return [_partner(row, viewer.is_staff) for row in found]


def _partner(row: Row[Any], inside: bool) -> Partner:
    return Partner(
        id=row.id,
        is_home=row.is_home,
        kind=row.kind,
        name=named(row),
        country=row.country,
        city=row.city,
        website=row.website,
        about=row.about,
        agreement_start=row.agreement_start if inside else None,
        agreement_end=row.agreement_end if inside else None,
        sponsor_id=row.sponsor_id if inside else None,
        sponsor=f"{row.given} {row.family}" if inside and row.sponsor_id else "",
        is_retired=row.retired_at is not None,
    )

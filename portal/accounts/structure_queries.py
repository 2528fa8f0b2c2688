"""Units, groups and organisations as pages list them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from portal.access import Viewer
from portal.accounts.agreements import NEAR, left_words
from portal.accounts.models import Group, Organisation, User
from portal.accounts.policy import group_policy, organisation_policy
from portal.accounts.queries import named, reader_name
from portal.audit.models import JournalLine
from portal.kernel import clock, text
from portal.kernel.database import db, rows
from portal.kernel.i18n import language

# ── Units and groups ─────────────────────────────────────────────────────────

_Head, _Deputy = aliased(User), aliased(User)
_UNITS = (
    select(
        Group.id, Group.kind, Group.name_bg, Group.name_en, Group.parent_id, Group.building,
        Group.head_id, Group.deputy_id,
        _Head.given.label("head_given"), _Head.family.label("head_family"),
        _Head.given_latin.label("head_given_latin"), _Head.family_latin.label("head_family_latin"),
        _Deputy.given.label("deputy_given"), _Deputy.family.label("deputy_family"),
        _Deputy.given_latin.label("deputy_given_latin"),
        _Deputy.family_latin.label("deputy_family_latin"),
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
        head=reader_name(row, "head_") if row.head_id else "",
        deputy_id=row.deputy_id,
        deputy=reader_name(row, "deputy_") if row.deputy_id else "",
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
        Organisation.about, Organisation.nuts3, Organisation.population,
        Organisation.agreement_start, Organisation.agreement_end,
        Organisation.sponsor_id, Organisation.retired_at, User.given, User.family,
        User.given_latin, User.family_latin, User.email, User.phone,
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
    """An organisation; agreement and sponsor are filled for staff and its own people only."""

    id: int
    is_home: bool
    kind: str
    name: str
    country: str
    city: str
    website: str
    about: str
    nuts3: str
    population: int | None
    agreement_start: Any
    agreement_end: Any
    sponsor_id: int | None
    sponsor: str
    sponsor_email: str
    sponsor_phone: str
    is_retired: bool

    @property
    def place(self) -> str:
        """The town in the reader's letters, with the country if it is another one."""
        town = text.latin(self.city) if language() == "en" else self.city
        return f"{town} ({self.country})" if town and self.country != "BG" else town

    @property
    def inhabitants(self) -> str:
        """Their number with its thousands parted as the reader's language has it."""
        parted = f"{self.population:,}" if self.population else ""
        return parted if language() == "en" else parted.replace(",", "\u00a0")

    @property
    def left(self) -> str:
        """How long the agreement still runs, in words."""
        return left_words(self.agreement_end) if self.agreement_end else ""

    @property
    def is_near(self) -> bool:
        """Whether the agreement ends soon, or is over."""
        return bool(self.agreement_end) and self.agreement_end <= clock.today() + NEAR

    @property
    def is_over(self) -> bool:
        return bool(self.agreement_end) and self.agreement_end < clock.today()


def organisations(viewer: Viewer, *, retired: bool = False) -> list[Partner]:
    """The municipality and its partners. `retired`: also those gone, for administrators."""
    keeps = int(viewer.is_admin and retired)
    found = rows(_ORGANISATIONS, {**viewer.params, "keeps": keeps})
    known = [_partner(row, viewer.is_staff or row.id == viewer.organisation_id) for row in found]
    return sorted(known, key=lambda each: (not each.is_home, each.name.casefold()))


def ending_soon(viewer: Viewer, partners: Sequence[Partner]) -> list[Partner]:
    """Those whose agreement ends soon or is over, the nearest first.

    Of all partners for administrators, of hers for who answers for some.
    """
    near = [
        each
        for each in partners
        if each.is_near and (viewer.is_admin or each.sponsor_id == viewer.user_id)
    ]
    return sorted(near, key=lambda each: each.agreement_end) if viewer.is_staff else []


def _partner(row: Row[Any], inside: bool) -> Partner:
    known = inside and row.sponsor_id is not None
    return Partner(
        id=row.id,
        is_home=row.is_home,
        kind=row.kind,
        name=named(row),
        country=row.country,
        city=row.city,
        website=row.website,
        about=row.about,
        nuts3=row.nuts3,
        population=row.population,
        agreement_start=row.agreement_start if inside else None,
        agreement_end=row.agreement_end if inside else None,
        sponsor_id=row.sponsor_id if inside else None,
        sponsor=reader_name(row) if known else "",
        sponsor_email=(row.email or "") if known else "",
        sponsor_phone=row.phone if known else "",
        is_retired=row.retired_at is not None,
    )


@dataclass(frozen=True, slots=True)
class Colleague:
    """A partner's person as who keeps the partner sees her; `last_in`: when she last signed in."""

    id: int
    name: str
    position: str
    is_coordinator: bool
    has_password: bool
    last_in: Any


_LAST_IN = (
    select(func.max(JournalLine.at))
    .where(
        JournalLine.kind == "user",
        JournalLine.item_id == User.id,
        JournalLine.action == "session.started",
    )
    .correlate(User)
    .scalar_subquery()
)
_COLLEAGUES = (
    select(
        User.id, User.given, User.family, User.given_latin, User.family_latin, User.position,
        User.position_en, User.is_coordinator,
        User.password_hash.is_not(None).label("has_password"), _LAST_IN.label("last_in"),
    )
    .where(User.organisation_id == bindparam("organisation_id"), User.retired_at.is_(None))
    .order_by(User.family, User.given, User.id)
)  # fmt: skip


def colleagues(organisation_id: int) -> list[Colleague]:
    """A partner's people; asked only by pages of those who keep the partner."""
    english = language() == "en"
    return [
        Colleague(
            id=row.id,
            name=reader_name(row),
            position=(english and row.position_en) or row.position,
            is_coordinator=row.is_coordinator,
            has_password=row.has_password,
            last_in=row.last_in,
        )
        for row in rows(_COLLEAGUES, {"organisation_id": organisation_id})
    ]


def colleague(organisation_id: int, user_id: int) -> User | None:
    """One of a partner's people, to be named or released as its coordinator."""
    wanted = select(User).where(User.id == user_id, User.organisation_id == organisation_id)
    return db.session.scalar(wanted)

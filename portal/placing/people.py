"""People whom an item concerns, as an editor's pages count and name them: by unit, by name.

Staff see units. A guest sees her own organisation, the municipality, and all the others as one:
how many of them read, and who is told by which way, is no business of a partner that writes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from portal.access import Viewer
from portal.accounts.queries import house, reader_name
from portal.confirming import progress
from portal.confirming.progress import Tally
from portal.kernel.i18n import _, language
from portal.spaces.readers import Town

PAGE = 100  # names on a page


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the town as one viewer may know her. name: "" where she may not."""

    id: int
    name: str
    position: str
    unit_id: int | None
    organisation_id: int
    organisation: str
    is_home: bool
    marks: frozenset[str]


@dataclass(frozen=True)
class Table:
    """Everybody under her marks, in numbers: all together, and by unit and organisation."""

    members: Sequence[Member]
    total: Tally
    tallies: Sequence[Tally]
    tree: dict[int, Row[Any]]

    def of(self, mark: str, key: str = "") -> list[Member]:
        """Who has a mark, of a unit with all below it, by family name."""
        return [
            each
            for each in self.members
            if mark in each.marks and progress.within(each, key, self.tree)
        ]


def table(
    town: Town,
    marked: Mapping[str, Collection[int]],
    viewer: Viewer,
    units: Mapping[int, int | None] | None = None,
) -> Table:
    """Count people by their marks. marked: the people of each mark; units: in which unit some of
    them count, where it is not the one that they are in now."""
    units = units or {}
    of: dict[int, set[str]] = {}
    for mark, people in marked.items():
        for person in people:
            of.setdefault(person, set()).add(mark)
    english = language() == "en"
    members = [
        _member(town.people[ident], of[ident], viewer, units, english)
        for ident in town.people  # by family name
        if ident in of
    ]
    members += [_gone(ident, of[ident]) for ident in sorted(of.keys() - town.people.keys())]
    total, tallies = progress.tallies(
        members, town.groups, _("Without a unit"), list(marked), lambda each: each.marks
    )
    return Table(members, total, tallies, town.groups)


def _member(
    row: Row[Any],
    marks: Iterable[str],
    viewer: Viewer,
    units: Mapping[int, int | None],
    english: bool,
) -> Member:
    position = (english and row.position_en) or row.position
    known = row.is_known and (viewer.is_staff or row.organisation_id == viewer.organisation_id)
    ident, name = house(row, viewer)
    return Member(
        id=row.id,
        name=reader_name(row) if known else "",
        position=position if known else "",
        unit_id=units.get(row.id, row.unit_id),
        organisation_id=ident,
        organisation=name,
        is_home=bool(row.is_home and viewer.is_staff),
        marks=frozenset(marks),
    )


def keys_of(row: Row[Any], town: Town, viewer: Viewer) -> list[str]:
    """The tallies in which somebody of the town counts for a viewer."""
    if not (row.is_home and viewer.is_staff):
        return [f"o{house(row, viewer)[0]}"]
    return [f"u{unit}" for unit in progress.above(row.unit_id, town.groups)] or ["none"]


def _gone(ident: int, marks: Iterable[str]) -> Member:
    """Who has left since: in numbers alone."""
    return Member(ident, "", "", None, 0, _("No longer here"), False, frozenset(marks))


@dataclass(frozen=True)
class Names:
    """A page of a list of people. unknown: how many of all have no name for the viewer."""

    mark: str
    unit: Tally | None
    people: Sequence[Member]
    number: int
    unknown: int
    page: int
    has_more: bool
    unit_names: Mapping[str, str] = field(default_factory=dict)

    def where(self, member: Member) -> str:
        """The name of her unit or organisation."""
        return self.unit_names.get(progress.key_of(member), "")


def names(found: Table, mark: str, key: str, page: int) -> Names:
    """The people of a mark in a unit, those whom the viewer may know by name."""
    unit = next((tally for tally in found.tallies if tally.key == key), None)
    every = found.of(mark, unit.key if unit else "")
    known = [each for each in every if each.name]
    begin = (page - 1) * PAGE
    return Names(
        mark=mark,
        unit=unit,
        people=known[begin : begin + PAGE],
        number=len(every),
        unknown=len(every) - len(known),
        page=page,
        has_more=len(known) > begin + PAGE,
        unit_names={tally.key: tally.name for tally in found.tallies},
    )

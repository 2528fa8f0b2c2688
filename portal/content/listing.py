"""Rows of content as lists and feeds show them, with the spaces that the viewer knows them from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, select
from sqlalchemy.orm import aliased

from portal.access import Viewer
from portal.content import kinds
from portal.content.models import PIN_ORDER, Content, Placement
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.kernel.links import link
from portal.spaces.known import SHARED, known, some

COLUMNS = (
    Content.id,
    Content.kind,
    Content.slug,
    Content.title,
    Content.summary,
    Content.title_en,
    Content.summary_en,
    Content.cover_id,
    Content.visible_from,
)


@dataclass(slots=True)
class Item:
    """One line of a list."""

    id: int
    kind: str
    title: str
    summary: str
    url: str
    cover_id: int | None
    visible_from: datetime | None
    space_name: str = ""
    space_slug: str = ""
    places: int = 1
    is_pinned: bool = False


# The space is named by one that the viewer reads: the home's name may be no business of hers.
_PLACES = (
    select(Placement.content_id, Placement.space_id)
    .where(
        Placement.content_id.in_(bindparam("ids", expanding=True)),
        Placement.space_id.in_(bindparam("reads", expanding=True)),
    )
    .order_by(Placement.content_id, Placement.is_home.desc(), Placement.space_id)
)


def address(ident: int, slug: str) -> str:
    return f"{slug}-{ident}" if slug else str(ident)


def items(found: Iterable[Row[Any]], viewer: Viewer) -> list[Item]:
    """Rows of COLUMNS as items with their spaces: one statement for all of them."""
    shown = {row.id: _item(row) for row in found}
    if shown:
        _name_spaces(shown, rows(_PLACES, {"ids": list(shown), "reads": viewer.params["reads"]}))
    return list(shown.values())


def with_places(condition: ColumnElement[bool]) -> Select[Any, *tuple[Any, ...]]:
    """A statement for `items_with_places`: of the items that meet a condition, which may bind
    what `params` gives, a row for each of the spaces that the viewer knows them from."""
    place = aliased(Placement)  # not to be mixed up with the placements that policies look for
    here = and_(
        place.content_id == Content.id, place.space_id.in_(bindparam("reads", expanding=True))
    )
    return (
        select(*COLUMNS, Content.id.label("content_id"), place.space_id)
        .outerjoin(place, here)
        .where(condition)
        .order_by(Content.id, place.is_home.desc(), place.space_id)
    )


def items_with_places(found: Sequence[Row[Any]]) -> list[Item]:
    """The same as `items` of such a statement's rows, without another one."""
    shown: dict[int, Item] = {}
    for row in found:
        if row.id not in shown:
            shown[row.id] = _item(row)
    _name_spaces(shown, (row for row in found if row.space_id is not None))
    return list(shown.values())


def _item(row: Row[Any]) -> Item:
    english = language() == "en"
    return Item(
        id=row.id,
        kind=row.kind,
        title=(english and row.title_en) or row.title,
        summary=(english and row.summary_en) or row.summary,
        url=link(kinds.of(row.kind).endpoint, address=address(row.id, row.slug)),
        cover_id=row.cover_id,
        visible_from=row.visible_from,
    )


def _name_spaces(shown: Mapping[int, Item], places: Iterable[Row[Any]]) -> None:
    """places: content_id and space_id, those of an item in a row and its home first."""
    english = language() == "en"
    spaces = known()
    for place in places:
        item = shown[place.content_id]
        if item.space_slug:
            item.places += 1
            continue
        space = spaces.get(place.space_id)
        if space is None:  # made by this very request
            continue
        item.space_name = space.name_en if english else space.name_bg
        item.space_slug = space.slug


def places_of(content_id: int, viewer: Viewer) -> Sequence[Row[Any]]:
    """The spaces of an item that the viewer reads, its home first."""
    found = rows(_PLACES, {"ids": [content_id], "reads": viewer.params["reads"]})
    return some(place.space_id for place in found)


_PINS = (
    select(Placement.content_id, Placement.space_id)
    .where(
        Placement.pinned_at.is_not(None),
        Placement.space_id.in_(bindparam("pinned_in", expanding=True)),
    )
    .order_by(*PIN_ORDER)
)
_PINNED = select(*COLUMNS).where(Content.id.in_(bindparam("pins", expanding=True)), policy.listed)


def pinned_rows(viewer: Viewer, space_ids: Iterable[int]) -> list[Row[Any]]:
    """What is pinned in any of the spaces and shown to the viewer now, in its editors' order.

    The intranet's pins come first. Few are pinned, so their numbers are asked first: a list that
    asks for both at once walks everything instead.
    """
    found = rows(_PINS, {"pinned_in": list(space_ids)})
    if not found:
        return []
    intranets = {ident for ident, space in known().items() if space.kind == "intranet"}
    found = sorted(found, key=lambda pin: pin.space_id not in intranets)
    order = list(dict.fromkeys(pin.content_id for pin in found))
    shown = {row.id: row for row in rows(_PINNED, params(viewer, pins=order))}
    return [shown[ident] for ident in order if ident in shown]


_FEED = (
    select(*COLUMNS)
    .where(policy.listed, Content.kind.not_in(bindparam("unfed", expanding=True)))
    .order_by(Content.visible_from.desc(), Content.id.desc())
    .limit(bindparam("limit"))
)


def workspace_rows(viewer: Viewer, limit: int) -> Sequence[Row[Any]]:
    """The newest of every kind in the viewer's own workspaces, for `items`."""
    shared = [space.id for space in some(viewer.params["reads"]) if space.kind in SHARED]
    return rows(_FEED, params(viewer, reads=shared, limit=limit, unfed=kinds.unfed_kinds()))

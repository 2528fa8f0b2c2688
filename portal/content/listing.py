"""Rows of content as lists and feeds show them, with the spaces that the viewer knows them from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

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
    english = language() == "en"
    shown = [
        Item(
            id=row.id,
            kind=row.kind,
            title=(english and row.title_en) or row.title,
            summary=(english and row.summary_en) or row.summary,
            url=link(kinds.of(row.kind).endpoint, address=address(row.id, row.slug)),
            cover_id=row.cover_id,
            visible_from=row.visible_from,
        )
        for row in found
    ]
    if shown:
        _name_spaces(shown, viewer, english)
    return shown


def _name_spaces(shown: list[Item], viewer: Viewer, english: bool) -> None:
    by_id = {item.id: item for item in shown}
    spaces = known()
    for place in rows(_PLACES, {"ids": list(by_id), "reads": viewer.params["reads"]}):
        item = by_id[place.content_id]
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

"""Rows of content as lists and feeds show them, with the spaces that the viewer knows them from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, select

from portal.access import Viewer
from portal.content import kinds
from portal.content.models import Content, Placement
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.kernel.links import link
from portal.spaces.models import Space

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
    select(
        Placement.content_id,
        Placement.is_home,
        Space.slug,
        Space.kind,
        Space.name_bg,
        Space.name_en,
    )
    .join(Space, Space.id == Placement.space_id)
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
    places = rows(_PLACES, {"ids": list(by_id), "reads": viewer.params["reads"]})
    for place in places:
        item = by_id[place.content_id]
        if item.space_slug:
            item.places += 1
            continue
        item.space_name = place.name_en if english else place.name_bg
        item.space_slug = place.slug


def places_of(content_id: int, viewer: Viewer) -> Sequence[Row[Any]]:
    """The spaces of an item that the viewer reads, its home first."""
    return rows(_PLACES, {"ids": [content_id], "reads": viewer.params["reads"]})


def _feed(*conditions: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*COLUMNS)
        .where(policy.listed, *conditions)
        .order_by(Content.visible_from.desc(), Content.id.desc())
        .limit(bindparam("limit"))
    )


_IN_WORKSPACES = _feed(
    Content.kind.in_(bindparam("kinds", expanding=True)),
    Content.id.in_(
        select(Placement.content_id)
        .join(Space, Space.id == Placement.space_id)
        .where(
            Placement.space_id.in_(bindparam("reads", expanding=True)),
            Space.kind.in_(("workspace", "organisation")),
        )
    ),
)


def in_workspaces(viewer: Viewer, limit: int) -> list[Item]:
    """The newest of every kind in the viewer's own workspaces."""
    values = params(viewer, limit=limit, kinds=kinds.feed_kinds())
    return items(rows(_IN_WORKSPACES, values), viewer)

"""What lies in a space, newest first; and who could be let into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, exists, select

from portal.access import Viewer
from portal.accounts import structure_queries
from portal.accounts.models import User
from portal.content import kinds
from portal.content.models import Content, Placement
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.kernel.links import link
from portal.spaces.queries import Place

LATEST = 12
_here = (Placement.content_id == Content.id, Placement.space_id == bindparam("space_id"))
# The place is asked for by a subquery, so that the list walks its own order (ix_content_feed) and
# stops after a page, instead of sorting everything that was ever placed in the space.
_LATEST = (
    select(
        Content.id,
        Content.kind,
        Content.slug,
        Content.title,
        Content.summary,
        Content.title_en,
        Content.summary_en,
        Content.visible_from,
        select(Placement.pinned_at).where(*_here).scalar_subquery().label("pinned_at"),
        (Content.home_id == bindparam("space_id")).label("is_home"),
        User.given,
        User.family,
    )
    .join(User, User.id == Content.owner_id)
    .where(
        Content.kind.not_in(bindparam("unfed", expanding=True)),
        exists().where(*_here),
        policy.listed,
    )
    .order_by(Content.visible_from.desc(), Content.id.desc())
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True)
class Item:
    """A text placed in the space."""

    title: str
    summary: str
    url: str
    author: str
    at: datetime
    is_pinned: bool
    is_home: bool


def latest(viewer: Viewer, space: Place, limit: int = LATEST) -> list[Item]:
    """What was released here last, as a reader of the space sees it."""
    values = params(viewer, space_id=space.id, limit=limit, unfed=kinds.unfed_kinds())
    return [_item(row) for row in rows(_LATEST, values)]


def _item(row: Row[Any]) -> Item:
    english = language() == "en" and row.title_en
    address = f"{row.slug}-{row.id}" if row.slug else str(row.id)
    return Item(
        title=row.title_en if english else row.title,
        summary=(row.summary_en or "") if english else row.summary,
        url=link(kinds.of(row.kind).endpoint, address=address),
        author=f"{row.given} {row.family}",
        at=row.visible_from,
        is_pinned=row.pinned_at is not None,
        is_home=row.is_home,
    )


def holders(viewer: Viewer, space: Place) -> Sequence[tuple[str, str]]:
    """The units, groups and organisations that may be let in: «group:7», name."""
    tops, groups = structure_queries.tree(viewer)
    units = structure_queries.in_order(tops)
    found = [(f"group:{u.id}", "\u2003" * u.depth + u.name) for u in [*units, *groups]]
    for each in structure_queries.organisations(viewer):
        guest = not each.is_home
        if guest and space.kind == "intranet":
            continue
        if guest and space.kind == "organisation" and each.id != space.organisation_id:
            continue
        found.append((f"organisation:{each.id}", each.name))
    return found

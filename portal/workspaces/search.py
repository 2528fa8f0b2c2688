"""Spaces in the one search box, for their members."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from portal.kernel.database import db
from portal.kernel.i18n import _, _l
from portal.kernel.links import link
from portal.search.protocol import SearchDocument, Shown
from portal.spaces import queries
from portal.spaces.models import Space
from portal.spaces.policy import policy


class SpaceSearch:
    """A space is found by its names and purpose. Its members are never part of the index."""

    kind = "space"
    label: Any = _l("Spaces")
    icon = "users-three"

    def document(self, item_id: int) -> SearchDocument | None:
        space = db.session.get(Space, item_id)
        if space is None:
            return None
        return SearchDocument(
            kind=self.kind,
            item_id=space.id,
            title=space.name_bg,
            text=space.purpose,
            audience=policy.audience(space),
            spaces=frozenset({space.id}),
            visible_from=space.created_at,  # `members:` tokens count from then on
            names=space.name_en,
        )

    def ids(self) -> Iterator[int]:
        yield from db.session.scalars(select(Space.id))

    def show(
        self, item_ids: Sequence[int], viewer: Any, pages: Mapping[int, int]
    ) -> dict[int, Shown]:
        return {
            place.id: Shown(
                kind=self.kind,
                item_id=place.id,
                title=place.name,
                url=link("workspaces.show", slug=place.slug),
                text=place.purpose,
                facts=[_("archived")] if place.archived_at else [],
            )
            for place in queries.some(viewer, list(item_ids))
        }

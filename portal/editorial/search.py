"""Ideas in the one search box, for those who write in their space."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from portal.accounts.models import User
from portal.accounts.queries import reader_name
from portal.editorial.models import Idea
from portal.editorial.policy import policy
from portal.editorial.queries import place_name
from portal.kernel.database import db, rows
from portal.kernel.i18n import _, _l
from portal.kernel.links import link
from portal.search.protocol import SearchDocument, Shown

_SHOWN = (
    select(
        Idea.id, Idea.title, Idea.note, Idea.space_id, Idea.changed_at, Idea.begun_at,
        User.given, User.family, User.given_latin, User.family_latin,
    )
    .join(User, User.id == Idea.owner_id)
    .where(Idea.id.in_(bindparam("ids", expanding=True)), policy.readable)
)  # fmt: skip


class IdeaSearch:
    """An idea is found by its title and notes, also when it has become a text."""

    kind = "idea"
    label: Any = _l("Ideas")
    icon = "lightbulb"

    def document(self, item_id: int) -> SearchDocument | None:
        idea = db.session.get(Idea, item_id)
        if idea is None:
            return None
        return SearchDocument(
            kind=self.kind,
            item_id=idea.id,
            title=idea.title,
            text=idea.note,
            audience=policy.audience(idea),
            spaces=frozenset({idea.space_id}),
            date=idea.changed_at,
        )

    def ids(self) -> Iterator[int]:
        yield from db.session.scalars(select(Idea.id))

    def show(
        self, item_ids: Sequence[int], viewer: Any, pages: Mapping[int, int]
    ) -> dict[int, Shown]:
        found = rows(_SHOWN, {**viewer.params, "ids": list(item_ids)})
        return {
            row.id: Shown(
                kind=self.kind,
                item_id=row.id,
                title=row.title,
                url=link("editorial.idea", idea_id=row.id),
                text=row.note,
                facts=[
                    reader_name(row),
                    place_name(row.space_id),
                    *([_("became a text")] if row.begun_at else []),
                ],
                date=row.changed_at,
            )
            for row in found
        }

"""News in the search box: the released text, or the draft of what was never released."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select

from portal.access import Viewer
from portal.content.listing import COLUMNS, items
from portal.content.models import RELEASED, Content, ContentTopic, Life, State, Topic
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel.database import db, rows
from portal.kernel.i18n import _l, language
from portal.kernel.text import plain
from portal.news.models import NewsRevision
from portal.search.protocol import SearchDocument, Shown

_SHOWN = select(*COLUMNS).where(
    Content.kind == "news", Content.id.in_(bindparam("ids", expanding=True)), policy.readable
)
_TEXTS = select(
    NewsRevision.content_id,
    NewsRevision.language,
    NewsRevision.state,
    NewsRevision.number,
    NewsRevision.title,
    NewsRevision.summary,
    NewsRevision.body,
).where(NewsRevision.content_id.in_(bindparam("ids", expanding=True)))


class NewsSearch:
    """Readers, feeds and the index use the live text; insiders find unreleased drafts too."""

    kind = "news"
    label: Any = _l("News")
    icon = "newspaper"

    def document(self, item_id: int) -> SearchDocument | None:
        item = db.session.get(Content, item_id)
        if item is None or item.kind != self.kind or item.life == Life.TRASHED:
            return None
        texts = _current(item)
        if not texts:
            return None
        spaces = frozenset(place.space_id for place in item.placements)
        return SearchDocument(
            kind=self.kind,
            item_id=item.id,
            title=" · ".join(dict.fromkeys(text.title for text in texts)),
            text="\n".join(f"{text.summary}\n{plain(text.body)}" for text in texts),
            audience=policy.audience(item),
            spaces=spaces,
            date=item.visible_from or item.changed_at,
            visible_from=item.visible_from,
            visible_until=item.visible_until,
            language=texts[0].language,
            names=" ".join(_topics(item)),
        )

    def ids(self) -> Iterator[int]:
        kept = select(Content.id).where(Content.kind == self.kind, Content.life != Life.TRASHED)
        yield from db.session.scalars(kept)

    def show(
        self, item_ids: Sequence[int], viewer: Viewer, pages: Mapping[int, int]
    ) -> dict[int, Shown]:
        found = items(rows(_SHOWN, params(viewer, ids=list(item_ids))), viewer)
        texts = _texts([item.id for item in found])
        return {
            item.id: Shown(
                kind=self.kind,
                item_id=item.id,
                title=texts[item.id].title,
                url=item.url,
                text=f"{texts[item.id].summary}\n{plain(texts[item.id].body)}",
                facts=(item.space_name,) if item.space_name else (),
                date=item.visible_from,
            )
            for item in found
            if item.id in texts
        }


def _current(item: Content) -> list[NewsRevision]:
    """The released texts of an item, Bulgarian first; before the first release its draft.

    One in review goes first: its reviewers may read that text, and no other language's draft.
    """
    texts = list(
        db.session.scalars(
            select(NewsRevision)
            .where(NewsRevision.content_id == item.id)
            .order_by(NewsRevision.language, NewsRevision.number.desc())
        )
    )
    released = [text for text in texts if text.state in RELEASED]
    in_review = [text for text in texts if text.state == State.IN_REVIEW]
    return released or in_review or texts[:1]


def _topics(item: Content) -> list[str]:
    found = db.session.execute(
        select(Topic.name_bg, Topic.name_en)
        .join(ContentTopic, ContentTopic.topic_id == Topic.id)
        .where(ContentTopic.content_id == item.id)
    )
    return [name for row in found for name in row]


def _texts(ids: list[int]) -> dict[int, Row[Any]]:
    """What is shown of each: released before in review before drafts, the reader's language."""
    if not ids:
        return {}
    best: dict[int, tuple[tuple[bool, bool, bool, int], Row[Any]]] = {}
    for row in rows(_TEXTS, {"ids": ids}):
        rank = (
            row.state in RELEASED,
            row.state == State.IN_REVIEW,
            row.language == language(),
            row.number,
        )
        if row.content_id not in best or rank > best[row.content_id][0]:
            best[row.content_id] = (rank, row)
    return {ident: row for ident, (_rank, row) in best.items()}

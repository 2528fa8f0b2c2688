"""A room made for tests: topics are its items, so that crash tests need no room of the product.

A topic's Bulgarian name is its title, its English name its text, its slug says who may read it:
`members-3-anything` is for the members of space 3.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from portal import audit, jobs
from portal.content.models import Topic
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.search.protocol import SearchDocument, Shown
from tests.search.makers import NOW

KIND = "topic"


class TopicSearch:
    kind: str = KIND
    label: Any = "Topics"
    icon = "tag"

    def document(self, item_id: int) -> SearchDocument | None:
        topic = db.session.get(Topic, item_id)
        if topic is None:
            return None
        role, space, _ = topic.slug.split("-", 2)
        return SearchDocument(
            self.kind, topic.id, topic.name_bg, topic.name_en, frozenset({f"{role}:{space}"}),
            spaces=frozenset({int(space)}), date=NOW, visible_from=NOW,
        )  # fmt: skip

    def ids(self) -> Iterator[int]:
        yield from db.session.scalars(select(Topic.id).order_by(Topic.id))

    def show(
        self, item_ids: Sequence[int], viewer: Any, pages: Mapping[int, int]
    ) -> dict[int, Shown]:
        topics = db.session.scalars(select(Topic).where(Topic.id.in_(item_ids)))
        return {
            topic.id: Shown(self.kind, topic.id, topic.name_bg, f"/topics/{topic.id}", topic.name_en,
                            ("a fact",), NOW)
            for topic in topics
            if viewer.role_in(int(topic.slug.split("-")[1]))
        }  # fmt: skip


@transaction
def write(title: str, text: str = "", slug: str = "", space: int = 1) -> int:
    topic = Topic(
        slug=slug or f"members-{space}-{secrets.token_hex(6)}",
        name_bg=title,
        name_en=text,
    )
    db.session.add(topic)
    db.session.flush()
    audit.changed(KIND, topic.id)
    return topic.id


@transaction
def rewrite(ident: int, title: str) -> None:
    db.session.get_one(Topic, ident).name_bg = title
    audit.changed(KIND, ident)


@transaction
def remove(ident: int) -> None:
    db.session.delete(db.session.get_one(Topic, ident))
    audit.changed(KIND, ident)


# Two ways to do a job: in one transaction with its end, and in one of its own.


@jobs.handler("test.once", once=True)
def add_once(title: str) -> None:
    write(title)


@jobs.handler("test.idempotent")
def add_if_missing(title: str) -> None:
    _add_if_missing(title)


@transaction
def _add_if_missing(title: str) -> None:
    if db.session.scalar(select(Topic.id).where(Topic.name_bg == title)) is None:
        write(title)


@transaction
def ask_for(kind: str, title: str) -> None:
    jobs.queue(kind, title=title)

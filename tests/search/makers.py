"""Documents and questions for tests of the engine."""

from datetime import UTC, datetime, timedelta
from typing import Any

from portal.search.engine import WhooshEngine
from portal.search.protocol import Answer, Key, Query, SearchDocument

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
MEMBER = frozenset({"members:1"})


def document(item_id: int, title: str = "", text: str = "", **more: Any) -> SearchDocument:
    """A document that members of space 1 have been able to read since yesterday."""
    values: dict[str, Any] = {
        "kind": "news",
        "audience": MEMBER,
        "spaces": frozenset({1}),
        "date": NOW - timedelta(days=1),
        "visible_from": NOW - timedelta(days=1),
    }
    return SearchDocument(item_id=item_id, title=title, text=text, **{**values, **more})


def fill(engine: WhooshEngine, *documents: SearchDocument) -> None:
    """Write documents after whatever the index holds; an empty folder gets its index first."""
    if engine.cursor() is None:
        build(engine)
    since = engine.cursor() or 0
    assert engine.write(documents, [], since=since, cursor=since + 1)


def forget(engine: WhooshEngine, *keys: Key) -> None:
    since = engine.cursor() or 0
    assert engine.write([], keys, since=since, cursor=since + 1)


def build(engine: WhooshEngine, *documents: SearchDocument) -> int:
    by_key: dict[Key, SearchDocument] = {(d.kind, d.item_id): d for d in documents}
    return engine.rebuild(list(by_key), by_key.get, 0, lambda count: None)


def ask(engine: WhooshEngine, words: str, **more: Any) -> Answer:
    """Search as a member of space 1, unless told otherwise."""
    engine.refresh(at_once=True)
    return engine.search(Query(words, **{"tokens": MEMBER, "now": NOW, **more}))


def found(engine: WhooshEngine, words: str, **more: Any) -> list[int]:
    return [hit.item_id for hit in ask(engine, words, **more).hits]

"""Searching as a person: the engine's answer, then each hit once more through its policy."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from portal.access import Viewer
from portal.kernel import clock
from portal.search import kept_hits, registry, vocabulary
from portal.search.language import Reading
from portal.search.narrowing import narrowed
from portal.search.protocol import Answer, Hit, Key, Query, Shown
from portal.search.services import engine
from portal.search.texts import ContentSearch, TextSearch, readable_now, show_texts

ANSWERS = 3  # people and the like shown above the list
SUGGESTED = 6
PERIODS = ("today", "week", "month", "year")


@dataclass(frozen=True)
class Result:
    """A hit that its reader may open now."""

    shown: Shown
    score: float
    icon: str
    label: str  # of its kind

    @property
    def kind(self) -> str:
        return self.shown.kind

    @property
    def key(self) -> Key:
        return self.shown.kind, self.shown.item_id


@dataclass(frozen=True)
class Asked:
    """What a reader asks for; the fields are those of `protocol.Query`."""

    words: str
    kinds: frozenset[str] = frozenset()
    spaces: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    authors: frozenset[int] = frozenset()
    tags: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    newest_first: bool = False
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True)
class Results:
    """One page: `answers` above the list, `hits` in it; `total` counts both kinds of things."""

    hits: list[Result]
    total: int  # of everything found
    listed: int  # of what the list pages through
    answers: list[Result] = field(default_factory=list)
    answers_total: int = 0
    counts: Answer = field(default_factory=lambda: Answer((), 0))

    @property
    def ready(self) -> bool:
        return self.counts.ready


def find(viewer: Viewer, asked: Asked, *, apart: bool = True) -> Results:
    """Everything that the viewer may read and that answers the question.

    apart: show the best people and the like above the list and leave them out of it; not so for
    commands, and not when the reader chose kinds.
    """
    query = Query(
        asked.words,
        viewer.tokens,
        clock.now(),
        kinds=asked.kinds,
        spaces=asked.spaces,
        organisations=asked.organisations,
        authors=asked.authors,
        tags=asked.tags,
        years=asked.years,
        since=asked.since,
        until=asked.until,
        newest_first=asked.newest_first,
        offset=asked.offset,
        limit=asked.limit,
        periods=tuple(begin_of_periods().items()),
        synonyms=vocabulary.known(),
    )
    query = narrowed(query, viewer)
    if apart and not query.kinds:
        query = replace(query, apart=_kinds_above(), apart_limit=ANSWERS)
    listed = engine().search(query)
    results = shown([*listed.apart, *listed.hits], viewer)
    first = {(hit.kind, hit.item_id) for hit in listed.apart}
    answers = [result for result in results if result.key in first]
    hits = [result for result in results if result.key not in first]
    gone = len(listed.apart) + len(listed.hits) - len(results)
    return Results(
        hits,
        listed.total + listed.apart_total - gone,
        listed.total - (len(listed.hits) - len(hits)),
        answers if asked.offset == 0 else [],
        listed.apart_total,
        listed,
    )


def holding(viewer: Viewer, words: str, kind: str, most: int = 5_000) -> Answer:
    """The hits of one kind, best first, for a room that narrows its own list of readable items.

    The hits are only numbers: the room must ask the policy, as `shown` does.
    """
    query = Query(
        words,
        viewer.tokens,
        clock.now(),
        kinds=frozenset({kind}),
        limit=most,
        synonyms=vocabulary.known(),
    )
    return engine().suggest(query)


def suggest(viewer: Viewer, words: str, space: int | None = None) -> Results:
    """The best few while one types: the last word may be unfinished. space: only there."""
    query = _typed(viewer, words, space)
    above, others = _kinds_above(), frozenset(s.kind for s in registry.sources())
    if query.kinds:
        above, others = above & query.kinds, others & query.kinds
    others -= above
    index = engine()
    listed = index.suggest(replace(query, kinds=others)) if others else Answer((), 0)
    if others and listed.ready:
        query = replace(query, reading=listed.reading)
    best = index.suggest(replace(query, kinds=above, limit=ANSWERS)) if above else Answer((), 0)
    first = best.hits[: best.complete]
    results = shown([*first, *listed.hits], viewer)
    answers = [result for result in results if result.kind in above]
    hits = [result for result in results if result.kind not in above]
    total = listed.total + best.total - (len(first) + len(listed.hits) - len(results))
    return Results(hits, total, listed.total, answers, best.total, listed if others else best)


def number(viewer: Viewer, words: str, space: int | None, reading: Reading) -> int:
    """How much `suggest` would find in a space, or everywhere, of a question already read."""
    query = replace(_typed(viewer, words, space), limit=1, reading=reading)
    return engine().suggest(query).total


def _typed(viewer: Viewer, words: str, space: int | None) -> Query:
    query = Query(
        words,
        viewer.tokens,
        clock.now(),
        spaces=frozenset([space] if space else []),
        limit=SUGGESTED,
        as_you_type=True,
        synonyms=vocabulary.known(),
    )
    return narrowed(query, viewer)


def _kinds_above() -> frozenset[str]:
    """Kinds whose items are themselves the answer, see `protocol.Source`."""
    return frozenset(s.kind for s in registry.sources() if getattr(s, "answers", False))


def shown(hits: Iterable[Hit], viewer: Viewer) -> list[Result]:
    """The hits that the viewer may read now, in their order.

    All kinds of content are asked for in one statement, whatever is kept of them, and so are
    their texts where they are not; other kinds in one each.
    """
    hits = list(hits)
    sources = {kind: registry.source(kind) for kind in dict.fromkeys(hit.kind for hit in hits)}
    of_content = {k for k, source in sources.items() if isinstance(source, ContentSearch)}
    wanted = [hit.item_id for hit in hits if hit.kind in of_content]
    items, newest = readable_now(wanted, viewer) if wanted else ([], 0)
    pages = {hit.item_id: hit.page for hit in hits if hit.kind in of_content and hit.page}
    of_texts = {k: source for k, source in sources.items() if isinstance(source, TextSearch)}
    texts = kept_hits.hits(
        [item for item in items if item.kind in of_texts],
        pages,
        newest,
        lambda some: show_texts(some, pages, of_texts),
    )
    loaded: dict[Key, Shown] = {}
    for kind, text_source in of_texts.items():
        own = {ident: each for ident, each in texts.items() if each.kind == kind}
        completed = text_source.completed(own, viewer, pages)
        loaded.update({(kind, ident): each for ident, each in completed.items()})
    for kind, source in sources.items():
        if source is None or kind in of_texts:
            continue
        if isinstance(source, ContentSearch):
            mine = [item for item in items if item.kind == kind]
            found = kept_hits.hits(mine, pages, newest, partial(source.show_items, pages=pages))
        else:
            others = [hit for hit in hits if hit.kind == kind]
            numbered = {hit.item_id: hit.page for hit in others if hit.page}
            found = source.show([hit.item_id for hit in others], viewer, numbered)
        loaded.update({(kind, ident): each for ident, each in found.items()})
    labels = {kind: str(source.label) for kind, source in sources.items() if source is not None}
    results = []
    for hit in hits:
        item, source = loaded.get((hit.kind, hit.item_id)), sources[hit.kind]
        if item is not None and source is not None:
            icon = item.icon or source.icon
            results.append(Result(item, hit.score, icon, labels[hit.kind]))
    return results


def begin_of_periods() -> dict[str, datetime]:
    """When today, the last seven and thirty days and this year began in the town hall."""
    today = datetime.combine(clock.today(), datetime.min.time())
    begins = {
        "today": today,
        "week": today - timedelta(days=6),
        "month": today - timedelta(days=29),
        "year": today.replace(month=1, day=1),
    }
    return {name: clock.from_local(begin) for name, begin in begins.items()}

"""A question put to the arrays: masks first, so that nothing unreadable is ever counted."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portal.search.facets import FACETS
from portal.search.flat import MEMBERS, Allowed, Flat, all_of, any_of
from portal.search.language import Alternative, Clause, understand
from portal.search.leaf import Bools, Floats, Found
from portal.search.protocol import Answer, Hit, Query
from portal.search.schema import instant

FEW = 3  # hits with every word; when there are fewer, some of the words are enough:
ENOUGH = 0.4  # of the whole question's rarity, so «стая 305» finds no other rooms,
NEAR_BEST = 0.75  # or of what the best hit holds, when none holds so much
OFFSET_MAX = 10_000


@dataclass(frozen=True)
class Matched:
    """The readable documents that hold the words, before any filter."""

    documents: NDArray[np.intp]
    scores: Floats
    whole: Bools  # which hold every word


Passed = dict[str, Bools]  # which of the matched documents pass each filter that is used


def answer(flat: Flat, query: Query, counts: bool) -> Answer:
    """Hits, total and, if wanted, the counts of each filter."""
    reading = understand(query.words, None, query.as_you_type)
    clauses = reading.clauses
    if not clauses or not query.tokens or not flat.size:
        return Answer((), 0, reading=reading)
    allowed = flat.allowed(query.tokens, instant(query.now))
    matched = _matched(flat, [_found(flat, clause) for clause in clauses], allowed)
    passed = _passed(flat, matched, query)
    hits = _narrowed(matched, _but("", passed))
    page = _page(flat, hits, query, reading.terms if counts else frozenset())
    total, complete = len(hits.documents), int(np.count_nonzero(hits.whole))
    if not counts:
        return Answer(page, total, complete=complete, reading=reading)
    return Answer(
        page, total, **_counts(flat, matched, passed, query), complete=complete, reading=reading
    )


def _found(flat: Flat, clause: Clause) -> Found:
    if len(clause.alternatives) == 1 and not clause.beginning:
        return _answering(flat, clause.alternatives[0])
    return flat.keep(clause, lambda: _united(flat, clause))


def _answering(flat: Flat, way: Alternative) -> Found:
    if way.in_a_row:
        return flat.phrase(way.terms)
    return all_of([flat.holders(term) for term in way.terms])


def _united(flat: Flat, clause: Clause) -> Found:
    ways = [_answering(flat, way) for way in clause.alternatives]
    return any_of([flat.completed(clause.beginning), *ways] if clause.beginning else ways)


def _matched(flat: Flat, found: list[Found], allowed: Allowed) -> Matched:
    """The documents with every word; where those are few, also what holds enough of them.

    A word counts the more the rarer it is among what this reader may read: BM25's idf, which here
    tells nothing of other texts. What holds only some words counts only their share of that.
    """
    number = len(found)
    cover = np.zeros(flat.size, np.int8)
    held = np.zeros(flat.size, np.float32)
    scores = np.zeros(flat.size, np.float32)
    total = np.float32(0)
    for each in found:
        holding = int(np.count_nonzero(allowed.mask[each.documents]))
        if not holding:
            continue
        rarity = np.float32(np.log1p((allowed.number - holding + 0.5) / (holding + 0.5)))
        total += rarity
        cover[each.documents] += 1
        held[each.documents] += rarity
        scores[each.documents] += rarity * each.weights
    cover *= allowed.mask
    documents = np.flatnonzero(cover == number)
    if number == 1 or len(documents) >= FEW:
        return Matched(documents, scores[documents], np.ones(len(documents), np.bool_))
    held *= allowed.mask
    enough = min(ENOUGH * total, NEAR_BEST * held.max())
    documents = np.flatnonzero((cover > 0) & (held >= enough))
    share = held[documents] / max(total, np.float32(1e-9))
    return Matched(documents, scores[documents] * share, cover[documents] == number)


def _passed(flat: Flat, matched: Matched, query: Query) -> Passed:
    mine = _own_spaces(query.tokens)
    wanted: dict[str, Collection[str]] = {
        "kind": query.kinds,
        "space": {str(each) for each in query.spaces & mine} or ({""} if query.spaces else ()),
        "organisation": {str(each) for each in query.organisations},
        "author": {str(each) for each in query.authors},
        "tag": query.tags,
        "year": {str(each) for each in query.years},
    }
    passed = {
        name: flat.facets[name].passes(matched.documents, values)
        for name, values in wanted.items()
        if values
    }
    if query.since or query.until:
        dates = flat.dates[matched.documents]
        date = dates != 0
        if query.since:
            date = date & (dates >= instant(query.since))
        if query.until:
            date = date & (dates < instant(query.until))
        passed["date"] = date
    return passed


def _own_spaces(tokens: frozenset[str]) -> frozenset[int]:
    return frozenset(
        int(token.removeprefix(MEMBERS)) for token in tokens if token.startswith(MEMBERS)
    )


def _but(name: str, passed: Passed) -> Bools | None:
    """What passes every filter but this one; None: no other is used."""
    others = [mask for filtered, mask in passed.items() if filtered != name]
    return np.logical_and.reduce(others) if others else None


def _narrowed(matched: Matched, chosen: Bools | None) -> Matched:
    if chosen is None:
        return matched
    return Matched(matched.documents[chosen], matched.scores[chosen], matched.whole[chosen])


def _page(flat: Flat, hits: Matched, query: Query, terms: frozenset[str]) -> list[Hit]:
    """The hits of the page asked for, best or newest first, in an order that never varies."""
    offset = min(query.offset, OFFSET_MAX)
    most = offset + query.limit
    dates = flat.dates[hits.documents]
    if query.newest_first:
        first, second = dates.astype(np.float64), hits.scores.astype(np.float64)
    else:
        # What holds every word stands before what holds some of them.
        first = hits.scores.astype(np.float64) + np.where(hits.whole, 1e6, 0.0)
        second = dates.astype(np.float64)
    if len(first) > most:
        edge = np.partition(first, len(first) - most)[len(first) - most]
        some = np.flatnonzero(first >= edge)
    else:
        some = np.arange(len(first))
    kind = flat.facets["kind"]
    items, kinds = flat.items[hits.documents[some]], kind.ranks(hits.documents[some])
    order = some[np.lexsort((items, kinds, -second[some], -first[some]))][offset:most]
    pages = flat.pages_of(hits.documents[order].tolist(), terms)
    return [
        Hit(
            kind.values[rank],
            int(flat.items[document]),
            round(float(score), 4),
            pages.get(int(document), 0),
        )
        for document, score, rank in zip(
            hits.documents[order],
            hits.scores[order],
            kind.ranks(hits.documents[order]),
            strict=True,
        )
    ]


def _counts(flat: Flat, matched: Matched, passed: Passed, query: Query) -> dict[str, Any]:
    """How many each choice of a filter would leave, the other filters applied."""

    def others(name: str) -> NDArray[np.intp]:
        return _narrowed(matched, _but(name, passed)).documents

    counts = {name: flat.facets[name].counts(others(name)) for name in FACETS}
    mine = _own_spaces(query.tokens)
    spaces = _by_number(counts["space"])
    dates = flat.dates[others("date")] if query.periods else flat.dates[:0]
    return {
        "kinds": counts["kind"],
        "spaces": {space: number for space, number in spaces.items() if space in mine},
        "organisations": _by_number(counts["organisation"]),
        "authors": _by_number(counts["author"]),
        "tags": counts["tag"],
        "years": _by_number(counts["year"]),
        "periods": {
            name: int(np.count_nonzero(dates >= instant(since))) for name, since in query.periods
        },
    }


def _by_number(counts: dict[str, int]) -> dict[int, int]:
    return {int(value): number for value, number in counts.items()}

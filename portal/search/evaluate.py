"""A question put to the arrays: masks first, so that nothing unreadable is ever counted."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from math import log1p
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portal.search.facets import FACETS
from portal.search.flat import MEMBERS, Allowed, Flat, all_of, any_of
from portal.search.language import Alternative, Clause, Reading, understand
from portal.search.leaf import Bools, Floats, Found, Ints
from portal.search.lexicon import ReaderLexicon
from portal.search.protocol import Answer, Hit, Query
from portal.search.schema import instant

# What holds only some of the words is found, too, if it holds enough of them:
ENOUGH = 0.4  # of the whole question's rarity, so «стая 305» finds no other rooms,
NEAR_BEST = 0.75  # or of what the best hit holds, when none holds so much
AS_WRITTEN = 0.2  # of a word's weight, for holding it just as it was typed
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
    if not query.tokens or not flat.size:
        return Answer((), 0)
    allowed = flat.allowed(query.tokens, instant(query.now))
    reading = query.reading or understand(
        query.words, ReaderLexicon(flat, allowed), query.as_you_type, query.synonyms
    )
    if not reading.clauses and not reading.filters:
        return Answer((), 0, reading=reading)
    matched = _matched(flat, reading, allowed)
    passed = _passed(flat, matched, query)
    apart, number = _apart(flat, matched, passed, query)
    hits = _narrowed(matched, _but("", passed))
    return Answer(
        _page(flat, hits, query, reading.terms if counts else frozenset()),
        len(hits.documents),
        **(_counts(flat, matched, passed, query) if counts else {}),
        complete=int(np.count_nonzero(hits.whole)),
        apart=apart,
        apart_total=number,
        reading=reading,
    )


def _apart(flat: Flat, matched: Matched, passed: Passed, query: Query) -> tuple[list[Hit], int]:
    """The best hits of the kinds that are wanted apart, and how many of those kinds there are.

    If any of them holds every word they leave the list: a filter of the other kinds passes.
    """
    if not query.apart:
        return [], 0
    kinds = flat.facets["kind"].passes(matched.documents, query.apart)
    hits = _narrowed(matched, _both(kinds, _but("kind", passed)))
    complete = int(np.count_nonzero(hits.whole))
    if not complete:
        return [], 0
    best = replace(query, limit=min(query.apart_limit, complete), offset=0, newest_first=False)
    passed["kind"] = ~kinds
    return _page(flat, hits, best, frozenset()), len(hits.documents)


def _both(one: Bools, other: Bools | None) -> Bools:
    return one if other is None else one & other


def _found(flat: Flat, clause: Clause) -> Found:
    if len(clause.alternatives) == 1 and not clause.beginnings:
        return _answering(flat, clause.alternatives[0])
    return flat.keep(clause, lambda: _united(flat, clause))


def _answering(flat: Flat, way: Alternative) -> Found:
    if way.in_a_row:
        found = flat.phrase(way.terms)
    else:
        found = all_of([flat.holders(term) for term in way.terms])
    if way.weight == 1:
        return found
    return Found(found.documents, found.weights * np.float32(way.weight))


def _united(flat: Flat, clause: Clause) -> Found:
    ways = [_answering(flat, way) for way in clause.alternatives]
    return any_of([*(flat.completed(each) for each in clause.beginnings), *ways])


def _matched(flat: Flat, reading: Reading, allowed: Allowed) -> Matched:
    """The documents that hold enough of what is asked, weighed: BM25F with one idf for a word in
    whatever field, times the share of the question that a document covers.

    A word counts the more the rarer it is among what this reader may read: BM25's idf, which here
    tells nothing of other texts.
    """
    mask = allowed.mask
    for clause in reading.without:
        mask = mask.copy() if mask is allowed.mask else mask
        mask[_found(flat, clause).documents] = False
    if not reading.clauses:
        documents = np.flatnonzero(mask)
        none = np.zeros(len(documents), np.float32)
        return Matched(documents, none, np.ones(len(documents), np.bool_))
    # The rarity of the words that a document holds: with all of them it is the very total, which
    # is added up in the same order.
    held = np.zeros(flat.size)
    scores = np.zeros(flat.size, np.float32)
    total, number = 0.0, 0
    for clause in reading.clauses:
        found = _found(flat, clause)
        rarity = _rarity(found.documents, allowed)
        if not rarity:
            continue
        total += rarity
        number += 1
        held[found.documents] += rarity
        scores[found.documents] += rarity * found.weights
        for form in _forms(clause):
            as_written = flat.holding(form)
            scores[as_written] += AS_WRITTEN * _rarity(as_written, allowed)
    held *= mask
    if len(reading.clauses) == 1:
        documents = np.flatnonzero(held)
        return Matched(documents, scores[documents], np.ones(len(documents), np.bool_))
    enough = min(ENOUGH * total, NEAR_BEST * held.max(initial=0))
    documents = np.flatnonzero(held >= max(enough, 1e-9))
    rare = held[documents]
    share = np.sqrt(rare / max(total, 1e-9)).astype(np.float32)
    whole = (rare == total) & (number == len(reading.clauses))
    return Matched(documents, scores[documents] * share, whole)


def _rarity(documents: Ints, allowed: Allowed) -> float:
    """How rare something is that these documents hold; 0 where no readable one does."""
    holding = int(np.count_nonzero(allowed.mask.take(documents)))
    return log1p((allowed.number - holding + 0.5) / (holding + 0.5)) if holding else 0.0


def _forms(clause: Clause) -> tuple[str, ...]:
    """The words of a clause as they were typed, where it is one word typed to its end."""
    first = clause.alternatives[0] if clause.alternatives else None
    return first.forms if first is not None and not first.in_a_row and not clause.beginnings else ()


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
            kind.values[place],
            int(flat.items[document]),
            round(float(score), 4),
            pages.get(int(document), 0),
        )
        for document, score, place in zip(
            hits.documents[order],
            hits.scores[order],
            kind.firsts(hits.documents[order]),
            strict=True,
        )
    ]


def _counts(flat: Flat, matched: Matched, passed: Passed, query: Query) -> dict[str, Any]:
    """How many each choice of a filter would leave, the other filters applied."""

    def others(name: str) -> NDArray[np.intp]:
        return _narrowed(matched, _but(name, passed)).documents

    counts = {name: flat.facets[name].counts(others(name)) for name in FACETS}
    mine = _own_spaces(query.tokens)
    spaces = counts["space"]
    dates = flat.dates[others("date")] if query.periods else flat.dates[:0]
    return {
        "kinds": counts["kind"],
        "spaces": {space: number for space, number in spaces.items() if space in mine},
        "organisations": counts["organisation"],
        "authors": counts["author"],
        "tags": counts["tag"],
        "years": counts["year"],
        "periods": {
            name: int(np.count_nonzero(dates >= instant(since))) for name, since in query.periods
        },
    }

"""A question put to the arrays: masks first, so that nothing unreadable is ever counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from portal.search.analysis import Begun, Clause, Phrase, Word, understand
from portal.search.flat import FIRST_YEAR, MEMBERS, Allowed, Flat, all_of, any_of
from portal.search.leaf import Bools, Floats, Found
from portal.search.protocol import Answer, Hit, Query
from portal.search.schema import instant

N = TypeVar("N")
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


@dataclass(frozen=True)
class Passed:
    """Which of the matched documents pass each filter; None: the filter is not used."""

    kind: Bools | None
    space: Bools | None
    date: Bools | None


def answer(flat: Flat, query: Query, counts: bool) -> Answer:
    """Hits, total and, if wanted, the counts of each filter."""
    clauses = understand(query.words, query.as_you_type)
    if not clauses or not query.tokens or not flat.size:
        return Answer((), 0)
    allowed = flat.allowed(query.tokens, instant(query.now))
    matched = _matched(flat, [_found(flat, clause) for clause in clauses], allowed)
    passed = _passed(flat, matched, query)
    chosen = _both(_both(passed.kind, passed.space), passed.date)
    hits = _narrowed(matched, chosen)
    page = _page(flat, hits, query, _terms(clauses) if counts else frozenset())
    total, complete = len(hits.documents), int(np.count_nonzero(hits.whole))
    if not counts:
        return Answer(page, total, complete=complete)
    kinds, spaces, years, periods = _counts(flat, matched, passed, query)
    return Answer(page, total, kinds, spaces, years, periods, complete)


def _found(flat: Flat, clause: Clause) -> Found:
    match clause:
        case Word(((term,),)):
            return flat.holders(term)
        case Phrase(terms):
            return flat.phrase(terms)
    return flat.keep(clause, lambda: _united(flat, clause))


def _united(flat: Flat, clause: Clause) -> Found:
    match clause:
        case Word(ways):
            return any_of([all_of([flat.holders(term) for term in way]) for way in ways])
        case Begun(beginning, terms):
            return any_of([flat.completed(beginning), *(flat.holders(term) for term in terms)])
    raise TypeError(clause)


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
    kind = space = date = None
    if query.kinds:
        wanted = np.array([*(name in query.kinds for name in flat.kinds), False])
        kind = wanted[flat.kind_of[matched.documents]]
    if query.spaces:
        mine = query.spaces & _own_spaces(query.tokens)
        placed = np.zeros(flat.size, np.bool_)
        chosen = np.array([number in mine for number in flat.spaces], np.bool_)
        if len(chosen):
            placed[flat.space_documents[chosen[flat.space_of]]] = True
        space = placed[matched.documents]
    if query.since or query.until:
        dates = flat.dates[matched.documents]
        date = dates != 0
        if query.since:
            date = date & (dates >= instant(query.since))
        if query.until:
            date = date & (dates < instant(query.until))
    return Passed(kind, space, date)


def _own_spaces(tokens: frozenset[str]) -> frozenset[int]:
    return frozenset(
        int(token.removeprefix(MEMBERS)) for token in tokens if token.startswith(MEMBERS)
    )


def _both(one: Bools | None, other: Bools | None) -> Bools | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _narrowed(matched: Matched, chosen: Bools | None) -> Matched:
    if chosen is None:
        return matched
    return Matched(matched.documents[chosen], matched.scores[chosen], matched.whole[chosen])


def _terms(clauses: Sequence[Clause]) -> frozenset[str]:
    """Every term that a page of a hit may be shown for."""
    found: set[str] = set()
    for clause in clauses:
        match clause:
            case Word(ways):
                found.update(term for way in ways for term in way)
            case Phrase(terms) | Begun(_, terms):
                found.update(terms)
    return frozenset(found)


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
    items, kinds = flat.items[hits.documents[some]], flat.kind_of[hits.documents[some]]
    order = some[np.lexsort((items, kinds, -second[some], -first[some]))][offset:most]
    pages = flat.pages_of(hits.documents[order].tolist(), terms)
    return [
        Hit(
            flat.kinds[flat.kind_of[document]],
            int(flat.items[document]),
            round(float(score), 4),
            pages.get(int(document), 0),
        )
        for document, score in zip(hits.documents[order], hits.scores[order], strict=True)
    ]


def _counts(
    flat: Flat, matched: Matched, passed: Passed, query: Query
) -> tuple[dict[str, int], dict[int, int], dict[int, int], dict[str, int]]:
    """How many each choice of a filter would leave, the other filters applied."""
    others = _narrowed(matched, _both(passed.space, passed.date)).documents
    kinds = _tally(flat.kinds, flat.kind_of[others])
    others = _narrowed(matched, _both(passed.kind, passed.date)).documents
    placed = np.zeros(flat.size, np.bool_)
    placed[others] = True
    spaces = _tally(flat.spaces, flat.space_of[placed[flat.space_documents]])
    mine = _own_spaces(query.tokens)
    others = _narrowed(matched, _both(passed.kind, passed.space)).documents
    years = np.bincount(flat.years[others])
    dates = flat.dates[others]
    return (
        kinds,
        {space: number for space, number in spaces.items() if space in mine},
        {FIRST_YEAR + int(year): int(years[year]) for year in np.flatnonzero(years) if year},
        {name: int(np.count_nonzero(dates >= instant(since))) for name, since in query.periods},
    )


def _tally(names: Sequence[N], codes: NDArray[np.int64]) -> dict[N, int]:
    numbers = np.bincount(codes, minlength=len(names)).tolist()
    return {name: number for name, number in zip(names, numbers, strict=False) if number}

"""A question put to the arrays: masks first, so that nothing unreadable is ever counted."""

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from functools import reduce
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from portal.search.analysis import Begun, Clause, Phrase, Word, understand
from portal.search.leaf import NOTHING, Bools, Floats, Found, Ints, Leaf
from portal.search.protocol import Answer, Hit, Query
from portal.search.schema import TEXTS, instant

N = TypeVar("N")
MEMBERS = "members:"
K1 = 1.2  # how soon more of the same word counts no more
FEW = 3  # hits with every word; when there are fewer, some of the words are enough
PHRASE_BONUS = 1.5
OFFSET_MAX = 10_000
READERS_KEPT = 200  # whose masks are kept, per segment
MASKS_BYTES = 32 * 1024 * 1024


@dataclass
class Part:
    """A segment as one commit left it: which of its documents are still there."""

    leaf: Leaf
    live: Bools
    # Per set of tokens: what it opens always, what only between the two times, and the answer
    # for a stretch of time in which nothing opens or closes.
    masks: OrderedDict[frozenset[str], "Masks"] = field(default_factory=OrderedDict)

    def allowed(self, tokens: frozenset[str], now: int) -> Bools:
        """The documents that a holder of the tokens may read at a moment."""
        masks = self.masks.get(tokens)
        if masks is None:
            masks = self.masks[tokens] = self._masks(tokens)
            most = max(8, min(READERS_KEPT, MASKS_BYTES // (3 * self.leaf.size + 1)))
            while len(self.masks) > most:
                self.masks.popitem(last=False)
        stretch = masks.stretch
        if stretch is None or not stretch[0] <= now < stretch[1]:
            stretch = masks.stretch = self._at(masks, now)
        return stretch[2]

    def _masks(self, tokens: frozenset[str]) -> "Masks":
        always = np.zeros(self.leaf.size, np.bool_)
        timed = np.zeros(self.leaf.size, np.bool_)
        for token in tokens:
            mask = timed if token.startswith(MEMBERS) else always
            mask[self.leaf.documents("audience", token)] = True
        return Masks(always & self.live, timed & self.live)

    def _at(self, masks: "Masks", now: int) -> tuple[int, int, Bools]:
        leaf = self.leaf
        place = int(np.searchsorted(leaf.edges, now, side="right"))
        since = int(leaf.edges[place - 1]) if place else -(2**63)
        until = int(leaf.edges[place]) if place < len(leaf.edges) else 2**63 - 1
        visible = (leaf.opens <= now) & (now < leaf.closes)
        return since, until, masks.always | (masks.timed & visible)


@dataclass
class Masks:
    always: Bools
    timed: Bools
    stretch: tuple[int, int, Bools] | None = None


@dataclass
class Matched:
    """What a question finds in one segment, before and after its filters."""

    leaf: Leaf
    documents: Ints  # readable and holding the words
    covered: NDArray[np.int8]  # how many clauses each holds
    found: list[Found]
    kind: Bools  # which of `documents` pass each filter
    space: Bools
    date: Bools


def answer(parts: list[Part], query: Query, counts: bool) -> Answer:
    """Hits, total and, if wanted, the counts of each filter."""
    clauses = understand(query.words, query.as_you_type)
    if not clauses or not query.tokens:
        return Answer((), 0)
    now = instant(query.now)
    allowed = [part.allowed(query.tokens, now) for part in parts]
    found = [[_found(part.leaf, clause, mask) for clause in clauses]
             for part, mask in zip(parts, allowed, strict=True)]  # fmt: skip
    matches = _matches(parts, allowed, found, query)
    weights = _rarities(found, allowed)
    total = complete = 0
    candidates: list[tuple[tuple[float, float], str, int, float]] = []
    for match in matches:
        passed = match.kind & match.space & match.date
        documents, covered = match.documents[passed], match.covered[passed]
        total += len(documents)
        complete += int((covered == len(clauses)).sum())
        candidates += _best(match, documents, covered, weights, query)
    candidates.sort(key=lambda candidate: (candidate[0], candidate[1], candidate[2]))
    offset = min(query.offset, OFFSET_MAX)
    hits = [
        Hit(kind, item, round(score, 4))
        for _, kind, item, score in candidates[offset : offset + query.limit]
    ]
    if not counts:
        return Answer(hits, total, complete=complete)
    kinds, spaces, years, periods = _counts(matches, query)
    return Answer(hits, total, kinds, spaces, years, periods, complete)


def _found(leaf: Leaf, clause: Clause, allowed: Bools) -> Found:
    """The readable documents that hold a clause."""
    match clause:
        case Word(ways):
            found = _either([_all(leaf, way) for way in ways])
        case Phrase(terms):
            found = _phrase(leaf, terms, allowed)
        case Begun(beginning, terms):
            found = _either([leaf.completed(beginning), *(leaf.holders(t) for t in terms)])
    keep = allowed[found.documents]
    return Found(found.documents[keep], found.weights[keep])


def _all(leaf: Leaf, terms: tuple[str, ...]) -> Found:
    """The documents that hold all of the terms, their weights added."""
    lists = [leaf.holders(term) for term in terms]
    if len(lists) == 1:
        return lists[0]
    documents = reduce(_intersection, (found.documents for found in lists))
    weights = sum(
        (found.weights[np.searchsorted(found.documents, documents)] for found in lists),
        np.zeros(len(documents), np.float32),
    )
    return Found(documents, weights)


def _intersection(one: Ints, other: Ints) -> Ints:
    return np.intersect1d(one, other, assume_unique=True)


def _either(lists: list[Found]) -> Found:
    """The documents of any list, each with its greatest weight."""
    lists = [found for found in lists if len(found.documents)]
    if len(lists) < 2:
        return lists[0] if lists else NOTHING
    documents = np.unique(np.concatenate([found.documents for found in lists]))
    weights = np.zeros(len(documents), np.float32)
    for found in lists:
        places = np.searchsorted(documents, found.documents)
        weights[places] = np.maximum(weights[places], found.weights)
    return Found(documents, weights)


def _phrase(leaf: Leaf, terms: tuple[str, ...], allowed: Bools) -> Found:
    """The documents where the terms follow one another in one field."""
    together = _all(leaf, tuple(dict.fromkeys(terms)))
    readable = allowed[together.documents]
    candidates, weights = together.documents[readable], together.weights[readable]
    if not len(candidates):
        return NOTHING
    holds = np.zeros(len(candidates), np.bool_)
    for name in TEXTS:
        places = [leaf.positions(name, term) for term in terms]
        for number, document in enumerate(candidates.tolist()):
            if not holds[number] and all(document in each for each in places):
                holds[number] = _in_a_row([each[document] for each in places])
    return Found(candidates[holds], weights[holds] * np.float32(PHRASE_BONUS))


def _in_a_row(places: list[list[int]]) -> bool:
    starts = set(places[0])
    for step, positions in enumerate(places[1:], start=1):
        starts &= {position - step for position in positions}
    return bool(starts)


def _matches(
    parts: list[Part], allowed: list[Bools], found: list[list[Found]], query: Query
) -> list[Matched]:
    """Every word where that is enough, else at least half of them."""
    number = len(found[0]) if found else 0
    covers = []
    for part, lists in zip(parts, found, strict=True):
        cover = np.zeros(part.leaf.size, np.int8)
        for each in lists:
            cover[each.documents] += 1
        covers.append(cover)
    complete = sum(int((cover == number).sum()) for cover in covers)
    needed = number if complete >= FEW else max(1, (number + 1) // 2)
    matches = []
    for part, lists, cover in zip(parts, found, covers, strict=True):
        documents = np.flatnonzero(cover >= needed).astype(np.int32)
        matches.append(_filtered(part.leaf, documents, cover[documents], lists, query))
    return matches


def _filtered(
    leaf: Leaf, documents: Ints, covered: NDArray[np.int8], found: list[Found], query: Query
) -> Matched:
    all_pass = np.ones(len(documents), np.bool_)
    kind = space = date = all_pass
    if query.kinds:
        wanted = np.array([name in query.kinds for name in leaf.kinds] + [False])
        kind = wanted[leaf.kind_of[documents]]
    if query.spaces:
        mine = query.spaces & _own_spaces(query.tokens)
        placed = np.zeros(leaf.size, np.bool_)
        chosen = np.array([number in mine for number in leaf.spaces], np.bool_)
        if len(chosen):
            placed[leaf.space_documents[chosen[leaf.space_of]]] = True
        space = placed[documents]
    if query.since or query.until:
        dates = leaf.dates[documents]
        date = dates != 0
        if query.since:
            date = date & (dates >= instant(query.since))
        if query.until:
            date = date & (dates < instant(query.until))
    return Matched(leaf, documents, covered, found, kind, space, date)


def _own_spaces(tokens: frozenset[str]) -> frozenset[int]:
    return frozenset(
        int(token.removeprefix(MEMBERS)) for token in tokens if token.startswith(MEMBERS)
    )


def _rarities(found: list[list[Found]], allowed: list[Bools]) -> list[float]:
    """Each clause's weight by how rare it is among what this reader may read."""
    readable = sum(int(np.count_nonzero(mask)) for mask in allowed)
    holding = [sum(len(each.documents) for each in clause) for clause in zip(*found, strict=True)]
    return [float(np.log1p((readable - n + 0.5) / (n + 0.5))) for n in holding]


def _scores(
    match: Matched, documents: Ints, covered: NDArray[np.int8], weights: list[float]
) -> Floats:
    scores = np.zeros(len(documents), np.float32)
    for found, rarity in zip(match.found, weights, strict=True):
        if not len(found.documents):
            continue
        places = np.minimum(np.searchsorted(found.documents, documents), len(found.documents) - 1)
        held = found.weights[places] * (found.documents[places] == documents)
        scores += np.float32(rarity * (K1 + 1)) * held / (held + np.float32(K1))
    return scores * covered / np.float32(len(weights))


def _best(
    match: Matched,
    documents: Ints,
    covered: NDArray[np.int8],
    weights: list[float],
    query: Query,
) -> list[tuple[tuple[float, float], str, int, float]]:
    """The segment's candidates for the page, each with the key it is ordered by."""
    if not len(documents):
        return []
    scores = _scores(match, documents, covered, weights)
    dates = match.leaf.dates[documents]
    if query.newest_first:
        first, second = dates.astype(np.float64), scores.astype(np.float64)
    else:
        # What holds every word stands before what holds some of them.
        whole = covered == len(weights)
        first = scores.astype(np.float64) + np.where(whole, 1e6, 0.0)
        second = dates.astype(np.float64)
    most = min(query.offset, OFFSET_MAX) + query.limit
    chosen: NDArray[np.intp] = np.arange(len(documents))
    if len(documents) > most:
        edge = np.partition(first, len(first) - most)[len(first) - most]
        chosen = np.flatnonzero(first >= edge)
        chosen = chosen[np.lexsort((-second[chosen], -first[chosen]))][: most * 2]
    leaf = match.leaf
    return [
        (
            (-float(first[i]), -float(second[i])),
            leaf.kinds[leaf.kind_of[documents[i]]],
            int(leaf.items[documents[i]]),
            float(scores[i]),
        )
        for i in chosen.tolist()
    ]


def _counts(
    matches: list[Matched], query: Query
) -> tuple[dict[str, int], dict[int, int], dict[int, int], dict[str, int]]:
    """How many each choice of a filter would leave, the other filters applied."""
    kinds: Counter[str] = Counter()
    spaces: Counter[int] = Counter()
    years: Counter[int] = Counter()
    periods: Counter[str] = Counter({name: 0 for name, _ in query.periods})
    mine = _own_spaces(query.tokens)
    for match in matches:
        leaf = match.leaf
        of_kind = leaf.kind_of[match.documents[match.space & match.date]]
        _add(kinds, leaf.kinds, of_kind)
        placed = np.zeros(leaf.size, np.bool_)
        placed[match.documents[match.kind & match.date]] = True
        _add(spaces, leaf.spaces, leaf.space_of[placed[leaf.space_documents]])
        others = match.documents[match.kind & match.space]
        values, numbers = np.unique(leaf.years[others], return_counts=True)
        years.update(dict(zip(values.tolist(), numbers.tolist(), strict=True)))
        dates = leaf.dates[others]
        for name, since in query.periods:
            periods[name] += int(np.count_nonzero(dates >= instant(since)))
    years.pop(0, None)
    own = {space: count for space, count in spaces.items() if space in mine}
    return dict(kinds), own, dict(years), dict(periods)


def _add(counter: "Counter[N]", names: list[N], codes: NDArray[np.int64]) -> None:
    if len(codes):
        found = np.bincount(codes, minlength=len(names)).tolist()
        counter.update({name: count for name, count in zip(names, found, strict=False) if count})

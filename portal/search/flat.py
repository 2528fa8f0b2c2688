"""All segments of a commit as one: columns and posting lists end to end, masks for readers.

A question then costs the same however many segments there are. What a segment decoded is shared
with the next commit; what is put end to end here is worked out anew for each, when it is asked.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from portal.search.facets import FACETS, WORDS, Numbering
from portal.search.kept import Kept
from portal.search.language import hashes
from portal.search.language.lexicon import Sort
from portal.search.leaf import NOTHING, PLACES, Bools, Floats, Found, Ints, Leaf, Longs
from portal.search.schema import TEXTS

MEMBERS = "members:"
CACHE_BYTES = 64 * 1024 * 1024  # of posting lists put end to end
READERS_BYTES = 32 * 1024 * 1024  # of masks
READERS_MAX = 500
EVER = 2**63 - 1


@dataclass(frozen=True)
class Part:
    """A segment as one commit left it: which of its documents are still there."""

    leaf: Leaf
    live: Bools


@dataclass(frozen=True)
class Allowed:
    """What a reader may read during a stretch of time in which nothing opens or closes."""

    since: int
    until: int
    mask: Bools
    number: int


class Shared:
    """What commits that follow one another share beside their segments."""

    def __init__(self) -> None:
        self.numberings = {name: Numbering() for name in FACETS}


class Flat:
    """One commit of the index for searching. Threads share it; nothing in it changes meaning."""

    def __init__(self, parts: list[Part], shared: Shared) -> None:
        self.parts = parts
        self._shared = shared
        self.offsets = np.cumsum([0, *(part.leaf.size for part in parts)])[:-1].tolist()
        self.size = sum(part.leaf.size for part in parts)
        self.items = self._column("item")
        self.dates = self._column("date")
        self.opens = self._column("opens")
        self.closes = self._column("closes")
        self.pages = self._column("pages")
        self.live = _joined((part.live for part in parts), np.zeros(0, np.bool_))
        self.facets = {
            name: shared.numberings[name].facet(
                [part.leaf.facets[name] for part in parts], name in WORDS
            )
            for name in FACETS
        }
        self._lists = Kept(CACHE_BYTES)
        self._readers: OrderedDict[frozenset[str], tuple[Bools, Bools]] = OrderedDict()
        self._allowed: dict[frozenset[str], Allowed] = {}

    def _column(self, name: str) -> Longs:
        return _joined((part.leaf.columns[name] for part in self.parts), np.zeros(0, np.int64))

    def among(self, sort: Sort, words: Sequence[str]) -> list[str]:
        """Those of the forms or terms that may stand in a text, of whatever reader."""
        wanted = hashes(words)
        held = np.zeros(len(wanted), np.bool_)
        for part in self.parts:
            held |= part.leaf.words.holds(sort, wanted)
        return [words[place] for place in np.flatnonzero(held).tolist()]

    def typed(self, keys: Iterable[str]) -> set[str]:
        """The forms that may have one of these keys, of whatever reader."""
        wanted = hashes(keys)
        return {word for part in self.parts for word in part.leaf.words.typed(wanted)}

    def pages_of(self, documents: Iterable[int], terms: frozenset[str]) -> dict[int, int]:
        """For those of the documents that have pages: the one that holds most of the terms."""
        wanted = sorted(document for document in documents if self.pages[document])
        found: dict[int, int] = {}
        for part, offset in zip(self.parts, self.offsets, strict=True):
            mine = [d - offset for d in wanted if offset <= d < offset + part.leaf.size]
            if mine and terms:
                pages = part.leaf.pages(mine, terms)
                found.update({document + offset: page for document, page in pages.items()})
        return found

    # Who may read

    def allowed(self, tokens: frozenset[str], now: int) -> Allowed:
        """The documents that a holder of the tokens may read at a moment (microseconds)."""
        known = self._allowed.get(tokens)
        if known is not None and known.since <= now < known.until:
            return known
        always, timed = self._opened(tokens)
        since, until = self._unchanged(now)
        mask = always | (timed & (self.opens <= now) & (now < self.closes))
        found = Allowed(since, until, mask, int(np.count_nonzero(mask)))
        self._allowed[tokens] = found
        return found

    def _unchanged(self, now: int) -> tuple[int, int]:
        """The stretch of time around a moment in which nothing opens or closes."""
        since, until = -EVER, EVER
        for part in self.parts:
            place = int(part.leaf.edges.searchsorted(now, side="right"))
            if place:
                since = max(since, int(part.leaf.edges[place - 1]))
            if place < len(part.leaf.edges):
                until = min(until, int(part.leaf.edges[place]))
        return since, until

    def _opened(self, tokens: frozenset[str]) -> tuple[Bools, Bools]:
        """What the tokens open always, and what only between an item's two times."""
        known = self._readers.get(tokens)
        if known is not None:
            return known
        always, timed = np.zeros(self.size, np.bool_), np.zeros(self.size, np.bool_)
        for part, offset in zip(self.parts, self.offsets, strict=True):
            for token in tokens & part.leaf.tokens:
                mask = timed if token.startswith(MEMBERS) else always
                mask[part.leaf.documents("audience", token) + offset] = True
        always &= self.live
        timed &= self.live
        self._readers[tokens] = (always, timed)
        most = max(8, min(READERS_MAX, READERS_BYTES // (3 * self.size + 1)))
        while len(self._readers) > most:
            self._allowed.pop(self._readers.popitem(last=False)[0], None)
        return always, timed

    # Who holds what

    def holders(self, term: str) -> Found:
        """The documents that hold a term in any field."""
        return self._end_to_end(term, lambda leaf: leaf.holders(term))

    def completed(self, beginning: str) -> Found:
        """The documents with a word that begins so."""
        return self._end_to_end(("begins", beginning), lambda leaf: leaf.completed(beginning))

    def phrase(self, terms: tuple[str, ...]) -> Found:
        """The documents where the terms follow one another in one field."""
        return self._end_to_end(("phrase", terms), lambda leaf: leaf.keep(terms, _in_a_row))

    def holding(self, form: str) -> Ints:
        """The documents that hold a word as it is written."""
        if len(self.parts) == 1:
            return self.parts[0].leaf.documents("form", form)

        def work_out() -> Ints:
            return np.concatenate(
                [
                    part.leaf.documents("form", form) + np.int32(offset)
                    for part, offset in zip(self.parts, self.offsets, strict=True)
                ]
            )

        return self._lists.get(("form", form), work_out, lambda found: found.nbytes)

    def keep(self, name: object, work_out: Callable[[], Found]) -> Found:
        """Work out once for this commit what is composed of the lists above."""
        return self._lists.get(name, work_out, lambda found: found.size)

    def _end_to_end(self, name: object, ask: Callable[[Leaf], Found]) -> Found:
        if len(self.parts) == 1:
            return ask(self.parts[0].leaf)

        def work_out() -> Found:
            found = [
                (ask(part.leaf), np.int32(offset))
                for part, offset in zip(self.parts, self.offsets, strict=True)
            ]
            documents = [each.documents + offset for each, offset in found if len(each.documents)]
            if not documents:
                return NOTHING
            weights = [each.weights for each, _ in found if len(each.documents)]
            return Found(np.concatenate(documents), np.concatenate(weights))

        return self.keep(name, work_out)


def _joined(arrays: Iterable[np.ndarray], none: np.ndarray) -> np.ndarray:
    listed = list(arrays)
    return np.concatenate(listed) if listed else none


def all_of(lists: list[Found]) -> Found:
    """The documents in every list; the mean of their weights."""
    if len(lists) == 1:
        return lists[0]
    first, *others = sorted(lists, key=lambda found: len(found.documents))
    documents, weights = first.documents, first.weights
    for other in others:
        places, held = _within(documents, other.documents)
        documents, weights = (
            documents[held],
            weights[held] + other.weights[places[held]],
        )
    return Found(documents, weights / np.float32(len(lists)))


def any_of(lists: list[Found]) -> Found:
    """The documents of any list, each with its greatest weight."""
    lists = [found for found in lists if len(found.documents)]
    if len(lists) < 2:
        return lists[0] if lists else NOTHING
    documents = np.unique(np.concatenate([found.documents for found in lists]))
    weights: Floats = np.zeros(len(documents), np.float32)
    for found in lists:
        places = np.searchsorted(documents, found.documents)
        weights[places] = np.maximum(weights[places], found.weights)
    return Found(documents, weights)


def _in_a_row(leaf: Leaf, terms: tuple[str, ...]) -> Found:
    together = all_of([leaf.holders(term) for term in dict.fromkeys(terms)])
    if not len(together.documents):
        return NOTHING
    rows = []
    for name in TEXTS:
        # The rarest first, one list at a time: «и и и …» would fill the memory.
        (step, rarest), *others = sorted(
            enumerate(terms), key=lambda each: len(leaf.places(name, each[1]))
        )
        first = leaf.places(name, rarest) - step
        for step, term in others:
            if not len(first):
                break
            first = first[_within(first + step, leaf.places(name, term))[1]]
        rows.append(first >> PLACES)
    documents = np.unique(np.concatenate(rows)).astype(np.int32)
    places, held = _within(documents, together.documents)
    return Found(documents[held], together.weights[places[held]])


def _within(wanted: np.ndarray, among: np.ndarray) -> tuple[Longs, Bools]:
    """For each wanted number its place among sorted others, and whether it really is there."""
    if not len(among):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    places = np.minimum(np.searchsorted(among, wanted), len(among) - 1)
    return places, among[places] == wanted

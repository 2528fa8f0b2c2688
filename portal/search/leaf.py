"""A segment of the index as arrays: read from Whoosh's postings and columns once, then kept.

A segment never changes (only which of its documents are deleted, see `View`), so what was decoded
stays true as long as the segment lives. Whoosh's readers share one file position among threads;
decoding therefore happens under a lock, asking what was decoded does not.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import SegmentReader, TermNotFound

from portal.search.schema import COLUMNS, TEXTS

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
T = TypeVar("T")

# BM25F: how much a field's words count, and its usual length. The lengths are fixed rather than
# the index's averages: what was worked out for a segment then holds for ever, and no score tells
# of texts that its reader may not see.
WEIGHT = {"title": 5.0, "names": 3.0, "body": 1.0}
USUAL_LENGTH = {"title": 8.0, "names": 10.0, "body": 250.0}
LENGTH_MATTERS = {"title": 0.4, "names": 0.3, "body": 0.75}
CACHE_BYTES = 48 * 1024 * 1024  # of decoded postings, for each segment
COMPLETIONS_MAX = {"title": 200, "names": 200, "body": 30}  # words that a beginning may become
SOFIA_WINTER = 2 * 3_600_000_000  # microseconds: years change in winter


@dataclass(frozen=True)
class Found:
    """Documents of a segment in growing order, and how strongly each holds what was asked."""

    documents: Ints
    weights: Floats


NOTHING = Found(np.zeros(0, np.int32), np.zeros(0, np.float32))


class Leaf:
    """One segment. Its documents are numbered from 0; deleted ones are still among them."""

    def __init__(self, reader: SegmentReader) -> None:
        self._reader = reader
        self._lock = threading.Lock()
        self._kept: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self.size: int = reader.doc_count_all()
        self.items = self._column("item")
        self.dates = self._column("date")
        self.opens = self._column("opens")
        self.closes = self._column("closes")
        self.cursors = self._column("cursor")
        self.years = _years(self.dates)
        self._norms = {name: self._norm(name) for name in TEXTS}
        self.kinds, kind_of, documents = self._marks("kind")
        self.kind_of = np.full(self.size, len(self.kinds), np.int64)
        self.kind_of[documents] = kind_of
        spaces, self.space_of, self.space_documents = self._marks("space")
        self.spaces = [int(space) for space in spaces]
        # The moments at which something opens or closes: between two of them nothing does.
        self.edges = np.unique(np.concatenate([self.opens, self.closes]))

    def _column(self, name: str) -> NDArray[np.int64]:
        values = np.full(self.size, COLUMNS[name], np.int64)
        if not self._reader.has_column(name):
            return values
        column = self._reader.column_reader(name, translate=False)
        # The column's bytes at once; its last rows are not stored while they hold the default.
        raw = column._dbfile.get(column._basepos, column._count * 8)
        stored = np.frombuffer(raw, ">i8")[: self.size]
        values[: len(stored)] = stored
        return values

    def _norm(self, name: str) -> Floats:
        lengths = self._column(f"{name}_length").astype(np.float32)
        share = LENGTH_MATTERS[name]
        # From half the usual length down, being short is no merit.
        relative = np.maximum(lengths / USUAL_LENGTH[name], np.float32(0.5))
        return (WEIGHT[name] / (1 - share + share * relative)).astype(np.float32)

    def marks(self, name: str) -> list[str]:
        """Every value of a field of exact marks."""
        with self._lock:
            return [raw.decode() for raw in self._reader.lexicon(name)]

    def _marks(self, name: str) -> tuple[list[str], NDArray[np.int64], Ints]:
        """A field's values, and for each of its postings the value's place and the document."""
        values = self.marks(name)
        lists = [self.documents(name, value) for value in values]
        places = np.repeat(np.arange(len(values)), [len(found) for found in lists])
        return values, places, np.concatenate(lists) if lists else np.zeros(0, np.int32)

    # What was decoded is kept, the least used thrown away first.

    def _keep(self, name: Any, work_out: Callable[[], T], size: Callable[[T], int]) -> T:
        entry = self._kept.get(name)
        if entry is not None:
            with suppress(KeyError):  # another thread threw it away just now
                self._kept.move_to_end(name)
            value: T = entry[0]
            return value
        with self._lock:
            value = work_out()
            self._bytes += size(value) + 200
            self._kept[name] = (value, size(value) + 200)
            while self._bytes > CACHE_BYTES and len(self._kept) > 1:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed
        return value

    def documents(self, name: str, mark: str) -> Ints:
        """The documents that hold an exact mark."""
        return self._keep(
            (name, mark), lambda: self._decoded(name, mark)[0], lambda found: found.nbytes
        )

    def lookup(self, name: str, mark: str) -> Ints:
        """The same, not kept: a writer asks once for each key."""
        with self._lock:
            return self._decoded(name, mark)[0]

    def holders(self, term: str) -> Found:
        """The documents that hold a term in any field, weighed by field and length."""
        return self._keep(term, lambda: self._weighed([(n, term) for n in TEXTS], False), _size)

    def completed(self, beginning: str) -> Found:
        """The documents with a word that begins so; the strongest word of each counts."""

        def work_out() -> Found:
            pairs = [
                (name, term)
                for name in TEXTS
                for term in self._expansions(name, beginning, COMPLETIONS_MAX[name])
            ]
            return self._weighed(pairs, True)

        return self._keep(("begins", beginning), work_out, _size)

    def positions(self, name: str, term: str) -> dict[int, list[int]]:
        """Where a term stands in a field, for each document that holds it."""

        def work_out() -> dict[int, list[int]]:
            documents, _, values = self._decoded(name, term, with_values=True)
            decode = self._reader.schema[name].format.decode_positions
            return dict(zip(documents.tolist(), map(decode, values), strict=True))

        return self._keep(("places", name, term), work_out, lambda found: 200 * len(found))

    def _expansions(self, name: str, beginning: str, most: int) -> list[str]:
        found: list[str] = []
        for raw in self._reader.expand_prefix(name, beginning):
            found.append(raw.decode())
            if len(found) == most:
                break
        return found

    def _weighed(self, pairs: list[tuple[str, str]], strongest: bool) -> Found:
        dense = np.zeros(self.size, np.float32)
        combine = np.maximum if strongest else np.add
        for name, term in pairs:
            documents, counts, _ = self._decoded(name, term)
            # A posting list holds a document once, so plain indexing loses nothing.
            dense[documents] = combine(dense[documents], counts * self._norms[name][documents])
        documents = np.flatnonzero(dense).astype(np.int32)
        return Found(documents, dense[documents]) if len(documents) else NOTHING

    def _decoded(
        self, name: str, term: str, with_values: bool = False
    ) -> tuple[Ints, Floats, list[bytes]]:
        """A posting list as arrays. Called under the lock, or while only one thread knows us."""
        try:
            matcher = self._reader.postings(name, term.encode())
        except TermNotFound:
            return NOTHING.documents, NOTHING.weights, []
        ids: list[int] = []
        weights: list[float] = []
        values: list[bytes] = []
        for block_ids, block_weights, block_values in _blocks(matcher, with_values):
            ids += block_ids
            weights += block_weights
            values += block_values
        return np.array(ids, np.int32), np.array(weights, np.float32), values


def _blocks(matcher: Any, with_values: bool) -> Iterator[tuple[Any, Any, Any]]:
    """A posting list block by block: the matcher's own unit, where the stock loop steps by one."""
    if not hasattr(matcher, "_nextoffset"):  # a short list, held in the term itself
        while matcher.is_active():
            value = [matcher.value()] if with_values else []
            yield [matcher.id()], [matcher.weight()], value
            matcher.next()
        return
    while True:
        matcher._read_ids()
        matcher._read_weights()
        if with_values:
            matcher._read_values()
        yield matcher._ids, matcher._weights, matcher._values if with_values else []
        if matcher._lastblock:
            return
        matcher._goto(matcher._nextoffset)


def _size(found: Found) -> int:
    return found.documents.nbytes + found.weights.nbytes


def _years(dates: NDArray[np.int64]) -> NDArray[np.int64]:
    """The town hall's year of each date; 0 for none."""
    days = (dates + SOFIA_WINTER).astype("datetime64[us]").astype("datetime64[Y]")
    years = days.astype(np.int64) + 1970
    years[dates == 0] = 0
    return years

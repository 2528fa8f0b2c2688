"""A segment of the index as arrays: read from Whoosh's postings and columns once, then kept.

A segment never changes (only which of its documents are deleted, see `view`), so what was decoded
stays true as long as the segment lives. Whoosh's readers share one file position among threads;
decoding therefore happens under a lock, asking what was decoded does not.
"""

import pickle
import struct
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC as HEADER
from whoosh.reading import SegmentReader, TermNotFound

from portal.search.facets import Sets, sets_of, sets_of_numbers
from portal.search.kept import Kept
from portal.search.language import WordList
from portal.search.schema import COLUMNS, MARKS, TEXTS, WORDS_FILE

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

# BM25F: how much a field's words count, and its usual length. The lengths are fixed rather than
# the index's averages: what was worked out for a segment then holds for ever, and no score tells
# of texts that its reader may not see.
WEIGHT = {"title": 6.0, "names": 3.0, "body": 1.0}
USUAL_LENGTH = {"title": 8.0, "names": 10.0, "body": 150.0}
LENGTH_MATTERS = {"title": 0.4, "names": 0.3, "body": 0.75}
WORDS_OF_A_PAGE = 400
K1 = 1.2  # how soon more of the same word counts no more
CACHE_BYTES = 64 * 1024 * 1024  # of decoded postings, of all segments of this process
SHORT = 2  # letters that begin a word in nearly every text: looked for in titles and names only
SOFIA_WINTER = 2 * 3_600_000_000  # microseconds: years change in winter
FIRST_YEAR = 1970
PLACES = 20  # bits of a place in a field; the document's number stands above them


@dataclass(frozen=True)
class Found:
    """Documents in growing order, and how strongly each holds what was asked: from 0 to 1."""

    documents: Ints
    weights: Floats

    @property
    def size(self) -> int:
        return self.documents.nbytes + self.weights.nbytes


NOTHING = Found(np.zeros(0, np.int32), np.zeros(0, np.float32))
_KEPT = Kept(CACHE_BYTES)


class Leaf:
    """One segment. Its documents are numbered from 0; deleted ones are still among them."""

    def __init__(self, reader: SegmentReader) -> None:
        self._reader = reader
        self._lock = threading.Lock()
        self._kept = _KEPT.share()
        self.size: int = reader.doc_count_all()
        self.columns = {
            name: self._column(name) for name in COLUMNS if not name.endswith("_length")
        }
        self._norms = {name: self._norm(name) for name in TEXTS}
        # What merging costs: how many texts of a page its words would be, at least its documents.
        words = int(self._column("body_length").sum())
        self.weight = max(self.size, words // WORDS_OF_A_PAGE)
        self.words = WordList(self._file(WORDS_FILE).get)
        self.tokens = frozenset(self.marks("audience"))
        self.edges = np.unique([self.columns["opens"], self.columns["closes"]])
        self.facets = {
            **{name: self._sets(name) for name in ("kind", "space", "tag")},
            **{name: sets_of_numbers(self.columns[name]) for name in ("organisation", "author")},
            "year": sets_of_numbers(_years(self.columns["date"])),
        }

    def _file(self, ending: str) -> Any:
        """A file of ours in the segment."""
        return self._reader.storage().open_file(self._reader.segment().make_filename(ending))

    def _column(self, name: str) -> Longs:
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
        norms: Floats = (WEIGHT[name] / (1 - share + share * relative)).astype(np.float32)
        return norms

    def marks(self, name: str) -> list[str]:
        """Every value of a field of exact marks."""
        with self._lock:
            return [raw.decode() for raw in self._reader.lexicon(name)]

    def _sets(self, name: str) -> Sets:
        return sets_of(self.size, self.marks(name), lambda mark: self.lookup(name, mark))

    def read_through(self) -> None:
        """Read everything once; raises where something is damaged."""
        with self._lock:
            for name in (*TEXTS, *MARKS):
                for raw in self._reader.lexicon(name):
                    self._decoded(name, raw.decode(), with_values=name in TEXTS)
            for document in np.flatnonzero(self.columns["pages"]).tolist():
                self._reader.stored_fields(document)
        self.words.read_through()

    def lookup(self, name: str, mark: str) -> Ints:
        """The documents that hold an exact mark; not kept."""
        with self._lock:
            return self._decoded(name, mark)[0]

    def documents(self, name: str, mark: str) -> Ints:
        """The documents that hold an exact mark."""
        return self._kept.get(
            (name, mark), lambda: self.lookup(name, mark), lambda found: found.nbytes
        )

    def holders(self, term: str) -> Found:
        """The documents that hold a term in any field, weighed by field and length."""

        def work_out() -> Found:
            with self._lock:
                lists = [(name, *self._decoded(name, term)[:2]) for name in TEXTS]
                return self._weighed(lists, np.add)

        return self._kept.get(term, work_out, lambda found: found.size)

    def completed(self, beginning: str) -> Found:
        """The documents with a word that begins so; the strongest word of each counts."""

        def work_out() -> Found:
            with self._lock:
                # All of them: with a limit, words that stand only in texts hidden from a reader
                # would take the place of those in her own.
                names = TEXTS if len(beginning) > SHORT else ("title", "names")
                lists = [(name, *found) for name in names for found in self._begun(name, beginning)]
                return self._weighed(lists, np.maximum)

        return self._kept.get(("begins", beginning), work_out, lambda found: found.size)

    def places(self, name: str, term: str) -> Longs:
        """Where a term stands in a field: the document's number and the place in one number."""

        def work_out() -> Longs:
            with self._lock:
                documents, _, values = self._decoded(name, term, with_values=True)
            stands = np.frombuffer(b"".join(values), np.uint32).astype(np.int64)
            holders = documents.astype(np.int64).repeat([len(value) // 4 for value in values])
            return ((holders << PLACES) + stands)[stands < 1 << PLACES]

        return self._kept.get(("places", name, term), work_out, lambda found: found.nbytes)

    def pages(self, documents: list[int], terms: Iterable[str]) -> dict[int, int]:
        """For documents in growing order the first page that holds most of the terms.

        Pages count from 1; a document without such a page is left out.
        """
        held: dict[int, Counter[int]] = {document: Counter() for document in documents}
        for term in terms:
            on = {document: self._kept.known(("on", term, document)) for document in documents}
            unknown = [document for document, pages in on.items() if pages is None]
            if unknown:
                on.update(self._read_pages(unknown, term))
            for document, pages in on.items():
                held[document].update(pages)
        return {
            document: min(found, key=lambda page: (-found[page], page))
            for document, found in held.items()
            if found
        }

    def _read_pages(self, documents: list[int], term: str) -> dict[int, tuple[int, ...]]:
        """On which pages of documents a term stands; kept, for what is asked is asked again."""
        found: dict[int, tuple[int, ...]] = dict.fromkeys(documents, ())
        with self._lock:
            for document, places in self._standing(documents, term):
                starts = self._starts(document)
                on = {bisect_right(starts, place) - 1 for place in places}
                found[document] = tuple(on - {0})  # 0: the text before the pages
        for document, pages in found.items():
            self._kept.keep(("on", term, document), pages, 8 * len(pages))
        return found

    def _starts(self, document: int) -> list[int]:
        """Where the pages of a document begin. Called under the lock."""
        name = ("starts", document)
        known: list[int] | None = self._kept.known(name)
        if known is None:
            known = self._reader.stored_fields(document)["starts"]
            self._kept.keep(name, known, 8 * len(known))
        return known

    def _standing(self, documents: list[int], term: str) -> Iterator[tuple[int, list[int]]]:
        """Where a term stands in the bodies of documents. Called under the lock."""
        try:
            matcher = self._reader.postings("body", term.encode())
        except TermNotFound:
            return
        decode = self._reader.schema["body"].format.decode_positions
        for document in documents:
            if matcher.is_active():
                matcher.skip_to(document)
            if not matcher.is_active():
                return
            if matcher.id() == document:
                yield document, decode(matcher.value())

    def keep(
        self, terms: tuple[str, ...], ask: Callable[["Leaf", tuple[str, ...]], Found]
    ) -> Found:
        """What a function finds here for some terms, kept with the rest."""
        return self._kept.get(("terms", terms), lambda: ask(self, terms), lambda found: found.size)

    def _weighed(self, lists: list[tuple[str, Ints, Floats]], combine: np.ufunc) -> Found:
        """Posting lists of fields as one, each document's weights combined."""
        dense = np.zeros(self.size, np.float32)
        for name, documents, counts in lists:
            # A posting list holds a document once, so plain indexing loses nothing.
            dense[documents] = combine(dense[documents], counts * self._norms[name][documents])
        documents = np.flatnonzero(dense).astype(np.int32)
        if not len(documents):
            return NOTHING
        weights = dense[documents]
        return Found(documents, weights / (weights + np.float32(K1)))

    def _begun(self, name: str, beginning: str) -> Iterator[tuple[Ints, Floats]]:
        """The posting lists of all words of a field that begin so; those of words that stand in
        one document, which most do, as one. Called under the lock."""
        begins = beginning.encode()
        single: dict[int, float] = {}
        # One after the other as they lie there: looking each up costs twenty times as much.
        for (field, term), info in self._reader._terms.items_from(name, begins):
            if field != name or not term.startswith(begins):
                break
            if info.is_inlined():
                for document, count in zip(*info.inlined_postings()[:2], strict=True):
                    single[document] = max(count, single.get(document, 0.0))
            else:
                documents, counts, _ = self._listed(info)
                yield documents, counts
        yield np.array(list(single), np.int32), np.array(list(single.values()), np.float32)

    def _decoded(
        self, name: str, term: str, with_values: bool = False
    ) -> tuple[Ints, Floats, list[bytes]]:
        """A posting list as arrays. Called under the lock."""
        try:
            info = self._reader._terms.term_info(name, term.encode())
        except TermNotFound:
            return NOTHING.documents, NOTHING.weights, []
        return self._listed(info, with_values)

    def _listed(self, info: Any, with_values: bool = False) -> tuple[Ints, Floats, list[bytes]]:
        if info.is_inlined():  # a short list, held in the term itself
            documents, counts, found = info.inlined_postings()
            return np.array(documents, np.int32), np.array(counts, np.float32), list(found)
        # The whole list at once; stepping through it would read and undo each block in pieces.
        begin, (length,) = info.extent()  # so Whoosh unpacks the length
        raw = self._reader._terms._postfile.get(begin, length)
        blocks = list(_blocks(raw))
        weights = [np.asarray(each, np.float32) for _, each, _ in blocks]
        values = [value for _, _, found in blocks for value in found or ()] if with_values else []
        return np.concatenate([ids for ids, _, _ in blocks]), np.concatenate(weights), values


def _years(dates: Longs) -> Longs:
    """The town hall's year of each date; 0 for none."""
    days = (dates + SOFIA_WINTER).astype("datetime64[us]").astype("datetime64[Y]")
    years: Longs = np.maximum(days.astype(np.int64) + FIRST_YEAR, 0)
    years[dates == 0] = 0
    return years


def _blocks(raw: bytes) -> Iterator[tuple[Ints, Any, Any]]:
    """The blocks of a posting list as Whoosh writes them: documents, weights, values."""
    data = BytesIO(raw)
    data.seek(len(HEADER))
    size = 0
    while size >= 0:  # the last block's is negative
        (size,) = struct.unpack("!i", data.read(4))
        end = data.tell() + abs(size)
        number, *_statistics = pickle.load(data)  # noqa: S301  our own files
        steps, weights, values = pickle.loads(data.read(end - data.tell()))  # noqa: S301  our own
        ids = np.cumsum(np.array(steps, np.int32), dtype=np.int32)
        if weights is None or isinstance(weights, float):
            weights = np.full(number, 1.0 if weights is None else weights, np.float32)
        yield ids, weights, values

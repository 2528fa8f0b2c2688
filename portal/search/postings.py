"""Writing posting lists in Whoosh's own format, list by list where Whoosh goes posting by posting.

Its writer makes a tuple of each posting, sorts them all and takes them apart again, and pickles
each block in the way of Python 2 and compresses it: three quarters of the time of writing. What is
merged still goes Whoosh's way, which spills to disk, and is written in the same blocks; new
documents come in batches that fit into memory.
"""

import pickle
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, chain
from operator import itemgetter, sub
from struct import Struct
from typing import Any
from zlib import crc32

from whoosh.codec import whoosh3
from whoosh.filedb.filetables import HashWriter, OrderedHashWriter
from whoosh.util.numlists import GrowableArray

from portal.search.language import packed
from portal.search.schema import TEXTS, WORDS_FILE, Fields, encode

BLOCK = 512  # documents; Whoosh's 128 make four times as many pickles
COMPRESSION = 0  # a third smaller, an eighth slower to write, and slower to read for the first time
BYTES = 4  # of a place
PICKLES = 5  # from 3 on bytes are pickled as they are
Places = list[int]


class Pool:
    """The postings of the documents of one commit; takes the place of Whoosh's `PostingPool`.

    A list is the documents that hold a mark, or documents and places by turns for a term.
    """

    def __init__(self) -> None:
        self._fields: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))

    def take(
        self,
        document: int,
        texts: Mapping[str, Mapping[str, Places]],
        marks: Mapping[str, Iterable[str]],
    ) -> None:
        """The terms of a document with their places, and its marks, by field."""
        for name, terms in texts.items():
            field = self._fields[name]
            for term, places in terms.items():
                field[term] += document, places
        for name, held in marks.items():
            field = self._fields[name]
            for mark in held:
                field[mark].append(document)

    def add(self, posting: object) -> None:
        """Whoosh's way in, for fields of its own; ours come through `take`."""
        raise TypeError(posting)

    def iter_postings(self) -> "Pool":
        return self

    def lists(self) -> Iterator[tuple[str, list[tuple[str, list[Any]]]]]:
        """Fields and terms in their order, which is that of their letters' numbers."""
        for name in sorted(self._fields):
            yield name, sorted(self._fields[name].items(), key=itemgetter(0))

    def cleanup(self) -> None:
        self._fields.clear()


class TermsFile(OrderedHashWriter):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's table of terms, with its second hash, and written in larger pieces."""

    def __init__(self, file: Any) -> None:
        HashWriter.__init__(self, file, hashtype=_CRC)
        self.index = GrowableArray("H")
        self.lastkey = b""
        self._place = file.tell()

    @classmethod
    def of(cls, begun: OrderedHashWriter) -> "TermsFile":
        """Instead of Whoosh's, in the same file."""
        begun.dbfile.seek(0)
        made = cls(begun.dbfile)
        made.extras = begun.extras
        return made

    def add(self, key: bytes, value: bytes) -> None:
        if key <= self.lastkey:
            raise ValueError(f"keys must increase: {self.lastkey!r}, {key!r}")
        self.lastkey = key
        self.index.append(self._place)
        entry = _SIZES.pack(len(key), len(value)) + key + value
        self.dbfile.write(entry)
        hashed = crc32(key)
        self.buckets[hashed & 255].append((hashed, self._place))
        self._place += len(entry)

    def _write_hashes(self) -> None:
        """256 tables, each twice as long as what is in it; the first free slot from its own on."""
        for entries in self.buckets:
            slots = 2 * len(entries)
            self.directory.append((self.dbfile.tell(), slots))
            table = [_FREE] * slots
            for hashed, place in entries:
                slot = (hashed >> 8) % slots
                while table[slot] is not _FREE:
                    slot = (slot + 1) % slots
                table[slot] = _SLOT.pack(hashed, place)
            self.dbfile.write(b"".join(table))


_CRC = 1  # its number among Whoosh's hash functions; the first is MD5, ten times as slow
_SIZES = Struct("!ii")
_SLOT = Struct("!Iq")
_FREE = bytes(_SLOT.size)


class FieldWriter(whoosh3.W3FieldWriter):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's, which also takes a `Pool`, and lists the words beside them for spelling."""

    def __init__(self, codec: Any, storage: Any, segment: Any) -> None:
        super().__init__(codec, storage, segment)
        self._tindex: TermsFile = TermsFile.of(self._tindex)
        self._words: dict[str, list[str]] = defaultdict(list)  # by field

    def start_term(self, btext: bytes) -> None:
        super().start_term(btext)
        self._words[self._fieldname].append(btext.decode())

    def close(self) -> None:
        terms = set().union(*(self._words[name] for name in TEXTS))
        file = self._create_file(WORDS_FILE)
        file.write(packed(self._words["form"], terms))
        file.close()
        super().close()

    def add_postings(self, schema: Any, lengths: Any, items: Any) -> None:
        if not isinstance(items, Pool):
            super().add_postings(schema, lengths, items)
            return
        for name, terms in items.lists():
            self.start_field(name, schema[name])
            head = whoosh3.pack_ushort(self._fieldid)
            has_places = name in TEXTS
            for term, found in terms:
                if has_places:
                    info = self._write_list(found[::2], found[1::2])
                else:
                    info = self._write_list(found, None)
                self._tindex.add(head + term.encode(), info)
            self._words[name] = [term for term, _ in terms]
            self.finish_field()

    def _write_list(self, documents: list[int], places: list[Places] | None) -> bytes:
        """Write the list of a term; what the table of terms holds of it."""
        if len(documents) == 1:  # most words stand in one document: kept with the word itself
            count = float(len(places[0])) if places else 1.0
            value = encode(places[0]) if places else b""
            inlined = tuple(documents), (count,), (value,)
            return _info(documents, count, count, True) + pickle.dumps(inlined, PICKLES)
        counts = [float(len(each)) for each in places] if places else None
        values = _encoded(places, counts) if places and counts else None
        file, step = self._postfile, self._codec._blocklimit
        start = file.tell()
        file.write(whoosh3.WHOOSH3_HEADER_MAGIC)
        for begin in range(0, len(documents), step):
            part = slice(begin, begin + step)
            is_last = begin + step >= len(documents)
            file.write(block(documents[part], counts and counts[part],
                             values and values[part], is_last))  # fmt: skip
        weight = sum(counts) if counts else float(len(documents))
        place: bytes = whoosh3.pack_long(start) + whoosh3.pack_int(file.tell() - start)
        return _info(documents, weight, max(counts) if counts else 1.0, False) + place


def _info(documents: list[int], weight: float, most: float, is_inlined: bool) -> bytes:
    """What Whoosh's `W3TermInfo` says of a list, without the lengths, which we keep elsewhere."""
    head = whoosh3.W3TermInfo._struct.pack
    found: bytes = head(is_inlined, weight, len(documents), 0, 0, most, documents[0], documents[-1])
    return found


class PostingsWriter(whoosh3.W3PostingsWriter):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's, for merging, with blocks like those of new documents."""

    def _write_block(self, last: bool = False) -> None:
        if not self._blockcount:
            self._postfile.write(whoosh3.WHOOSH3_HEADER_MAGIC)
        self._terminfo.add_block(self)
        self._postfile.write(block(self._ids, self._weights.tolist(), self._values, last))
        self._blockcount += 1
        self._new_block()


def block(
    documents: Any, counts: list[float] | None, values: list[bytes] | None, is_last: bool
) -> bytes:
    """A piece of a posting list as Whoosh reads it."""
    steps = (documents[0], *map(sub, documents[1:], documents))
    weights: Any = None
    if counts and any(count != 1.0 for count in counts):
        weights = tuple(counts) if len(set(counts)) > 1 else counts[0]
    data = pickle.dumps((steps, weights, tuple(values) if values else None), PICKLES)
    # No lengths: we score by columns of our own.
    head = (len(documents), documents[-1], max(counts) if counts else 1.0, COMPRESSION, 0, 0)
    info = pickle.dumps(head, PICKLES)
    size = len(info) + len(data)
    packed: bytes = whoosh3.pack_int(-size if is_last else size)
    return packed + info + data


def _encoded(places: list[Places], counts: list[float]) -> list[bytes]:
    """The places in each document as `schema.encode` gives them, for all of them at once."""
    together = encode(list(chain.from_iterable(places)))
    if len(together) == BYTES * len(places):
        return [together[begin : begin + BYTES] for begin in range(0, len(together), BYTES)]
    ends = list(accumulate(BYTES * len(each) for each in places))
    return [together[begin:end] for begin, end in zip([0, *ends[:-1]], ends, strict=True)]


class Codec(whoosh3.W3Codec):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's own, without the least and greatest length of each block: we score by columns, and
    looking for lengths that are not there cost a third of the time of writing."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(BLOCK, COMPRESSION)

    def field_writer(self, storage: Any, segment: Any) -> FieldWriter:
        return FieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> PostingsWriter:
        return PostingsWriter(dbfile, self._blocklimit, byteids, COMPRESSION, self._inlinelimit)


def writer(index: Any, **options: Any) -> Any:
    """A writer of Whoosh's for documents that `add` gives it."""
    made = index.writer(codec=Codec(), **options)
    made.pool = Pool()
    return made


def add(writer: Any, fields: Fields) -> None:
    """A document: its postings into the pool, its columns and what is stored Whoosh's way."""
    writer.pool.take(writer.docnum, fields.texts, fields.marks)
    writer.add_document(**fields.columns)

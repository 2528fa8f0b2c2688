"""Writing posting lists in Whoosh's own format, list by list where Whoosh goes posting by posting.

Its writer makes a tuple of each posting, sorts them all and takes them apart again, and each block
is compressed however short it is: two thirds of the time of writing. What is merged still goes
Whoosh's way, which spills to disk; new documents come in batches that fit into memory.
"""

import pickle
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from operator import sub
from typing import Any

from whoosh import formats
from whoosh.codec import whoosh3

from portal.search.schema import Fields

WORTH = 100  # bytes of a block from which compressing pays
COMPRESSION = 3
Places = list[int]
# The documents of a term, and the places in each; marks have no places.
List = tuple[list[int], list[Places]]
_encode = formats.Positions().encode


class Pool:
    """The postings of the documents of one commit; takes the place of Whoosh's `PostingPool`."""

    def __init__(self) -> None:
        self._fields: dict[str, dict[str, List]] = {}

    def take(
        self,
        document: int,
        texts: Mapping[str, Mapping[str, Places]],
        marks: Mapping[str, Iterable[str]],
    ) -> None:
        """The terms of a document with their places, and its marks, by field."""
        for name, terms in texts.items():
            field = self._fields.setdefault(name, {})
            for term, places in terms.items():
                found = field.get(term)
                if found is None:
                    field[term] = ([document], [places])
                else:
                    found[0].append(document)
                    found[1].append(places)
        for name, held in marks.items():
            field = self._fields.setdefault(name, {})
            for mark in held:
                found = field.get(mark)
                if found is None:
                    field[mark] = ([document], [])
                else:
                    found[0].append(document)

    def add(self, posting: object) -> None:
        """Whoosh's way in, for fields of its own; ours come through `take`."""
        raise TypeError(posting)

    def iter_postings(self) -> "Pool":
        return self

    def lists(self) -> Iterator[tuple[str, list[tuple[str, List]]]]:
        """Fields and terms in their order, which is that of their letters' numbers."""
        for name in sorted(self._fields):
            yield name, sorted(self._fields[name].items())

    def cleanup(self) -> None:
        self._fields.clear()


class FieldWriter(whoosh3.W3FieldWriter):  # type: ignore[misc]
    """Whoosh's, which also takes a `Pool`."""

    def add_postings(self, schema: Any, lengths: Any, items: Any) -> None:
        if not isinstance(items, Pool):
            super().add_postings(schema, lengths, items)
            return
        for name, terms in items.lists():
            self.start_field(name, schema[name])
            head = whoosh3.pack_ushort(self._fieldid)
            for term, (documents, places) in terms:
                info = self._write_list(documents, places)
                self._tindex.add(head + term.encode(), info.to_bytes())
            self.finish_field()

    def _write_list(self, documents: list[int], places: list[Places]) -> Any:
        counts = [float(len(each)) for each in places] or None
        values = [_encoded(each) for each in places] or None
        info = whoosh3.W3TermInfo()
        info._df = len(documents)
        info._weight = sum(counts) if counts else float(len(documents))
        info._maxweight = max(counts) if counts else 1.0
        info._minid, info._maxid = documents[0], documents[-1]
        if len(documents) == 1:  # most words stand in one document: kept with the word itself
            info.set_inlined(documents, counts or (1.0,), values or (b"",))
            return info
        file, step = self._postfile, self._codec._blocklimit
        start = file.tell()
        file.write(whoosh3.WHOOSH3_HEADER_MAGIC)
        for begin in range(0, len(documents), step):
            block = slice(begin, begin + step)
            is_last = begin + step >= len(documents)
            file.write(_block(documents[block], counts and counts[block],
                              values and values[block], is_last))  # fmt: skip
        info.set_extent(start, file.tell() - start)
        return info


def _block(
    documents: list[int], counts: list[float] | None, values: list[bytes] | None, is_last: bool
) -> bytes:
    steps = (documents[0], *map(sub, documents[1:], documents))
    weights: Any = None
    if counts and any(count != 1.0 for count in counts):
        weights = tuple(counts) if len(set(counts)) > 1 else counts[0]
    data = pickle.dumps((steps, weights, tuple(values) if values else None), 2)
    compression = COMPRESSION if len(data) > WORTH else 0
    if compression:
        data = zlib.compress(data, compression)
    # No lengths: we score by columns of our own.
    head = (len(documents), documents[-1], max(counts) if counts else 1.0, compression, 0, 0)
    info = pickle.dumps(head, 2)
    size = len(info) + len(data)
    packed: bytes = whoosh3.pack_int(-size if is_last else size)
    return packed + info + data


def _encoded(places: Places) -> bytes:
    return _single(places[0]) if len(places) == 1 else _encode(places)


@lru_cache(maxsize=5_000)
def _single(place: int) -> bytes:
    encoded: bytes = _encode([place])
    return encoded


class Codec(whoosh3.W3Codec):  # type: ignore[misc]
    """Whoosh's own, without the least and greatest length of each block: we score by columns, and
    looking for lengths that are not there cost a third of the time of writing."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> FieldWriter:
        return FieldWriter(self, storage, segment)


def writer(index: Any, **options: Any) -> Any:
    """A writer of Whoosh's for documents that `add` gives it."""
    made = index.writer(codec=Codec(), **options)
    made.pool = Pool()
    return made


def add(writer: Any, fields: Fields) -> None:
    """A document: its postings into the pool, its columns and what is stored Whoosh's way."""
    writer.pool.take(writer.docnum, fields.texts, fields.marks)
    writer.add_document(**fields.columns)

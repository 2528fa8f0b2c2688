"""The index read by what Whoosh promises to everybody, where its inner names are other ones.

`leaf` and `view` read posting lists and columns by names that Whoosh may change (decision 0004).
Where it did, the same arrays come from its public interface here, some fifty times slower; masks,
questions, weights and counts are the same code, and so are the answers. An index that our writer
cannot write in the first place is no use to either.
"""

import logging
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import TermNotFound

from portal.search import postings, schema
from portal.search.flat import Part
from portal.search.leaf import NOTHING, Floats, Ints, Leaf, Longs
from portal.search.protocol import SearchDocument
from portal.search.view import NAME, View, live

log = logging.getLogger(__name__)


def newest(folder: Path, old: View | None) -> View:
    """The last commit of a folder; see `View.newest`."""
    index = FileStorage(str(folder)).open_index(NAME)
    generation = index.latest_generation()
    if old is not None and (old.folder, old.generation) == (folder, generation):
        return old
    known = old.segments if old is not None and old.folder == folder else {}
    segments: dict[str, Part] = {}
    for reader, _ in index.reader().leaf_readers():
        name = reader.segment().segment_id()
        leaf = known[name].leaf if name in known else PlainLeaf(reader)
        deleted = [number for number in range(leaf.size) if reader.is_deleted(number)]
        segments[name] = Part(leaf, live(leaf.size, deleted))
    return View.of(folder, generation, segments, {}, old)


class PlainLeaf(Leaf):
    """A segment by its reader's public methods."""

    def _column(self, name: str) -> Longs:
        if not self._reader.has_column(name):
            return np.full(self.size, schema.COLUMNS[name], np.int64)
        column = self._reader.column_reader(name)
        return np.array([column[number] for number in range(self.size)], np.int64)

    def _decoded(
        self, name: str, term: str, with_values: bool = False
    ) -> tuple[Ints, Floats, list[bytes]]:
        try:
            matcher = self._reader.postings(name, term.encode())
        except TermNotFound:
            return NOTHING.documents, NOTHING.weights, []
        found: list[tuple[int, float, bytes]] = []
        while matcher.is_active():
            value = matcher.value() if with_values else b""
            found.append((matcher.id(), matcher.weight(), value))
            matcher.next()
        return (
            np.array([document for document, _, _ in found], np.int32),
            np.array([count for _, count, _ in found], np.float32),
            [value for _, _, value in found],
        )

    def _begun(self, name: str, beginning: str) -> Iterator[tuple[Ints, Floats]]:
        for raw in self._reader.expand_prefix(name, beginning.encode()):
            yield self._decoded(name, raw.decode())[:2]


@cache
def is_needed() -> bool:
    """Whether our arrays cannot read what this Whoosh writes; tried on a small index, once.

    So a damaged file, which may raise anything, is told from a Whoosh that we do not know.
    """
    with tempfile.TemporaryDirectory(prefix="portal-index-") as folder:
        try:
            writer = postings.writer(FileStorage(folder).create_index(schema.schema(), NAME))
            for number in (1, 2):
                text = SearchDocument("try", number, "опит", "", frozenset({"nobody"}), pages=["a"])
                postings.add(writer, schema.document_fields(text))
            writer.commit()
            for part in View.newest(Path(folder), None).parts:
                part.leaf.read_through()
                part.leaf.completed("опи")
        except OSError:
            raise  # a full disk: nothing is known yet
        except Exception:
            log.exception("this Whoosh is a strange one: it is read by its public interface")
            return True
    return False

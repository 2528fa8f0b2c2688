"""What one commit of an index left: its segments, and which of their documents are still there."""

import copy
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.index import TOC
from whoosh.reading import SegmentReader

from portal.search import folders
from portal.search.facets import FACETS
from portal.search.flat import Flat, Part, Shared
from portal.search.leaf import Bools, Leaf
from portal.search.segment_files import Files

Stamp = tuple[int, int, int]
OUTGROWN = 1_000
NAME = "MAIN"  # Whoosh's own name of an index


@dataclass(frozen=True)
class View:
    """Never changed after it is made; a newer one shares its segments and what they decoded."""

    folder: Path
    generation: int
    parts: list[Part]
    segments: dict[str, Part]  # by Whoosh's name of the segment
    cursor: int | None  # None: written only in part, by a rebuild
    stamps: dict[Path, Stamp]  # of its files, which nobody ever changes
    shared: Shared

    @classmethod
    def newest(cls, folder: Path, old: "View | None") -> "View":
        """The last commit of a folder; `old` itself when nothing was committed since.

        Raises whatever a missing or torn file leads to: the caller looks again.
        """
        if old is not None and (old.folder, old.generation) == (folder, generation(folder)):
            return old
        storage = Files(folder)
        toc = TOC.read(storage, NAME)
        known = old.segments if old is not None and old.folder == folder else {}
        segments: dict[str, Part] = {}
        for segment in toc.segments:
            name = segment.segment_id()
            segments[name] = _part(storage, toc.schema, segment, known.get(name))
        names = [TOC._filename(NAME, toc.generation)]
        names += [segment.make_filename(".seg") for segment in toc.segments]
        stamps = {folder / name: _stamp(folder / name) for name in names}
        return cls.of(folder, toc.generation, segments, stamps, old)

    @classmethod
    def of(
        cls,
        folder: Path,
        generation: int,
        segments: dict[str, Part],
        stamps: dict[Path, Stamp],
        old: "View | None",
    ) -> "View":
        parts = list(segments.values())
        shared = old.shared if old is not None and old.folder == folder else Shared()
        if _is_outgrown(shared, parts):
            shared = Shared()
        return cls(folder, generation, parts, segments, _cursor(parts), stamps, shared)

    @cached_property
    def flat(self) -> Flat:
        """What searches ask; a process that only writes never needs it."""
        return Flat(self.parts, self.shared)

    @property
    def documents(self) -> int:
        return sum(int(np.count_nonzero(part.live)) for part in self.parts)

    @property
    def deleted(self) -> int:
        return sum(part.leaf.size for part in self.parts) - self.documents

    def is_untouched(self) -> bool:
        """Whether its files are what they were; a merge by another process may have taken them."""
        with suppress(OSError):
            return all(_stamp(file) == stamp for file, stamp in self.stamps.items())
        with suppress(FileNotFoundError):  # the folder; other trouble is not the index's
            return generation(self.folder) > self.generation
        return False

    def is_as_written(self) -> bool:
        """Whether the checksums of its segments hold; nothing else tells of what a disk lost."""
        return all(folders.is_sealed(file) for file in self.stamps if file.suffix == ".seg")

    def places(self, keys: Iterable[str]) -> list[int]:
        """The living documents of these keys, numbered through all segments as a writer does."""
        keys = set(keys)
        found: list[int] = []
        base = 0
        for part in self.parts:
            for key in keys:
                documents = part.leaf.lookup("key", key)
                found += [base + int(d) for d in documents if part.live[d]]
            base += part.leaf.size
        return found

    def keys(self) -> set[str]:
        """Every key in the index; for a rebuild that goes on where another one died."""
        return {key for part in self.parts for key in part.leaf.marks("key")}


def generation(folder: Path) -> int:
    """The number of the last commit in a folder; -1 where there is none."""
    return int(TOC._latest_generation(Files(folder), NAME))


def _stamp(file: Path) -> Stamp:
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _part(storage: Files, fields: Any, segment: Any, known: Part | None) -> Part:
    deleted = list(segment.deleted_docs())
    if known is None:
        file = Path(storage.folder, segment.make_filename(".seg"))
        if not folders.is_sealed(file):
            raise ValueError(f"{file.name} is not as it was written")
        # Its deletions are ours to apply; Whoosh would wrap each posting list in a filter.
        whole = copy.copy(segment)
        whole._deleted = None
        leaf = Leaf(SegmentReader(storage, fields, whole))
        return Part(leaf, live(leaf.size, deleted))
    if len(deleted) == known.leaf.size - int(np.count_nonzero(known.live)):
        return known  # deletions only grow
    return Part(known.leaf, live(known.leaf.size, deleted))


def _is_outgrown(shared: Shared, parts: list[Part]) -> bool:
    """Whether most of what is numbered stands no longer in the index."""
    size = sum(numbering.size for numbering in shared.numberings.values())
    held = sum(len(part.leaf.facets[name].sets) for part in parts for name in FACETS)
    return size > 2 * held + OUTGROWN


def live(size: int, deleted: list[int]) -> Bools:
    """Which of a segment's documents are still there."""
    left = np.ones(size, np.bool_)
    left[deleted] = False
    return left


def _cursor(parts: list[Part]) -> int | None:
    found = [int(part.leaf.columns["cursor"][part.live].max(initial=-1)) for part in parts]
    cursor = max(found, default=-1)
    return cursor if cursor >= 0 else None

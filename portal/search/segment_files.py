"""The files of an index as Whoosh reads them: piece by piece, at a place, never mapped.

Whoosh maps a segment and then copies all of it into memory at each opening (84 ms at 20,000
documents; research/search.md, section 5). Nothing is copied here. Nor is anything mapped: of a
mapped file that somebody cuts short the system kills whoever looks at the missing part, while a
read that finds nothing is an error like any other, and the index is written anew.
"""

import os
import weakref
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

AHEAD = 1024  # bytes
PEEK = 256  # bytes; a block's head has fewer


class Piece:
    """A part of a file with a place to read on from; as many of them as wanted share the file."""

    def __init__(self, number: int, begin: int, end: int, owner: object) -> None:
        self._number = number
        self._begin = begin
        self._end = end
        self._owner = owner  # whose end closes the file
        self._place = begin
        self._held: tuple[int, bytes] = (0, b"")  # what was read last, and from where

    def at(self, place: int, size: int) -> bytes:
        """Some bytes from a place on. What follows is read with them: it is asked for next."""
        begin = self._begin + place
        first, held = self._held  # both at once: threads share this
        if not first <= begin <= begin + size <= first + len(held):
            left = max(0, self._end - begin)
            if size > AHEAD:
                return os.pread(self._number, min(size, left), begin)
            first, held = begin, os.pread(self._number, min(AHEAD, left), begin)
            self._held = first, held
        return held[begin - first : begin - first + size]

    def part(self, begin: int, size: int) -> "Piece":
        start = self._begin + begin
        return Piece(self._number, start, start + size, self._owner)

    def read(self, size: int = -1) -> bytes:
        left = self._end - self._place
        found = os.pread(self._number, left if size < 0 else min(size, left), self._place)
        self._place += len(found)
        return found

    def peek(self, _size: int = 0) -> bytes:
        """What comes next; undoing a pickle without it would read sign by sign."""
        return os.pread(self._number, min(PEEK, self._end - self._place), self._place)

    def readline(self) -> bytes:
        line = b""
        while not line.endswith(b"\n") and (sign := self.read(1)):
            line += sign
        return line

    def readinto(self, target: Any) -> int:
        found = self.read(len(target))
        target[: len(found)] = found
        return len(found)

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        self._place = place + (self._begin, self._place, self._end)[whence]
        return self.tell()

    def tell(self) -> int:
        return self._place - self._begin


class File(StructFile):  # type: ignore[misc]
    """What Whoosh asks of a file, over a piece."""

    file: Piece

    def get(self, position: int, length: int) -> bytes:
        return self.file.at(position, length)

    def subset(self, offset: int, length: int, name: str | None = None) -> "File":
        return File(self.file.part(offset, length), name=name or self._name)


class Files(FileStorage):  # type: ignore[misc]
    """The folder of an index, for reading only."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), supports_mmap=False, readonly=True)

    def open_file(self, name: str, *_: Any, **__: Any) -> File:
        number = os.open(self._fpath(name), os.O_RDONLY | os.O_CLOEXEC)
        owner = _Owner()
        weakref.finalize(owner, os.close, number)
        return File(Piece(number, 0, os.fstat(number).st_size, owner), name=name)


class _Owner:
    """Lives as long as any piece of a file."""

"""The container of old office files (DOC, XLS, PPT, MSG): names of its streams, and their bytes.

Bounded: chains that loop or point outside end the reading of that chain.
"""

from __future__ import annotations

import struct
from typing import IO

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOTHING = 0xFFFFFFFA  # from here on numbers are marks, no sectors
_ENTRY = 128  # bytes of a directory entry
DIRECTORY_MAX = 4096  # entries that are looked at


class Compound:
    """An open container.

    stream: seekable, at any position. Raises ValueError where it is none.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        stream.seek(0)
        head = stream.read(512)
        if len(head) < 512 or not head.startswith(MAGIC):
            raise ValueError("no compound file")
        self._size = 1 << min(struct.unpack_from("<H", head, 30)[0], 12)
        if self._size < 512:
            raise ValueError("no compound file")
        self._table = self._allocation(head)
        first, _, self._cutoff, first_mini = struct.unpack_from("<IIII", head, 48)
        self._entries = self._directory(self._chain(first, DIRECTORY_MAX * _ENTRY))
        root = next((entry for entry in self._entries if entry[1] == 5), None)
        self._small_home = root
        self._first_mini = first_mini

    def names(self) -> set[str]:
        """Names of streams and folders, wherever they lie."""
        return {name for name, kind, _, _ in self._entries if kind in {1, 2}}

    def read(self, name: str, most: int = 64 * 1024 * 1024) -> bytes:
        """The first stream of this name; no bytes where there is none."""
        for entry_name, kind, start, size in self._entries:
            if kind == 2 and entry_name == name:
                size = min(size, most)
                if size < self._cutoff:
                    return self._small(start, size)
                return self._chain(start, size)[:size]
        return b""

    def _allocation(self, head: bytes) -> list[int]:
        """Which sector follows which."""
        sectors = [number for number in struct.unpack_from("<109I", head, 76) if number < _NOTHING]
        following, count = struct.unpack_from("<II", head, 68)
        per_sector = self._size // 4
        for _ in range(min(count, 1024)):
            if following >= _NOTHING:
                break
            numbers = self._numbers(self._sector(following))
            if len(numbers) < per_sector:
                break
            sectors += [number for number in numbers[:-1] if number < _NOTHING]
            following = numbers[-1]
        table: list[int] = []
        for sector in sectors:
            part = self._numbers(self._sector(sector))
            table += part + [0xFFFFFFFF] * (per_sector - len(part))
        return table

    @staticmethod
    def _numbers(data: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))

    def _sector(self, number: int) -> bytes:
        self._stream.seek((number + 1) * self._size)
        return self._stream.read(self._size)

    def _chain(self, start: int, most: int) -> bytes:
        """The sectors from start on, at most so many bytes."""
        parts: list[bytes] = []
        for _ in range(most // self._size + 1):
            if start >= len(self._table):
                break
            parts.append(self._sector(start))
            start = self._table[start]
        return b"".join(parts)

    def _small(self, start: int, size: int) -> bytes:
        """A stream below the cut-off lies in 64-byte pieces inside the root's own stream."""
        if self._small_home is None:
            return b""
        home = self._chain(self._small_home[2], min(self._small_home[3], 64 * 1024 * 1024))
        table = self._numbers(self._chain(self._first_mini, len(home) // 16 + self._size))
        parts: list[bytes] = []
        for _ in range(size // 64 + 1):
            if start >= len(table):
                break
            parts.append(home[start * 64 : start * 64 + 64])
            start = table[start]
        return b"".join(parts)[:size]

    @staticmethod
    def _directory(data: bytes) -> list[tuple[str, int, int, int]]:
        """Entries as name, kind (1 folder, 2 stream, 5 root), first sector and size in bytes."""
        entries = []
        for offset in range(0, len(data) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", data, offset + 64)
            if kind not in {1, 2, 5} or not 2 <= length <= 64:
                continue
            name = data[offset : offset + length - 2].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", data, offset + 116)
            entries.append((name, kind, start, size))
        return entries

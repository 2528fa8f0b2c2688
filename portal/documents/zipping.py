"""Many files as one ZIP, written while it is being sent: nothing is gathered before."""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

FILES_MAX = 1_000
BYTES_MAX = 2_000_000_000
CHUNK = 256 * 1024


@dataclass(frozen=True)
class Member:
    """A file on the disk, its folders and name in the archive, its size in bytes."""

    path: Path
    folders: tuple[str, ...]
    name: str
    size: int


class _Pipe:
    """What zipfile writes to: a stream that cannot go back. Emptied after each chunk."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        data = b"".join(self._held)
        self._held.clear()
        return data


def named(members: Iterable[Member]) -> list[tuple[Path, str, int]]:
    """Path on disk, name in the archive and size; doubles become «name (2).pdf»."""
    taken: set[str] = set()
    found = []
    for member in members:
        name, number = member.name, 1
        while (full := "/".join((*member.folders, name))).casefold() in taken:
            number += 1
            plain = PurePosixPath(member.name)
            name = f"{plain.stem} ({number}){plain.suffix}"
        taken.add(full.casefold())
        found.append((member.path, full, member.size))
    return found


def stream(members: Iterable[tuple[Path, str, int]], now: datetime) -> Iterator[bytes]:
    """The bytes of the archive. Stored, not packed: office files and pictures are packed already.

    A file that is gone is named in a text at the end instead of breaking the archive.
    """
    pipe, gone = _Pipe(), []
    stamp = (now.year, now.month, now.day, now.hour, now.minute, now.second)
    # Its type asks for a stream that can seek; the library itself does not.
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for path, name, size in members:
            info = zipfile.ZipInfo(name, stamp)
            info.file_size = size
            info.external_attr = 0o644 << 16
            try:
                source = path.open("rb")
            except FileNotFoundError:
                gone.append(name)
                continue
            with source, archive.open(info, "w") as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                    yield pipe.take()
        if gone:
            archive.writestr("MISSING.txt", "\n".join(gone))
    yield pipe.take()

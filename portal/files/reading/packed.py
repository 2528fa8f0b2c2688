"""ZIP containers of office files, opened only when they cannot be bombs."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from portal.files.reading import formats
from portal.files.reading.results import Trouble, Unreadable

MEMBERS_MAX = 10_000
UNPACKED_MAX = 400 * 1024 * 1024  # bytes of all members that shrink well
RATIO_MAX = 200  # of a member large enough to hurt
LARGE = 20 * 1024 * 1024
_SHRINKS = 20  # pictures and films do not: their size is no trick
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The container. Raises Unreadable: DAMAGED, PROTECTED or TOO_LARGE."""
    with path.open("rb") as stream:
        if not formats.members(stream):
            raise Unreadable(Trouble.DAMAGED)
    try:
        with zipfile.ZipFile(path) as packed:
            _check(packed.infolist())
            yield packed
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise Unreadable(Trouble.DAMAGED) from error


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MEMBERS_MAX:
        raise Unreadable(Trouble.TOO_LARGE)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(Trouble.PROTECTED)
    unpacked = 0
    for entry in entries:
        # A member never yields more than it declares: what declares too little fails its checksum.
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > LARGE and ratio > RATIO_MAX:
            raise Unreadable(Trouble.TOO_LARGE)
        if ratio > _SHRINKS:
            unpacked += entry.file_size
    if unpacked > UNPACKED_MAX:
        raise Unreadable(Trouble.TOO_LARGE)


def has_macros(packed: zipfile.ZipFile) -> bool:
    """Whether it carries Visual Basic or the scripts of OpenDocument."""
    return any(
        name.endswith(("vbaProject.bin", "script-lb.xml", "xlm.bin"))
        or name.startswith(("Basic/", "Scripts/", "xl/macrosheets/"))
        for name in packed.namelist()
    )


def part(packed: zipfile.ZipFile, name: str) -> IO[bytes] | None:
    """A member, opened; None where it is missing."""
    try:
        return packed.open(name)
    except KeyError:
        return None


def related(packed: zipfile.ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """What a part of an Office Open XML file refers to: id to (kind, member's name)."""
    folder, own = posixpath.split(name)
    stream = part(packed, posixpath.join(folder, "_rels", f"{own}.rels"))
    if stream is None:
        return {}
    with stream:
        text = stream.read(LARGE).decode("utf-8", "replace")
    found: dict[str, tuple[str, str]] = {}
    for tag in _RELATION.findall(text):
        fields = dict(_ATTRIBUTE.findall(tag))
        target = fields.get("Target", "")
        if fields.get("TargetMode") == "External" or not target:
            continue
        member = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
        found[fields.get("Id", "")] = (fields.get("Type", "").rpartition("/")[2], member)
    return found

"""The file of a backup: what may be in it, and whether it is whole."""

import hashlib
import json
import re
import tarfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from portal.kernel.i18n import _

FORMAT = 1
MANIFEST = "manifest.json"
CONFIG = "portal.toml"
DEMO_PASSWORD = "demo-password"
MANIFEST_MAX = 256 * 1024 * 1024  # bytes; a million files need about 120 MiB
CHUNK = 1024 * 1024
_NAME = re.compile(
    r"manifest\.json|portal\.toml|demo-password|tables/[a-z0-9_]{1,63}\.jsonl|"
    r"files/[0-9a-f]{2}/[0-9a-f]{62}"
)


class Damaged(Exception):
    """The file is no whole backup; the text says why."""


@dataclass
class Manifest:
    """What a backup says of itself; stored last. `members`: name → [sha256, bytes]."""

    made_at: str
    program: str
    schema: str
    database: str
    name: str
    format: int = FORMAT
    rows: dict[str, int] = field(default_factory=dict)
    members: dict[str, list[Any]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)  # files whose bytes were lost before
    damaged: list[str] = field(default_factory=list)  # files whose bytes had changed on disk

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "Manifest":
        try:
            manifest = cls(**json.loads(data))
        except (ValueError, TypeError) as error:
            raise Damaged(_("its manifest cannot be read")) from error
        if manifest.format != FORMAT:
            raise Damaged(_("it was written by a newer version of the portal"))
        return manifest

    @property
    def files(self) -> int:
        return sum(name.startswith("files/") for name in self.members)


class Hashing:
    """A reader that works out the SHA-256 of what passes."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._digest.update(data)
        self.size += len(data)
        return data

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def verify(path: Path, progress: Callable[[int, int], None]) -> Manifest:
    """Read a backup through and compare all of it with its manifest.

    progress: gets bytes read and bytes in all. Raises Damaged; changes nothing.
    """
    found: dict[str, list[Any]] = {}
    manifest: Manifest | None = None
    total = path.stat().st_size
    try:
        with path.open("rb") as raw, tarfile.open(fileobj=raw, mode="r:gz") as archive:
            for member in archive:
                _allowed(member, found)
                source = archive.extractfile(member)
                assert source is not None  # a regular file
                if member.name == MANIFEST:
                    manifest = Manifest.from_json(_whole(member, source))
                else:
                    found[member.name] = _sum(source)
                progress(raw.tell(), total)
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise Damaged(_("it is cut off or no backup: %(why)s", why=error)) from error
    if manifest is None:
        raise Damaged(_("it is cut off: the manifest at its end is missing"))
    if found != manifest.members:
        odd = sorted(
            name
            for name in found.keys() | manifest.members.keys()
            if found.get(name) != manifest.members.get(name)
        )
        raise Damaged(_("%(name)s is not what the manifest says", name=odd[0]))
    if CONFIG not in found:
        raise Damaged(_("its portal.toml is missing"))
    return manifest


def _allowed(member: tarfile.TarInfo, found: dict[str, list[Any]]) -> None:
    """Only our own names and plain files: an archive made by hand must not write elsewhere."""
    if not member.isreg() or not _NAME.fullmatch(member.name) or member.name in found:
        raise Damaged(_("it holds something strange: %(name)s", name=member.name[:80]))


def _whole(member: tarfile.TarInfo, source: IO[bytes]) -> bytes:
    if member.size > MANIFEST_MAX:
        raise Damaged(_("its manifest cannot be read"))
    return source.read()


def _sum(source: IO[bytes]) -> list[Any]:
    reader = Hashing(source)
    while reader.read(CHUNK):
        pass
    return [reader.sha256, reader.size]

"""Uploads that survive a broken line: portions on the disk until the whole file is there.

An upload is two files in instance/files/uploads: `<token>.json` says whose it is and what was
announced, `<token>.part` holds what has come. The length of the part is the offset, so a process
that is killed forgets nothing, and no portion costs a row in the database.
"""

import errno
import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, BinaryIO, NoReturn

from flask import current_app
from werkzeug.exceptions import Conflict, Forbidden, Locked, NotFound
from werkzeug.exceptions import RequestEntityTooLarge as TooLarge

from portal.access import Role, Viewer
from portal.content.models import Folder
from portal.files import store
from portal.files.services import clean_name
from portal.kernel import clock
from portal.kernel.config import MIB
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.text import tidy

PORTION_MAX = 8 * MIB  # bytes of one request
OPEN_MAX = 200  # unfinished uploads of one person
BYTES_MAX = 2048 * MIB  # that her unfinished uploads may announce together
DEPTH_MAX = 10  # folders within folders
RESERVE = 64 * MIB  # left free on the disk, for the database beside the files
AGE_MAX = timedelta(hours=24)  # since the last portion
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_CHUNK = MIB


class DiskFull(Exception):
    """Nothing more fits on the disk. What came before is kept."""


@dataclass(frozen=True)
class Upload:
    """What was announced of a file, and what became of it once it was taken."""

    token: str
    user_id: int
    name: str
    path: tuple[str, ...]  # folders above it, from the top
    length: int  # bytes
    created: str  # ISO 8601, UTC
    outcome: dict[str, Any] | None = None

    @property
    def offset(self) -> int:
        """Bytes that have come. An upload that was taken has come whole."""
        if self.outcome is not None:
            return self.length
        try:
            return _part(self.token).stat().st_size
        except FileNotFoundError:
            raise NotFound from None


@dataclass(frozen=True)
class Taken:
    """A whole upload in the hands of whoever makes something of it; see `take`."""

    upload: Upload
    stream: BinaryIO

    @property
    def name(self) -> str:
        return self.upload.name

    @property
    def path(self) -> tuple[str, ...]:
        return self.upload.path

    @property
    def outcome(self) -> dict[str, Any] | None:
        """What `done` kept when it was taken before: answer that and make nothing anew."""
        return self.upload.outcome


def limit() -> int:
    """The most bytes that one file may have."""
    return int(current_app.config["DOCUMENT_LIMIT_MB"]) * MIB


def begin(name: str, path: Sequence[str], length: int, *, by: Viewer) -> Upload:
    """Announce a file of `length` bytes that lies in these folders of the sender's disk.

    Raises Refused at `file`, and DiskFull when the disk is full.
    """
    if by.user_id is None or not by.spaces_as(Role.CONTRIBUTOR):
        raise Forbidden  # she could put it nowhere
    _check(name, length)
    upload = Upload(
        token=secrets.token_urlsafe(32),
        user_id=by.user_id,
        name=clean_name(name),
        path=clean_path(path),
        length=length,
        created=clock.now().isoformat(),
    )
    mine = [each for each in _all() if each.user_id == by.user_id and each.outcome is None]
    if len(mine) >= OPEN_MAX or sum(each.length for each in mine) + length > BYTES_MAX:
        raise Refused(
            "file", _("Too many uploads have been begun. Finish or remove some of them first.")
        )
    _room_for(length)
    try:
        _part(upload.token).touch(exist_ok=False)
        _note(upload)
    except OSError as error:
        _remove(upload.token)
        _full(error)
    return upload


def _check(name: str, length: int) -> None:
    if not _stem(name):
        raise Refused("file", _("The file has no name."))
    if length == 0:
        raise Refused("file", _("The file is empty."))
    if length > limit():
        mb = current_app.config["DOCUMENT_LIMIT_MB"]
        raise Refused(
            "file", _("The file is too large: %(mb)s MB is the most that is taken.", mb=mb)
        )


def _stem(name: str) -> str:
    """What is left of a name without folders, dots and invisible characters."""
    return tidy(name.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")


def clean_path(parts: Sequence[str]) -> tuple[str, ...]:
    """Names of folders without tricks; raises Refused when they lie deeper than DEPTH_MAX."""
    names = (_stem(part)[: Folder.NAME_MAX].strip(". ") for part in parts)
    path = tuple(name for name in names if name)
    if len(path) > DEPTH_MAX:
        raise Refused("file", _("Folders may be nested at most %(n)s deep.", n=DEPTH_MAX))
    return path


def find(token: str, *, by: Viewer) -> Upload:
    """An upload of the viewer's own; NotFound for everybody else."""
    upload = _read(token)
    if upload is None or upload.user_id != by.user_id:
        raise NotFound
    return upload


def append(upload: Upload, offset: int, stream: IO[bytes], length: int) -> int:
    """Add a portion of `length` bytes that begins at `offset`; the offset after it.

    Raises Conflict when the part is not that long, TooLarge when more comes than was announced,
    Locked while another portion is being written, and DiskFull when the disk is full:
    what was stored stays, and the upload can go on from there.
    """
    if upload.outcome is not None or offset != upload.offset:
        raise Conflict
    if length > PORTION_MAX or offset + length > upload.length:
        raise TooLarge
    with _locked(upload.token) as part:
        if os.fstat(part).st_size != offset:  # another portion was quicker
            raise Conflict
        _room_for(length)
        try:
            left = length
            while left and (chunk := stream.read(min(_CHUNK, left))):
                _write(part, chunk)
                left -= len(chunk)
            os.fsync(part)
        except OSError as error:
            _settle(part, offset)
            _full(error)
        return os.fstat(part).st_size


def _write(part: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(part, rest) :]


def _settle(part: int, offset: int) -> None:
    """Keep of a broken portion what certainly lies on the disk."""
    try:
        os.fsync(part)
    except OSError:
        os.ftruncate(part, offset)


@contextmanager
def take(token: str, *, by: Viewer) -> Iterator[Taken]:
    """A whole upload, held so that nobody takes it twice; call `done` when its row exists.

    Raises NotFound for strangers, Conflict while bytes are missing, Locked while another request
    holds it.
    """
    find(token, by=by)
    with _locked(token) as part, os.fdopen(os.dup(part), "rb") as stream:
        upload = find(token, by=by)  # under the lock: it may be done by now
        if upload.offset != upload.length:
            raise Conflict
        stream.seek(0)
        yield Taken(upload, stream)


def done(token: str, outcome: dict[str, Any]) -> None:
    """Forget the bytes and keep what the upload became, so that asking again gets the same."""
    upload = _read(token)
    if upload is not None:
        _note(replace(upload, outcome=outcome))
        os.truncate(_part(token), 0)


def remove(upload: Upload) -> None:
    """Forget an upload that its owner gives up."""
    _remove(upload.token)


def sweep() -> int:
    """Forget uploads without a portion for a day; how many. Run by an hourly chore."""
    edge = clock.now().timestamp() - AGE_MAX.total_seconds()
    tokens = {path.name.partition(".")[0] for path in _folder().iterdir()}
    swept = 0
    for token in tokens:
        if not any(_is_younger(path, edge) for path in (_part(token), _fact(token))):
            _remove(token)
            swept += 1
    return swept


def _is_younger(path: Path, edge: float) -> bool:
    try:
        return path.stat().st_mtime >= edge
    except FileNotFoundError:
        return False


def _folder() -> Path:
    path = store.folder() / "uploads"
    path.mkdir(exist_ok=True)
    return path


def _fact(token: str) -> Path:
    return _folder() / f"{token}.json"


def _part(token: str) -> Path:
    return _folder() / f"{token}.part"


def _note(upload: Upload) -> None:
    """Write down what is known of an upload, whole or not at all."""
    new = _folder() / f"{upload.token}.new"
    with new.open("w", encoding="utf-8") as out:
        json.dump(asdict(upload), out, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    new.replace(_fact(upload.token))


def _read(token: str) -> Upload | None:
    if not _TOKEN.fullmatch(token):
        return None
    try:
        facts = json.loads(_fact(token).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Upload(**{**facts, "path": tuple(facts["path"])})


def _all() -> Iterator[Upload]:
    for path in _folder().glob("*.json"):
        upload = _read(path.stem)
        if upload is not None:
            yield upload


def _remove(token: str) -> None:
    for path in (_fact(token), _part(token), _folder() / f"{token}.new"):
        path.unlink(missing_ok=True)


@contextmanager
def _locked(token: str) -> Iterator[int]:
    """The part, open for reading and adding, while nobody else has it so."""
    try:
        part = os.open(_part(token), os.O_RDWR | os.O_APPEND)
    except FileNotFoundError:
        raise NotFound from None
    try:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked from None
        yield part
    finally:
        os.close(part)


def _room_for(length: int) -> None:
    if shutil.disk_usage(_folder()).free < length + RESERVE:
        _full(OSError(errno.ENOSPC, "little is left"))


def _full(error: OSError) -> NoReturn:
    if error.errno in store.FULL:
        raise DiskFull from error
    raise error

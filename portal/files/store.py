"""The blob store: bytes under their SHA-256 in instance/files, fsynced before their row."""

import errno
import hashlib
import os
import secrets
import shutil
from datetime import datetime
from pathlib import Path
from typing import IO

from flask import current_app

CHUNK = 1024 * 1024
RUNS = {
    *("text/html", "application/xhtml+xml", "image/svg+xml"),
    *("text/xml", "application/xml", "text/javascript"),
}
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # what a full disk answers


def folder() -> Path:
    path = Path(current_app.instance_path) / "files"
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_of(sha256: str) -> Path:
    return folder() / sha256[:2] / sha256[2:]


def keep(stream: IO[bytes]) -> tuple[str, int]:
    """Store a stream; its SHA-256 and size in bytes. A crash leaves at most an orphan."""
    incoming = folder() / f"incoming-{secrets.token_hex(8)}"
    digest, size = hashlib.sha256(), 0
    try:
        with incoming.open("xb") as out:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        target = path_of(digest.hexdigest())
        target.parent.mkdir(exist_ok=True)
        os.replace(incoming, target)
    finally:
        incoming.unlink(missing_ok=True)
    for changed in (target.parent, folder()):
        _fsync(changed)
    return digest.hexdigest(), size


def sweep_broken(before: float) -> None:
    """Delete what a killed process was writing before a moment (seconds since 1970)."""
    for broken in folder().glob("incoming-*"):
        if broken.stat().st_mtime < before:
            broken.unlink(missing_ok=True)


def drawn(sha256: str) -> Path:
    """The folder of a file's page pictures. They can be drawn again, so no backup holds them."""
    return Path(current_app.instance_path) / "drawn" / sha256[:2] / sha256[2:]


def safe_type(media_type: str) -> str:
    """The type that a file is sent with; what a browser would run is just bytes."""
    return "application/octet-stream" if media_type in RUNS else media_type


def is_older(sha256: str, edge: datetime) -> bool:
    """Whether bytes were stored before a moment, for the last time, or are gone."""
    try:
        return path_of(sha256).stat().st_mtime < edge.timestamp()
    except FileNotFoundError:
        return True


def drop(sha256: str) -> None:
    """Delete bytes that no row names any more, and what was drawn of them."""
    path_of(sha256).unlink(missing_ok=True)
    shutil.rmtree(drawn(sha256), ignore_errors=True)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

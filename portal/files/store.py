"""The blob store: bytes under their SHA-256 in instance/files, fsynced before their row."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import BinaryIO

from flask import current_app

CHUNK = 1024 * 1024


def folder() -> Path:
    path = Path(current_app.instance_path) / "files"
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_of(sha256: str) -> Path:
    return folder() / sha256[:2] / sha256[2:]


def keep(stream: BinaryIO) -> tuple[str, int]:
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


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""What the files of an import are called, on a screen and in the database."""

import hashlib
import os
from pathlib import Path

SOURCE_MAX = 300


def readable(name: str) -> str:
    """A file's name as text: old archives leave names in windows-1251, which no terminal shows."""
    raw = os.fsencode(name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("windows-1251", "replace")


def source_key(kind: str, collection: str, name: str) -> str:
    """The key of a file among all that was ever imported, at most 300 characters."""
    key = f"{kind}:{collection}/{name}"
    if len(key) <= SOURCE_MAX:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: SOURCE_MAX - 65]}#{digest}"


def default_name(folder: Path) -> str:
    """A collection is called like its folder."""
    return readable(folder.resolve().name) or "import"

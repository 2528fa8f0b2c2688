"""The folders of an index: the one that serves, the one being built, and the switch."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.jobs import failpoint

CURRENT = "current"
BUILDING = "building"
STARTED = "started.json"


def current(root: Path, version: str) -> Path | None:
    """The folder that serves; None when there is none, or one of another version."""
    try:
        named = json.loads((root / CURRENT).read_text())
    except (FileNotFoundError, ValueError):
        return None
    if named.get("version") != version:
        return None
    return root / str(named["folder"])


@contextmanager
def rebuilding(root: Path) -> Iterator[None]:
    """One rebuild at a time; a second one waits for the first."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)  # an index is pickles: nobody else's files
    with (root / "rebuild.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def building(root: Path, version: str, cursor: int) -> tuple[Path, int]:
    """The folder to build in and its cursor: a rebuild that died is gone on with."""
    folder = root / BUILDING
    started = folder / STARTED
    try:
        note = json.loads(started.read_text())
        if note["version"] == version and note["cursor"] <= cursor:
            return folder, int(note["cursor"])
    except (FileNotFoundError, ValueError, KeyError):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _write(started, json.dumps({"version": version, "cursor": cursor}))
    return folder, cursor


def switch(root: Path, folder: Path, version: str) -> Path:
    """Let a built folder serve and drop the others. Readers keep what they have opened."""
    numbers = [int(p.name.split("-")[-1]) for p in root.glob("index-*") if p.is_dir()]
    target = root / f"index-{max(numbers, default=0) + 1}"
    (folder / STARTED).unlink()
    folder.rename(target)
    failpoint.here("rebuild.switching")
    _write(root / CURRENT, json.dumps({"folder": target.name, "version": version}))
    for old in root.glob("index-*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)
    return target


def _write(path: Path, text: str) -> None:
    """Write a small file whole or not at all, also through a power cut."""
    fresh = path.with_suffix(".new")
    with fresh.open("w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)

"""The folders of an index: the one that serves, the one being built, and the switch."""

import errno
import fcntl
import json
import os
import secrets
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portal.jobs import failpoint

CURRENT = "current"
BUILDING = "building"
STARTED = "started.json"
SUSPECTED = "suspected"  # names the folder that somebody could not read


def is_want(error: Exception) -> bool:
    """Whether the machine lacks something, such as free file numbers: no fault of a file."""
    return isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM)


def owner(root: Path) -> str:
    """What tells this installation's index from another's, which is never opened; it lies beside
    the index, so that a folder brought from elsewhere does not bring it along. Empty where it
    cannot be written: the disk is full, say. Raises OSError where it cannot be read."""
    note = root.with_name(f"{root.name}.owner")
    with suppress(FileNotFoundError, NotADirectoryError):
        return note.read_text(errors="replace")  # garbled, it is another one for good
    with suppress(OSError):
        root.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=root.parent) as fresh:
            fresh.write(secrets.token_hex(8))
            fresh.flush()
            os.link(fresh.name, note)  # fails where another process was first
    with suppress(FileNotFoundError, NotADirectoryError):
        return note.read_text(errors="replace")  # garbled, it is another one for good
    return ""


def current(root: Path, version: str) -> Path | None:
    """The folder that serves; None when there is none, or one of another version. What else may
    be wrong, such as too many open files, is no word on the index: OSError."""
    try:
        named = json.loads((root / CURRENT).read_text())
        if named["version"] == version:
            return root / str(named["folder"])
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        pass  # none, or torn
    return None


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
    except (OSError, ValueError, KeyError, TypeError):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _write(started, json.dumps({"version": version, "cursor": cursor}))
    return folder, cursor


def switch(root: Path, folder: Path, version: str) -> Path:
    """Let a built folder serve and drop the others. Readers keep what they have opened."""
    before = _numbered(root)
    target = root / f"index-{max(before, default=0) + 1}"
    (folder / STARTED).unlink()
    folder.rename(target)
    failpoint.here("rebuild.switching")
    _write(root / CURRENT, json.dumps({"folder": target.name, "version": version}))
    for old in before.values():
        shutil.rmtree(old, ignore_errors=True)
    return target


def _numbered(root: Path) -> dict[int, Path]:
    """The folders that served; a copy that somebody laid beside them («index-3.old») is none."""
    found = ((path.name.removeprefix("index-"), path) for path in root.glob("index-*"))
    return {
        int(number): path
        for number, path in found
        if number.isascii() and number.isdigit() and path.is_dir()
    }


def seal(folder: Path) -> None:
    """Note the checksum of each segment that has none yet; goes with its segment."""
    for file in folder.glob("*.seg"):
        seal_of = file.with_suffix(".crc")
        if not seal_of.exists():
            with suppress(OSError):  # it may be merged away just now, or the disk be full
                seal_of.write_text(str(_checksum(file)))


def unsealed(folder: Path) -> set[str]:
    """The segments of a folder that nobody sealed: their process died while it wrote them, and
    perhaps the machine with it, so that nothing says that they are whole."""
    return {file.stem for file in folder.glob("*.seg") if not file.with_suffix(".crc").exists()}


def is_sealed(file: Path) -> bool:
    """Whether a segment is as it was written; one that nobody sealed counts as such."""
    with suppress(OSError):
        noted = file.with_suffix(".crc").read_text(errors="replace")
        return not noted or noted == str(_checksum(file))
    return True


def _checksum(file: Path) -> int:
    found = 0
    with file.open("rb") as content:
        while piece := content.read(1 << 20):
            found = zlib.crc32(piece, found)
    return found


def suspect(root: Path, folder: Path, problem: str) -> None:
    """Note that something of a folder could not be read; the disk may be full."""
    with suppress(OSError):
        _write(root / SUSPECTED, json.dumps({"folder": folder.name, "problem": problem}))


def is_suspected(root: Path, folder: Path) -> bool:
    try:
        return bool(json.loads((root / SUSPECTED).read_text())["folder"] == folder.name)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def clear(root: Path) -> None:
    (root / SUSPECTED).unlink(missing_ok=True)


def give_up(root: Path, folder: Path, version: str) -> None:
    """Let a folder serve no longer; it goes when another one serves."""
    if current(root, version) == folder:
        (root / CURRENT).unlink(missing_ok=True)


def discard(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


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

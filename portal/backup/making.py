"""Making a backup of a running installation."""

import fcntl
import io
import os
import shutil
import tarfile
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from flask import Flask
from sqlalchemy import Connection, select, text

from portal import audit
from portal.access.models import Site
from portal.backup import archive, tables
from portal.files.models import File
from portal.kernel import clock, config
from portal.kernel.database import db
from portal.kernel.transaction import transaction

WORK = "backup-work"  # in the instance folder, so that files can be linked instead of copied
LOCK = "backup.lock"


class Busy(Exception):
    """Another backup of this instance is being made."""


@dataclass(frozen=True)
class Made:
    """A finished backup. `bytes`: its size. `left_out`: settings that only the environment has."""

    path: Path
    bytes: int
    manifest: archive.Manifest
    left_out: list[str]


@dataclass
class Progress:
    """How far the work is: `step` names a part, `count` gets done and total."""

    step: Callable[[str], None]
    count: Callable[[int, int], None]


def make(app: Flask, path: Path, program: str, progress: Progress) -> Made:
    """Write a backup of a running installation to `path`, all of it or nothing.

    The tables are of one moment. Files are linked before that moment, so that the nightly sweep
    cannot take one away in between; files of later rows are not needed.
    Raises Busy, FileExistsError, OSError.
    """
    instance = Path(app.instance_path)
    with app.app_context(), _alone(instance) as work:
        progress.step("files")
        _link_all(instance / "files", work / "files")
        progress.step("tables")
        manifest, blobs = _dump_all(work, program, progress)
        progress.step("archive")
        part = path.with_name(f".{path.name}.part-{os.getpid()}")
        try:
            with _private(part) as out:
                _write(out, instance, work, manifest, blobs, progress)
            _publish(part, path)
        finally:
            part.unlink(missing_ok=True)
        size = path.stat().st_size
        _note(size, manifest.files)
    return Made(path, size, manifest, _only_in_environment(instance))


@contextmanager
def _alone(instance: Path) -> Iterator[Path]:
    """A fresh working folder; what a killed backup left is cleared."""
    with (instance / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        work = instance / WORK
        shutil.rmtree(work, ignore_errors=True)
        (work / "tables").mkdir(parents=True, mode=0o700)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _link_all(files: Path, kept: Path) -> None:
    """Hold every file by a second name; where links are impossible `files` itself is read."""
    for folder in files.glob("[0-9a-f][0-9a-f]"):
        target = kept / folder.name
        target.mkdir(parents=True)
        for blob in folder.iterdir():
            try:
                os.link(blob, target / blob.name)
            except FileNotFoundError:
                continue  # swept at this moment: no row of the coming snapshot can need it
            except OSError:
                return


def _dump_all(
    work: Path, program: str, progress: Progress
) -> tuple[archive.Manifest, dict[str, int]]:
    """Every table as it is at one moment; the manifest begun, and the files that rows name."""
    with _moment() as connection:
        schema = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        manifest = archive.Manifest(
            made_at=clock.now().isoformat(timespec="seconds"),
            program=program,
            schema=str(schema),
            database=connection.dialect.name,
            name=str(connection.execute(select(Site.name_bg)).scalar() or ""),
        )
        found = tables.found_in(connection)
        for done, table in enumerate(found, start=1):
            with (work / "tables" / f"{table.name}.jsonl").open("wb") as out:
                manifest.rows[table.name] = tables.dump(connection, table, out)
            progress.count(done, len(found))
        blobs = {
            row.sha256: row.size
            for row in connection.execute(select(File.sha256, File.size).distinct())
        }
    return manifest, blobs


@contextmanager
def _moment() -> Iterator[Connection]:
    """A reading transaction that sees one moment, while others go on writing.

    SQLite's log (WAL) gives each reading transaction its moment; PostgreSQL does when asked.
    """
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


@contextmanager
def _private(part: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner reads: it holds the secret and every text."""
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


def _write(
    out: IO[bytes],
    instance: Path,
    work: Path,
    manifest: archive.Manifest,
    blobs: dict[str, int],
    progress: Progress,
) -> None:
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as tar:
        for name in (archive.CONFIG, archive.DEMO_PASSWORD):
            if (instance / name).is_file():
                _add(tar, manifest, name, instance / name)
        for path in sorted((work / "tables").iterdir()):
            _add(tar, manifest, f"tables/{path.name}", path)
        for done, sha256 in enumerate(sorted(blobs), start=1):
            _add_blob(tar, manifest, instance, work, sha256)
            progress.count(done, len(blobs))
        data = manifest.to_json()
        tar.addfile(_info(archive.MANIFEST, len(data)), io.BytesIO(data))


def _add(tar: tarfile.TarFile, manifest: archive.Manifest, name: str, path: Path) -> str:
    with path.open("rb") as source:
        reader = archive.Hashing(source)
        size = os.fstat(source.fileno()).st_size
        tar.addfile(_info(name, size), cast(Any, reader))
    manifest.members[name] = [reader.sha256, reader.size]
    return reader.sha256


def _add_blob(
    tar: tarfile.TarFile,
    manifest: archive.Manifest,
    instance: Path,
    work: Path,
    sha256: str,
) -> None:
    place = Path(sha256[:2]) / sha256[2:]
    for folder in (work / "files", instance / "files"):
        if (folder / place).is_file():
            read = _add(tar, manifest, f"files/{place}", folder / place)
            if read != sha256:
                manifest.damaged.append(sha256)
            return
    manifest.missing.append(sha256)


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(time.time())
    return info


def _publish(part: Path, path: Path) -> None:
    """Give the finished file its name. An older backup of that name is never written over."""
    try:
        os.link(part, path)  # fails where the name is taken, unlike a rename
    except FileExistsError:
        raise
    except OSError:  # no links on this disk, such as a stick
        if path.exists():
            raise FileExistsError(path) from None
        part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@transaction
def _note(size: int, files: int) -> None:
    audit.record("site.backup", "site", 1, by=None, bytes=size, files=files)


def _only_in_environment(instance: Path) -> list[str]:
    stored = tomllib.loads((instance / config.FILE).read_text(encoding="utf-8"))
    names = (f"PORTAL_{setting.name.upper()}" for setting in config.SETTINGS)
    return [
        name
        for name in names
        if name in os.environ and name.removeprefix("PORTAL_").lower() not in stored
    ]

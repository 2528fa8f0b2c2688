"""An installation from a backup, on an empty instance and an empty database of either kind."""

import os
import shutil
import tarfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, delete, event, text

from portal.backup import archive, tables
from portal.backup.making import Progress
from portal.kernel.database import MIGRATIONS
from portal.kernel.i18n import _

WORK = "restore-work"


@dataclass(frozen=True)
class Restored:
    """What was restored, from which schema to which."""

    manifest: archive.Manifest
    schema: str


def check(path: Path, progress: Progress) -> archive.Manifest:
    """Verify a backup and that this program can read it. Raises archive.Damaged."""
    progress.step("verify")
    manifest = archive.verify(path, progress.count)
    if manifest.schema not in _known_schemas():
        raise archive.Damaged(
            _(
                "it was made by a newer version of the portal (%(found)s)",
                found=manifest.program,
            )
        )
    return manifest


def settings_of(path: Path) -> dict[str, object]:
    """The portal.toml of a verified backup."""
    with tarfile.open(path, mode="r:gz") as tar:
        source = tar.extractfile(archive.CONFIG)
        assert source is not None
        return tomllib.loads(source.read().decode("utf-8"))


def restore(
    path: Path,
    manifest: archive.Manifest,
    instance: Path,
    database_url: str,
    progress: Progress,
) -> Restored:
    """Fill an empty instance folder and an empty database from a verified backup.

    Everything but portal.toml, which ends the work and is the caller's. Raises OSError, ValueError
    and database errors; what was written by then may be cleared.
    """
    work = instance / WORK
    shutil.rmtree(work, ignore_errors=True)
    (work / "tables").mkdir(parents=True, mode=0o700)
    try:
        progress.step("files")
        _unpack(path, manifest, instance, work, progress.count)
        progress.step("tables")
        schema = _fill(database_url, manifest, work, progress.count)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    os.sync()  # one for all files: nothing counts before portal.toml is there
    return Restored(manifest, schema)


def _unpack(
    path: Path,
    manifest: archive.Manifest,
    instance: Path,
    work: Path,
    count: Callable[[int, int], None],
) -> None:
    done = 0
    with tarfile.open(path, mode="r:gz") as tar:
        for member in tar:
            source = tar.extractfile(member)
            assert source is not None
            if member.name.startswith("tables/"):
                _copy(source, work / member.name)
            elif member.name.startswith("files/"):
                (instance / member.name).parent.mkdir(parents=True, exist_ok=True)
                _copy(source, instance / member.name)
            elif member.name == archive.DEMO_PASSWORD:
                _copy(source, instance / member.name)
            done += 1
            count(min(done, len(manifest.members)), len(manifest.members))


def _copy(source: IO[bytes], target: Path) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        shutil.copyfileobj(source, out, archive.CHUNK)


# ── The database ────────────────────────────────────────────────────────


def _fill(
    url: str, manifest: archive.Manifest, work: Path, count: Callable[[int, int], None]
) -> str:
    """The schema as the backup had it, the rows, then the migrations since; the schema's name."""
    engine = _engine(url)
    try:
        _migrate(engine, manifest.schema)
        with engine.begin() as connection:
            found = {table.name: table for table in tables.found_in(connection)}
            back = tables.without_references(connection)
            for table in found.values():  # what a migration wrote is in the backup too
                connection.execute(delete(table))
            for done, (name, rows) in enumerate(sorted(manifest.rows.items()), start=1):
                if name not in found:
                    raise ValueError(f"there is no table {name}")
                with (work / "tables" / f"{name}.jsonl").open("rb") as lines:
                    if tables.load(connection, found[name], lines) != rows:
                        raise ValueError(f"{name} has not the {rows} rows that it should")
                count(done, len(manifest.rows))
            tables.with_references(connection, back)
            tables.set_counters(connection, found.values())
        _migrate(engine, "head")
        with engine.connect() as connection:
            return str(
                connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            )
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    """An engine of our own: unlike the app's it checks references at the end, not row by row."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def settings(connection: object, _record: object) -> None:
            connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined]

    return engine


def _alembic() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    return settings


def _known_schemas() -> set[str]:
    return {one.revision for one in ScriptDirectory.from_config(_alembic()).walk_revisions()}


def _migrate(engine: Engine, revision: str) -> None:
    settings = _alembic()
    with engine.connect() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)

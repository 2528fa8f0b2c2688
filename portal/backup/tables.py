"""Tables as JSON lines, the same for every database: a line of column names, then a line a row."""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import IO, Any

from sqlalchemy import (
    JSON,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

BATCH = 500  # rows
VERSION_TABLE = "alembic_version"
Write = Callable[[Any], Any]


def found_in(connection: Connection) -> list[Table]:
    """The tables as they stand in this database, which may be older than the program's models."""
    metadata = MetaData()
    metadata.reflect(connection)
    tables = [table for name, table in metadata.tables.items() if name != VERSION_TABLE]
    return sorted(tables, key=lambda table: table.name)


# ── Out ─────────────────────────────────────────────────────────────────


def dump(connection: Connection, table: Table, out: IO[bytes]) -> int:
    """Write a table; the number of rows. The caller's transaction holds the moment."""
    columns = list(table.columns)
    out.write(_json([column.name for column in columns]))
    statement = select(table).order_by(*table.primary_key.columns)
    rows = 0
    for row in connection.execution_options(yield_per=BATCH).execute(statement):
        out.write(_json([_plain(value) for value in row]))
        rows += 1
    return rows


def _json(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):  # SQLite keeps no zone; all stored times are UTC
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


# ── In ──────────────────────────────────────────────────────────────────


def load(connection: Connection, table: Table, lines: Iterable[bytes]) -> int:
    """Fill an empty table from its dump; the number of rows.

    Raises ValueError when the dump has columns that the table has not.
    """
    source = iter(lines)
    names = json.loads(next(source))
    if unknown := set(names) - set(table.columns.keys()):
        raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    writers = [_writer(table.columns[name].type, connection.dialect.name) for name in names]
    for name in names:
        if isinstance(table.columns[name].type, JSON):
            table.columns[name].type = JSON(none_as_null=True)
    rows = 0
    for batch in _batches(source):
        values = [
            {
                name: write(value) if value is not None else None
                for name, write, value in zip(names, writers, json.loads(line), strict=True)
            }
            for line in batch
        ]
        connection.execute(table.insert(), values)
        rows += len(values)
    return rows


def _batches(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _writer(kind: TypeEngine[Any], dialect: str) -> Write:
    """How a value of JSON becomes one of the column."""
    if isinstance(kind, DateTime):
        if dialect == "sqlite":
            return lambda value: datetime.fromisoformat(value).replace(tzinfo=None)
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    return lambda value: value


# ── References and counters ─────────────────────────────────────────────

_FOREIGN_KEYS = text(
    "SELECT conrelid::regclass::text AS owner, quote_ident(conname) AS name, "
    "pg_get_constraintdef(oid) AS definition FROM pg_constraint "
    "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)


def without_references(connection: Connection) -> list[str]:
    """Let tables be filled in any order: people and organisations point at one another.

    On SQLite a plain connection checks nothing; on PostgreSQL the constraints are dropped in this
    transaction. The statements that put them back, which check every row.
    """
    if connection.dialect.name == "sqlite":
        return []
    back = []
    for key in connection.execute(_FOREIGN_KEYS).all():
        connection.execute(text(f"ALTER TABLE {key.owner} DROP CONSTRAINT {key.name}"))
        back.append(f"ALTER TABLE {key.owner} ADD CONSTRAINT {key.name} {key.definition}")
    return back


def with_references(connection: Connection, back: Iterable[str]) -> None:
    """Put the references back and check them. Raises ValueError when a row points nowhere."""
    for statement in back:
        connection.execute(text(statement))
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise ValueError(f"a row of {broken[0]} points at a missing row of {broken[2]}")


def set_counters(connection: Connection, tables: Iterable[Table]) -> None:
    """On PostgreSQL let the next numbers come after the highest; SQLite sees to it itself."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables:
        for column in table.primary_key.columns:
            counter = connection.execute(
                text("SELECT pg_get_serial_sequence(:owner, :name)"),
                {"owner": f'"{table.name}"', "name": column.name},
            ).scalar()
            if counter is not None:
                connection.execute(
                    text(
                        # Names of our own tables, not of people.
                        f'SELECT setval(:counter, (SELECT coalesce(max("{column.name}"), 0) + 1 '
                        f'FROM "{table.name}"), false)'
                    ),
                    {"counter": counter},
                )

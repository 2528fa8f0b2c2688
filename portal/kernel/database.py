"""The database: one base class, the types of ours, and how connections behave."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DateTime,
    Dialect,
    Executable,
    MetaData,
    Row,
    TypeDecorator,
    UpdateBase,
    event,
)
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.orm import DeclarativeBase

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class Base(DeclarativeBase):
    """Every model's base; the naming convention lets Alembic name constraints on SQLite too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment; SQLite keeps no zone, so it is dropped going in and given coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_KEPT = "connection"  # in the session's own notes
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def rows(statement: Executable, params: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
    """Run a read statement on the session's connection: rows, never entities.

    Half the price of `session.execute` (research/speed.md, habit 9).
    """
    return _connection().execute(statement, params or {}).all()


def first(statement: Executable, params: Mapping[str, Any] | None = None) -> Row[Any] | None:
    """The first row of a read statement, or None."""
    return _connection().execute(statement, params or {}).first()


def _connection() -> Connection:
    """The session's connection, kept as long as its transaction lasts: finding it again for each
    statement of a page took a fifth of their time."""
    session = db.session()
    transaction, kept = session.get_transaction(), session.info.get(_KEPT)
    if kept is None or transaction is None or kept[0] is not transaction:
        connection = session.connection()
        kept = session.info[_KEPT] = (session.get_transaction(), connection)
    found: Connection = kept[1]
    return found


def affected(statement: UpdateBase) -> int:
    """Run a conditional UPDATE or DELETE; the number of rows that it met."""
    result = db.session.execute(statement)
    if not isinstance(result, CursorResult):
        raise TypeError("the statement gives rows, not a count")
    return int(result.rowcount)


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def install(app: Flask) -> None:
    """Bind the database to the app and set up its connections."""
    url = app.config["DATABASE_URL"]
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    options: dict[str, Any] = {}
    if url.startswith("sqlite"):
        # The driver must not begin transactions by itself: the begin event below chooses the kind.
        options["connect_args"] = {"isolation_level": None, "check_same_thread": False}
    else:
        options["pool_pre_ping"] = True
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _sqlite_settings)
            event.listen(db.engine, "begin", _sqlite_begin)


def _sqlite_settings(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # a confirmed order must survive a power cut; 1.2 ms a write
        "foreign_keys=ON",
        "busy_timeout=15000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite's own knows ASCII only; PostgreSQL's knows every alphabet.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _sqlite_begin(connection: Connection) -> None:
    # Read-then-write in a deferred transaction fails at once with "database is locked".
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def alembic_config(app: Flask) -> "Config":
    from alembic.config import Config  # no page needs it: a server starts the sooner

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = app.config["DATABASE_URL"]
    return config


def upgrade(app: Flask) -> None:
    """Bring the schema to the newest migration."""
    from alembic import command

    with app.app_context():
        config = alembic_config(app)
        with db.engine.connect() as connection:
            config.attributes["connection"] = connection.execution_options(write=True)
            command.upgrade(config, "head")

"""The instance folder as commands find it: empty, half set up, or an installation."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import MetaData, create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from portal.cli.say import Stop
from portal.kernel import config, database
from portal.kernel.database import db
from portal.kernel.i18n import _, ngettext

# Written before a set-up begins and removed when it is whole: what it covers may be cleared.
UNFINISHED = "setup-unfinished"
OWNED = ("portal.db", "portal.db-wal", "portal.db-shm", "files", "index")
AppMaker = Callable[[], Flask]


def app_of(instance: Path, overrides: dict[str, Any] | None = None) -> Flask:
    """The app of an installation. Stops when there is none or its settings are wrong."""
    if overrides is None and not config.is_configured(instance):
        raise Stop(
            _("%(folder)s holds no installation yet.", folder=instance),
            _("Make one with `portal init --name … --admin EMAIL`, or see a demonstration: portal"),
        )
    from portal.app import create_app  # heavy: half of what `portal --help` would cost

    try:
        app = create_app(instance, overrides)
    except config.ConfigError as error:
        raise Stop(str(error)) from error
    if command := click.get_current_context(silent=True):
        command.call_on_close(lambda: close(app))
    return app


def close(app: Flask) -> None:
    """Give the database's connections back."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def current_app_of(instance: Path) -> Flask:
    """The app of an installation whose database fits this version of the program."""
    app = app_of(instance)
    found, newest = schema_of(app)
    if found != newest:
        raise Stop(
            _(
                "The database belongs to another version of the portal (%(found)s).",
                found=found,
            ),
            _("Run `portal upgrade` first; make a backup before it."),
        )
    return app


def schema_of(app: Flask) -> tuple[str | None, str]:
    """The database's schema revision (None: empty) and the newest one known.

    Stops when the database cannot be reached or is newer than the program.
    """
    scripts = ScriptDirectory.from_config(database.alembic_config(app))
    newest = scripts.get_current_head() or ""
    with app.app_context():
        try:
            with db.engine.connect() as connection:
                found = _revision(connection)
        except SQLAlchemyError as error:
            raise Stop(
                _("The database cannot be opened: %(why)s", why=_first_line(error)),
                _("Check database_url in portal.toml and that the database server runs."),
            ) from error
    if found is not None and found not in {one.revision for one in scripts.walk_revisions()}:
        raise Stop(
            _(
                "The database was written by a newer version of the portal (%(found)s).",
                found=found,
            ),
            _("Install that version again, or restore a backup made before the upgrade."),
        )
    return found, newest


def _revision(connection: Any) -> str | None:
    if "alembic_version" not in inspect(connection).get_table_names():
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found is not None else None


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


def must_be_empty(instance: Path) -> None:
    """Stop unless a new installation may be made here."""
    if config.is_configured(instance):
        raise Stop(
            _("%(folder)s holds an installation already.", folder=instance),
            _("Choose another folder with PORTAL_INSTANCE=…"),
        )
    if (instance / UNFINISHED).exists():
        return
    left = [name for name in OWNED if (instance / name).exists()]
    if left:
        raise Stop(
            _(
                "%(folder)s has no portal.toml, but holds data: %(names)s.",
                folder=instance,
                names=", ".join(left),
            ),
            _("Put its portal.toml back, or choose another folder with PORTAL_INSTANCE=…"),
        )


@contextmanager
def setting_up(instance: Path, database_url: str | None = None) -> Iterator[None]:
    """Set an instance up inside this block; portal.toml must be its last step.

    What an earlier, broken attempt left behind is cleared first. A failure inside the block
    leaves the mark, so that the next attempt may clear again.
    """
    must_be_empty(instance)
    try:
        instance.mkdir(parents=True, exist_ok=True, mode=0o750)
        mark = instance / UNFINISHED
        server = database_url if database_url and not database_url.startswith("sqlite") else ""
        before = mark.read_text() if mark.exists() else None
        if before is not None:
            _clear_folder(instance)
        if server and before == _sha256(server):  # only what we began to fill ourselves
            _clear_database(server)
        elif server:
            _must_be_empty_database(server)
        mark.write_text(_sha256(server) if server else "")
    except OSError as error:
        raise Stop(
            _(
                "%(folder)s cannot be written: %(why)s",
                folder=instance,
                why=error.strerror,
            ),
            _("Choose another folder with PORTAL_INSTANCE=… or mend its permissions."),
        ) from error
    yield
    mark.unlink(missing_ok=True)


def _must_be_empty_database(url: str) -> None:
    engine = create_engine(url)
    try:
        names = inspect(engine).get_table_names()
    except SQLAlchemyError as error:
        raise Stop(
            _("The database cannot be opened: %(why)s", why=_first_line(error)),
            _("Check the address given and that the database server runs."),
        ) from error
    finally:
        engine.dispose()
    if names:
        raise Stop(
            ngettext(
                "The database is not empty: it has %(n)s table.",
                "The database is not empty: it has %(n)s tables.",
                len(names),
            ),
            _("Give the portal a database of its own."),
        )


def _sha256(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()  # the address holds a password


def _clear_folder(instance: Path) -> None:
    for name in OWNED:
        path = instance / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _clear_database(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection)
        tables.drop_all(connection)
    engine.dispose()

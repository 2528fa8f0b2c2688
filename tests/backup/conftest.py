"""A backup in this process: making one, restoring it into a fresh folder and database."""

from contextlib import contextmanager

import pytest

from portal import backup
from portal.kernel import config
from portal.kernel.database import db
from tests.conftest import SETTINGS, make_app
from tests.support.databases import SQLITE


@pytest.fixture
def silent():
    return backup.Progress(lambda _key: None, lambda _done, _total: None)


@pytest.fixture
def stored(app, instance):
    """The instance with the portal.toml that a backup takes along."""
    config.write(instance, secret_key=SETTINGS["SECRET_KEY"])
    return instance


@pytest.fixture
def make(app, stored, silent, tmp_path):
    """Back the test's app up into a file."""

    def made(name="backup.tar.gz"):
        db.session.rollback()
        return backup.make(app, tmp_path / name, "test", silent)

    return made


@pytest.fixture
def blank(database_kind, fillers, tmp_path):
    """Addresses of databases without a single table, of the test's own kind."""
    made = []

    def nothing(url):
        """An empty database is what is wanted."""

    def address():
        folder = tmp_path / f"restored-{len(made)}"
        folder.mkdir()
        if database_kind.__class__.__name__ == "SqliteFiles":
            return folder, f"sqlite:///{folder / 'portal.db'}"
        url = database_kind.copy("blank", nothing, folder)
        made.append(url)
        return folder, url

    yield address
    for url in made:
        database_kind.drop(url)


@pytest.fixture
def restored(blank, silent, compiled_templates):
    """Restore a file; an app on what came of it."""

    @contextmanager
    def restore(path, url=None):
        folder, fresh = blank()
        manifest = backup.check(path, silent)
        backup.restore(path, manifest, folder, url or fresh, silent)
        made = make_app(folder, url or fresh, compiled_templates)
        try:
            yield made
        finally:
            with made.app_context():
                db.session.remove()
                db.engine.dispose()

    return restore


__all__ = ["SQLITE"]

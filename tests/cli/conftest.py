"""Commands in this process, on the test's own instance and database."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import has_app_context

from portal.cli.main import portal
from portal.kernel import config, i18n
from portal.kernel.database import db

Run = Callable[..., Result]


@pytest.fixture
def english(monkeypatch):
    monkeypatch.setenv("PORTAL_LANGUAGE", "en")
    monkeypatch.delenv("PORTAL_DEBUG", raising=False)


@pytest.fixture
def run(app, instance, monkeypatch, english) -> Run:
    """Run a command on the test's app's instance; its result."""
    settings: dict[str, Any] = {"database_url": app.config["DATABASE_URL"]}
    config.write(instance, **{"secret_key": app.config["SECRET_KEY"], **settings})
    return runner(instance, monkeypatch)


@pytest.fixture
def empty(tmp_path, monkeypatch, english):
    """A folder without an installation."""
    folder = tmp_path / "fresh"
    monkeypatch.delenv("PORTAL_DATABASE_URL", raising=False)
    return folder


@pytest.fixture
def run_empty(empty, monkeypatch) -> Run:
    return runner(empty, monkeypatch)


def runner(folder, monkeypatch) -> Run:
    monkeypatch.setenv("PORTAL_INSTANCE", str(folder))

    def call(*arguments: object) -> Result:
        look_afresh()
        with i18n.speaking("en"):
            result = CliRunner().invoke(portal, [str(argument) for argument in arguments])
        look_afresh()
        return result

    return call


def look_afresh() -> None:
    """End the test's own reading: it must neither lock nor look back."""
    if has_app_context():
        db.session.rollback()

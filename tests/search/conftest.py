"""The shared app with the test room in it, and a worker process that can be let die."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal import search
from portal.kernel import clock
from portal.kernel.database import db
from portal.search import registry
from tests.search.makers import NOW
from tests.search.room import TopicSearch
from tests.support.patience import PATIENCE

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def app(app: Flask) -> Iterator[Flask]:
    """Nothing but the test room's topics is searched for, at a moment that stands still."""
    before = dict(registry._sources)
    registry._sources.clear()
    search.register(TopicSearch())
    with clock.at(NOW):
        yield app
    registry._sources.clear()
    registry._sources.update(before)


Child = Callable[..., int]


@pytest.fixture
def run_child(app: Flask) -> Child:
    """Run a worker until it is idle, or until it dies at a place; its exit code."""

    def run(die_at: str = "", lease: float = 0.01) -> int:
        environment = {
            **os.environ,
            "PORTAL_DIE_AT": die_at,
            "PORTAL_DATABASE_URL": app.config["DATABASE_URL"],
            "PYTHONPATH": str(CHECKOUT),
        }
        db.session.rollback()
        done = subprocess.run(
            [sys.executable, "-m", "tests.search.child", app.instance_path, str(lease)],
            cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        return done.returncode

    return run

"""With a real worker beside us: what is released is found within two seconds, whoever dies."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from portal import search
from portal.jobs import supervisor
from portal.jobs.supervisor import Supervisor
from portal.kernel.database import db
from portal.search.protocol import Query
from tests.search import room
from tests.search.conftest import CHECKOUT
from tests.search.makers import MEMBER, NOW

IN_TIME = 2.0  # seconds from the change to the hit


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    """What a server keeps running, with the test room's worker."""
    monkeypatch.setenv("PORTAL_DATABASE_URL", app.config["DATABASE_URL"])
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    monkeypatch.setattr(supervisor, "PAUSES", (0.1,))
    command = [
        sys.executable,
        "-m",
        "tests.search.child",
        app.instance_path,
        "300",
        "stay",
    ]
    with Supervisor(Path(app.instance_path), command) as running:
        yield running


def found(words: str) -> bool:
    """As a page asks: at most 0.3 s behind the index."""
    return search.engine().search(Query(words, MEMBER, NOW)).total > 0


def seconds_until(condition: Callable[[], bool], most: float = 30.0) -> float:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < most, "it did not happen in time"
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.mark.usefixtures("server")
def test_what_is_released_is_found_within_two_seconds(app: Flask) -> None:
    seconds_until(lambda: search.engine().search(Query("x", MEMBER, NOW)).ready)
    took = []
    for word in ("Заповед", "Отпуск", "Бюджет"):
        room.write(word)
        db.session.rollback()
        took.append(seconds_until(partial(found, word)))
    assert max(took) < IN_TIME, took


def test_a_killed_worker_delays_but_loses_nothing(app: Flask, server: Supervisor) -> None:
    seconds_until(lambda: search.engine().search(Query("x", MEMBER, NOW)).ready)
    assert server.process is not None
    os.kill(server.process.pid, 9)
    room.write("Заповед")
    db.session.rollback()
    seconds_until(lambda: found("заповед"))

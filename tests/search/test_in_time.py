"""With a real worker beside us: what is released is found within two seconds, whoever dies."""

import os
import sys
import threading
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
from tests.support.patience import eventually

WORDS = ("Заповед", "Отпуск", "Бюджет", "Конкурс", "Поръчка", "Наредба", "Протокол", "Доклад",
         "Програма")  # fmt: skip
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


class Stalls(threading.Thread):
    """The seconds in which the whole machine, or this process, stood still: nobody's slowness."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seconds = 0.0
        self._over = threading.Event()

    def run(self) -> None:
        woke = time.monotonic()
        while not self._over.wait(0.02):
            woke, before = time.monotonic(), woke
            self.seconds += max(0.0, woke - before - 0.1)

    def __enter__(self) -> "Stalls":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


def seconds_until(condition: Callable[[], bool]) -> float:
    """How long it takes, without the time in which the machine stood still."""
    with Stalls() as stalls:
        began = time.monotonic()
        eventually(condition)
        took = time.monotonic() - began
    return took - stalls.seconds


@pytest.mark.usefixtures("server")
def test_what_is_released_is_found_within_two_seconds(app: Flask) -> None:
    """Three in a row; a machine that is busy with other things may need a second or third go."""
    eventually(lambda: search.engine().search(Query("x", MEMBER, NOW)).ready)
    took: list[float] = []
    for word in WORDS:
        room.write(word)
        db.session.rollback()
        took.append(seconds_until(partial(found, word)))
        if len(took) % 3 == 0 and max(took[-3:]) < IN_TIME:
            return
    raise AssertionError(took)


def test_a_killed_worker_delays_but_loses_nothing(app: Flask, server: Supervisor) -> None:
    eventually(lambda: search.engine().search(Query("x", MEMBER, NOW)).ready)
    assert server.process is not None
    os.kill(server.process.pid, 9)
    room.write("Заповед")
    db.session.rollback()
    eventually(lambda: found("заповед"))

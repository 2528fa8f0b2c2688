"""The worker process and what keeps it alive."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal import jobs
from portal.jobs import running, supervisor, table, upkeep, worker
from portal.jobs.models import Job
from portal.jobs.supervisor import Supervisor
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from tests.support.patience import PATIENCE, eventually, linger

# A child that holds the instance's lock like a worker, and writes down each of its beginnings.
STUB = """
import os, sys, time
from pathlib import Path
from portal.jobs import worker
folder = Path(os.environ["PORTAL_INSTANCE"])
with worker.only_one(folder) as held:
    if not held:
        sys.exit(worker.ALREADY)
    with (folder / "beginnings").open("a") as out:
        out.write(f"{os.getpid()}\\n")
    if (folder / "die").exists():
        sys.exit(9)
    while True:
        time.sleep(0.05)
"""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PAUSES", (0.05, 3600))  # after one death, after two
    monkeypatch.setattr(supervisor, "ELSEWHERE", 0.1)


@pytest.fixture
def beginnings(tmp_path: Path) -> Callable[[], list[int]]:
    def read() -> list[int]:
        file = tmp_path / "beginnings"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    return read


def made(folder: Path) -> Supervisor:
    return Supervisor(folder, [sys.executable, "-c", STUB])


@pytest.mark.usefixtures("quick")
def test_a_killed_worker_is_begun_again(
    tmp_path: Path, beginnings: Callable[[], list[int]]
) -> None:
    with made(tmp_path) as server:
        eventually(lambda: len(beginnings()) == 1)
        assert server.process is not None
        server.process.kill()
        eventually(lambda: len(beginnings()) == 2)
    assert server.process.poll() is not None
    assert not worker.has_worker(tmp_path)


@pytest.mark.usefixtures("quick")
def test_a_worker_that_dies_at_once_is_begun_with_pauses(
    tmp_path: Path, beginnings: Callable[[], list[int]]
) -> None:
    (tmp_path / "die").touch()
    with made(tmp_path):
        eventually(lambda: len(beginnings()) == 2)
        linger(0.5)
        assert len(beginnings()) == 2  # the second pause is an hour long


@pytest.mark.usefixtures("quick")
def test_a_second_server_starts_none_and_takes_over(
    tmp_path: Path, beginnings: Callable[[], list[int]]
) -> None:
    with made(tmp_path):
        eventually(lambda: len(beginnings()) == 1)
        second = made(tmp_path)
        second.start()
        linger(0.4)
        assert second.process is None
        assert len(beginnings()) == 1
    eventually(lambda: len(beginnings()) == 2)
    second.stop()
    assert not worker.has_worker(tmp_path)


def test_the_real_worker_ends_at_sigterm_and_holds_the_lock(app: Flask) -> None:
    folder = Path(app.instance_path)
    code = (
        "import sys, pathlib; from portal import worker; from portal.app import create_app;"
        "sys.exit(worker.run(create_app(pathlib.Path(sys.argv[1]),"
        "{'SECRET_KEY': 's' * 40, 'TESTING': True, 'DATABASE_URL': sys.argv[2]})))"
    )
    command = [sys.executable, "-c", code, str(folder), app.config["DATABASE_URL"]]
    db.session.rollback()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: (folder / "index" / "current").exists())
        assert worker.has_worker(folder)
        second = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        assert second.returncode == worker.ALREADY
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
    assert not worker.has_worker(folder)


# ── The loop itself ─────────────────────────────────────────────────────


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    monkeypatch.setattr(upkeep, "_turns", {})
    monkeypatch.setattr(upkeep, "_idle", {})
    monkeypatch.setattr(running, "_handlers", {})
    monkeypatch.setattr(worker, "PAUSE", 0.01)
    yield []


def test_idle_work_is_done_only_when_nothing_else_is(app: Flask, steps: list[str]) -> None:
    todo = [True, True, False]

    def follow() -> bool:
        steps.append("follow")
        return todo.pop(0) if todo else False

    def tend() -> bool:
        steps.append("tend")
        return False

    jobs.turn(follow)
    jobs.idle(tend)
    assert worker.until_idle(app) == 2
    assert steps == ["follow", "follow", "follow", "tend"]


def test_the_loop_survives_a_step_that_fails(
    app: Flask, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()

    def fail_twice() -> bool:
        steps.append("turn")
        if len(steps) < 3:
            raise OSError("the disk is away")
        stop.set()
        return False

    jobs.turn(fail_twice)
    assert worker._loop(app, stop) == 0
    assert len(steps) == 3


def test_a_loop_that_only_fails_ends_for_a_fresh_one(
    app: Flask, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "FAILURES_MAX", 3)

    def fail() -> bool:
        raise OSError("the disk is away")

    jobs.turn(fail)
    assert worker._loop(app, threading.Event()) == 1


def test_a_worker_ends_when_its_server_was_killed(
    app: Flask, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(worker.PARENT, "1234567")
    assert worker._loop(app, threading.Event()) == 0


def test_a_heavy_job_holds_up_no_other(app, monkeypatch):
    """While a scan is read for minutes, mails and the index go on."""
    began, over = threading.Event(), threading.Event()
    light: list[float] = []

    def heavy() -> None:
        began.set()
        assert over.wait(PATIENCE)

    monkeypatch.setitem(running._handlers, "test.heavy", running._Way(heavy, False, 1))
    monkeypatch.setitem(
        running._handlers, "test.light", running._Way(lambda: light.append(1), False, 0)
    )
    queue_one("test.heavy")
    stop = threading.Event()
    loop = threading.Thread(target=worker._loop, args=(app, stop))
    loop.start()
    try:
        assert began.wait(PATIENCE)
        queue_one("test.light")
        eventually(lambda: light)
    finally:
        over.set()
        stop.set()
        loop.join(PATIENCE)
    assert not loop.is_alive()
    db.session.rollback()
    states = {job.kind: job.state for job in db.session.query(Job) if job.kind.startswith("test.")}
    assert states == {"test.heavy": "done", "test.light": "done"}


@transaction
def queue_one(kind: str) -> None:
    jobs.queue(kind)


@pytest.mark.database("sqlite")  # where one worker is all there is
def test_a_worker_takes_up_at_once_what_a_killed_one_held(app, monkeypatch):
    done: list[int] = []
    way = running._Way(lambda: done.append(1), False, 0)
    monkeypatch.setitem(running._handlers, "test.held", way)
    queue_one("test.held")
    assert table.claim() is not None  # and dies
    stop = threading.Event()
    loop = threading.Thread(target=worker._loop, args=(app, stop))
    loop.start()
    try:
        eventually(lambda: done)
    finally:
        stop.set()
        loop.join(PATIENCE)


def test_of_the_heavy_kinds_the_first_in_rank_go_first(app, monkeypatch):
    """Words are found before pictures are drawn, however many pictures wait."""
    order: list[str] = []
    for kind, rank in (("test.drawn", 2), ("test.read", 1)):
        way = running._Way(lambda kind=kind: order.append(kind), False, rank)
        monkeypatch.setitem(running._handlers, kind, way)
    for kind in ("test.drawn", "test.drawn", "test.read"):
        queue_one(kind)
    while running.run_one(heavy=True):
        pass
    assert order == ["test.read", "test.drawn", "test.drawn"]

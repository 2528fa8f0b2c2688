"""The worker: one loop that follows the change log, runs jobs and keeps house.

It holds `worker.lock` in the instance folder, so that one instance has one worker on a host,
however many servers run on it.
"""

import fcntl
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from portal.jobs import running, table, upkeep
from portal.kernel.database import db

log = logging.getLogger(__name__)
HEAVY_WAIT = 3.0  # seconds that a stopping worker waits for the heavy job at hand
PAUSE = 0.1  # seconds between two looks while people are at work
LONG_PAUSE = 0.25  # seconds, once there was nothing for a while: ten looks a second cost 6 %
WHILE = 5.0  # seconds of that
FAILURES_MAX = 20  # in a row; then the process ends, and its supervisor begins a fresh one
ALREADY = 3  # exit code: another worker holds the instance
PARENT = "PORTAL_SUPERVISOR"  # environment: the process whose end is ours too


@contextmanager
def only_one(instance: Path) -> Iterator[bool]:
    """Hold the instance's worker lock; False when another process holds it."""
    instance.mkdir(parents=True, exist_ok=True)
    with (instance / "worker.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def has_worker(instance: Path) -> bool:
    """Whether a worker runs on this instance."""
    with only_one(instance) as held:
        return not held


def run(app: Flask) -> int:
    """Work until SIGTERM or SIGINT; the exit code. The step at hand is always finished."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with only_one(Path(app.instance_path)) as held:
        if not held:
            log.info("another worker serves this instance")
            return ALREADY
        log.info("worker started", extra={"facts": {"pid": os.getpid()}})
        code = _loop(app, stop)
        log.info("worker stopped", extra={"facts": {"pid": os.getpid()}})
        return code


def _loop(app: Flask, stop: threading.Event) -> int:
    """The light work, with a thread beside it for the heavy: reading a scan holds up no mail."""
    hours = upkeep.Hours()
    _once(app, table.let_go)
    _once(app, upkeep.plan)
    more = threading.Event()  # what the heavy work leaves for the light: the index to follow
    beside = threading.Thread(target=_heavy, args=(app, stop, more), name="heavy", daemon=True)
    beside.start()
    code = _go_round(stop, lambda: once_round(app, hours, heavy=False), more)
    stop.set()
    # A child process dies with us; its job is taken up again when the lease is over.
    beside.join(HEAVY_WAIT)
    return code


def _heavy(app: Flask, stop: threading.Event, more: threading.Event) -> None:
    def step() -> bool:
        with app.app_context():
            worked = running.run_one(heavy=True)
        if worked:
            more.set()
        return worked

    _go_round(stop, step, stop)
    stop.set()  # if it failed for good: a worker that does half of its work is none


def _go_round(stop: threading.Event, step: upkeep.Step, wake: threading.Event) -> int:
    """Take step after step, with a pause when there was nothing to do; `wake` ends the pause."""
    failures = 0
    worked_at = time.monotonic()
    while not stop.is_set() and _parent_lives():
        try:
            worked = step()
            failures = 0
        except Exception:
            failures += 1
            log.exception("worker's turn failed")
            if failures >= FAILURES_MAX:
                return 1
            stop.wait(min(0.5 * failures, 5.0))
        else:
            now = time.monotonic()
            worked_at = now if worked else worked_at
            pause = PAUSE if now - worked_at < WHILE else LONG_PAUSE
            if not worked and wake.wait(pause) and wake is not stop:
                wake.clear()
    return 0


def once_round(app: Flask, hours: upkeep.Hours | None = None, heavy: bool | None = None) -> bool:
    """Each step once and one job, see `running.run_one`; whether any had something to do."""
    worked = False
    for step in upkeep.turns(heavy):
        with app.app_context():
            worked = step() or worked
    if hours is not None and not worked:
        with app.app_context():
            worked = hours.pass_by()
    if not worked:
        for step in upkeep.idles():
            with app.app_context():
                worked = step() or worked
    return worked


def _once(app: Flask, chore: upkeep.Chore) -> None:
    with app.app_context():
        try:
            chore()
        except Exception:
            db.session.rollback()
            log.exception("a worker began without its first chores")


def _parent_lives() -> bool:
    """Whether the server that started us still runs; a killed one cannot stop its worker."""
    parent = os.environ.get(PARENT)
    return parent is None or os.getppid() == int(parent)


def until_idle(app: Flask, limit: int = 1_000_000) -> int:
    """Follow the change log and run all due jobs until nothing is left; how many turns it took."""
    began = time.monotonic()
    number = 0
    while number < limit and once_round(app):
        number += 1
    log.info(
        "idle",
        extra={"facts": {"turns": number, "s": round(time.monotonic() - began, 2)}},
    )
    return number

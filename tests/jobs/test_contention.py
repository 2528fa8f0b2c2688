"""Many writers at once: nothing fails, nothing is done twice."""

import threading
from collections.abc import Callable
from itertools import chain
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from portal import jobs
from portal.content.models import Topic
from portal.jobs import table
from portal.jobs.models import Job
from portal.kernel.database import db
from portal.kernel.transaction import transaction

THREADS = 16


def at_once(app: Flask, work: Callable[[int], Any], number: int = THREADS) -> list[Any]:
    """Run the same work in many threads that begin together; what each gave or raised."""
    db.session.rollback()
    gate = threading.Barrier(number)
    results: list[Any] = [None] * number

    def run(index: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                results[index] = work(index)
            except Exception as error:
                results[index] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@transaction
def count_up() -> int:
    """Check, then write: on SQLite a plain transaction fails here with «database is locked»."""
    topic = db.session.scalars(select(Topic)).one()
    topic.name_bg = str(int(topic.name_bg) + 1)
    return int(topic.name_bg)


def test_16_threads_that_check_and_then_write_meet_no_error(app: Flask) -> None:
    # PostgreSQL orders such writers by row locks of the service's own; SQLite has one writer.
    if db.engine.dialect.name != "sqlite":
        return
    db.session.add(Topic(slug="counter", name_bg="0", name_en=""))
    db.session.commit()
    results = at_once(app, lambda _: [count_up() for _ in range(10)])
    assert [r for r in results if isinstance(r, Exception)] == []
    assert sorted(chain.from_iterable(results)) == list(range(1, THREADS * 10 + 1))


def test_16_workers_claim_each_job_once(app: Flask) -> None:
    @transaction
    def ask() -> None:
        for _ in range(60):
            jobs.queue("note")

    ask()

    def claim_all(_: int) -> list[int]:
        mine = []
        while (job := table.claim()) is not None:
            mine.append(job.id)
            table.done(job)
        return mine

    results = at_once(app, claim_all)
    assert [r for r in results if isinstance(r, Exception)] == []
    claimed = list(chain.from_iterable(results))
    assert len(claimed) == len(set(claimed)) == 60
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(Job.state == "done")) == 60


def test_readers_meet_no_error_while_others_write(app: Flask) -> None:
    db.session.add(Topic(slug="counter", name_bg="0", name_en=""))
    db.session.commit()

    def read_or_write(index: int) -> None:
        for _ in range(20):
            if index % 4 == 0:
                transaction(lambda: db.session.execute(update(Topic).values(name_en=str(index))))()
            else:
                db.session.scalar(select(Topic.name_en))
                db.session.rollback()

    results = at_once(app, read_or_write)
    assert [r for r in results if r is not None] == []

"""The job table: claimed once, tried again, taken over from the dead, given up at last."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import jobs
from portal.content.models import Topic
from portal.jobs import running, table, upkeep
from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from tests.support.patience import eventually

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
done: list[Any] = []


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(running, "_handlers", {})
    done.clear()
    jobs.handler("note")(lambda **facts: done.append(facts))
    yield


@transaction
def ask(kind: str = "note", **facts: Any) -> int:
    job = jobs.queue(kind, **facts)
    db.session.flush()
    return job.id


def state(ident: int) -> tuple[str, int, str]:
    db.session.rollback()
    job = db.session.get_one(Job, ident, populate_existing=True)
    return job.state, job.attempts, job.error


def test_jobs_are_queued_only_with_the_change_they_belong_to(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        jobs.queue("note")

    @transaction
    def change_and_fail() -> None:
        jobs.queue("note")
        raise ValueError

    with pytest.raises(ValueError):
        change_and_fail()
    assert not jobs.run_one()


def test_a_job_runs_once_with_its_facts(app: Flask) -> None:
    ident = ask(number=7)
    assert jobs.run_until_idle() == 1
    assert done == [{"number": 7}]
    assert state(ident) == ("done", 1, "")


def test_a_job_waits_for_its_time(app: Flask) -> None:
    with clock.at(NOW):
        ask(run_after=NOW + timedelta(minutes=5))
        assert not jobs.run_one()
    with clock.at(NOW + timedelta(minutes=5)):
        assert jobs.run_one()


def test_a_failed_job_is_tried_again_later_and_given_up_at_last(app: Flask) -> None:
    def fail() -> None:
        raise ValueError("the printer is on fire")

    jobs.handler("fail")(fail)
    moment = NOW
    with clock.at(moment):
        ident = ask("fail")
    pauses = [*table.PAUSES, 0]
    for attempt, pause in enumerate(pauses, start=1):
        with clock.at(moment):
            assert jobs.run_one()
            assert not jobs.run_one()
        assert state(ident)[1:] == (attempt, "ValueError: the printer is on fire")
        moment += timedelta(seconds=pause)
    assert state(ident)[0] == "failed"
    with clock.at(moment + timedelta(days=9)):
        assert not jobs.run_one()
        assert table.retry(ident)
        assert not table.retry(ident)
        assert jobs.due()


def test_a_dead_workers_job_is_taken_over_after_its_lease(app: Flask) -> None:
    with clock.at(NOW):
        ident = ask()
        assert jobs.claim() is not None  # and its worker dies here
        assert not jobs.run_one()
    with clock.at(NOW + jobs.LEASE - timedelta(seconds=1)):
        assert not jobs.run_one()
    with clock.at(NOW + jobs.LEASE + timedelta(seconds=1)):
        assert jobs.run_one()
    assert state(ident)[:2] == ("done", 2)


def test_a_job_that_kills_its_workers_is_given_up(app: Flask) -> None:
    ident = ask()
    moment = NOW + timedelta(days=99)
    for _ in range(jobs.ATTEMPTS_MAX):
        with clock.at(moment):
            assert jobs.claim() is not None
        moment += jobs.LEASE + timedelta(seconds=1)
    with clock.at(moment):
        assert jobs.claim() is None
    assert state(ident)[0] == "failed"
    assert done == []


def test_a_slow_worker_does_not_overwrite_its_successor(app: Flask) -> None:
    with clock.at(NOW):
        ident = ask()
        slow = jobs.claim()
    with clock.at(NOW + jobs.LEASE + timedelta(seconds=1)):
        assert jobs.run_one()
        assert slow is not None
        assert not table.renew(slow)
        assert not table.done(slow)
        table.failed(slow, "too late")
    assert state(ident) == ("done", 2, "")


def test_what_is_done_once_is_undone_when_the_lease_was_lost(app: Flask) -> None:
    def add() -> None:
        db.session.add(Topic(slug="once", name_bg="Веднъж", name_en="Once"))
        db.session.execute(update(Job).values(lease="another worker's"))

    jobs.handler("add", once=True)(add)
    ask("add")
    assert jobs.run_one()
    db.session.rollback()
    assert db.session.scalar(select(Topic.id)) is None


def test_the_lease_is_renewed_while_a_long_job_runs(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is moved by hand: how long the work takes on this machine says nothing."""
    lease = timedelta(seconds=0.6)
    monkeypatch.setattr(table, "LEASE", lease)
    others: list[Any] = []

    def held_until() -> datetime | None:
        db.session.rollback()
        return db.session.scalar(select(Job.lease_until).where(Job.kind == "long"))

    def long_work() -> None:
        for part in range(1, 6):
            moment = NOW + part * lease * 0.9
            with clock.at(moment):
                others.append(table.claim())
                eventually(lambda: held_until() == moment + lease)

    jobs.handler("long")(long_work)
    with clock.at(NOW):
        ident = ask("long")
        assert jobs.run_one()
    assert others == [None] * 5
    assert state(ident)[:2] == ("done", 1)


def test_a_job_nobody_can_do_waits_and_says_so(app: Flask) -> None:
    ident = ask("of another version")
    assert jobs.run_one()
    assert state(ident)[0] == "waiting"
    assert "of another version" in state(ident)[2]


def test_a_job_acts_as_the_person_who_asked(app: Flask, person: Any, cast: Any) -> None:
    ask(as_user=cast.id("employee"))
    assert jobs.run_until_idle() >= 1
    assert done[0]["by"].user_id == cast.id("employee")


def test_a_job_of_somebody_who_left_is_not_done(app: Flask) -> None:
    ident = ask(as_user=987_654)
    assert jobs.run_one()
    assert done == []
    assert state(ident)[0] == "failed"


def test_done_jobs_are_swept_after_a_month_and_failed_ones_stay(app: Flask) -> None:
    with clock.at(NOW):
        ask()
        jobs.run_until_idle()
        failing = ask("nobody's")
        claimed = jobs.claim()
        assert claimed is not None
        table.failed(claimed, "no", for_good=True)
    with clock.at(NOW + timedelta(days=29)):
        assert table.sweep() == 0
    with clock.at(NOW + timedelta(days=31)):
        assert table.sweep() == 1
    assert db.session.scalars(select(Job.id)).all() == [failing]


# ── The night and the hour ──────────────────────────────────────────────


def test_the_nights_work_is_queued_once_for_the_next_night(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "_daily", {})
    jobs.daily(sweep)
    with clock.at(NOW):
        upkeep.plan()
        upkeep.plan()
    [job] = db.session.scalars(select(Job)).all()
    assert clock.local(job.run_after).replace(tzinfo=None) == datetime(2026, 11, 22, 3, 10)
    with clock.at(job.run_after):
        assert jobs.run_one()
        upkeep.plan()
    assert done == ["swept"]
    db.session.rollback()
    assert len(db.session.scalars(select(Job)).all()) == 2


def sweep() -> None:
    done.append("swept")


def test_hourly_work_that_fails_stops_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_hourly", {"a": lambda: 1 / 0, "b": sweep})
    hours = upkeep.Hours(first_after=0)
    assert hours.pass_by()
    assert not hours.pass_by()
    assert done == ["swept"]

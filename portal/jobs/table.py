"""The rows: queueing, claiming under a lease, and how a job ends. Only this file writes them."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, or_, select, update

from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import affected, db, is_sqlite
from portal.kernel.transaction import in_transaction, transaction

LEASE = timedelta(minutes=5)  # a living worker renews it; a dead one's job is taken over then
ATTEMPTS_MAX = 8
PAUSES = (5, 30, 120, 600, 1800, 7200, 21600)  # seconds before the next attempt
KEPT = timedelta(days=30)  # a job that was done
ERROR_MAX = 2000  # characters kept of what went wrong


@dataclass(frozen=True)
class Claimed:
    """A job that this worker holds, as it was when it was taken."""

    id: int
    lease: str
    kind: str
    facts: dict[str, Any]
    as_user_id: int | None
    attempts: int


def queue(
    kind: str,
    *,
    run_after: datetime | None = None,
    as_user: int | None = None,
    **facts: Any,
) -> Job:
    """Write a job in the running transaction: it exists exactly when the change does.

    run_after: not before this moment. as_user: the person whose rights it has when it runs;
    its handler then gets her viewer of that time as `by`. facts: ids and plain values only.
    """
    if not in_transaction():
        raise RuntimeError("jobs are queued by services, inside @transaction")
    job = Job(kind=kind, facts=facts, as_user_id=as_user, run_after=run_after or clock.now())
    db.session.add(job)
    return job


def _due(now: datetime, kinds: Collection[str], of_them: bool | None) -> ColumnElement[bool]:
    is_due = or_(
        and_(Job.state == "waiting", Job.run_after <= now),
        and_(Job.state == "running", Job.lease_until < now),  # its worker died
    )
    if of_them is None:
        return is_due
    return and_(is_due, Job.kind.in_(kinds) if of_them else Job.kind.not_in(kinds))


def due(kinds: Collection[str] = (), of_them: bool | None = None) -> bool:
    """Whether a job waits to be run. A mere look: an idle worker takes no write lock.

    of_them: only jobs of these kinds, or only of others; None: of any.
    """
    found = db.session.scalar(select(Job.id).where(_due(clock.now(), kinds, of_them)).limit(1))
    db.session.rollback()
    return found is not None


def unfinished(*kinds: str, **facts: int) -> bool:
    """Whether a job of these kinds with these facts waits or runs."""
    known = select(Job.id).where(Job.kind.in_(kinds), Job.state.in_(("waiting", "running")))
    for name, value in facts.items():
        known = known.where(Job.facts[name].as_integer() == value)
    return db.session.scalar(known.limit(1)) is not None


def awaited(fact: str, *kinds: str) -> Select[tuple[int]]:
    """The numbers of this name among the facts of those jobs of these kinds that wait or run."""
    return select(Job.facts[fact].as_integer()).where(
        Job.kind.in_(kinds), Job.state.in_(("waiting", "running"))
    )


@transaction
def claim(
    ranks: Mapping[str, int] = MappingProxyType({}), of_them: bool | None = None
) -> Claimed | None:
    """Take the next due job under a lease, see `due`; None when there is none.

    ranks: of these kinds of jobs the ones with the lowest number are taken first.
    """
    now = clock.now()
    order: list[Any] = [Job.run_after, Job.id]
    if of_them and ranks:
        order.insert(0, case(dict(ranks), value=Job.kind))
    wanted = select(Job).where(_due(now, ranks, of_them)).order_by(*order).limit(1)
    if not is_sqlite():
        wanted = wanted.with_for_update(skip_locked=True)
    while (job := db.session.scalar(wanted)) is not None:
        if job.attempts >= ATTEMPTS_MAX:  # each of its workers died: it kills them
            job.state, job.ended_at, job.lease = "failed", now, None
            job.error = job.error or "the worker died each time"
            db.session.flush()
            continue
        job.state, job.lease, job.lease_until = (
            "running",
            secrets.token_hex(16),
            now + LEASE,
        )
        job.attempts += 1
        return Claimed(job.id, job.lease, job.kind, dict(job.facts), job.as_user_id, job.attempts)
    return None


@transaction
def let_go() -> int:
    """Free what a dead worker held, at the start of the next; how many jobs.

    On SQLite alone, where the one worker of the host is the only one there is.
    """
    if not is_sqlite():
        return 0
    held = update(Job).where(Job.state == "running").values(lease_until=clock.now())
    return affected(held)


@transaction
def renew(job: Claimed) -> bool:
    """Hold a job longer; False when another worker has taken it over."""
    return _update(job, lease_until=clock.now() + LEASE)


@transaction
def got_on(job: Claimed) -> bool:
    """Note that a part of a job is done for good; False when another worker has taken it over."""
    return _update(job, attempts=0, lease_until=clock.now() + LEASE)


@transaction
def done(job: Claimed) -> bool:
    """Note that a job is done; False when it is ours no longer."""
    return _update(job, state="done", ended_at=clock.now(), error="", lease=None, lease_until=None)


@transaction
def failed(job: Claimed, error: str, for_good: bool = False) -> None:
    """Note what went wrong; let the job wait for its next attempt, if there is one."""
    values: dict[str, Any] = {
        "error": error[:ERROR_MAX],
        "lease": None,
        "lease_until": None,
    }
    # Asked anew: a job that got on has begun to count again, see `got_on`.
    attempts = db.session.scalar(select(Job.attempts).where(Job.id == job.id)) or 1
    if for_good or attempts >= ATTEMPTS_MAX:
        values |= {"state": "failed", "ended_at": clock.now()}
    else:
        pause = PAUSES[min(attempts, len(PAUSES)) - 1]
        values |= {
            "state": "waiting",
            "run_after": clock.now() + timedelta(seconds=pause),
        }
    _update(job, **values)


def _update(job: Claimed, **values: Any) -> bool:
    # Only while the lease is ours: a slow worker must not overwrite its successor's result.
    statement = update(Job).where(Job.id == job.id, Job.lease == job.lease).values(**values)
    return affected(statement) == 1


@transaction
def sweep() -> int:
    """Delete the jobs that were done long ago; how many. Failed ones stay until somebody looks."""
    edge = clock.now() - KEPT
    return affected(delete(Job).where(Job.state == "done", Job.ended_at < edge))


@transaction
def retry(job_id: int) -> bool:
    """Let a failed job be tried again from its first attempt; False when it has not failed."""
    statement = (
        update(Job)
        .where(Job.id == job_id, Job.state == "failed")
        .values(state="waiting", attempts=0, run_after=clock.now(), ended_at=None)
    )
    return affected(statement) == 1

"""Jobs: a table and a loop. Handlers may run more than once and must bear it."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import and_, or_, select, update

from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import db, is_sqlite
from portal.kernel.transaction import in_transaction, transaction

LEASE = timedelta(minutes=5)
ATTEMPTS_MAX = 8
PAUSES = (5, 30, 120, 600, 1800, 7200, 21600)  # seconds before the next attempt
Handler = Callable[..., None]
_handlers: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Name the function that does a kind of job; it gets the job's facts as keywords."""

    def decorate(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return decorate


def queue(
    kind: str,
    *,
    run_after: datetime | None = None,
    as_user: int | None = None,
    **facts: Any,
) -> Job:
    """Write a job in the running transaction: it exists exactly when the change does."""
    if not in_transaction():
        raise RuntimeError("jobs are queued by services, inside @transaction")
    job = Job(kind=kind, facts=facts, as_user_id=as_user, run_after=run_after or clock.now())
    db.session.add(job)
    return job


def _due(now: datetime) -> Any:
    return or_(
        and_(Job.state == "waiting", Job.run_after <= now),
        and_(Job.state == "running", Job.lease_until < now),  # its worker died
    )


@transaction
def claim() -> tuple[int, str] | None:
    """Take the next due job under a lease; None when there is none."""
    now = clock.now()
    wanted = select(Job.id).where(_due(now)).order_by(Job.run_after, Job.id).limit(1)
    if not is_sqlite():
        wanted = wanted.with_for_update(skip_locked=True)
    ident = db.session.scalar(wanted)
    if ident is None:
        return None
    lease = secrets.token_hex(16)
    taken = db.session.execute(
        update(Job)
        .where(Job.id == ident, _due(now))
        .values(
            state="running",
            lease=lease,
            lease_until=now + LEASE,
            attempts=Job.attempts + 1,
        )
    )
    return (ident, lease) if taken.rowcount == 1 else None


def run_one() -> bool:
    """Run the next due job. False when nothing was due."""
    claimed = claim()
    if claimed is None:
        return False
    ident, lease = claimed
    job = db.session.get_one(Job, ident)
    kind, facts, attempts = job.kind, dict(job.facts), job.attempts
    db.session.rollback()  # the handler begins its own transactions
    try:
        _handlers[kind](**facts)
    except Exception as error:
        db.session.rollback()
        _failed(ident, lease, attempts, f"{type(error).__name__}: {error}")
    else:
        _ended(ident, lease, state="done", ended_at=clock.now(), error="")
    return True


def _failed(ident: int, lease: str, attempts: int, error: str) -> None:
    if attempts >= ATTEMPTS_MAX:
        _ended(ident, lease, state="failed", ended_at=clock.now(), error=error[:2000])
        return
    pause = PAUSES[min(attempts, len(PAUSES)) - 1]
    after = clock.now() + timedelta(seconds=pause)
    _ended(ident, lease, state="waiting", run_after=after, error=error[:2000])


@transaction
def _ended(ident: int, lease: str, **values: Any) -> None:
    # Only while the lease is ours: a slow worker must not overwrite its successor's result.
    db.session.execute(
        update(Job)
        .where(Job.id == ident, Job.lease == lease)
        .values(lease=None, lease_until=None, **values)
    )


def run_until_idle(limit: int = 100_000) -> int:
    """Run everything that is due now; the number of jobs run."""
    done = 0
    while done < limit and run_one():
        done += 1
    return done


def install(app: Flask) -> None:
    """Nothing to set up in the app: workers and services share the table."""

"""Running jobs: which function does which kind, one at a time, the lease renewed meanwhile."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from portal.jobs import failpoint, table
from portal.jobs.table import Claimed
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.spaces import viewers

log = logging.getLogger(__name__)
Handler = Callable[..., None]


@dataclass(frozen=True)
class _Way:
    function: Handler
    once: bool
    heavy: int


_handlers: dict[str, _Way] = {}
_at_hand: ContextVar[Claimed | None] = ContextVar("job", default=None)


class Lost(Exception):
    """The lease went to another worker; what was done here is rolled back."""


def handler(kind: str, *, once: bool = False, heavy: int = 0) -> Callable[[Handler], Handler]:
    """Name the function that does a kind of job; it gets the job's facts as keywords.

    once: run it in one transaction with the note that it is done, so that its changes of the
    database happen exactly once, whatever dies. Not for mails, files and child processes.
    heavy: it takes seconds, so a worker does it beside everything else, one at a time; of the
    heavy kinds those with the lowest number first.
    """

    def decorate(function: Handler) -> Handler:
        _handlers[kind] = _Way(function, once, heavy)
        return function

    return decorate


def run_one(heavy: bool | None = None) -> bool:
    """Run the next due job. False when nothing was due.

    heavy: only kinds that take seconds, or only the others; None: any.
    """
    ranks = {kind: way.heavy for kind, way in _handlers.items() if way.heavy}
    if not table.due(ranks, heavy):
        return False
    job = table.claim(ranks, heavy)
    if job is None:
        return False
    failpoint.here("job.claimed")
    try:
        with _held(job):
            _run(job)
    except Lost:
        log.warning("a job went to another worker", extra={"facts": {"job": job.id}})
    except Exception as error:
        db.session.rollback()
        log.exception("job failed", extra={"facts": {"job": job.id, "kind": job.kind}})
        table.failed(job, f"{type(error).__name__}: {error}")
    return True


def _run(job: Claimed) -> None:
    way = _handlers.get(job.kind)
    if way is None:
        raise LookupError(f"nothing here does jobs of the kind {job.kind}")
    facts = dict(job.facts)
    if job.as_user_id is not None:
        facts["by"] = viewers.by_user(job.as_user_id)
        db.session.rollback()
        if facts["by"] is None:
            table.failed(job, "the person who asked may no longer sign in", for_good=True)
            return
    if way.once:
        _run_once(way.function, facts, job)
    else:
        way.function(**facts)
        failpoint.here("job.done")
        table.done(job)
    failpoint.here("job.ended")


@transaction
def _run_once(function: Handler, facts: dict[str, Any], job: Claimed) -> None:
    function(**facts)
    failpoint.here("job.done")
    if not table.done(job):
        raise Lost


def got_on() -> bool:
    """Note, in the running transaction, that the job at hand did a part of its work for good.

    A job of many parts fails only when one of them kills its worker again and again, not because
    as many workers died over its parts. False: the job went to another worker, so stop.
    """
    job = _at_hand.get()
    return job is None or table.got_on(job)


@contextmanager
def _held(job: Claimed) -> Iterator[None]:
    """Renew the lease while a long job runs: only a dead worker loses it."""
    over = threading.Event()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    keeper = threading.Thread(target=_renew_until, args=(app, job, over), daemon=True)
    keeper.start()
    token = _at_hand.set(job)
    try:
        yield
    finally:
        _at_hand.reset(token)
        over.set()
        keeper.join()


def _renew_until(app: Flask, job: Claimed, over: threading.Event) -> None:
    while not over.wait(table.LEASE.total_seconds() / 3):
        try:
            with app.app_context():
                table.renew(job)
        except Exception:  # a busy database: the next third of the lease tries again
            facts = {"job": job.id}
            log.warning("a lease was not renewed", exc_info=True, extra={"facts": facts})


def run_until_idle(limit: int = 100_000) -> int:
    """Run everything that is due now; the number of jobs run."""
    done = 0
    while done < limit and run_one():
        done += 1
    return done

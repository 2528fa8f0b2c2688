"""What a worker does besides jobs: registered by name, so that each app registers it anew."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.jobs import running, table
from portal.jobs.models import Job
from portal.jobs.table import queue
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction

log = logging.getLogger(__name__)
NIGHT = time_of_day(3, 10)  # on the town hall's clock
HOUR = 3600.0  # seconds
FIRST_AFTER = 60.0  # seconds: a server that has just started has better things to do

Step = Callable[[], bool]  # whether anything was done
Chore = Callable[[], Any]
Next = Callable[[datetime], datetime]  # when, after this moment, something is next to be done
_turns: dict[str, Step] = {}
_idle: dict[str, Step] = {}
_hourly: dict[str, Chore] = {}
_daily: dict[str, Chore] = {}
_next: dict[str, Next] = {}  # of those that are not done at night


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__.removeprefix('portal.')}.{function.__name__}"


def turn(step: Step) -> Step:
    """Do this each time round, before the jobs; it says whether it did anything."""
    _turns[_name(step)] = step
    return step


def idle(step: Step) -> Step:
    """Do this when nothing else is to do."""
    _idle[_name(step)] = step
    return step


def hourly(chore: Chore) -> Chore:
    """Do this once an hour while a worker runs."""
    _hourly[_name(chore)] = chore
    return chore


def daily(chore: Chore, at: Next | None = None) -> Chore:
    """Do this each night, as a job: a night that was slept through is made up for.

    at: at another time of the day; it says when it is next.
    """
    kind = _kind(_name(chore))
    _daily[kind] = chore
    if at is not None:
        _next[kind] = at
    running.handler(kind)(chore)
    return chore


def _kind(name: str) -> str:
    return f"daily.{name}"[-Job.KIND_MAX :]


def turns(heavy: bool | None = None) -> list[Step]:
    """What is done each time round: the steps, then a job, see `running.run_one`."""
    return [*_turns.values(), lambda: running.run_one(heavy)]


def idles() -> list[Step]:
    return list(_idle.values())


@transaction
def plan() -> None:
    """Queue each day's work that does not wait already."""
    for kind in _daily:
        open_one = select(Job.id).where(Job.kind == kind, Job.state.in_(("waiting", "running")))
        if db.session.scalar(open_one.limit(1)) is None:
            queue(kind, run_after=_next.get(kind, next_night)(clock.now()))


def next_night(now: datetime) -> datetime:
    """The next 3:10 in the town hall."""
    here = clock.local(now)
    day = here.date() if here.time() < NIGHT else here.date() + timedelta(days=1)
    return clock.from_local(datetime.combine(day, NIGHT))


class Hours:
    """When the hourly work is next to be done, in one worker."""

    def __init__(self, first_after: float = FIRST_AFTER) -> None:
        self._next = time.monotonic() + first_after

    def pass_by(self) -> bool:
        """Do the hourly work if its time has come; whether it was done."""
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + HOUR
        for name, chore in {**_hourly, "plan": plan}.items():
            try:
                chore()
            except Exception:
                db.session.rollback()
                log.exception("hourly work failed", extra={"facts": {"chore": name}})
        return True


def install(app: Flask) -> None:
    """Workers and services share the table; the night sweeps it."""
    daily(table.sweep)

"""The one clock. Stored times are UTC; people type and read the municipality's time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Sofia")
_frozen: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen or datetime.now(UTC)


def today() -> date:
    """The day it is in the town hall."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment on the town hall's clock."""
    return moment.astimezone(LOCAL)


def from_local(naive: datetime) -> datetime:
    """A time as a person typed it (no zone) as a UTC moment."""
    return naive.replace(tzinfo=LOCAL).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """A deadline day ends at 23:59:59 in the town hall."""
    return from_local(datetime.combine(day, time(23, 59, 59)))


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at a moment; for tests of deadlines and schedules."""
    global _frozen  # noqa: PLW0603  one clock for every thread, held by tests only
    before, _frozen = _frozen, moment
    try:
        yield
    finally:
        _frozen = before

"""A service function is the unit of work: `@transaction` commits once, at the outermost call."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import g
from sqlalchemy import text

from portal.kernel.database import db, is_sqlite
from portal.kernel.errors import OnlyLooking

P = ParamSpec("P")
T = TypeVar("T")
_OPEN = "portal_transaction_open"
# Writers take turns: what a service has read cannot change before it writes, and the numbers of
# the change log become visible in their order (docs/decisions/0003). Any number of our own.
WRITE_LOCK = 7_201
_LOOKING = "only_looking"


def transaction(service: Callable[P, T]) -> Callable[P, T]:
    """Run a service in one write transaction; inner services join the outer one.

    The read transaction before it is ended first: on SQLite a transaction that has read cannot
    become a writing one safely, and what the service judges must be read after the lock is held.
    So everything loaded earlier is read again when it is touched.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if g.get(_LOOKING):  # whatever way led here
            raise OnlyLooking
        session = db.session()
        if session.info.get(_OPEN):
            return service(*args, **kwargs)
        session.rollback()
        session.connection(execution_options={"write": True})
        if not is_sqlite():  # SQLite takes its one lock with BEGIN IMMEDIATE
            session.execute(text(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})"))
        session.expire_all()
        session.info[_OPEN] = True
        try:
            result = service(*args, **kwargs)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop(_OPEN, None)
        return result

    return run


def look_only(looking: bool = True) -> None:
    """Refuse every service from now on in this request: somebody looks with another's eyes."""
    setattr(g, _LOOKING, looking)


@contextmanager
def own_hand() -> Iterator[None]:
    """Let services of looking itself write, such as its journal."""
    before = g.get(_LOOKING, False)
    look_only(False)
    try:
        yield
    finally:
        look_only(before)


def in_transaction() -> bool:
    """Whether a service is at work on this session."""
    return bool(db.session().info.get(_OPEN))

"""A service function is the unit of work: `@transaction` commits once, at the outermost call."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import text

from portal.kernel.database import db, is_sqlite

P = ParamSpec("P")
T = TypeVar("T")
_OPEN = "portal_transaction_open"
# Writers take turns: what a service has read cannot change before it writes, and the numbers of
# the change log become visible in their order (docs/decisions/0003). Any number of our own.
WRITE_LOCK = 7_201


def transaction(service: Callable[P, T]) -> Callable[P, T]:
    """Run a service in one write transaction; inner services join the outer one.

    The read transaction before it is ended first: on SQLite a transaction that has read cannot
    become a writing one safely, and what the service judges must be read after the lock is held.
    So everything loaded earlier is read again when it is touched.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
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


def in_transaction() -> bool:
    """Whether a service is at work on this session."""
    return bool(db.session().info.get(_OPEN))

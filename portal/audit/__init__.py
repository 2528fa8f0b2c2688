"""The journal (who did what) and the change log (what the indexes must follow)."""

from typing import Any, Protocol

from flask import g, has_request_context
from sqlalchemy import text

from portal.audit.models import Change, JournalLine
from portal.kernel import clock
from portal.kernel.database import db, is_sqlite
from portal.kernel.transaction import in_transaction

# Any number of our own: the name of the lock that puts change numbers in commit order.
CHANGE_LOCK = 7_201


class Actor(Protocol):
    @property
    def user_id(self) -> int | None: ...


def record(
    action: str, kind: str, item_id: int | None, /, *, by: Actor | None, **facts: Any
) -> None:
    """Write a journal line in the running transaction. `facts` hold ids, states and counts."""
    _must_be_open()
    number = g.get("request_id") if has_request_context() else None
    db.session.add(
        JournalLine(
            at=clock.now(),
            actor_id=by.user_id if by else None,
            action=action,
            kind=kind,
            item_id=item_id,
            facts=facts,
            request=number,
        )
    )


def changed(kind: str, item_id: int) -> None:
    """Log that an item must be indexed afresh, in the running transaction.

    PostgreSQL hands out numbers before commit; without the lock a reader could pass a number
    that is not there yet and lose it. SQLite has one writer and needs none.
    """
    _must_be_open()
    if not is_sqlite():
        db.session.execute(text(f"SELECT pg_advisory_xact_lock({CHANGE_LOCK})"))
    db.session.add(Change(kind=kind, item_id=item_id, at=clock.now()))


def _must_be_open() -> None:
    if not in_transaction():
        raise RuntimeError("the journal is written by services, inside @transaction")

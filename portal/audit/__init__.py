"""The journal (who did what) and the change log (what the indexes must follow)."""

from typing import Any, Protocol

from flask import g, has_request_context

from portal.audit.models import Change, JournalLine
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import in_transaction


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

    Its number becomes visible in order, because writers take turns (kernel.transaction).
    """
    _must_be_open()
    db.session.add(Change(kind=kind, item_id=item_id, at=clock.now()))


def _must_be_open() -> None:
    if not in_transaction():
        raise RuntimeError("the journal is written by services, inside @transaction")

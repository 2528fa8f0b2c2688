"""Telling people by mail: rows and jobs in the change's own transaction. `sending` sends them."""

import secrets
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from portal import jobs
from portal.kernel import clock
from portal.kernel.database import db, is_sqlite
from portal.kernel.transaction import in_transaction
from portal.notify import mails
from portal.notify.models import Delivery

# Mails that one job sends over one connection; between two jobs other work has its turn, so that
# nobody waits for a new password while an announcement goes to everybody.
RUN = 50


def deliver(
    user_id: int,
    mail: str,
    subject_key: str,
    version: int = 1,
    content_id: int | None = None,
    **facts: Any,
) -> Delivery:
    """Tell a person by mail, in the running transaction; the same thing is told once.

    mail: a name of `notify.mails`. subject_key: what it is about («ticket:12»). version: a higher
    one tells again. content_id: the item that it tells of, for the report on whom it reached.
    facts: ids and times, never names or secrets.
    """
    _check(mail)
    told = select(Delivery).where(
        Delivery.user_id == user_id,
        Delivery.subject_key == subject_key,
        Delivery.version == version,
    )
    if (before := db.session.scalar(told)) is not None:
        return before
    delivery = Delivery(
        user_id=user_id,
        mail=mail,
        subject_key=subject_key,
        version=version,
        content_id=content_id,
        facts=facts,
        message_id=_message_id(_domain()),
    )
    try:
        with db.session.begin_nested():
            db.session.add(delivery)
    except IntegrityError:  # PostgreSQL: another transaction told it in the meantime
        return db.session.scalars(told).one()
    jobs.queue("mail.send", delivery_id=delivery.id)
    return delivery


def deliver_all(
    user_ids: Collection[int],
    mail: str,
    subject_key: str,
    version: int = 1,
    content_id: int | None = None,
    **facts: Any,
) -> int:
    """Tell many people by the same mail, see `deliver`; how many are told now, not before.

    Their mails are sent in runs of `RUN`. A mail that fails goes on by itself, with growing
    pauses, and holds up no other.
    """
    _check(mail)
    if not user_ids:
        return 0
    now, domain = clock.now(), _domain()
    values = [
        {
            "user_id": user_id,
            "mail": mail,
            "subject_key": subject_key,
            "version": version,
            "content_id": content_id,
            "facts": facts,
            "message_id": _message_id(domain),
            "created_at": now,
        }
        for user_id in sorted(set(user_ids))
    ]
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    told = ["user_id", "subject_key", "version"]
    fresh = insert(Delivery).on_conflict_do_nothing(index_elements=told).returning(Delivery.id)
    ids = sorted(db.session.scalars(fresh, values))
    for start in range(0, len(ids), RUN):
        jobs.queue("mail.send_all", deliveries=ids[start : start + RUN])
    return len(ids)


def _check(mail: str) -> None:
    if not in_transaction():
        raise RuntimeError("mails are queued by services, inside @transaction")
    if not mails.is_known(mail):
        raise LookupError(f"no mail is called {mail}; see notify.mails.register")


def _message_id(domain: str) -> str:
    return f"<{secrets.token_hex(16)}@{domain}>"


def _domain() -> str:
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"

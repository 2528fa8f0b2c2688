"""Mails that came back: what a mailbox holds is read once, and each names a delivery of ours.

The portal only looks: it moves, marks and deletes nothing there, so the mailbox may be one that
people read too. Trusted is nothing but a report in the form that mail servers use (RFC 3464) which
returns the head of a mail with a Message-ID of ours; nobody but its receiver could know that one.
"""

import hashlib
import logging
import re
from collections.abc import Collection
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal import jobs
from portal.kernel.database import affected, db, is_sqlite
from portal.kernel.text import tidy
from portal.kernel.transaction import transaction
from portal.notify import mailboxes
from portal.notify.models import Delivery, ReturnedMail

log = logging.getLogger(__name__)
MOST = 500  # mails read by one job; the rest waits for the next
JOB = "mail.bounces"
REASON_MAX = 500  # characters
MESSAGE_ID = re.compile("<[!-~]{1,198}>")


@dataclass(frozen=True)
class Report:
    """What a mail server says of a mail that it could not deliver."""

    message_id: str
    reason: str


# ── Reading the mailbox ─────────────────────────────────────────────────


def plan() -> None:
    """Queue the job that reads the mailbox, if there is one; hourly."""
    if current_app.config["BOUNCE_URL"] and not jobs.unfinished(JOB):
        _queue()


@transaction
def _queue() -> None:
    jobs.queue(JOB)


def read() -> None:
    """The job `mail.bounces`: read what is new in the mailbox."""
    url = current_app.config["BOUNCE_URL"]
    if not url:
        return
    with mailboxes.opened(url) as box:
        names = {_key(url, name): name for name in box.names()}
        fresh = sorted(names.keys() - _known(names))
        for key in fresh[:MOST]:
            note(key, understood(box.content(names[key])))
    _forget(names)
    if len(fresh) > MOST:
        _queue()


def _key(url: str, name: str) -> str:
    """Of a mail in this mailbox; another one may use the same names."""
    parts = urlsplit(url)
    place = f"{parts.username}@{parts.hostname}/{parts.path}/{name}"
    return hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()


def _known(keys: Collection[str]) -> set[str]:
    found = {key for key in db.session.scalars(select(ReturnedMail.key)) if key in keys}
    db.session.rollback()
    return found


@transaction
def note(key: str, report: Report | None) -> None:
    """Write down that a mail of the mailbox was read, and what it says."""
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    seen = insert(ReturnedMail).values(key=key).on_conflict_do_nothing()
    if affected(seen) and report is not None:
        _bounced(report)


def _bounced(report: Report) -> None:
    # Also one whose fate is not written down yet: the answer may be faster than we are.
    taken = Delivery.state.in_(("sent", "sending", "waiting")), Delivery.tries > 0
    statement = (
        update(Delivery)
        .where(Delivery.message_id == report.message_id, *taken)
        .values(state="bounced", error=report.reason)
        .execution_options(synchronize_session=False)
    )
    if affected(statement):
        log.info("a mail came back", extra={"facts": {"message": report.message_id}})


@transaction
def _forget(names: Collection[str]) -> None:
    """Forget the mails that are in the mailbox no more."""
    gone = [key for key in db.session.scalars(select(ReturnedMail.key)) if key not in names]
    for start in range(0, len(gone), MOST):
        some = ReturnedMail.key.in_(gone[start : start + MOST])
        db.session.execute(delete(ReturnedMail).where(some))


# ── Understanding one ───────────────────────────────────────────────────


def understood(raw: bytes) -> Report | None:
    """The report that a mail is; None for everything else, however broken."""
    try:
        return _report(message_from_bytes(raw, policy=policy.compat32))
    except Exception:  # the parser of the library stumbles over some garbage
        log.warning("a mail in the mailbox of bounces could not be read", exc_info=True)
        return None


def _report(message: Any) -> Report | None:
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return None
    reason, message_id = "", ""
    for part in message.get_payload():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            reason = reason or _reason(part.get_payload())
        elif kind == "message/rfc822":
            message_id = message_id or _message_id(part.get_payload(0))
        elif kind == "text/rfc822-headers":
            head = message_from_bytes(part.get_payload(decode=True), policy=policy.compat32)
            message_id = message_id or _message_id(head)
    return Report(message_id, reason) if message_id and reason else None


def _reason(blocks: Any) -> str:
    """Why the mail was given up; empty when it was not: delayed, relayed, delivered."""
    for block in blocks:
        if _word(block, "Action").lower() == "failed":
            words = _word(block, "Diagnostic-Code").partition(";")[2]
            return tidy(f"{_word(block, 'Status')} {words}")[:REASON_MAX] or "failed"
    return ""


def _message_id(returned: Any) -> str:
    found = _word(returned, "Message-ID")
    return found if MESSAGE_ID.fullmatch(found) else ""


def _word(message: Any, name: str) -> str:
    return str(message.get(name, "")).strip()


def install() -> None:
    jobs.handler(JOB)(read)
    jobs.hourly(plan)

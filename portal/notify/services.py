"""Telling people by mail: a row and a job in the change's own transaction, then the sending.

A mail cannot be sent exactly once: when a crash leaves its fate unknown it goes again with the
same Message-ID, which mail programs recognise, and the row counts it.
"""

import logging
import secrets
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import jobs
from portal.access.site import site
from portal.accounts.models import User
from portal.jobs import failpoint
from portal.kernel import clock, i18n
from portal.kernel.database import db
from portal.kernel.transaction import in_transaction, transaction
from portal.notify import mails, transport
from portal.notify.models import Delivery

log = logging.getLogger(__name__)
OVER = ("sent", "refused", "none", "moot")
FOLDER = "mail"  # in the instance folder; used when mail_url is empty


def deliver(user_id: int, mail: str, subject_key: str, version: int = 1, **facts: Any) -> Delivery:
    """Tell a person by mail, in the running transaction; the same thing is told once.

    mail: a name of `notify.mails`. subject_key: what it is about («ticket:12»). version: a higher
    one tells again. facts: ids and times, never names or secrets.
    """
    if not in_transaction():
        raise RuntimeError("mails are queued by services, inside @transaction")
    if not mails.is_known(mail):
        raise LookupError(f"no mail is called {mail}; see notify.mails.register")
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
        facts=facts,
        message_id=f"<{secrets.token_hex(16)}@{_domain()}>",
    )
    try:
        with db.session.begin_nested():
            db.session.add(delivery)
    except IntegrityError:  # PostgreSQL: another transaction told it in the meantime
        return db.session.scalars(told).one()
    jobs.queue("mail.send", delivery_id=delivery.id)
    return delivery


def _domain() -> str:
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"


def send(delivery_id: int) -> None:
    """The job `mail.send`: send one mail.

    May run again after a crash or a failure; what is over stays over.
    """
    if not _take(delivery_id):
        return
    failpoint.here("mail.taken")
    try:
        message = _compose(delivery_id)
        db.session.rollback()  # no transaction is open while the server is spoken to
        _hand_over(delivery_id, message)
    except mails.Moot as moot:
        _put(delivery_id, "moot", str(moot))
    except _NoAddress:
        _put(delivery_id, "none")
    except transport.Refused as refusal:
        log.warning("mail refused", extra={"facts": {"delivery": delivery_id}})
        _put(delivery_id, "refused", str(refusal))
    except Exception as error:
        _put(delivery_id, "waiting", f"{type(error).__name__}: {error}")
        raise  # the job waits and tries again
    else:
        failpoint.here("mail.handed_over")
        _put(delivery_id, "sent")
    failpoint.here("mail.noted")


@transaction
def _take(delivery_id: int) -> bool:
    """Note that a mail is being sent; False when its fate is known already."""
    delivery = db.session.get(Delivery, delivery_id)
    if delivery is None or delivery.state in OVER:
        return False
    if delivery.state == "sending":
        delivery.repeats += 1
        log.warning("mail sent again", extra={"facts": {"delivery": delivery_id}})
    delivery.state = "sending"
    delivery.tries += 1
    return True


class _NoAddress(Exception):
    """The receiver has no e-mail."""


def _compose(delivery_id: int) -> EmailMessage:
    """Write the mail with what is true now. Raises mails.Moot, _NoAddress, transport.Refused."""
    delivery = db.session.get_one(Delivery, delivery_id)
    user = db.session.get_one(User, delivery.user_id)
    if not user.email:
        raise _NoAddress
    written = mails.write(
        delivery.mail,
        dict(delivery.facts),
        receiver=_name(user),
        language=user.language or i18n.DEFAULT,
    )
    try:
        return _message(delivery, user, written)
    except (MessageError, ValueError, IndexError) as error:
        raise transport.Refused(f"the address is malformed: {error}") from error


def _name(user: User) -> str:
    """Her name in the letters of her language."""
    return (user.language == "en" and user.latin_name) or user.name


def _message(delivery: Delivery, user: User, written: mails.Written) -> EmailMessage:
    language = user.language or i18n.DEFAULT
    with i18n.speaking(language):
        sender = site().name
    message = EmailMessage()
    message["Subject"] = written.subject
    message["From"] = Address(sender, addr_spec=current_app.config["MAIL_FROM"])
    message["To"] = Address(_name(user), addr_spec=user.email or "")
    message["Date"] = format_datetime(delivery.created_at)
    message["Message-ID"] = delivery.message_id
    message["Content-Language"] = language
    message["Auto-Submitted"] = "auto-generated"  # no holiday answers (RFC 3834)
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    return message


def _hand_over(delivery_id: int, message: EmailMessage) -> None:
    mail_url = current_app.config["MAIL_URL"]
    if mail_url:
        transport.send(message, mail_url)
    else:
        folder = Path(current_app.instance_path) / FOLDER
        transport.write_file(message, folder, f"{delivery_id:06}")


@transaction
def _put(delivery_id: int, state: str, error: str = "") -> None:
    delivery = db.session.get_one(Delivery, delivery_id)
    delivery.state, delivery.error = state, error[:2000]
    if state == "sent":
        delivery.sent_at = clock.now()

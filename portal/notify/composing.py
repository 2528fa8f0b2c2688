"""Writing a mail: what is true when it is sent, in its receiver's language, and its headers."""

from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy, default
from email.utils import format_datetime

from flask import current_app

from portal.access.site import site
from portal.accounts.models import User
from portal.kernel import i18n
from portal.kernel.database import db
from portal.kernel.text import tidy
from portal.notify import mails, transport
from portal.notify.models import Delivery


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that is written as it is: folded, a long address becomes an encoded word."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("List-Unsubscribe", _OneLine)
POLICY = default.clone(header_factory=_HEADERS)


class NoAddress(Exception):
    """The receiver has no e-mail."""


def compose(delivery_id: int) -> tuple[EmailMessage, mails.Written]:
    """The mail with what is true now. Raises mails.Moot, NoAddress, transport.Refused."""
    delivery = db.session.get_one(Delivery, delivery_id)
    user = db.session.get_one(User, delivery.user_id)
    if not user.email:
        raise NoAddress
    written = mails.write(
        delivery.mail,
        {"to": user.id, **delivery.facts},
        receiver=_name(user),
        language=user.language or i18n.DEFAULT,
    )
    try:
        return _message(delivery, user, written), written
    except (MessageError, ValueError, IndexError) as error:
        raise transport.Refused(f"the address is malformed: {error}") from error


def _name(user: User) -> str:
    """Her name in the letters of her language, on one line: it stands in a header."""
    return tidy((user.language == "en" and user.latin_name) or user.name)


def _message(delivery: Delivery, user: User, written: mails.Written) -> EmailMessage:
    language = user.language or i18n.DEFAULT
    with i18n.speaking(language):
        sender = tidy(site().name)
    message = EmailMessage(POLICY)
    message["Subject"] = written.subject
    message["From"] = Address(sender, addr_spec=current_app.config["MAIL_FROM"])
    message["To"] = Address(_name(user), addr_spec=user.email or "")
    message["Date"] = format_datetime(delivery.created_at)
    message["Message-ID"] = delivery.message_id
    message["Content-Language"] = language
    message["Auto-Submitted"] = "auto-generated"  # no holiday answers (RFC 3834)
    if written.stop:
        _let_stop(message, written.stop)
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    return message


def _let_stop(message: EmailMessage, address: str) -> None:
    """What a mail program's own «unsubscribe» does (RFC 2369, RFC 8058)."""
    message["List-Unsubscribe"] = f"<{address}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"

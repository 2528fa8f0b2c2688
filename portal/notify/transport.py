"""Handing a mail over: by SMTP, or into a folder where no server is set (the demonstration)."""

import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

TIMEOUT = 20  # seconds for each answer of the mail server
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Refused(Exception):
    """The server will never take this mail: the receiver or the mail itself (5xx)."""


def send(message: EmailMessage, mail_url: str) -> None:
    """Send by SMTP.

    mail_url: smtp://user:password@host:port (STARTTLS where the server offers it) or smtps://….
    Raises Refused for good, OSError or SMTPException when it may go better later.
    """
    try:
        with _connect(mail_url) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        if code >= 500:
            raise Refused(_line(code, words)) from error
        raise
    except smtplib.SMTPDataError as error:
        if error.smtp_code >= 500:
            raise Refused(_line(error.smtp_code, error.smtp_error)) from error
        raise


def _connect(mail_url: str) -> smtplib.SMTP:
    parts = urlsplit(mail_url)
    host = parts.hostname or "localhost"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=TIMEOUT, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT)
    try:
        server.ehlo()
        if parts.scheme == "smtp" and host not in LOOPBACK:
            if server.has_extn("starttls"):
                server.starttls(context=_context(bool(user)))
                server.ehlo()
            elif user:
                raise smtplib.SMTPNotSupportedError(
                    "the password is not sent in the clear: the server offers no STARTTLS"
                )
        if user:
            server.login(user, password)
    except BaseException:
        server.close()
        raise
    return server


def _context(is_secret: bool) -> ssl.SSLContext:
    """With a password the server must prove who it is; without one, any cipher beats none."""
    context = ssl.create_default_context()
    if not is_secret:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _line(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {text}"[:500]


def write_file(message: EmailMessage, folder: Path, name: str) -> Path:
    """Keep a mail as a file that only the instance's owner reads; its links are keys."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, fresh = folder / f"{name}.eml", folder / f".{name}.tmp"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(message.as_bytes())
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
    return path

"""Handing a mail over: by SMTP, or into a folder where no server is set (the demonstration)."""

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from flask import current_app

FOLDER = "mail"  # in the instance folder; used when mail_url is empty
TIMEOUT = 20  # seconds for each answer of the mail server
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Refused(Exception):
    """The server will never take this mail: the receiver or the mail itself (5xx)."""


class Away(Exception):
    """The server cannot be reached, or does not let us in: no mail would fare better."""


class Unknown(Exception):
    """The connection broke after the whole mail was given: nobody knows whether it was taken."""


@contextmanager
def opened(mail_url: str) -> Iterator["Post"]:
    """What mails are handed to, for a while: see `Smtp`; files where `mail_url` is empty."""
    post: Post = Smtp(mail_url) if mail_url else Files(Path(current_app.instance_path) / FOLDER)
    try:
        yield post
    finally:
        post.close()


class Post(Protocol):
    def send(self, message: EmailMessage, name: str) -> None:
        """Hand one mail over. name: a short one of this mail's own, for what needs it."""

    def close(self) -> None: ...


class Smtp:
    """A mail server, connected to at the first mail and kept until the last.

    mail_url: smtp://user:password@host:port (STARTTLS where the server offers it) or smtps://….
    """

    def __init__(self, mail_url: str) -> None:
        self._url = mail_url
        self._server: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, name: str) -> None:
        """Send by SMTP.

        Raises Refused for good, Away and OSError or SMTPException when it may go better later,
        Unknown when that would perhaps be the second time.
        """
        if self._server is not None:
            try:
                self._hand(self._server, message)
            except (smtplib.SMTPException, OSError) as error:
                if not _is_over(error):
                    raise
                # It had enough of us: many a server ends a connection after so many mails.
                self._drop()
            else:
                return
        self._server = _reach(self._url)
        self._hand(self._server, message)

    def _hand(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        try:
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
        except BaseException:
            self._drop()
            raise

    def close(self) -> None:
        if self._server is not None:
            try:
                self._server.quit()
            except (smtplib.SMTPException, OSError):
                self._drop()

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _is_over(error: Exception) -> bool:
    """Whether the server ended the connection before it was given the mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == 421 for code, _words in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == 421
    return isinstance(error, smtplib.SMTPServerDisconnected | OSError)


class _Heard:
    """Tells apart a connection that broke before a mail was given, and after."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        try:
            answer: tuple[int, bytes] = super().data(msg)  # type: ignore[misc]
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise Unknown(f"{type(error).__name__}: {error}") from error
        return answer


class Plain(_Heard, smtplib.SMTP):
    pass


class Tls(_Heard, smtplib.SMTP_SSL):
    pass


def _reach(mail_url: str) -> smtplib.SMTP:
    try:
        return _connect(mail_url)
    except (smtplib.SMTPException, OSError) as error:
        raise Away(f"{type(error).__name__}: {error}") from error


def _connect(mail_url: str) -> smtplib.SMTP:
    parts = urlsplit(mail_url)
    host = parts.hostname or "localhost"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        server: smtplib.SMTP = Tls(host, parts.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = Plain(host, parts.port or 25, timeout=TIMEOUT)
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


class Files:
    """A folder where mails become files, where no server is set (the demonstration)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage, name: str) -> None:
        write_file(message, self._folder, name)

    def close(self) -> None:
        """Nothing is held."""


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

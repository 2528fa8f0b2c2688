"""Looking into a mailbox, by IMAP or in a Maildir folder, without changing anything in it."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from portal.notify.transport import LOOPBACK, TIMEOUT

READ_MAX = 256 * 1024  # bytes of a mail: a report stands before the mail that it returns


class Unreachable(Exception):
    """The mailbox cannot be opened; the text says why."""


class Box(Protocol):
    def names(self) -> list[str]:
        """What names each mail of the mailbox, for good."""

    def content(self, name: str) -> bytes:
        """The beginning of a mail; empty when it was deleted meanwhile or cannot be given."""

    def close(self) -> None: ...


@contextmanager
def opened(url: str) -> Iterator[Box]:
    """A mailbox: imap://user:password@host/FOLDER, imaps://…, or maildir:///a/folder."""
    try:
        box: Box = Maildir(url) if urlsplit(url).scheme == "maildir" else Imap(url)
    except (imaplib.IMAP4.error, OSError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error
    try:
        yield box
    finally:
        box.close()


class Maildir:
    """A folder with `new` and `cur`; a mail keeps its name until «:», whatever is done to it."""

    def __init__(self, url: str) -> None:
        self._folder = Path(unquote(urlsplit(url).path))
        self._paths: dict[str, Path] = {}
        if not (self._folder / "new").is_dir():
            raise Unreachable(f"{self._folder} is no Maildir: it has no folder «new»")

    def names(self) -> list[str]:
        for folder in (self._folder / "new", self._folder / "cur"):
            if folder.is_dir():
                for path in folder.iterdir():
                    if path.is_file() and not path.name.startswith("."):
                        self._paths[path.name.partition(":")[0]] = path
        return list(self._paths)

    def content(self, name: str) -> bytes:
        for path in (self._paths[name], *(self._folder / "cur").glob(f"{name}:*")):
            with suppress(FileNotFoundError), path.open("rb") as file:
                return file.read(READ_MAX)
        return b""

    def close(self) -> None:
        """Nothing is held."""


class Imap:
    """A folder on a mail server, opened for reading alone."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or "localhost"
        if parts.scheme == "imaps":
            context = ssl.create_default_context()
            self._server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                host, parts.port or 993, timeout=TIMEOUT, ssl_context=context
            )
        else:
            self._server = imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT)
        try:
            if parts.scheme == "imap" and host not in LOOPBACK:
                self._server.starttls(ssl.create_default_context())  # fails where it is not offered
            self._server.login(unquote(parts.username or ""), unquote(parts.password or ""))
            folder = unquote(parts.path.strip("/")) or "INBOX"
            self._ask("select", _quoted(folder), True)  # True: EXAMINE
            self._age = str(self._server.response("UIDVALIDITY")[1][0])
        except BaseException:
            self._server.shutdown()
            raise

    def _ask(self, command: str, *arguments: object) -> list[object]:
        answer, data = getattr(self._server, command)(*arguments)
        if answer != "OK":
            raise Unreachable(f"{command}: {data}")
        return data  # type: ignore[no-any-return]

    def names(self) -> list[str]:
        (found,) = self._ask("uid", "SEARCH", None, "ALL")
        numbers = found.decode().split() if isinstance(found, bytes) else []
        return [f"{self._age}.{number}" for number in numbers]

    def content(self, name: str) -> bytes:
        number = name.rpartition(".")[2]
        # A server that cannot give one mail says NO: that one is given up and counts as read, or
        # it would be asked for each hour and in time keep the others out of the portion.
        _answer, data = self._server.uid("FETCH", number, f"(BODY.PEEK[]<0.{READ_MAX}>)")
        parts = [bytes(part[1]) for part in data if isinstance(part, tuple)]
        return parts[0] if parts else b""

    def close(self) -> None:
        with suppress(imaplib.IMAP4.error, OSError):
            self._server.logout()


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'

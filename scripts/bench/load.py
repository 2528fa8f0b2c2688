"""Asking a server for pages over several connections, and reading every answer."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

HOST = "127.0.0.1"
CONNECTIONS = 4
TIMEOUT = 30.0  # seconds for one answer


class Wrong(Exception):
    """An answer that is no page, or not the page that was asked for."""


@dataclass(frozen=True)
class Target:
    """A page as one person asks for it. holds: texts of every right answer, how often at least."""

    path: str
    cookie: str
    holds: Mapping[str, int]

    def request(self) -> bytes:
        return (
            f"GET {self.path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {self.cookie}\r\n\r\n"
        ).encode()

    def check(self, status: int, body: bytes) -> None:
        """Raises Wrong, with the beginning of what came instead."""
        missing = [text for text, least in self.holds.items() if body.count(text.encode()) < least]
        if status != 200 or missing:
            said = body[:300].decode(errors="replace")
            raise Wrong(f"{self.path} answered {status} without {missing}:\n{said}")


class Connection:
    """One lasting HTTP connection: far cheaper than http.client, so that the load stays small."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Status, headers and body."""
        self.socket.sendall(request)
        answer = self._more(b"")
        while b"\r\n\r\n" not in answer:
            answer = self._more(answer)
        head, _blank, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        parts, missing = [body], length - len(body)
        while missing > 0:
            parts.append(self._more(b""))
            missing -= len(parts[-1])
        return int(head[9:12]), head, b"".join(parts)

    def _more(self, before: bytes) -> bytes:
        found = self.socket.recv(262_144)
        if not found:
            raise Wrong("the server closed the connection")
        return before + found

    def close(self) -> None:
        self.socket.close()


@dataclass
class Run:
    """What one slice of load gave. times: milliseconds of each answer."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    size: int = 0  # bytes of the last page

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds


def hammer(port: int, targets: Sequence[Target], seconds: float) -> Run:
    """Ask for the targets in turn over four connections. Raises Wrong at the first wrong answer."""
    run, broken = Run(), list[BaseException]()
    began = time.perf_counter()
    threads = [
        threading.Thread(
            target=_ask, args=(port, _from(targets, n), began + seconds, run, broken), daemon=True
        )
        for n in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.seconds = time.perf_counter() - began
    if broken:
        raise broken[0]
    return run


def _from(targets: Sequence[Target], n: int) -> Iterator[Target]:
    """Each connection begins elsewhere, so that they do not ask for the same page at once."""
    begin = n * len(targets) // CONNECTIONS
    return islice(cycle(targets), begin, None)


def _ask(
    port: int, targets: Iterator[Target], until: float, run: Run, broken: list[BaseException]
) -> None:
    try:
        connection = Connection(port)
        requests = ((target, target.request()) for target in targets)
        while time.perf_counter() < until and not broken:
            target, request = next(requests)
            began = time.perf_counter()
            status, _head, body = connection.ask(request)
            run.times.append((time.perf_counter() - began) * 1000)
            run.size = len(body)
            target.check(status, body)
        connection.close()
    except Exception as error:  # noqa: BLE001  told by whoever started the thread
        broken.append(error)

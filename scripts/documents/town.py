"""An instance with the demonstration, its production server and worker, and a person's browser."""

import http.client
import multiprocessing
import os
import re
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

PERSON = "editor"
SPACE = "intranet"  # its editors release without a review
READER, OFFICE = "portal.files.reading.child", "office"  # in the commands of children
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def make() -> tuple[Path, str]:
    """A demonstration of its own, with its index; the folder and everybody's password."""
    from portal import search
    from portal.app import create_app
    from portal.cli.say import Progress
    from portal.cli.setting_up import make_demo

    folder = tempfile.mkdtemp(prefix="portal-bench-documents-")
    progress = Progress()
    password = make_demo(Path(folder), progress)
    progress.done()
    with create_app(Path(folder)).app_context():
        search.rebuild()
    return Path(folder), password


def _serve(folder: str, port: int) -> None:
    from portal import serve
    from portal.app import create_app
    from portal.jobs.supervisor import Supervisor
    from portal.search import views

    said = (Path(folder) / "server.log").open("ab")
    os.dup2(said.fileno(), 2)  # the worker's too: what they say is not the benchmark's
    views._searches.number = 1_000_000  # the limit per person is not what is measured
    app = create_app(Path(folder))
    serve.serve(app, serve.listen("127.0.0.1", port), Supervisor(Path(folder)))


@contextmanager
def served(folder: Path, port: int) -> Iterator[int]:
    """The server as `portal run` has it, with its worker beside; its process."""
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(str(folder), port))
    server.start()
    try:
        _until(lambda: _answers(port), 30, "the server does not answer")
        _until(lambda: worker_of(server.pid or 0), 30, "no worker began")
        yield server.pid or 0
    finally:
        server.terminate()
        server.join()


def _until(ready: Any, seconds: float, complaint: str) -> None:
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            raise SystemExit(complaint)
        time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        http.client.HTTPConnection("127.0.0.1", port, timeout=2).connect()
    except OSError:
        return False
    return True


def children(pid: int) -> list[int]:
    """The processes that a process started, from all of its threads."""
    found: list[int] = []
    with suppress(OSError):  # it may end at any moment
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, task.read_text().split())
    return found


def worker_of(server: int) -> int:
    """The worker's number; 0 while it starts."""
    return next((pid for pid in children(server) if "portal.worker" in command(pid)), 0)


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def peak(pid: int) -> float:
    """The most memory that a process ever held, in MB; 0.0 for one that is gone."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found.group(1)) / 1024 if found else 0.0


def token(page: str) -> str:
    """What the forms of a page must send back."""
    found = _TOKEN.search(page)
    if found is None:
        raise SystemExit("the page holds no form")
    return found.group(1)


class Watch:
    """Looks at a process's children: the most memory of each sort, and when the last one ran.

    What a child says of itself at its end (ru_maxrss) holds its parent's memory too; this does not.
    """

    def __init__(self, parent: int) -> None:
        self.parent = parent
        self.peaks: dict[str, float] = {}
        self.last = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def taken(self, sort: str = READER) -> float:
        """The most memory in MB since this was asked last."""
        return self.peaks.pop(sort, 0.0)

    def rest(self, seconds: float = 1.2) -> None:
        """Wait until the worker has had no child for a while."""
        while time.monotonic() - self.last < seconds:
            time.sleep(0.05)

    def _look(self) -> None:
        while not self._stop.wait(0.02):
            waiting = children(self.parent)
            while waiting:
                pid = waiting.pop()
                waiting += children(pid)
                said = command(pid)
                sort = next((sort for sort in (READER, OFFICE) if sort in said), "")
                if sort:
                    self.last = time.monotonic()
                    self.peaks[sort] = max(self.peaks.get(sort, 0.0), peak(pid))


class Visitor:
    """Somebody signed in, over one lasting connection."""

    def __init__(self, port: int, password: str) -> None:
        from scripts.bench.servers import sign_in

        self.cookie = sign_in(port, PERSON, password)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(
        self, method: str, path: str, body: bytes | None = None, kind: str = ""
    ) -> tuple[int, str]:
        headers = {"Cookie": self.cookie, **({"Content-Type": kind} if kind else {})}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        if given := answer.getheader("Set-Cookie"):
            self.cookie = given.split(";")[0]
        return answer.status, answer.read().decode()

    def upload(self, path: str, name: str, data: bytes) -> None:
        """Send the form that works without JavaScript."""
        _status, shown = self.ask("GET", "/")  # any page's token does for every form
        edge = secrets.token_hex(16)
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
            f"{token(shown)}\r\n--{edge}\r\nContent-Disposition: form-data; "
            f'name="files"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        status, shown = self.ask("POST", path, body, f"multipart/form-data; boundary={edge}")
        if status not in (200, 302, 303):
            raise SystemExit(f"{path} answered {status}: {shown[:300]}")


def machine_load() -> float:
    return os.getloadavg()[0]

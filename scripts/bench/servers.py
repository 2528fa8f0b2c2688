"""The two servers: the portal as `portal run` serves it, and the bare page, both on one CPU."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from scripts.bench.load import HOST

CHECKOUT = Path(__file__).resolve().parents[2]
READY = 60.0  # seconds that a server may take to answer
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


_CPUS = sorted(os.sched_getaffinity(0))


def cpus() -> tuple[int, int]:
    """Where the load runs, and where the servers run; the same on a machine with one."""
    return _CPUS[0], _CPUS[-1]


@dataclass(frozen=True)
class Server:
    """A running server: its process, its port, seconds from its start to its first answer."""

    pid: int
    port: int
    ready_in: float


@contextmanager
def started(command: Sequence[str], folder: Path, port: int, ready: str) -> Iterator[Server]:
    """A server, and its worker if it has one, on the servers' CPU; from its first answer on."""
    environment = {**os.environ, "PORTAL_INSTANCE": str(folder)}
    began = time.perf_counter()
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {cpus()[1]})  # what is started inherits it
    with (folder / f"server-{port}.log").open("wb") as said:
        server = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=environment,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    os.sched_setaffinity(0, mine)
    try:
        wait_for(port, ready, server)
        yield Server(server.pid, port, time.perf_counter() - began)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def wait_for(port: int, path: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + READY
    while time.monotonic() < until and server.poll() is None:
        try:
            if get(port, path)[0] < 500:
                return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"the server on port {port} does not answer {path}")


def portal(folder: Path, port: int) -> AbstractContextManager[Server]:
    """The portal as in production: waitress, its threads, its worker beside it."""
    command = [str(Path(sys.executable).with_name("portal")), "run", "--port", str(port)]
    return started(command, folder, port, "/healthz")


def bare(folder: Path, port: int) -> AbstractContextManager[Server]:
    command = [sys.executable, "-m", "scripts.bench.bare", str(folder), str(port)]
    return started(command, folder, port, "/login")


def get(port: int, path: str, cookie: str = "") -> tuple[int, str, str]:
    """Status, body, and the cookie to send from now on."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    body = answer.read().decode(errors="replace")
    given = (answer.getheader("Set-Cookie") or "").split(";")[0]
    connection.close()
    return answer.status, body, given or cookie


def sign_in(port: int, login: str, password: str) -> str:
    """The cookie of a signed-in person who has opened a page: as her browser sends it then."""
    _status, body, cookie = get(port, "/sign-in")
    token = _TOKEN.search(body)
    if token is None:
        raise SystemExit("no form to sign in with")
    form = urlencode({"csrf_token": token.group(1), "name": login, "password": password})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    connection.request("POST", "/sign-in", form, headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status not in {302, 303}:
        raise SystemExit(f"signing in as {login} answered {answer.status}")
    signed_in = (answer.getheader("Set-Cookie") or "").split(";")[0]
    return get(port, "/", signed_in)[2]  # with the token that forms of a session share


def resident(pid: int) -> float:
    """Resident memory of a process in MB; 0.0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found.group(1)) / 1024 if found else 0.0


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used, in all of its threads that still run."""
    used = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        used += int((task / "schedstat").read_text(encoding="utf-8").split()[0])
    return used / 1e9

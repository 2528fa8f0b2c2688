"""The program as a newcomer runs it: real processes, real sockets."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE, eventually

PROGRAM = Path(sys.executable).with_name("portal")


class Portal:
    """A `portal run` in a process of its own."""

    def __init__(self, folder, port, *arguments):
        self.began = time.monotonic()
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [PROGRAM, "run", "--port", str(port), *arguments],
            env=environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until_ready(self):
        """The seconds until the first page."""
        eventually(self.is_ready, "not ready")
        return time.monotonic() - self.began

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(self.process.communicate()[0])
        with contextlib.suppress(OSError):
            return self.status("/healthz") == 200
        return False

    def status(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def seconds_worked(self):
        """The processor's time that it has used."""
        facts = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, how=signal.SIGTERM):
        """What it printed, and its exit code."""
        self.process.send_signal(how)
        try:
            return self.process.communicate(timeout=PATIENCE)[0], self.process.returncode
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()


def environment(folder):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **kept,
        "PORTAL_INSTANCE": str(folder),
        "PORTAL_LANGUAGE": "en",
        "LC_ALL": "C.UTF-8",
    }


def portal(folder, *arguments):
    return subprocess.run(
        [PROGRAM, *arguments],
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def children_of(pid):
    """The processes that a process has begun."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            facts = status.read_text().rpartition(")")[2].split()
            if facts[1] == str(pid):
                found.append(int(status.parent.name))
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """An instance that the first start made; what that start printed."""
    folder = tmp_path_factory.mktemp("demo") / "instance"
    with Portal(folder, free_port()) as first:
        first.until_ready()
        assert first.status("/sign-in") == 200
        printed, code = first.stop()
    assert code == 0, printed
    return folder, printed


def test_the_first_start_sets_up_the_demonstration_and_says_who_can_sign_in(demo):
    _folder, printed = demo
    assert "setting up the demonstration" in printed
    assert "http://127.0.0.1:" in printed
    for name in (
        "admin", "employee", "head", "editor", "member", "partner", "coordinator", "ngo",
    ):  # fmt: skip
        assert f"{name}@demo.example" in printed
    assert printed.count("Password of everybody: ") == 1
    assert "Traceback" not in printed


def test_the_demonstrations_index_is_there_before_its_first_page(demo):
    """Made with it: the worker, once started, is at the papers for half a minute."""
    folder, printed = demo
    assert printed.index("The search (") < printed.index("http://127.0.0.1:")
    assert (folder / "index" / "current").is_file()


def test_a_second_start_takes_under_five_seconds_and_knows_the_password(demo):
    folder, printed = demo
    password = printed.split("Password of everybody: ")[1].split()[0]
    with Portal(folder, free_port()) as second:
        wall = second.until_ready()
        worked = second.seconds_worked()
        again, _code = second.stop()
    assert f"Password of everybody: {password}\n" in again
    # A start computes and hardly waits, so its own seconds are what an idle machine needs; the
    # clock on the wall counts the other tests on both cores too.
    assert min(wall, worked) < 5, (wall, worked)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_stopping_the_server_stops_its_worker(demo, how):
    folder, _printed = demo
    with Portal(folder, free_port()) as running:
        running.until_ready()
        children = eventually(
            lambda: children_of(running.process.pid), "a worker runs beside the server"
        )
        printed, code = running.stop(how)
    assert code == 0, printed
    assert "Stopped." in printed
    assert "Traceback" not in printed
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_the_demonstration_is_served_on_loopback_only(demo):
    folder, _printed = demo
    answer = portal(folder, "run", "--host", "0.0.0.0", "--port", str(free_port()))
    assert answer.returncode == 1
    assert "portal init" in answer.stderr


def test_an_empty_instance_on_another_address_names_init(tmp_path):
    answer = portal(tmp_path / "none", "run", "--host", "0.0.0.0", "--port", str(free_port()))
    assert answer.returncode == 1
    assert "portal init --name" in answer.stderr
    assert not (tmp_path / "none").exists(), "nothing was made"


def test_a_busy_port_is_told_with_another_one(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = portal(tmp_path / "none", "run", "--port", str(port))
    assert answer.returncode == 1
    assert f"--port {port + 1}" in answer.stderr
    assert not (tmp_path / "none").exists()


def test_help_and_version_need_no_installation(tmp_path):
    for arguments in (
        ("--help",),
        ("run", "--help"),
        ("import", "news", "--help"),
        ("--version",),
    ):
        answer = portal(tmp_path / "none", *arguments)
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout
    assert not (tmp_path / "none").exists()


def test_a_second_demonstration_is_refused(demo):
    folder, _printed = demo
    answer = portal(folder, "demo")
    assert answer.returncode == 1
    assert "holds an installation already" in answer.stderr

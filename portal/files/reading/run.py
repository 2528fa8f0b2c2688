"""The parent's side: one child for one task, watched, and killed whole when its time is over."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from portal.files.reading.results import Trouble

log = logging.getLogger(__name__)
COMMAND = (sys.executable, "-I", "-X", "utf8", "-m", "portal.files.reading.child")
ANSWER_MAX = 64 * 1024 * 1024  # bytes of JSON
MIB = 1024 * 1024
_LOOK = 0.005  # seconds between two looks at the child
_LOOKS_PER_PEAK = 4  # its memory is looked at less often
_TAIL = 2000  # bytes of the child's complaints that are logged


@dataclass(frozen=True)
class Outcome:
    """What came of a child: its answer or {}, and what it took."""

    answer: Mapping[str, Any]
    trouble: Trouble
    seconds: float
    peak_kib: int


@dataclass(frozen=True)
class Limits:
    """seconds: by the clock on the wall; cpu: seconds of work; memory: bytes of address space."""

    seconds: float
    cpu: int
    memory: int


def child(task: str, path: Path, kind: str, limits: Limits, **more: Any) -> Outcome:
    """Run a task of the child over a file. Never raises for what the file holds."""
    with (
        tempfile.TemporaryDirectory(prefix="portal-reading-", ignore_cleanup_errors=True) as home,
        tempfile.TemporaryFile() as request,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as complaints,
    ):
        asked: dict[str, Any] = {"task": task, "path": str(path.resolve()), "kind": kind}
        asked |= {"memory": limits.memory, "cpu": limits.cpu}
        asked |= {"output": ANSWER_MAX, "parent": os.getpid(), **more}
        request.write(json.dumps(asked).encode())
        request.seek(0)
        began = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
            COMMAND,
            stdin=request,
            stdout=answer,
            stderr=complaints,
            cwd=home,
            env=environment(home, more.get("tessdata")),
            start_new_session=True,
        )
        code, peak = wait(process, limits.seconds)
        took = time.monotonic() - began
        found = _parsed(answer) if code == 0 else {}
        peak = int(found.get("peak_kib", peak))
        trouble = _trouble(code, found, _tail(complaints), peak, limits.memory)
        if trouble is not Trouble.NONE or code != 0:
            facts: dict[str, Any] = {
                "task": task,
                "kind": kind,
                "code": code,
                "trouble": trouble.value,
            }
            facts |= {"seconds": round(took, 2), "peak_kib": peak, "said": _tail(complaints)}
            if found.get("walls") is False:
                log.error(
                    "no file is read: the system cannot wall the reader in", extra={"facts": facts}
                )
            else:
                log.info("a file is not read whole", extra={"facts": facts})
        return Outcome(found, trouble, took, peak)


def environment(home: str, tessdata: str | None = None) -> dict[str, str]:
    """All that a child knows of the outside: a folder of its own, no secrets."""
    clean = {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "XDG_CACHE_HOME": home,
        "XDG_CONFIG_HOME": home,
        "LANG": "C.UTF-8",
        "OMP_THREAD_LIMIT": "1",  # a page is recognised on one core; the portal wants the other
    }
    return clean if tessdata is None else {**clean, "TESSDATA_PREFIX": tessdata}


def wait(process: subprocess.Popen[bytes], seconds: float) -> tuple[int | None, int]:
    """The exit code and the peak of memory in KiB; None for one that was killed at its time."""
    until = time.monotonic() + seconds
    late, peak, looks = False, 0, 0
    try:
        # Looked at without taking it away, so that its number is still its own when it is killed.
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() > until and not late:
                late = True
                kill(process)
            if looks % _LOOKS_PER_PEAK == 0:
                peak = max(peak, _peak_kib(process.pid))
            looks += 1
            time.sleep(_LOOK)
    except BaseException:
        kill(process)
        process.wait()
        raise
    kill(process)  # what it may have left behind in its group
    _, status = os.waitpid(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return None if late else process.returncode, peak


def _peak_kib(pid: int) -> int:
    """The most that the process has held so far, in KiB.

    Not from its resource usage: that begins with what this process held when it was made.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) if found else 0


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and its whole group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _parsed(answer: IO[bytes]) -> dict[str, Any]:
    answer.seek(0)
    data = answer.read(ANSWER_MAX + 1)
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _tail(complaints: IO[bytes]) -> str:
    size = complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, size - _TAIL))
    return complaints.read().decode("utf-8", "replace")


def _trouble(
    code: int | None, found: Mapping[str, Any], said: str, peak: int, memory: int
) -> Trouble:
    """The child's own word, or what its end tells."""
    if code is None or code == -signal.SIGXCPU:
        return Trouble.TOO_LONG
    if code == 0:
        try:
            return Trouble(found["trouble"]) if "trouble" in found or not found else Trouble.NONE
        except (KeyError, ValueError):
            return Trouble.DAMAGED
    starved = "memory allocation" in said or "bad_alloc" in said or "MemoryError" in said
    # The kernel's own killer of big processes sends SIGKILL; we sent none.
    if starved or code in {-signal.SIGKILL, -signal.SIGXFSZ} or peak * 1024 > memory * 0.8:
        return Trouble.TOO_MUCH
    return Trouble.DAMAGED

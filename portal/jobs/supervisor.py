"""The server's child: a worker process that is begun again when it dies."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from portal.jobs import worker

log = logging.getLogger(__name__)
COMMAND = (sys.executable, "-m", "portal.worker")
PAUSES = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0)  # seconds before a dead worker is begun again
HEALTHY = 60.0  # seconds after which a worker's death is its first again
ELSEWHERE = 2.0  # seconds between two looks while another server's worker does the work
STOP_WAIT = 15.0  # seconds that a worker has to finish its step


class Supervisor:
    """Keeps one worker for an instance while the server runs. A second server starts none.

    command: the child's program and arguments; tests give another.
    """

    def __init__(self, instance: Path, command: Sequence[str] = COMMAND) -> None:
        self.instance = instance
        self.command = list(command)
        self.process: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop the worker after its step, and wait for that; kill it when it takes too long."""
        self._stop.set()
        process = self.process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_WAIT)
            except subprocess.TimeoutExpired:
                log.warning("worker killed", extra={"facts": {"pid": process.pid}})
                process.kill()
                process.wait()
        if self._thread.is_alive():
            self._thread.join(STOP_WAIT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _watch(self) -> None:
        deaths = 0
        while not self._stop.is_set():
            if worker.has_worker(self.instance):
                self._stop.wait(ELSEWHERE)
                continue
            began = time.monotonic()
            code = self._run_child()
            if self._stop.is_set():
                return
            if code == worker.ALREADY:
                continue
            deaths = 1 if time.monotonic() - began > HEALTHY else deaths + 1
            pause = PAUSES[min(deaths, len(PAUSES)) - 1]
            facts = {"code": code, "deaths": deaths, "pause": pause}
            log.warning("worker died", extra={"facts": facts})
            self._stop.wait(pause)

    def _run_child(self) -> int:
        environment = {
            **os.environ,
            "PORTAL_INSTANCE": str(self.instance),
            worker.PARENT: str(os.getpid()),
        }
        self.process = subprocess.Popen(
            self.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the server, which then stops its worker
        )
        log.info("worker begun", extra={"facts": {"pid": self.process.pid}})
        if self._stop.is_set():  # stopped while the child was being made
            self.process.terminate()
        return self.process.wait()

"""Waiting, where something happens beside the test: in a browser, a worker, another thread.

A machine may stand still for a minute and a half. A wait that ends as soon as it may costs nothing
when all is well, so every one of them is long, and nothing is concluded from how long it took.
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import TypeVar

from portal.files import reading
from portal.signin import backoff

Found = TypeVar("Found")
# Seconds. PORTAL_PATIENCE=5 is handy while a test is being written and fails.
PATIENCE = float(os.environ.get("PORTAL_PATIENCE", "120"))


def eventually(look: Callable[[], Found], what: str = "it did not happen in time") -> Found:
    """What `look` gives, as soon as it is true. Fails with `what` when patience is over."""
    end = time.monotonic() + PATIENCE
    while True:
        late = time.monotonic() > end  # looked at once more afterwards: all may have stood still
        if found := look():
            return found
        assert not late, what
        time.sleep(0.02)


def slow_down() -> None:
    """Let no limit of the portal's own run out because a machine stands still, in every test.

    The waits after wrong passwords are measured by a clock that stands (a test moves it by
    `backoff.time.monotonic`); a child that reads a file has its seconds of work, and as many as it
    likes by the wall.
    """
    backoff.time = SimpleNamespace(monotonic=lambda: 1_000_000.0)  # type: ignore[assignment]
    for name in ("READ", "DRAW"):
        setattr(reading, name, replace(getattr(reading, name), seconds=10 * PATIENCE))


def linger(seconds: float) -> None:
    """Hold a race open on purpose, or show that nothing happens. Never a way to wait for a thing:
    that it had not happened would be the clock's fault as often as the program's."""
    time.sleep(seconds)

"""Counting attempts, in the process: a fixed number in a sliding window of seconds."""

import threading
import time
from collections import deque

from werkzeug.exceptions import TooManyRequests


class Limit:
    """At most `number` attempts per key in `seconds`; older keys are forgotten."""

    KEYS_MAX = 50_000

    def __init__(self, number: int, seconds: float) -> None:
        self.number = number
        self.seconds = seconds
        self._seen: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def wait(self, key: str) -> float:
        """Seconds until the key may try again; 0 when it may now."""
        with self._lock:
            seen = self._fresh(key)
            if len(seen) < self.number:
                return 0.0
            return max(0.0, seen[0] + self.seconds - time.monotonic())

    def count(self, key: str) -> None:
        with self._lock:
            if len(self._seen) > self.KEYS_MAX:
                self._seen.clear()
            self._fresh(key).append(time.monotonic())

    def forget(self, key: str) -> None:
        with self._lock:
            self._seen.pop(key, None)

    def reset(self) -> None:
        """Forget every attempt of everybody."""
        with self._lock:
            self._seen.clear()

    def check(self, key: str) -> None:
        """Count an attempt, or raise 429 with Retry-After in whole seconds."""
        if wait := self.wait(key):
            raise TooManyRequests(retry_after=int(wait) + 1)
        self.count(key)

    def _fresh(self, key: str) -> deque[float]:
        seen = self._seen.setdefault(key, deque())
        edge = time.monotonic() - self.seconds
        while seen and seen[0] < edge:
            seen.popleft()
        return seen

"""Growing waits after wrong passwords: a few tries at once, then ever fewer."""

import threading
import time
from collections import OrderedDict

from portal.kernel.limits import Limit


class TooSoon(Exception):
    """The caller must wait; `seconds` says how long, in whole seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__()
        self.seconds = int(wait) + 1


class Backoff:
    """Tries per key: five freely, then one after 30 seconds, a minute, two … a quarter of an hour.

    The waits stop growing there: 96 guesses a day find no password of twelve characters, and who
    is kept out by a stranger's guesses waits no longer than that.
    """

    FREE = 5
    FIRST, LAST = 30.0, 15 * 60.0  # seconds
    FORGOTTEN = 24 * 3600.0  # seconds after the last try
    KEYS_MAX = 50_000

    def __init__(self) -> None:
        self._tries: OrderedDict[str, tuple[int, float]] = OrderedDict()  # number, last
        self._lock = threading.Lock()

    def begin(self, key: str) -> None:
        """Count a try before it is judged, so that many at once are no way around.

        Raises TooSoon.
        """
        now = time.monotonic()
        with self._lock:
            number, last = self._tries.get(key, (0, now))
            if now - last > self.FORGOTTEN:
                number = 0
            if (wait := last + self._pause(number) - now) > 0:
                raise TooSoon(wait)
            self._tries[key] = (number + 1, now)
            self._tries.move_to_end(key)
            while len(self._tries) > self.KEYS_MAX:
                self._tries.popitem(last=False)

    def forget(self, key: str) -> None:
        """It went well: the key begins afresh."""
        with self._lock:
            self._tries.pop(key, None)

    def _pause(self, number: int) -> float:
        """Seconds between the try of this number and the next."""
        if number < self.FREE:
            return 0.0
        doublings = min(number - self.FREE, 10)
        return min(self.FIRST * 2.0**doublings, self.LAST)


class Guard:
    """The counts of one app, in this process. Accounts and unknown names are kept apart, so that
    a flood of invented names cannot push a real account's count out."""

    def __init__(self) -> None:
        self.accounts = Backoff()
        self.unknown = Backoff()
        self.codes = Backoff()  # of the second factor; the right password does not forget them
        # One address may misspell often: a town hall of 500 goes out through one.
        self.addresses = Limit(60, 15 * 60)
        self.slips = Backoff()
        self.slip_addresses = Limit(60, 15 * 60)
        self.forgotten = Limit(3, 15 * 60)
        self.forgotten_addresses = Limit(60, 15 * 60)


def check(limit: Limit, key: str) -> None:
    """Count a try, or raise TooSoon."""
    if wait := limit.wait(key):
        raise TooSoon(wait)
    limit.count(key)

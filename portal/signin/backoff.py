"""Growing waits after wrong passwords: a few tries at once, then ever fewer."""

from portal.kernel.limits import Limit


class TooSoon(Exception):
    """The caller must wait; `seconds` says how long, in whole seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__()
        self.seconds = int(wait) + 1


class Backoff:
    """Tries per key: 5 in a minute, 10 in a quarter of an hour, 20 in an hour.

    The fourth wall is the password's length: 20 guesses an hour find nothing.
    """

    STEPS = ((5, 60), (10, 15 * 60), (20, 60 * 60))  # number, seconds

    def __init__(self) -> None:
        self._limits = [Limit(number, seconds) for number, seconds in self.STEPS]

    def wait(self, key: str) -> float:
        """Seconds until the key may try again; 0 when it may now."""
        return max(limit.wait(key) for limit in self._limits)

    def begin(self, key: str) -> None:
        """Count a try before it is judged, so that many at once are no way around.

        Raises TooSoon.
        """
        if wait := self.wait(key):
            raise TooSoon(wait)
        for limit in self._limits:
            limit.count(key)

    def forget(self, key: str) -> None:
        """It went well: the key begins afresh."""
        for limit in self._limits:
            limit.forget(key)


class Guard:
    """The counts of one app, in this process. Accounts and unknown names are kept apart, so that
    a flood of invented names cannot push a real account's count out."""

    def __init__(self) -> None:
        self.accounts = Backoff()
        self.unknown = Backoff()
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

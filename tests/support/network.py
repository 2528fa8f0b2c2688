"""No test speaks to another machine."""

import sys
from typing import Any

_LOOPBACK = ("127.", "::1", "localhost")


class Outside(RuntimeError):
    """A test tried to reach another machine."""


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
            raise Outside(f"a test may not connect to {address[0]}")


def stay_at_home() -> None:
    """Refuse every connection of this process beyond the loopback, from now on."""
    sys.addaudithook(_audit)

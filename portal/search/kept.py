"""Things worked out once and kept, the least used thrown away when they grow too many."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
ENTRY = 200  # bytes that an entry costs beside its content


class Kept:
    """A cache bounded by bytes. Threads may ask at once; then a thing is worked out twice."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._entries: OrderedDict[Any, tuple[Any, int]] = OrderedDict()

    def get(self, name: Any, work_out: Callable[[], T], size: Callable[[T], int]) -> T:
        """The thing of this name; `size` gives the bytes of a new one."""
        entry = self._entries.get(name)
        if entry is not None:
            with suppress(KeyError):  # another thread threw it away just now
                self._entries.move_to_end(name)
            known: T = entry[0]
            return known
        made = work_out()
        cost = size(made) + ENTRY
        self._entries[name] = (made, cost)
        self._bytes += cost
        with suppress(KeyError):  # another thread empties it, too
            while self._bytes > self._most and len(self._entries) > 1:
                self._bytes -= self._entries.popitem(last=False)[1][1]
        return made

"""Things worked out once and kept, the least used thrown away when they grow too many."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
ENTRY = 600  # bytes that an entry costs beside its content: two arrays, names, places in tables


class Kept:
    """A cache bounded by bytes. Threads may ask at once; then a thing is worked out twice."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._bytes = 0
        self._entries: OrderedDict[Any, tuple[Any, int]] = OrderedDict()

    def share(self) -> "Share":
        """A cache of its own names within the same bytes."""
        return Share(self)

    def known(self, name: Any) -> Any:
        """The thing of this name, or None."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        try:
            self._entries.move_to_end(name)
        except KeyError:  # another thread threw it away just now
            return entry[0]
        return entry[0]

    def keep(self, name: Any, thing: T, size: int) -> T:
        """Keep a thing that takes so many bytes."""
        with self._lock:
            # Worked out twice, it is kept once: else the sum grows beyond what is there, and in
            # the end nothing is kept any more.
            self._bytes += size + ENTRY - self._entries.pop(name, (None, 0))[1]
            self._entries[name] = (thing, size + ENTRY)
            while self._bytes > self._most and len(self._entries) > 1:
                self._bytes -= self._entries.popitem(last=False)[1][1]
        return thing

    def get(self, name: Any, work_out: Callable[[], T], size: Callable[[T], int]) -> T:
        """The thing of this name; `size` gives the bytes of a new one."""
        known: T | None = self.known(name)
        if known is not None:
            return known
        made = work_out()
        return self.keep(name, made, size(made))


class Share(Kept):
    """One owner's part of a common cache: what an owner that is gone had is used least."""

    def __init__(self, common: Kept) -> None:
        self._common = common
        self._owner = object()

    def known(self, name: Any) -> Any:
        return self._common.known((self._owner, name))

    def keep(self, name: Any, thing: T, size: int) -> T:
        return self._common.keep((self._owner, name), thing, size)

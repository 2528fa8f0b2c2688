"""The words of all segments together, for spelling: the same word stands in most of them.

They are read when spelling asks first, and from then on only what a new commit brings. Words of
documents that are gone stay; whether a reader's own texts hold one is asked of her mask.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar
from weakref import WeakSet

from portal.search.language import Words
from portal.search.leaf import Leaf

PARTS_MAX = 16
T = TypeVar("T", bound=Words)


class Stock(Generic[T]):
    """Words of one sort; commits that follow one another share it."""

    def __init__(self, sort: type[T], read: Callable[[Leaf], Iterable[str]]) -> None:
        self._sort = sort
        self._words_of = read
        self._lock = threading.Lock()
        self._read: WeakSet[Leaf] = WeakSet()
        self._parts: list[T] = []

    def of(self, leaves: Iterable[Leaf]) -> list[T]:
        """All words of the segments, and perhaps some more, in a few parts."""
        with self._lock:
            unread = [leaf for leaf in leaves if leaf not in self._read]
            if unread:
                self._take(set().union(*(self._words_of(leaf) for leaf in unread)))
                self._read.update(unread)
            return self._parts

    def _take(self, words: set[str]) -> None:
        for part in self._parts:
            words.difference_update(part.among(words))
        if words:
            parts = [*self._parts, self._sort(words)]
            self._parts = parts if len(parts) < PARTS_MAX else [self._sort.joined(parts)]

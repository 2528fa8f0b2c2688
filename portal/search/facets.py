"""What a document is filtered and counted by: its kind, spaces, organisation, year, author, tags.

A document may hold several values of a facet (it is placed in several spaces). So that a count is
one `bincount` whatever the facet, each distinct set of values is a number of its own, and only
those few sets are shared out to their values afterwards.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

FACETS = ("kind", "space", "organisation", "year", "author", "tag")
Codes = NDArray[np.int32]
Sets = list[tuple[str, ...]]  # the distinct sets of values; the first one is empty


class Facet:
    """One facet of all documents; made of what each segment knows of its own."""

    def __init__(self, parts: Iterable[tuple[Sets, Codes]], of_numbers: bool = False) -> None:
        numbers: dict[tuple[str, ...], int] = {(): 0}
        codes = []
        for sets, of in parts:
            here = np.array([numbers.setdefault(each, len(numbers)) for each in sets], np.int32)
            codes.append(here[of])
        self.codes: Codes = np.concatenate(codes) if codes else np.zeros(0, np.int32)
        self._sets = list(numbers)
        self.values = sorted({value for each in self._sets for value in each})
        place = {value: n for n, value in enumerate(self.values)}
        # As an answer names them.
        self.names: list[Any] = [int(value) for value in self.values] if of_numbers else self.values
        self._of_set = np.array([n for n, each in enumerate(self._sets) for _ in each], np.int64)
        self._value = np.array([place[v] for each in self._sets for v in each], np.int64)
        self._first = np.array([place[each[0]] if each else -1 for each in self._sets], np.int64)

    def ranks(self, documents: NDArray[Any]) -> NDArray[np.int64]:
        """For each document the place of its first value among `values`; -1: it has none."""
        ranks: NDArray[np.int64] = self._first[self.codes[documents]]
        return ranks

    def passes(self, documents: NDArray[Any], wanted: Collection[str]) -> NDArray[np.bool_]:
        """Which of the documents hold any of the values."""
        sets = np.array([any(value in wanted for value in each) for each in self._sets], np.bool_)
        passes: NDArray[np.bool_] = sets[self.codes[documents]]
        return passes

    def counts(self, documents: NDArray[Any]) -> dict[Any, int]:
        """How many of the documents hold each value; values that none holds are left out."""
        of_sets = np.bincount(self.codes.take(documents), minlength=len(self._sets))
        numbers = np.bincount(self._value, of_sets[self._of_set], len(self.values))
        held = np.flatnonzero(numbers)
        counts = numbers[held].astype(np.int64).tolist()
        return dict(zip([self.names[n] for n in held.tolist()], counts, strict=True))


def sets_of(
    size: int, marks: Iterable[str], holders: Callable[[str], NDArray[Any]]
) -> tuple[Sets, Codes]:
    """The sets of a segment whose documents hold marks, and each document's set."""
    sets: Sets = [()]
    codes = np.zeros(size, np.int32)
    for mark in marks:
        documents = holders(mark)
        before = codes[documents]
        # Documents that held the same so far go on holding the same.
        for old in np.unique(before).tolist():
            codes[documents[before == old]] = len(sets)
            sets.append((*sets[old], mark))
    return sets, codes


def sets_of_numbers(numbers: NDArray[np.int64]) -> tuple[Sets, Codes]:
    """The same for documents that hold one number each; 0: none."""
    distinct, codes = np.unique(numbers, return_inverse=True)
    sets: Sets = [(str(n),) if n else () for n in distinct.tolist()]
    return sets, codes.astype(np.int32)

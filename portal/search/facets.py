"""What a document is filtered and counted by: its kind, spaces, organisation, year, author, tags.

A document may hold several values of a facet (it is placed in several spaces). So that a filter or
a count is a few steps over arrays whatever the facet, each distinct set of values is a number of
its own.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

FACETS = ("kind", "space", "organisation", "year", "author", "tag")
WORDS = frozenset({"kind", "tag"})  # facets whose values are no numbers
Codes = NDArray[np.int32]
FEW = 4  # the work of looking up a document's values, by that of counting a set's


@dataclass(frozen=True, eq=False)
class Sets:
    """The distinct sets of values in a segment, and which of them each of its documents holds."""

    sets: list[tuple[str, ...]]
    codes: Codes


class Numbering:
    """The sets of one facet, numbered as they are met; what has a number keeps it.

    Commits that follow one another share it: a new one then costs what is new in it, however many
    sets there are.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: dict[tuple[str, ...], int] = {}
        self._places: dict[str, int] = {}  # of the values
        self._codes: WeakKeyDictionary[Sets, Codes] = WeakKeyDictionary()
        # The values of the sets end to end, by their places, and where each set begins.
        self._held = np.zeros(0, np.int32)
        self._begin = np.zeros(1, np.int32)

    @property
    def size(self) -> int:
        return len(self._numbers)

    def facet(self, parts: Sequence[Sets], of_words: bool) -> "Facet":
        """The facet of all documents of some segments."""
        with self._lock:
            for part in parts:
                if part not in self._codes:
                    self._codes[part] = self._met(part.sets)[part.codes]
            codes = [self._codes[part] for part in parts] or [np.zeros(0, np.int32)]
            return Facet(
                np.concatenate(codes), self._held, self._begin, list(self._places), of_words
            )

    def _met(self, sets: Iterable[tuple[str, ...]]) -> Codes:
        """The numbers of sets; those that are new get one."""
        held: list[int] = []
        lengths: list[int] = []
        numbers: list[int] = []
        for each in sets:
            number = self._numbers.setdefault(each, len(self._numbers))
            numbers.append(number)
            if number == len(self._begin) - 1 + len(lengths):
                held += [self._places.setdefault(value, len(self._places)) for value in each]
                lengths.append(len(each))
        if lengths:
            more = self._begin[-1] + np.cumsum(lengths, dtype=np.int32)
            self._begin = np.concatenate([self._begin, more])
            self._held = np.concatenate([self._held, np.array(held, np.int32)])
        return np.array(numbers, np.int32)


@dataclass(frozen=True, eq=False)
class Facet:
    """One facet of all documents of a commit; see `Numbering`."""

    codes: Codes  # each document's set
    _held: Codes
    _begin: Codes
    values: Sequence[str]
    of_words: bool

    @cached_property
    def names(self) -> Sequence[Any]:
        """The values as an answer names them."""
        return self.values if self.of_words else [int(value) for value in self.values]

    def firsts(self, documents: NDArray[Any]) -> Codes:
        """For each document the place of its first value among `values`; -1: it has none."""
        firsts: Codes = self._firsts[self.codes[documents]]
        return firsts

    def ranks(self, documents: NDArray[Any]) -> Codes:
        """For each document the rank of its first value; it is the same in every process."""
        ranks: Codes = self._ranks[self.codes[documents]]
        return ranks

    @cached_property
    def _firsts(self) -> Codes:
        """Of each set."""
        begin = self._begin[:-1]
        values = np.append(self._held, np.int32(-1))[begin]
        return np.where(begin < self._begin[1:], values, np.int32(-1))

    @cached_property
    def _ranks(self) -> Codes:
        """Of each set: the place of its first value in the order of their letters; -1 for none."""
        order = sorted(range(len(self.values)), key=self.values.__getitem__)
        ranks: Codes = np.append(np.argsort(order), -1).astype(np.int32)[self._firsts]
        return ranks

    def passes(self, documents: NDArray[Any], wanted: Collection[str]) -> NDArray[np.bool_]:
        """Which of the documents hold any of the values."""
        values = np.array([value in wanted for value in self.values], np.bool_)
        # How many wanted values stand before each one; between a set's two ends they differ.
        sums = np.concatenate([[0], np.cumsum(values[self._held])])
        sets = sums[self._begin[1:]] > sums[self._begin[:-1]]
        passes: NDArray[np.bool_] = sets[self.codes[documents]]
        return passes

    def counts(self, documents: NDArray[Any]) -> dict[Any, int]:
        """How many of the documents hold each value; values that none holds are left out."""
        codes = self.codes.take(documents)
        names = self.names
        if self._is_single:  # a set is its value
            of_sets = np.bincount(codes, minlength=1)
            sets = np.flatnonzero(of_sets)
            places = self._firsts[sets].tolist()
            found = zip(places, of_sets[sets].tolist(), strict=True)
            return {names[place]: number for place, number in found if place >= 0}
        if len(codes) * FEW < len(self._held):
            numbers = np.bincount(self._all_held(codes))
        else:  # rather each set once
            of_sets = np.bincount(codes, minlength=len(self._lengths))
            numbers = np.bincount(self._held, of_sets.repeat(self._lengths)).astype(np.int64)
        held = np.flatnonzero(numbers)
        counts = zip(held.tolist(), numbers[held].tolist(), strict=True)
        return {names[place]: number for place, number in counts}

    @cached_property
    def _is_single(self) -> bool:
        """Whether no document holds more than one value."""
        return bool(self._lengths.max(initial=0) < 2)

    @cached_property
    def _lengths(self) -> Codes:
        return np.diff(self._begin)

    def _all_held(self, codes: Codes) -> Codes:
        """The values of one set after the other."""
        lengths = self._lengths[codes]
        ends = np.cumsum(lengths)
        steps = np.arange(ends[-1] if len(ends) else 0) + (
            self._begin[codes] - ends + lengths
        ).repeat(lengths)
        held: Codes = self._held[steps]
        return held


def sets_of(size: int, marks: Iterable[str], holders: Callable[[str], NDArray[Any]]) -> Sets:
    """The sets of a segment whose documents hold marks."""
    sets: list[tuple[str, ...]] = [()]
    codes = np.zeros(size, np.int32)
    for mark in marks:
        documents = holders(mark)
        before = codes[documents]
        # Documents that held the same so far go on holding the same.
        for old in np.unique(before).tolist():
            codes[documents[before == old]] = len(sets)
            sets.append((*sets[old], mark))
    return Sets(sets, codes)


def sets_of_numbers(numbers: NDArray[np.int64]) -> Sets:
    """The same for documents that hold one number each; 0: none."""
    distinct, codes = np.unique(numbers, return_inverse=True)
    return Sets([(str(n),) if n else () for n in distinct.tolist()], codes.astype(np.int32))

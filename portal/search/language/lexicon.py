"""The words of the texts that a reader may read: all that spelling and typing may ever use.

A suggestion tells its reader that the word stands somewhere. So the only lexicon is a reader's
own: `Lexicon` is answered by the engine through her mask, and a word that stands only in what she
may not read is to her as if it stood nowhere. `WordList` lists the words of one segment for all
readers and finds what *might* be meant; nothing of it reaches anybody but through `Lexicon`.
"""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Literal, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from portal.search.language.bulgarian import BULGARIAN
from portal.search.language.keyboards import key

Hashes = NDArray[np.uint32]
Sort = Literal["forms", "terms"]
NUMBER = np.dtype("<u4")


class Lexicon(Protocol):
    """The words in what one reader may read now; each answer says in how many documents."""

    def readable(self, forms: Iterable[str]) -> dict[str, int]:
        """Those of the forms that stand there just so."""

    def typed(self, keys: Iterable[str]) -> dict[str, int]:
        """The forms that stand there and have one of these keys (`keyboards.key`)."""

    def holding(self, terms: Iterable[str]) -> dict[str, int]:
        """Those of the terms that stand there in any form."""


def hashes(words: Iterable[str]) -> Hashes:
    """Words as numbers that are the same in every process. Words that differ in one letter have
    different ones; of all others two in four thousand million are alike."""
    return np.fromiter((crc32(word.encode()) for word in words), NUMBER)


def packed(forms: Iterable[str], terms: Iterable[str]) -> bytes:
    """The words of a segment as a `WordList` reads them: four lists of numbers, each after how
    many there are, and the letters of the Bulgarian forms in the order of their keys."""
    listed = list(forms)
    bulgarian = [form for form in listed if BULGARIAN.match(form)]
    # As one text, which is five times as quick as word by word.
    keys = hashes(key("\n".join(bulgarian)).split("\n") if bulgarian else ())
    order = np.argsort(keys, kind="stable")
    words = [bulgarian[place].encode() for place in order]
    lists = {
        "forms": np.sort(hashes(listed)),
        "terms": np.sort(hashes(terms)),
        "keys": keys[order],
        "ends": np.cumsum([0, *map(len, words)]).astype(NUMBER),
    }
    sizes = np.array([len(lists[name]) for name in _LISTS], NUMBER)
    return b"".join([sizes.tobytes(), *(lists[name].tobytes() for name in _LISTS), *words])


_LISTS = ("forms", "terms", "keys", "ends")


class WordList:
    """The words of a segment, read from its file when they are asked for: nothing is kept.

    They are listed as hashes, so one too many may be named; the reader's mask finds that out.
    """

    def __init__(self, read: Callable[[int, int], bytes]) -> None:
        """read: bytes of the file, from a place on."""
        self._read = read
        sizes = np.frombuffer(read(0, NUMBER.itemsize * len(_LISTS)), NUMBER).tolist()
        places = np.cumsum([len(_LISTS), *sizes]).tolist()
        self._lists = dict(zip(_LISTS, zip(places[:-1], sizes, strict=True), strict=True))
        self._letters = places[-1] * NUMBER.itemsize

    @classmethod
    def of(cls, forms: Iterable[str], terms: Iterable[str] = ()) -> "WordList":
        """Words that lie in memory."""
        file = packed(forms, terms)
        return cls(lambda place, size: file[place : place + size])

    def holds(self, sort: Sort, wanted: Hashes) -> NDArray[np.bool_]:
        """Which of the hashes are those of words of a sort."""
        known = self._list(sort)
        if not len(known):
            return np.zeros(len(wanted), np.bool_)
        found: NDArray[np.bool_] = known.take(known.searchsorted(wanted), mode="clip") == wanted
        return found

    def typed(self, keys: Hashes) -> list[str]:
        """The Bulgarian forms whose keys have one of these hashes."""
        known = self._list("keys")
        firsts = known.searchsorted(keys, side="left").tolist()
        lasts = known.searchsorted(keys, side="right").tolist()
        return [
            word
            for first, last in zip(firsts, lasts, strict=True)
            if first < last
            for word in self._words(first, last)
        ]

    def read_through(self) -> None:
        """Read everything once; raises where something is missing."""
        for sort in ("forms", "terms", "keys"):
            if len(self._list(sort)) < self._lists[sort][1]:
                raise ValueError(f"the list of {sort} is cut off")
        self._words(0, self._lists["keys"][1])

    def _words(self, first: int, last: int) -> list[str]:
        ends = self._list("ends", first, last + 1).tolist()
        letters = self._read(self._letters + ends[0], ends[-1] - ends[0])
        return [letters[begin - ends[0] : end - ends[0]].decode() for begin, end in pairwise(ends)]

    def _list(self, name: str, first: int = 0, last: int | None = None) -> Hashes:
        place, size = self._lists[name]
        last = size if last is None else last
        raw = self._read((place + first) * NUMBER.itemsize, (last - first) * NUMBER.itemsize)
        return np.frombuffer(raw, NUMBER)

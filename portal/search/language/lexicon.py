"""The words of the texts that a reader may read: all that spelling and typing may ever use.

A suggestion tells its reader that the word stands somewhere. So the only lexicon is a reader's
own: `Lexicon` is answered by the engine through her mask, and a word that stands only in what she
may not read is to her as if it stood nowhere. `Forms` lists the words of one segment for all
readers and finds what *might* be meant; nothing of it reaches anybody but through `Lexicon`.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from portal.search.language.bulgarian import BULGARIAN
from portal.search.language.keyboards import key

Hashes = NDArray[np.int64]


class Lexicon(Protocol):
    """The words in what one reader may read now; each answer says in how many documents."""

    def readable(self, forms: Iterable[str]) -> dict[str, int]:
        """Those of the forms that stand there just so."""

    def typed(self, keys: Iterable[str]) -> dict[str, int]:
        """The forms that stand there and have one of these keys (`keyboards.key`)."""

    def holding(self, terms: Iterable[str]) -> dict[str, int]:
        """Those of the terms that stand there in any form."""


class Words:
    """Many words, to be asked for many at once: 8 bytes for each.

    They are kept as hashes, so `among` may name one too many; the reader's mask finds that out.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._hashes = np.sort(_hashes(words))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """The words of several as one."""
        found = cls(())
        found._hashes = np.sort(np.concatenate([part._hashes for part in parts]))
        return found

    def among(self, words: Iterable[str]) -> list[str]:
        """Those of the words that are here."""
        listed = list(words)
        wanted = _hashes(listed)
        places = np.searchsorted(self._hashes, wanted)
        places[places == len(self._hashes)] = 0
        if not len(self._hashes):
            return []
        return [listed[found] for found in np.flatnonzero(self._hashes[places] == wanted)]


class Forms(Words):
    """Forms, with the letters and the keys of the Bulgarian ones."""

    def __init__(self, forms: Iterable[str]) -> None:
        listed = list(forms)
        super().__init__(listed)
        bulgarian = [form for form in listed if BULGARIAN.match(form)]
        # As one text, which is five times as quick as word by word.
        keys = key("\n".join(bulgarian)).split("\n") if bulgarian else []
        self._keep(bulgarian, _hashes(keys))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        found = super().joined(parts)
        words = [part._word(place) for part in parts for place in range(len(part._ends))]
        found._keep(words, np.concatenate([part._keys for part in parts]))
        return found

    def _keep(self, words: Sequence[str], keys: Hashes) -> None:
        """Words in the order of their keys."""
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        ordered = [words[place] for place in order]
        self._words = "".join(ordered)
        self._ends = np.cumsum([len(word) for word in ordered], dtype=np.int64)

    def typed(self, keys: Iterable[str]) -> list[str]:
        """The Bulgarian forms that have one of these keys."""
        wanted = _hashes(keys)
        firsts = np.searchsorted(self._keys, wanted, side="left").tolist()
        lasts = np.searchsorted(self._keys, wanted, side="right").tolist()
        return [
            self._word(place)
            for first, last in zip(firsts, lasts, strict=True)
            for place in range(first, last)
        ]

    def _word(self, place: int) -> str:
        return self._words[self._ends[place - 1] if place else 0 : self._ends[place]]


def _hashes(words: Iterable[str]) -> Hashes:
    return np.fromiter(map(hash, words), np.int64)

"""The words of the texts that a reader may read: all that spelling and typing may ever use.

A suggestion tells its reader that the word stands somewhere. So the only lexicon is a reader's
own: `Lexicon` is answered by the engine through her mask, and a word that stands only in what she
may not read is to her as if it stood nowhere. `Forms` lists the words of one segment for all
readers and finds what *might* be meant; nothing of it reaches anybody but through `Lexicon`.
"""

from collections.abc import Iterable
from typing import Protocol


class Lexicon(Protocol):
    """The forms of words in what one reader may read now."""

    def readable(self, forms: Iterable[str]) -> dict[str, int]:
        """Those of the forms that stand in documents she may read, and in how many."""

    def typed(self, keys: Iterable[str]) -> dict[str, int]:
        """The same for all forms that have one of these keys (`typing.key`)."""


class Listed:
    """A lexicon from a list of words and in how many documents each stands; for tests, and for
    questions that are understood as they stand."""

    def __init__(self, forms: dict[str, int]) -> None:
        self._forms = forms

    def readable(self, forms: Iterable[str]) -> dict[str, int]:
        return {form: self._forms[form] for form in forms if form in self._forms}

    def typed(self, keys: Iterable[str]) -> dict[str, int]:
        return {}

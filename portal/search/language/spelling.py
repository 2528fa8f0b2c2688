"""Words that are one slip away from a typed one.

All of them are made, some 60 for each letter, and the lexicon says which are words: so nothing is
kept beside it, and what a reader may not read cannot be told to her. symspell keeps every word's
deletions instead: 26 MB in each process for the same answers (decision 0011).
"""

from collections.abc import Iterator

from portal.search.language.bulgarian import BULGARIAN
from portal.search.language.english import ENGLISH
from portal.search.language.lexicon import Lexicon

SHORTEST = 4  # letters of a word that may be a slip; shorter ones are too near to others
LONGEST = 24
_BULGARIAN = "абвгдежзийклмнопрстуфхцчшщъьюя"
_ENGLISH = "abcdefghijklmnopqrstuvwxyz"


def corrected(form: str, lexicon: Lexicon) -> str | None:
    """The word that was most likely meant; None where none is near."""
    found = lexicon.readable(slips(form))
    if not found:
        return None
    return max(found, key=lambda each: (found[each] * _likeliness(form, each), each))


def slips(form: str) -> Iterator[str]:
    """Every word with a letter too many, too few, another one, or two that changed places."""
    letters = _BULGARIAN if BULGARIAN.match(form) else _ENGLISH if ENGLISH.match(form) else ""
    if not letters or not SHORTEST <= len(form) <= LONGEST:
        return
    for place in range(len(form) + 1):
        before, after = form[:place], form[place:]
        for letter in letters:
            yield f"{before}{letter}{after}"
            if after:
                yield f"{before}{letter}{after[1:]}"
        if after:
            yield f"{before}{after[1:]}"
        if len(after) > 1:
            yield f"{before}{after[1]}{after[0]}{after[2:]}"


def _likeliness(typed: str, meant: str) -> int:
    """People seldom miss the first letter; letters that changed places are the surest sign."""
    if sorted(typed) == sorted(meant):
        return 8
    return 4 if typed[0] == meant[0] else 1

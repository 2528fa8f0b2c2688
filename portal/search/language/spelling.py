"""Words that are one slip away from a typed one.

All of them are made, some 60 for each letter, and the lexicon says which are words: so nothing is
kept beside it, and what a reader may not read cannot be told to her. symspell keeps every word's
deletions instead: 26 MB in each process for the same answers (decision 0011).
"""

from collections.abc import Iterator

from portal.search.language.bulgarian import BULGARIAN, in_stem
from portal.search.language.english import ENGLISH
from portal.search.language.lexicon import Lexicon
from portal.search.language.terms import term

SHORTEST = 4  # letters of a word that may be a slip; shorter ones are too near to others
LONGEST = 24
STEM = 5  # letters of a stem that tells what was meant
_BULGARIAN = "абвгдежзийклмнопрстуфхцчшщъьюя"
_ENGLISH = "abcdefghijklmnopqrstuvwxyz"


def corrected(form: str, lexicon: Lexicon) -> str | None:
    """The word that was most likely meant; None where none is near."""
    found = lexicon.readable(slips(form)) or _in_other_forms(form, lexicon)
    if not found:
        return None
    # Of equals a letter too many is the likeliest: it alone leaves the rest as it was typed.
    return max(found, key=lambda each: (found[each] * _likeliness(form, each), -len(each), each))


def _in_other_forms(form: str, lexicon: Lexicon) -> dict[str, int]:
    """Words one slip away that stand in her texts in other forms alone: «заявление» where they
    hold «заявления». What is proposed is made from what she typed, never taken from a text.

    A slip in a word is mostly one in its stem, too, so that few stems need be looked for; where
    it reaches into the ending, they come of the few words that the commonest slips are made of.
    """
    stems = {*slips(term(form)), *map(term, _without_a_slip(form))}
    near = lexicon.holding(each for each in stems if _tells(each, form))
    begins = tuple({each[:2] for each in near})
    return {
        each: near[stem]
        for each in (slips(form) if near else ())
        if in_stem(each[:2]).startswith(begins) and (stem := term(each)) in near
    }


def _tells(stem: str, form: str) -> bool:
    """Whether a stem is most of a word: nearly any word ends like a form of some short one."""
    return len(stem) >= STEM and 2 * len(stem) > len(form)


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


def _without_a_slip(form: str) -> Iterator[str]:
    """Every word with a letter less, or with two letters that changed places."""
    if not SHORTEST <= len(form) <= LONGEST:
        return
    for place in range(len(form)):
        yield f"{form[:place]}{form[place + 1 :]}"
    for place in range(len(form) - 1):
        yield f"{form[:place]}{form[place + 1]}{form[place]}{form[place + 2 :]}"


def _likeliness(typed: str, meant: str) -> int:
    """People seldom miss the first letter; letters that changed places are the surest sign."""
    if sorted(typed) == sorted(meant):
        return 8
    return 4 if typed[0] == meant[0] else 1

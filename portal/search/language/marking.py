"""Where in a text the words of a question stand."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from portal.search.language.cleaning import OURS, TO_CYRILLIC, TO_LATIN, UNSEEN, WORD, WORD_MAX
from portal.search.language.terms import form_and_term


def spots(
    text: str, wanted: frozenset[str], beginnings: tuple[str, ...]
) -> Iterator[tuple[int, int, str]]:
    """Where words of these terms stand, or words that begin so; with each its term.

    Only words with the right first letters are looked at: a passage is cut from a whole text for
    each hit of a page.
    """
    for candidate in _starts(wanted, beginnings).finditer(text):
        start = candidate.start()
        if start and text[start - 1].isalnum():
            continue  # inside a word
        match = WORD.match(text, start)
        if match is None:
            continue
        form, held = form_and_term(match.group()[:WORD_MAX])
        if held in wanted or (beginnings and form.startswith(beginnings)):
            yield start, match.end(), held


@lru_cache(maxsize=500)
def _starts(wanted: frozenset[str], beginnings: tuple[str, ...]) -> re.Pattern[str]:
    """What words of these terms may begin with: two letters, for later ones differ from form to
    form («първи», «пръв»; «бял», «бели»); three of long words, whose forms part only later.

    One class of first letters in both cases stands before all else: so the machine looks for
    those letters alone and passes over the others three times as fast.
    """
    firm = {each[: 3 if len(each) >= LONG else 2] for each in (*wanted, *beginnings) if each}
    starts = sorted(firm.union(*(_OTHERWISE.get(each, "").split() for each in wanted)))
    if not starts:
        return re.compile("(?!)")
    firsts = "".join(sorted({letter for start in starts for letter in _like(start[0])}))
    rests = (
        "".join(f"{_BETWEEN}{_class(_like(*_ALSO.get(letter, letter)))}" for letter in start[1:])
        for start in starts
    )
    return re.compile(f"{_class(firsts)}(?:{'|'.join(rests)})")


LONG = 6  # letters of a term
# Words of which some forms begin with other letters: «ден», «дни».
_OTHERWISE = {
    "аз": "ви во в г и й м н т я", "ден": "дн", "километр": "км", "мой": "не", "наш": "те",
    "око": "оч", "съм": "е б си са с", "там": "ту от", "този": "та те то то он", "ухо": "уш",
}  # fmt: skip
# Second and third letters that forms of a word exchange.
_ALSO = {"е": "ея", "я": "яе", "ъ": "ърл", "р": "ръ", "л": "лъ"}


_BETWEEN = f"[{UNSEEN}\u0300-\u036f]*"


def _class(letters: Iterable[str]) -> str:
    return f"[{''.join(map(re.escape, sorted(letters)))}]"


def _like(*letters: str) -> set[str]:
    """Letters and what `plain_form` would make these letters, in both cases."""
    like = {chr(a) for table in (TO_CYRILLIC, TO_LATIN, OURS) for a, b in table.items()
            if chr(b) in letters}  # fmt: skip
    small = {*letters, *like}
    return small | {each.upper() for each in small if len(each.upper()) == 1}

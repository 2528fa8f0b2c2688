"""What tesseract gets wrong in Bulgarian print, set right where a lexicon bears it out.

Read with both languages at once it takes short Bulgarian words for Latin ones ("Ha", "go", "AB."),
above all in typefaces with Bulgarian letter shapes; read as Bulgarian alone it spoils English. So
a page is read as Bulgarian, and once more with both where lines of it make no words; the better
reading of each word is kept.
"""

import functools
import re
from difflib import SequenceMatcher

from portal.files.reading.wording import EVERYDAY

_TOKEN = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[А-Яа-яЍѝ]")
# A letter told twice, small and capital: в and В, к and К look alike in Bulgarian shapes.
_TWICE = re.compile(r"([а-я])([А-Я])(?=[а-я]|\b)|(?<=[а-я])([А-Я])([а-я])")
_ADDRESS = re.compile(r"\S@\S|://|\bwww\.|\w\.[Ьь][Вв8д]\b")
_EURO = re.compile(r"(?<=\d )Е[ОУ][КВР]\b")  # EUR behind a sum
_NUMBER_SIGN = re.compile(r"(?<!\w)(?:Ме|Мо|М9|М2|Ne|N2|No|Nº|Ко|Ке)(?=\s+(?:[А-Я]{1,4}-?)?\d)")


def wants_english(bulgarian: str) -> bool:
    """Whether a page, read as Bulgarian alone, seems to hold lines or addresses in Latin."""
    if _ADDRESS.search(bulgarian):
        return True
    for line in bulgarian.splitlines():
        words = [word for word in _LETTERS.findall(line) if len(word) >= 3]
        if len(words) >= 3 and sum(map(_is_known, words)) < len(words) / 2:
            return True
    return False


def merged(both: str, bulgarian: str) -> str:
    """The reading in both languages, with each doubtful word as Bulgarian alone reads it.

    A word is exchanged where the Bulgarian reading of it is a word, and the other is none.
    """
    theirs = _TOKEN.findall(bulgarian)
    places = list(_TOKEN.finditer(both))
    matcher = SequenceMatcher(None, [place[0] for place in places], theirs, autojunk=False)
    out, at = [], 0
    for _, begin, end, other, other_end in matcher.get_opcodes():
        if end - begin != other_end - other:
            continue
        for place, token in zip(places[begin:end], theirs[other:other_end], strict=True):
            if _is_known(token) and _CYRILLIC.search(token) and not _is_known(place[0]):
                out += [both[at : place.start()], token]
                at = place.end()
    return "".join([*out, both[at:]])


def repaired(text: str) -> str:
    """The text with №, EUR and doubled letters set right."""
    text = _EURO.sub("EUR", _NUMBER_SIGN.sub("№", text))
    return _TWICE.sub(_once, text)


def _once(found: re.Match[str]) -> str:
    first, second = (found[1], found[2]) if found[1] else (found[3], found[4])
    if first.lower() == second.lower():
        return first.lower()
    return found[0]


@functools.lru_cache(maxsize=20_000)
def _is_known(token: str) -> bool:
    """Whether all words of it are in a lexicon: in one script each, whatever the capitals."""
    import simplemma

    words = _LETTERS.findall(token)
    for word in words:
        latin, cyrillic = bool(_LATIN.search(word)), bool(_CYRILLIC.search(word))
        if latin == cyrillic:
            return False
        word = word.lower()
        if word in EVERYDAY:
            continue
        # Of two letters the lexicons know nearly every pair.
        if len(word) < 3 or not simplemma.is_known(word, lang="en" if latin else "bg"):
            return False
    return bool(words)

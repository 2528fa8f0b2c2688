"""Words out of a text, and each word's plain form: without what readers do not see."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

TERM_MAX = 60  # letters; what is longer is no word
WORD_MAX = 240  # characters of a word that are looked at: the rest would only fill caches
HYPHENS = frozenset("-\u2010\u2011")

# Inside words as people paste them: soft hyphen, stress marks, zero-width characters.
UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
WORD = re.compile(rf"[^\W_](?:[^\W_]|[{UNSEEN}\u0300-\u036f])*")
_DROPPED = dict.fromkeys(map(ord, UNSEEN + "\u0300\u0301"))

TO_CYRILLIC = str.maketrans("aceopxyijsbhkmt", "асеорхуіјѕвнкмт")
TO_LATIN = str.maketrans("асеорхуіјѕ", "aceopxyijs")
# Letters of the neighbours' alphabets that stand for ours in scanned and imported texts.
OURS = str.maketrans("ѝёі", "иеи")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[a-z]")


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """Each word of a text: where it begins and ends there, and its plain form."""
    for match in WORD.finditer(text):
        form = plain_form(match.group()[:WORD_MAX])
        if form:
            yield match.start(), match.end(), form


def joined(text: str) -> Iterator[list[str]]:
    """The words of a text; those that a hyphen joins come together."""
    group: list[str] = []
    last = 0
    for start, end, form in words(text):
        if group and not (start == last + 1 and text[last] in HYPHENS):
            yield group
            group = []
        group.append(form)
        last = end
    if group:
        yield group


@lru_cache(maxsize=20_000)
def plain_form(word: str) -> str:
    """A word without what readers do not see: case, stress, soft hyphens, foreign look-alikes."""
    form = unicodedata.normalize("NFKC", word).translate(_DROPPED)
    form = _one_script(form.casefold()).translate(OURS)
    return form[:TERM_MAX].encode("utf-8", "ignore").decode()


def _one_script(form: str) -> str:
    """«EС» and «нa» with Latin letters among Cyrillic ones: the script of the greater part."""
    cyrillic, latin = len(_CYRILLIC.findall(form)), len(_LATIN.findall(form))
    if not cyrillic or not latin:
        return form
    return form.translate(TO_CYRILLIC if cyrillic >= latin else TO_LATIN)

"""Terms: what the index holds of the words of a text. A question goes through the same."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from portal.search.language import bulgarian, english
from portal.search.language.cleaning import HYPHENS, TERM_MAX, WORD, WORD_MAX, plain_form

BINDING = bulgarian.BINDING | english.BINDING
# Between two texts in one part that say nothing together; no text that is stored holds it.
BORDER = "\0"


@lru_cache(maxsize=20_000)
def term(form: str) -> str:
    """What the index holds of a word; its letters say by whose rules."""
    return bulgarian.stem(form) if bulgarian.BULGARIAN.match(form) else english.stem(form)


@dataclass(frozen=True)
class Analysed:
    """A text of one or more parts.

    terms: each with its positions in growing order. forms: the words as they were written, each
    with how often; they tell «заявление» from «заявления» and are all that spelling may suggest.
    starts: the position where each part begins. length: how many words there are.
    """

    terms: dict[str, list[int]]
    forms: dict[str, int]
    starts: list[int]
    length: int


def analysed(parts: Iterable[str]) -> Analysed:
    """The terms of parts that follow one another. A phrase may run from a part into the next, as
    from page to page, but over no BORDER: there a place is left empty.

    «социално-икономически» stands as its two words and, at the first one's place, as one.
    """
    found: dict[str, list[int]] = defaultdict(list)
    forms: dict[str, int] = defaultdict(int)
    starts: list[int] = []
    position = 0  # of the next word
    for text, is_new in _between_borders(parts):
        if is_new:
            starts.append(position)
        else:
            position += 1
        last = -2
        joined: list[str] = []  # forms that hyphens have joined so far
        for match in WORD.finditer(text):
            form, held = form_and_term(match.group()[:WORD_MAX])
            if not form:
                continue
            start, end = match.span()
            if start == last + 1 and text[last] in HYPHENS:
                joined.append(form)
            else:
                if len(joined) > 1:
                    _add_whole(found, joined, position)
                joined = [form]
            found[held].append(position)
            forms[form] += 1
            position += 1
            last = end
        if len(joined) > 1:
            _add_whole(found, joined, position)
    return Analysed(found, forms, starts, sum(map(len, found.values())))


def _between_borders(parts: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The texts of parts, and whether a part begins with one."""
    for part in parts:
        first, *others = part.split(BORDER)
        yield first, True
        for other in others:
            yield other, False


def terms(text: str) -> dict[str, list[int]]:
    """The terms of a text, each with its positions in growing order."""
    return analysed([text]).terms


def _add_whole(found: dict[str, list[int]], joined: list[str], after: int) -> None:
    places = found[term("".join(joined)[:TERM_MAX])]
    first = after - len(joined)
    if not places or places[-1] < first:
        places.append(first)


@lru_cache(maxsize=100_000)
def form_and_term(word: str) -> tuple[str, str]:
    form = plain_form(word)
    return form, term(form)

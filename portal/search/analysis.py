"""Words as the index knows them. This file is the one place that the language work replaces.

`words` cuts a text into forms with their places, `term` is what the index holds of a form,
`terms` are a whole text's terms with positions, `understand` turns what a reader typed into
clauses. Text and question go through the same functions, so they always meet.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

# Raised whenever the same text would give other terms: the index is then written anew.
VERSION = 2
TERM_MAX = 60  # letters; what is longer is no word
CLAUSES_MAX = 12  # of a question; the rest of it is not looked at
QUESTION_MAX = 300  # characters of a question

# Inside words as people paste them: soft hyphen, stress marks, zero-width characters.
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_UNSEEN}\u0300-\u036f])*")
_DROPPED = dict.fromkeys(map(ord, _UNSEEN + "\u0300\u0301"))
_HYPHENS = {"-", "\u2010", "\u2011"}
_QUOTES = str.maketrans(dict.fromkeys("„“”«»‟″", '"'))

_TO_CYRILLIC = str.maketrans("aceopxyijsbhkmt", "асеорхуіјѕвнкмт")
_TO_LATIN = str.maketrans("асеорхуіјѕ", "aceopxyijs")
# Letters of the neighbours' alphabets that stand for ours in scanned and imported texts.
_OURS = str.maketrans("ѝёі", "иеи")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[a-z]")
_BULGARIAN = re.compile(r"[а-яѝ]+\Z")

# Words that only bind others: looked for in phrases, else left out of a question.
_BULGARIAN_BINDING = """
    а аз ако без бе би в във върху вече все ги го да дали до е за и или им има й каква как
    като към ли м между ми му на над не него нея ни но от около по под при през пред с са се
    си след сме със също то той това тя тази този те у че ще я
"""
BINDING = frozenset(
    f"{_BULGARIAN_BINDING} a an and at by for from in is of on or the to with".split()
)


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """Each word of a text: where it begins and ends there, and its plain form."""
    for match in _WORD.finditer(text):
        form = plain_form(match.group())
        if form:
            yield match.start(), match.end(), form


@lru_cache(maxsize=20_000)
def plain_form(word: str) -> str:
    """A word without what readers do not see: case, stress, soft hyphens, foreign look-alikes."""
    form = unicodedata.normalize("NFKC", word).translate(_DROPPED)
    form = _one_script(form.casefold()).translate(_OURS)
    return form[:TERM_MAX].encode("utf-8", "ignore").decode()


def _one_script(form: str) -> str:
    """«EС» and «нa» with Latin letters among Cyrillic ones: the script of the greater part."""
    cyrillic, latin = len(_CYRILLIC.findall(form)), len(_LATIN.findall(form))
    if not cyrillic or not latin:
        return form
    return form.translate(_TO_CYRILLIC if cyrillic >= latin else _TO_LATIN)


@lru_cache(maxsize=20_000)
def term(form: str) -> str:
    """What the index holds of a word: without the definite article and the last vowels.

    «стратегия», «стратегии», «стратегията» meet, and so do «централен» and «централния». It
    knows no irregular forms; those are the language work's.
    """
    if len(form) < 4 or not _BULGARIAN.match(form):
        return form
    return _closed_up(_without(_VOWELS, _without_ata(_without(_VOWELS, _without_article(form)))))


_VOWELS = "аъоуеияюй"
_ARTICLES = (("та", "аятщ"), ("то", "оеи"), ("те", "иеая"), ("ът", ""), ("ят", ""))


def _without_article(form: str) -> str:
    for article, after in _ARTICLES:
        rest = form.removesuffix(article)
        if rest != form and len(rest) >= 3 and (not after or rest[-1] in after):
            return rest
    return form


def _without_ata(form: str) -> str:
    # «заплата» looks like an article after «запла»; so «заплати» must lose its -ат too.
    return form[:-2] if form.endswith("ат") and len(form) >= 5 else form


_FLEETING = ("ен", "ец", "ък", "ъл", "ър")


def _closed_up(form: str) -> str:
    """Without a vowel that other forms lack: «централен», «централни»; «министър», «министри»."""
    return form[:-2] + form[-1] if form.endswith(_FLEETING) and len(form) > 4 else form


def _without(letters: str, form: str) -> str:
    while len(form) > 3 and form[-1] in letters:
        form = form[:-1]
    return form


def terms(text: str) -> dict[str, list[int]]:
    """The terms of a text, each with its positions in growing order.

    «социално-икономически» stands as its two words and, at the first one's place, as one.
    """
    found: dict[str, list[int]] = defaultdict(list)
    position, last = -1, -2
    joined: list[str] = []  # forms that hyphens have joined so far
    for match in _WORD.finditer(text):
        form, held = _form_and_term(match.group())
        if not form:
            continue
        position += 1
        found[held].append(position)
        start, end = match.span()
        if start == last + 1 and text[last] in _HYPHENS:
            joined.append(form)
        else:
            if len(joined) > 1:
                _add_whole(found, joined, position)
            joined = [form]
        last = end
    if len(joined) > 1:
        _add_whole(found, joined, position + 1)
    return found


def terms_of(parts: Iterable[str]) -> tuple[dict[str, list[int]], list[int]]:
    """The terms of parts that follow one another, and the position where each part begins."""
    found: dict[str, list[int]] = defaultdict(list)
    starts: list[int] = []
    after = 0
    for part in parts:
        starts.append(after)
        last = -1
        for held, places in terms(part).items():
            found[held] += [after + place for place in places]
            last = max(last, places[-1])
        after += last + 1
    return found, starts


def _add_whole(found: dict[str, list[int]], joined: list[str], after: int) -> None:
    places = found[term("".join(joined)[:TERM_MAX])]
    first = after - len(joined)
    if not places or places[-1] < first:
        places.append(first)


@lru_cache(maxsize=100_000)
def _form_and_term(word: str) -> tuple[str, str]:
    form = plain_form(word)
    return form, term(form)


def _joined(text: str) -> Iterator[list[str]]:
    """The words of a text; those that a hyphen joins come together."""
    group: list[str] = []
    last = 0
    for start, end, form in words(text):
        if group and not (start == last + 1 and text[last] in _HYPHENS):
            yield group
            group = []
        group.append(form)
        last = end
    if group:
        yield group


def spots(text: str, wanted: frozenset[str], beginning: str | None) -> list[tuple[int, int, str]]:
    """Where words of these terms stand, or words that begin so; with each its term.

    Only words with the right first letters are looked at: a passage is cut from a whole text for
    each hit of a page.
    """
    found = []
    for candidate in _starts(wanted, beginning).finditer(text):
        start = candidate.start()
        if start and text[start - 1].isalnum():
            continue  # inside a word
        match = _WORD.match(text, start)
        if match is None:
            continue
        form, held = _form_and_term(match.group())
        if held in wanted or (beginning is not None and form.startswith(beginning)):
            found.append((*match.span(), held))
    return found


@lru_cache(maxsize=500)
def _starts(wanted: frozenset[str], beginning: str | None) -> re.Pattern[str]:
    """What words of these terms may begin with.

    One class of first letters in both cases stands before all else: so the machine looks for
    those letters alone and passes over the others three times as fast.
    """
    starts = sorted({each[:3] for each in (*wanted, beginning or "") if each})
    if not starts:
        return re.compile("(?!)")
    firsts = "".join(sorted({letter for start in starts for letter in _like(start[0])}))
    rests = ("".join(f"{_BETWEEN}{_class(_like(letter))}" for letter in s[1:]) for s in starts)
    return re.compile(f"{_class(firsts)}(?:{'|'.join(rests)})")


_BETWEEN = f"[{_UNSEEN}\u0300-\u036f]*"


def _class(letters: Iterable[str]) -> str:
    return f"[{''.join(map(re.escape, sorted(letters)))}]"


def _like(letter: str) -> set[str]:
    """A letter and what `plain_form` would make this letter, in both cases."""
    like = {chr(a) for table in (_TO_CYRILLIC, _TO_LATIN, _OURS) for a, b in table.items()
            if chr(b) == letter}  # fmt: skip
    small = {letter, *like}
    return small | {each.upper() for each in small if len(each.upper()) == 1}


@dataclass(frozen=True)
class Word:
    """A word asked for: any of the ways to write it, each way holding all of its terms."""

    ways: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Phrase:
    """Words asked for in quotes: one after the other in the same field."""

    terms: tuple[str, ...]


@dataclass(frozen=True)
class Begun:
    """A word not yet typed to its end: what it may become, and what it may already be."""

    beginning: str
    terms: tuple[str, ...]


Clause = Word | Phrase | Begun


@lru_cache(maxsize=2_000)
def understand(question: str, as_you_type: bool = False) -> tuple[Clause, ...]:
    """The clauses of what a reader typed; none when it holds no word.

    Nothing typed is an error: a quote without its partner and every sign are passed over.
    """
    question = question[:QUESTION_MAX].translate(_QUOTES)
    last: Clause | None = None
    if as_you_type:
        question, last = _cut_last(question)
    clauses: list[Clause] = []
    binding: list[Clause] = []
    parts = question.split('"')
    for number, part in enumerate(parts):
        forms = [form for _, _, form in words(part)]
        if number % 2 == 1 and number < len(parts) - 1 and len(forms) > 1:
            clauses.append(Phrase(tuple(term(form) for form in forms)))
            continue
        for group in _joined(part):
            binds = len(group) == 1 and group[0] in BINDING
            (binding if binds else clauses).append(_word(group))
    if last is not None:
        clauses.append(last)
    return tuple(dict.fromkeys(clauses or binding))[:CLAUSES_MAX]


def _word(group: list[str]) -> Word:
    if len(group) == 1:
        return Word(((term(group[0]),),))
    apart = tuple(dict.fromkeys(term(form) for form in group))
    return Word((apart, (term("".join(group)[:TERM_MAX]),)))


def _cut_last(question: str) -> tuple[str, Begun | None]:
    """What stands before an unfinished last word, and that word."""
    at_end = [(start, form) for start, end, form in words(question) if end == len(question)]
    if not at_end or len(at_end[0][1]) < 2:
        return question, None
    start, form = at_end[0]
    # The article may be half typed: «решениет» is on its way to «решението».
    shorter = {term(form[:-1])} if len(form) > 4 else set()
    return question[:start], Begun(form, tuple(sorted({term(form), *shorter})))

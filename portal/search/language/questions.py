"""What a reader typed, understood: clauses that an engine can answer, filters, and what to say.

a question   = what must be found («clauses»), what must not (`without`), and filters
a clause     = one or more ways to answer it («alternatives»), each with a weight
an alternative = terms that all must stand in a document, or stand in a row
"""

from dataclasses import dataclass, field
from functools import lru_cache

from portal.search.language.cleaning import TERM_MAX, joined, words
from portal.search.language.lexicon import Lexicon
from portal.search.language.terms import BINDING, term

CLAUSES_MAX = 12  # of a question; the rest of it is not looked at
QUESTION_MAX = 300  # characters of a question
_QUOTES = str.maketrans(dict.fromkeys("„“”«»‟″", '"'))


@dataclass(frozen=True)
class Alternative:
    """One way to answer a clause: all of these terms in one document.

    in_a_row: one after the other in the same field. weight: how much less than 1 it counts where
    it was not what the reader typed. forms: the words as she wrote them; a document that holds
    them so, and not only in another form, is a little better.
    """

    terms: tuple[str, ...]
    in_a_row: bool = False
    weight: float = 1.0
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clause:
    """Something asked for; the best of its alternatives counts.

    beginning: for a word not yet typed to its end, any word that begins so answers, too.
    """

    alternatives: tuple[Alternative, ...]
    beginning: str = ""

    @property
    def terms(self) -> frozenset[str]:
        return frozenset(term for way in self.alternatives for term in way.terms)


@dataclass(frozen=True)
class Filters:
    """What stood in the question as «kind:», «space:», «author:», «year:»: words, not yet names.

    Several of a sort mean any of them. years: the first and the last, both within.
    """

    kinds: tuple[str, ...] = ()
    spaces: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    years: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        return bool(self.kinds or self.spaces or self.authors or self.years)


@dataclass(frozen=True)
class Reading:
    """A question as understood for one reader.

    clauses, without: what a hit must hold and what it must not. Without clauses everything that
    passes the filters is found; without those, too, nothing is.
    shown_for: the words that were looked for, where they are not those that were typed.
    literal: the question that asks for exactly what was typed, for the link beside `shown_for`.
    """

    clauses: tuple[Clause, ...] = ()
    without: tuple[Clause, ...] = ()
    filters: Filters = field(default_factory=Filters)
    shown_for: str | None = None
    literal: str = ""

    @property
    def terms(self) -> frozenset[str]:
        """Every term that a hit may be shown for."""
        return frozenset(term for clause in self.clauses for term in clause.terms)

    @property
    def beginning(self) -> str | None:
        """What the unfinished last word begins with."""
        return next((c.beginning for c in reversed(self.clauses) if c.beginning), None)


def filters(question: str) -> Filters:
    """The filters of a question; they ask for no lexicon, so they are known before the engine."""
    return Filters()


def understand(question: str, lexicon: Lexicon | None, as_you_type: bool = False) -> Reading:
    """A question as its reader means it. Nothing typed is an error.

    lexicon: of the reader; None takes every word as it stands.
    """
    return _read(question, as_you_type)


@lru_cache(maxsize=2_000)
def _read(question: str, as_you_type: bool) -> Reading:
    question = question[:QUESTION_MAX].translate(_QUOTES)
    last: Clause | None = None
    if as_you_type:
        question, last = _cut_last(question)
    clauses: list[Clause] = []
    binding: list[Clause] = []
    parts = question.split('"')
    for number, part in enumerate(parts):
        forms = tuple(form for _, _, form in words(part))
        if number % 2 == 1 and number < len(parts) - 1 and len(forms) > 1:
            row = Alternative(tuple(map(term, forms)), in_a_row=True, forms=forms)
            clauses.append(Clause((row,)))
            continue
        for group in joined(part):
            binds = len(group) == 1 and group[0] in BINDING
            (binding if binds else clauses).append(_word(group))
    if last is not None:
        clauses.append(last)
    return Reading(tuple(dict.fromkeys(clauses or binding))[:CLAUSES_MAX])


def _word(group: list[str]) -> Clause:
    apart = Alternative(tuple(dict.fromkeys(map(term, group))), forms=tuple(group))
    if len(group) == 1:
        return Clause((apart,))
    whole = "".join(group)[:TERM_MAX]
    return Clause((apart, Alternative((term(whole),), forms=(whole,))))


def _cut_last(question: str) -> tuple[str, Clause | None]:
    """What stands before an unfinished last word, and that word."""
    at_end = [(start, form) for start, end, form in words(question) if end == len(question)]
    if not at_end or len(at_end[0][1]) < 2:
        return question, None
    start, form = at_end[0]
    # The article may be half typed: «решениет» is on its way to «решението».
    shorter = {term(form[:-1])} if len(form) > 4 else set()
    ways = tuple(Alternative((each,)) for each in sorted({term(form), *shorter}))
    return question[:start], Clause(ways, beginning=form)

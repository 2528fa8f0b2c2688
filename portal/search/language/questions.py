"""What a reader typed, understood: clauses that an engine can answer, filters, and what to say.

a question     = what must be found (`clauses`), what must not (`without`), and filters
a clause       = one or more ways to answer it (`alternatives`), each with a weight
an alternative = terms that all must stand in a document, or stand in a row
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from portal.search.language import syntax
from portal.search.language.cleaning import TERM_MAX, joined, words
from portal.search.language.lexicon import Lexicon
from portal.search.language.meant import Chunk, meant
from portal.search.language.synonyms import ABBREVIATIONS, NONE, Synonyms
from portal.search.language.terms import BINDING, term

CLAUSES_MAX = 12  # of a question; the rest of it is not looked at
APART = 0.4  # what «37» is worth to whoever asked for «чл. 37»
SYNONYM = 0.9


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

    beginnings: for a word not yet typed to its end, any word that begins so answers, too.
    """

    alternatives: tuple[Alternative, ...]
    beginnings: tuple[str, ...] = ()

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

    @cached_property
    def terms(self) -> frozenset[str]:
        """Every term that a hit may be shown for."""
        return frozenset(term for clause in self.clauses for term in clause.terms)

    @cached_property
    def beginnings(self) -> tuple[str, ...]:
        """What the unfinished last word may begin with."""
        return self.clauses[-1].beginnings if self.clauses else ()


def filters(question: str) -> Filters:
    """The filters of a question; they ask for no lexicon, so they are known before the engine."""
    found = [piece for piece in syntax.pieces(question) if piece.filter]
    by_field = {
        name: tuple(dict.fromkeys(piece.text for piece in found if piece.filter == name))
        for name in ("kinds", "spaces", "authors")
    }
    years = [piece.years for piece in found if piece.years is not None]
    span = (min(first for first, _ in years), max(last for _, last in years)) if years else None
    return Filters(**by_field, years=span)


def understand(
    question: str,
    lexicon: Lexicon | None,
    as_you_type: bool = False,
    synonyms: Synonyms = NONE,
) -> Reading:
    """A question as its reader means it. Nothing typed is an error.

    lexicon: of the reader; None takes every word as it stands. as_you_type: the last word may be
    unfinished.
    """
    pieces = syntax.pieces(question)
    is_open = as_you_type and bool(pieces) and _is_unfinished(pieces[-1], question)
    plain = [
        place
        for place, piece in enumerate(pieces)
        if not (piece.filter or piece.is_quoted or piece.is_excluded)
    ]
    chunks = meant([pieces[place].text for place in plain], lexicon, is_open)
    of_place = dict(zip(plain, chunks, strict=True))
    asked, binding = _words(chunks, synonyms)
    clauses = [*_phrases(pieces), *asked] or binding
    found = Reading(
        tuple(dict.fromkeys(clauses))[:CLAUSES_MAX],
        tuple(_phrases(pieces, is_excluded=True))[:CLAUSES_MAX],
        filters(question),
    )
    if not any(chunk.is_changed for chunk in chunks):
        return found
    shown, literal = [], []
    for place, piece in enumerate(pieces):
        chunk = of_place.get(place)
        shown.append(chunk.text if chunk is not None else piece.raw)
        changed = chunk is not None and chunk.is_changed
        literal.append(f'"{piece.raw}"' if changed else piece.raw)
    return replace(found, shown_for=" ".join(shown), literal=" ".join(literal))


def _is_unfinished(last: syntax.Piece, question: str) -> bool:
    """Whether the last word may still grow: it ends where the question ends."""
    return not (last.filter or last.is_quoted or last.is_excluded) and question[-1:].isalnum()


def _phrases(pieces: Iterable[syntax.Piece], is_excluded: bool = False) -> list[Clause]:
    """The clauses of quoted text, or of all that must not be there."""
    return [
        _phrase(piece.text)
        for piece in pieces
        if piece.is_excluded == is_excluded
        and (piece.is_quoted or is_excluded)
        and any(True for _ in words(piece.text))
    ]


def _phrase(text: str) -> Clause:
    forms = tuple(form for _, _, form in words(text))
    return Clause((Alternative(tuple(map(term, forms)), in_a_row=len(forms) > 1, forms=forms),))


def _words(chunks: Sequence[Chunk], synonyms: Synonyms) -> tuple[list[Clause], list[Clause]]:
    """The clauses of plain words, and those of words that only bind others."""
    groups = [pair for chunk in chunks for pair in _groups(chunk)]
    flat = [form for group, _ in groups for form in group]
    of_word: dict[int, list[Alternative]] = {}
    for places, row in synonyms.of([term(form) for form in flat]):
        way = Alternative(row, in_a_row=len(row) > 1, weight=SYNONYM)
        for place in places:
            of_word.setdefault(place, []).append(way)
    clauses: list[Clause] = []
    binding: list[Clause] = []
    place, skip = 0, 0
    for number, (group, chunk) in enumerate(groups):
        also = tuple(way for at in range(place, place + len(group)) for way in of_word.get(at, ()))
        place += len(group)
        if skip:
            skip -= 1
            continue
        after = groups[number + 1][0] if number + 1 < len(groups) else []
        if is_point := _is_point(group, after):
            skip = 1
        clause = _point(group[0], after[0]) if is_point else _word(group, chunk)
        if also:
            clause = replace(clause, alternatives=tuple(dict.fromkeys(clause.alternatives + also)))
        binds = len(group) == 1 and group[0] in BINDING and not chunk.beginnings
        (binding if binds and not is_point else clauses).append(clause)
    return clauses, binding


def _groups(chunk: Chunk) -> list[tuple[list[str], Chunk]]:
    """The words of a chunk, those that hyphens join together; the last one may be unfinished."""
    found = list(joined(chunk.text))
    whole = replace(chunk, beginnings=(), others=()) if chunk.beginnings else chunk
    return [(group, chunk if group is found[-1] else whole) for group in found]


def _is_point(group: list[str], after: list[str]) -> bool:
    """«чл. 37», «бр. 12»: an abbreviation and its number belong together."""
    return len(group) == len(after) == 1 and group[0] in ABBREVIATIONS and after[0].isdigit()


def _point(short: str, number: str) -> Clause:
    full = ABBREVIATIONS[short]
    rows = [(form, number) for form in (short, full)]
    ways = [Alternative(tuple(map(term, row)), in_a_row=True, forms=row) for row in rows]
    return Clause((*ways, Alternative((term(short), number), weight=APART)))


def _word(group: list[str], chunk: Chunk) -> Clause:
    ways = [Alternative(tuple(dict.fromkeys(map(term, group))), forms=tuple(group))]
    if len(group) > 1:
        whole = "".join(group)[:TERM_MAX]
        ways.append(Alternative((term(whole),), forms=(whole,)))
    else:
        ways += [Alternative((term(form),), forms=(form,)) for form in chunk.others]
        if full := ABBREVIATIONS.get(group[0]):
            ways.append(Alternative((term(full),), weight=SYNONYM))
    known = {way.terms: way for way in reversed(ways)}  # the first of those with the same terms
    return Clause(tuple(known[terms] for terms in dict.fromkeys(w.terms for w in ways)),
                  chunk.beginnings)  # fmt: skip

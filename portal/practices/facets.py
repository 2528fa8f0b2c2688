"""Narrowing the library: several values of one facet are «or», facets are «and».

Each facet's counts leave its own choice out, so that a reader sees what another choice would give.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, repeat
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from portal.accounts.regions import REGIONS, SIZES
from portal.kernel.i18n import _, _l
from portal.kernel.text import shown
from portal.practices.choices import MATURITIES
from portal.search.language import QUESTION_MAX

Names = Mapping[str, Mapping[str, str]]  # of each facet's values, in their own order

# In the order of the page, which is that of the columns of `queries.library`.
FACETS = ("topic", "region", "size", "maturity", "outcome", "visit", "text")
PAGE = 20
PAGES_MAX = 500
OPEN_CHOICES = 8  # of a facet; further ones are folded up
OUTCOMES = (("worked", _l("worked")), ("failed", _l("did not work")))
VISITS = (("yes", _l("offers a study visit")),)
TEXTS = (("en", _l("has an English text")),)


@dataclass(frozen=True)
class Asked:
    """What the address of the library asks for. What cannot be meant is passed over."""

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    page: int = 1

    @classmethod
    def read(cls, args: MultiDict[str, str], names: "Names") -> "Asked":
        page = args.get("page", "1")
        is_number = page.isascii() and page.isdigit() and len(page) < 10
        chosen = {
            facet: tuple(value for value in names[facet] if value in args.getlist(facet))
            for facet in FACETS
        }
        return cls(
            " ".join(shown(args.get("q", "")).split())[:QUESTION_MAX],
            {facet: values for facet, values in chosen.items() if values},
            min(max(int(page), 1), PAGES_MAX) if is_number else 1,
        )

    def address(self, **changes: Any) -> dict[str, Any]:
        """The values of this address, some of them changed; a changed choice begins at page 1."""
        return {"q": self.words, **self.chosen, **changes}

    def without(self, facet: str, value: str) -> dict[str, Any]:
        """The address with one choice less."""
        return self.address(**{facet: [v for v in self.chosen.get(facet, ()) if v != value]})


class Choice(NamedTuple):
    """A value of a facet: how it stands in the address, its name, how many it would leave."""

    value: str
    label: str
    number: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """A facet as the page shows it."""

    key: str
    label: Any
    choices: list[Choice]

    @property
    def first(self) -> list[Choice]:
        return self.choices[:OPEN_CHOICES]

    @property
    def rest(self) -> list[Choice]:
        return self.choices[OPEN_CHOICES:]


@dataclass(frozen=True)
class Narrowed:
    """The numbers of what is left, in the list's order, and the counts of each facet."""

    ids: list[int]
    counts: Mapping[str, Counter[str]]


def narrow(
    library: Sequence[Sequence[Any]],
    slugs: Mapping[int, str],
    chosen: Mapping[str, tuple[str, ...]],
) -> Narrowed:
    """Apply the choices to rows of `queries.library`.

    Column by column: what a value means is worked out once, not for each of thousands of rows.
    """
    ids, *columns = zip(*library, strict=True) if library else ((), *((),) * len(FACETS))
    by_facet = dict(zip(FACETS, columns, strict=True))
    told = {
        facet: {stored: _values(facet, stored, slugs) for stored in set(column)}
        for facet, column in by_facet.items()
    }
    passing = {facet: _passing(by_facet[facet], told[facet], chosen[facet]) for facet in chosen}
    counts: dict[str, Counter[str]] = {}
    for facet, column in by_facet.items():
        others = _all([mask for each, mask in passing.items() if each != facet], len(ids))
        counts[facet] = Counter()
        for stored, number in Counter(compress(column, others)).items():
            for value in told[facet][stored]:
                counts[facet][value] += number
    left = _all(list(passing.values()), len(ids))
    return Narrowed(list(compress(ids, left)), counts)


def _passing(
    column: Sequence[Any], told: Mapping[Any, tuple[str, ...]], any_of: tuple[str, ...]
) -> list[bool]:
    good = {stored for stored, values in told.items() if {*values} & {*any_of}}
    return [stored in good for stored in column]


def _all(masks: list[list[bool]], number: int) -> Iterable[bool]:
    return map(all, zip(*masks, strict=True)) if masks else repeat(True, number)


def _values(facet: str, stored: Any, slugs: Mapping[int, str]) -> tuple[str, ...]:
    """What a stored value means to a facet."""
    match facet:
        case "topic":
            numbers = map(int, filter(None, (stored or "").split(",")))
            return tuple(slugs[each] for each in numbers if each in slugs)
        case "outcome":
            return ("failed" if stored else "worked",)
        case "visit":
            return ("yes",) if stored else ()
        case "text":
            return ("en",) if stored else ()
    return (str(stored),) if stored else ()


def names(topics: Iterable[tuple[int, str, str]]) -> Names:
    """What each facet can ask for, in the reader's language. topics: number, slug, name."""
    return {
        "topic": {slug: name for _ident, slug, name in topics},
        "region": {code: str(region) for code, region in REGIONS.items()},
        "size": {code: str(words) for code, _limit, words in SIZES},
        "maturity": {code: maturity_word(code) for code, _words in MATURITIES},
        "outcome": {code: str(words) for code, words in OUTCOMES},
        "visit": {code: str(words) for code, words in VISITS},
        "text": {code: str(words) for code, words in TEXTS},
    }


def facets(asked: Asked, narrowed: Narrowed, names: Names) -> list[Facet]:
    """The facets with their choices; a choice that would leave nothing is shown only if made."""
    labels = {
        "topic": _("Topic"),
        "region": _("District"),
        "size": _("Size of the municipality"),
        "maturity": _("Maturity"),
        "outcome": _("What came of it"),
        "visit": _("For guests"),
        "text": _("Language"),
    }
    found = []
    for key in FACETS:
        counted, made = narrowed.counts[key], asked.chosen.get(key, ())
        choices = [
            Choice(value, label, counted[value], value in made)
            for value, label in names[key].items()
            if counted[value] or value in made
        ]
        if key in ("topic", "region"):
            choices.sort(key=lambda each: (-each.number, each.label))
        if choices:
            found.append(Facet(key, labels[key], choices))
    return found


_MATURITIES = dict(MATURITIES)


def maturity_word(code: str) -> str:
    """«promising» of «promising: first results are there»."""
    return str(_MATURITIES.get(code, "")).partition(":")[0]


def maturity_meaning(code: str) -> str:
    """What follows the word."""
    return str(_MATURITIES.get(code, "")).partition(":")[2].strip()

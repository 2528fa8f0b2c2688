"""A record as its readers see it: sums in euro, change in per cent, periods in words.

What a practice's page and its two printed pages share; both leave out what is not filled in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, NamedTuple

from jinja2.utils import urlize
from markupsafe import Markup, escape

from portal.accounts.queries import named, reader_name
from portal.accounts.regions import REGIONS, size_of
from portal.accounts.regions import SIZES as SIZE_CLASSES
from portal.kernel.i18n import _, language, month_name, ngettext
from portal.practices import choices
from portal.practices import record as records
from portal.practices.cleaning import Record, is_empty, shown_number
from portal.practices.facets import maturity_meaning, maturity_word

LEVA = Decimal(choices.LEVA_IN_EURO)
_SIZE_WORDS = {code: words for code, _limit, words in SIZE_CLASSES}


class Fact(NamedTuple):
    """A line of «at a glance»."""

    label: str
    words: str
    more: str = ""


class Cost(NamedTuple):
    words: str  # «25 000 лв. (12 782 €)»
    sort: str
    year: str
    source: str


class Proof(NamedTuple):
    """An indicator: before, after and the change between them."""

    name: str
    unit: str
    before: str
    after: str
    change: str  # «+12 %», empty where it cannot be told
    measured: str
    source: str


@dataclass
class Sums:
    """Costs: together in euro, and the years they were paid in."""

    euros: Decimal
    years: list[str]
    only: str  # the words of the sum where there is one only


class Page:
    """One text of a practice with everything that is told of it. texts: all released ones."""

    def __init__(self, text: Any, texts: Mapping[str, Any]) -> None:
        self.text = text
        self.record: Record = text.record
        self.texts = texts
        self.shown_in = language()
        self.failed = bool(self.record.get("failed"))
        self.maturity = maturity_word(self.record.get("maturity") or "")
        self.maturity_meaning = maturity_meaning(self.record.get("maturity") or "")

    def __getitem__(self, key: str) -> Any:
        """What stands in a field; "" where nothing does, so that templates can ask plainly."""
        value = self.record.get(key)
        return "" if is_empty(value) else value

    def words(self, key: str) -> str:
        """A field of one value in words; for codes, months and numbers."""
        return records.words_of(_FIELDS[key], self.record.get(key))

    def cell(self, key: str, row: Record, column: str) -> str:
        """A cell of a row in words."""
        part = next(each for each in _FIELDS[key].columns if each.key == column)
        return records.words_of(part, row.get(column))

    def choice(self, key: str, code: str) -> str:
        """A stored code of a field in words."""
        return str(dict(_FIELDS[key].choices).get(code, code))

    def month(self, key: str) -> str:
        return month_words(self[key])

    def weeks(self, step: Record) -> str:
        """«1 week», «2,5 weeks»: how long a step took; "" where nobody said."""
        weeks = step.get("weeks")
        if not weeks:
            return ""
        number = 1 if weeks == "1" else 2
        return ngettext(
            "%(weeks)s week", "%(weeks)s weeks", number, weeks=self.cell("steps", step, "weeks")
        )

    # Who

    @property
    def contact(self) -> str:
        return reader_name(self.text) if self.text.contact_id else ""

    @property
    def contact_position(self) -> str:
        return str((language() == "en" and self.text.position_en) or self.text.position or "")

    @property
    def mail(self) -> str:
        """The shared mailbox, else the contact person's own while she is there."""
        own = self.text.email if self.text.contact_id and not self.text.contact_left else ""
        return str(self["mailbox"] or own or "")

    @property
    def licence(self) -> str:
        return self.words("licence")

    # Where and when

    @property
    def organisation(self) -> str:
        return named(self.text)

    @property
    def place(self) -> str:
        """«Каменград, област Бургас»; the district only where the town is not its namesake."""
        settlement = self["settlement"] or self.text.city
        region = REGIONS.get(self["nuts3"])
        if region is None or str(region) == settlement:
            return str(settlement)
        district = _("%(name)s district", name=region) if "(" not in str(region) else str(region)
        return f"{settlement}, {district}" if settlement else district

    @property
    def size(self) -> str:
        return str(_SIZE_WORDS.get(size_of(self.text.population), ""))

    @property
    def period(self) -> str:
        begun, ended = month_words(self["begun"]), month_words(self["ended"])
        running = self.words("running")
        if begun and ended:
            when = f"{begun} – {ended}"
        elif begun:
            when = _("since %(month)s", month=begun)
        else:
            when = ended
        return ", ".join(filter(None, (when, running)))

    # Money and people

    @cached_property
    def costs(self) -> list[Cost]:
        return [
            Cost(
                money(*_stored(row)),
                self.cell("costs", row, "sort"),
                str(row.get("year") or ""),
                row.get("source") or "",
            )
            for row in self["costs"] or ()
        ]

    def _sums(self) -> Iterator[Fact]:
        """The costs of each kind together. What is paid each year is added up within a year only:
        the newest stands first, the others after it."""
        for sort, label in choices.SPENT:
            paid = [row for row in self["costs"] or () if (row.get("sort") or "setup") == sort]
            by_year: dict[str, list[Record]] = {}
            for row in paid:
                year = str(row.get("year") or "") if sort == "yearly" else ""
                by_year.setdefault(year, []).append(row)
            told = [_sum_words(_summed(by_year[year])) for year in sorted(by_year, reverse=True)]
            for words, when in told[:1]:
                others = ", ".join(f"{year}: {sum_}" for sum_, year in told[1:])
                more = f"{when} ({others})" if others else when
                yield Fact(_("Costs: %(kind)s", kind=label), words, more)

    def glance(self) -> list[Fact]:
        """The facts that a mayor asks for first."""
        facts = list(self._sums())
        if months := self["person_months"]:
            told = ngettext(
                "%(months)s person-month",
                "%(months)s person-months",
                1 if months == "1" else 2,
                months=shown_number(months),
            )
            facts.append(Fact(_("Work"), told))
        for row in (self["beneficiaries"] or ())[:2]:
            number = self.cell("beneficiaries", row, "number")
            facts.append(Fact(_("Who benefits"), number, row.get("group") or ""))
        facts.append(Fact(_("Period"), self.period))
        if self.maturity:
            facts.append(Fact(_("Maturity"), self.maturity, self.maturity_meaning))
        facts.append(Fact(_("Reach"), self.words("scope")))
        facts.append(Fact(_("Inhabitants"), self.size))
        return [fact for fact in facts if fact.words]

    # Results

    @cached_property
    def proofs(self) -> list[Proof]:
        return [
            Proof(
                row.get("name") or "",
                row.get("unit") or "",
                self.cell("indicators", row, "baseline"),
                self.cell("indicators", row, "value"),
                change(row.get("baseline") or "", row.get("value") or "", row.get("unit") or ""),
                month_words(row.get("date") or ""),
                row.get("source") or "",
            )
            for row in self["indicators"] or ()
        ]

    # Languages

    @property
    def original(self) -> Any | None:
        """The text that this one was translated from, when it is released too."""
        tongue = self.record.get("original")
        return self.texts.get(str(tongue)) if tongue != self.text.language else None

    @property
    def is_translation(self) -> bool:
        return self.record.get("original") not in ("", None, self.text.language)

    @property
    def is_older(self) -> bool:
        """Whether the original was released again after this translation."""
        original = self.original
        return original is not None and self.text.released_at < original.released_at

    @cached_property
    def untranslated(self) -> frozenset[str]:
        """The fields that still stand in the words of the original."""
        if self.original is None:
            return frozenset()
        return frozenset(records.untranslated(self.original.record, self.record))

    def tongue(self, key: str) -> Markup:
        """The attribute that names a field's language, where it is not that of the page."""
        spoken = self["original"] if key in self.untranslated else self.text.language
        return Markup("") if spoken == self.shown_in else Markup(' lang="{}"').format(spoken)

    @property
    def other(self) -> Any | None:
        """The released text in the other language."""
        return next((t for tongue, t in self.texts.items() if tongue != self.text.language), None)


_FIELDS = {each.key: each for each in records.fields(failed=False)}


def month_words(stored: str) -> str:
    """«2024-05» as «май 2024 г.»."""
    year, _dash, month = stored.partition("-")
    if not year:
        return ""
    suffix = " г." if language() == "bg" else ""
    return f"{month_name(int(month))} {year}{suffix}" if month else f"{year}{suffix}"


def _stored(row: Record) -> tuple[str, str]:
    return row.get("amount") or "0", row.get("currency") or "EUR"


def in_euro(amount: str, currency: str) -> Decimal:
    """A stored sum in euro, at the fixed rate."""
    return Decimal(amount) / LEVA if currency == "BGN" else Decimal(amount)


def money(amount: str, currency: str) -> str:
    """A stored sum in words: «64 000 €», «41 200,50 лв. (21 065,50 €)»."""
    if not Decimal(amount):
        return _("no cost")
    if currency == "BGN":
        return _("%(sum)s leva", sum=_sum(Decimal(amount))) + f" ({euros(in_euro(amount, 'BGN'))})"
    return euros(Decimal(amount))


def euros(sum_: Decimal) -> str:
    return f"{_sum(sum_)}\u00a0€"


def _sum(number: Decimal) -> str:
    """Whole where it is whole or large, else to the cent."""
    if number == number.to_integral_value() or number >= 100_000:
        return shown_number(str(number.quantize(Decimal(1), ROUND_HALF_UP)))
    return shown_number(str(number.quantize(Decimal("0.01"), ROUND_HALF_UP)))


def _summed(paid: list[Record]) -> Sums:
    total = sum((in_euro(*_stored(row)) for row in paid), Decimal())
    years = sorted({str(row["year"]) for row in paid if row.get("year")})
    return Sums(total, years, money(*_stored(paid[0])) if len(paid) == 1 else "")


def _sum_words(sums: Sums) -> tuple[str, str]:
    """The sum of a kind, and its years."""
    years = sums.years[:1] if len(sums.years) < 2 else [sums.years[0], sums.years[-1]]
    if sums.only:
        return sums.only, "–".join(years)
    return (euros(sums.euros) if sums.euros else _("no cost")), "–".join(years)


def change(before: str, after: str, unit: str) -> str:
    """The change in per cent; in percentage points where the unit itself is per cent."""
    if not before or not after:
        return ""
    was, is_ = Decimal(before), Decimal(after)
    if was == is_:
        return _("no change")
    if "%" in unit:
        return _("%(n)s percentage points", n=_signed(is_ - was, Decimal("0.1")))
    if not was:
        return ""
    return f"{_signed((is_ - was) / abs(was) * 100)}\u00a0%"


def _signed(number: Decimal, exact: Decimal | None = None) -> str:
    """With its sign: to the tenth below ten, else whole, if not told how exact."""
    exact = exact or (Decimal(1) if abs(number) >= 10 else Decimal("0.1"))
    rounded = number.quantize(exact, ROUND_HALF_UP).normalize()
    words = shown_number(format(abs(rounded), "f"))
    return f"+{words}" if rounded > 0 else f"−{words}" if rounded < 0 else words


def paragraphs(text: str) -> list[str]:
    """The parts of a text between empty lines."""
    return [part.strip("\n") for part in text.split("\n\n") if part.strip()]


def linked(text: str) -> Markup:
    """A text as HTML, its addresses as links. Looking for them costs more than all the rest."""
    if "://" in text or "www." in text:
        return Markup(urlize(str(escape(text)), rel="noopener noreferrer"))  # escaped just before
    return escape(text)

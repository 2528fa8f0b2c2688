"""Composing a paper: pages of headings, paragraphs, lists, tables and forms, from a seed.

What is composed is not yet printed: each format says itself which words it prints.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.papers import words as w

MONTHS = (
    "януари", "февруари", "март", "април", "май", "юни", "юли", "август", "септември",
    "октомври", "ноември", "декември",
)  # fmt: skip
_LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхъь", "abvgdeziyklmnoprstufhay", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ю": "yu", "я": "ya"}
)


class Unavailable(Exception):
    """What a paper is made with is not installed here; its message names it."""


def split(text: str) -> list[str]:
    """The words of a text as they are counted: runs of letters and digits, in small letters."""
    return re.findall(r"[^\W_]+", text.casefold().replace("\u00ad", ""))


@dataclass
class Heading:
    text: str

    def texts(self) -> Iterator[str]:
        yield self.text


@dataclass
class Para:
    text: str
    note: str = ""  # a footnote at its end

    def texts(self) -> Iterator[str]:
        yield self.text
        yield self.note


@dataclass
class Bullets:
    items: list[str]

    def texts(self) -> Iterator[str]:
        yield from self.items


@dataclass
class Table:
    rows: list[list[str]]  # the first is its head

    def texts(self) -> Iterator[str]:
        for row in self.rows:
            yield from row


@dataclass
class Fields:
    """A form: labels and what was filled in."""

    pairs: list[tuple[str, str]]

    def texts(self) -> Iterator[str]:
        for label, value in self.pairs:
            yield label
            yield value


Block = Heading | Para | Bullets | Table | Fields


@dataclass
class Draft:
    """A paper before it takes a format. `pages` hold about what an A4 sheet holds."""

    title: str
    number: str
    date: str
    author: str
    header: str
    footer: str
    language: str
    typeface: str = "sofia"
    ballast: int = 0  # bytes of a photograph on the first page of a PDF
    pages: list[list[Block]] = field(default_factory=list)


class Composer:
    """Sentences and blocks, the same from the same seed."""

    def __init__(self, seed: int | str) -> None:
        self.random = random.Random(f"paper {seed}")

    def pick(self, of: tuple[str, ...]) -> str:
        return self.random.choice(of)

    def number(self) -> str:
        return f"РД-09-{self.random.randint(11, 1980)}"

    def date(self) -> str:
        day, month, year = (self.random.randint(*r) for r in ((1, 28), (1, 12), (2015, 2026)))
        if self.random.random() < 0.3:
            return f"{day} {MONTHS[month - 1]} {year} г."
        return f"{day:02}.{month:02}.{year} г."

    def sum(self) -> str:
        """1 245,60 лв. or 980,00 EUR."""
        whole = self.random.randint(40, 99_000)
        money = f"{whole:,}".replace(",", " ") + f",{self.random.choice((0, 50, 20, 95)):02}"
        return f"{money} {self.random.choice(('лв.', 'лв.', 'EUR'))}"

    def _slot(self, match: re.Match[str]) -> str:
        name = match.group(1)
        made = {
            "date": self.date,
            "sum": self.sum,
            "euro": lambda: f"EUR {self.random.randint(2, 400)},000",
            "number": self.number,
            "count": lambda: str(self.random.randint(12, 890)),
            "small": lambda: str(self.random.randint(2, 48)),
            "percent": lambda: f"0,{self.random.randint(1, 9)}",
            "time": lambda: f"{self.random.randint(9, 16)}:{self.random.choice(('00', '30'))}",
            "phone": lambda: (
                f"0{self.random.randint(52, 89)} {self.random.randint(100, 999)} "
                f"{self.random.randint(100, 999)}"
            ),
            "site": lambda: f"https://profil.belobryag.bg/{self.random.randint(100, 999)}",
        }
        return made[name]() if name in made else self.pick(getattr(w, name.upper()))

    def fill(self, template: str) -> str:
        made = re.sub(r"\{(\w+)\}", self._slot, template)
        return made[0].upper() + made[1:].replace("..", ".")

    def sentence(self) -> str:
        return self.fill(self.pick(w.SENTENCE))

    def paragraph(self, sentences: int | None = None) -> str:
        count = sentences or self.random.randint(2, 5)
        return " ".join(self.sentence() for _ in range(count))

    def mail(self, person: str) -> str:
        first, last = person.lower().split()
        return f"{first[0]}.{last}".translate(_LATIN) + "@belobryag.bg"

    def table(self) -> Table:
        rows = [["№", *w.COLUMN[:4]]]
        for n in range(1, self.random.randint(4, 9)):
            count, price = self.random.randint(1, 60), self.random.randint(3, 900)
            name = self.pick(w.GOODS)
            rows.append([str(n), name, str(count), f"{price},00", f"{count * price},00"])
        return Table(rows)

    def form(self) -> Fields:
        values = {
            "Име, презиме, фамилия": self.pick(w.PERSON),
            "Постоянен адрес": f"{self.pick(w.PLACE)}, {self.pick(w.STREET)} № {self.random.randint(1, 90)}",
            "Телефон за връзка": self.fill("{phone}"),
            "Входящ номер": f"94-{self.random.randint(100, 9999)}",
            "Дата на подаване": self.date(),
            "Размер на таксата": self.sum(),
            "Длъжностно лице": self.pick(w.PERSON),
            "Електронна поща": self.mail(self.pick(w.PERSON)),
        }
        labels = self.random.sample(w.FIELD, 6)
        return Fields([(f"{label}:", values.get(label, self.fill("{noun}"))) for label in labels])

    def block(self) -> Block:
        die = self.random.random()
        if die < 0.60:
            note = self.fill(self.pick(w.NOTE)) if self.random.random() < 0.2 else ""
            return Para(self.paragraph(), note)
        if die < 0.72:
            count = self.random.randint(3, 5)
            return Bullets([self.fill("{thing}") + ";" for _ in range(count)])
        if die < 0.84:
            return self.table()
        if die < 0.92:
            return self.form()
        return Para(" ".join(self.fill(self.pick(w.ENGLISH)) for _ in range(3)))

    def page(self, size: int) -> list[Block]:
        """Blocks of about `size` characters, headed."""
        blocks: list[Block] = [Heading(self.pick(w.HEADING)), Para(self.paragraph())]
        while sum(len(t) for b in blocks for t in b.texts()) < size:
            if self.random.random() < 0.15:
                blocks.append(Heading(self.pick(w.HEADING)))
            blocks.append(self.block())
        return blocks


def compose(seed: int | str, pages: int, size: int = 2600, typeface: str = "sofia") -> Draft:
    """A paper of so many pages of about `size` characters each."""
    c = Composer(seed)
    kind, number, date = c.pick(w.KIND), c.number(), c.date()
    return Draft(
        title=f"{kind} № {number} от {date} относно {c.pick(w.THING)}",
        number=number,
        date=date,
        author=c.pick(w.PERSON),
        header=f"Община Белобряг · {c.pick(w.UNIT)}",
        footer=f"гр. Белобряг, {c.pick(w.STREET)} № {c.random.randint(1, 60)}",
        language="bg",
        typeface=typeface,
        pages=[c.page(size) for _ in range(pages)],
    )


def hyphenated(word: str, room: int) -> tuple[str, str] | None:
    """A long word in two parts at a line's end, the first of at most `room` letters; or None."""
    vowels = w.BG_VOWELS
    for cut in range(min(room, len(word) - 3), 2, -1):
        head, tail = word[:cut], word[cut:]
        if (
            word.isalpha()
            and head[-1].lower() in vowels
            and tail[0].lower() not in vowels
            and any(letter in vowels for letter in tail)
        ):
            return head, tail
    return None

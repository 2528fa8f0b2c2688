"""A list of people as offices keep it: a CSV of any separator, Bulgarian or English headings."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.importing.decoding import decode
from portal.kernel.i18n import _
from portal.kernel.text import tidy

SEPARATORS = ";,\t|"
COLUMNS = {
    "given": ("име", "собствено име", "първо име", "given", "given name", "first name"),
    "patronymic": ("презиме", "бащино име", "patronymic", "middle name"),
    "family": ("фамилия", "фамилно име", "family", "family name", "last name", "surname"),
    "name": ("имена", "три имена", "трите имена", "име и фамилия", "име презиме фамилия",
             "служител", "name", "full name", "names"),
    "login": ("потребител", "потребителско име", "вход", "login", "username", "user", "user name",
              "sign-in name"),
    "email": ("е-поща", "e-поща", "еmail", "имейл", "мейл", "поща", "електронна поща", "email",
              "e-mail", "mail", "имейл адрес", "email address"),
    "title": ("титла", "обръщение", "научна степен", "title"),
    "position": ("длъжност", "позиция", "position", "job", "job title"),
    "position_en": ("длъжност (en)", "длъжност на английски", "position (en)",
                    "position in english"),
    "unit": ("звено", "отдел", "дирекция", "административно звено", "структура", "unit",
             "department", "directorate"),
    "organisation": ("организация", "община", "organisation", "organization"),
    "building": ("сграда", "адрес", "building"),
    "room": ("стая", "кабинет", "каб", "room", "office"),
    "phone": ("телефон", "тел", "служебен телефон", "phone", "telephone", "tel"),
    "duties": ("отговаря за", "отговорности", "задължения", "duties", "answers for"),
    "language": ("език", "language"),
}  # fmt: skip
_BY_HEADING = {heading: column for column, all_ in COLUMNS.items() for heading in all_}
# Short and long names of the national number; found at the beginning of a heading.
_NATIONAL = re.compile(
    r"^(?:егн|е\.?г\.?н|egn|лнч|лнч/егн|lnch|единен граждански|единен гр|личен номер|"
    r"национален номер|national (?:id|number)|personal (?:id|number|no))\b"
)
_TEN = re.compile(r"(?<!\d)\d{10}(?!\d)")
_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6)


class Unusable(Exception):
    """The whole list is refused; the text says why. Nothing of it is kept or repeated."""


@dataclass(frozen=True)
class Row:
    """One person: her line in the file and what it says, by our own column names."""

    number: int
    values: dict[str, str]


@dataclass
class Roster:
    """A list as read. `ignored`: headings that mean nothing to the portal."""

    rows: list[Row]
    ignored: list[str] = field(default_factory=list)


def read(data: bytes) -> Roster:
    """Read a list. Raises Unusable, and decoding.Unreadable for what is no text."""
    lines = _cells(decode(data))
    if not lines:
        raise Unusable(_("The list is empty."))
    (_at, heads), body = lines[0], lines[1:]
    _no_national_numbers(heads, body)
    columns = [_BY_HEADING.get(_folded(head)) for head in heads]
    columns = _full_name(columns)
    _enough(columns, heads)
    rows = []
    for number, cells in body:
        pairs = zip(columns, cells, strict=False)
        values = {column: tidy(cell) for column, cell in pairs if column and tidy(cell)}
        rows.append(Row(number, _named(values)))
    ignored = [
        tidy(head) for head, column in zip(heads, columns, strict=True) if not column and tidy(head)
    ]
    return Roster(rows, ignored)


def _cells(text: str) -> list[tuple[int, list[str]]]:
    """Lines that hold anything, each with its number as an editor shows it."""
    if match := re.match(r"sep=(.)\n", text, re.IGNORECASE):  # Excel's own first line
        separator, text = match[1], "\n" + text[match.end() :]
    else:
        separator = _separator(text)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise Unusable(_("Line %(n)s is no CSV: %(why)s", n=reader.line_num, why=error)) from error


def _separator(text: str) -> str:
    """The sign that parts the first line most; the headings hold none of them themselves."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return max(SEPARATORS, key=first.count)


def _folded(head: str) -> str:
    return tidy(head).casefold().strip(" .:*№").replace("  ", " ")


def _full_name(columns: Sequence[str | None]) -> list[str | None]:
    """«Име» alone, without a family name beside it, holds the whole name."""
    alone = "family" not in columns and "name" not in columns
    return ["name" if column == "given" and alone else column for column in columns]


def _enough(columns: Sequence[str | None], heads: Sequence[str]) -> None:
    known = [column for column in columns if column]
    twice = {column for column in known if known.count(column) > 1}
    if twice:
        both = [tidy(head) for head, column in zip(heads, columns, strict=True) if column in twice]
        raise Unusable(_("These columns mean the same: %(names)s.", names=", ".join(both)))
    if "name" not in known and not {"given", "family"} <= set(known):
        raise Unusable(
            _(
                "The first line must name the columns; at least Име and Фамилия, or Имена. It has: "
                "%(names)s.",
                names=", ".join(tidy(head) for head in heads),
            )
        )


def _named(values: dict[str, str]) -> dict[str, str]:
    """A whole name taken apart: given, all between, family."""
    name = values.pop("name", "")
    if not name:
        return values
    if "," in name:  # «Иванова, Мария»
        family, rest = name.split(",", 1)
        name = f"{rest} {family}"
    parts = name.split()
    found = {"given": parts[0]}
    if len(parts) > 1:
        found["family"] = parts[-1]
    if len(parts) > 2:
        found["patronymic"] = " ".join(parts[1:-1])
    return {**found, **values}


# ── National numbers ────────────────────────────────────────────────────


def _no_national_numbers(heads: Sequence[str], body: Sequence[tuple[int, list[str]]]) -> None:
    for head in heads:
        if _NATIONAL.match(_folded(head)):
            raise Unusable(_refusal(tidy(head)))
    for number, cells in body:
        for place, cell in enumerate(cells):
            if any(is_national(found) for found in _TEN.findall(cell)):
                head = tidy(heads[place]) if place < len(heads) else str(place + 1)
                line = _("line %(n)s", n=number)
                raise Unusable(_refusal(f"{head}, {line}"))


def _refusal(where: str) -> str:
    return _(
        "The list holds national numbers (ЕГН): %(where)s. The portal never takes them: delete the "
        "column and try again. Nothing was kept.",
        where=where,
    )


def is_national(digits: str) -> bool:
    """Whether ten digits are a ЕГН: a day that there was, and the right check digit."""
    numbers = [int(digit) for digit in digits]
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    century, month = {
        0: (1900, month),
        1: (1800, month - 20),
        2: (2000, month - 40),
    }.get(month // 20 if month % 20 else -1, (0, 0))
    try:
        date(century + year, month, day)
    except ValueError:
        return False
    total = sum(weight * number for weight, number in zip(_WEIGHTS, numbers[:9], strict=True))
    return total % 11 % 10 == numbers[9]

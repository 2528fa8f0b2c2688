"""What a manager pastes or uploads to invite many: lines, addresses, a table; as typed rows."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from portal.access import Role
from portal.kernel.text import tidy

MANY = 500  # rows at once
CELL_MAX = 1000  # signs: no cell of such a table is longer
_ADDRESS = re.compile(r"[^\s<>,;\"()\[\]]+@[^\s<>,;\"()\[\]]*")
_HEADS = {
    "email": ("email", "e-mail", "mail", "имейл", "е-мейл", "мейл", "е-поща", "e-поща", "поща",
              "адрес", "имейл адрес", "ел. поща", "електронна поща", "електронен адрес",
              "email address", "e-mail address", "address"),
    "name": ("name", "full name", "names", "имена", "име и фамилия", "три имена",
             "трите имена"),
    "given": ("given", "given name", "first name", "име", "собствено име", "първо име"),
    "family": ("family", "family name", "last name", "surname", "фамилия", "фамилно име"),
    "role": ("role", "роля"),
    "until": ("until", "last day", "до", "до дата", "срок", "последен ден", "крайна дата"),
}  # fmt: skip
_COLUMN = {head: column for column, heads in _HEADS.items() for head in heads}
_ROLES = {
    "reader": Role.READER, "читател": Role.READER, "четящ": Role.READER,
    "contributor": Role.CONTRIBUTOR, "автор": Role.CONTRIBUTOR, "сътрудник": Role.CONTRIBUTOR,
    "editor": Role.EDITOR, "редактор": Role.EDITOR,
    "manager": Role.MANAGER, "отговорник": Role.MANAGER, "управител": Role.MANAGER,
}  # fmt: skip
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y")


@dataclass(frozen=True)
class Typed:
    """One who is to be invited, as typed. role, until: where the table says so itself.

    wrong: the cell that could not be understood.
    """

    name: str = ""
    email: str = ""
    role: Role | None = None
    until: date | None = None
    wrong: str = ""

    @property
    def names(self) -> tuple[str, str]:
        """Given and family name; «Иванова, Мария» is turned round."""
        family, comma, given = self.name.partition(",")
        if comma:
            return tidy(given), tidy(family)
        words = self.name.split()
        return (words[0], words[-1]) if len(words) > 1 else ("", "")


def rows(text: str) -> list[Typed]:
    """Everybody named in a text: a table with heads, or addresses and names in any order."""
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip(" \t,;")]
    if not lines:
        return []
    separator = next((sign for sign in "\t;," if sign in lines[0]), ",")
    heads = [_head(cell) for cell in _cells(lines[:1], separator)[0]]
    if {"email", "name", "given"} & set(heads) and "@" not in lines[0]:
        return [_of_table(heads, cells) for cells in _cells(lines[1:], separator)]
    return [typed for line in lines for typed in _of_line(line)]


def _cells(lines: list[str], separator: str) -> list[list[str]]:
    """The cells of lines; a quotation mark without its fellow spoils its own line alone."""
    try:
        found = list(csv.reader(lines, delimiter=separator))
        if all(len(cell) <= CELL_MAX for cells in found for cell in cells):
            return found
    except csv.Error:  # longer than a cell may be
        pass
    return [line.replace('"', "").split(separator) for line in lines]


def _head(cell: str) -> str:
    return _COLUMN.get(tidy(cell).casefold().strip(" :.*"), "")


def _of_table(heads: list[str], cells: list[str]) -> Typed:
    told = dict(zip(heads, (tidy(cell) for cell in cells), strict=False))
    name = told.get("name") or f"{told.get('given', '')} {told.get('family', '')}".strip()
    role, until, wrong = None, None, ""
    if word := told.get("role", ""):
        role = _ROLES.get(word.casefold())
        wrong = "" if role else word
    if word := told.get("until", ""):
        until = _day(word)
        wrong = wrong or ("" if until else word)
    return Typed(name, _bare(told.get("email", "")), role, until, wrong)


def _of_line(line: str) -> Iterator[Typed]:
    # Mail programs write «Иванова, Мария <m@…>; …»: there only the semicolons part people.
    parts = line.split(";") if "<" in line and (";" in line or "," not in line) else None
    for part in parts or re.split(r"[;,\t]", line):
        found = _ADDRESS.findall(part)
        if len(found) > 1:
            yield from (Typed(email=address) for address in found)
        elif found:
            name = tidy(part.replace(found[0], " ").strip(" \t<>()[]\"'"))
            yield Typed(tidy(name.strip(" <>()[]\"'")), found[0])
        elif tidy(part):
            yield Typed(tidy(part.strip(" \t\"'")))


def _bare(cell: str) -> str:
    found = _ADDRESS.search(cell)
    return found[0] if found else cell


def _day(word: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(word.rstrip(" г."), form).date()  # noqa: DTZ007  a day only
        except ValueError:
            continue
    return None

"""Words that mean the same in this municipality, as its administrator keeps them.

They are applied to questions, never to texts: a change holds at once and the index stays as it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.search.language.cleaning import words
from portal.search.language.terms import term

# Of the language rather than of a town: looked for beside their full words.
ABBREVIATIONS = {
    "чл": "член", "ал": "алинея", "т": "точка", "бр": "брой", "гр": "град", "ул": "улица",
    "бул": "булевард", "тел": "телефон", "стр": "страница", "обн": "обнародван", "изм": "изменен",
    "доп": "допълнен", "пар": "параграф", "стб": "стотинка", "каб": "кабинет", "вх": "входящ",
    "изх": "изходящ", "инж": "инженер", "арх": "архитект",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """Who asks for `left` also finds `right`; two-way: and the other way round."""

    left: str
    right: str
    two_way: bool = True


Row = tuple[str, ...]  # terms


class Synonyms:
    """A list of entries made ready for questions."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._rows: dict[str, list[tuple[Row, Row]]] = {}
        for entry in entries:
            self._add(entry.left, entry.right)
            if entry.two_way:
                self._add(entry.right, entry.left)

    def _add(self, asked: str, also: str) -> None:
        row, other = _row(asked), _row(also)
        if row and other and row != other:
            self._rows.setdefault(row[0], []).append((row, other))

    def of(self, asked: Sequence[str]) -> list[tuple[range, Row]]:
        """For the terms of a question: at which of them a row begins and ends, and its synonym."""
        found = []
        for place, first in enumerate(asked):
            for row, other in self._rows.get(first, ()):
                if tuple(asked[place : place + len(row)]) == row:
                    found.append((range(place, place + len(row)), other))
        return found


NONE = Synonyms()


def _row(text: str) -> Row:
    return tuple(term(form) for _, _, form in words(text))


# What every installation begins with (migration 0005); questions are judged with it.
FIRST = Synonyms(
    Entry(short, full)
    for short, full in (
        ("ЗУТ", "Закон за устройство на територията"),
        ("ЗМСМА", "Закон за местното самоуправление и местната администрация"),
        ("ЗМДТ", "Закон за местните данъци и такси"),
        ("ЗОС", "Закон за общинската собственост"),
        ("ЗОП", "Закон за обществените поръчки"),
        ("ЗДОИ", "Закон за достъп до обществена информация"),
        ("АПК", "Административнопроцесуален кодекс"),
        ("ДВ", "Държавен вестник"),
    )
)

"""What the head of a paper says of itself: its kind, registration number and date.

Only offered: the edit form shows it in fields that are empty, and a person decides.
"""

import re
from dataclasses import dataclass
from datetime import date

from portal.kernel.i18n import MONTHS

HEAD = 1_500  # characters in which a clerk looks for a number
_SORTS = (
    ("order", "заповед"),
    ("decision", "решение"),
    ("protocol", "протокол"),
    ("contract", "договор|споразумение"),
    ("ordinance", "наредба"),
    ("rules", "правила|правилник|вътрешни правила"),
    ("report", "доклад|отчет"),
    ("plan", "план|стратегия|програма"),
    ("guide", "указания?|инструкция|наръчник"),
    ("form", "заявление|образец|бланка|декларация"),
    ("letter", "писмо"),
)
# «№ РД-09-1184», «N 12», «Рег. № 94-00-17/2026»; letters, then figures and what joins them.
_NUMBER = re.compile(r"(?:№|\bNo\b|\bN\b)\s*:?\s*((?:[А-ЯA-Z]{1,5}[-–]?)?\d[\dА-ЯA-Z.\-–]*)")
_FIGURES = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)\b")
_WORDS = re.compile(rf"\b(\d{{1,2}})\s+({'|'.join(MONTHS['bg'].split())})\s+((?:19|20)\d\d)\b")


@dataclass(frozen=True)
class Head:
    """What was found; empty where nothing was."""

    sort: str = ""
    reg_number: str = ""
    dated: date | None = None


def read(text: str) -> Head:
    """Look at the beginning of a first page."""
    head = text[:HEAD]
    number = _NUMBER.search(head)
    return Head(_sort(head), number.group(1).rstrip(".-–") if number else "", _date(head))


def _sort(head: str) -> str:
    """The kind that a line begins with; the first line of them counts."""
    for line in head.splitlines():
        spaced = re.sub(r"\b(\w) (?=\w\b)", r"\1", line).strip(' „"*#')  # «З А П О В Е Д»
        if not spaced[:1].isupper():
            continue  # «… през HTTPS / протокол, с използване …»: a sentence goes on
        spaced = spaced.lower()
        for sort, words in _SORTS:
            if re.match(rf"(?:{words})\b", spaced):
                return sort
    return ""


def _date(head: str) -> date | None:
    months = MONTHS["bg"].split()
    found = [(m.start(), m.group(1), int(m.group(2)), m.group(3)) for m in _FIGURES.finditer(head)]
    found += [
        (m.start(), m.group(1), months.index(m.group(2)) + 1, m.group(3))
        for m in _WORDS.finditer(head.lower())
    ]
    for _place, day, month, year in sorted(found):
        try:
            return date(int(year), month, int(day))
        except ValueError:
            continue
    return None

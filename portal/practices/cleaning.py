"""What is typed into a field, as it is stored: types and limits, never whether it is enough.

An unfinished draft is kept as it is; what it lacks is told by `record`.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from portal.kernel.i18n import _, language
from portal.kernel.text import CONTROLS, tidy
from portal.practices.parts import Column, Field

Record = dict[str, Any]
Faults = dict[str, str]  # words by the control's key: a field's, or «costs-0-year» of a cell

_MONTH = re.compile(r"(?:(?P<m>\d{1,2})[./-])?(?P<y>\d{4})|(?P<y2>\d{4})-(?P<m2>\d{1,2})")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
YEAR_MIN, YEAR_MAX = 1900, 2100


class Bad(ValueError):
    """What was typed cannot be kept; the message is for its author."""


def is_empty(value: Any) -> bool:
    """Whether there is nothing in a field. Zero and «no cost» are something."""
    return value is None or value in ("", [], False)


def clean(field: Field, raw: Any) -> tuple[Any, Faults]:
    """What was typed as it is stored, and what could not be kept with the reason.

    raw: a string; a list of strings for choices; a list of mappings for rows. A row without
    anything in it is left out; a cell that cannot be kept is empty.
    """
    if field.columns:
        return _rows(field, raw or [])
    try:
        return _value(field, raw), {}
    except Bad as bad:
        return None, {field.key: str(bad)}


def _rows(field: Field, raw: list[Mapping[str, Any]]) -> tuple[list[Record], Faults]:
    kept: list[Record] = []
    faults: Faults = {}
    for typed in raw:
        row: Record = {}
        number = len(kept)
        bad: Faults = {}
        for column in field.columns:
            try:
                row[column.key] = _value(column, typed.get(column.key))
            except Bad as why:
                row[column.key] = None
                bad[f"{field.key}-{number}-{column.key}"] = str(why)
        if field.kind in ("files", "pictures"):
            row["file"] = _identity(field, typed.get("file"))
        if bad or not is_blank(field, row):
            kept.append(row)
            faults |= bad
    if len(kept) > field.high:
        faults[field.key] = _("At most %(n)s, please.", n=int(field.high))
        kept = kept[: int(field.high)]
    return kept, faults


def is_blank(field: Field, row: Record) -> bool:
    """Whether nothing was typed into a row: what is chosen beforehand is not counted."""
    if row.get("file"):
        return False
    return all(is_empty(row.get(column.key)) or column.kind == "choice" for column in field.columns)


def faults_of_rows(field: Field, rows: list[Record]) -> list[tuple[str, str]]:
    """The cells that rows lack."""
    return [
        (f"{field.key}-{number}-{column.key}", _lacking(field, column))
        for number, row in enumerate(rows)
        for column in field.columns
        if column.need == "R" and is_empty(row.get(column.key))
    ]


def _lacking(field: Field, column: Column) -> str:
    match field.key, column.key:
        case "costs", "year":
            return _("Say in which year this was paid.")
        case "indicators", "source":
            return _("Say where this number comes from.")
        case "indicators", "date":
            return _("Say when this was measured.")
        case "pictures", "alt":
            return _("Say in a few words what the picture shows.")
        case "pictures", "consent":
            return _("Confirm that the people in it agreed, or that there are none.")
    return _("“%(column)s” is missing here.", column=column.label)


def _value(part: Field | Column, raw: Any) -> Any:
    return _KINDS[part.kind](part, raw)


def _line(part: Field | Column, raw: Any) -> str:
    text = tidy(str(raw or ""))
    _fits(part, text)
    if part.key == "mailbox" and text and not _EMAIL.fullmatch(text):
        raise Bad(_("This is no e-mail address."))
    if part.key == "ekatte" and text and not (text.isdecimal() and len(text) == 5):
        raise Bad(_("An EKATTE code has five digits."))
    return text


def _text(part: Field | Column, raw: Any) -> str:
    text = str(raw or "").translate(CONTROLS).replace("\r\n", "\n").strip()
    _fits(part, text)
    return text


def _fits(part: Field | Column, text: str) -> None:
    if len(text) > part.high:
        raise Bad(
            _("At most %(high)s characters; there are %(n)s.", high=int(part.high), n=len(text))
        )


def _choice(part: Field | Column, raw: Any) -> str:
    chosen = str(raw or "")
    if chosen and chosen not in dict(part.choices):
        raise Bad(_("Choose one of the list."))
    return chosen


def _choices(part: Field | Column, raw: Any) -> list[str]:
    known = dict(part.choices)
    chosen = [str(each) for each in raw or ()]
    if any(each not in known for each in chosen):
        raise Bad(_("Choose one of the list."))
    return [code for code in known if code in chosen]


def _yes(_part: Field | Column, raw: Any) -> bool:
    return raw in (True, "1", "y", "yes", "on", "true")


def _number(part: Field | Column, raw: Any) -> str:
    """A decimal number as people write it: «1 234,50» and «1234.5» alike; stored as text."""
    typed = re.sub(r"[\s\u00a0\u202f]", "", str(raw if raw is not None else ""))
    if not typed:
        return ""
    own, other = (",", ".") if language() == "bg" else (".", ",")
    if part.high >= 1000 and re.fullmatch(rf"[-−]?\d{{1,3}}(\{other}\d{{3}})+(\{own}\d+)?", typed):
        typed = typed.replace(other, "")  # the sign that parts thousands in the reader's language
    typed = typed.replace(",", ".").replace("−", "-")
    if not re.fullmatch(r"-?\d{1,14}(\.\d{1,9})?", typed):
        raise Bad(_("Write a number, such as 1250 or 12.5."))
    number = Decimal(typed)
    if not Decimal(str(part.low)) <= number <= Decimal(str(part.high)):
        raise Bad(_("This must be between %(low)s and %(high)s.", low=part.low, high=part.high))
    if part.key == "year" and number != number.to_integral_value():
        raise Bad(_("Write the year in four digits."))
    return format(number.normalize(), "f")


def _month(_part: Field | Column, raw: Any) -> str:
    typed = tidy(str(raw or "")).rstrip(" г.")
    if not typed:
        return ""
    found = _MONTH.fullmatch(typed)
    if found is None:
        raise Bad(_("Write month and year, such as 05.2024."))
    year = int(found["y"] or found["y2"])
    month = found["m"] or found["m2"]
    if not YEAR_MIN <= year <= YEAR_MAX or (month and not 1 <= int(month) <= 12):
        raise Bad(_("Write month and year, such as 05.2024."))
    return f"{year:04}-{int(month):02}" if month else f"{year:04}"


def shown_month(stored: str) -> str:
    """«2024-05» as it is typed here: 05.2024."""
    year, _dash, month = stored.partition("-")
    return f"{month}.{year}" if month else year


def shown_number(stored: str) -> str:
    """A stored number with its thousands parted, by the language's own signs."""
    if not stored:
        return ""
    whole, _dot, rest = stored.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    if language() == "en":
        parted, point = f"{int(digits):,}", "."
    else:
        # Four digits are written together in Bulgarian.
        parted = f"{int(digits):,}".replace(",", "\u00a0") if len(digits) > 4 else digits
        point = ","
    return f"{sign}{parted}{point}{rest}" if rest else f"{sign}{parted}"


def _identity(part: Field | Column, raw: Any) -> Any:
    """Numbers of people, files and topics are checked by the service, which can look them up."""
    if part.kind == "topics":
        return [int(each) for each in raw or () if str(each).isdecimal() and len(str(each)) < 10]
    return int(raw) if raw and str(raw).isdecimal() and len(str(raw)) < 10 else None


_KINDS: dict[str, Callable[[Field | Column, Any], Any]] = {
    "line": _line,
    "text": _text,
    "choice": _choice,
    "choices": _choices,
    "yes": _yes,
    "number": _number,
    "month": _month,
    "person": _identity,
    "topics": _identity,
}

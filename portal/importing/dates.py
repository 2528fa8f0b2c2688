"""Dates as Bulgarian texts write them, on lines of their own."""

import re
from datetime import date, datetime, time

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "януари яну ян january jan",
            "февруари фев february feb",
            "март мар march mar",
            "април апр april apr",
            "май may",
            "юни юн june jun",
            "юли юл july jul",
            "август авг august aug",
            "септември септ сеп september sept sep",
            "октомври окт october oct",
            "ноември ноем ное november nov",
            "декември дек december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAY = (
    r"(?:понеделник|вторник|сряда|четвъртък|петък|събота|неделя|пон|вт|ср|чет|четв|пет|съб|нед|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)\.?"
)
_BEFORE = (
    r"(?:(?:дата|публикувано|публикувана|публикуван|качено|добавено|създадено|обновено|"
    r"последна промяна|актуализирано|дата на публикуване|posted|published|date|updated)"
    r"(?: на| от| в| on)?\s*:?\s*)?"
)
_YEAR_END = r"(?:\s*(?:г|год|година)?\.?)"
_TIME = (
    r"(?:\s*[,|/–-]?\s*(?:в|от|at)?\s*(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?::\d\d)?"
    r"\s*(?:ч|часа|h)?\.?)?"
)
_DAYS = (
    r"(?P<day>\d{1,2})(?:-?(?:ви|ри|ти|ми|st|nd|rd|th))?\s*\.?\s*(?P<name>[а-яa-z]{2,10})\.?,?\s+(?P<year>\d{4})",
    r"(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
    r"(?P<day>\d{1,2})\s*[./]\s*(?P<month>\d{1,2})\s*[./]\s*(?P<year>\d{4})",
    r"(?P<day>\d{1,2})-(?P<month>\d{1,2})-(?P<year>\d{4})",
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:t|\b)",
)
_LINES = [
    re.compile(
        rf"^[\W_]*{_BEFORE}(?:{_WEEKDAY}\s*,?\s*)?{day}{_YEAR_END}(?:\s*,?\s*{_WEEKDAY})?{_TIME}[\W_]*$"
    )
    for day in _DAYS
]
# A line that is longer says something; a date in it is about that, not of the text.
LINE_MAX = 60  # characters
MORNING = time(9, 0)
FIRST_YEAR = 1990


def of_line(line: str) -> datetime | None:
    """The date (and time) that a line consists of, without a zone; None for any other line."""
    line = " ".join(line.casefold().split())
    if not 6 <= len(line) <= LINE_MAX:
        return None
    for pattern in _LINES:
        if match := pattern.match(line):
            return _moment(match.groupdict())
    return None


def _moment(parts: dict[str, str | None]) -> datetime | None:
    name = parts.get("name")
    month = MONTHS.get(name) if name else int(parts.get("month") or 0)
    if not month:
        return None
    try:
        day = date(int(parts["year"] or 0), month, int(parts["day"] or 0))
    except ValueError:
        return None
    if day.year < FIRST_YEAR:
        return None
    return datetime.combine(day, _time(parts))


def _time(parts: dict[str, str | None]) -> time:
    """The time on the line; a text without one counts from the beginning of the working day."""
    hour, minute = parts.get("hour"), parts.get("minute")
    try:
        return time(int(hour), int(minute)) if hour and minute else MORNING
    except ValueError:
        return MORNING


def of_value(value: object) -> datetime | None:
    """The date that a front matter gives: a date or time of TOML, or text as on a line."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, MORNING)
    return of_line(str(value)) or _iso(str(value).strip())


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None

"""Which days people work in Bulgaria: not at weekends and not on the holidays of the law.

Labour Code, article 154: a fixed holiday that falls on a weekend is made up for on the first
working day after it; the days of Easter are not. Days that the government moves by decree are not
known here.
"""

from datetime import date, timedelta
from functools import lru_cache

DAY = timedelta(days=1)
FIXED = (
    (1, 1), (3, 3), (5, 1), (5, 6), (5, 24), (9, 6), (9, 22), (12, 24), (12, 25), (12, 26),
)  # fmt: skip


def easter(year: int) -> date:
    """Easter Sunday of the Orthodox church (Meeus), by the civil calendar until 2099."""
    a, b, c = year % 4, year % 7, year % 19
    d = (19 * c + 15) % 30
    e = (2 * a + 4 * b - d + 34) % 7
    month, day = divmod(d + e + 114, 31)
    return date(year, month, day + 1) + timedelta(days=13)


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """The days of a year on which nobody works although it is no weekend, and the feasts."""
    sunday = easter(year)
    free = {sunday - 2 * DAY, sunday - DAY, sunday, sunday + DAY}
    fixed = [date(year, month, number) for month, number in FIXED]
    free.update(fixed)
    for day in fixed:
        if day.weekday() < 5:
            continue
        instead = day + DAY
        while instead.weekday() >= 5 or instead in free:
            instead += DAY
        free.add(instead)
    return frozenset(free)


def is_workday(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays(day.year)


def before(day: date) -> date:
    """The last working day before a day."""
    day -= DAY
    while not is_workday(day):
        day -= DAY
    return day

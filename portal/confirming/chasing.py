"""When one person is reminded of what she has not confirmed, and when her head is told: the rule.

Each working morning at eight, by days of the town hall's calendar:

- *before*: on the last working day before the deadline, or on the first morning after it;
- *end*: on the morning of the deadline's own day, while there is time;
- *back*: on the first morning after an absence, whatever was missed meanwhile;
- *late*: on the first working morning after the deadline her head is told. Whoever was away at the
  deadline has the day of her return first.

Who is away is left in peace. What was asked on a reminder's own day or later needs none: she was
told then. A manual reminder counts as that day's, see `reminding`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from portal.kernel import clock, workdays

MORNING = time(8, 0)  # on the town hall's clock
DAY = timedelta(days=1)
BACK = timedelta(days=7)  # a worker that slept makes up for a return within so many days
Days = tuple[date, date]


class Step(StrEnum):
    BEFORE = "before"
    END = "end"
    BACK = "back"
    LATE = "late"


@dataclass(frozen=True)
class Chased:
    """What is known of one person and one requirement, confirmed by her not yet.

    absences: first and last days; reminded_on: the last day on which anybody reminded her.
    """

    since: datetime
    deadline: datetime
    is_reminded: bool = False
    is_reminded_at_end: bool = False
    absences: Sequence[Days] = ()
    reminded_on: date | None = None

    def step(self, now: datetime) -> Step | None:
        """What is due at a moment; None: nothing."""
        here = clock.local(now)
        day, last = here.date(), clock.local(self.deadline).date()
        if here.time() < MORNING or self._away(day) is not None:
            return None
        asked_on = clock.local(self.since).date()
        if self._is_back(day, asked_on):
            return Step.BACK
        if now > self.deadline:
            is_late = day > self._last_day(last) and workdays.is_workday(day)
            return Step.LATE if is_late else None
        if day == last:
            told = self.is_reminded_at_end or asked_on >= last
            return None if told else Step.END
        before = workdays.before(last)
        told = self.is_reminded or asked_on >= before
        return Step.BEFORE if before <= day < last and not told else None

    def _away(self, day: date) -> Days | None:
        return next((days for days in self.absences if days[0] <= day <= days[1]), None)

    def _is_back(self, day: date, asked_on: date) -> bool:
        """Whether an absence that fell into the asking ended lately, and nobody reminded since."""
        ended = [last for _first, last in self.absences if day - BACK <= last < day]
        if not ended or max(ended) < asked_on:
            return False
        return self.reminded_on is None or self.reminded_on <= max(ended)

    def _last_day(self, last: date) -> date:
        """The deadline's day, or the day of her return when she was away then."""
        away = self._away(last)
        return away[1] + DAY if away is not None else last


def next_morning(now: datetime) -> datetime:
    """The next eight o'clock in the town hall."""
    here = clock.local(now)
    day = here.date() if here.time() < MORNING else here.date() + DAY
    return clock.from_local(datetime.combine(day, MORNING))

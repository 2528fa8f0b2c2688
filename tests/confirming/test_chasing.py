"""The rule of reminding one person, day by day; and which days people work."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.confirming.chasing import Chased, Step, next_morning
from portal.kernel import clock, workdays

DAY = timedelta(days=1)


def at_eight(day, hour=8, minute=0):
    return clock.from_local(datetime(day.year, day.month, day.day, hour, minute))


def run(since, deadline, days, absences=(), reminded=True):
    """What is due on each morning, as the job would do it; reminders are remembered."""
    is_reminded = is_reminded_at_end = False
    last_reminder, found = None, {}
    for day in days:
        chased = Chased(
            at_eight(since, 10), clock.end_of_day(deadline), is_reminded, is_reminded_at_end,
            absences, last_reminder,
        )  # fmt: skip
        step = chased.step(at_eight(day))
        if step is None:
            continue
        found[day] = step
        if step is Step.LATE:
            break
        last_reminder = day
        is_reminded = is_reminded or day >= workdays.before(deadline)
        is_reminded_at_end = is_reminded_at_end or day >= deadline
    return found


def november(first, last):
    return [date(2026, 11, 1) + DAY * (n - 1) for n in range(first, last + 1)]


def test_a_working_day_before_on_the_day_itself_and_then_the_head():
    # Asked on Monday the 16th until Wednesday the 25th.
    found = run(date(2026, 11, 16), date(2026, 11, 25), november(16, 35))
    assert found == {
        date(2026, 11, 24): Step.BEFORE,
        date(2026, 11, 25): Step.END,
        date(2026, 11, 26): Step.LATE,
    }


def test_a_weekend_moves_the_first_reminder_to_friday_and_the_heads_to_monday():
    found = run(date(2026, 11, 16), date(2026, 11, 23), november(16, 35))  # until Monday
    assert found[date(2026, 11, 20)] is Step.BEFORE
    found = run(date(2026, 11, 16), date(2026, 11, 27), november(16, 35))  # until Friday
    assert found == {
        date(2026, 11, 26): Step.BEFORE,
        date(2026, 11, 27): Step.END,
        date(2026, 11, 30): Step.LATE,
    }


@pytest.mark.parametrize(("asked", "steps"), [
    (date(2026, 11, 23), [Step.BEFORE, Step.END, Step.LATE]),
    (date(2026, 11, 24), [Step.END, Step.LATE]),  # on the day of the first reminder
    (date(2026, 11, 25), [Step.LATE]),  # on the last day: she was told a moment ago
])  # fmt: skip
def test_what_was_asked_that_day_is_not_reminded_the_same_day(asked, steps):
    assert list(run(asked, date(2026, 11, 25), november(23, 30)).values()) == steps


def test_a_slept_through_morning_is_made_up_for():
    mornings = [date(2026, 11, day) for day in (19, 22, 23, 28)]  # Friday the 20th was missed
    found = run(date(2026, 11, 16), date(2026, 11, 23), [*mornings, date(2026, 11, 30)])
    assert found == {
        date(2026, 11, 22): Step.BEFORE,
        date(2026, 11, 23): Step.END,
        date(2026, 11, 30): Step.LATE,  # Saturday the 28th is no working day
    }


def test_whoever_is_away_is_left_in_peace_until_the_first_day_after():
    away = [(date(2026, 11, 23), date(2026, 12, 3))]
    days = november(16, 40)
    found = run(date(2026, 11, 16), date(2026, 11, 25), days, away)
    assert found == {date(2026, 12, 4): Step.BACK, date(2026, 12, 7): Step.LATE}


def test_back_before_the_deadline_is_one_reminder_and_then_the_usual_ones():
    away = [(date(2026, 11, 16), date(2026, 11, 18))]
    found = run(date(2026, 11, 17), date(2026, 11, 27), november(16, 35), away)
    assert found == {
        date(2026, 11, 19): Step.BACK,
        date(2026, 11, 26): Step.BEFORE,
        date(2026, 11, 27): Step.END,
        date(2026, 11, 30): Step.LATE,
    }


def test_back_on_the_day_of_a_reminder_is_one_and_not_two():
    away = [(date(2026, 11, 20), date(2026, 11, 25))]
    found = run(date(2026, 11, 17), date(2026, 11, 27), november(16, 35), away)
    assert found == {
        date(2026, 11, 26): Step.BACK,
        date(2026, 11, 27): Step.END,
        date(2026, 11, 30): Step.LATE,
    }


def test_an_absence_that_was_over_when_it_was_asked_brings_no_reminder():
    away = [(date(2026, 11, 10), date(2026, 11, 16))]
    found = run(date(2026, 11, 17), date(2026, 11, 27), november(17, 26), away)
    assert found == {date(2026, 11, 26): Step.BEFORE}


def test_away_on_the_last_day_gives_the_day_of_the_return():
    away = [(date(2026, 11, 25), date(2026, 11, 25))]
    found = run(date(2026, 11, 16), date(2026, 11, 25), november(16, 35), away)
    assert found == {
        date(2026, 11, 24): Step.BEFORE,
        date(2026, 11, 26): Step.BACK,
        date(2026, 11, 27): Step.LATE,
    }


def test_nothing_is_due_before_eight_nor_after_somebody_reminded_since_her_return():
    away = [(date(2026, 11, 20), date(2026, 11, 23))]
    chased = Chased(
        at_eight(date(2026, 11, 16)), clock.end_of_day(date(2026, 12, 20)), absences=away
    )
    day = date(2026, 11, 24)
    assert chased.step(at_eight(day, 7, 59)) is None
    assert chased.step(at_eight(day)) is Step.BACK
    by_hand = Chased(chased.since, chased.deadline, absences=away, reminded_on=day)
    assert by_hand.step(at_eight(day, 9)) is None


def test_a_deadline_at_noon_is_reminded_that_morning_and_told_of_the_next():
    deadline = at_eight(date(2026, 11, 25), 12)
    chased = Chased(at_eight(date(2026, 11, 16)), deadline, is_reminded=True)
    assert chased.step(at_eight(date(2026, 11, 25))) is Step.END
    assert chased.step(at_eight(date(2026, 11, 25), 13)) is None
    assert chased.step(at_eight(date(2026, 11, 26))) is Step.LATE


@pytest.mark.parametrize(("now", "morning"), [
    (datetime(2026, 11, 24, 5, 59, tzinfo=UTC), datetime(2026, 11, 24, 6, 0, tzinfo=UTC)),
    (datetime(2026, 11, 24, 6, 0, tzinfo=UTC), datetime(2026, 11, 25, 6, 0, tzinfo=UTC)),
    (datetime(2026, 11, 23, 22, 0, tzinfo=UTC), datetime(2026, 11, 24, 6, 0, tzinfo=UTC)),
    # The clock leaps on 28 March 2027 and falls back on 31 October: eight is eight.
    (datetime(2027, 3, 27, 12, 0, tzinfo=UTC), datetime(2027, 3, 28, 5, 0, tzinfo=UTC)),
    (datetime(2026, 10, 24, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 6, 0, tzinfo=UTC)),
])  # fmt: skip
def test_the_morning_is_eight_by_the_clock_of_the_town_hall(now, morning):
    assert next_morning(now) == morning


def test_a_deadline_at_the_end_of_the_longer_night_is_its_own_day():
    deadline = clock.end_of_day(date(2026, 10, 25))  # a Sunday of 25 hours
    chased = Chased(at_eight(date(2026, 10, 19)), deadline, is_reminded=True)
    assert chased.step(at_eight(date(2026, 10, 25))) is Step.END
    assert chased.step(at_eight(date(2026, 10, 26))) is Step.LATE


def test_holidays_of_the_law():
    """As the calendars of these years were printed."""
    assert workdays.easter(2024) == date(2024, 5, 5)
    assert workdays.easter(2026) == date(2026, 4, 12)
    free_2021 = [date(2021, 4, 30), date(2021, 5, 3), date(2021, 5, 4), date(2021, 12, 27),
                 date(2021, 12, 28)]  # fmt: skip
    free_2026 = [date(2026, 4, 10), date(2026, 4, 13), date(2026, 5, 25), date(2026, 9, 7),
                 date(2026, 12, 28), date(2026, 3, 3)]  # fmt: skip
    assert not any(workdays.is_workday(day) for day in free_2021 + free_2026)
    assert all(workdays.is_workday(date(2026, 11, day)) for day in (23, 24, 25, 26, 27))
    assert workdays.before(date(2026, 12, 29)) == date(2026, 12, 23)
    assert workdays.before(date(2026, 11, 23)) == date(2026, 11, 20)

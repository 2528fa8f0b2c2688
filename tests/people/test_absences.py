"""Absences: said by herself or her heads, seen by them and administrators, in nobody's way."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from portal.accounts import absences
from portal.accounts.models import Absence
from portal.audit.models import JournalLine
from portal.jobs import upkeep
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from tests.support.counting import query_budget

NOON = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday, noon in Sofia
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


def days_of(user_id):
    db.session.rollback()
    found = db.session.scalars(
        select(Absence).where(Absence.user_id == user_id).order_by(Absence.first)
    )
    return [(each.first, each.last) for each in found]


def add(cast, person, who, first, last, by=None):
    return absences.add(cast[who], first, last, by=person(by or who))


@pytest.mark.parametrize(
    ("by", "outcome"),
    [("employee", None), ("head", None), ("admin", Forbidden), ("reader", NotFound),
     ("editor", NotFound), ("partner", NotFound), ("visitor", NotFound)],
)  # fmt: skip
def test_only_she_and_her_heads_say_when_she_is_away(by, outcome, cast, person):
    # The employee is in the archive, which stands below the office that the head heads.
    if outcome is None:
        add(cast, person, "employee", TODAY, TODAY + DAY, by=by)
        assert days_of(cast.id("employee")) == [(TODAY, TODAY + DAY)]
    else:
        with pytest.raises(outcome):
            add(cast, person, "employee", TODAY, TODAY + DAY, by=by)
        assert days_of(cast.id("employee")) == []


@pytest.mark.parametrize(
    ("who", "sees"),
    [("employee", True), ("head", True), ("admin", True), ("reader", False), ("editor", False),
     ("manager", False)],
)  # fmt: skip
def test_only_she_her_heads_and_administrators_see_it_on_her_page(who, sees, cast, person, sign_in):
    add(cast, person, "employee", TODAY, date(2026, 12, 4))
    ident = cast.id("employee")
    browser = sign_in(who)
    assert ("отсъства до 4 декември" in browser.get(f"/people/{ident}").text) is sees
    browser.checks = False
    status = browser.get(f"/people/{ident}/absences").status_code
    assert status == (200 if sees else 404)


def test_a_head_of_another_unit_sees_nothing(cast, person, sign_in):
    from portal.kernel.transaction import transaction

    @transaction
    def heads_the_press():
        from portal.access.site import bump

        cast.unit("press").head_id = cast.id("manager")
        bump()

    heads_the_press()
    add(cast, person, "employee", TODAY, TODAY)
    browser = sign_in("manager")
    browser.checks = False
    ident = cast.id("employee")
    assert browser.get(f"/people/{ident}/absences").status_code == 404
    answer = browser.post(f"/people/{ident}/absences", data={"first": "2026-11-25"})
    assert answer.status_code == 404


def test_she_says_it_on_a_page_linked_from_her_entry(cast, sign_in):
    ident = cast.id("employee")
    browser = sign_in("employee")
    assert f"/people/{ident}/absences" in browser.get("/me").text
    sent = {"first": "2026-11-30", "last": "2026-12-04"}
    answer = browser.post(f"/people/{ident}/absences", data=sent, follow_redirects=True)
    assert "30 ноември 2026 г. – 4 декември 2026 г." in answer.text
    assert days_of(ident) == [(date(2026, 11, 30), date(2026, 12, 4))]


def test_what_overlaps_or_touches_becomes_one(cast, person):
    ident = cast.id("employee")
    add(cast, person, "employee", date(2026, 12, 1), date(2026, 12, 5))
    add(cast, person, "employee", date(2026, 12, 10), date(2026, 12, 12))
    add(cast, person, "employee", date(2026, 12, 6), date(2026, 12, 10), by="head")
    assert days_of(ident) == [(date(2026, 12, 1), date(2026, 12, 12))]
    add(cast, person, "employee", date(2026, 12, 14), date(2026, 12, 14))  # a day between
    assert len(days_of(ident)) == 2


@pytest.mark.parametrize(
    ("first", "last", "field", "words"),
    [
        ("", "2026-12-01", "first", "опълнете това поле"),
        ("2026-12-02", "2026-12-01", "last", "не може да е преди първия"),
        ("2026-11-20", "2026-11-23", "last", "вече са минали"),
        ("2026-10-01", "2026-12-01", "first", "преди повече от месец"),
        ("2026-12-01", "2062-12-01", "last", "Проверете годината"),
        ("днес", "2026-12-01", "first", ""),
    ],
)
def test_bad_days_are_refused_at_their_field_and_kept(first, last, field, words, cast, sign_in):
    ident = cast.id("employee")
    browser = sign_in("employee")
    answer = browser.post(f"/people/{ident}/absences", data={"first": first, "last": last})
    assert answer.status_code == 422
    assert f'id="{field}-help"' in answer.text
    assert words in answer.text
    assert f'value="{last}"' in answer.text
    assert days_of(ident) == []


def test_back_early_ends_it_yesterday_and_takes_out_what_did_not_begin(cast, person, sign_in):
    ident = cast.id("employee")
    running = add(cast, person, "employee", TODAY - 3 * DAY, TODAY + 3 * DAY).id
    coming = add(cast, person, "employee", TODAY + 10 * DAY, TODAY + 12 * DAY).id
    browser = sign_in("employee")
    for each in (running, coming):
        browser.post(f"/people/{ident}/absences/{each}/end")
    assert days_of(ident) == [(TODAY - 3 * DAY, TODAY - DAY)]
    browser.checks = False
    assert browser.post(f"/people/{ident}/absences/{running}/end").status_code == 404


def test_nobody_ends_another_persons_absence_under_her_own_number(cast, person, sign_in):
    hers = add(cast, person, "reader", TODAY, TODAY).id
    browser = sign_in("employee")
    browser.checks = False
    answer = browser.post(f"/people/{cast.id('employee')}/absences/{hers}/end")
    assert answer.status_code == 404
    assert days_of(cast.id("reader")) == [(TODAY, TODAY)]


def test_both_days_count_by_the_clock_of_the_town_hall(cast, person):
    ident = cast.id("employee")
    add(cast, person, "employee", date(2026, 11, 25), date(2026, 11, 26))
    seen = []
    for day, hour, minute in ((24, 21, 59), (24, 22, 0), (26, 21, 59), (26, 22, 0)):  # UTC
        with clock.at(datetime(2026, 11, day, hour, minute, tzinfo=UTC)):
            seen.append(absences.away([ident], clock.today()).get(ident))
    assert seen == [None, date(2026, 11, 26), date(2026, 11, 26), None]


def test_the_day_of_the_shorter_night_counts_once(cast, person):
    """On 28 March 2027 the clock leaps from three to four."""
    with clock.at(datetime(2027, 3, 27, 10, 0, tzinfo=UTC)):
        add(cast, person, "employee", date(2027, 3, 28), date(2027, 3, 28))
    ident = cast.id("employee")
    moments = ((27, 21, 59), (27, 22, 0), (28, 20, 59), (28, 21, 0))
    away = []
    for day, hour, minute in moments:
        with clock.at(datetime(2027, 3, day, hour, minute, tzinfo=UTC)):
            away.append(ident in absences.away([ident], clock.today()))
    assert away == [False, True, True, False]


def test_away_answers_for_thousands_in_one_statement(app, cast, person):
    add(cast, person, "employee", TODAY, TODAY + DAY)
    ident = cast.id("employee")
    with query_budget(app, 1):
        assert absences.away(range(1, 5000), TODAY) == {ident: TODAY + DAY}
    assert absences.away([], TODAY) == {}


def test_old_absences_are_forgotten_and_the_journal_keeps_no_days(cast, person):
    ident = cast.id("employee")
    add(cast, person, "employee", TODAY, TODAY + DAY)
    assert absences.forget in upkeep._daily.values()
    with clock.at(NOON + timedelta(days=32)):
        assert absences.forget() == 0
    with clock.at(NOON + timedelta(days=33)):
        assert absences.forget() == 1
    assert days_of(ident) == []
    line = db.session.scalars(select(JournalLine).where(JournalLine.action == "absence.add")).one()
    assert (line.item_id, line.facts) == (ident, {"joined": 0})


def test_who_left_is_away_for_nobody(cast, person):
    from portal.kernel.transaction import transaction

    @transaction
    def leaves():
        cast["employee"].retired_at = clock.now()

    leaves()
    with pytest.raises(NotFound):
        add(cast, person, "employee", TODAY, TODAY, by="head")


def test_a_refusal_changes_nothing_and_names_its_field(cast, person):
    with pytest.raises(Refused) as refusal:
        add(cast, person, "employee", TODAY, TODAY - DAY)
    assert refusal.value.field == "last"

"""What everybody should know: who sets it, who sees it, until when, and what it costs a page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.models import Alert
from portal.admin import alerts
from portal.audit.models import JournalLine
from portal.kernel import clock
from portal.kernel.database import db
from tests.support.counting import query_budget

TEXT = "Спряно е водата на ул. „Морска“ 4."
EVERYBODY = ("admin", "manager", "reader", "employee", "partner", "ngo")


def form(**more):
    until = clock.local(clock.now() + timedelta(hours=3)).replace(tzinfo=None)
    return {
        "text_bg": TEXT,
        "text_en": "",
        "level": "info",
        "audience": "staff",
        "until": until.isoformat(timespec="minutes"),
        "address": "",
        **more,
    }


@pytest.fixture
def set_one(person):
    """Set an alert as the administrator; its number."""

    def make(**more):
        until = clock.now() + timedelta(hours=3)
        wanted = {"text_bg": TEXT, "text_en": "", "level": "info", "audience": "staff"}
        wanted |= {"address": "", "until": until, **more}
        return alerts.set_alert(by=person("admin"), **wanted).id

    return make


def test_it_reaches_whom_it_is_for_and_nobody_else(set_one, sign_in, client, person):
    browsers = {name: sign_in(name) for name in EVERYBODY}
    staff = ["admin", "manager", "reader", "employee"]
    for audience, seen in (("staff", staff), ("signed_in", EVERYBODY), ("everybody", EVERYBODY)):
        # Every bar is kept before, without it.
        assert not any(TEXT in browser.get("/").text for browser in browsers.values())
        ident = set_one(audience=audience)
        pages = {name: browser.get("/").text for name, browser in browsers.items()}
        assert [name for name in EVERYBODY if TEXT in pages[name]] == list(seen)
        page = client.get("/sign-in").text
        assert (TEXT in page) == (audience == "everybody")
        assert "/hide" not in page  # a visitor has nothing that would remember it
        for path in ("/news", "/none-such"):
            assert (TEXT in browsers["partner"].get(path).text) == (audience != "staff")
        alerts.end(ident, by=person("admin"))


def test_it_ends_by_the_clock_with_every_worker_stopped(set_one, sign_in):
    end = clock.now() + timedelta(hours=1)
    set_one(until=end)
    browser = sign_in("reader")
    with clock.at(end - timedelta(seconds=1)):
        assert TEXT in browser.get("/news").text
    with clock.at(end):
        assert TEXT not in browser.get("/news").text


def test_it_costs_a_page_no_statement(app, set_one, sign_in):
    browser = sign_in("reader")
    browser.get("/news/archive")
    with query_budget(app, 5) as before:
        browser.get("/news/archive")
    set_one(level="danger")
    set_one()
    browser.get("/news/archive")
    with query_budget(app, 5) as after:
        assert browser.get("/news/archive").text.count(TEXT) == 2
    assert len(after) == len(before)


def test_the_worst_stands_first_and_english_readers_read_english(set_one, sign_in):
    set_one(level="danger", text_bg="Пожар в архива.", text_en="Fire in the archive.")
    set_one(text_bg="Столовата не работи.", address="/news")
    browser = sign_in("reader")
    page = browser.get("/").text
    assert page.index("Пожар в архива.") < page.index("Столовата не работи.")
    assert '<a href="/news">Прочетете повече</a>' in page
    browser.post("/language", data={"language": "en"})
    page = browser.get("/").text
    assert "Fire in the archive." in page and "Пожар в архива." not in page
    assert '<span lang="bg">Столовата не работи.</span>' in page


def test_a_reader_hides_it_for_herself_everywhere_but_no_danger(set_one, sign_in, cast):
    first, second = set_one(), set_one(text_bg="Второ съобщение.")
    danger = set_one(text_bg="Пожар в архива.", level="danger")
    browser = sign_in("reader")
    answer = browser.post(f"/alerts/{first}/hide", headers={"Referer": "http://localhost/news"})
    assert answer.location == "/news"
    page = sign_in("reader").get("/").text  # another device
    assert TEXT not in page and "Второ съобщение." in page
    assert TEXT in sign_in("employee").get("/").text
    assert browser.post(f"/alerts/{danger}/hide").status_code == 403
    # To whom it is not for, no answer says that there is one.
    assert sign_in("partner").post(f"/alerts/{danger}/hide").status_code == 302
    assert f"/alerts/{danger}/hide" not in page and "Пожар в архива." in page
    for number in (second, 987_654):
        assert browser.post(f"/alerts/{number}/hide").status_code == 302
    assert cast["reader"].alerts_hidden == f"{first} {second}"


def test_administrators_and_managers_of_the_intranet_alone_set_them(sign_in, client):
    doors = {"editor": 404, "reader": 404, "partner": 404, "admin": 200, "manager": 200}
    assert client.get("/alerts").status_code == 302
    set_by = select(JournalLine).where(JournalLine.action == "alert.set")
    for number, (who, status) in enumerate(doors.items()):
        browser = sign_in(who)
        assert browser.get("/alerts").status_code == status
        told = browser.post("/alerts", data=form())
        assert told.status_code == (302 if status == 200 else 404)
        lines = db.session.scalars(set_by).all()
        assert len(lines) == max(0, number - 2)
        if lines:
            assert lines[-1].facts["audience"] == "staff" and TEXT not in str(lines[-1].facts)
            assert f"/alerts/{lines[-1].item_id}/end" in browser.get("/alerts").text


def test_a_manager_tells_the_staff_and_ends_no_alert_of_others(set_one, sign_in):
    ident = set_one(audience="everybody")
    manager = sign_in("manager")
    assert manager.post(f"/alerts/{ident}/end").status_code == 404
    page = manager.get("/alerts").text
    assert f"/alerts/{ident}/end" not in page and 'value="everybody"' not in page
    for audience in ("signed_in", "everybody", "x"):
        answer = manager.post("/alerts", data=form(audience=audience))
        assert answer.status_code == 422
    assert db.session.scalars(select(Alert.id)).all() == [ident]


def test_one_that_is_ended_is_gone_at_once_and_journalled(set_one, sign_in):
    ident = set_one()
    reader, admin = sign_in("reader"), sign_in("admin")
    assert TEXT in reader.get("/").text
    assert admin.post(f"/alerts/{ident}/end").status_code == 302
    assert TEXT not in reader.get("/").text
    assert admin.post(f"/alerts/{ident}/end").status_code == 302  # a second click
    lines = db.session.scalars(select(JournalLine.item_id).where(JournalLine.action == "alert.end"))
    assert lines.all() == [ident]


BAD = [
    ({"text_bg": " "}, "text_bg", "Попълнете"),
    ({"text_bg": "Спряна <b>вода</b>"}, "text_bg", "без HTML"),
    ({"text_en": "<script>alert(1)</script>"}, "text_en", "без HTML"),
    ({"text_bg": "я" * 301}, "text_bg", "300"),
    ({"until": "2020-01-01T10:00"}, "until", "минал"),
    ({"until": ""}, "until", "Попълнете"),
    ({"until": "утре"}, "until", "ден и час"),
    ({"level": "x"}, "level", ""),
    ({"audience": "x"}, "audience", ""),
    ({"address": "javascript:alert(1)"}, "address", "https://"),
    ({"address": "//evil.example"}, "address", "https://"),
    ({"address": "/\\evil.example"}, "address", "https://"),
    ({"address": "http://["}, "address", "https://"),
]


def test_bad_input_is_told_at_its_field_and_kept(sign_in):
    browser = sign_in("admin")
    for bad, field, words in BAD:
        answer = browser.post("/alerts", data=form(**bad))
        assert answer.status_code == 422, bad
        errors = answer.text.partition('class="errors"')[2].partition("</ul>")[0]
        assert f'href="#{field}"' in errors and words in errors, (bad, errors)
        assert "text_bg" in bad or TEXT in answer.text
    assert db.session.scalars(select(Alert)).all() == []


def edited(browser, ident, **more):
    """What the page of an alert's change answers to its own form with other values."""
    page = browser.get(f"/alerts/{ident}/edit").text
    seal = re.search(r'name="seal"[^>]*value="([^"]+)"', page)[1]
    return browser.post(f"/alerts/{ident}/edit", data=form(seal=seal, **more))


def test_one_that_is_shown_is_changed_for_everybody_at_once_and_journalled(set_one, sign_in):
    ident = set_one()
    reader, admin = sign_in("reader"), sign_in("admin")
    assert TEXT in reader.get("/").text
    assert f'href="/alerts/{ident}/edit"' in admin.get("/alerts").text
    page = admin.get(f"/alerts/{ident}/edit").text
    assert TEXT in page and 'name="audience"' not in page
    later = clock.local(clock.now() + timedelta(hours=9)).replace(tzinfo=None, second=0)
    until = later.isoformat(timespec="minutes")
    told = edited(admin, ident, text_bg="Водата тръгна.", level="warning", until=until)
    assert told.location == "/alerts"
    page = reader.get("/").text
    assert "Водата тръгна." in page and TEXT not in page
    alert = db.session.get_one(Alert, ident)
    assert (alert.level, alert.audience) == ("warning", "staff")
    assert clock.local(alert.shown_until).replace(tzinfo=None) == later.replace(microsecond=0)
    line = db.session.scalars(select(JournalLine).where(JournalLine.action == "alert.change")).one()
    assert line.item_id == ident and line.facts["fields"] == ["text_bg", "level", "shown_until"]
    assert "Водата" not in str(line.facts)


def test_whoever_may_not_end_it_does_not_change_it_nor_learn_of_it(set_one, sign_in, client):
    ident = set_one(audience="everybody")
    assert client.get(f"/alerts/{ident}/edit").status_code == 302
    for who in ("manager", "editor", "reader", "partner"):  # a manager tells the staff alone
        browser = sign_in(who)
        for number in (ident, 987_654):
            assert browser.get(f"/alerts/{number}/edit").status_code == 404
            assert browser.post(f"/alerts/{number}/edit", data=form()).status_code == 404
    staffs = set_one()
    assert edited(sign_in("manager"), staffs, text_bg="Водата тръгна.").status_code == 302


def test_a_bad_change_is_told_at_its_field_and_kept(set_one, sign_in):
    ident, browser = set_one(), sign_in("admin")
    for bad, field, words in BAD:
        if field == "audience":
            continue
        answer = edited(browser, ident, **{"text_en": "No water.", **bad})
        assert answer.status_code == 422, bad
        errors = answer.text.partition('class="errors"')[2].partition("</ul>")[0]
        assert f'href="#{field}"' in errors and words in errors, (bad, errors)
        assert field == "text_en" or "No water." in answer.text
    assert db.session.get_one(Alert, ident).text_en == ""


def test_who_comes_second_sees_what_is_stored_and_may_save_again(set_one, sign_in):
    ident, browser = set_one(), sign_in("admin")
    seal = re.search(r'name="seal"[^>]*value="([^"]+)"', browser.get(f"/alerts/{ident}/edit").text)
    assert edited(sign_in("manager"), ident, text_bg="Водата тръгна.").status_code == 302
    answer = browser.post(f"/alerts/{ident}/edit", data=form(text_bg="До 18 ч.", seal=seal[1]))
    assert answer.status_code == 409
    assert "До 18 ч." in answer.text and "Записано сега: Водата тръгна." in answer.text
    assert db.session.get_one(Alert, ident).text_bg == "Водата тръгна."
    again = re.search(r'name="seal"[^>]*value="([^"]+)"', answer.text)[1]
    sent = form(text_bg="До 18 ч.", seal=again)
    assert browser.post(f"/alerts/{ident}/edit", data=sent).status_code == 302


@pytest.mark.parametrize(
    ("language", "words"),
    [("bg", "Записано сега: 24 декември 2026 г., 08:05"),
     ("en", "Stored now: 24 December 2026, 08:05")],
)  # fmt: skip
def test_a_time_that_is_stored_meanwhile_is_told_as_people_say_it(
    set_one, sign_in, language, words
):
    with clock.at(datetime(2026, 12, 23, 20, tzinfo=UTC)):
        ident, browser = set_one(), sign_in("admin")
        browser.post("/language", data={"language": language})
        page = browser.get(f"/alerts/{ident}/edit").text
        seal = re.search(r'name="seal"[^>]*value="([^"]+)"', page)[1]
        assert edited(sign_in("manager"), ident, until="2026-12-24T08:05").status_code == 302
        answer = browser.post(f"/alerts/{ident}/edit", data=form(seal=seal))
    assert answer.status_code == 409
    assert words in answer.text


def test_one_that_is_over_is_not_brought_back(set_one, sign_in, person):
    ident, browser = set_one(), sign_in("admin")
    page = browser.get(f"/alerts/{ident}/edit").text
    seal = re.search(r'name="seal"[^>]*value="([^"]+)"', page)[1]
    alerts.end(ident, by=person("manager"))
    answer = browser.post(f"/alerts/{ident}/edit", data=form(text_bg="До 18 ч.", seal=seal))
    assert answer.status_code == 422
    assert "Това съобщение вече е свалено" in answer.text and "До 18 ч." in answer.text
    assert TEXT not in sign_in("reader").get("/").text


def test_a_fourth_at_once_is_refused(set_one, sign_in):
    for _each in range(alerts.AT_ONCE):
        set_one()
    answer = sign_in("admin").post("/alerts", data=form())
    assert answer.status_code == 422 and "Вече се показват три" in answer.text
    with clock.at(clock.now() + timedelta(hours=4)):  # they are over
        assert sign_in("admin").post("/alerts", data=form()).status_code == 302

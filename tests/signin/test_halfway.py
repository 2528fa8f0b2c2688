"""Half a way to a session: short, of one browser, and of no use to anybody else."""

import re
from datetime import timedelta

import pytest

from portal.accounts.models import SecondFactor, User
from portal.kernel import clock
from portal.kernel.database import db
from portal.signin import tickets
from tests.signin.steps import NEW, added, enter, is_in, later, prove, rows
from tests.support.phones import Phone, form_on, key_on


def begins_again(answer):
    return answer.status_code == 302 and answer.location.startswith("/sign-in")


@pytest.mark.parametrize("minutes", [9, 11])
def test_half_a_way_ends_after_ten_minutes(browser, town, minutes):
    phone, _codes = added(town, "employee")
    client = browser()
    page = enter(client, "employee")
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        answer = prove(client, page, phone.shows())
        assert is_in(client) is (minutes < 10)
        if minutes > 10:
            assert begins_again(answer)
            assert "десет минути" in client.get(answer.location).text


def test_half_a_way_of_the_set_up_ends_too(browser, town):
    client = browser()
    page = enter(client, "partner")
    phone = Phone(key_on(page.text))
    with clock.at(clock.now() + timedelta(minutes=11)):
        data = {"halfway": form_on(page.text), "code": phone.shows()}
        assert begins_again(client.post("/sign-in/set-up", data=data))
    assert rows(SecondFactor) == []


def test_somebody_elses_form_is_of_no_use_in_another_browser(browser, town):
    phone, _codes = added(town, "employee")
    added(town, "other")
    hers, thief = browser(), browser()
    page = enter(hers, "employee")
    enter(thief, "other")
    with later():
        assert begins_again(prove(thief, page, phone.shows()))
        assert begins_again(prove(browser(), page, phone.shows()))
        assert not is_in(thief)
        assert prove(hers, page, phone.shows()).status_code == 302


def test_a_stolen_cookie_alone_opens_nothing(browser, town):
    """Most of all not the set-up, which would take the thief's own phone."""
    hers, thief = browser(), browser()
    enter(hers, "partner")
    with hers.session_transaction() as cookie:
        stolen = dict(cookie)
    with thief.session_transaction() as cookie:
        cookie.update(stolen)
    assert not is_in(thief)
    assert begins_again(thief.get("/sign-in/set-up"))
    assert begins_again(thief.post("/sign-in/set-up", data={"code": "123456"}))
    own = enter(browser(), "partner")  # the form of another way is not this cookie's
    data = {"halfway": form_on(own.text), "code": Phone(key_on(own.text)).shows()}
    assert begins_again(thief.post("/sign-in/set-up", data=data))
    assert rows(SecondFactor) == []


def test_a_form_that_somebody_wrote_herself_is_nothing(browser, town):
    client = browser()
    enter(client, "partner")
    for form in ("", "x", "W10.abc", "a" * 4000, "😀"):
        answer = client.post("/sign-in/set-up", data={"halfway": form, "code": "123456"})
        assert begins_again(answer), form


def test_a_form_of_the_set_up_is_no_form_of_the_code_and_the_other_way_round(browser, town):
    phone, _codes = added(town, "employee")
    client = browser()
    code_form = form_on(enter(client, "employee").text)
    data = {"halfway": code_form, "code": phone.shows(1)}
    assert begins_again(client.post("/sign-in/set-up", data=data))
    page = enter(client, "partner")
    data = {"halfway": form_on(page.text), "code": Phone(key_on(page.text)).shows()}
    assert begins_again(client.post("/sign-in/code", data=data))


def test_a_set_up_is_done_once(browser, town):
    client = browser()
    page = enter(client, "partner")
    with client.session_transaction() as cookie:
        before = dict(cookie)
    phone = Phone(key_on(page.text))
    data = {"halfway": form_on(page.text), "code": phone.shows()}
    assert client.post("/sign-in/set-up", data=data).status_code == 200
    thief = browser()
    with thief.session_transaction() as cookie:
        cookie.update(before)
    with later():
        data["code"] = phone.shows()
        assert begins_again(thief.post("/sign-in/set-up", data=data))


def test_a_new_password_ends_half_ways_of_the_old(browser, town):
    phone, _codes = added(town, "employee")
    client = browser()
    page = enter(client, "employee")
    browser().post(
        f"/way-in/{tickets.first_way_in(town['employee'].id)}",
        data={"password": NEW, "again": NEW},
    )
    with later():
        assert begins_again(prove(client, page, phone.shows()))


def test_who_leaves_half_way_stays_out(browser, town):
    phone, _codes = added(town, "employee")
    client = browser()
    page = enter(client, "employee")
    db.session.get(User, town["employee"].id).retired_at = clock.now()
    db.session.commit()
    with later():
        answer = prove(client, page, phone.shows())
        assert answer.status_code == 422 and "Достъпът Ви е прекратен" in answer.text


def test_nothing_of_the_cookie_before_survives_either_step(browser, town):
    phone, _codes = added(town, "employee")
    client = browser()
    with client.session_transaction() as cookie:
        cookie.update(planted="x", halfway="a number that somebody else knows")
    page = enter(client, "employee")
    with client.session_transaction() as cookie:
        assert "planted" not in cookie and "_user_id" not in cookie
        assert cookie["halfway"] != "a number that somebody else knows"
        cookie["planted"] = "again"
    with later():
        prove(client, page, phone.shows())
    with client.session_transaction() as cookie:
        assert "planted" not in cookie and "halfway" not in cookie


def test_a_second_click_after_success_leads_on(browser, town):
    phone, _codes = added(town, "employee")
    client = browser()
    page = enter(client, "employee")
    with later():
        prove(client, page, phone.shows())
        assert prove(client, page, phone.shows()).location == "/"


def test_the_second_pages_form_carries_the_token_of_its_new_cookie(browser, town):
    phone, _codes = added(town, "employee")
    client = browser()
    page = enter(client, "employee")
    client.csrf = False
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text).group(1)
    with later():
        assert prove(client, page, phone.shows(), csrf_token=token).status_code == 302


def test_a_form_without_its_token_is_refused_half_way_too(browser, town):
    phone, _codes = added(town, "employee")
    client = browser()
    page = enter(client, "employee")
    client.csrf = False
    with later():
        assert prove(client, page, phone.shows()).status_code == 400

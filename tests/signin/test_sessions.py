"""Sessions: listed, ended, idle, and over at the next request for those who left."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import User, UserSession
from portal.audit.models import JournalLine
from portal.kernel import clock
from portal.kernel.database import db
from portal.signin import devices, services, tickets
from tests.support.cast import PASSWORD
from tests.support.clients import signed_in

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36"


def entered(browser, name="employee", agent=FIREFOX, **more):
    client = browser()
    client.environ_base["HTTP_USER_AGENT"] = agent
    answer = client.post("/sign-in", data={"name": name, "password": PASSWORD, **more})
    assert answer.status_code == 302
    return client


def is_in(client):
    return client.get("/me/sessions").status_code == 200


def sessions():
    db.session.rollback()
    return list(db.session.scalars(select(UserSession).order_by(UserSession.id)))


def test_a_person_sees_her_devices_and_which_is_this_one(browser):
    here = entered(browser)
    entered(browser, agent=CHROME)
    entered(browser, "other", agent="Mozilla/5.0 Edg/126")
    page = here.get("/me/sessions").text
    assert "Firefox, Windows" in page and "Chrome, Android" in page and "Edge" not in page
    assert page.count("това устройство") == 1


def test_ending_another_session_ends_it_at_its_next_request(browser):
    here, there = entered(browser), entered(browser)
    other = sessions()[1].id
    assert is_in(there)
    assert here.post(f"/me/sessions/{other}/end").status_code == 302
    assert not is_in(there)
    assert is_in(here)
    db.session.rollback()
    lines = db.session.scalars(select(JournalLine.action).order_by(JournalLine.id)).all()
    assert lines[-1] == "session.ended"


def test_ending_this_session_is_signing_out(browser):
    here = entered(browser)
    answer = here.post(f"/me/sessions/{sessions()[0].id}/end")
    assert answer.location == "/sign-in"
    assert not is_in(here)


def test_nobody_ends_the_session_of_another(browser):
    here, theirs = entered(browser), entered(browser, "other")
    assert here.post(f"/me/sessions/{sessions()[1].id}/end").status_code == 404
    assert is_in(theirs)


def test_all_others_end_at_once(browser):
    here, *others = (entered(browser) for _n in range(4))
    stranger = entered(browser, "other")
    assert here.post("/me/sessions/end-others").status_code == 302
    assert is_in(here) and is_in(stranger)
    assert not any(is_in(client) for client in others)


def test_signing_out_makes_the_cookie_worthless(browser):
    client = entered(browser)
    with client.session_transaction() as cookie:
        stolen = dict(cookie)
    client.post("/sign-out")
    thief = browser()
    with thief.session_transaction() as cookie:
        cookie.update(stolen)
    assert not is_in(thief)
    assert client.post("/sign-out").status_code == 302  # twice does no harm


def test_a_get_never_signs_out(browser):
    client = entered(browser)
    assert client.get("/sign-out").status_code == 405
    assert is_in(client)


def test_a_retired_person_is_out_at_the_next_request(browser, town):
    client = entered(browser)
    db.session.get(User, town["employee"].id).retired_at = clock.now()
    db.session.commit()
    assert not is_in(client)


@pytest.mark.parametrize("ending", ["agreement", "retired"])
def test_the_end_of_an_organisation_is_the_end_of_its_sessions(browser, town, ending):
    client = signed_in(browser(), town["partner"].id)
    organisation = db.session.get(User, town["partner"].id).organisation
    if ending == "agreement":
        organisation.agreement_end = clock.today() - timedelta(days=1)
    else:
        organisation.retired_at = clock.now()
    db.session.commit()
    assert not is_in(client)


@pytest.mark.parametrize(
    ("keep", "after", "still"),
    [
        ("", timedelta(hours=11, minutes=50), True),
        ("", timedelta(hours=12, minutes=1), False),
        ("y", timedelta(hours=13), True),
        ("y", timedelta(days=13, hours=23), True),
        ("y", timedelta(days=14, minutes=1), False),
    ],
)
def test_an_idle_session_is_over(browser, keep, after, still):
    client = entered(browser, keep=keep)
    with clock.at(clock.now() + after):
        assert is_in(client) is still


def test_use_keeps_a_session_alive_and_is_noted_at_most_every_quarter_of_an_hour(browser):
    client = entered(browser)
    began = sessions()[0].seen_at
    with clock.at(began + timedelta(minutes=14)):
        assert is_in(client)
        assert sessions()[0].seen_at == began
    with clock.at(began + timedelta(minutes=16)):
        assert is_in(client)
        assert sessions()[0].seen_at == began + timedelta(minutes=16)
    with clock.at(began + timedelta(hours=12, minutes=10)):
        assert is_in(client)


def test_who_was_signed_out_is_told_so_once(browser):
    client = entered(browser)
    db.session.execute(UserSession.__table__.update().values(ended_at=clock.now()))
    db.session.commit()
    assert client.get("/me/sessions").location == "/sign-in?next=%2Fme%2Fsessions"
    assert "изтече или беше прекратена" in client.get("/sign-in").text
    assert "изтече или беше прекратена" not in client.get("/sign-in").text


def test_a_form_sent_after_the_end_is_told_to_sign_in_first(browser):
    client = entered(browser)
    token = client.token()
    db.session.execute(UserSession.__table__.update().values(ended_at=clock.now()))
    db.session.commit()
    client.csrf = False
    assert client.post("/me/sessions/end-others", data={"csrf_token": token}).status_code == 401


def test_what_is_long_over_is_forgotten(browser, town):
    client = entered(browser, keep="y")
    ended = entered(browser)
    ended.post("/sign-out")
    tickets.first_way_in(town["fresh"].id)
    assert services.sweep() == 0
    with clock.at(clock.now() + timedelta(days=13)):
        assert is_in(client)
    with clock.at(clock.now() + timedelta(days=31)):
        assert services.sweep() == 1  # the session that ended; the other was used since
    with clock.at(clock.now() + timedelta(days=45)):
        assert services.sweep() == 2


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        (CHROME, "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Macintosh) Chrome/126 Safari/537.36 Edg/126.0", "Edge, macOS"),
        ("curl/8", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_browser_is_two_words(agent, words):
    assert devices.words(agent) == words

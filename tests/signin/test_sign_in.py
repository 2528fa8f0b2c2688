"""Signing in: right and wrong, equal work for every name, nothing old survives."""

import pytest
from sqlalchemy import func, select

from portal.accounts.models import User, UserSession
from portal.kernel import clock
from portal.kernel.database import db
from portal.signin import passwords
from portal.signin.paths import own_path
from tests.support.cast import PASSWORD

WRONG = "Името или паролата не са верни"


def enter(client, name="employee", password=PASSWORD, query="", **more):
    return client.post(f"/sign-in{query}", data={"name": name, "password": password, **more})


def test_a_name_or_an_email_with_the_password_opens_the_portal(browser):
    for name in ("employee", "EMPLOYEE", " Employee ", "Employee@Town.Example"):
        client = browser()
        answer = enter(client, name)
        assert answer.status_code == 302 and answer.location == "/", name
        assert client.get("/me/sessions").status_code == 200


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("employee", "not the password"),
        ("employee", PASSWORD + " "),
        ("employee", PASSWORD.upper()),
        ("nobody", PASSWORD),
        ("shared@town.example", PASSWORD),
        ("fresh", PASSWORD),
    ],
)
def test_a_refusal_says_the_same_for_every_reason_and_keeps_the_name(browser, name, password):
    client = browser()
    answer = enter(client, name, password)
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert f'value="{name}"' in answer.text
    assert password not in answer.text.replace(name, "")
    assert client.get("/me/sessions").status_code == 302


@pytest.mark.parametrize(
    "name", ["employee", "nobody", "shared@town.example", "fresh", "employee@town.example"]
)
def test_every_name_costs_one_check_of_a_password(browser, name, monkeypatch):
    checked = []
    hasher = type(passwords.hasher())
    real = hasher.verify
    monkeypatch.setattr(hasher, "verify", lambda self, *a: checked.append(1) or real(self, *a))
    enter(browser(), name, "not the password")
    assert len(checked) == 1


def test_a_shared_email_is_resolved_by_the_name(browser):
    assert enter(browser(), "shared@town.example").status_code == 422
    assert enter(browser(), "twin1").status_code == 302


def test_the_same_letters_from_another_keyboard_are_the_same_password(app, town):
    with app.app_context():
        stored = passwords.make_hash("café на брега")
        assert passwords.verify(stored, "café на брега")


def test_nothing_of_the_session_before_survives_signing_in(browser):
    client = browser()
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
        before["_user_id"] = "a token that somebody else knows"
    enter(client)
    with client.session_transaction() as after:
        assert "planted" not in after
        first = after["_user_id"]
        assert first != "a token that somebody else knows"
    client.post("/sign-out")
    enter(client)
    with client.session_transaction() as again:
        assert again["_user_id"] != first


def test_the_cookies_token_is_stored_only_as_a_hash(browser):
    client = browser()
    enter(client)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert len(token) >= 43
    assert db.session.scalars(select(UserSession.token_hash)).one() != token


def test_only_keep_me_signed_in_outlives_the_browser(browser):
    plain, kept = browser(), browser()
    assert "Expires" not in enter(plain).headers["Set-Cookie"]
    assert "Expires" in enter(kept, keep="y").headers["Set-Cookie"]


def test_the_viewer_is_one_statement_and_flask_logins_user(app, browser):
    from flask import g
    from flask_login import current_user

    client = browser()
    enter(client)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    with app.app_context(), app.test_request_context("/me/sessions"):
        from flask import session

        session["_user_id"] = token
        app.preprocess_request()
        assert g.viewer.login == "employee"
        assert current_user._get_current_object() is g.viewer


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("/news", "/news"),
        ("/search?q=Гент&page=2", "/search?q=Гент&page=2"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        (" //evil.example", "/"),
        ("evil", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_only_own_pages_are_returned_to(address, safe):
    assert own_path(address) == safe


def test_signing_in_leads_back_to_the_page_that_was_wanted(browser):
    client = browser()
    wanted = client.get("/me/sessions")
    assert wanted.status_code == 302
    assert wanted.location == "/sign-in?next=%2Fme%2Fsessions"
    assert 'action="/sign-in?next=%2Fme%2Fsessions"' in client.get(wanted.location).text
    assert enter(client, query="?next=%2Fme%2Fsessions").location == "/me/sessions"
    assert enter(browser(), query="?next=//evil.example").location == "/"
    # Signed in already: the form is not shown again.
    assert client.get("/sign-in?next=/me/sessions").location == "/me/sessions"


def test_people_who_left_do_not_get_in(browser, town):
    db.session.get(User, town["other"].id).retired_at = clock.now()
    db.session.commit()
    assert WRONG in enter(browser(), "other").text


def test_after_the_agreement_only_the_right_password_learns_why(browser, town):
    partner = db.session.get(User, town["partner"].id)
    partner.organisation.agreement_end = clock.today().replace(year=2020)
    db.session.commit()
    assert "Достъпът Ви е прекратен" in enter(browser(), "partner").text
    assert "Достъпът Ви е прекратен" not in enter(browser(), "partner", "wrong").text
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 0


def test_a_form_without_its_token_is_an_old_form(browser):
    client = browser()
    client.csrf = False
    answer = enter(client)
    assert answer.status_code == 400
    assert "формулярът е остарял" in answer.text
    assert client.get("/me/sessions").status_code == 302
    assert client.post("/sign-out").status_code == 400
    asked = client.post("/sign-in", headers={"Accept": "application/json"})
    assert asked.status_code == 400 and asked.json["status"] == 400


def test_the_refusal_of_an_old_form_knows_who_is_signed_in(browser, town):
    client = browser()
    enter(client)
    client.csrf = False
    refused = client.post("/me/sessions/end-others")
    assert refused.status_code == 400 and "Мария Желева" in refused.text


def test_one_field_alone_asks_for_the_focus(browser):
    door = browser()
    for page in (door.get("/sign-in"), door.post("/sign-in", data={"name": "x", "password": "y"})):
        assert page.text.count(" autofocus") == 1, page.status_code


def test_the_page_speaks_both_languages(browser):
    client = browser()
    assert "Потребителско име или имейл" in client.get("/sign-in").text
    english = client.get("/sign-in", headers={"Accept-Language": "en"})
    assert "Name or e-mail" in english.text
    refused = client.post(
        "/sign-in", data={"name": "", "password": ""}, headers={"Accept-Language": "en"}
    )
    assert "Enter your password." in refused.text


def test_the_language_chosen_at_the_door_stays(browser):
    client = browser()
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    enter(client)
    assert "Where you are signed in" in client.get("/me/sessions").text


def test_hostile_names_are_only_wrong(browser):
    for name in ("x" * 5000, "\x00", "a\x00b", "' OR 1=1 --", "😀" * 50):
        assert enter(browser(), name).status_code == 422, name


def test_the_demonstration_lists_who_can_sign_in(app, browser, town):
    from portal.access.models import Site

    assert "демонстрацията" not in browser().get("/sign-in").text
    db.session.get(Site, 1).is_demo = True
    db.session.commit()
    page = browser().get("/sign-in").text
    assert "чете новините" in page and "?as=employee" in page.replace("&amp;", "&")
    assert "?as=ngo" not in page  # nobody of that name here
    assert PASSWORD not in page
    assert 'value="employee"' in browser().get("/sign-in?as=employee").text


def test_a_password_stored_at_old_costs_is_stored_anew(app, browser, town):
    before = db.session.get(User, town["employee"].id).password_hash
    app.extensions["passwords"] = passwords.hasher((2, 64, 1))
    assert enter(browser()).status_code == 302
    db.session.expire_all()
    after = db.session.get(User, town["employee"].id).password_hash
    assert after != before and "t=2" in after

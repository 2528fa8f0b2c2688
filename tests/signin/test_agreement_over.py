"""When an organisation's agreement is over: the next request says so, and nothing saved is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access.models import Site
from portal.content.models import Content, Revision
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from tests.support.counting import query_budget

TITLE, BODY = "Дежурства край реката", "<p>Разделихме брега на шест участъка.</p>"


@transaction
def ends(house, days):
    """The agreement's last day, from today."""
    house.agreement_end = clock.today() + timedelta(days=days)


@transaction
def reachable():
    db.session.scalars(select(Site)).one().email = "obshtina@town.example"


@pytest.fixture
def house(cast):
    reachable()
    return cast.organisation("partner")


def begin_draft(browser, cast):
    """A partner's draft, saved once; the address of its form and what it holds."""
    space = str(cast.space("workspace").id)
    made = browser.post("/news/new", data={"space": space, "title": TITLE, "body": BODY})
    assert made.status_code == 302, made.text
    return db.session.scalars(select(Content.id)).one()


def stored():
    db.session.rollback()
    return db.session.scalars(select(Revision)).one()


def test_the_last_day_still_counts(house, sign_in):
    ends(house, 0)
    assert sign_in("partner").get("/").status_code == 200


def test_the_next_page_says_why_and_whom_to_turn_to(house, sign_in):
    browser = sign_in("partner")
    assert browser.get("/").status_code == 200
    ends(house, -1)
    for path in ("/", "/people", "/me/sessions", "/search?q=бряг", f"/organisations/{house.id}"):
        page = browser.get(path)
        assert page.status_code == 403
        assert "Споразумението на „Община Каменград“ с нас изтече на" in page.text
        assert "obshtina@town.example" in page.text
        assert ".." not in page.text.split("<main")[1]  # «2026 г.» ends its sentence
        assert "черновите също" in page.text
        assert "Каменград" not in page.text.split("<main")[0]  # nothing of the inside around it
        assert 'class="nav"' not in page.text


def test_a_former_partner_learns_no_colleagues_name(house, cast, sign_in):
    house.sponsor_id = cast.id("head")
    db.session.commit()
    browser = sign_in("partner")
    ends(house, -1)
    assert "Началников" not in browser.get("/").text


def test_what_was_typed_before_the_end_is_kept_as_a_draft(house, cast, sign_in):
    browser = sign_in("partner")
    ident = begin_draft(browser, cast)
    ends(house, -1)
    sent = browser.post(f"/news/{ident}/edit", data={"title": "Друго", "saves": "1"})
    assert sent.status_code == 403
    assert "Изпратеното току-що не е записано" in sent.text
    assert (stored().title, stored().body) == (TITLE, BODY)
    ends(house, 90)
    again = browser.get(f"/news/{ident}/edit")  # the same session goes on
    assert again.status_code == 200
    assert TITLE in again.text


def test_what_saves_by_itself_is_told_as_json(house, cast, sign_in):
    browser = sign_in("partner")
    ident = begin_draft(browser, cast)
    ends(house, -1)
    told = browser.post(
        f"/news/{ident}/autosave",
        data={"title": "Друго", "saves": "1"},
        headers={"Accept": "application/json"},
    )
    assert told.status_code == 403
    assert "изтече на" in told.json["message"]
    assert "не е записано; то още стои на тази страница" in told.json["message"]
    assert "Назад" not in told.json["message"]  # which would leave what is typed
    assert stored().title == TITLE


@pytest.mark.parametrize("method", ["POST", "PATCH", "HEAD", "DELETE"])
def test_uploads_are_told_as_json(method, house, sign_in):
    browser = sign_in("partner")
    ends(house, -1)
    path = "/files/uploads" if method == "POST" else "/files/uploads/0123456789abcdef"
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "5"}
    if method == "POST":
        headers["Accept"] = "application/json"
    told = browser.open(path, method=method, headers=headers)
    assert told.status_code == 403
    assert told.mimetype == "application/json"
    if method != "HEAD":
        assert "изтече на" in told.json["message"]


def test_the_way_out_stays_open(house, sign_in):
    browser = sign_in("partner")
    ends(house, -1)
    assert browser.get("/sign-in").status_code == 200
    assert browser.get("/theme.css").status_code == 200
    assert browser.get("/there-is-no-such-page").status_code == 404
    assert browser.post("/sign-out").status_code == 302
    assert browser.get("/").status_code == 302  # no session is left, so sign in


def test_who_signed_out_meanwhile_is_out_when_the_agreement_goes_on(house, sign_in):
    browser = sign_in("partner")
    with browser.session_transaction() as cookie:
        copied = dict(cookie)
    ends(house, -1)
    assert browser.post("/sign-out").status_code == 302
    ends(house, 90)
    with browser.session_transaction() as cookie:
        cookie.update(copied)  # as from a browser that restores its tabs, or a stolen one
    assert browser.get("/").status_code == 302


def test_an_ended_partnership_is_told_too(house, sign_in):
    browser = sign_in("partner")

    @transaction
    def end():
        house.retired_at = clock.now()

    end()
    page = browser.get("/")
    assert page.status_code == 403
    assert "Партньорството на „Община Каменград“ с нас е приключило." in page.text


def test_who_reads_english_is_told_in_english(house, cast, sign_in):
    cast["partner"].language = "en"
    db.session.commit()
    browser = sign_in("partner")
    ends(house, -1)
    page = browser.get("/").text
    assert "The agreement of “Kamengrad Municipality” with us ended on" in page
    assert '<html lang="en">' in page


def test_signing_in_says_it_to_the_right_password_alone(house, cast, client):
    ends(house, -1)
    right = client.post("/sign-in", data={"name": "partner", "password": cast.password})
    assert right.status_code == 422
    assert "Споразумението на „Община Каменград“ с нас изтече на" in right.text
    wrong = client.post("/sign-in", data={"name": "partner", "password": "друга парола тук"})
    assert "Споразумението" not in wrong.text
    assert client.get("/").status_code == 302


def test_the_page_costs_the_viewer_and_the_name(app, house, sign_in):
    browser = sign_in("partner")
    browser.get("/")
    ends(house, -1)
    browser.get("/")
    with query_budget(app, 3):
        browser.get("/")

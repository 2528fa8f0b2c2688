"""The door in a real browser: the visitor's way in, a slip, one's sessions."""

import re

import pytest
from playwright.sync_api import expect

from portal.accounts.models import User
from portal.kernel.database import db
from portal.signin import tickets
from tests.support.pages import check_axe
from tests.support.screens import check_fits, moved, text_of

# What a browser shows does not depend on the database.
pytestmark = pytest.mark.database("sqlite")
NEW = "три дъба край извора"


@pytest.fixture
def at(page, cast, live_server):
    """Opens a path of the portal."""

    def go(path):
        page.goto(live_server.url + path)
        return page

    return go


def fill_in(page, name, password):
    if name:
        page.fill("#name", name)
    page.fill("#password", password)
    with moved(page):
        page.click("form .btn--primary")


def test_a_visitor_signs_in_and_is_where_she_wanted_to_be(at, cast):
    page = at("/me/sessions")
    expect(page).to_have_url(re.compile("/sign-in"))
    check_axe(page)
    expect(page.locator("#name")).to_be_focused()
    fill_in(page, "employee", "not the password")
    check_axe(page)
    expect(page.locator(".field__error")).to_have_count(1)
    expect(page.locator("#name")).to_have_value("employee")
    expect(page.locator("#password")).to_have_value("")
    expect(page.locator("#password")).to_be_focused()
    expect(page.locator("#password")).to_have_attribute("aria-invalid", "true")
    fill_in(page, None, cast.password)
    expect(page).to_have_url(re.compile("/me/sessions$"))
    check_axe(page)
    with moved(page):
        page.click(".entry__act button")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_the_door_fits_a_narrow_screen(at):
    for path in ("/sign-in", "/forgot", "/slip", "/way-in/x"):
        page = at(path)
        page.set_viewport_size({"width": 320, "height": 640})
        check_fits(page, path)


def test_a_printed_slip_lets_a_colleague_in(at, cast, page, enter, live_server):
    enter(page, "admin")
    page = at(f"/people/{cast.id('employee')}/way-in")
    check_axe(page)
    with moved(page):
        page.click("button[value=slip]")
    check_axe(page)
    expect(page.locator("[data-print]")).to_be_visible()
    code = text_of(page.locator(".code"))
    assert re.fullmatch(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}", code)
    page.emulate_media(media="print")
    expect(page.locator(".slip")).to_be_visible()
    expect(page.locator("[data-print]")).to_be_hidden()
    page.emulate_media(media="screen")
    page.context.clear_cookies()
    page = at("/slip")
    page.fill("#name", "employee")
    page.fill("#code", code.lower())
    with moved(page):
        page.click("form .btn--primary")
    check_axe(page)
    page.fill("#password", NEW)
    page.fill("#again", NEW)
    with moved(page):
        page.click("form .btn--primary")
    expect(page.locator("[role=status]")).to_have_text(re.compile(r"\S"))
    db.session.rollback()
    assert db.session.get(User, cast.id("employee")).password_hash


def test_a_link_of_a_mail_shows_whose_it_is(at, cast):
    token = tickets.first_way_in(cast.id("employee"))
    page = at(f"/way-in/{token}")
    expect(page.locator("main")).to_contain_text("employee")
    check_axe(page)

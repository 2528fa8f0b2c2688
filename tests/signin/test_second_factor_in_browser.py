"""The second factor in a real browser: three screens from the mail to the portal, and the rest."""

import re

import pytest
from playwright.sync_api import expect

from portal.kernel.database import db
from portal.signin import halfway, second_factor, tickets, totp
from tests.support.hands import Hand
from tests.support.pages import check_axe
from tests.support.phones import Phone
from tests.support.screens import attribute_of, check_fits, moved, text_of

# What a browser shows does not depend on the database.
pytestmark = pytest.mark.database("sqlite")
NEW = "три дъба край извора"
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def at(page, cast, live_server):
    """Opens a path of the portal."""

    def go(path):
        page.goto(live_server.url + path)
        return page

    return go


def added(cast, who):
    """A phone that was added a little earlier, so that its digits of now count; recovery codes."""
    half = halfway.begin(cast.id(who), halfway.SET_UP, secret=totp.new_secret())
    phone = Phone(half.secret)
    made = second_factor.enter_by_set_up(half, phone.shows(-1), device="")
    db.session.rollback()
    return phone, made.codes


def send(page, **fields):
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    with moved(page):
        page.click("main form .btn--primary")


def press_enter(page):
    with moved(page):
        page.keyboard.press("Enter")


def seen(page):
    """Check the screen as it is, narrow and dark too."""
    check_axe(page)
    size = page.viewport_size
    page.set_viewport_size(NARROW)
    check_fits(page)
    page.emulate_media(color_scheme="dark")
    check_axe(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(size)


@pytest.mark.parametrize("keys", [False, True], ids=["mouse", "keyboard"])
def test_from_the_invitation_to_the_portal_are_three_screens(keys, at, cast):
    page = at(f"/way-in/{tickets.first_way_in(cast.id('partner'))}")
    hand, on = Hand(page, keys), page.locator("main form .btn--primary")
    expect(page.locator("main")).to_contain_text("Пригответе телефона си")
    seen(page)  # the first
    hand.type(page.locator("#password"), NEW)
    hand.type(page.locator("#again"), NEW)
    hand.click(on, opens=True)
    seen(page)  # the second
    expect(page.locator("svg.qr")).to_be_visible()
    key = text_of(page.locator(".typed-code"))
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", key)
    link = attribute_of(page.locator(".steps-list a"), "href")
    assert link.startswith("otpauth://totp/")
    hand.type(page.locator("#code"), Phone(key).shows())
    hand.click(on, opens=True)
    seen(page)  # the third
    expect(page.locator(".codes li")).to_have_count(10)
    assert hand.screens == 2  # beside the first, which was open already
    hand.click(page.get_by_role("link", name="Запазих ги, напред"), opens=True)
    expect(page).to_have_url(re.compile(r"//[^/]+/?$"))
    expect(page.locator(".bar__tools summary")).to_contain_text("ПП")
    assert hand.actions == 6


def test_the_recovery_codes_are_printed_without_the_rest(at, cast, page):
    page = at(f"/way-in/{tickets.first_way_in(cast.id('partner'))}")
    send(page, password=NEW, again=NEW)
    send(page, code=Phone(text_of(page.locator(".typed-code"))).shows())
    expect(page.locator("[data-print]")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".codes")).to_be_visible()
    for gone in (".bar", "[data-print]", ".remark"):
        expect(page.locator(gone)).to_be_hidden()


def test_the_second_page_of_signing_in(at, cast):
    phone, _codes = added(cast, "employee")
    page = at("/sign-in?next=/me/sessions")
    send(page, name="employee", password=cast.password)
    expect(page.locator("#code")).to_be_focused()
    seen(page)
    page.keyboard.type("000000")
    press_enter(page)
    expect(page.locator(".field__error")).to_have_count(1)
    expect(page.locator("#code")).to_be_focused()
    check_axe(page)
    page.fill("#code", phone.shows())
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/sessions")


def test_without_the_phone_a_recovery_code_by_keyboard(at, cast):
    _phone, codes = added(cast, "employee")
    page = at("/sign-in")
    send(page, name="employee", password=cast.password)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#recovery")).to_be_visible()
    seen(page)
    page.keyboard.press("Tab")
    expect(page.locator("#recovery")).to_be_focused()
    page.keyboard.type("AAAA")
    press_enter(page)
    expect(page.locator("#recovery")).to_be_visible()  # open, with what is wrong
    expect(page.locator("#recovery")).to_be_focused()
    page.fill("#recovery", codes[0].lower())
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]")).to_contain_text("Остават Ви 9")


def test_ones_own_pages(at, cast, page, enter):
    phone, _codes = added(cast, "employee")
    enter(page, "employee")
    page = at("/me")
    with moved(page):
        page.get_by_role("link", name="Втора стъпка при влизане").click()
    seen(page)
    with moved(page):
        page.get_by_role("link", name="Смяна на телефона").click()
    seen(page)
    send(page, current=cast.password, code=phone.shows())
    seen(page)
    send(page, code="000000")
    expect(page.locator("#code")).to_be_focused()  # a long page: led to the fault
    send(page, code=Phone(text_of(page.locator(".typed-code"))).shows())
    seen(page)
    page.get_by_role("link", name="Запазих ги, напред").click()
    page.wait_for_url("**/me/second-factor")


def test_an_administrator_resets_a_lost_phone(at, cast, page, enter):
    added(cast, "partner")
    enter(page, "admin")
    page = at(f"/people/{cast.id('partner')}/way-in")
    seen(page)
    with moved(page):
        page.get_by_role("button", name="Нулиране на втората стъпка").click()
    expect(page.locator("[role=status]")).to_contain_text("Петър Партньоров")
    expect(page.get_by_role("button", name="Нулиране на втората стъпка")).to_have_count(0)


def test_the_whole_way_without_scripts(chromium, cast, live_server):
    context = chromium.new_context(locale="bg-BG", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/way-in/{tickets.first_way_in(cast.id('partner'))}")
    send(page, password=NEW, again=NEW)
    send(page, code=Phone(text_of(page.locator(".typed-code"))).shows())
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="Запазих ги, напред").click()
    expect(page.locator(".bar__tools summary")).to_contain_text("ПП")
    context.close()

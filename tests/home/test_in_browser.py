"""A partner's pages in a real browser: narrow and wide, light and dark, without a fault by axe."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal.content import services as content
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.practices import asking
from tests.support.pages import check_axe, check_axe_light_and_dark
from tests.support.practising import begun, own_space, practice, submitted
from tests.support.screens import check_fits
from tests.support.writing import published


@pytest.fixture
def furnished(cast, person):
    """A partner with something in every part of its home, and an agreement that ends soon."""
    own, extranet = own_space(cast), cast.space("extranet")
    partner, editor, colleague = person("partner"), person("editor"), person("colleague")
    published(extranet, editor, colleague, title="Семинар за партньори")
    published(extranet, editor, colleague, kind="document")
    begun(own, partner)
    text = submitted(own, partner, title="Квартални отговорници по улици")
    content.return_(text, text.saves, by=editor, remark="Добавете година при разходите.")
    live = practice(own, partner, editor, title="Сушилня за билки в училището")
    item = db.session.get_one(Content, live.content_id)
    asking.ask(item, extranet, "Кой плати шофьора?", by=person("ngo"))

    @transaction
    def agree():
        house = cast.organisation("partner")
        house.sponsor_id = cast.id("head")
        house.agreement_end = clock.today() + timedelta(days=12)

    agree()
    return own


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("who", ["coordinator", "ngo"])
def test_a_partners_pages_fit_and_are_for_everybody(
    who, width, page, enter, live_server, furnished, cast
):
    enter(page, who)
    page.set_viewport_size({"width": width, "height": 800})
    house = cast[who].organisation_id
    for path in ("/", f"/organisations/{house}", "/organisations", "/people"):
        page.goto(live_server.url + path)
        check_fits(page, path)
        check_axe_light_and_dark(page)


def test_a_coordinator_invites_from_home_with_the_keyboard(page, enter, live_server, furnished):
    enter(page, "coordinator")
    page.goto(live_server.url)
    page.get_by_role("link", name="Покана на колега").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/new")
    page.fill("#given", "Иван")
    page.fill("#family", "Петров")
    page.fill("#email", "ivan@kamengrad.example")
    page.keyboard.press("Enter")
    page.wait_for_url("**/way-in")
    check_axe(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_after_the_end_is_clear(width, page, enter, live_server, furnished, cast):
    enter(page, "coordinator")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(live_server.url)

    @transaction
    def end():
        cast.organisation("partner").agreement_end = clock.today() - timedelta(days=1)

    end()
    page.goto(live_server.url + "/people")
    expect(page.locator("h1")).to_have_text("Достъпът Ви е прекратен")
    check_axe(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_who_looks_after_a_partner_keeps_its_page(width, page, enter, live_server, furnished, cast):
    enter(page, "head")
    page.set_viewport_size({"width": width, "height": 800})
    for path in (f"/organisations/{cast.organisation('partner').id}", "/organisations"):
        page.goto(live_server.url + path)
        check_fits(page, path)
        check_axe(page)

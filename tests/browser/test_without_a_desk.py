"""What reaches everybody: an alert on every page, a sheet on the wall, a briefing by name; on a
desk and on a phone, light and dark, with axe."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.accounts.models import User
from portal.confirming.services import ask
from portal.content import keeping
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from portal.spaces import viewers
from portal.spaces.models import Space
from tests.browser.test_journeys import fits
from tests.browser.test_must_read import WIDE, looks
from tests.support.requiring import wish
from tests.support.screens import attribute_of, each_of, measured, moved
from tests.support.writing import published

ALERT = "Спрян е токът на ул. „Приморска“ 12 до 16 ч."


def viewer(login):
    return viewers.by_user(db.session.scalars(select(User.id).where(User.login == login)).one())


@pytest.fixture
def order(town, work):
    """Asked of the people whom «head» leads; archived at the end, for the journeys of others."""
    with town.app.app_context():
        by = viewer("editor")
        space = db.session.scalars(select(Space).where(Space.slug == "intranet")).one()
        title = "Зимни маршрути на снегорините"
        item = published(space, viewer("member"), by, title=title).content
        ask(item, wish(groups=viewer("head").headed, order_number="РД-09-77"), by=by)
        ident, address = item.id, item.address
    work()
    yield address, ident
    with town.app.app_context():
        keeping.archive(db.session.get_one(Content, ident), by=viewer("editor"))
        db.session.remove()


def set_alert(page, town, level, text):
    page.goto(f"{town.url}/alerts")
    page.fill("#text_bg", text)
    page.check(f"input[name=level][value={level}]")
    until = clock.local(clock.now() + timedelta(hours=5)).replace(tzinfo=None)
    page.fill("#until", until.isoformat(timespec="minutes"))
    with moved(page):
        page.get_by_role("button", name="Показване на съобщението").click()


def test_an_alert_stands_on_every_page_and_is_hidden_without_losing_what_was_typed(
    page, come_in, town
):
    page.set_viewport_size(WIDE)
    come_in(page, "admin")
    set_alert(page, town, "danger", ALERT)
    set_alert(page, town, "warning", "Столовата е затворена.")
    looks(page)

    come_in(page, "employee")
    banner = page.get_by_role("region", name="За всички")
    expect(banner.get_by_role("alert")).to_have_text(f"Опасност: {ALERT}")
    looks(page)
    page.fill("input[name=q]", "недописана дума")
    hide = banner.get_by_role("button", name="Скриване")
    hide.focus()
    page.keyboard.press("Enter")
    expect(banner).not_to_contain_text("Столовата")
    expect(page.locator("input[name=q]")).to_have_value("недописана дума")
    expect(page.locator("main")).to_be_focused()
    page.goto(f"{town.url}/news")
    expect(banner).to_contain_text(ALERT)
    expect(banner).not_to_contain_text("Столовата")
    expect(banner.get_by_role("button")).to_have_count(0)  # nobody hides a danger

    come_in(page, "partner")
    expect(page.get_by_text(ALERT)).to_have_count(0)
    come_in(page, "admin")
    page.goto(f"{town.url}/alerts")
    for _each in range(2):
        with moved(page):
            page.get_by_role("button", name="Сваляне").first.click()
    expect(page.get_by_role("region", name="За всички")).to_have_count(0)


def test_a_foreman_prints_the_sheet_and_records_the_briefing_on_a_phone(page, come_in, town, order):
    address, ident = order
    page.set_viewport_size(WIDE)
    come_in(page, "head")
    page.goto(f"{town.url}/news/{address}")
    sheet = page.get_by_role("link", name="Лист за таблото")
    printed = page.request.get(f"{town.url}{attribute_of(sheet, 'href')}")
    assert printed.status == 200 and printed.body().startswith(b"%PDF")
    looks(page)
    with moved(page):
        page.get_by_role("link", name="Запис на инструктаж").click()
    looks(page)
    boxes = each_of(page.locator("input[name=people]"))
    everybody = page.get_by_label("Всички", exact=True)
    everybody.check()
    for box in boxes:
        expect(box).to_be_checked()
    boxes[0].uncheck()
    assert measured(page, "document.querySelector('[data-tick-all] input').indeterminate")
    with moved(page):
        page.get_by_role("button", name="Записване на инструктажа").click()
    expect(page.locator("input[name=people]")).to_have_count(1)
    taken_back = page.get_by_role("button", name="Отмяна")
    expect(taken_back).to_have_count(len(boxes) - 1)
    looks(page)
    with moved(page):
        taken_back.first.click()
    expect(page.locator("input[name=people]")).to_have_count(2)
    page.goto(f"{town.url}/content/{ident}/progress")
    expect(page.locator("main")).to_contain_text(f"{len(boxes) - 2} от тях на инструктаж")
    fits(page)

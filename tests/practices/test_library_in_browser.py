"""The library and a practice's page in a real browser: axe, narrow screens, keyboard, filters."""

import re

import pytest
from playwright.sync_api import expect

from portal.kernel.transaction import transaction
from tests.support.pages import check_axe_light_and_dark
from tests.support.practising import practice, topic
from tests.support.screens import check_fits, measured


@pytest.fixture
def shelf(own_space, person):
    by, editor = person("partner"), person("editor")
    bus = practice(own_space, by, editor).content
    practice(
        own_space,
        by,
        editor,
        title="Разделно събиране от врата на врата",
        topics=[str(topic("otpadatsi", "Отпадъци", "Waste"))],
        nuts3="BG331",
        maturity="promising",
        offers=[],
    )
    practice(own_space, by, editor, failed=True, title="Приложение, което никой не изтегли")
    return bus


def test_library_and_page_pass_axe_on_every_screen(shelf, page, enter, live_server):
    address = f"{live_server.url}/practices/{shelf.address}"
    enter(page, "ngo")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        for url in (f"{live_server.url}/practices", f"{live_server.url}/practices?q=бтх", address):
            page.goto(url)
            check_axe_light_and_dark(page)
            check_fits(page, f"{url} at {width}")


def test_a_ticked_filter_narrows_at_once_and_stays_in_the_address(shelf, page, enter, live_server):
    enter(page, "ngo")
    page.goto(f"{live_server.url}/practices")
    titles = page.locator(".practice__title")
    expect(titles).to_have_count(3)
    # It is needed without scripts only.
    expect(page.get_by_role("button", name="Приложи")).to_be_hidden()
    page.get_by_label("Отпадъци").check()
    page.wait_for_url("**topic=otpadatsi**")
    expect(titles).to_have_text(["Разделно събиране от врата на врата"])
    page.get_by_role("link", name="Махане на филтъра Отпадъци").click()
    page.wait_for_url(lambda url: "topic" not in url)
    expect(titles).to_have_count(3)
    page.go_back()
    page.wait_for_url("**topic=otpadatsi**")
    expect(page.get_by_label("Отпадъци")).to_be_checked()


def test_words_and_filters_go_together_by_keyboard(shelf, follow, page, enter, live_server):
    follow()
    enter(page, "ngo")
    page.goto(f"{live_server.url}/practices?outcome=worked")
    page.get_by_label("Търсене по думи").focus()
    page.keyboard.type("събиране")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    expect(page).to_have_url(re.compile("outcome=worked"))
    expect(page.locator(".practice__title").first).to_contain_text("Разделно събиране")


def test_filters_fold_up_on_a_narrow_screen(shelf, page, enter, live_server):
    enter(page, "ngo")
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{live_server.url}/practices")
    expect(page.get_by_label("Отпадъци")).to_be_hidden()
    page.get_by_text("Стесняване на списъка").click()
    page.get_by_label("Отпадъци").check()
    page.wait_for_url("**topic=otpadatsi**")
    expect(page.locator(".practice__title")).to_have_count(1)


def test_no_line_of_a_long_name_is_cut_off(shelf, cast, page, enter, live_server):
    rename(cast, "Сдружение на общините по поречието на Тунджа за общо управление на водите")
    enter(page, "ngo")
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{live_server.url}/practices/{shelf.address}")
    lines = measured(page, BESIDE_STRIP)
    assert lines["seen"] > 5
    assert lines["cut"] == []


@transaction
def rename(cast, name):
    cast.organisation("partner").name_bg = name


# The strip on the left of a line of facts is clipped away, with the dots that stand in it.
BESIDE_STRIP = """() => {
  let seen = 0; const cut = [];
  for (const meta of document.querySelectorAll(".meta")) {
    const edge = meta.getBoundingClientRect().left + 11;
    for (const part of meta.children) {
      const range = document.createRange();
      range.selectNodeContents(part);
      for (const line of range.getClientRects()) {
        seen += 1;
        if (line.width && line.left < edge) cut.push(part.textContent);
      }
    }
  }
  return { seen, cut };
}"""

"""Journeys as employee, contributor, editor, partner and stranger, with axe on every page."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.pages import check_axe, check_axe_light_and_dark
from tests.support.screens import attribute_of, check_fits, measured, moved

NARROW = {"width": 360, "height": 740}


def fits(page):
    """Nothing is wider than the window, and axe finds no fault."""
    check_fits(page)
    check_axe(page)


def test_an_employee_finds_a_result_while_typing_with_the_keyboard_alone(
    page, come_in, town, picture
):
    come_in(page, "employee")
    fits(page)
    picture(page, "home-employee")
    page.locator("main").press("/")
    expect(page.locator("input[name=q]")).to_be_focused()
    page.keyboard.type("автобус")
    page.wait_for_selector("[role=option]")
    picture(page, "search-typing")
    fits(page)
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(page.locator("input[name=q]")).to_have_attribute(
        "aria-activedescendant", attribute_of(chosen, "id")
    )
    goal = attribute_of(chosen, "href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{town.url}{goal}")
    fits(page)


def test_an_employee_finds_who_does_what_in_one_search(page, come_in, town, picture):
    come_in(page, "employee")
    page.fill("input[name=q]", "вътрешен одитор")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    picture(page, "search")
    fits(page)
    with moved(page):
        page.click("text=Мутафова")
    expect(page.locator("main")).to_contain_text("0500/62 118")
    picture(page, "person")
    fits(page)


def test_a_text_goes_from_its_author_over_the_editor_to_the_partner(
    page, come_in, town, work, picture
):
    come_in(page, "member")
    page.goto(f"{town.url}/news/new")
    page.select_option("#space", label="Екстранет")
    page.fill("#title", "Общ семинар за плана за участие")
    page.fill("#summary", "На 14 декември, по видео, за всички партньори.")
    page.locator(".ProseMirror").click()
    page.keyboard.type("Започваме в 10:00 часа.")
    picture(page, "write")
    fits(page)
    page.click("button[value=submit]")
    page.wait_for_url("**/review")
    expect(page.locator("main")).to_contain_text("за одобрение")
    fits(page)

    come_in(page, "editor")
    expect(page.locator("#desk").locator("..").locator("..")).to_contain_text("Вашето одобрение")
    picture(page, "home")
    with moved(page):  # the oldest wait on the home page, and there are some
        page.click("text=Всички чернови")
    with moved(page):
        page.click("text=Общ семинар за плана за участие")
    picture(page, "review")
    fits(page)
    page.click("text=Одобряване и публикуване")
    page.wait_for_url("**/news/obsht-seminar-**")
    address = page.url
    work()

    come_in(page, "partner")
    expect(page.locator("main")).to_contain_text("Общ семинар")
    page.goto(address)
    expect(page.locator("main")).to_contain_text("Започваме в 10:00")
    fits(page)
    page.fill("input[name=q]", "семинар")
    page.wait_for_selector("[role=option]")
    expect(page.locator("#suggestions")).to_contain_text("Общ семинар")


def test_a_partner_sees_only_what_is_meant_for_it(page, come_in, town, picture):
    come_in(page, "employee")
    page.goto(f"{town.url}/news?space=intranet")
    address = attribute_of(page.locator(".entry__title a").first, "href")
    come_in(page, "partner")
    picture(page, "home-partner")
    fits(page)
    answer = page.goto(f"{town.url}{address}")
    assert answer.status == 404
    fits(page)
    page.goto(f"{town.url}/search?q=номератор")  # stands in news of the intranet only
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".hit a[href^='/news/']")).to_have_count(0)
    assert page.goto(f"{town.url}/units").status == 404
    assert page.goto(f"{town.url}/spaces/communication").status == 404


def test_a_stranger_gets_the_door_and_nothing_else(page, town, picture):
    page.goto(f"{town.url}/news")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    picture(page, "sign-in")
    fits(page)
    for key in ("accessibility", "privacy", "terms", "help"):
        assert page.goto(f"{town.url}/about/{key}").status == 200
        fits(page)
    page.goto(f"{town.url}/sign-in")
    page.fill("#name", "nobody")
    page.fill("#password", "nothing at all")
    with moved(page):
        page.click("form .btn--primary")
    expect(page.locator("#name")).to_have_value("nobody")
    fits(page)


PAGES = {
    "employee": ["/", "/news", "/news/archive", "/people", "/people/5", "/units", "/organisations",
                 "/spaces", "/spaces/intranet", "/me", "/me/sessions", "/search?q=община",
                 "/documents", "/documents/in/intranet"],
    "editor": ["/", "/news/drafts", "/news/new", "/news/trash", "/spaces/extranet/members",
               "/documents", "/documents/in/communication", "/documents/trash"],
    "admin": ["/admin/", "/admin/site", "/admin/topics", "/admin/synonyms", "/admin/pages", "/admin/pages/help/bg",
              "/admin/journal", "/admin/style-guide", "/people", "/organisations", "/spaces"],
    "partner": ["/", "/news", "/people", "/organisations", "/spaces", "/me", "/documents",
                "/documents/in/extranet"],
}  # fmt: skip


@pytest.mark.parametrize("who", PAGES)
def test_every_page_is_accessible_and_fits_a_phone(who, page, come_in, town):
    come_in(page, who)
    page.set_viewport_size(NARROW)
    for path in PAGES[who]:
        assert page.goto(town.url + path).status == 200, path
        check_fits(page)
        check_axe_light_and_dark(page)


def test_the_portal_reads_in_english(page, come_in, town, picture):
    come_in(page, "partner")
    page.click("summary.bar__btn")
    with moved(page):
        page.click("button[value=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("nav").first).to_have_text(re.compile(r"^\s*Home"))
    fits(page)
    page.click("summary.bar__btn")
    with moved(page):
        page.click("button[value=bg]")


def test_the_menu_of_the_person_works_by_keyboard(page, come_in):
    come_in(page, "employee")
    summary = page.locator("summary.bar__btn")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".drop__panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".drop__panel")).to_be_hidden()
    expect(summary).to_be_focused()


def test_a_chosen_theme_stays(page, come_in, town):
    come_in(page, "employee")
    page.click("summary.bar__btn")
    page.click("[data-theme-choice=dark]")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto(f"{town.url}/news")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_reading_page_is_light(page, come_in, town):
    """First visit under 200 KB as it travels, fonts included (UX.md)."""
    sizes = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()))
    come_in(page, "employee")
    page.wait_for_load_state("networkidle")
    pictures = measured(
        page,
        "performance.getEntriesByType('resource').filter(e => e.name.includes('/files/'))"
        ".reduce((sum, e) => sum + e.transferSize, 0)",
    )
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    assert total - pictures < 200_000

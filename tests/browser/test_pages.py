"""Pages as a unit keeps them, in a real browser: written, put in order, renamed, taken back."""

import re

from playwright.sync_api import expect

from tests.support.pages import check_axe
from tests.support.screens import attribute_of, moved


def test_a_page_from_its_first_word_to_an_earlier_text(page, come_in, town):
    come_in(page, "member")
    page.goto(f"{town.url}/spaces/communication/pages")
    check_axe(page)
    with moved(page):
        page.get_by_role("link", name="Нова страница").click()
    with moved(page):
        page.get_by_role("link", name="Процедура или указание").click()
    page.wait_for_selector(".ProseMirror")
    expect(page.locator(".ProseMirror h2")).to_have_count(6)
    page.fill("#title", "Как се подава сигнал")
    page.locator(".ProseMirror p").first.click()
    page.keyboard.type("При повреда на улично осветление.")
    page.get_by_role("button", name="Връзка", exact=True).click()
    page.locator("dialog input[name=href]").press_sequentially("процедура при криза")
    page.locator(".found-links").get_by_role("button", name="Процедура при криза").click()
    page.locator("dialog .btn--primary").click()
    with moved(page):
        page.get_by_role("button", name="Публикуване").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Как се подава сигнал")
    expect(page.locator(".prose a", has_text="Процедура при криза")).to_have_attribute(
        "href", re.compile(r"^/pages/protsedura-pri-kriza-\d+$")
    )
    seen = attribute_of(page.locator("[data-seen]"), "data-seen")
    ident = re.search(r"\d+", seen).group()
    page.get_by_role("navigation", name="Съдържание").get_by_role("link", name="Срокове").click()
    expect(page.locator("#s-srokove")).to_be_in_viewport()
    check_axe(page)

    with moved(page):
        page.get_by_role("link", name="Редактиране").click()
    page.wait_for_selector(".ProseMirror")
    page.fill("#title", "Сигнал за повреда")
    page.locator(".ProseMirror p").first.click()
    page.keyboard.press("End")
    page.keyboard.type(" Обадете се на 0500/62 100.")
    with moved(page):
        page.get_by_role("button", name="Публикуване").click()
    page.goto(f"{town.url}/pages/kak-se-podava-signal-{ident}")  # the old link leads on
    expect(page.get_by_role("heading", level=1)).to_have_text("Сигнал за повреда")

    page.goto(f"{town.url}/spaces/communication/pages?order=1")
    up = page.get_by_role("button", name="Нагоре: Сигнал за повреда")
    titles = page.locator(".leaves > li > .leafline .leafline__title")
    expect(titles.last).to_have_text("Сигнал за повреда")
    up.focus()
    with moved(page):
        page.keyboard.press("Enter")
    expect(titles.last).not_to_have_text("Сигнал за повреда")
    check_axe(page)

    page.goto(f"{town.url}/content/{ident}/versions")
    expect(page.locator("ins").last).to_contain_text("Обадете се")
    with moved(page):
        page.get_by_role("link", name="Версия 1").click()
    with moved(page):
        page.get_by_role("button", name="Връщане към тази версия").click()
    page.wait_for_selector(".ProseMirror")
    with moved(page):
        page.get_by_role("button", name="Публикуване").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Как се подава сигнал")
    expect(page.get_by_text("Обадете се на 0500/62 100.")).to_have_count(0)

"""A unit member drops files into a space; soon everybody who may read them finds them by a word."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_journeys import NARROW, fits
from tests.browser.test_must_read import WIDE
from tests.support.papers import paper


@pytest.fixture
def letter(tmp_path):
    """A PDF of three pages on disk."""
    made = paper("pdf", seed=11, pages=3)
    path = tmp_path / "Заповед за зимното поддържане.pdf"
    path.write_bytes(made.data)
    return path, made


def test_a_dropped_file_is_found_by_a_word_of_its_second_page(
    page, come_in, town, work, picture, letter
):
    path, made = letter
    words = {word for word in made.words[1] if len(word) > 7}
    word = sorted(words - set(made.words[0]) - set(made.words[2]), key=len)[-1]
    come_in(page, "editor")
    page.goto(f"{town.url}/documents/in/communication")
    fits(page)
    page.wait_for_selector("[data-upload-zone]:not([hidden])")
    page.set_input_files("[data-upload-input=files]", [str(path)])
    page.wait_for_selector(".sent[data-state=done]")
    picture(page, "documents-upload")
    fits(page)
    work()
    page.goto(f"{town.url}/documents/in/communication")
    picture(page, "documents-folder")
    fits(page)
    menu = page.locator(".head details[data-drop]")
    page.set_viewport_size(NARROW)
    menu.locator("summary").click()
    expect(menu.get_by_role("link", name="Нова папка")).to_be_in_viewport(ratio=1)
    fits(page)
    page.keyboard.press("Escape")
    page.set_viewport_size(WIDE)
    page.fill("header input[name=q]", word)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    hit = page.locator(".hit").filter(has_text="зимното поддържане")
    expect(hit).to_contain_text("стр. 2")
    picture(page, "documents-found")
    fits(page)
    hit.locator("a").first.click()
    page.wait_for_url("**/documents/**")
    expect(page).to_have_url(re.compile(r"\?page=2#page2$"))
    expect(page.locator("#page2 img")).to_have_js_property("complete", True)
    expect(page.locator("#page2 img")).not_to_have_js_property("naturalWidth", 0)
    fits(page)
    page.evaluate("scrollTo(0, 0)")
    picture(page, "document")
    page.set_viewport_size(NARROW)
    fits(page)
    address = page.url

    come_in(page, "partner")
    assert page.goto(address).status == 404
    page.goto(f"{town.url}/search?q={word}")
    expect(page.locator(".hit").filter(has_text="зимното поддържане")).to_have_count(0)


def test_a_document_is_described_and_given_a_version_by_keyboard(
    page, come_in, town, letter, tmp_path
):
    path, _made = letter
    come_in(page, "editor")
    page.goto(f"{town.url}/documents/in/communication")
    page.wait_for_selector("[data-upload-zone]:not([hidden])")
    page.set_input_files("[data-upload-input=files]", [str(path)])
    page.wait_for_selector(".sent[data-state=done]")
    page.locator(".sent[data-state=done] a").first.press("Enter")
    page.wait_for_url("**/documents/zapoved-**")
    page.get_by_role("link", name="Редактиране").press("Enter")
    page.wait_for_url("**/edit")
    fits(page)
    page.fill("#reg_number", "РД-09-4242")
    page.locator("#reg_number").press("Enter")
    page.wait_for_url("**/documents/zapoved-**")
    expect(page.locator("main")).to_contain_text("РД-09-4242")
    page.get_by_role("link", name="Нова версия").press("Enter")
    page.wait_for_url("**/version")
    fits(page)
    newer = tmp_path / "Изменена.txt"
    newer.write_text("Изменена заповед.", encoding="utf-8")
    page.set_input_files("#file", str(newer))
    page.fill("#note", "Сменен график")
    page.locator("#note").press("Enter")
    page.wait_for_url("**/documents/zapoved-**")
    expect(page.locator("aside")).to_contain_text("Версия 3")
    expect(page.locator("aside")).to_contain_text("Сменен график")
    fits(page)

"""The page of a folder in a real browser: uploading, picking, narrow screens, no scripts."""

import pytest
from playwright.sync_api import expect

from tests.documents.lists import PLACE
from tests.support.pages import check_axe, check_axe_light_and_dark
from tests.support.screens import check_fits


@pytest.fixture
def shelf(folder, put, put_in):
    ident = folder("Заповеди на кмета")
    folder("2026", ident)
    for number in range(3):
        put_in(ident, name=f"Заповед {number}.txt")
    put_in(ident, name="Чернова.txt", draft=True)
    put_in(ident, b"%PDF-1.4 nothing more", name="Повреден.pdf")
    return f"{PLACE}/{ident}"


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_of_documents_keep_wcag_and_fit(width, page, enter, live_server, shelf, follow):
    follow()
    enter(page, "editor")
    page.set_viewport_size({"width": width, "height": 800})
    for path in (shelf, "/documents", "/documents/trash", f"{shelf}?q=няма", f"{shelf}/new-folder"):
        page.goto(live_server.url + path)
        check_axe_light_and_dark(page)
        check_fits(page, path)


def test_the_tree_is_closed_above_the_list_on_a_phone(page, enter, live_server, shelf):
    enter(page, "editor")
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(live_server.url + shelf)
    inner = page.locator(".folders").get_by_role("link", name="2026")
    expect(inner).to_be_hidden()
    page.get_by_text("Папки на Чист бряг").press("Enter")
    expect(inner).to_be_visible()


def test_the_bar_counts_what_is_picked_and_acts_on_it(page, enter, live_server, shelf):
    enter(page, "editor")
    page.goto(live_server.url + shelf)
    bar = page.get_by_role("group", name="Избрани документи")
    expect(bar).to_be_hidden()
    page.get_by_role("checkbox", name="Избор: Заповед 1").press("Space")
    page.get_by_role("checkbox", name="Избор: Заповед 2").press("Space")
    expect(bar).to_contain_text("2 избрани")
    check_axe(page)
    with page.expect_download() as caught:
        bar.get_by_role("button", name="Изтегляне").press("Enter")
    assert caught.value.suggested_filename.startswith("Документи, ")
    page.get_by_role("checkbox", name="Избор на всички").check()
    expect(bar).to_contain_text("5 избрани")
    bar.get_by_role("button", name="Отказ").click()
    expect(bar).to_be_hidden()


def test_a_row_s_menu_opens_by_keyboard_and_throws_away(page, enter, live_server, shelf):
    enter(page, "editor")
    page.goto(live_server.url + shelf)
    menu = page.get_by_label("Действия: Заповед 1")
    menu.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="В кошчето")).to_be_hidden()
    menu.press("Enter")
    page.locator(".papers__acts[open], .papers__acts details[open]").get_by_role(
        "button", name="В кошчето"
    ).press("Enter")
    page.wait_for_selector(".notice")
    expect(page.locator(".notice")).to_contain_text("1 документ е в кошчето")
    expect(page.get_by_role("link", name="Заповед 1")).to_have_count(0)


def test_a_dropped_file_becomes_a_document_in_this_folder(page, enter, live_server, shelf):
    enter(page, "editor")
    page.goto(live_server.url + shelf)
    page.wait_for_selector("[data-upload-zone]:not([hidden])")
    page.set_input_files(
        "[data-upload-input=files]",
        [{"name": "Нов договор.txt", "mimeType": "text/plain", "buffer": "текст".encode()}],
    )
    page.wait_for_selector(".sent[data-state=done]")
    page.get_by_role("link", name="Показване в списъка").click()
    page.wait_for_selector(".papers")
    expect(page.get_by_role("link", name="Нов договор")).to_be_visible()


def test_without_scripts_everything_can_be_done(chromium, sign_in, live_server, shelf):
    cookie = sign_in("editor").get_cookie("portal")
    context = chromium.new_context(java_script_enabled=False, locale="bg-BG")
    try:
        context.add_cookies([{"name": "portal", "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + shelf)
        page.get_by_role("checkbox", name="Избор: Заповед 1").check()
        page.get_by_role("button", name="Преместване").click()
        page.get_by_label("В папка").select_option(label="\u2003\u20032026")
        page.get_by_role("button", name="Преместване").click()
        expect(page.get_by_role("heading", name="2026", level=1)).to_be_visible()
        expect(page.get_by_role("link", name="Заповед 1")).to_be_visible()
        page.fill("#filter", "няма")
        page.get_by_role("button", name="Филтриране").click()
        expect(page.get_by_text("В тази папка няма такъв документ")).to_be_visible()
    finally:
        context.close()

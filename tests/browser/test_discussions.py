"""A topic is begun, replied to with a name and a file, decided and found in the list of decisions."""

import re

from playwright.sync_api import expect

from tests.browser.test_must_read import NARROW, WIDE, fits, looks
from tests.support.screens import moved

ROOM = "/spaces/participation-group/discussions"


def test_a_topic_is_begun_replied_to_decided_and_listed(page, come_in, town, picture):
    page.set_viewport_size(WIDE)
    come_in(page, "member")
    page.goto(f"{town.url}{ROOM}")
    expect(page.locator(".topics")).to_contain_text("Кога да е второто обсъждане")
    looks(page, "discussions", picture)
    with moved(page):
        page.get_by_role("link", name="Нова тема").click()
    page.fill("#title", "Кой води протокола на срещите")
    page.locator(".ProseMirror").fill("Предлагам да се редуваме.")
    fits(page)
    with moved(page):
        page.get_by_role("button", name="Откриване на темата").click()
    expect(page.locator("h1")).to_have_text("Кой води протокола на срещите")

    page.locator("#comment-text").press_sequentially("Първа да е @Дес")
    page.get_by_role("option", name=re.compile("Десислава Пройкова")).click()
    page.set_input_files(
        "#comment-files", {"name": "Образец.txt", "mimeType": "text/plain", "buffer": b"1. "}
    )
    with moved(page):
        page.get_by_role("button", name="Отговаряне").click()
    said = page.locator(".talk__one")
    expect(said).to_contain_text("Образец.txt")
    expect(said.locator("b.mention")).to_have_text("@Десислава Пройкова")

    page.set_viewport_size(NARROW)  # on a phone, in the dark
    page.emulate_media(color_scheme="dark")
    fits(page)
    with moved(page):
        page.get_by_role("button", name="Това е решението").click()
    expect(page.locator("#decision")).to_contain_text("отбелязано от Ива Тонева")
    fits(page)
    page.goto(f"{town.url}{ROOM}/decisions")
    expect(page.locator(".entries")).to_contain_text("Кой води протокола на срещите")
    expect(page.locator(".entries")).to_contain_text("Правим две срещи в училището")
    fits(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    page.goto(f"{town.url}{ROOM}?show=decided")
    with moved(page):
        page.get_by_role("link", name=re.compile("Кога да е второто обсъждане")).first.click()
    looks(page, "discussion", picture)

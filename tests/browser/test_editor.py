"""The editor in a real browser: what is pasted from Word, and the keyboard's path."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal.kernel.text import sanitise
from tests.support.pages import check_axe

CLIPBOARD = Path(__file__).resolve().parents[1] / "frontend" / "clipboard"
PASTE = """(html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  document.querySelector(".ProseMirror").dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
  return document.querySelector("#body").value;
}"""


@pytest.fixture
def editor(page, enter, live_server):
    enter(page, "editor")
    page.goto(f"{live_server.url}/news/new")
    page.wait_for_selector(".ProseMirror")
    page.locator(".ProseMirror").click()
    return page


@pytest.mark.parametrize("name", ["nested-list", "colspan-table", "tracked-change"])
def test_a_word_clipboard_becomes_clean_html(name, editor):
    copied = (CLIPBOARD / f"{name}.html").read_text(encoding="utf-8")
    expected = (CLIPBOARD / f"{name}.expected.html").read_text(encoding="utf-8").strip()
    stored = sanitise(editor.evaluate(PASTE, copied))
    assert stored == expected
    assert not any(bad in stored for bad in ("style", "class", "mso", "Mso"))


def test_the_toolbar_is_one_stop_and_arrows_move_inside(editor):
    first = editor.locator(".editor__bar button").first
    first.focus()
    editor.keyboard.press("ArrowRight")
    expect(editor.locator(".editor__bar :focus")).to_have_attribute("aria-label", "Курсив")
    editor.keyboard.press("End")
    expect(editor.locator(".editor__bar :focus")).not_to_have_attribute("aria-label", "Курсив")
    expect(editor.locator(".editor__bar button[tabindex='0']")).to_have_count(1)


def test_the_open_editor_has_no_axe_violation(editor):
    editor.keyboard.type("Текст")
    check_axe(editor)


def test_a_text_is_written_with_the_keyboard_alone(editor, live_server):
    editor.locator("#title").fill("Написано с клавиатура")
    editor.locator(".ProseMirror").focus()
    editor.keyboard.type("Първи ред.")
    editor.keyboard.press("Enter")
    editor.keyboard.press("Control+b")
    editor.keyboard.type("важно")
    editor.get_by_role("button", name="Запис на черновата").press("Enter")
    editor.wait_for_url("**/edit")
    expect(editor.locator("#body")).to_have_value(re.compile("<strong>важно</strong>"))

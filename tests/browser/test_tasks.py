"""The board in a browser: adding, dragging, the keyboard alone, two people and one card."""

from playwright.sync_api import expect

from tests.support.pages import check_axe
from tests.support.screens import check_fits, moved, text_of

BOARD = "/spaces/communication/tasks"
TITLE = "Снимки за табелата на пристанището"


def fits(page):
    """Nothing is wider than the window, and axe finds no fault."""
    check_fits(page)
    check_axe(page)


def column(page, name):
    return page.locator(f'[data-column="{name}"]')


def count(page, name):
    return int(text_of(column(page, name).locator("[data-column-count]")))


def test_a_card_is_added_dragged_moved_by_keyboard_and_by_two_people(
    page, come_in, town, chromium, picture
):
    come_in(page, "zhelyazkov")
    page.goto(town.url + BOARD)
    with moved(page):
        page.click("text=Нова задача")
    page.fill("#title", TITLE)
    fits(page)
    with moved(page):
        page.click(".form__end .btn--primary")
    for text in ("Избор на место", "Разрешение"):
        page.fill("#step-text", text)
        with moved(page):
            page.press("#step-text", "Enter")
    with moved(page):
        page.click("button:has-text('Избор на место')")
    expect(page.locator("#checklist")).to_contain_text("1 от 2")
    fits(page)

    page.goto(town.url + BOARD)
    card = page.locator("[data-card]").filter(has_text=TITLE)
    before = count(page, "doing")
    card.drag_to(
        column(page, "doing").locator("[data-card]").nth(1), target_position={"x": 9, "y": 9}
    )
    expect(page.locator("[data-board-says]")).to_contain_text("вече е в „В работа“")
    expect(column(page, "doing").locator("[data-card]").nth(1)).to_contain_text(TITLE)
    assert count(page, "doing") == before + 1
    picture(page, "board")
    fits(page)

    # The keyboard alone: up, to the right, down; and once left as it was.
    grip = card.locator("[data-grab]")
    grip.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-board-says]")).to_contain_text("Взехте")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-board-says]")).to_contain_text("„В изчакване“, място 1")
    fits(page)
    page.keyboard.press("Enter")
    expect(page.locator("[data-board-says]")).to_contain_text("вече е в „В изчакване“")
    expect(card.locator("[data-grab]")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.locator("[data-board-says]")).to_contain_text("остава на мястото си")
    page.reload()
    expect(column(page, "waiting")).to_contain_text(TITLE)

    # Somebody else moves it from her own window meanwhile.
    context = chromium.new_context(locale="bg-BG")
    other = context.new_page()
    try:
        come_in(other, "avramova")
        other.goto(town.url + BOARD)
        theirs = other.locator("[data-card]").filter(has_text=TITLE)
        theirs.locator("summary").click()
        with moved(other):
            theirs.get_by_role("button", name="Готово").click()
    finally:
        context.close()
    grip = card.locator("[data-grab]")
    grip.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    told = page.locator("[data-board-told]")
    expect(told).to_contain_text("Ралица Аврамова премести")
    expect(told).to_contain_text("„Готово“ (днес,")
    expect(column(page, "done")).to_contain_text(TITLE)
    expect(column(page, "doing")).not_to_contain_text(TITLE)
    fits(page)

    page.set_viewport_size({"width": 360, "height": 740})
    for url in (BOARD, BOARD + "?view=list", "/spaces/communication/plan", "/tasks"):
        page.goto(town.url + url)
        fits(page)

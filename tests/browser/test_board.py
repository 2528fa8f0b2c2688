"""The editorial board as people use it: dragged, by the keyboard, in the calendar."""

from datetime import timedelta

from playwright.sync_api import expect

from portal.editorial import services
from portal.editorial.services import Plan
from portal.kernel import clock
from portal.kernel.transaction import transaction
from tests.support.pages import check_axe
from tests.support.screens import check_fits
from tests.support.writing import draft

NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


def test_an_idea_is_dragged_moved_by_keyboard_and_given_another_day(
    page, enter, live_server, cast, person
):
    """An idea becomes a draft, goes to review; the calendar shows a clash until one gives way."""
    plan(cast, person)
    enter(page, "editor")
    board = f"{live_server.url}/spaces/workspace/board"
    page.goto(board)
    idea = page.locator("[data-card]", has_text="Ден на морето")
    idea.drag_to(page.locator("[data-place=draft]"))
    said = page.locator("[data-cards-said]")
    expect(said).to_contain_text("Чернови")
    drafts = page.locator("[data-place=draft]")
    expect(drafts).to_contain_text("Ден на морето")

    grab = drafts.locator("[data-card]", has_text="Ден на морето").locator("[data-grab]")
    expect(grab).to_be_focused()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("е взета")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("За одобрение")
    page.keyboard.press("Escape")
    expect(said).to_contain_text("остава")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("[data-place=review]")).to_contain_text("Ден на морето")
    check_axe(page)
    page.screenshot(path="/tmp/e_board.png", full_page=True)

    calendar = f"{board}/calendar?month={next_month():%Y-%m}"
    page.goto(calendar)
    expect(page.locator("#clashes")).to_contain_text("1 съвпадение")
    check_axe(page)
    page.screenshot(path="/tmp/e_calendar.png", full_page=True)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size(NARROW)
        for path in (board, calendar):
            page.goto(path)
            check_fits(page)
            check_axe(page)
            page.screenshot(path=f"/tmp/e_{theme}_{path[-5:]}.png", full_page=True)
    page.set_viewport_size(WIDE)
    page.locator("[data-card]", has_text="Наша").locator("[data-grab]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#clashes")).to_have_count(0)


def next_month():
    return (clock.today().replace(day=1) + timedelta(days=31)).replace(day=1)


def plan(cast, person):
    home, day = cast.space("workspace"), next_month().replace(day=10)
    asked = Plan("Ден на морето", "Празник на плажа.", "news", home.id)
    services.add(home, asked, by=person("contributor"))
    for title, who in (("Наша", "editor"), ("На другите", "manager")):
        services.add(home, Plan(title, "", "", home.id, day), by=person(who))
    draft(home, person("contributor"), title="Нови маршрути на автобусите през лятото")

    @transaction
    def of_another_unit():
        cast["manager"].unit_id = cast.unit("office").id

    of_another_unit()

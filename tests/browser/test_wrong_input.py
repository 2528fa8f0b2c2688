"""What a form refuses, as its writer meets it: read out at once, one Tab from the field."""

from playwright.sync_api import expect

from tests.browser.test_journeys import NARROW, fits
from tests.support.screens import measured, moved


def test_what_was_refused_has_the_focus_and_leads_to_its_field(page, come_in, town):
    page.set_viewport_size(NARROW)
    come_in(page, "avramova")
    page.goto(f"{town.url}/spaces/communication/members")
    page.fill("#person", "няма такъв човек")
    with moved(page):
        page.get_by_role("button", name="Добавяне", exact=True).last.click()
    summary = page.locator(".errors")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    fits(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#person")).to_be_in_viewport()
    expect(page.locator("#person")).to_have_value("няма такъв човек")


def test_a_row_of_links_wider_than_a_phone_begins_where_the_reader_is(page, come_in, town):
    page.set_viewport_size(NARROW)
    come_in(page, "member")
    page.goto(f"{town.url}/spaces/communication/communication")
    expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=1)
    expect(page.locator(".nav [aria-current]")).to_be_in_viewport(ratio=1)
    assert measured(page, "scrollY") == 0

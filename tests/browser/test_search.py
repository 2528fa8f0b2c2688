"""The search page by keyboard: the space one is in, the six filters, small and dark."""

import re

from playwright.sync_api import expect

from portal.kernel import clock
from tests.support.pages import check_axe, check_axe_light_and_dark
from tests.support.screens import check_fits, is_there, moved

FACETS = ("kind", "space", "organisation", "author", "year", "tag")


def focus(page, selector):
    """Go on with Tab until it has the focus; by its place on the page alone."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if is_there(page.locator(f"{selector}:focus")):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_space_and_the_filters_are_chosen_by_keyboard(page, come_in, town, picture):
    come_in(page, "employee")
    page.goto(f"{town.url}/spaces/intranet")
    page.keyboard.press("/")
    page.keyboard.type("община")
    there = page.locator("#suggestion-other")
    expect(there).to_be_visible()
    picture(page, "search-space")
    check_axe(page)
    page.keyboard.press("ArrowUp")  # the last of the list
    expect(there).to_have_attribute("aria-selected", "true")
    with moved(page):
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"space=\d+"))
    expect(page.locator("[data-where] option[selected]")).not_to_have_attribute("value", "")
    focus(page, "[data-where]")  # everywhere again, without leaving the keys
    page.keyboard.press("Home")
    page.keyboard.press("Shift+Tab")
    with moved(page):
        page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile(r"space=\d+"))

    # All is of this year, and a filter of one choice is offered only where it is chosen.
    page.goto(f"{town.url}/search?q=община&year={clock.today().year}")
    shown = page.locator(".facets").evaluate("f => [...new Set([...f.elements].map(e => e.name))]")
    assert set(FACETS) <= set(shown)
    focus(page, ".facets [name=kind][value=news]")
    with moved(page):
        page.keyboard.press("Space")
    expect(page.locator(".facets [name=kind][value=news]")).to_be_checked()
    focus(page, ".facet__rest:has([name=author]) > summary")
    page.keyboard.press("Enter")
    focus(page, ".facets [name=author]")
    with moved(page):
        page.keyboard.press("Space")
    expect(page.locator(".tag")).to_have_count(3)
    expect(page.locator(".facet__rest[open]")).to_have_count(2)
    check_axe(page)


def test_every_filter_open_is_accessible_and_fits_a_phone(page, come_in, town):
    come_in(page, "employee")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{town.url}/search?q=община&space=1")
    page.evaluate("document.querySelectorAll('.facets details').forEach(d => { d.open = true })")
    check_fits(page)
    check_axe_light_and_dark(page)

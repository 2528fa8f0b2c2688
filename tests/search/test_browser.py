"""The search box in a real browser: results as one types, by keyboard; filters that fold up."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from portal import search
from portal.search.services import follow
from tests.search import room
from tests.support.cast import Cast
from tests.support.screens import check_fits, moved
from tests.support.serving import LiveServer

NARROW = {"width": 360, "height": 740}


@pytest.fixture
def reader(
    app: Flask, cast: Cast, page: Any, live_server: LiveServer, enter: Callable[..., None]
) -> Any:
    """A reader's browser on the home page, with three texts to be found."""
    for number in range(3):
        room.write(f"Заповед {number} за отпуските", space=cast.space("intranet").id)
    while follow():
        pass
    search.engine().refresh(at_once=True)  # type: ignore[call-arg]
    enter(page, "reader")
    page.goto(f"{live_server.url}/search")
    return page


def test_results_come_while_one_types_and_open_by_keyboard(reader: Any) -> None:
    reader.locator("h1").click()
    reader.keyboard.press("/")
    reader.keyboard.type("отпус")
    box = reader.locator("input[type=search]")
    reader.wait_for_selector("#suggestions [role=option]")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(reader.locator("#suggestions mark").first).to_have_text("отпуските")
    reader.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-1")
    reader.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    reader.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "true")
    with moved(reader):
        reader.keyboard.press("Enter")
    expect(reader).to_have_url(re.compile("/topics/"))


def test_enter_without_a_choice_searches_in_full(reader: Any) -> None:
    reader.fill("input[type=search]", "заповед")
    with moved(reader):
        reader.press("input[type=search]", "Enter")
    expect(reader.locator(".hit")).to_have_count(3)
    expect(reader.locator("input[type=search]")).to_have_value("заповед")


def test_a_filter_is_applied_at_once_and_folds_up_on_a_narrow_screen(
    reader: Any, live_server: LiveServer
) -> None:
    address = f"{live_server.url}/search?q=отпуск"
    reader.goto(address)
    expect(reader.locator("[data-filters-go]")).to_be_hidden()
    with moved(reader):
        reader.check("input[name=period][value=today]")
    expect(reader.locator(".tag")).to_have_count(1)
    reader.set_viewport_size(NARROW)
    reader.goto(address)
    expect(reader.locator(".facets fieldset").first).to_be_hidden()
    reader.click(".facets summary")
    expect(reader.locator(".facets fieldset").first).to_be_visible()
    check_fits(reader)

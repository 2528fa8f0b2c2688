"""The strip, the chooser and the preview as people see them: narrow and wide, light and dark."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.pages import check_axe_light_and_dark
from tests.support.screens import check_fits, each_of, measured
from tests.support.writing import published

SHOTS = os.environ.get("PORTAL_SHOTS", "")
SIZES = {"narrow": {"width": 360, "height": 740}, "wide": {"width": 1280, "height": 900}}


def look_at(page, name):
    check_fits(page, name)
    for scheme in ("dark", "light") if SHOTS else ():
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{scheme}.png"))
    check_axe_light_and_dark(page)


@pytest.mark.parametrize("size", SIZES)
def test_looking_and_the_preview_fit_and_are_accessible(
    size, page, enter, live_server, cast, person
):
    text = published(cast.space("workspace"), person("editor"), person("editor"))
    ident, extranet = text.content_id, cast.space("extranet").id
    page.set_viewport_size(SIZES[size])
    enter(page, "editor")
    page.goto(f"{live_server.url}/seeing?organisation={cast.organisation('partner').id}")
    look_at(page, f"choose-{size}")
    page.goto(f"{live_server.url}/content/{ident}/places")
    page.select_option("#space", str(extranet))
    page.click("form .btn--primary")
    page.wait_for_url("**/preview**")
    for part in each_of(page.locator(".preview details")):
        part.locator("summary").click()
    look_at(page, f"preview-{size}")
    page.goto(f"{live_server.url}/seeing?q=петър")
    page.click("text=Гледане като този човек")
    page.wait_for_url(f"{live_server.url}/")
    look_at(page, f"seen-{size}")
    strip = page.locator(".seeing")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(strip).to_be_in_viewport()
    assert measured(page, "document.querySelector('.seeing').getBoundingClientRect().top") <= 1
    page.click(".seeing button")
    page.wait_for_url("**/seeing?**")
    expect(page.locator(".seeing")).to_have_count(0)

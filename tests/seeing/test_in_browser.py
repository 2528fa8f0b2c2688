"""The strip, the chooser and the preview as people see them: narrow and wide, light and dark."""

import os
from pathlib import Path

import pytest

from tests.support.pages import check_axe
from tests.support.writing import published

SHOTS = os.environ.get("PORTAL_SHOTS", "")
SIZES = {"narrow": {"width": 360, "height": 740}, "wide": {"width": 1280, "height": 900}}


def look_at(page, name):
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))
    check_axe(page)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_looking_and_the_preview_fit_and_are_accessible(
    size, scheme, page, enter, live_server, cast, person
):
    text = published(cast.space("workspace"), person("editor"), person("editor"))
    ident, extranet = text.content_id, cast.space("extranet").id
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(SIZES[size])
    enter(page, "editor")
    page.goto(f"{live_server.url}/seeing?organisation={cast.organisation('partner').id}")
    look_at(page, f"choose-{size}-{scheme}")
    page.goto(f"{live_server.url}/content/{ident}/places")
    page.select_option("#space", str(extranet))
    page.click("form .btn--primary")
    page.wait_for_url("**/preview**")
    for part in page.locator(".preview details").all():
        part.locator("summary").click()
    look_at(page, f"preview-{size}-{scheme}")
    page.goto(f"{live_server.url}/seeing?q=петър")
    page.click("text=Гледане като този човек")
    page.wait_for_url(f"{live_server.url}/")
    look_at(page, f"seen-{size}-{scheme}")
    strip = page.locator(".seeing")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert strip.bounding_box()["y"] <= 1  # it stays in sight
    page.click(".seeing button")
    page.wait_for_url("**/seeing?**")
    assert page.locator(".seeing").count() == 0

"""Whom an item will reach and whom it reached: over the whole demo, and as people see it."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.access import Action, may
from portal.accounts.models import User
from portal.content.models import Content, Life
from portal.kernel import clock
from portal.kernel.database import db
from portal.placing import audience
from portal.spaces.viewers import by_user
from tests.support.pages import check_axe
from tests.support.screens import check_fits, moved

NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


def test_over_the_whole_demo_the_preview_names_those_for_whom_the_policy_holds(town):
    """For every item of the demo that may be released: as if it were released now."""
    with town.app.app_context():
        people = {ident: by_user(ident) for ident in db.session.scalars(select(User.id))}
        looks = next(viewer for viewer in people.values() if viewer and viewer.is_admin)
        items = db.session.scalars(select(Content).where(Content.life != Life.TRASHED)).all()
        assert len(items) > 100
        kinds = set()
        for item in items:
            found = audience.preview(item, looks, "bg")
            foreseen = {member.id for member in found.table.of("read")}
            opens, ends, life = item.visible_from, item.visible_until, item.life
            with db.session.no_autoflush:
                item.life, item.visible_from, item.visible_until = (
                    Life.PUBLISHED, clock.now(), None,
                )  # fmt: skip
                reading = {
                    ident
                    for ident, viewer in people.items()
                    if viewer is not None and may(viewer, Action.READ, item)
                }
                item.life, item.visible_from, item.visible_until = life, opens, ends
            assert foreseen == reading, item.title
            told = {m.id for mark in ("now", "daily", "portal") for m in found.table.of(mark)}
            assert told <= reading
            kinds.add((item.kind, bool(told)))
        assert {("news", True), ("document", True), ("practice", True)} <= kinds
        db.session.rollback()


@pytest.mark.parametrize("language", ["bg", "en"])
def test_an_author_sees_whom_it_will_reach_and_then_whom_it_reached(
    language, page, come_in, town, work, picture
):
    come_in(page, "editor")
    if language == "en":
        page.click("summary.bar__btn")
        with moved(page):
            page.click("button[value=en]")
    page.goto(f"{town.url}/news/new?space=")
    page.select_option("#space", index=1)
    page.fill("#title", "Нов ред за служебните автомобили")
    page.locator(".ProseMirror").click()
    page.keyboard.type("От понеделник автомобилите се заявяват в портала.")
    with moved(page):
        page.click("button[value=audience]")
    expect(page.locator("h1")).to_have_text(
        "До кого ще стигне" if language == "bg" else "Whom it will reach"
    )
    looks(page)
    if language == "bg":
        picture(page, "audience")
    with moved(page):
        page.locator(".reach-table tbody a").first.click()
    expect(page.locator(".reach-names li").first).to_be_visible()
    looks(page)
    with moved(page):
        page.click("main .btn--primary")
    expect(page.locator("#title")).to_have_value("Нов ред за служебните автомобили")
    expect(page.locator(".ProseMirror")).to_contain_text("От понеделник")
    page.goto(f"{town.url}/news")
    with moved(page):
        page.locator(".entry__title a").first.click()
    item = page.url.rpartition("-")[2]
    page.goto(f"{town.url}/content/{item}/reached")
    looks(page)
    if language == "bg":
        picture(page, "reached")
    if language == "en":
        page.click("summary.bar__btn")
        with moved(page):
            page.click("button[value=bg]")


def looks(page):
    """Wide and narrow, light and dark: it fits, and axe finds no fault."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            check_fits(page)
        check_axe(page)
    page.emulate_media(color_scheme="light")

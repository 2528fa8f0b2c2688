"""Every page of a space that has all switched on: wide and light, narrow and dark, with axe; the
help has its pictures."""

import pytest

from tests.browser.test_must_read import WIDE, looks

SPACE = "/spaces/communication"
# The pictures of the help, and what stands on them.
PAGES = {
    "space": "",
    "space-pages": "/pages",
    "tasks": "/tasks",
    "action-plan": "/plan",
    "editorial-board": "/board",
    "editorial-calendar": "/board/calendar",
    "communication-plan": "/communication",
    "communication-report": "/communication/report",
    "space-members": "/members",
}
OF_MANAGERS = {"space-settings": "/settings", "space-invite": "/members/invite"}


@pytest.mark.parametrize(("who", "pages"), [("member", PAGES), ("avramova", OF_MANAGERS)])
def test_each_page_of_a_space_fits_and_axe_finds_no_fault(who, pages, page, come_in, town, picture):
    page.set_viewport_size(WIDE)
    come_in(page, who)
    for name, path in pages.items():
        assert page.goto(f"{town.url}{SPACE}{path}").status == 200, path
        page.wait_for_load_state("networkidle")
        looks(page, name, picture)

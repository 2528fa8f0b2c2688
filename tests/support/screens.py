"""Looking at a page that may still be on its way. Playwright's `expect` waits; these do too.

`page.url`, `.count()`, `.inner_text()` and their like say what is there at this very moment, which
on a slow machine is the page before. tests/test_fixtures.py lets no browser test use them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import expect

from tests.support.patience import PATIENCE

expect.set_options(timeout=PATIENCE * 1000)


class Chromium:
    """Playwright's browser, each of whose pages waits as long as our patience lasts."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser

    def new_context(self, **options: Any) -> Any:
        """options: Playwright's."""
        context = self._browser.new_context(**options)
        context.set_default_timeout(PATIENCE * 1000)
        return context


@contextmanager
def moved(page: Any) -> Iterator[None]:
    """Do in it what opens another page, or the same one anew; it ends when that page is loaded."""
    with page.expect_navigation(wait_until="load"):
        yield


def text_of(locator: Any) -> str:
    """The words in it, once there are some."""
    expect(locator).to_have_text(re.compile(r"\S"))
    return str(locator.inner_text())


def attribute_of(locator: Any, name: str) -> str:
    """The value of an attribute, once it has one."""
    expect(locator).to_have_attribute(name, re.compile("."))
    return str(locator.get_attribute(name))


def each_of(locator: Any) -> list[Any]:
    """All of them, on a loaded page, once there is one."""
    settled(locator.page)
    expect(locator).not_to_have_count(0)
    found: list[Any] = locator.all()
    return found


def settled(page: Any) -> None:
    """Wait until the page is loaded and its scripts have run."""
    page.wait_for_load_state("load")


def measured(page: Any, script: str) -> Any:
    """What a script finds on the loaded page: what cannot be asked for otherwise, as a width.

    The page must be there already, by `goto`, `moved`, `wait_for_url` or an `expect`.
    """
    settled(page)
    return page.evaluate(script)


def check_fits(page: Any, name: str = "") -> None:
    """Fail if the page is wider than its window. name: told in the failure."""
    over = measured(page, "document.documentElement.scrollWidth - window.innerWidth")
    assert over <= 0, f"{name or page.url} is {over} px too wide"


def is_there(locator: Any) -> bool:
    """Whether it stands on the loaded page, for a helper that does one thing or another."""
    settled(locator.page)
    return bool(locator.count())

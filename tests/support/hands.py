"""The hand of somebody who does a journey of UX.md, so that its effort is counted."""

from contextlib import nullcontext

import pytest
from playwright.sync_api import expect

from tests.support.screens import moved

TABS = 300  # more than any page has stops
STANDS_BEFORE = """it => document.activeElement !== document.body && Boolean(
    it.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING)"""


class Hand:
    """What a person does on a page, counted: a click, a choice of a file, a tick.

    `screens` counts the pages that this opened; the one where she begins is not among them.
    keys: by keyboard alone: Tab until it has the focus, then Enter, or the space bar for a tick.
    """

    def __init__(self, page, keys=False):
        self.page = page
        self.keys = keys
        self.actions = 0
        self.screens = 0
        # From now on: what is asked for in the same breath as the key comes too late at times.
        page.on("filechooser", lambda _: None)

    def click(self, target, opens=False, key="Enter"):
        self.actions += 1
        self.screens += opens
        if self.keys:
            self._reach(target)
        with moved(self.page) if opens else nullcontext():
            self.page.keyboard.press(key) if self.keys else target.click()

    def tick(self, target):
        self.click(target, key="Space")
        expect(target).to_be_checked()

    def file(self, target, path):
        self.actions += 1
        if not self.keys:
            target.set_input_files(path)
            return
        self._reach(target)
        with self.page.expect_file_chooser() as asked:
            self.page.keyboard.press("Enter")
        asked.value.set_files(path)

    def type(self, target, words):
        self.actions += 1
        if not self.keys:
            target.fill(words)
            return
        self._reach(target)
        self.page.keyboard.insert_text(words)  # a key for each letter would prove no more

    def pick(self, radios, value):
        """One of several round buttons; by keyboard with the arrows."""
        self.actions += 1
        wanted = radios.and_(self.page.locator(f"[value='{value}']"))
        if not self.keys:
            wanted.check()
            return
        self._reach(radios.first)
        self.page.keyboard.press("Space")
        for _arrow in range(TABS):
            if wanted.evaluate("it => it.checked"):
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"the arrows do not come to {value}")

    def _reach(self, target):
        """Tab after Tab, or back with Shift, as somebody without a mouse comes to it."""
        expect(target).to_be_visible()
        it = target.element_handle()  # found once: asked after each Tab
        key = "Shift+Tab" if it.evaluate(STANDS_BEFORE) else "Tab"
        for _tab in range(TABS):
            if it.evaluate("it => it.matches(':focus')"):
                return
            self.page.keyboard.press(key)
        pytest.fail(f"{key} does not come to {target}")

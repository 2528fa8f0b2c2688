"""What tests do with lists of documents."""

import re

PLACE = "/documents/in/workspace"


def titles(page):
    """The titles of a list, in order."""
    return re.findall(r'class="papers__title"[^>]*>([^<]+)<', page.text)


def pick(browser, do, *ids, place=PLACE, **more):
    return browser.post(f"{place}/picked", data={"id": [str(i) for i in ids], "do": do, **more})

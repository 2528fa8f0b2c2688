"""Readers of English meet people in Latin letters, in every room."""

import re

import pytest

from portal.accounts.models import User
from portal.content import services as content
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.pages import services as pages
from portal.pages.services import Text
from portal.spaces.models import Space
from tests.support import writing


@pytest.fixture
def written(cast, person, follow):
    """A page, a news item and a document by the editor of the workspace, who has a Latin name."""
    editor = person("editor")
    home = db.session.get_one(Space, cast.space("workspace").id)
    _names(cast.id("editor"))
    page = pages.write(home, "bg", Text("Правилник", "<p>Текст.</p>"), by=editor)
    news, paper = writing.draft(home, editor), writing.paper(home, editor)
    for draft in (page, news, paper):
        content.release(draft, draft.saves, by=editor)
    follow()
    return page.content_id, news.content_id, paper.content_id


@transaction
def _names(user_id):
    user = db.session.get_one(User, user_id)
    user.given_latin, user.family_latin = "Editta", "Redaktorova"


def test_a_name_has_latin_letters_wherever_a_reader_of_english_meets_it(cast, written, sign_in):
    page, news, paper = written
    user, slug = cast["editor"], cast.space("workspace").slug
    family = user.family
    both = {f"/people/{user.id}", "/search?q=Redaktorova"}  # her own page, and what was asked for
    browser = sign_in("manager")
    for language, shown, hidden in (("en", "Redaktorova", family), ("bg", family, "Redaktorova")):
        browser.post("/language", data={"language": language})
        for path in (
            f"/spaces/{slug}", f"/spaces/{slug}/members", f"/spaces/{slug}/pages", f"/pages/{page}",
            f"/news/{news}", "/documents", f"/documents/in/{slug}", f"/documents/{paper}",
            f"/people/{user.id}", "/search?q=Redaktorova",
        ):  # fmt: skip
            main = browser.get(path, follow_redirects=True).text.partition("<main")[2]
            assert shown in main, (language, path)
            assert hidden not in main or path in both, (language, path)


def test_heads_are_named_greeted_and_invited_in_latin_letters(cast, sign_in):
    _names(cast.id("head"))
    for language, shown, hidden in (
        ("en", "Redaktorova", "Началников"),
        ("bg", "Началников", "Re"),
    ):
        admin, head = sign_in("admin"), sign_in("head")
        for browser in (admin, head):
            browser.post("/language", data={"language": language})
        for browser, path in (
            (head, "/units"),
            (admin, f"/people/{cast.id('head')}/way-in"),
        ):
            heading = browser.get(path).text.partition("<main")[2].partition("<footer")[0]
            assert shown in heading, (language, path)
            assert hidden not in heading, (language, path)
        greeted = re.search(r"<h1>([^<]*)</h1>", head.get("/").text)[1]
        assert ("Editta." in greeted) == (language == "en"), greeted

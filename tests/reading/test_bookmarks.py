"""Bookmarks: a person's own list of what she may still read."""

import pytest
from sqlalchemy import func, select

from portal.access.doors import PRIVATE
from portal.content import keeping
from portal.kernel.database import db
from portal.reading.models import Bookmark
from tests.support.counting import query_budget
from tests.support.writing import published


@pytest.fixture
def news(cast, person):
    """A published item of the intranet, by its number and page."""
    item = published(cast.space("intranet"), person("contributor"), person("editor")).content
    return item.id, f"/news/{item.address}"


def bookmark(browser, content_id, kept="1", **more):
    return browser.post(f"/content/{content_id}/bookmark", data={"kept": kept, **more})


def test_a_reader_keeps_an_item_and_finds_it_among_her_bookmarks(news, sign_in):
    ident, page = news
    browser = sign_in("reader")
    assert "Нов автобус" not in browser.get("/bookmarks").text
    answer = bookmark(browser, ident)
    assert (answer.status_code, answer.location) == (303, page)
    assert page in browser.get("/bookmarks").text
    assert 'name="kept" value="0"' in browser.get(page).text
    bookmark(browser, ident, "0", back="list")
    assert page not in browser.get("/bookmarks").text
    assert 'name="kept" value="1"' in browser.get(page).text


def test_keeping_twice_is_once(news, sign_in):
    browser = sign_in("reader")
    bookmark(browser, news[0])
    bookmark(browser, news[0])
    assert db.session.scalar(select(func.count()).select_from(Bookmark)) == 1
    bookmark(browser, news[0], "0")
    assert bookmark(browser, news[0], "0").status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Bookmark)) == 0


def test_a_bookmark_is_its_owners_alone(news, sign_in):
    bookmark(sign_in("reader"), news[0])
    for who in ("editor", "employee", "admin", "partner"):
        assert news[1] not in sign_in(who).get("/bookmarks").text
    assert 'name="kept" value="1"' in sign_in("employee").get(news[1]).text


@pytest.mark.parametrize("who", ["partner", "stranger"])
def test_what_one_may_not_read_cannot_be_kept(who, news, sign_in):
    assert bookmark(sign_in(who), news[0]).status_code == 404
    assert bookmark(sign_in(who), 987_654).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(Bookmark)) == 0


def test_what_ended_or_was_moved_away_is_not_listed(cast, person, sign_in):
    by, extranet = person("editor"), cast.space("extranet")
    item = published(cast.space("workspace"), by, by, body="<p>Тайна</p>").content
    keeping.place(item, extranet, by=by)
    browser = sign_in("coordinator")  # of the extranet, not of the workspace
    bookmark(browser, item.id)
    assert "Нов автобус" in browser.get("/bookmarks").text
    keeping.unplace(item, extranet, by=by)
    db.session.rollback()
    assert "Нов автобус" not in browser.get("/bookmarks").text
    assert db.session.scalar(select(func.count()).select_from(Bookmark)) == 1  # it may come back


def test_bookmarks_are_closed_to_borrowed_eyes(app):
    assert getattr(app.view_functions["reading.bookmarks"], PRIVATE, False)


def test_a_bookmark_costs_a_page_no_statement_of_its_own(app, news, sign_in):
    browser = sign_in("reader")
    browser.get(news[1])
    # The viewer, the text, its places, its topics, its files, and all of reading in one.
    with query_budget(app, 6):
        browser.get(news[1])


def test_the_list_has_pages(cast, person, sign_in):
    by = person("editor")
    browser = sign_in("reader")
    for number in range(31):
        item = published(
            cast.space("intranet"), person("contributor"), by, title=f"Новина {number}"
        ).content
        bookmark(browser, item.id)
    first, second = browser.get("/bookmarks").text, browser.get("/bookmarks?page=2").text
    assert first.count('class="entry"') == 30 and second.count('class="entry"') == 1
    assert browser.get("/bookmarks?page=999999999").status_code == 200
    assert browser.get("/bookmarks?page=-1").status_code == 200

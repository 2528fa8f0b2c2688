"""The bar of every page is kept as HTML; what belongs to one answer is put in each time."""

import re

from portal.access.site import bump
from portal.home import frame
from portal.kernel.database import db
from portal.kernel.transaction import transaction

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def bar_of(page: str) -> str:
    return page.partition('<header class="bar">')[2].partition("</header>")[0]


def test_a_kept_bar_holds_no_other_persons_token_words_or_name(app, sign_in):
    for who, name in (("editor", "Елена"), ("reader", "Радка"), ("editor", "Елена")):
        page = sign_in(who).get(f"/search?q=дума-{who}").text
        assert f'value="дума-{who}"' in bar_of(page)
        assert name in bar_of(page)
        assert frame.TOKEN not in page and frame.SEARCHED not in page
    bars = "".join(app.extensions["bars"].values())
    assert not TOKEN.search(bars.replace(frame.TOKEN, ""))
    assert "дума-" not in bars


def test_each_browsers_forms_in_the_bar_carry_its_own_token(sign_in):
    first, second = sign_in("editor"), sign_in("editor")
    tokens = [set(TOKEN.findall(bar_of(each.get("/").text))) for each in (first, second)]
    assert all(tokens) and not tokens[0] & tokens[1]


def test_words_of_a_search_are_escaped_in_the_bar(sign_in):
    page = sign_in("editor").get('/search?q="><script>alert(1)</script>').text
    assert "<script>alert" not in page


def test_a_new_name_is_in_the_bar_at_once(cast, sign_in):
    browser = sign_in("editor")
    assert "Елена" in bar_of(browser.get("/").text)

    @transaction
    def rename():
        cast["editor"].given = "Евгения"
        bump()

    rename()
    db.session.rollback()
    assert "Евгения" in bar_of(browser.get("/").text)


def test_the_place_where_one_is_differs_by_room(sign_in):
    browser = sign_in("editor")
    assert 'href="/news" aria-current="page"' in browser.get("/news").text
    assert 'href="/documents" aria-current="page"' in browser.get("/documents").text


def test_a_missing_page_leads_on_by_what_its_reader_has(client, sign_in):
    visitors, readers = client.get("/nothing"), sign_in("reader").get("/nothing")
    assert (visitors.status_code, readers.status_code) == (404, 404)
    assert "в полето горе" in readers.text and 'name="q"' in readers.text
    assert "в полето горе" not in visitors.text and 'name="q"' not in visitors.text
    assert "Проверете адреса или влезте" in visitors.text

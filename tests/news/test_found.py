"""News as hits: what is kept of them neither outlives a change nor reaches another reader."""

from portal.content import keeping
from portal.content import services as content
from portal.news import services as news
from portal.news.services import Text
from tests.support.writing import published


def asked(browser, words="автобус"):
    return browser.get("/search", query_string={"q": words}).text


def test_a_change_is_shown_at_once_though_the_index_has_not_followed_it(
    cast, sign_in, person, follow
):
    author, editor = person("contributor"), person("editor")
    text = published(cast.space("workspace"), author, editor)
    follow()
    reader = sign_in("ngo")
    assert "Текст" in asked(reader)
    assert "Текст" in asked(reader)  # kept by now
    newer = content.draft_of(text.content, "bg", by=author)
    news.save(
        newer, newer.saves, Text("Нов автобус", body="<p>Автобус по ново време.</p>"), by=author
    )
    assert "ново време" not in asked(reader)
    content.release(newer, newer.saves, by=editor)
    assert "по ново време" in asked(reader)
    keeping.trash(text.content, by=editor)
    assert "по ново време" not in asked(reader)


def test_each_reader_is_told_her_own_space_and_language(cast, sign_in, person, follow):
    """Of an item in two spaces; the first reader's hit is kept when the second one asks."""
    author, editor = person("contributor"), person("editor")
    home, other = cast.space("workspace"), cast.space("extranet")
    names = home.name_bg, other.name_bg
    text = published(home, author, editor)
    keeping.place(text.content, other, by=editor)
    follow()
    of_both, of_one = sign_in("editor"), sign_in("coordinator")
    for _ in range(2):
        assert names[0] in hits(asked(of_both))
        theirs = hits(asked(of_one))
        assert names[1] in theirs
        assert names[0] not in theirs
    english = of_both.get("/search?q=автобус", headers={"Accept-Language": "en"}).text
    assert names[0] not in hits(english)


def hits(page):
    return page.partition('<ol class="hits"')[2].partition("</ol>")[0]

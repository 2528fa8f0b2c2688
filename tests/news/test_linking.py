"""Links in news to other items: kept by number, called as the reader may know them."""

import re

import pytest

from portal.content import kinds
from portal.content import services as content
from portal.kernel.database import db
from portal.news import services as news
from tests.support.writing import published


@pytest.fixture
def linking(cast, person):
    """A published news item of the intranet that names one which its readers do not read."""
    by, editor = person("contributor"), person("editor")
    closed = published(cast.space("workspace"), by, editor, title="Тайно сливане").content
    body = (
        f'<p>Вж. <a href="/news/{closed.address}">Тайно сливане</a> и '
        f'<a href="/news/{closed.address}">плана</a>.</p>'
    )
    text = published(cast.space("intranet"), by, editor, title="Открита", body=body)
    return closed, text


def test_a_link_in_news_tells_no_title_to_who_may_not_read_it(linking, sign_in):
    closed, text = linking
    page = f"/news/{text.content.address}"
    hers = sign_in("contributor").get(page).text
    assert f'href="/news/{closed.address}" rel="noopener noreferrer">Тайно сливане</a>' in hers
    others = sign_in("reader").get(page).text
    assert "плана" in others and "недостъпно за Вас" in others
    assert "сливане" not in others and "slivane" not in others
    assert "slivane" not in text.body and "slivane" not in kinds.of("news").body(text)


def test_a_draft_of_news_names_what_it_links_to_and_is_thrown_away_only_as_it_was_seen(
    linking, cast, sign_in
):
    _closed, text = linking
    mine, others = sign_in("contributor"), sign_in("editor")
    edit = f"/news/{text.content_id}/edit"
    mine.post(f"/news/{text.content_id}/draft", data={"language": "bg"})
    page = mine.get(edit).text
    assert "Тайно сливане&lt;/a&gt;" in page
    seen = dict(re.findall(r'name="(text|saves)"[^>]* value="(\d+)"', page))
    sent = {"title": "Открита", "body": "<p>Нейни думи.</p>", **seen}
    assert others.post(edit, data=sent).status_code == 302
    late = mine.post(f"/news/{text.content_id}/discard", data=seen)
    assert late.location == f"/news/{text.content_id}/review"
    again = mine.get(edit).text
    assert "Нейни думи." in again
    off = again[again.index("/discard") :]
    now = dict(re.findall(r'name="(text|saves)" value="(\d+)"', off))
    assert len(now) == 2
    mine.post(f"/news/{text.content_id}/discard", data=now)
    db.session.rollback()
    assert content.open_revision(text.content, "bg") is None


def test_an_imported_text_with_links_is_not_changed_when_it_comes_again(linking, cast, person):
    closed, _text = linking
    taken = {"title": "Внесена", "by": person("editor"), "source": "old:1", "draft": True}
    body = f'<p><a href="/news/{closed.address}">Тайно сливане</a></p>'
    space = cast.space("workspace")
    assert news.publish_imported(space, body_html=body, **taken) == "created"
    assert news.publish_imported(space, body_html=body, **taken) == "unchanged"

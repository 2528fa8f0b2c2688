"""Writing comments: threads, corrections, hiding, closing, and what is refused."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.audit.models import JournalLine
from portal.comments import box as box_of
from portal.comments import services
from portal.comments.models import Comment
from portal.content import keeping
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from tests.comments.conftest import comments, write, written
from tests.support.counting import query_budget
from tests.support.writing import draft, practice, published


def test_a_reader_comments_and_comes_back_to_her_words(news, sign_in):
    browser = sign_in("reader")
    answer = write(browser, news, "Кога тръгва?\n\nИ откъде?")
    assert answer.status_code == 303
    assert answer.location == f"{news.page}#comment-1"
    page = browser.get(news.page).text
    assert 'id="comment-1"' in page and "Кога тръгва?\n\nИ откъде?" in page
    assert "Радка Четяща" in page and "Административно обслужване" in page


def test_the_box_is_each_items_and_each_sessions_own(news, shared, sign_in, person, cast):
    """Where nobody said anything it is kept as HTML for all: nothing of one is in another's."""

    def box(who, item):
        html = sign_in(who).get(item.page).text.partition('id="comments"')[2]
        held = dict(re.findall(r'name="(csrf_token|space)" value="([^"]+)"', html))
        return html, {*re.findall(r"/content/(\d+)/(?:comments|mentions)", html)}, held

    boxes = [box(who, item) for who in ("reader", "employee") for item in (news, shared)]
    for (html, items, held), item in zip(boxes, (news, shared) * 2, strict=True):
        assert items == {str(item.id)}
        assert held.get("space") == (str(news.space) if item is news else None)
        assert "\ue000" not in html and str(box_of.ITEM) not in html
    assert boxes[0][2]["csrf_token"] != boxes[2][2]["csrf_token"]
    assert "/comments/close" in box("editor", news)[0] and "/comments/close" not in boxes[0][0]
    services.close(db.session.get_one(Content, news.id), True, by=person("editor"))
    assert "Коментарите са приключени" in box("editor", news)[0]
    cast["editor"].language = "en"
    db.session.commit()
    assert "The comments are closed" in box("editor", news)[0]


def test_answers_stand_under_what_they_answer_one_level_deep(news, sign_in):
    first = written(sign_in("reader"), news, "Първи")
    second = written(sign_in("employee"), news, "Отговор", parent=first)
    third = written(sign_in("reader"), news, "Отговор на отговора", parent=second)
    assert [each.parent_id for each in comments()] == [None, first, first]
    page = sign_in("employee").get(news.page).text
    under = page.partition('class="talk__answers"')[2]
    assert f'id="comment-{second}"' in under and f'id="comment-{third}"' in under


def test_a_document_is_discussed_and_a_practice_is_not(cast, person, sign_in):
    from portal.content import services as content

    by = person("editor")
    made = published(cast.space("workspace"), by, by, "document").content
    page = f"/documents/{made.address}"
    answer = sign_in("contributor").post(
        f"/content/{made.id}/comments",
        data={"text": "Подписан ли е?", "space": cast.space("workspace").id},
    )
    assert answer.location.startswith(page)
    assert "Подписан ли е?" in sign_in("editor").get(page).text
    text = practice(cast.space("workspace"), by)
    content.release(text, text.saves, by=by)
    ident, space = text.content_id, cast.space("workspace").id
    answer = sign_in("editor").post(
        f"/content/{ident}/comments", data={"text": "Да", "space": space}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Първо напишете нещо"),
        (" \n \u200b\t\n", "Първо напишете нещо"),
        ("\x00\x07", "Първо напишете нещо"),
        ("я" * 3001, "3001"),
    ],
)
def test_bad_words_are_refused_beside_the_field(typed, told, news, sign_in):
    answer = write(sign_in("reader"), news, typed)
    assert answer.status_code == 422
    assert told in answer.text and 'aria-invalid="true"' in answer.text
    assert comments() == []
    if typed.startswith("я"):
        assert typed in answer.text  # nothing is retyped


def test_what_was_typed_is_kept_when_the_place_is_refused(shared, sign_in):
    browser = sign_in("employee")
    for space in ("", "987654", "x", str(shared.workspace)):
        answer = browser.post(
            f"/content/{shared.id}/comments", data={"text": "Моите думи", "space": space}
        )
        assert answer.status_code == 422, space
        assert "Моите думи</textarea>" in answer.text
    assert comments() == []


def test_html_is_words_and_addresses_are_links(news, sign_in):
    browser = sign_in("reader")
    written(
        browser,
        news,
        '<script>alert(1)</script> <b>да</b> "x" onclick=\n'
        "виж https://example.org/а?b=<c>&d=1. и javascript:alert(1) и http://x'onmouseover=1",
    )
    page = browser.get(news.page).text
    assert "<script>alert" not in page and "<b>да</b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert '<a href="https://example.org/а?b=" rel="noopener noreferrer nofollow">' in page
    assert 'href="javascript' not in page
    assert "http://x&#39;onmouseover=1" in page


def test_control_characters_and_rows_of_empty_lines_are_not_kept(news, sign_in):
    written(sign_in("reader"), news, "Едно\x00\x1b[31m\u202eдве\r\n\r\n\r\n\r\nтри\u0085")
    text = comments()[0].text
    assert text == "Едно[31mдве\n\nтри"


def test_the_same_words_sent_twice_are_one_comment(news, sign_in):
    browser = sign_in("reader")
    assert written(browser, news, "Кога?") == written(browser, news, " Кога? ")
    assert len(comments()) == 1
    assert written(sign_in("employee"), news, "Кога?") == 2


def test_a_flood_is_held_back_with_a_message_and_the_text_stays(news, sign_in, monkeypatch):
    monkeypatch.setattr(services, "HOURLY_MAX", 3)
    browser = sign_in("reader")
    for number in range(3):
        written(browser, news, f"Коментар {number}")
    answer = write(browser, news, "Още един")
    assert answer.status_code == 422
    assert "Още един</textarea>" in answer.text
    assert len(comments()) == 3
    with clock.at(clock.now() + timedelta(hours=1, seconds=1)):
        written(browser, news, "Още един")


def edit(browser, ident, text):
    return browser.post(f"/comments/{ident}/edit", data={"text": text})


def test_ones_own_words_can_be_corrected_for_a_quarter_of_an_hour(news, sign_in):
    browser = sign_in("reader")
    with clock.at(clock.now()):
        ident = written(browser, news, "Греша")
        begun = clock.now()
    with clock.at(begun + timedelta(minutes=14, seconds=59)):
        assert "/edit" in browser.get(news.page).text
        assert edit(browser, ident, "Не греша").status_code == 303
    with clock.at(begun + timedelta(minutes=15)):
        page = browser.get(news.page).text
        assert "/edit" not in page and "Не греша" in page and "променен" in page
        answer = edit(browser, ident, "Късно е")
        assert answer.status_code == 422 and "15 минути" in answer.text
    assert comments()[0].text == "Не греша"


def test_an_empty_correction_changes_nothing(news, sign_in):
    browser = sign_in("reader")
    ident = written(browser, news, "Думи")
    assert edit(browser, ident, "  ").status_code == 422
    assert (comments()[0].text, comments()[0].changed_at) == ("Думи", None)


@pytest.mark.parametrize("who", ["employee", "contributor", "editor", "manager"])
def test_nobody_corrects_anothers_words(who, news, sign_in):
    ident = written(sign_in("reader"), news, "Думи")
    assert edit(sign_in(who), ident, "Други").status_code == 403
    assert comments()[0].text == "Думи"


def hide(browser, ident, hidden="1"):
    return browser.post(f"/comments/{ident}/hide", data={"hidden": hidden}).status_code


def test_an_editor_hides_a_comment_and_its_place_says_who_did(news, sign_in):
    ident = written(sign_in("reader"), news, "Груби думи")
    written(sign_in("employee"), news, "Отговор", parent=ident)
    assert hide(sign_in("colleague"), ident) == 303
    page = sign_in("employee").get(news.page).text
    assert "Скрит от Калин Редакторов" in page
    assert "Груби думи" not in page and "Отговор" in page
    assert "Груби думи" not in sign_in("reader").get(news.page).text
    assert "Груби думи" in sign_in("editor").get(news.page).text
    assert hide(sign_in("editor"), ident, "0") == 303
    assert "Груби думи" in sign_in("employee").get(news.page).text


def test_an_author_hides_her_own_and_only_she_shows_it_again(news, sign_in):
    ident = written(sign_in("reader"), news, "Премислих")
    assert hide(sign_in("reader"), ident) == 303
    page = sign_in("employee").get(news.page).text
    assert "Скрит от Радка Четяща" in page and "Премислих" not in page
    assert hide(sign_in("editor"), ident, "0") == 403
    assert hide(sign_in("reader"), ident, "0") == 303
    assert "Премислих" in sign_in("employee").get(news.page).text


def test_an_author_does_not_undo_what_an_editor_hid(news, sign_in):
    ident = written(sign_in("reader"), news, "Груби думи")
    hide(sign_in("editor"), ident)
    assert hide(sign_in("reader"), ident, "0") == 403
    assert comments()[0].hidden_at is not None


@pytest.mark.parametrize("who", ["employee", "contributor", "head"])
def test_other_readers_hide_nothing(who, news, sign_in):
    ident = written(sign_in("reader"), news, "Думи")
    assert hide(sign_in(who), ident) == 403
    assert comments()[0].hidden_at is None


def test_a_hidden_comment_is_not_answered(news, sign_in):
    ident = written(sign_in("reader"), news, "Думи")
    hide(sign_in("reader"), ident)
    answer = write(sign_in("employee"), news, "Отговор", parent=ident)
    assert answer.status_code == 422 and "Отговор</textarea>" in answer.text


def close(browser, item, closed="1"):
    return browser.post(f"/content/{item.id}/comments/close", data={"closed": closed}).status_code


@pytest.mark.parametrize("who", ["contributor", "editor", "manager"])
def test_the_author_or_an_editor_closes_the_comments_and_what_stands_stays(who, news, sign_in):
    written(sign_in("reader"), news, "Първи")
    assert close(sign_in(who), news) == 303
    reader = sign_in("reader")
    page = reader.get(news.page).text
    assert "Първи" in page and "Коментарите са приключени" in page
    answer = write(reader, news, "Още нещо")
    assert answer.status_code == 422
    assert "Междувременно" in answer.text and "Още нещо</textarea>" in answer.text
    assert len(comments()) == 1
    assert close(sign_in(who), news, "0") == 303
    written(reader, news, "Още нещо")


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("partner", 404), ("stranger", 404)])
def test_others_close_nothing(who, status, news, sign_in):
    assert close(sign_in(who), news) == status
    assert not db.session.get(Content, news.id).comments_closed


def test_only_what_is_published_is_commented_on(cast, person, sign_in, news):
    text = draft(cast.space("intranet"), person("contributor"))
    answer = sign_in("contributor").post(
        f"/content/{text.content_id}/comments", data={"text": "Да", "space": news.space}
    )
    assert answer.status_code == 422
    with clock.at(clock.now() - timedelta(days=1)):
        over = published(
            cast.space("intranet"), person("contributor"), person("editor"),
            wanted_until=clock.now() + timedelta(hours=1),
        ).content_id  # fmt: skip
    answer = sign_in("editor").post(
        f"/content/{over}/comments", data={"text": "Да", "space": news.space}
    )
    assert answer.status_code == 422
    assert comments() == []


def test_the_journal_holds_numbers_and_no_words(news, sign_in):
    ident = written(sign_in("reader"), news, "Тайни думи")
    edit(sign_in("reader"), ident, "Други думи")
    hide(sign_in("editor"), ident)
    lines = db.session.scalars(
        select(JournalLine).where(JournalLine.action.like("comment.%")).order_by(JournalLine.id)
    ).all()
    assert [line.action for line in lines] == ["comment.write", "comment.edit", "comment.hide"]
    assert all(line.facts["comment"] == ident for line in lines)
    assert "думи" not in str([line.facts for line in lines])


def test_a_page_that_nobody_commented_on_asks_nothing_more(app, news, sign_in):
    browser = sign_in("reader")
    browser.get(news.page)
    with query_budget(app, 6):
        browser.get(news.page)
    written(sign_in("employee"), news, "Един @Радка Четяща")
    with query_budget(app, 8):
        browser.get(news.page)


def test_what_is_purged_takes_its_comments_along(cast, person, news, sign_in):
    first = written(sign_in("reader"), news, "Един @Емил Служещ")
    written(sign_in("employee"), news, "Два", parent=first)
    keeping.trash(db.session.get(Content, news.id), by=person("editor"))
    with clock.at(clock.now() + timedelta(days=31)):
        keeping.purge_trash()
    assert db.session.scalars(select(Comment)).all() == []


def test_borrowed_eyes_write_nothing(cast, person, sign_in):
    by = person("editor")
    item = published(cast.space("extranet"), by, by).content_id
    looking = sign_in("editor")
    looking.post("/seeing", data={"user": cast.id("partner")})
    answer = looking.post(
        f"/content/{item}/comments", data={"text": "Да", "space": cast.space("extranet").id}
    )
    assert answer.status_code == 403
    assert comments() == []

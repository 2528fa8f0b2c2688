"""Every published change is a version: who, when, what it changed, and the way back to it."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.audit.models import JournalLine
from portal.content import services as content
from portal.content.models import Content, State
from portal.documents import services as documents
from portal.files.services import add_file
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.diff import words
from portal.news import services as news
from portal.news.services import Text
from tests.support.counting import query_budget
from tests.support.writing import DRAFTS, draft, published


def revised(text, by, **fields):
    """Another version of a news item, released."""
    newer = content.draft_of(text.content, "bg", by=by)
    facts = {"title": newer.title, "body": newer.body, **fields}
    news.save(newer, newer.saves, Text(**facts), by=by, then="release")
    return newer


def versions(browser, content_id, **more):
    return browser.get(f"/content/{content_id}/versions", query_string=more)


def test_an_editor_reads_what_each_version_changed_and_goes_back(app, cast, person, sign_in):
    editor, colleague = person("editor"), person("colleague")
    first = published(cast.space("extranet"), editor, editor, body="<p>Тръгва в 7:10.</p>")
    ident, address = first.content_id, first.content.address
    second = revised(first, colleague, title="Новият автобус", body="<p>Тръгва в 8:40.</p>")
    third = revised(
        first, editor, title="Новият автобус", body="<p><strong>Тръгва</strong> в 8:40.</p>"
    )
    second_id, third_id, first_id = second.id, third.id, first.id
    browser = sign_in("editor")
    assert (
        f"/content/{ident}/versions" in browser.get(f"/news/{address}", follow_redirects=True).text
    )
    with query_budget(app, 14):
        page = versions(browser, ident).text
    assert "Думите са същите" in page  # only what they look like
    page = versions(browser, ident, version=second_id).text
    assert "<del>7:10.</del> <ins>8:40.</ins>" in page
    assert "<del>Нов</del> <ins>Новият</ins>" in page
    assert "Калин Редакторов" in page
    page = versions(browser, ident, version=first_id).text
    assert "Първата версия" in page and "Тръгва в 7:10." in page

    answer = browser.post(f"/content/versions/{first_id}/restore", data={"seen": ""})
    assert answer.headers["Location"].endswith(f"/news/{ident}/edit")
    made = content.open_revision(db.session.get_one(Content, ident), "bg")
    assert (made.number, made.body, made.title) == (4, "<p>Тръгва в 7:10.</p>", "Нов автобус")
    assert content.released_revision(made.content, "bg").id == third_id  # readers see the last one
    content.release(made, made.saves, by=person("editor"))
    assert "Тръгва в 7:10." in sign_in("reader").get(f"/news/{ident}", follow_redirects=True).text
    kept = db.session.scalars(
        select(JournalLine.action).where(JournalLine.action == "content.go_back")
    ).all()
    assert len(kept) == 1
    assert "<del>8:40.</del> <ins>7:10.</ins>" in versions(browser, ident).text


@pytest.mark.parametrize("kind", ["document", "practice"])
def test_versions_of_every_kind_are_one_page(kind, cast, person, sign_in, follow):
    editor = person("editor")
    text = published(cast.space("extranet"), editor, editor, kind)
    ident, first_id = text.content_id, text.id
    if kind == "document":
        file = add_file(io.BytesIO("Другият текст.".encode()), "Нов автобус.txt", by=editor)
        documents.new_version(text.content, file, "Поправен час", by=editor)
        follow()  # the worker reads both files
    else:
        newer = content.draft_of(text.content, "bg", by=editor)
        content.save(newer, newer.saves, by=editor, title="Друг автобус", summary=newer.summary)
        content.release(newer, newer.saves, by=editor)
    browser = sign_in("editor")
    page = versions(browser, ident).text
    if kind == "document":
        assert "Друг файл със същото име." in page
        assert "<ins>Поправен час</ins>" in page
        assert "<del>Текст.</del> <ins>Другият текст.</ins>" in page  # what stands in the files
    else:
        assert "<del>Нов</del> <ins>Друг</ins>" in page
    address = {
        "document": f"/documents/versions/{first_id}/restore",
        "practice": f"/content/versions/{first_id}/restore",
    }[kind]
    page = versions(browser, ident, version=first_id).text
    assert address in page
    assert ("се публикува веднага" in page) == (kind == "document")
    browser.post(address, data={"seen": ""})
    item = db.session.get_one(Content, ident)
    made = content.open_revision(item, "bg") or content.released_revision(item, "bg")
    assert (made.number, made.title) == (3, "Нов автобус")
    if kind == "document":
        assert made.file_id == db.session.get_one(type(made), first_id).file_id


@pytest.mark.parametrize(
    ("who", "status"),
    [("contributor", 403), ("partner", 403), ("ngo", 403), ("stranger", 404), ("visitor", 302)],
)
def test_history_is_for_the_editors_of_its_home_alone(who, status, cast, person, sign_in, client):
    """An author without the right to release sees her drafts, not what others wrote before."""
    author, editor = person("contributor"), person("editor")
    text = published(cast.space("workspace"), author, editor)
    if who == "partner":  # she contributes there, and reads it
        assert (
            sign_in(who).get(f"/news/{text.content_id}", follow_redirects=True).status_code == 200
        )
    ident, address = text.content_id, f"/content/versions/{text.id}/restore"
    revised(text, editor, title="Друго")
    browser = client if who == "visitor" else sign_in(who)
    assert versions(browser, ident).status_code == status
    status = 404 if status == 403 and who != "contributor" else status
    status = 401 if status == 302 else status
    assert browser.post(address, data={"seen": ""}).status_code == status
    assert content.open_revision(db.session.get_one(Content, ident), "bg") is None


def test_where_review_is_asked_the_old_text_is_reviewed_too(cast, person, sign_in):
    author, editor = person("contributor"), person("editor")
    text = published(cast.space("intranet"), author, editor, title="Първо")
    first_id, ident = text.id, text.content_id
    newer = content.draft_of(text.content, "bg", by=author)
    news.save(newer, newer.saves, Text("Второ", body="<p>Друго.</p>"), by=author, then="submit")
    content.approve(newer, newer.saves, by=editor)
    browser = sign_in("editor")
    assert "Елена Редакторова" in versions(browser, ident).text  # who approved it
    browser.post(f"/content/versions/{first_id}/restore", data={"seen": ""})
    made = content.open_revision(db.session.get_one(Content, ident), "bg")
    assert (made.title, made.state) == ("Първо", State.DRAFT)
    assert "Изпращане за одобрение" in browser.get(f"/news/{ident}/edit").text


def test_a_draft_at_work_is_told_of_and_never_lost(cast, person, sign_in):
    editor, colleague = person("editor"), person("colleague")
    first = published(cast.space("extranet"), editor, editor, title="Първо")
    ident, address = first.content_id, f"/content/versions/{first.id}/restore"
    first_id = first.id
    revised(first, editor, title="Второ")
    work = content.draft_of(first.content, "bg", by=colleague)
    news.save(work, work.saves, Text("Черновата на Калин", body="<p>Час.</p>"), by=colleague)
    work_id, typed = work.id, {"text": work.id, "saves": work.saves, "do": "save"}
    browser, other = sign_in("editor"), sign_in("colleague")
    page = versions(browser, ident, version=first_id).text
    assert "Калин Редакторов работи по версия 3" in page
    seen = content.print_of(db.session.get_one(type(work), work_id))
    assert f'value="{seen}"' in page
    late = browser.post(address, data={"seen": ""})  # her page knew of no draft
    assert late.status_code == 409
    assert "Нищо не е променено" in late.text
    assert browser.post(address, data={"seen": seen}).status_code == 302
    made = content.open_revision(db.session.get_one(Content, ident), "bg")
    assert (made.title, made.number) == ("Първо", 4)
    assert "Черновата на Калин" in versions(browser, ident, version=work_id).text
    # Whoever has it open is told, sees both texts, and has lost nothing, whatever the counts say.
    made_saves = made.saves
    answer = other.post(
        f"/news/{ident}/edit",
        data={**typed, "saves": made_saves, "title": "Още от Калин", "body": "<p>Дума.</p>"},
    )
    assert answer.status_code == 409
    assert "Още от Калин" in answer.text and "Първо" in answer.text
    assert content.open_revision(db.session.get_one(Content, ident), "bg").title == "Първо"
    assert browser.post(f"/content/versions/{made.id}/restore", data={}).status_code == 422


def test_a_colleagues_draft_of_a_document_steps_back_for_nobody_who_did_not_see_it(
    cast, person, sign_in
):
    editor = person("editor")
    text = published(cast.space("extranet"), editor, editor, "document")
    ident, first_id = text.content_id, text.id
    file = add_file(io.BytesIO(b"Second."), "2.txt", by=editor)
    documents.new_version(text.content, file, by=editor)
    seal, facts = documents.stamp(text.content), documents.Facts("Черновата на Калин")
    work = documents.describe(text.content, seal, facts, by=person("colleague"), draft=True)
    work_id, seen = work.id, content.print_of(work)
    browser, address = sign_in("editor"), f"/documents/versions/{first_id}/restore"
    late = browser.post(address, data={"seen": ""})  # her page knew of no draft
    assert late.status_code == 409
    assert "Нищо не е променено" in late.text and f'value="{seen}"' in late.text
    assert documents.at_work(db.session.get_one(Content, ident)).id == work_id
    assert browser.post(address, data={"seen": seen}).status_code == 302
    item = db.session.get_one(Content, ident)
    assert documents.at_work(item) is None and documents.current(item).number == 4


@pytest.mark.parametrize("kind", DRAFTS)
def test_whoever_opens_a_text_is_told_who_is_writing_on_it(kind, cast, person, sign_in):
    author = person("editor")
    text = DRAFTS[kind](cast.space("workspace"), author)
    room = {
        "news": "news",
        "document": "documents",
        "practice": "practices",
        "page": "pages",
        "discussion": "discussions",
    }[kind]
    step = "/about" if kind == "practice" else ""
    address, told = f"/{room}/{text.content_id}/edit{step}", "Елена Редакторова записа"
    assert told in sign_in("manager").get(address).text
    assert told not in sign_in("editor").get(address).text  # she herself
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert told not in sign_in("manager").get(address).text


def test_a_late_description_of_a_document_stands_beside_what_is_stored(cast, person, sign_in):
    editor = person("editor")
    text = DRAFTS["document"](cast.space("workspace"), editor)
    seal = documents.stamp(text.content)
    facts = documents.Facts("Чуждо заглавие", reg_number="РД-09-7", sort="order")
    documents.describe(text.content, seal, facts, by=editor)
    ident = text.content_id
    mine = {"seal": seal, "title": "Мое заглавие", "sort": "", "unit": "", "reg_number": "РД-09-8"}
    answer = sign_in("manager").post(f"/documents/{ident}/edit", data=mine)
    assert answer.status_code == 409
    for told in ("Мое заглавие", "РД-09-8", "Записано сега: Чуждо заглавие", "РД-09-7"):
        assert told in answer.text
    assert documents.current(db.session.get_one(Content, ident)).title == "Чуждо заглавие"


def test_long_texts_are_folded_around_what_changed(cast, person, sign_in):
    editor = person("editor")
    long = [f"дума{n}" for n in range(300)]
    body = "<p>" + " ".join(long) + "</p>"
    first = published(cast.space("extranet"), editor, editor, body=body)
    assert draft(cast.space("extranet"), editor).number == 1  # another item is no version of it
    revised(first, editor, body=body.replace("дума150", "слово"))
    page = versions(sign_in("editor"), first.content_id).text
    assert "<del>дума150</del> <ins>слово</ins>" in page
    told = page.split('class="changes"')[1].split("</dl>")[0]
    assert "дума149" in told and "дума10 " not in told and "…" in told


def test_a_difference_reads_as_people_write():
    assert words("тел. 151.", "тел. 151.\nОще.") == "тел. 151.<br><ins>Още.</ins>"
    assert words("a b c", "a b\n\nc") == "a b<ins>¶</ins><br><br>c"
    assert words("a\nb", "a b") == "a <del>¶</del> b"
    assert words("а <b>", "а <i>") == "а <del>&lt;b&gt;</del> <ins>&lt;i&gt;</ins>"
    assert words("x " * 20_000, "y " * 20_000) is None
    assert words("x " * 20_000 + "а", "x " * 20_000 + "б") is not None  # little differs

"""What readers, and editors of one space only, must not learn or reach."""

import pytest
from sqlalchemy import select

from portal.content import keeping
from portal.content import services as content
from portal.content.models import Content, Life, State
from portal.kernel.database import db
from portal.news import services as news
from portal.news.models import NewsRevision
from portal.news.services import Text
from portal.spaces import services as spaces
from tests.support.writing import draft, published


@pytest.fixture
def intranet(cast):
    return cast.space("intranet")


@pytest.fixture
def workspace(cast):
    return cast.space("workspace")


def test_a_reader_learns_nothing_of_reviews_and_drafts(sign_in, person, intranet):
    text = draft(intranet, person("contributor"))
    content.submit(text, text.saves, by=person("contributor"))
    content.return_(text, text.saves, by=person("editor"), remark="Сгрешен телефон.")
    content.submit(text, text.saves, by=person("contributor"))
    content.approve(text, text.saves, by=person("editor"))
    review = f"/news/{text.content_id}/review"
    assert "Сгрешен телефон." in sign_in("editor").get(review).text
    reader = sign_in("reader")
    assert reader.get(review).status_code == 404  # the same with a draft at work and without
    content.draft_of(text.content, "bg", by=person("contributor"))
    assert reader.get(review).status_code == 404


def test_an_editor_of_the_home_is_not_told_of_spaces_she_is_not_in(sign_in, person, cast):
    extranet, workspace = cast.space("extranet"), cast.space("workspace")
    text = published(extranet, person("editor"), person("colleague"))
    keeping.place(text.content, workspace, by=person("editor"))
    ident, further = text.content_id, workspace.id
    colleague = sign_in("colleague")  # edits the extranet, holds no role in the workspace
    page = colleague.get(f"/content/{ident}/places").text
    assert "Чист бряг" not in page
    assert "пространство, в което не участвате" in page
    answer = colleague.post(f"/content/{ident}/unplace", data={"space": further})
    assert answer.status_code == 302
    item = db.session.get_one(Content, ident)
    assert [place.space_id for place in item.placements] == [cast.space("extranet").id]
    answer = colleague.post(f"/content/{ident}/unplace", data={"space": further})
    assert answer.status_code == 404


def test_a_bulgarian_draft_is_not_shown_when_the_english_text_is_released(
    sign_in, person, workspace
):
    draft(workspace, person("editor"), title="Тайна чернова", summary="Тайно резюме")
    item = db.session.scalars(select(Content)).one()
    english = content.draft_of(item, "en", by=person("editor"))
    text = Text("Open news", summary="In short", body="<p>Text</p>")
    news.save(english, english.saves, text, by=person("editor"))
    content.release(english, english.saves, by=person("editor"))
    reader = sign_in("ngo")
    for page in ("/news", "/", "/spaces/workspace"):
        shown = reader.get(page).text
        assert "Open news" in shown
        assert "Тайн" not in shown


def test_a_removed_picture_leaves_the_lists_too(person, workspace):
    text = published(workspace, person("editor"), person("editor"))
    item = text.content
    item.cover_id = 7  # what the former text had
    db.session.commit()
    newer = content.draft_of(item, "bg", by=person("editor"))
    content.release(newer, newer.saves, by=person("editor"))
    assert db.session.get_one(Content, item.id).cover_id is None


def test_nothing_is_approved_in_a_closed_space(sign_in, person, cast, workspace):
    spaces.change_settings(
        workspace,
        by=person("manager"),
        name_bg=workspace.name_bg,
        review_required=True,
        reviewers=cast.unit("press"),
    )
    text = draft(workspace, person("contributor"))
    content.submit(text, text.saves, by=person("contributor"))
    ident, saves = text.content_id, text.saves
    spaces.archive(workspace, by=person("manager"))
    answer = sign_in("editor").post(f"/news/{ident}/approve", data={"saves": saves})
    assert answer.status_code == 404
    assert db.session.get_one(Content, ident).life == Life.UNPUBLISHED


def test_saving_a_text_takes_it_out_of_review_and_says_so(person, intranet):
    from portal.audit.models import JournalLine

    text = published(intranet, person("contributor"), person("editor"))
    newer = content.draft_of(text.content, "bg", by=person("contributor"))
    content.submit(newer, newer.saves, by=person("contributor"))
    news.save(newer, newer.saves, Text("Ново", body="<p>x</p>"), by=person("contributor"))
    assert newer.state == State.DRAFT
    last = db.session.scalars(select(JournalLine.action).order_by(JournalLine.id.desc())).first()
    assert last == "content.withdraw"


def test_throwing_one_language_away_keeps_the_other(person, workspace):
    first = draft(workspace, person("contributor"))
    english = content.draft_of(first.content, "en", by=person("contributor"))
    content.discard(english, by=person("contributor"))
    item = db.session.get_one(Content, first.content_id)
    assert item.life == Life.UNPUBLISHED
    content.discard(first, by=person("contributor"))
    assert item.life == Life.TRASHED


def test_a_reviewer_finds_the_text_that_waits_whatever_her_language(sign_in, person, intranet):
    first = draft(intranet, person("contributor"))
    english = content.draft_of(first.content, "en", by=person("contributor"))
    text = Text("Bus", body="<p>Waiting</p>")
    news.save(english, english.saves, text, by=person("contributor"))
    content.submit(english, english.saves, by=person("contributor"))
    ident, saves = first.content_id, english.saves
    editor = sign_in("editor")
    assert "Waiting" in editor.get(f"/news/{ident}/review").text
    assert editor.post(f"/news/{ident}/approve", data={"saves": saves}).status_code == 302
    assert db.session.get_one(Content, ident).life == Life.PUBLISHED


def test_a_reviewer_judges_the_text_that_she_saw_and_no_other(sign_in, person, intranet):
    first = draft(intranet, person("contributor"))
    english = content.draft_of(first.content, "en", by=person("contributor"))
    text = Text("Bus", body="<p>Unseen</p>")
    news.save(english, english.saves, text, by=person("contributor"))
    news.save(first, first.saves, Text("Нов", body="<p>x</p>"), by=person("contributor"))
    for each in (first, english):
        content.submit(each, each.saves, by=person("contributor"))
    ident, seen = first.content_id, {"saves": first.saves, "text": first.id}
    assert first.saves == english.saves
    editor = sign_in("editor")
    assert f'name="text" value="{first.id}"' in editor.get(f"/news/{ident}/review").text
    assert editor.post(f"/news/{ident}/approve", data=seen).status_code == 302
    editor.checks = False
    assert editor.post(f"/news/{ident}/approve", data=seen).status_code == 409
    assert db.session.get_one(NewsRevision, english.id).state == State.IN_REVIEW


def test_a_named_reviewer_finds_what_is_in_review_and_no_draft(
    sign_in, person, cast, intranet, follow
):
    spaces.change_settings(
        intranet,
        by=person("manager"),
        name_bg=intranet.name_bg,
        review_required=True,
        reviewers=cast.unit("office"),
    )
    first = draft(intranet, person("contributor"), title="Чернова", body="<p>тайнствено</p>")
    english = content.draft_of(first.content, "en", by=person("contributor"))
    text = Text("Bus", body="<p>Waiting</p>")
    news.save(english, english.saves, text, by=person("contributor"))
    news.save(first, first.saves, Text("Чернова", body="<p>тайнствено</p>"), by=person("editor"))
    content.submit(english, english.saves, by=person("contributor"))
    follow()
    head = sign_in("head")  # of the office: a reader of the intranet who reviews
    assert "Bus" in head.get("/search?q=waiting").text
    assert "Чернова" not in head.get("/search?q=waiting").text
    assert "Чернова" not in head.get("/search?q=тайнствено").text

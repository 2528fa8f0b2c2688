"""Publish from here: what is made from a text of a space, and what becomes of the two."""

import io
from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import select

from portal.access.site import bump
from portal.content import keeping, linking
from portal.content import services as content
from portal.content.models import Content, Revision
from portal.files import services as files
from portal.files import store
from portal.files.models import Attachment, File
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.text import file_ids
from portal.kernel.transaction import transaction
from portal.news.models import NewsRevision
from portal.pages import services as pages
from portal.pages.services import Text
from portal.publishing.models import Derivation
from tests.news.test_writing import picture
from tests.support.writing import draft, paper


def item(ident):
    return db.session.get_one(Content, ident)


@transaction
def asks_review(space):
    space.review_required = True
    bump()


@pytest.fixture
def source(cast, person):
    """A page of the workspace with a picture, a file, and links; its author edits the extranet."""
    by = person("editor")
    shown = files.add_picture(picture(), "бряг.png", by=by)
    listed = files.add_file(io.BytesIO(b"a,b"), "Списък.csv", by=by)
    secret = pages.write(cast.space("workspace"), "bg", Text("Тайнствена", "<p>x</p>"), by=by)
    content.release(secret, secret.saves, by=by)
    body = (f'<h2>Как пишем</h2><p>Кратко.</p><p><img src="/files/{shown.id}" alt="Бряг"></p>'
            f'<p>Вж. <a href="/pages/{secret.content_id}">Тайнствена</a> и '
            f'<a href="/pages/{secret.content_id}">тук</a>.</p>')  # fmt: skip
    text = pages.write(cast.space("workspace"), "bg", Text("Правилник", body, (listed.id,)), by=by)
    content.release(text, text.saves, by=by)
    return text.content_id


def made_of(kind):
    found = select(Content).where(Content.kind == kind).order_by(Content.id.desc())
    return db.session.scalars(found).first()


def rewritten(ident, by, body="<p>Съвсем ново.</p>"):
    text = Text("Правилник", body)
    return pages.save(item(ident), pages.seal(item(ident)), text, by=by, then="release")


def test_a_page_becomes_news_of_the_extranet_through_review_and_its_source_moves_on(
    source, sign_in, cast, person
):
    asks_review(cast.space("extranet"))
    browser = sign_in("editor")
    where = cast.space("extranet").id
    sent = {"space": where, "form": "news"}
    answer = browser.post(f"/content/{source}/publish", data=sent)
    news = made_of("news")
    assert answer.location == f"/news/{news.id}/edit"
    text = db.session.scalars(select(NewsRevision).where(NewsRevision.content_id == news.id)).one()
    assert "Тайнствена" not in text.body and "/pages/" not in text.body and "тук" in text.body
    own = {row.file_id for row in db.session.scalars(
        select(Attachment).where(Attachment.revision_id == text.id))}  # fmt: skip
    theirs = {row.file_id for row in db.session.scalars(
        select(Attachment).where(Attachment.revision_id != text.id))}  # fmt: skip
    assert len(own) == 2 and not own & theirs and set(file_ids(text.body)) < own
    address = f"/news/{news.address}"
    assert sign_in("partner").get(address).status_code == 404  # nobody reads a draft
    content.submit(text, text.saves, by=person("editor"))
    content.approve(text, text.saves, by=person("manager"))
    shown = sign_in("partner").get(address).text
    assert "Кратко." in shown and "Правилник</a>" not in shown and "Направено от" not in shown
    for file in own:
        assert sign_in("ngo").get(f"/files/{file}").status_code == 200
    mine = browser.get(address).text
    assert "Направено от" in mine and "версия 1" in mine and "има по-нов текст" not in mine
    assert item(news.id).title in browser.get(f"/pages/{item(source).address}").text

    rewritten(source, person("contributor"))
    assert "има по-нов текст" in browser.get(address).text
    page = browser.get(f"/content/{news.id}/source").text
    assert "<ins>Съвсем ново.</ins>" in page
    assert sign_in("partner").get(f"/content/{news.id}/source").status_code == 403
    stale = browser.post(f"/content/{news.id}/take-over", data={"seen": "1-1"})
    assert stale.status_code == 409
    answer = browser.post(f"/content/{news.id}/take-over", data={"seen": ""})
    assert answer.location == f"/news/{news.id}/edit"
    assert "Кратко." in sign_in("partner").get(address).text  # until it is reviewed
    work = content.open_revision(item(news.id), "bg")
    assert "Съвсем ново." in work.body
    content.discard(work, by=person("editor"))
    assert "има по-нов текст" in browser.get(address).text  # thrown away: made from the older one

    keeping.trash(item(source), by=person("editor"))
    left = browser.get(address).text
    assert "е в кошчето" in left and "Кратко." in left


def test_the_title_of_the_source_is_told_only_to_who_reads_it(source, sign_in, cast, person):
    browser = sign_in("editor")
    browser.post(f"/content/{source}/publish", data={"space": cast.space("intranet").id, "form": "news"})  # fmt: skip
    text = db.session.scalars(select(Revision).where(Revision.kind == "news")).one()
    renamed = draft(cast.space("intranet"), person("contributor"))  # another's, without a source
    title = {"title": "Новина", "body": "<p>х</p>", "text": text.id, "saves": text.saves}
    browser.post(f"/news/{text.content_id}/edit", data=title)
    page = sign_in("colleague").get(f"/news/{text.content_id}/review").text  # not in the workspace
    assert "който не може да четете" in page and "Правилник" not in page
    page = sign_in("colleague").get(f"/content/{text.content_id}/source").text
    assert "Правилник" not in page
    assert sign_in("colleague").get(f"/content/{renamed.content_id}/source").status_code == 404
    # And what was made elsewhere is told only to its readers: the draft is none of the partner's.
    page = sign_in("partner").get(f"/pages/{item(source).address}").text
    assert "Новина</a>" not in page


def test_a_title_goes_along_only_where_all_readers_of_what_is_made_see_its_item_now(
    sign_in, cast, person
):
    by, spaces = person("editor"), [cast.space("workspace"), cast.space("extranet")]
    linked = pages.write(spaces[0], "bg", Text("Тайнствена", "<p>x</p>"), by=by)
    content.release(linked, linked.saves, by=by)
    words = f'<p>Вж. <a href="/pages/{linked.content_id}">Тайнствена</a>.</p>'
    source = pages.write(spaces[0], "bg", Text("Правилник", words), by=by)
    content.release(source, source.saves, by=by)
    both, kept = [space.id for space in spaces], source.body
    assert "Тайнствена" in linking.for_readers_of(both[:1], kept)
    assert "Тайнствена" not in linking.for_readers_of(both, kept)
    sent = {"space": spaces[0].id, "form": "news"}
    sign_in("editor").post(f"/content/{source.content_id}/publish", data=sent)
    made = made_of("news")
    assert f'href="/pages/{linked.content_id}"' in content.open_revision(made, "bg").body
    assert "Тайнствена</a>" in sign_in("editor").get(f"/news/{made.id}/review").text
    keeping.place(made, spaces[1], by=by)  # partners read it from now on
    rewritten(source.content_id, by, f"{words}<p>Ново.</p>")
    seen = content.print_of(content.open_revision(item(made.id), "bg"))
    answer = sign_in("editor").post(f"/content/{made.id}/take-over", data={"seen": seen})
    assert answer.status_code == 302
    body = content.open_revision(item(made.id), "bg").body
    assert "Ново." in body and "Тайнствена" not in body
    keeping.expire(item(linked.content_id), clock.now() + timedelta(seconds=1), by=by)
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert "Тайнствена" not in linking.for_readers_of(both[:1], kept)


@pytest.mark.parametrize(
    ("who", "status"),
    [("contributor", 200), ("partner", 200), ("ngo", 403), ("reader", 404), ("visitor", 302)],
)
def test_who_writes_a_page_publishes_it_where_she_may_write(who, status, source, sign_in, cast):
    browser = sign_in(who)
    answer = browser.get(f"/content/{source}/publish")
    assert answer.status_code == status
    sent = {"space": cast.space("extranet").id, "form": "news"}
    refused = browser.post(f"/content/{source}/publish", data=sent)
    assert refused.status_code in (302, 401, 403, 404, 422)
    assert made_of("news") is None  # no contributor of the extranet is among them


def test_a_page_becomes_a_document_as_pdf_or_as_its_file(source, sign_in, cast, person):
    browser, where = sign_in("editor"), cast.space("extranet").id
    browser.post(f"/content/{source}/publish", data={"space": where, "form": "document", "file": 0})
    made = made_of("document")
    drawn = db.session.scalars(select(File).where(File.media_type == "application/pdf")).one()
    with pypdfium2.PdfDocument(store.path_of(drawn.sha256).read_bytes()) as pdf:
        words = pdf[0].get_textpage().get_text_range()
    assert "Правилник" in words and "Как пишем" in words and "Тайнствена" not in words
    assert made.title == "Правилник" and made.life == "unpublished"
    listed = db.session.scalars(select(File).where(File.name == "Списък.csv")).one().id
    sent = {"space": where, "form": "document", "file": listed}
    browser.post(f"/content/{source}/publish", data=sent)
    copied = db.session.scalars(select(File).where(File.name == "Списък.csv")).all()
    assert len(copied) == 2 and copied[0].sha256 == copied[1].sha256
    answer = browser.post(f"/content/{source}/publish", data={**sent, "file": listed + 900})
    assert answer.status_code == 422


@pytest.mark.parametrize("form", ["news", "document"])
def test_a_document_becomes_news_with_its_file_or_a_document_of_the_same_bytes(
    form, sign_in, cast, person
):
    by = person("editor")
    text = paper(cast.space("workspace"), by)
    content.release(text, text.saves, by=by)
    sent = {"space": cast.space("extranet").id, "form": form}
    assert (
        sign_in("editor").post(f"/content/{text.content_id}/publish", data=sent).status_code == 302
    )
    made = made_of(form)
    assert made.id != text.content_id and made.title == "Нов автобус"
    copies = db.session.scalars(select(File).order_by(File.id)).all()
    assert len(copies) == 2 and copies[0].sha256 == copies[1].sha256
    tie = db.session.scalars(select(Derivation)).one()
    assert (tie.content_id, tie.source_id) == (made.id, text.content_id)


def test_bad_input_makes_nothing(source, sign_in, cast, person):
    browser = sign_in("editor")
    unreleased = pages.write(cast.space("workspace"), "bg", Text("Чернова"), by=person("editor"))
    where = cast.space("extranet").id
    for ident, sent, status in (
        (source, {}, 422),
        (source, {"space": "x", "form": "news"}, 422),
        (source, {"space": 987_654, "form": "news"}, 422),
        (source, {"space": where, "form": "practice"}, 422),
        (source, {"space": where, "form": "news", "file": "x"}, 422),
        (unreleased.content_id, {"space": where, "form": "news"}, 302),
        (987_654, {"space": where, "form": "news"}, 404),
    ):
        assert browser.post(f"/content/{ident}/publish", data=sent).status_code == status, sent
    assert made_of("news") is None and made_of("document") is None
    assert browser.post(f"/content/{source}/take-over", data={"seen": ""}).status_code == 404

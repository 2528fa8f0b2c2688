"""Files under a text: listed, saved by its readers, kept through refusals, found by their words."""

import io
from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select

from portal.content import keeping
from portal.content import services as content
from portal.content.models import Content
from portal.files import services as file_services
from portal.files.models import Attachment, File
from portal.files.services import add_file
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.news import services as news
from portal.news.models import NewsRevision
from portal.news.services import Text
from tests.support.counting import query_budget
from tests.support.writing import draft, published

BODY = "<p>Образецът е приложен.</p>"


@pytest.fixture
def workspace(cast):
    return cast.space("workspace")


@pytest.fixture
def extranet(cast):
    return cast.space("extranet")


def paper(words="Шамандурите се прибират до 15 ноември.", name="Заповед за буйовете.txt"):
    return io.BytesIO(words.encode()), name


def upload(by, *what):
    stream, name = paper(*what)
    return add_file(stream, name, by=by).id


def status(browser, url):
    with browser.get(url) as answer:
        return answer.status_code


def latest():
    return db.session.scalars(select(NewsRevision).order_by(NewsRevision.id.desc())).first()


def listed(text):
    held = select(Attachment.file_id).where(
        Attachment.revision_id == text.id, Attachment.role == "listed"
    )
    return list(db.session.scalars(held.order_by(Attachment.file_id)))


def form(space, **more):
    return {"space": space.id, "language": "bg", "title": "Буйове", "body": BODY, **more}


def test_several_files_are_listed_under_the_article_and_saved_by_their_names(
    sign_in, extranet, cast
):
    editor = sign_in("editor")
    sent = form(extranet, files=[paper(), paper("Карта", "Карта на залива.txt")], do="release")
    assert editor.post("/news/new", data=sent).status_code == 302
    text = latest()
    assert len(listed(text)) == 2
    reader = sign_in("reader")
    page = reader.get(f"/news/{text.content.address}").text
    assert "Заповед за буйовете.txt" in page
    assert "Карта на залива.txt" in page
    with reader.get(f"/files/{listed(text)[0]}") as saved:
        assert saved.data.decode() == "Шамандурите се прибират до 15 ноември."
        header = saved.headers["Content-Disposition"]
        assert header.startswith('attachment; filename="Zapoved za buyovete.txt"')
        assert "filename*=UTF-8''%D0%97%D0%B0%D0%BF%D0%BE%D0%B2%D0%B5%D0%B4%20" in header


def test_what_was_uploaded_is_kept_when_another_field_is_refused(sign_in, workspace):
    author = sign_in("contributor")
    answer = author.post("/news/new", data={**form(workspace, files=[paper()]), "title": ""})
    assert answer.status_code == 200
    file_id = db.session.scalar(select(File.id))
    assert f'name="listed" value="{file_id}"' in answer.text
    assert "Заповед за буйовете.txt" in answer.text
    author.post("/news/new", data=form(workspace, listed=[file_id]))
    assert listed(latest()) == [file_id]
    assert db.session.scalars(select(File.id)).all() == [file_id], "not stored again"


def test_a_bad_file_is_refused_at_its_field_and_the_good_one_is_kept(sign_in, workspace):
    author = sign_in("contributor")
    bad = (io.BytesIO(b"MZ" + b"\0" * 80), "игра.exe")
    answer = author.post("/news/new", data=form(workspace, files=[bad, paper()]))
    assert answer.status_code == 200
    assert "игра.exe: " in answer.text
    assert 'name="listed"' in answer.text
    assert db.session.scalar(select(Content.id)) is None


def test_a_file_is_removed_by_its_checkbox_and_not_by_an_autosave(sign_in, person, workspace):
    author = person("contributor")
    ids = (upload(author), upload(author, "Карта", "Карта.txt"))
    text = draft(workspace, author, files=ids)
    browser, edit = sign_in("contributor"), f"/news/{text.content_id}"
    sent = form(workspace, listed=list(ids), unlisted=[ids[0]], saves=1)
    told = browser.post(f"{edit}/autosave", data=sent).json
    assert listed(latest()) == list(ids)
    assert browser.get(f"{edit}/edit").text.count('name="listed"') == 2
    browser.post(f"{edit}/edit", data={**sent, "saves": told["saves"]})
    assert listed(latest()) == [ids[1]]


def test_what_does_not_speak_of_files_leaves_them(person, workspace):
    author = person("contributor")
    text = draft(workspace, author, files=(upload(author),))
    news.save(text, text.saves, Text("Ново заглавие", body=BODY), by=author)
    assert len(listed(text)) == 1


def test_a_new_draft_holds_the_same_files(person, workspace):
    text = published(workspace, person("contributor"), person("editor"), files=())
    assert listed(text) == []
    author = person("contributor")
    text = published(workspace, author, person("editor"), files=(upload(author),))
    newer = content.draft_of(text.content, "bg", by=author)
    assert listed(newer) == listed(text) != []


def test_what_is_typed_and_uploaded_survives_another_persons_save(sign_in, person, workspace):
    text = draft(workspace, person("contributor"))
    news.save(text, text.saves, Text("Друг я запази", body=BODY), by=person("editor"))
    answer = sign_in("contributor").post(
        f"/news/{text.content_id}/edit", data=form(workspace, files=[paper()], saves=1)
    )
    assert answer.status_code == 409
    file_id = db.session.scalar(select(File.id))
    assert f'name="listed" value="{file_id}"' in answer.text


def test_a_strangers_file_cannot_be_listed_by_its_number(sign_in, person, workspace):
    theirs = upload(person("manager"))
    answer = sign_in("contributor").post("/news/new", data=form(workspace, listed=[theirs]))
    assert answer.status_code == 200
    assert "Заповед за буйовете" not in answer.text, "not even its name is told"
    assert db.session.scalar(select(Content.id)) is None


def test_an_own_file_that_she_reaches_no_more_cannot_be_listed(person, cast, workspace):
    """She uploaded it for a text that was released to others and then taken from her."""
    author = person("contributor")
    file_id = upload(author)
    text = published(workspace, author, person("editor"), files=(file_id,))
    keeping.trash(text.content, by=person("editor"))
    with pytest.raises(Refused) as refused:
        draft(cast.space("intranet"), author, files=(file_id,))
    assert refused.value.field == "files"


@pytest.mark.parametrize("sent", ["x", "-1", str(10**30), "", "0"])
def test_a_number_that_no_file_has_is_no_fault_of_the_server(sent, sign_in, workspace):
    answer = sign_in("contributor").post("/news/new", data=form(workspace, listed=[sent]))
    assert answer.status_code in (200, 302)


def test_more_files_than_a_page_can_bear_are_refused(person, workspace, monkeypatch):
    monkeypatch.setattr(file_services, "FILES_MAX", 1)
    author = person("contributor")
    with pytest.raises(Refused) as refused:
        draft(workspace, author, files=(upload(author), upload(author)))
    assert refused.value.field == "files"


def test_a_file_is_reached_by_readers_of_the_released_text_only(sign_in, person, cast, extranet):
    author, editor = person("contributor"), person("editor")
    workspace = cast.space("workspace")
    file_id = upload(author)
    url = f"/files/{file_id}"
    text = draft(workspace, author, files=(file_id,))
    who = {name: sign_in(name) for name in ("ngo", "coordinator", "reader", "visitor")}
    assert [status(browser, url) for browser in who.values()] == [404, 404, 404, 302]
    content.release(text, text.saves, by=editor)
    assert [status(browser, url) for browser in who.values()] == [200, 404, 404, 302]
    keeping.place(text.content, extranet, by=editor)
    assert [status(browser, url) for browser in who.values()] == [200, 200, 200, 302]


def test_a_drafts_new_file_is_neither_found_nor_reached_before_its_release(
    sign_in, person, workspace, follow
):
    author, editor = person("contributor"), person("editor")
    text = published(workspace, author, editor, files=())
    newer = content.draft_of(text.content, "bg", by=author)
    file_id = upload(author)
    news.save(newer, newer.saves, Text("Буйове", body=BODY, files=(file_id,)), by=author)
    follow()
    reader = sign_in("ngo")
    assert "Заповед за буйовете" not in reader.get("/search?q=шамандурите").text
    assert "Заповед за буйовете" not in reader.get("/search?q=буйовете").text
    assert "Заповед за буйовете" not in reader.get(f"/news/{text.content.address}").text
    assert status(reader, f"/files/{file_id}") == 404
    content.release(newer, newer.saves, by=editor)
    follow()
    assert "<mark>Шамандурите</mark>" in reader.get("/search?q=шамандурите").text
    assert status(reader, f"/files/{file_id}") == 200


def test_a_removed_file_is_gone_for_its_readers(sign_in, person, workspace, follow):
    author, editor = person("contributor"), person("editor")
    file_id = upload(author)
    text = published(workspace, author, editor, files=(file_id,))
    newer = content.draft_of(text.content, "bg", by=author)
    news.save(newer, newer.saves, Text("Буйове", body=BODY, files=()), by=author)
    content.release(newer, newer.saves, by=editor)
    follow()
    reader = sign_in("ngo")
    assert status(reader, f"/files/{file_id}") == 404
    assert "Шамандурите" not in reader.get("/search?q=шамандурите").text


def test_a_hit_names_the_file_and_its_page(sign_in, person, workspace, follow, leaflet):
    author, editor = person("contributor"), person("editor")
    first = upload(author, "Съвсем друго нещо.", "Първи файл.txt")
    second = add_file(leaflet, "Листовка.pdf", by=author).id
    text = published(workspace, author, editor, files=(first, second))
    follow()
    reader = sign_in("ngo")
    page = reader.get("/search?q=шамандурите").text
    assert "Листовка.pdf, стр" in page
    assert "<mark>шамандурите</mark>" in page
    assert f"#file{second}" in page
    other = reader.get("/search?q=съвсем+друго").text
    assert "Първи файл.txt</span>" in other
    assert text.title in other


@pytest.fixture
def leaflet():
    """A PDF of two pages; what is asked for stands on the second."""
    font = Path(__file__).parents[2] / "static" / "dist" / "fonts" / "SofiaSans-Regular.ttf"
    pdfmetrics.registerFont(ttfonts.TTFont("Leaflet", str(font)))
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setFont("Leaflet", 12)
    canvas.drawString(72, 720, "Първата страница говори за друго и няма нищо общо с морето.")
    canvas.showPage()
    canvas.setFont("Leaflet", 12)
    canvas.drawString(72, 720, "На втората пише кога се прибират шамандурите от залива.")
    canvas.save()
    out.seek(0)
    return out


def test_files_cost_the_article_one_statement(app, sign_in, person, workspace):
    author, editor = person("contributor"), person("editor")
    bare = published(workspace, author, editor)
    with_files = published(workspace, author, editor, files=(upload(author), upload(author)))
    browser = sign_in("ngo")
    for text in (bare, with_files):
        address = f"/news/{text.content.address}"
        browser.get(address)
        with query_budget(app, 7):
            assert browser.get(address).status_code == 200


def test_a_reviewer_sees_the_files_and_that_they_changed(sign_in, person, cast):
    intranet = cast.space("intranet")
    author = person("contributor")
    text = published(intranet, author, person("editor"))
    newer = content.draft_of(text.content, "bg", by=author)
    file_id = upload(author)
    sent = Text(text.title, body=text.body, files=(file_id,))
    news.save(newer, newer.saves, sent, by=author)
    content.submit(newer, newer.saves, by=author)
    editor = sign_in("editor")
    page = editor.get(f"/news/{text.content_id}/review").text
    assert f"/files/{file_id}" in page
    assert "<ins>" in page
    assert status(editor, f"/files/{file_id}") == 200

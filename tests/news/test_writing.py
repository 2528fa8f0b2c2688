"""Writing news: drafts, review, release, and what goes wrong on the way."""

import io
import threading

import pytest
from PIL import Image
from sqlalchemy import select

from portal.content import services as content
from portal.content.models import Content, State
from portal.files.models import File
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.news import services as news
from portal.news.models import NewsRevision
from portal.news.services import Text
from tests.support.writing import draft, published


@pytest.fixture
def intranet(cast):
    return cast.space("intranet")


@pytest.fixture
def workspace(cast):
    return cast.space("workspace")


def picture(side: int = 40) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, "PNG")
    out.seek(0)
    return out


def latest() -> NewsRevision:
    db.session.rollback()
    return db.session.scalars(select(NewsRevision).order_by(NewsRevision.id.desc())).first()


@pytest.mark.parametrize(
    ("who", "status"),
    [("contributor", 200), ("editor", 200), ("reader", 404), ("stranger", 404), ("visitor", 302)],
)
def test_who_may_begin_to_write(who, status, sign_in):
    assert sign_in(who).get("/news/new").status_code == status


def test_a_contributor_writes_and_another_approves(sign_in, cast, intranet):
    author, editor = sign_in("contributor"), sign_in("editor")
    form = {
        "space": intranet.id,
        "language": "bg",
        "title": "Нов автобус до Калиница",
        "summary": "От понеделник.",
        "body": "<h2>Час</h2><p>7:10</p>",
        "do": "submit",
    }
    assert author.post("/news/new", data=form).status_code == 302
    text = latest()
    assert text.state == State.IN_REVIEW
    review = f"/news/{text.content_id}/review"
    assert "Някой друг" not in author.get(review).text
    assert author.post(
        f"/news/{text.content_id}/approve", data={"saves": text.saves}
    ).status_code in (403, 404)
    answer = editor.post(f"/news/{text.content_id}/approve", data={"saves": text.saves})
    assert answer.status_code == 302
    page = sign_in("reader").get(f"/news/{text.content.address}")
    assert page.status_code == 200
    assert "7:10" in page.text


def test_nobody_approves_what_she_wrote_or_last_changed(person, intranet):
    text = draft(intranet, person("editor"))
    content.submit(text, text.saves, by=person("editor"))
    with pytest.raises(Refused):
        content.approve(text, text.saves, by=person("editor"))
    other = draft(intranet, person("contributor"))
    news.save(other, other.saves, Text("Нов автобус", body="<p>По-късно</p>"), by=person("editor"))
    content.submit(other, other.saves, by=person("editor"))
    with pytest.raises(Refused):
        content.approve(other, other.saves, by=person("editor"))
    content.approve(other, other.saves, by=person("colleague"))
    assert other.state == State.LIVE


def test_a_space_with_review_releases_by_approval_only(person, intranet):
    text = draft(intranet, person("editor"))
    with pytest.raises(Refused):
        content.release(text, text.saves, by=person("editor"))


def test_a_text_is_returned_with_a_remark_and_only_with_one(sign_in, person, intranet):
    text = draft(intranet, person("contributor"))
    content.submit(text, text.saves, by=person("contributor"))
    editor, address = sign_in("editor"), f"/news/{text.content_id}/return"
    refused = editor.post(address, data={"saves": text.saves, "remark": " "})
    assert refused.status_code == 422
    assert latest().state == State.IN_REVIEW
    editor.post(address, data={"saves": text.saves, "remark": "Кой ден?"})
    assert latest().state == State.RETURNED
    page = sign_in("contributor").get(f"/news/{text.content_id}/edit").text
    assert "Кой ден?" in page


def test_a_review_of_an_older_state_is_refused(person, intranet):
    text = draft(intranet, person("contributor"))
    seen = text.saves
    news.save(text, seen, Text("Друго", body="<p>Друго</p>"), by=person("contributor"))
    content.submit(text, text.saves, by=person("contributor"))
    with pytest.raises(Stale):
        content.approve(text, seen, by=person("editor"))


def test_a_stale_save_shows_both_texts_and_changes_nothing(sign_in, person, workspace):
    text = draft(workspace, person("contributor"), title="Първо")
    mine = {"title": "Моят текст", "body": "<p>мое</p>", "saves": text.saves, "do": "save"}
    news.save(text, text.saves, Text("Чужд текст", body="<p>чуждо</p>"), by=person("editor"))
    browser = sign_in("contributor")
    answer = browser.post(f"/news/{text.content_id}/edit", data=mine)
    assert answer.status_code == 409
    assert all(words in answer.text for words in ("Моят текст", "мое", "Чужд текст", "чуждо"))
    assert latest().title == "Чужд текст"
    again = browser.post(f"/news/{text.content_id}/edit", data={**mine, "saves": latest().saves})
    assert again.status_code == 302
    assert latest().title == "Моят текст"


def test_autosave_keeps_the_text_and_stops_when_another_saved(sign_in, person, workspace):
    text = draft(workspace, person("contributor"))
    browser, address = sign_in("contributor"), f"/news/{text.content_id}/autosave"
    typed = {"title": "Сам", "body": "<p>запис</p>", "saves": 1}
    told = browser.post(address, data=typed).json
    assert told["saves"] == 2
    assert latest().title == "Сам"
    assert browser.post(address, data=typed).status_code == 409
    assert (
        browser.post(address, data={**typed, "title": "", "saves": told["saves"]}).status_code
        == 422
    )


def test_what_was_typed_stays_when_a_field_is_refused(sign_in, intranet):
    long = {
        "space": intranet.id,
        "language": "bg",
        "title": "я" * 201,
        "body": "<p>дълго писах</p>",
    }
    answer = sign_in("contributor").post("/news/new", data={**long, "do": "save"})
    assert answer.status_code == 200
    assert "дълго писах" in answer.text
    assert db.session.scalar(select(Content.id)) is None


@pytest.mark.parametrize(
    ("title", "ending"),
    [
        ("Щъркели над Жеравна", "shtarkeli-nad-zheravna-{id}"),
        ("🎉🎉", "{id}"),
        ("Ден 8", "den-8-{id}"),
    ],
)
def test_an_address_is_never_empty(title, ending, person, workspace):
    text = draft(workspace, person("contributor"), title=title)
    assert text.content.address == ending.format(id=text.content_id)


def test_an_old_address_leads_readers_on_and_tells_strangers_nothing(sign_in, person, intranet):
    text = published(intranet, person("contributor"), person("editor"))
    old = f"/news/stariyat-{text.content_id}"
    assert sign_in("reader").get(old).status_code == 301
    assert sign_in("partner").get(old).status_code == 404
    assert sign_in("stranger").get(f"/news/{text.content.address}").status_code == 404


HOSTILE = (
    '<p onclick="x()">А</p><script>alert(1)</script><img src="x" onerror="y()">'
    '<a href="javascript:z()">Б</a><svg onload="q()"></svg><p style="color:red" class="MsoNormal">В</p>'
    '<img src="https://evil.example/pixel.gif"><iframe src="/"></iframe><o:p>Г</o:p>'
)


def test_hostile_html_comes_out_harmless(person, workspace):
    text = draft(workspace, person("contributor"), body=HOSTILE)
    for bad in (
        "script",
        "onclick",
        "onerror",
        "javascript:",
        "svg",
        "style",
        "Mso",
        "evil",
        "iframe",
        "<img",
    ):
        assert bad not in text.body
    assert all(letter in text.body for letter in "АБВГ")


def status(browser, url):
    with browser.get(url) as answer:
        return answer.status_code


def test_a_picture_is_reached_only_through_a_text_that_one_reads(sign_in, person, intranet):
    author, reader = sign_in("contributor"), sign_in("reader")
    answer = author.post("/files/pictures", data={"file": (picture(), "../лодка.png")})
    assert answer.status_code == 201
    url, ident = answer.json["url"], answer.json["id"]
    assert status(author, url) == 200
    assert status(reader, url) == 404
    text = draft(intranet, person("contributor"), body=f'<p>Ето</p><img src="{url}" alt="Лодка">')
    assert status(reader, url) == 404
    content.submit(text, text.saves, by=person("contributor"))
    content.approve(text, text.saves, by=person("editor"))
    with reader.get(url) as shown:
        assert shown.status_code == 200
        assert shown.mimetype == "image/webp"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert status(sign_in("partner"), url) == 404
    newer = content.draft_of(text.content, "bg", by=person("contributor"))
    news.save(newer, newer.saves, Text("Без снимка", body="<p>Няма</p>"), by=person("contributor"))
    content.submit(newer, newer.saves, by=person("contributor"))
    content.approve(newer, newer.saves, by=person("editor"))
    assert status(reader, url) == 404  # the text that held it is superseded
    assert db.session.get(File, ident).name == "лодка.webp"


def test_a_strangers_picture_cannot_be_tied_to_a_text_by_its_number(sign_in, person, workspace):
    ident = (
        sign_in("manager").post("/files/pictures", data={"file": (picture(), "a.png")}).json["id"]
    )
    with pytest.raises(Refused):
        draft(workspace, person("contributor"), body=f'<img src="/files/{ident}" alt="чужда">')


@pytest.mark.parametrize(
    "data", [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_what_is_no_picture_is_refused_with_a_reason(data, sign_in):
    answer = sign_in("contributor").post(
        "/files/pictures", data={"file": (io.BytesIO(data), "a.png")}
    )
    assert answer.status_code == 422
    assert "снимка" in answer.json["error"]


def test_a_picture_without_words_does_not_go_out(person, workspace, sign_in):
    ident = (
        sign_in("editor").post("/files/pictures", data={"file": (picture(), "a.png")}).json["id"]
    )
    text = draft(workspace, person("editor"), body=f'<p>А</p><img src="/files/{ident}" alt="">')
    with pytest.raises(Refused) as refused:
        content.release(text, text.saves, by=person("editor"))
    assert refused.value.field == "body"


def test_two_who_release_at_once_leave_one_text_live(app, person, workspace):
    text = draft(workspace, person("editor"))
    ident, saves, by = text.id, text.saves, person("editor")
    errors = []

    def run():
        with app.app_context():
            try:
                content.release(db.session.get_one(NewsRevision, ident), saves, by=by)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert latest().state == State.LIVE


def test_sixteen_threads_that_read_then_write_give_no_error(app, person, workspace):
    text = draft(workspace, person("contributor"))
    ident, by = text.id, person("contributor")
    errors, done = [], []

    def run(n):
        with app.app_context():
            for _attempt in range(200):
                row = db.session.get_one(NewsRevision, ident)
                saves = row.saves
                db.session.rollback()
                try:
                    news.save(row, saves, Text(f"Запис {n}", body="<p>x</p>"), by=by)
                    done.append(n)
                    return
                except Stale:
                    continue
                except Exception as error:
                    errors.append(error)
                    return

    threads = [threading.Thread(target=run, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(done) == list(range(16))
    assert latest().saves == 17

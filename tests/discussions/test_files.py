"""Files of replies: reached by whoever reads the reply, refused, kept and hidden with it."""

import io

import pytest
from sqlalchemy import select

from portal.comments import attaching
from portal.comments.models import CommentFile
from portal.content import keeping
from portal.content.models import Content
from portal.files import readings
from portal.files import services as files
from portal.files.models import File, FilePage, FileReading
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.limits import Limit
from portal.kernel.transaction import transaction
from portal.search import views as search_views
from tests.discussions.conftest import replies, reply


def data_of(topic, text, *named, **more):
    return {
        "text": text,
        "space": topic.space,
        "files": [(io.BytesIO(content), name) for name, content in named],
        **more,
    }


def send(browser, topic, text, *named, **more):
    return browser.post(
        f"/content/{topic.id}/comments",
        data=data_of(topic, text, *named, **more),
        content_type="multipart/form-data",
    )


@pytest.fixture
def held(topic, sign_in):
    """The number of a file that the partner put to a reply."""
    assert send(sign_in("partner"), topic, "Ето картата.", ("Карта.txt", b"map")).status_code == 303
    db.session.rollback()
    return db.session.scalars(select(CommentFile.file_id)).one()


def test_a_file_of_a_reply_is_reached_by_its_readers_alone(topic, held, sign_in):
    for who in ("contributor", "editor", "ngo", "partner"):
        answer = sign_in(who).get(f"/files/{held}")
        assert answer.status_code == 200, who
        assert answer.headers["Content-Disposition"].startswith("attachment"), who
        assert "Карта.txt" in sign_in(who).get(topic.page).text
    for who in ("employee", "stranger", "admin", "coordinator"):
        assert sign_in(who).get(f"/files/{held}").status_code == 404, who


def test_a_hidden_reply_takes_its_file_with_it(topic, held, sign_in):
    (said,) = replies(topic)
    editor = sign_in("editor")
    editor.post(f"/comments/{said.id}/hide", data={"hidden": "1"})
    for who, status in (("ngo", 404), ("partner", 404), ("editor", 200)):
        assert sign_in(who).get(f"/files/{held}").status_code == status, who
        assert ("Карта.txt" in sign_in(who).get(topic.page).text) is (status == 200), who
    editor.post(f"/comments/{said.id}/hide", data={"hidden": "0"})
    assert sign_in("ngo").get(f"/files/{held}").status_code == 200


def test_what_is_refused_is_said_and_what_was_uploaded_stays(topic, sign_in):
    partner = sign_in("partner")
    program = ("Чертеж.exe", b"MZ\x90\x00")
    refused = send(partner, topic, "Моите думи", ("Снимка.txt", b"good"), program)
    assert refused.status_code == 422
    assert "Чертеж.exe" in refused.text
    assert "Моите думи" in refused.text
    kept = refused.text.split('name="listed" value="')[1].split('"')[0]
    assert send(partner, topic, "Моите думи", listed=kept).status_code == 303
    assert len(replies(topic)) == 1
    assert "Снимка.txt" in partner.get(topic.page).text


def test_nobody_holds_a_strangers_file_by_its_number(topic, held, sign_in):
    other = sign_in("ngo")
    assert send(other, topic, "И аз", listed=held).status_code == 422
    missing = send(other, topic, "И аз", listed=987654)
    assert missing.status_code == 422
    assert len(replies(topic)) == 1


def test_sent_twice_is_one_reply_and_one_with_another_file_is_another(topic, sign_in):
    partner = sign_in("partner")
    for content in (b"one", b"one", b"two"):
        assert send(partner, topic, "Ето.", ("А.txt", content)).status_code == 303
    assert len(replies(topic)) == 2


def test_files_of_replies_are_not_swept_and_others_are(app, topic, held, person):
    lost = files.add_file(io.BytesIO(b"lost"), "Изгубен.txt", by=person("partner")).id
    with clock.at(clock.now() + 2 * files.ORPHAN_AGE):
        files.sweep()
    db.session.rollback()
    assert set(db.session.scalars(select(File.id))) >= {held}
    assert db.session.get(File, held) is not None
    assert lost is not None


def test_comments_on_news_take_no_files(cast, person, sign_in):
    from tests.support.writing import published

    item = published(cast.space("intranet"), person("contributor"), person("editor")).content
    reader = sign_in("reader")
    page = reader.get(f"/news/{item.address}").text
    assert 'name="files"' not in page
    answer = reader.post(
        f"/content/{item.id}/comments",
        data={
            "text": "Думи",
            "space": item.home_id,
            "files": [(io.BytesIO(b"x"), "А.txt")],
        },
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    db.session.rollback()
    assert not list(db.session.scalars(select(File.id)))


def test_a_closed_discussion_keeps_what_was_typed(topic, sign_in):
    partner, owner = sign_in("partner"), sign_in("contributor")
    reply(partner, topic, "Първо")
    owner.post(f"/content/{topic.id}/comments/close", data={"closed": "1"})
    late = send(partner, topic, "Дълъг отговор", ("А.txt", b"x"))
    assert late.status_code == 422
    assert "Дълъг отговор" in late.text
    assert "А.txt" in late.text
    assert "приключено" in partner.get(topic.page).text


WORDS = ("Меморандум_за_брега.txt", "Първи ред.\nКашалотът излезе на брега.".encode())


QUESTIONS = ("кашалотът", "кашалутът", "kashalotat", "меморандуми")


def test_a_topic_is_found_by_the_words_of_a_replys_file(topic, sign_in, follow):
    partner = sign_in("partner")
    reply(partner, topic, "Преди файла")
    assert send(partner, topic, "Ето протокола.", WORDS).status_code == 303
    reply(partner, topic, "След файла, с костенурка")
    follow()
    db.session.rollback()
    held = db.session.scalars(select(CommentFile.file_id)).one()
    for question in ("кашалотът", "кашалоти", "kashalot"):
        found = sign_in("ngo").get(f"/search?q={question}").text
        assert f"{topic.page}#file{held}" in found, question
        assert "<mark>Кашалотът</mark> излезе" in found, question
        assert "Меморандум_за_брега.txt" in found, question
    assert topic.page in sign_in("ngo").get("/search?q=меморандум брега").text
    # What is said after the file is still told apart from it.
    last = replies(topic)[-1].id
    assert f"{topic.page}#comment-{last}" in sign_in("ngo").get("/search?q=костенурки").text
    assert f'id="file{held}"' in sign_in("ngo").get(topic.page).text


def test_the_words_of_a_replys_file_are_for_its_readers_alone(
    topic, cast, person, sign_in, follow, monkeypatch
):
    # A fast machine asks more than ten questions in a second, and 429 tells nobody anything.
    monkeypatch.setattr(search_views, "_searches", Limit(1_000, 1))
    send(sign_in("partner"), topic, "Ето протокола.", WORDS)
    (said,) = replies(topic)
    follow()

    def told(who):
        """What search tells somebody of the words in the file."""
        addresses = [f"/search?q={question}" for question in QUESTIONS]
        answers = [sign_in(who).get(each) for each in (*addresses, "/search/suggest?q=кашал")]
        assert {each.status_code for each in answers} == {200}, who
        return [each.text for each in answers]

    assert all(topic.page in page for page in told("ngo"))
    hidden_from = ("employee", "stranger", "admin", "coordinator")
    for who in hidden_from:
        for page in told(who):
            assert topic.page not in page and topic.title not in page, who
            assert "Кашалот" not in page and "кашалотът</" not in page, who
            assert "Показани са резултати" not in page, who
    editor = sign_in("editor")
    editor.post(f"/comments/{said.id}/hide", data={"hidden": "1"})
    follow()
    for who in ("ngo", "editor", "partner"):
        assert all(topic.page not in page for page in told(who)), who
    editor.post(f"/comments/{said.id}/hide", data={"hidden": "0"})
    follow()
    assert all(topic.page in page for page in told("ngo"))
    keeping.place(db.session.get(Content, topic.id), cast.space("extranet"), by=person("editor"))
    follow()
    for who in ("coordinator", "ngo", "editor"):
        assert all(topic.page not in page for page in told(who)), who


@transaction
def _add_a_third_page(file_id):
    """As the machine reads it: a page after which the holders are told."""
    reading = db.session.get(FileReading, file_id)
    reading.pages, reading.is_paged = 3, True
    db.session.add(FilePage(file_id=file_id, number=3, text="Делфин на кея", source="text"))
    db.session.flush()
    readings._tell_holders(file_id)


def test_a_page_of_a_replys_file_is_named_in_the_hit(topic, sign_in, follow):
    send(sign_in("partner"), topic, "Ето доклада.", WORDS)
    follow()
    db.session.rollback()
    held = db.session.scalars(select(CommentFile.file_id)).one()
    _add_a_third_page(held)
    follow()
    found = sign_in("ngo").get("/search?q=делфините").text
    assert "Меморандум_за_брега.txt, стр. 3" in found
    assert "<mark>Делфин</mark> на кея" in found


def test_refused_replies_bring_only_so_many_files(topic, sign_in, monkeypatch):
    monkeypatch.setattr(attaching, "WAITING_MAX", 3)
    browser = sign_in("ngo")
    two = [("А.txt", b"a"), ("Б.txt", b"b")]
    for _again in range(3):
        assert send(browser, topic, "", *two).status_code == 422
    assert len(db.session.scalars(select(File)).all()) == 3
    told = send(browser, topic, "Ето.", *two)
    assert told.status_code == 422 and "Вече сте качили много файлове" in told.text
    # What is put to a reply waits no more, and makes room.
    kept = db.session.scalars(select(File.id)).all()
    sent = {"text": "Ето.", "space": topic.space, "listed": kept}
    assert browser.post(f"/content/{topic.id}/comments", data=sent).status_code == 303
    assert send(browser, topic, "И това.", *two).status_code == 303

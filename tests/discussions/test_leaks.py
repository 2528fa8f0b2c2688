"""What is said and decided in a topic's home stays there: pages, files, lists, search, notices."""

from html import unescape

from sqlalchemy import select

from portal.content import keeping
from portal.content.models import Content
from portal.discussions import services
from portal.discussions.services import Text
from portal.kernel.database import db
from portal.notify import follows
from portal.notify.models import Notice
from portal.pages import services as pages
from tests.discussions.conftest import ROOM, decide, reply
from tests.discussions.test_files import send


def test_a_topic_shown_elsewhere_too_takes_nothing_of_its_talk_along(
    topic, cast, person, sign_in, follow
):
    editor, coordinator, ngo = sign_in("editor"), sign_in("coordinator"), sign_in("ngo")
    said = reply(sign_in("partner"), topic, "Тайнство в отговора")
    send(editor, topic, "С файл", ("Тайнство.txt", "тайнство".encode()))
    decide(editor, topic, text="Тайнство в решението")
    follow()
    assert topic.page in ngo.get("/search?q=тайнство").text
    item = db.session.get(Content, topic.id)
    keeping.place(item, cast.space("extranet"), by=person("editor"))
    follow()
    shown = coordinator.get(topic.page)
    assert shown.status_code == 200
    assert "Предлагам събота сутрин." in shown.text
    for url in (
        topic.page, f"/content/{topic.id}/comments", "/discussions", "/search?q=тайнство",
        "/search?q=решение", "/search/suggest?q=тайн", "/notices", "/", "/spaces/extranet",
    ):  # fmt: skip
        text = coordinator.get(url).text.lower()
        assert "тайнство</" not in text.replace("<mark>", ""), url
        assert "тайнство в" not in text, url
        assert f"comment-{said}" not in text, url
        assert "отговора" not in text, url
    assert topic.page not in coordinator.get("/search?q=тайнство").text
    assert "begun" not in coordinator.get("/discussions").text
    assert coordinator.get(ROOM).status_code == 404
    assert coordinator.get(f"{ROOM}/decisions").status_code == 404
    # What is said before the extranet's readers is theirs, and none of the workspace's count.
    extranet = cast.space("extranet").id
    reply(coordinator, topic, "От екстранета", space=extranet)
    assert "2 отговора" in ngo.get(ROOM).text


def test_a_link_says_the_title_of_its_page_only_to_who_reads_that(topic, cast, person, sign_in):
    by, space = person("editor"), cast.space("workspace")
    secret = pages.write(space, "bg", pages.Text("Тайнствена", "<p>х</p>"), by=by, then="release")
    address = f"/pages/{secret.content.address}"
    link = f'<a href="{address}" rel="noopener noreferrer">Тайнствена</a>'
    item = services.begin(space, "bg", Text("Тема", f"<p>Вж. {link}.</p>"), by=by).content
    keeping.place(item, cast.space("extranet"), by=by)
    page, edit = f"/discussions/{item.address}", f"/discussions/{item.id}/edit"
    assert link in sign_in("ngo").get(page).text
    shown = sign_in("coordinator").get(page).text
    assert "недостъпно за Вас" in shown and "Тайнствена" not in shown
    assert "taynstvena" not in shown and "/pages/" not in item.summary
    assert "Тайнствена</a>" in unescape(sign_in("editor").get(edit).text)


def test_a_hidden_reply_is_found_by_nobody(topic, sign_in, follow):
    ngo, editor = sign_in("ngo"), sign_in("editor")
    said = reply(ngo, topic, "Кашалот на плажа")
    follow()
    found = editor.get("/search?q=кашалот").text
    assert f"{topic.page}#comment-{said}" in found
    assert "отговор от Нора Сдружена" in found
    editor.post(f"/comments/{said}/hide", data={"hidden": "1"})
    follow()
    for browser in (ngo, editor):
        assert topic.page not in browser.get("/search?q=кашалот").text


def told(cast, who):
    """The kinds of what somebody was told, in order."""
    db.session.rollback()
    of = select(Notice.kind).where(Notice.user_id == cast.id(who)).order_by(Notice.id)
    return list(db.session.scalars(of))


def test_who_takes_part_is_told_and_who_may_not_read_never_is(topic, cast, sign_in, follow):
    ngo, partner, editor = sign_in("ngo"), sign_in("partner"), sign_in("editor")
    follow()
    assert told(cast, "contributor") == []  # she began it herself
    assert told(cast, "ngo") == ["discussion"]
    reply(ngo, topic, "@Петър Партньоров @Радка Четяща @reader, елате")
    assert told(cast, "contributor") == ["reply"]
    assert told(cast, "partner")[-1] == "mention"
    assert told(cast, "reader") == []
    reply(partner, topic, "Идвам")
    assert told(cast, "ngo")[-1] == "reply"  # she spoke there
    ngo.post(f"/discussions/{topic.id}/follow", data={"on": "0"})
    before = told(cast, "ngo")
    reply(editor, topic, "Аз също")
    assert told(cast, "ngo") == before
    decide(editor, topic, text="Чистим.")
    assert told(cast, "ngo") == before
    assert told(cast, "partner")[-1] == "resolution"
    assert told(cast, "contributor")[-1] == "resolution"
    assert told(cast, "manager") == ["discussion"]  # neither spoke nor follows
    notices = partner.get("/notices").text
    assert "Елена Редакторова отбеляза какво е решено." in notices
    assert "Елена Редакторова отговори в обсъждането." in notices


def test_the_list_marks_what_is_new_until_it_is_opened(topic, sign_in, follow):
    ngo = sign_in("ngo")
    follow()
    assert ">ново<" in ngo.get(ROOM).text.replace("</svg> ", ">")
    ngo.post(f"/content/{topic.id}/seen")
    assert "ново<" not in ngo.get(ROOM).text


def test_an_archived_space_is_only_read(topic, cast, person, sign_in):
    from portal.spaces.services import archive

    archive(cast.space("workspace"), by=person("manager"))
    editor = sign_in("editor")
    page = editor.get(topic.page).text
    assert "Предлагам събота сутрин." in page
    assert "<textarea" not in page
    assert 'name="text"' not in page
    for url, data in (
        (f"/content/{topic.id}/comments", {"text": "Х", "space": topic.space}),
        (f"/discussions/{topic.id}/decide", {"text": "Х"}),
        (f"/discussions/{topic.id}/edit", {"title": "Х", "body": "<p>Х</p>"}),
        (f"{ROOM}/new", {"title": "Х", "body": "<p>Х</p>"}),
    ):
        assert editor.post(url, data=data).status_code in (403, 404, 422), url


def test_who_follows_the_space_gets_a_mail_of_a_new_topic_and_nobody_outside(
    cast, person, follow, mail_server
):
    follows.follow("space", cast.space("workspace").id, "now", by=person("ngo"))
    text = Text("Кога чистим плажа?", "<p>Предлагам събота.</p>")
    services.begin(cast.space("workspace"), "bg", text, by=person("contributor"))
    follow()
    sent = {str(mail["To"]): str(mail["Subject"]) for mail in mail_server.messages}
    assert len(sent) == 1
    ((to, subject),) = sent.items()
    assert "ngo@" in to
    assert "Кога чистим плажа?" in subject

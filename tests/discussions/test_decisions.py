"""What was decided: who marks it, one at a time, shown, listed, found and withdrawn."""

from datetime import timedelta

from sqlalchemy import select

from portal.audit.models import JournalLine
from portal.kernel import clock
from portal.kernel.database import db
from tests.discussions.conftest import ROOM, decide, reply


def test_a_reply_is_marked_listed_found_and_withdrawn(topic, sign_in, follow):
    ngo, owner, editor = sign_in("ngo"), sign_in("contributor"), sign_in("editor")
    said = reply(ngo, topic, "Чистим в осем с ръкавици.")
    assert decide(ngo, topic, reply=said).status_code == 403
    assert decide(sign_in("stranger"), topic, reply=said).status_code == 404
    assert decide(owner, topic, reply=said).status_code == 303
    assert decide(owner, topic, reply=said).status_code == 303  # sent twice is once
    page = ngo.get(topic.page).text
    assert 'id="decision"' in page
    assert "отбелязано от Коста Пишещ" in page
    assert "Чистим в осем с ръкавици." in ngo.get(f"{ROOM}/decisions").text
    for show, found in (("decided", True), ("open", False), ("mine", True)):
        assert (topic.title in ngo.get(f"{ROOM}?show={show}").text) is found, show
    follow()
    assert topic.page in ngo.get("/search?q=решение плажа").text
    number = _number(owner.get(topic.page).text)
    late = decide(editor, topic, text="Чистим в девет.")
    assert late.status_code == 422
    assert "Междувременно беше отбелязано решение" in late.text
    assert "Чистим в осем с ръкавици." in late.text  # the first one
    assert "Чистим в девет." in late.text  # what was typed
    undo = f"/discussions/{topic.id}/undecide"
    assert ngo.post(undo, data={"decision": number}).status_code == 403
    assert editor.post(undo, data={"decision": number}).status_code == 303
    assert 'id="decision"' not in ngo.get(topic.page).text
    assert "Чистим в осем" not in ngo.get(f"{ROOM}/decisions").text
    assert decide(editor, topic, text="Чистим в девет.").status_code == 303
    actions = select(JournalLine.action).where(JournalLine.action.startswith("discussion."))
    assert list(db.session.scalars(actions.order_by(JournalLine.id))) == [
        "discussion.decide", "discussion.withdraw", "discussion.decide"
    ]  # fmt: skip


def _number(page):
    return page.split('name="decision" value="')[1].split('"')[0]


def test_a_hidden_reply_takes_its_words_from_the_decision(topic, sign_in, follow):
    ngo, editor = sign_in("ngo"), sign_in("editor")
    said = reply(ngo, topic, "Тайнствени думи")
    decide(editor, topic, reply=said)
    editor.post(f"/comments/{said}/hide", data={"hidden": "1"})
    follow()
    for url in (topic.page, f"{ROOM}/decisions", "/search?q=тайнствени"):
        assert "Тайнствени думи" not in ngo.get(url).text, url


def test_a_hidden_reply_that_is_refused_as_the_decision_keeps_its_words(topic, sign_in):
    ngo, owner, editor = sign_in("ngo"), sign_in("contributor"), sign_in("editor")
    said = reply(ngo, topic, "Тайнствени думи")
    editor.post(f"/comments/{said}/hide", data={"hidden": "1"})
    refused = decide(owner, topic, reply=said)
    assert refused.status_code == 422 and "този отговор беше скрит" in refused.text
    assert "Тайнствени думи" not in refused.text
    decide(owner, topic, text="Чистим в девет.")
    assert "Тайнствени думи" not in decide(owner, topic, reply=said).text


def test_no_decision_lies_ahead_or_says_nothing(topic, sign_in):
    owner = sign_in("contributor")
    tomorrow = clock.today() + timedelta(days=1)
    for data, words in (
        ({"text": "Да.", "day": tomorrow.isoformat()}, "не може да е в бъдещето"),
        ({"text": ""}, "Какво е решено"),
        ({"text": "х" * 3001}, "3000"),
    ):
        answer = decide(owner, topic, **data)
        assert answer.status_code == 422, data
        assert words in answer.text
    past = (clock.today() - timedelta(days=3)).isoformat()
    assert decide(owner, topic, text="Да.", day=past).status_code == 303

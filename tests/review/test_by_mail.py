"""A reviewer decides by the link in her mail, without signing in; a link that is over says why."""

import logging
import re
import threading
from datetime import timedelta

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import func, select

from portal.accounts import services as accounts
from portal.audit.models import JournalLine
from portal.content import keeping, steps
from portal.content import services as content
from portal.content.models import Decision, Remark, State
from portal.content.services import Said
from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.news import services as news
from portal.news.services import Text
from portal.review import links as signed
from portal.review import services
from portal.spaces import services as spaces
from tests.review.conftest import fresh
from tests.support.writing import draft

KINDS = ("news", "document", "practice")


def state(text_id: int) -> str:
    return fresh(text_id).state


def everything() -> list[int]:
    """How many rows a look could have added."""
    db.session.rollback()
    tables = (Decision, Remark, JournalLine, Job)
    return [db.session.scalar(select(func.count()).select_from(table)) for table in tables]


@pytest.mark.parametrize("kind", KINDS)
def test_a_reviewer_approves_from_the_mail_without_a_session(kind, client, cast, waiting, links):
    text = waiting(kind)
    ident, title = text.id, text.title
    path = links()["editor"]
    before = everything()
    page = client.get(path)
    assert page.status_code == 200
    assert title in page.text and cast["editor"].name in page.text
    assert everything() == before and state(ident) == State.IN_REVIEW
    assert client.get_cookie("portal") is None  # the link is no session, and needs none
    client.csrf = False
    done = client.post(path, data={"do": "approve"})
    assert done.status_code == 200 and "Одобрено" in done.text
    assert state(ident) == State.LIVE
    decision = db.session.scalars(select(Decision)).one()
    assert (decision.via, decision.by_id, decision.verdict) == (
        "mail",
        cast.id("editor"),
        "approved",
    )
    line = db.session.scalars(
        select(JournalLine).where(JournalLine.action == "content.approve")
    ).one()
    assert (line.actor_id, line.facts["via"]) == (cast.id("editor"), "mail")
    assert client.get("/").status_code == 302  # still nobody


@pytest.mark.parametrize("kind", KINDS)
def test_each_reviewer_is_told_once_with_a_link_of_her_own(kind, waiting, links, mail_server):
    waiting(kind)
    found = links()
    assert sorted(found) == ["colleague", "editor", "manager"]
    assert len(set(found.values())) == 3
    assert len(mail_server.messages) == 3
    assert all("Тайн" not in mail["Subject"] for mail in mail_server.messages)


def test_she_returns_it_with_remarks_at_passages(client, sign_in, waiting, links):
    text = waiting()
    ident, item = text.id, text.content_id
    page = client.get(links()["editor"]).text
    assert page.count("Бележка тук") >= 2 * 5  # heading, paragraph, two items, table
    data = {"do": "return", "remark": "Почти.", "at_body-2": "От коя гара?", "at_title": "Кой?"}
    answer = client.post(links()["editor"], data=data)
    assert answer.status_code == 200 and "Върнато" in answer.text
    assert state(ident) == State.RETURNED
    remarks = {(row.field, row.quote): row.text for row in db.session.scalars(select(Remark))}
    assert remarks == {
        ("body", "Тръгва в 7:10 от гарата."): "От коя гара?",
        ("title", ""): "Кой?",
    }
    author = sign_in("contributor").get(f"/news/{item}/edit").text
    assert "От коя гара?" in author and "Тръгва в 7:10 от гарата." in author


def test_remarks_are_not_lost_by_approving_and_nothing_is_returned_without_a_word(
    client, waiting, links
):
    ident = waiting().id
    path = links()["editor"]
    refused = client.post(path, data={"do": "approve", "at_body-1": "Кога?"})
    assert refused.status_code == 422 and ">Кога?</textarea>" in refused.text
    assert client.post(path, data={"do": "return", "remark": "  "}).status_code == 422
    long = client.post(path, data={"do": "return", "at_body-1": "д" * 2001})
    assert long.status_code == 422 and "д" * 2001 in long.text and "2000" in long.text
    assert client.post(path, data={"do": "burn"}).status_code == 400
    assert state(ident) == State.IN_REVIEW


def test_the_page_shows_what_differs_from_the_approved_text(client, person, waiting, links):
    text = waiting()
    content.approve(text, text.saves, by=person("editor"))
    author = person("contributor")
    newer = content.draft_of(text.content, "bg", by=author)
    changed = Text(newer.title, body=newer.body.replace("7:10", "8:40"))
    news.save(newer, newer.saves, changed, by=author, then="submit")
    page = client.get(links()["colleague"]).text
    assert "<del>7:10</del> <ins>8:40</ins>" in page


@pytest.mark.parametrize("where", ["mail", "portal"])
def test_a_link_to_another_text_is_named_in_words_and_says_no_title(
    client, sign_in, cast, person, links, where
):
    author, space = person("contributor"), cast.space("intranet")
    other = draft(space, author, title="Скритият бюджет").content_id
    path = f"/news/{other}"
    body = f'<p>Вижте <a href="{path}">{path}</a> и пишете.</p>'
    made = draft(space, author, title="Срок", body=body)
    content.submit(made, made.saves, by=author)
    mailed = links()["editor"]
    content.return_(made, made.saves, by=person("editor"), remark="", passages=[
        Said("body", f"Вижте {path} и пишете.", "Докога?")])  # fmt: skip
    content.submit(made, made.saves, by=author)
    mailed = links()["editor"]
    if where == "mail":
        page = client.get(mailed).text
        assert f'<a href="{path}" rel="noopener noreferrer">публикация в портала</a>' in page
        assert "Скритият бюджет" not in page
    else:
        page = sign_in("editor").get(f"/news/{made.content_id}/review").text
        assert ">Скритият бюджет</a>" in page
    assert "Вижте публикация в портала и пишете." in page
    words = re.sub(r"<[^>]*>", "", page)
    assert path not in words


# ── Links that are over ─────────────────────────────────────────────────


def dead(client, path, status, words, title="Тайният автобус"):
    """Both the look and the click say why, and nothing of the text."""
    for answer in (client.get(path), client.post(path, data={"do": "approve"})):
        assert answer.status_code == status
        assert words in answer.text
        assert title not in answer.text and "7:10" not in answer.text


def test_a_link_lives_seventy_two_hours(client, waiting, links):
    ident = waiting().id
    before = clock.now()
    path = links()["editor"]
    after = clock.now()
    with clock.at(before + timedelta(hours=71, minutes=59)):
        assert client.get(path).status_code == 200
    with clock.at(after + timedelta(hours=72, minutes=1)):
        dead(client, path, 410, "вече не важи")
    assert state(ident) == State.IN_REVIEW


@pytest.mark.parametrize("broken", ["cut", "turned", "other key", "other salt", "long", "list"])
def test_a_forged_or_broken_link_opens_nothing(broken, app, client, cast, waiting, links):
    text = waiting()
    path = links()["editor"]
    payload = [text.id, text.saves, cast.id("editor"), int(clock.now().timestamp()), 0]
    key = app.config["SECRET_KEY"]
    forged = {
        "cut": path[:-3],
        # Not the last letter: two of its bits belong to no byte, and may be turned.
        "turned": path[:-2] + ("A" if path[-2] != "A" else "B") + path[-1],
        "other key": "/review/" + URLSafeSerializer("k" * 40, salt="review.link").dumps(payload),
        "other salt": "/review/" + URLSafeSerializer(key, salt="signin.ticket").dumps(payload),
        "long": path + "A" * 400,
        "list": "/review/" + URLSafeSerializer(key, salt="review.link").dumps(["a", {}, None]),
    }
    dead(client, forged[broken], 404, "не е пълна")
    assert state(text.id) == State.IN_REVIEW


def test_a_link_dies_with_a_newer_save(client, person, waiting, links):
    text = waiting()
    path = links()["editor"]
    news.save(
        text, text.saves, Text("Друг", body="<p>Друго</p>"), by=person("contributor"), then="submit"
    )
    dead(client, path, 410, "вече не чака")


def test_a_link_dies_when_the_text_is_taken_back_or_thrown_away(client, person, waiting, links):
    text = waiting()
    path = links()["editor"]
    content.withdraw(text, by=person("contributor"))
    dead(client, path, 410, "вече не чака")
    other = waiting("document")
    keeping.trash(other.content, by=person("editor"))
    token = signed.token(other, person("editor").user_id)
    dead(client, f"/review/{token}", 410, "вече не чака")


def test_a_second_click_is_told_who_decided_and_when(client, cast, waiting, links):
    ident = waiting().id
    found = links()
    with clock.at(clock.now() + timedelta(hours=1)) as _:
        client.post(found["colleague"], data={"do": "return", "remark": "Кога?"})
        when = clock.local(clock.now())
    for path in (found["colleague"], found["editor"]):
        dead(client, path, 410, f"върнато с бележки от {cast['colleague'].name}")
        assert f"{when:%H:%M}" in client.get(path).text
    assert state(ident) == State.RETURNED
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 1


def test_a_text_sent_again_unchanged_is_not_opened_by_the_earlier_link(
    client, person, waiting, links, mail_server
):
    text = waiting()
    first = links()["editor"]
    content.return_(text, text.saves, by=person("colleague"), remark="Проверете часа.")
    content.submit(text, text.saves, by=person("contributor"))
    mail_server.messages.clear()
    second = links()["editor"]
    dead(client, first, 410, "Вече решено")
    assert client.get(second).status_code == 200


def test_a_link_dies_with_the_right(client, cast, person, waiting, links):
    ident = waiting().id
    path = links()["editor"]
    held = spaces.membership_of(cast.space("intranet"), cast["editor"])
    spaces.remove_member(held, by=person("manager"))
    dead(client, path, 403, "Вече не преглеждате")
    assert state(ident) == State.IN_REVIEW


def test_a_link_of_somebody_who_left_opens_nothing(client, cast, person, waiting, links):
    ident = waiting().id
    path = links()["editor"]
    accounts.retire(cast["editor"], by=person("admin"))
    dead(client, path, 403, "Достъпът Ви е прекратен")
    assert state(ident) == State.IN_REVIEW


def test_nobody_approves_her_own_text_by_a_link(client, cast, person, waiting):
    text = waiting()
    news.save(
        text, text.saves, Text("Тайният автобус", body="<p>7:10</p>"), by=person("editor"),
        then="submit",
    )  # fmt: skip
    for who in ("editor", "contributor"):
        token = signed.token(fresh(text.id), cast.id(who))
        status = 403
        assert client.get(f"/review/{token}").status_code == status
        assert client.post(f"/review/{token}", data={"do": "approve"}).status_code == status
    assert state(text.id) == State.IN_REVIEW


def test_somebody_else_who_is_signed_in_does_not_decide_with_it(sign_in, cast, waiting, links):
    ident = waiting().id
    path = links()["editor"]
    author = sign_in("contributor")
    page = author.post(path, data={"do": "approve"})
    assert page.status_code == 403 and cast["editor"].name in page.text
    assert state(ident) == State.IN_REVIEW
    assert sign_in("editor").post(path, data={"do": "approve"}).status_code == 200
    assert state(ident) == State.LIVE


# ── Quiet, few, and whole ───────────────────────────────────────────────


def test_the_key_is_told_to_nobody(client, waiting, links, caplog):
    waiting()
    path = links()["editor"]
    token = path.rpartition("/")[2]
    logging.getLogger("portal").propagate = True
    with caplog.at_level(logging.DEBUG):
        page = client.get(path)
        client.post(path, data={"do": "return", "remark": "Не."})
    assert token not in caplog.text and caplog.text
    assert token not in page.text  # no link, form or picture of the page carries it on
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "no-store" in page.headers["Cache-Control"]
    lines = db.session.scalars(select(JournalLine)).all()
    assert token not in str([line.facts for line in lines])
    assert not re.search(r'(?:href|src|action)="https?:', page.text)


def test_links_are_not_tried_out(client):
    answers = [client.get(f"/review/{number}").status_code for number in range(40)]
    assert answers[:30] == [404] * 30 and 429 in answers


def test_an_english_reader_reads_english(client, cast, waiting, links):
    from tests.practices.test_review_mails import _speak_english

    _speak_english(cast.id("editor"))
    waiting()
    page = client.get(links()["editor"])
    assert 'lang="en"' in page.text and "Your decision" in page.text


def test_of_two_decisions_at_once_one_stands(app, waiting, links):
    ident = waiting().id
    found = links()
    answers = {}
    barrier = threading.Barrier(2)

    def click(who, data):
        with app.app_context():
            browser = app.test_client()
            barrier.wait()
            answers[who] = browser.post(found[who], data=data).status_code

    db.session.rollback()
    threads = [
        threading.Thread(target=click, args=("editor", {"do": "approve"})),
        threading.Thread(target=click, args=("colleague", {"do": "return", "remark": "Не."})),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers.values()) == [200, 410]
    assert fresh(ident).state in (State.LIVE, State.RETURNED)
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 1


def test_what_breaks_in_the_middle_decides_nothing_and_the_link_still_works(client, waiting, links):
    ident = waiting().id
    path = links()["editor"]

    def refuse(_text, _by):
        raise Refused("must_read", "Иван Иванов не може да го чете.")

    steps.on("approved", refuse)
    try:
        answer = client.post(path, data={"do": "approve"})
    finally:
        steps._following["approved"].pop(refuse)
    assert answer.status_code == 422 and "Иван Иванов не може" in answer.text
    assert state(ident) == State.IN_REVIEW
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 0
    assert services.approve(path.rpartition("/")[2]).state == State.LIVE

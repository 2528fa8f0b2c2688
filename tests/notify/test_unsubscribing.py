"""One click stops mails without signing in: from the page, and from a mail program (RFC 8058)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal import notify
from portal.audit.models import JournalLine
from portal.comments import services as comments
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify import unsubscribing, unsubscribing_views
from portal.notify.models import Follow, Notice, NoticeChoice
from tests.support.writing import published

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def program(client):
    """A mail program: no session, no cookie, no token of a form."""
    client.csrf = False
    return client


def chosen(user_id):
    db.session.rollback()
    mine = select(NoticeChoice.kind, NoticeChoice.mail).where(NoticeChoice.user_id == user_id)
    return dict(db.session.execute(mine).all())


def words(mail):
    return mail.get_body(("plain",)).get_content()


def path(address):
    assert address.startswith("http://127.0.0.1:8000/unsubscribe/")
    return address.removeprefix("http://127.0.0.1:8000")


def state(user_id):
    follows = select(Follow.id, Follow.mail).where(Follow.user_id == user_id)
    return chosen(user_id), dict(db.session.execute(follows).all())


@pytest.fixture
def raw(mail_server):
    """The bytes of what arrives: a parser would read an encoded header back."""
    taken = []
    real = mail_server.handle_DATA

    async def handle_DATA(server, session, envelope):
        taken.append(envelope.content)
        return await real(server, session, envelope)

    mail_server.handle_DATA = handle_DATA
    return taken


def test_a_mail_program_stops_what_the_mail_is_about_with_one_post(
    app, cast, person, follow, raw, program
):
    reader = cast.id("reader")

    @transaction
    def ask():
        db.session.add(NoticeChoice(user_id=reader, kind="news", mail="now"))
        db.session.add(Follow(user_id=reader, person_id=cast.id("editor"), mail="now"))

    ask()
    published(cast.space("intranet"), person("contributor"), person("editor"))
    follow()
    (mail,) = [each for each in raw if b"To: " in each and b"<reader@town.example>" in each]
    # As it goes over the wire: one line each, no encoded words, or no program finds the address.
    (address,) = re.findall(rb"^List-Unsubscribe: <(\S+)>\r$", mail, re.MULTILINE)
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in mail
    where = path(address.decode())
    before = state(reader)
    for _twice in range(2):
        assert program.get(where).status_code == 200
        assert program.head(where).status_code == 200
    assert state(reader) == before  # a look, by a person or by a gateway's robot, changes nothing
    for _twice in range(2):
        assert program.post(where, data=ONE_CLICK).status_code == 200
    assert chosen(reader) == {"news": "portal"}
    events = select(JournalLine.action).where(JournalLine.action.like("notify.%"))
    assert db.session.scalars(events).all() == ["notify.unsubscribe"]
    # The next one waits in the bell alone.
    published(cast.space("intranet"), person("contributor"), person("editor"), title="Втора")
    follow()
    assert sum(b"<reader@town.example>" in each for each in raw) == 1
    assert len(db.session.scalars(select(Notice).where(Notice.user_id == reader)).all()) == 2


def test_the_page_says_what_stops_and_takes_it_back(app, cast, client, program):
    reader = cast.id("reader")

    @transaction
    def follow_editor():
        row = Follow(user_id=reader, person_id=cast.id("editor"), mail="now")
        other = Follow(user_id=cast.id("ngo"), person_id=cast.id("editor"), mail="now")
        db.session.add_all([row, other])
        db.session.flush()
        return row.id, other.id

    mine, others = follow_editor()
    for what, words, stopped, again in [
        ("digest", "дневния обзор", ({"digest": "off"}, {mine: "now"}), ({}, {mine: "now"})),
        ("kind:news", "„Новини“", ({"news": "portal"}, {mine: "now"}), ({"news": "now"}, {mine: "now"})),
        # Somebody else's follow stays, whatever an address names.
        (f"follow:{mine}.{others}", "което следите", ({"news": "now"}, {mine: "portal"}), ({"news": "now"}, {mine: "now"})),
    ]:  # fmt: skip
        where = path(unsubscribing.address(reader, what))
        page = client.get(where).text
        assert words in page and "Спрете ги" in page and "Желева" not in page
        done = program.post(where)
        assert "Повече няма да получавате" in done.text and state(reader) == stopped
        done = program.post(where, data={"again": "1"})
        assert "Отново ще получавате" in done.text and state(reader) == again
    assert db.session.get_one(Follow, others).mail == "now"
    # An old mail's address turns nothing up that she has turned down since.
    for mail in ("off", "daily"):

        @transaction
        def choose(mail=mail):
            db.session.get_one(NoticeChoice, (reader, "news")).mail = mail

        choose()
        program.post(path(unsubscribing.address(reader, "kind:news")))
        assert chosen(reader)["news"] == mail


def test_the_page_speaks_its_receivers_language(cast, client):
    cast["reader"].language = "en"
    db.session.commit()
    page = client.get(path(unsubscribing.address(cast.id("reader"), "digest"))).text
    assert "No longer send me: the daily digest." in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_is_forged_too_old_or_of_somebody_gone_says_so(method, cast, program):
    unsubscribing_views._failures.reset()
    reader = cast.id("reader")
    good = path(unsubscribing.address(reader, "digest"))
    # Days are counted in local time: an hour of summer time may make one less of them.
    with clock.at(datetime.now(UTC) - timedelta(days=402)):
        old = path(unsubscribing.address(reader, "digest"))
    cast["ngo"].retired_at = clock.now()
    gone = path(unsubscribing.address(cast.id("ngo"), "digest"))
    db.session.commit()
    signed_for_else = unsubscribing._signer().dumps({"not": "a list"})
    for where in (
        good[:-1], good[:-1] + ("A" if good[-1] != "A" else "B"), old, gone,
        "/unsubscribe/x", "/unsubscribe/" + "я" * 300, f"/unsubscribe/{signed_for_else}",
    ):  # fmt: skip
        answer = getattr(program, method)(where)
        assert answer.status_code == 404, where
        assert "Този адрес не спира нищо" in answer.text and "Нищо не е променено" in answer.text
    assert chosen(reader) == chosen(cast.id("ngo")) == {}
    unsubscribing_views._failures.reset()


def test_no_mail_of_duty_offers_to_be_stopped(app, cast, mail_server, follow):
    @transaction
    def tell():
        notify.deliver(
            cast.id("reader"), "password_changed", "password:1", at=clock.now().isoformat()
        )

    tell()
    follow()
    (mail,) = mail_server.messages
    assert mail["List-Unsubscribe"] is None
    assert "не може да се спре" in words(mail)


def test_a_comment_that_names_me_offers_to_stop_its_kind(
    app, cast, person, mail_server, follow, program
):
    """Its mail is the general one of notices told at once."""
    text = published(cast.space("intranet"), person("contributor"), person("editor"))
    follow()
    mail_server.messages.clear()
    space, by = cast.space("intranet"), person("editor")
    comments.write(text.content, space, "@Радка Четяща, вижте това.", by=by)
    follow()
    (mail,) = mail_server.messages
    assert "Коментари, в които съм спомената" in words(mail) or "споменат" in words(mail)
    address = mail["List-Unsubscribe"].strip("<>")
    assert address in words(mail)
    program.post(path(address), data=ONE_CLICK)
    assert chosen(cast.id("reader")) == {"mention": "portal"}

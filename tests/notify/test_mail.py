"""Mail: told once, sent again only when a crash left its fate unknown, refused for good or not."""

import ssl
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import select

from portal import jobs, notify
from portal.accounts.models import User
from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify import mails, sending, transport
from portal.notify.models import Delivery

AT = "2026-11-21T10:00:00+00:00"


@transaction
def tell(user, key="password:1", version=1):
    notify.deliver(user.id, "password_changed", key, version=version, at=AT)


def rows():
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))


def later(hours=12):
    """Run what is due after the pauses of failed jobs."""
    with clock.at(clock.now() + timedelta(hours=hours)):
        jobs.run_until_idle()


def test_a_mail_arrives_in_the_receivers_language(app, maria, post):
    tell(maria)
    jobs.run_until_idle()
    (mail,) = post.mails
    assert post.receivers == ["maria@town.example"]
    assert mail["To"] == "Мария Желева <maria@town.example>"
    assert mail["From"] == "Община Белобряг <portal@belobryag.example>"
    assert mail["Subject"] == "Паролата Ви за портала на Община Белобряг е сменена"
    text = mail.get_body(("plain",)).get_content()
    assert "Здравейте, Мария Желева," in text and "21 ноември 2026 г., 12:00" in text
    assert "https://portal.belobryag.example/forgot" in text
    html = mail.get_body(("html",)).get_content()
    assert 'lang="bg"' in html and "Мария Желева" in html
    (row,) = rows()
    assert row.state == "sent" and row.tries == 1 and row.repeats == 0 and row.sent_at
    assert mail["Message-ID"] == row.message_id


def test_an_english_reader_is_written_to_in_english(app, maria, post):
    maria.language = "en"
    db.session.commit()
    tell(maria)
    jobs.run_until_idle()
    (mail,) = post.mails
    assert (
        mail["Subject"] == "Your password for the portal of Municipality of Belobryag was changed"
    )
    assert mail["To"].startswith("Maria Zheleva")


def test_the_same_thing_is_told_once_and_a_new_version_again(app, maria, post):
    tell(maria)
    tell(maria)
    jobs.run_until_idle()
    tell(maria)
    jobs.run_until_idle()
    assert len(post.mails) == 1
    tell(maria, version=2)
    jobs.run_until_idle()
    assert len(post.mails) == 2
    assert len({mail["Message-ID"] for mail in post.mails}) == 2


def test_a_mail_exists_exactly_when_its_change_does(app, maria):
    @transaction
    def fail():
        notify.deliver(maria.id, "password_changed", "x", at=AT)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert rows() == [] and db.session.scalars(select(Job)).all() == []
    with pytest.raises(RuntimeError):
        notify.deliver(maria.id, "password_changed", "x", at=AT)


def test_an_unknown_mail_is_refused_before_it_is_queued(app, maria):
    @transaction
    def wrong():
        notify.deliver(maria.id, "no_such_mail", "x")

    with pytest.raises(LookupError):
        wrong()


def test_a_crash_after_the_handing_over_sends_it_again_under_the_same_number(
    app, maria, post, monkeypatch
):
    tell(maria)

    def die(*_args):
        raise KeyboardInterrupt  # what a kill leaves: the mail went out, nobody wrote it down

    with monkeypatch.context() as broken:
        broken.setattr(sending, "_note", die)
        with pytest.raises(KeyboardInterrupt):
            jobs.run_until_idle()
    assert [row.state for row in rows()] == ["sending"] and len(post.mails) == 1
    later()  # the lease is over, another worker takes the job
    (row,) = rows()
    assert row.state == "sent" and row.repeats == 1 and row.tries == 2
    assert [mail["Message-ID"] for mail in post.mails] == [row.message_id] * 2
    later()
    assert len(post.mails) == 2


def test_a_job_that_runs_twice_sends_once(app, maria, post):
    tell(maria)
    jobs.run_until_idle()
    sending.send(rows()[0].id)
    assert len(post.mails) == 1


@pytest.mark.parametrize("where", ["rcpt_answers", "data_answers"])
def test_a_refusal_for_good_is_written_down_and_not_tried_again(app, maria, post, where):
    setattr(post, where, ["550 5.1.1 No such person"])
    tell(maria)
    jobs.run_until_idle()
    later()
    (row,) = rows()
    assert row.state == "refused" and "No such person" in row.error and row.tries == 1
    assert post.mails == []


@pytest.mark.parametrize("where", ["rcpt_answers", "data_answers"])
def test_a_refusal_for_now_is_tried_again_later(app, maria, post, where):
    setattr(post, where, ["451 4.7.1 Come back later"])
    tell(maria)
    jobs.run_until_idle()
    (row,) = rows()
    assert row.state == "waiting" and "Come back later" in row.error
    later()
    (row,) = rows()
    assert row.state == "sent" and row.repeats == 0 and row.error == ""
    assert len(post.mails) == 1


def test_a_server_that_is_away_is_tried_again(app, maria, post):
    mail_url = app.config["MAIL_URL"]
    app.config["MAIL_URL"] = "smtp://127.0.0.1:9"
    tell(maria)
    jobs.run_until_idle()
    assert rows()[0].state == "waiting"
    app.config["MAIL_URL"] = mail_url
    later()
    assert rows()[0].state == "sent"


def test_a_person_without_an_address_gets_none(app, maria, post):
    maria.email = None
    db.session.commit()
    tell(maria)
    jobs.run_until_idle()
    assert rows()[0].state == "none" and post.mails == []


@pytest.mark.parametrize(
    "address", ["not an address", "a@b@c", "x@y.example\r\nBcc: all@town.example"]
)
def test_a_malformed_address_is_refused_and_smuggles_nothing(app, maria, post, address):
    maria.email = address
    db.session.commit()
    tell(maria)
    jobs.run_until_idle()
    assert rows()[0].state == "refused" and post.receivers == []


def test_what_is_no_longer_true_is_not_sent(app, maria, post):
    def gather(facts):
        raise mails.Moot("it was withdrawn")

    mails.register("test_moot", "Subject", gather)

    @transaction
    def tell_moot():
        notify.deliver(maria.id, "test_moot", "x")

    tell_moot()
    jobs.run_until_idle()
    (row,) = rows()
    assert row.state == "moot" and row.error == "it was withdrawn" and post.mails == []


def test_without_a_server_mails_become_files_that_only_the_owner_reads(app, maria, post):
    app.config["MAIL_URL"] = ""
    tell(maria)
    jobs.run_until_idle()
    folder = Path(app.instance_path) / "mail"
    (file,) = folder.iterdir()
    assert file.suffix == ".eml" and file.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0
    assert rows()[0].state == "sent" and post.mails == []


class FakeServer:
    """Stands for smtplib's; `seen` is what was asked of it."""

    seen: ClassVar[list[object]] = []
    offers: ClassVar[list[str]] = ["starttls"]

    def __init__(self, host, port, timeout, **_more):
        self.seen.append((host, port, timeout))

    def ehlo(self):
        pass

    def has_extn(self, name):
        return name in self.offers

    def starttls(self, context):
        self.seen.append(("starttls", context.verify_mode))

    def close(self):
        pass

    def login(self, user, password):
        self.seen.append((user, password))


@pytest.mark.parametrize(
    ("mail_url", "expected"),
    [
        (
            "smtps://me%40town:p%3Aw%2Fd@mail.town.example:4650",
            [("mail.town.example", 4650, 20), ("me@town", "p:w/d")],
        ),
        (
            "smtp://me:secret@mail.town.example",
            [("mail.town.example", 25, 20), ("starttls", ssl.CERT_REQUIRED), ("me", "secret")],
        ),
        # Nothing to give away but the mail itself: any cipher is better than none.
        (
            "smtp://mail.town.example:2525",
            [("mail.town.example", 2525, 20), ("starttls", ssl.CERT_NONE)],
        ),
        ("smtp://127.0.0.1:25", [("127.0.0.1", 25, 20)]),
    ],
)
def test_a_password_goes_only_to_a_server_that_proves_who_it_is(monkeypatch, mail_url, expected):
    monkeypatch.setattr(FakeServer, "seen", [])
    monkeypatch.setattr(transport, "Plain", FakeServer)
    monkeypatch.setattr(transport, "Tls", FakeServer)
    transport._connect(mail_url)
    assert FakeServer.seen == expected


def test_a_password_is_not_sent_in_the_clear(monkeypatch):
    monkeypatch.setattr(FakeServer, "seen", [])
    monkeypatch.setattr(FakeServer, "offers", [])
    monkeypatch.setattr(transport, "Plain", FakeServer)
    with pytest.raises(transport.smtplib.SMTPNotSupportedError):
        transport._connect("smtp://me:secret@mail.town.example")
    assert ("me", "secret") not in FakeServer.seen


def test_sixteen_mails_at_once_are_sixteen_mails(app, maria, post):
    for number in range(16):
        tell(maria, key=f"password:{number}")
    jobs.run_until_idle()
    assert len({mail["Message-ID"] for mail in post.mails}) == 16
    assert db.session.get(User, maria.id).email

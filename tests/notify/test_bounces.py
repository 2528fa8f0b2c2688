"""What came back is read from a mailbox once, marks its delivery, and fools nobody."""

import ssl

import pytest
from sqlalchemy import select

from portal import jobs, notify
from portal.jobs import upkeep
from portal.jobs.models import Job
from portal.kernel import config
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify import bounces, mailboxes, sending
from portal.notify.models import Delivery, ReturnedMail
from tests.support.imap import ImapServer

AT = "2026-11-21T10:00:00+00:00"


@transaction
def tell(user, key="password:1"):
    notify.deliver(user.id, "password_changed", key, at=AT)


def row():
    db.session.rollback()
    return db.session.scalars(select(Delivery).order_by(Delivery.id)).first()


def report(
    message_id,
    action="failed",
    status="5.1.1",
    words="smtp; 550 5.1.1 No such person",
    returned="message/rfc822",
    kind="report; report-type=delivery-status",
    text="I could not deliver it.",
):
    """What a mail server writes when a mail cannot be delivered (RFC 3464)."""
    head = f"From: portal@town.example\nTo: maria@town.example\nMessage-ID: {message_id}\n"
    head += "Subject: Test\n" + ("" if returned.startswith("text") else "\nThe mail itself.\n")
    return (
        "From: MAILER-DAEMON@mx.town.example\nTo: portal@town.example\n"
        "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/{kind}; boundary="B"\n\n'
        f"--B\nContent-Type: text/plain\n\n{text}\n\n"
        "--B\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.town.example\n\n"
        f"Final-Recipient: rfc822; maria@town.example\nAction: {action}\n"
        f"Status: {status}\nDiagnostic-Code: {words}\n\n"
        f"--B\nContent-Type: {returned}\n\n{head}\n--B--\n"
    ).encode()


@pytest.fixture
def maildir(app, tmp_path):
    """Puts mails into a real folder, as a mail server does; `maildir.folder`."""
    folder = tmp_path / "Върнати писма"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    app.config["BOUNCE_URL"] = folder.as_uri().replace("file://", "maildir://")

    class Maildir:
        number = 0

        def put(self, raw):
            self.number += 1
            path = folder / "new" / f"17000000{self.number:02}.M1P{self.number}.mx"
            path.write_bytes(raw)
            return path

    made = Maildir()
    made.folder = folder
    return made


@pytest.fixture
def sent(app, maria, post):
    tell(maria)
    jobs.run_until_idle()
    assert row().state == "sent"
    return row().message_id


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_what_came_back_marks_its_delivery_with_the_reason(sent, maildir, returned):
    tells = maildir.put(report(sent, returned=returned))
    before = tells.read_bytes(), sorted(p.name for p in maildir.folder.rglob("*"))
    bounces.read()
    assert (row().state, row().error) == ("bounced", "5.1.1 550 5.1.1 No such person")
    assert row().sent_at is not None  # our server took it, and that stays known
    # The mailbox is as it was: nothing is moved, marked or deleted.
    assert before == (tells.read_bytes(), sorted(p.name for p in maildir.folder.rglob("*")))
    sending.send(row().id)  # a bounced mail is over
    assert row().state == "bounced" and row().tries == 1


def forged(sent):
    """What says nothing, or nothing that can be trusted, of the mail that was sent."""
    return {
        "of another's mail": report("<0123456789abcdef@elsewhere.example>"),
        "a name in the words alone": report("", text=f"About {sent}"),
        "an answer": f"In-Reply-To: {sent}\nReferences: {sent}\n\nI am away.".encode(),
        "delayed": report(sent, action="delayed", status="4.4.1"),
        "delivered": report(sent, action="delivered", status="2.0.0"),
        "no report": report(sent, kind="mixed"),
        "a copy of our mail": b"Message-ID: " + sent.encode() + b"\n\nText",
        "wild": report("%' OR 1=1 --"),
        "NUL": report("<a\x00b@town.example>"),
    }


GARBAGE = [
    b"",
    b"\n",
    b"\x00\xff" * 3000,
    b"Content-Type: multipart/report; boundary=B\n\n--B\nContent-Type: message/delivery-status",
    b"Content-Type: multipart/report; boundary=B\n\n--B\nContent-Type: message/rfc822\n\n--B--",
    b"Content-Type: multipart/report\n\nno boundary",
    b'Content-Type: multipart/report; boundary="' + b"x" * 5000 + b'"\n\n--x',
    b"Content-Type: text/rfc822-headers; charset=nonsense\n\nx",
    "Subject: Върнато\nContent-Type: multipart/report; boundary=Я\n\n--Я\n".encode("cp1251"),
    b"Content-Type: multipart/report; boundary=B\n\n" + b"--B\n\n--B\nA: b\n" * 2000,
]


def test_garbage_and_forgeries_change_nothing_and_hold_nothing_up(sent, maildir):
    for raw in [*GARBAGE, *forged(sent).values()]:
        maildir.put(raw)
    for raw in GARBAGE:
        assert bounces.understood(raw) is None
    maildir.put(report(sent)[:200])
    bounces.read()
    assert (row().state, row().error) == ("sent", "")
    maildir.put(report(sent))
    bounces.read()
    assert row().state == "bounced"


def test_none_is_read_twice_and_what_is_gone_is_forgotten(sent, maildir, monkeypatch):
    looked = []
    real = mailboxes.Maildir.content
    monkeypatch.setattr(
        mailboxes.Maildir, "content", lambda box, name: looked.append(name) or real(box, name)
    )
    first = maildir.put(report(sent))
    bounces.read()
    # Somebody looks at it with her mail program: it is another file now, and the same mail.
    first.rename(maildir.folder / "cur" / f"{first.name}:2,S")
    second = maildir.put(b"Subject: hello\n\nA person's own mail.")
    bounces.read()
    bounces.read()
    assert looked == [first.name, second.name]
    second.unlink()
    bounces.read()
    assert len(db.session.scalars(select(ReturnedMail)).all()) == 1


def test_a_report_that_is_faster_than_the_note_of_the_sending_stays(
    app, maria, post, maildir, monkeypatch
):
    tell(maria)
    real = sending._try

    def try_(delivery_id, server):
        fate = real(delivery_id, server)
        maildir.put(report(row().message_id))
        bounces.read()
        return fate

    monkeypatch.setattr(sending, "_try", try_)
    jobs.run_until_idle()
    assert row().state == "bounced" and "No such person" in row().error and row().sent_at


def test_many_are_read_in_portions(sent, maildir, monkeypatch):
    monkeypatch.setattr(bounces, "MOST", 2)
    for _each in range(4):
        maildir.put(b"Subject: hello\n\n")
    maildir.put(report(sent))
    bounces.read()
    assert len(db.session.scalars(select(ReturnedMail)).all()) == 2
    jobs.run_until_idle()
    assert len(db.session.scalars(select(ReturnedMail)).all()) == 5 and row().state == "bounced"


def test_a_mailbox_is_read_over_imap_without_touching_it(app, sent):
    with ImapServer() as server:
        app.config["BOUNCE_URL"] = server.url + "/Returned%20mail"
        server.mails = {3: b"Subject: hello\n\n", 9: GARBAGE[2], 12: report(sent), 14: b"x"}
        server.broken = {14}
        bounces.read()
        assert row().state == "bounced"
        assert sum("FETCH" in line for line in server.asked) == 4
        bounces.read()
        assert sum("FETCH" in line for line in server.asked) == 4
        commands = {line.split(" ")[0] for line in server.asked}
        assert commands == {"CAPABILITY", "LOGIN", "EXAMINE", "UID", "LOGOUT"}
        assert not any("STORE" in line or "BODY[" in line for line in server.asked)
        server.age += 1  # the server has numbered its mails anew
        bounces.read()
        assert sum("FETCH" in line for line in server.asked) == 8 and row().state == "bounced"


@pytest.mark.parametrize("wrong", ["folder", "password", "away", "maildir"])
def test_a_mailbox_that_cannot_be_opened_is_tried_again_and_says_why(app, wrong, tmp_path):
    with ImapServer() as server:
        url, says = {
            "folder": (f"{server.url}/Other", "no such folder"),
            "password": (server.url.replace("p%3A", "x"), "wrong password"),
            "away": ("imap://127.0.0.1:9", "refused"),
            "maildir": (f"maildir://{tmp_path}/none", "no Maildir"),
        }[wrong]
        app.config["BOUNCE_URL"] = url
        bounces.plan()
        bounces.plan()
        jobs.run_until_idle()
    (job,) = db.session.scalars(select(Job).where(Job.kind == bounces.JOB))
    assert job.state == "waiting" and says in job.error and "p:w d" not in job.error


def test_without_a_mailbox_nothing_is_planned(app):
    bounces.plan()
    bounces.read()
    assert db.session.scalars(select(Job)).all() == []
    assert "notify.bounces.plan" in upkeep._hourly


def test_a_password_goes_only_to_a_server_that_proves_who_it_is(monkeypatch):
    seen = []

    class Fake:
        def __init__(self, host, port, timeout, ssl_context=None):
            seen.append((host, port, ssl_context and ssl_context.verify_mode))

        def starttls(self, context):
            seen.append(("starttls", context.verify_mode))
            raise mailboxes.imaplib.IMAP4.error("not offered")

        def login(self, user, password):
            seen.append((user, password))
            raise mailboxes.imaplib.IMAP4.error("enough")

        def shutdown(self):
            pass

    monkeypatch.setattr(mailboxes.imaplib, "IMAP4_SSL", Fake)
    fake = type("IMAP4", (Fake,), {"error": mailboxes.imaplib.IMAP4.error})
    monkeypatch.setattr(mailboxes.imaplib, "IMAP4", fake)
    for url in ("imaps://me%40town:p%2Fw@mail.example", "imap://me:secret@mail.example:1430"):
        with pytest.raises(mailboxes.Unreachable), mailboxes.opened(url):
            pass
    assert seen == [
        ("mail.example", 993, ssl.CERT_REQUIRED),
        ("me@town", "p/w"),
        ("mail.example", 1430, None),
        ("starttls", ssl.CERT_REQUIRED),  # not offered: the password stays here
    ]


@pytest.mark.parametrize("url", ["pop3://mail.example", "maildir://relative", "/var/mail"])
def test_another_kind_of_mailbox_is_refused_at_the_start(url, tmp_path):
    with pytest.raises(config.ConfigError, match="bounce_url"):
        config.load(tmp_path, {"SECRET_KEY": "s" * 40, "BOUNCE_URL": url})

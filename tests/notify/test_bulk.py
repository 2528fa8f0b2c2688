"""Many people told by mail at once: each once, and no mail holds up the others."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import jobs, notify
from portal.accounts.models import User
from portal.jobs import table
from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify import services, transport
from portal.notify.models import Delivery
from tests.support.counting import query_budget

AT = "2026-11-21T10:00:00+00:00"


@pytest.fixture
def crowd(app, maria):
    """A hundred and twenty people beside Maria; their numbers."""
    home = maria.organisation_id
    people = [
        User(login=f"p{n}", given="Петър", family=f"Петров{n}", organisation_id=home,
             email=f"p{n}@town.example")
        for n in range(120)
    ]  # fmt: skip
    db.session.add_all(people)
    db.session.commit()
    return [person.id for person in people]


@transaction
def tell(people, key="order:1", version=1):
    return notify.deliver_all(people, "password_changed", key, version, 7, at=AT)


def states():
    db.session.rollback()
    counted = select(Delivery.state, func.count()).group_by(Delivery.state)
    return dict(db.session.execute(counted).all())


def later(hours=12):
    with clock.at(clock.now() + timedelta(hours=hours)):
        jobs.run_until_idle()


def test_each_of_many_gets_her_own_mail_once(app, crowd, post):
    assert tell(crowd) == 120
    assert tell(crowd) == 0
    jobs.run_until_idle()
    assert tell(crowd) == 0
    jobs.run_until_idle()
    assert states() == {"sent": 120}
    assert sorted(post.receivers) == sorted(f"p{n}@town.example" for n in range(120))
    assert len({mail["Message-ID"] for mail in post.mails}) == 120
    assert tell(crowd, version=2) == 120


def test_who_was_told_alone_is_not_told_again_with_many(app, crowd, post):
    @transaction
    def tell_one():
        notify.deliver(crowd[3], "password_changed", "order:1", at=AT)

    tell_one()
    assert tell(crowd) == 119
    jobs.run_until_idle()
    assert len(post.mails) == 120


def test_the_item_told_of_is_written_with_each_delivery(app, crowd, post):
    tell(crowd)
    items = db.session.scalars(select(Delivery.content_id).distinct()).all()
    assert items == [7]


def test_mails_exist_exactly_when_their_change_does(app, crowd):
    @transaction
    def fail():
        notify.deliver_all(crowd, "password_changed", "x", at=AT)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert states() == {} and db.session.scalars(select(Job)).all() == []
    with pytest.raises(RuntimeError):
        notify.deliver_all(crowd, "password_changed", "x", at=AT)


def test_a_mail_to_many_is_queued_in_few_statements(app, crowd):
    with query_budget(app, 6):
        tell(crowd)


@pytest.mark.parametrize("where", ["rcpt_answers", "data_answers"])
def test_one_refused_for_good_holds_up_nobody(app, crowd, post, where):
    setattr(post, where, ["550 5.1.1 No such person"])
    tell(crowd)
    jobs.run_until_idle()
    assert states() == {"sent": 119, "refused": 1}


@pytest.mark.parametrize("where", ["rcpt_answers", "data_answers"])
def test_one_refused_for_now_is_tried_again_by_itself(app, crowd, post, where):
    setattr(post, where, ["451 4.7.1 Come back later"])
    tell(crowd)
    with clock.at(clock.now()):  # its pause is not over, however slow the machine
        jobs.run_until_idle()
    assert states() == {"sent": 119, "waiting": 1}
    later()
    assert states() == {"sent": 120}
    assert len(post.mails) == 120
    assert set(db.session.scalars(select(Delivery.repeats))) == {0}


def test_a_server_that_ends_the_connection_gets_the_rest_over_another(app, crowd, post):
    post.rcpt_answers = ["421 4.7.0 Too many mails"]
    tell(crowd)
    jobs.run_until_idle()
    later()
    assert states() == {"sent": 120} and len(post.mails) == 120


def test_while_the_server_is_away_a_run_waits_as_one(app, crowd, post):
    mail_url = app.config["MAIL_URL"]
    app.config["MAIL_URL"] = "smtp://127.0.0.1:9"
    tell(crowd)
    jobs.run_until_idle()
    assert states() == {"waiting": 120}
    assert db.session.scalar(select(func.count()).select_from(Job)) == 3  # runs, no mail's own
    app.config["MAIL_URL"] = mail_url
    later()
    assert states() == {"sent": 120} and len(post.mails) == 120


def test_other_work_has_its_turn_between_the_runs(app, crowd, post, maria):
    tell(crowd)

    @transaction
    def tell_maria():
        notify.deliver(maria.id, "password_changed", "password:1", at=AT)

    tell_maria()
    jobs.run_one()
    assert states()["sent"] == services.RUN  # and not all


def test_a_run_that_gets_on_is_not_given_up(app, crowd, post, monkeypatch):
    """As many workers may die over a run as will: only a mail that kills them all is to blame."""
    tell(crowd[:20])
    now = clock.now()
    deaths = 0
    for turn in range(table.ATTEMPTS_MAX + 4):
        with (
            clock.at(now + turn * (table.LEASE + timedelta(seconds=1))),
            monkeypatch.context() as m,
        ):
            m.setattr(transport.Smtp, "send", _die_after(1))
            try:
                jobs.run_one()
            except KeyboardInterrupt:
                deaths += 1
    assert deaths >= table.ATTEMPTS_MAX
    with clock.at(now + timedelta(days=1)):
        jobs.run_until_idle()
    assert states() == {"sent": 20}


def _die_after(number):
    real, seen = transport.Smtp.send, []

    def send(self, message, name):
        real(self, message, name)
        seen.append(name)
        if len(seen) > number:
            raise KeyboardInterrupt

    return send


def test_a_connection_that_breaks_under_a_mail_leaves_it_of_unknown_fate(app, maria, monkeypatch):
    class Broken(transport.Plain):
        def getreply(self):
            if getattr(self, "given", False):
                raise transport.smtplib.SMTPServerDisconnected("gone")
            return super().getreply()

        def send(self, s):
            super().send(s)
            self.given = isinstance(s, bytes) and s.endswith(b"\r\n.\r\n")

    monkeypatch.setattr(transport, "Plain", Broken)
    tell([maria.id])
    jobs.run_until_idle()
    row = db.session.scalars(select(Delivery)).one()
    assert (row.state, row.repeats) == ("waiting", 1)
    monkeypatch.undo()
    later()
    db.session.rollback()
    db.session.expire_all()
    row = db.session.scalars(select(Delivery)).one()
    assert (row.state, row.repeats) == ("sent", 1)

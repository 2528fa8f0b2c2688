"""The daily digest: nothing twice, never empty, short announcements whole. Over real SMTP."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.content import keeping
from portal.content.models import Content
from portal.jobs import upkeep
from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify import digest, notices, queries
from portal.notify.mails import Moot
from portal.notify.models import Delivery, Notice, NoticeChoice
from tests.support.writing import published

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SHORT = "<h2>Кога</h2><p>От <strong>9</strong> ч. в <a href='/people/3'>залата</a>.</p>"


@transaction
def wishes(user_id, **ways):
    for kind, way in ways.items():
        db.session.merge(NoticeChoice(user_id=user_id, kind=kind, mail=way))


@pytest.fixture
def town(app, cast, person, follow, mail_server):
    """Publishing in the intranet, mornings, and what the reader got; the rest get no digest."""

    class Town:
        reader = cast.id("reader")
        at = MONDAY

        def publish(self, title, body=SHORT, **more):
            with clock.at(self.at):
                text = published(
                    cast.space("intranet"), person("contributor"), person("editor"),
                    title=title, body=body, **more,
                )  # fmt: skip
                found = text.content_id
                follow()
            return found

        def morning(self, days=1):
            """The worker's next morning; the mails that the reader got."""
            self.at += timedelta(days=days)
            before = len(mail_server.messages)
            with clock.at(self.at):
                digest.send_all()
                follow()
            fresh = mail_server.messages[before:]
            return [mail for mail in fresh if mail["To"].addresses[0].addr_spec == address]

    address = cast["reader"].email
    for who in ("manager", "editor", "colleague", "contributor", "head", "employee", "admin"):
        wishes(cast.id(who), digest="off")
    return Town()


def words(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_a_digest_repeats_nothing_is_never_empty_and_holds_short_texts_whole(town, person):
    bus = town.publish("Нов автобус", summary="От понеделник")
    town.publish("Дълъг доклад", body=f"<p>{'Много думи. ' * 200}</p>")
    opened = town.publish("Вече отворено")
    gone = town.publish("Оттеглено")
    with clock.at(town.at):
        notices.mark_read(person("reader"), content_id=opened)
        keeping.trash(db.session.get_one(Content, gone), by=person("editor"))

    (mail,) = town.morning()
    assert mail["Subject"] == "Дневен обзор: Дълъг доклад и още 1"
    text, html = words(mail), mail.get_body(("html",)).get_content()
    assert "Към 24 ноември 2026 г. има 2 нови неща, които не сте отворили:" in text
    # Short ones whole, in both forms, with links that lead to the portal; long ones by their title.
    assert "Кога\nОт 9 ч. в залата." in text and "<strong>9</strong>" in html
    assert 'href="http://127.0.0.1:8000/people/3"' in html
    assert f"/news/nov-avtobus-{bus}" in text
    assert "Дълъг доклад" in text and "Много думи." not in text
    assert "Вече отворено" not in text and "Оттеглено" not in text
    rows = queries.deliveries_of(bus)
    assert [(r.user_id, r.state, r.version) for r in rows] == [(town.reader, "sent", 1)]
    assert rows[0].sent_at == town.at and rows[0].error == ""

    # The same day and the next: nothing new, so no mail; a job that runs twice sends none either.
    assert town.morning(days=0) == []
    assert town.morning() == []
    tram = town.publish("Трамвай")
    (mail,) = town.morning()
    assert mail["Subject"] == "Дневен обзор: Трамвай"
    assert "автобус" not in words(mail)
    # All of it was opened between the queueing and the sending: the digest is not sent.
    town.publish("Колелета")
    town.at += timedelta(days=1)
    with clock.at(town.at):
        assert digest.send_all() == 1
        notices.mark_read(person("reader"), until=10_000)
    assert town.morning(days=0) == []
    assert db.session.scalars(select(Delivery.state).order_by(Delivery.id.desc())).first() == "moot"
    assert [r.state for r in queries.deliveries_of(tram)] == ["sent"]


def test_what_was_mailed_at_once_is_in_no_digest_and_no_item_in_two(app, town):
    town.publish("В обзора")
    wishes(town.reader, news="now")
    at_once = town.publish("Веднага")
    assert [r.state for r in queries.deliveries_of(at_once)] == ["sent"]
    (mail,) = town.morning()
    assert "В обзора" in words(mail) and "Веднага" not in words(mail)
    # Yesterday's digest, that its mail server was away for, and today's: each tells its own.
    wishes(town.reader, news="daily")
    url, app.config["MAIL_URL"] = app.config["MAIL_URL"], "smtp://127.0.0.1:9"
    town.publish("Вчерашно")
    assert town.morning() == []
    town.publish("Днешно")
    app.config["MAIL_URL"] = url
    mails = town.morning()
    told = [name for mail in mails for name in ("Вчерашно", "Днешно") if name in words(mail)]
    assert sorted(told) == ["Вчерашно", "Днешно"]
    sent = select(Notice.delivery_id).where(Notice.user_id == town.reader, Notice.mail == "daily")
    assert None not in db.session.scalars(sent).all()


def test_who_stopped_the_digest_gets_none_and_who_has_no_address_neither(town, cast):
    wishes(town.reader, digest="off")
    town.publish("Нов автобус")
    assert town.morning() == []
    with pytest.raises(Moot):  # one that was queued before she stopped it
        digest.gather({"to": town.reader, "until": 1_000})
    wishes(town.reader, digest="daily")
    mails = town.morning()
    assert len(mails) == 1


def test_much_news_is_told_in_portions_and_english_readers_read_english(town, cast, monkeypatch):
    monkeypatch.setattr(digest, "MOST", 2)
    cast["reader"].language = "en"
    db.session.commit()
    for number in range(3):
        town.publish(f"Новина {number}")
    (first,) = town.morning()
    assert first["Subject"].startswith("Daily digest: ") and "Hello, " in words(first)
    assert "There is more" in words(first)
    (second,) = town.morning()
    seen = re.findall(r"Новина \d", first["Subject"] + words(first) + words(second))
    assert set(seen) == {"Новина 0", "Новина 1", "Новина 2"}
    assert not set(re.findall(r"Новина \d", words(first))) & set(
        re.findall(r"Новина \d", words(second))
    )


@pytest.mark.database("sqlite")  # the clock alone
@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ((2026, 11, 23, 5, 0), (2026, 11, 23, 5, 30)),  # Monday, 7:00 in the town hall
        ((2026, 11, 23, 5, 30), (2026, 11, 24, 5, 30)),
        ((2026, 11, 27, 12, 0), (2026, 11, 30, 5, 30)),  # Friday noon: Monday
        ((2026, 3, 27, 12, 0), (2026, 3, 30, 4, 30)),  # over the change of the hour
    ],
)
def test_a_digest_leaves_at_half_past_seven_of_a_working_day(app, now, morning):
    assert digest.next_morning(datetime(*now, tzinfo=UTC)) == datetime(*morning, tzinfo=UTC)


def test_the_worker_plans_each_mornings_digest(app):
    upkeep.plan()
    planned = select(Job.run_after).where(Job.kind == "daily.notify.digest.send_all")
    assert clock.local(db.session.scalars(planned).one()).strftime("%H:%M") == "07:30"

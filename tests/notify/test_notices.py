"""Notices: told once, to those who may sign in; counted in the bell; read by their owner alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Viewer
from portal.accounts.models import User
from portal.content import keeping
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify import notices, services
from portal.notify.models import Delivery, Notice, NoticeChoice
from tests.support.writing import published

KIND = "tried"


@pytest.fixture(autouse=True)
def kind(app):
    """A kind of notice whose lines are always readable."""

    def gather(found, viewer):
        return {each.id: notices.Line(f"{each.about} {each.version}", "/") for each in found}

    notices.register(KIND, "Tried", gather, "daily")
    yield
    notices._kinds.pop(KIND)


@transaction
def tell(people, about="thing:1", **more):
    return notices.tell(people, KIND, about, **more)


@transaction
def choose(user_id, mail):
    db.session.merge(NoticeChoice(user_id=user_id, kind=KIND, mail=mail))


def of(user_id):
    db.session.rollback()
    return list(
        db.session.scalars(select(Notice).where(Notice.user_id == user_id).order_by(Notice.id))
    )


def unread(user_id):
    db.session.rollback()
    return db.session.scalar(select(User.unread).where(User.id == user_id))


def test_who_is_told_has_a_notice_and_one_more_in_her_bell(cast):
    reader, editor = cast.id("reader"), cast.id("editor")
    assert tell([reader, editor]) == {reader, editor}
    assert (unread(reader), unread(editor), unread(cast.id("ngo"))) == (1, 1, 0)
    assert [(n.kind, n.about, n.mail, n.read_at) for n in of(reader)] == [
        (KIND, "thing:1", "daily", None)
    ]


def test_the_same_thing_is_told_once_and_a_new_version_again(cast):
    reader, editor = cast.id("reader"), cast.id("editor")
    tell([reader])
    assert tell([reader, editor]) == {editor}
    assert unread(reader) == 1
    assert tell([reader], version=2) == {reader}
    assert unread(reader) == 2


@pytest.mark.parametrize(
    ("choice", "kept", "mails"),
    [(None, "daily", 0), ("now", "now", 1), ("daily", "daily", 0), ("portal", "", 0),
     ("off", None, 0)],
)  # fmt: skip
def test_each_is_told_as_she_chose_for_the_kind(choice, kept, mails, cast):
    reader = cast.id("reader")
    if choice:
        choose(reader, choice)
    tell([reader])
    assert [n.mail for n in of(reader)] == ([] if kept is None else [kept])
    sent = list(db.session.scalars(select(Delivery).where(Delivery.user_id == reader)))
    assert [each.subject_key for each in sent] == ["thing:1"] * mails
    assert all(n.mailed_at for n in of(reader) if n.mail == "now")


@pytest.mark.parametrize("mail", ["now", "daily", ""])
def test_a_way_that_is_forced_overrides_her_choice(mail, cast):
    reader = cast.id("reader")
    choose(reader, "off")
    tell([reader], mail=mail)
    assert [n.mail for n in of(reader)] == [mail]


@transaction
def leave(user_id):
    db.session.get_one(User, user_id).retired_at = clock.now()


@transaction
def end_agreement(organisation):
    organisation.agreement_end = clock.today() - timedelta(days=1)


def test_who_may_not_sign_in_any_more_is_told_nothing(cast):
    reader, partner, ngo = cast.id("reader"), cast.id("partner"), cast.id("ngo")
    leave(reader)
    end_agreement(cast.organisation("partner"))
    assert tell([reader, partner, ngo], mail="now") == {ngo}
    assert of(reader) == of(partner) == []
    assert {d.user_id for d in db.session.scalars(select(Delivery))} == {ngo}


def test_a_person_on_the_last_day_of_the_agreement_is_told(cast):
    @transaction
    def ends_today():
        cast.organisation("partner").agreement_end = clock.today()

    ends_today()
    assert tell([cast.id("partner")]) == {cast.id("partner")}


def test_notices_are_told_in_a_transaction_and_of_a_known_kind(app, cast):
    with pytest.raises(RuntimeError, match="transaction"):
        notices.tell([1], KIND, "thing:1")

    @transaction
    def unknown():
        notices.tell([1], "nothing", "thing:1")

    with pytest.raises(LookupError, match="no notice is called nothing"):
        unknown()


def test_telling_that_is_rolled_back_leaves_nothing(cast):
    @transaction
    def broken():
        notices.tell([cast.id("reader")], KIND, "thing:1", mail="now")
        raise ValueError

    with pytest.raises(ValueError):
        broken()
    assert of(cast.id("reader")) == [] and unread(cast.id("reader")) == 0
    assert db.session.scalars(select(Delivery)).all() == []


# ── Reading ─────────────────────────────────────────────────────────────


def test_reading_some_reading_all_and_the_count(cast, person):
    reader, other = person("reader"), person("editor")
    for number in range(1, 4):
        tell([reader.user_id, other.user_id], f"thing:{number}")
    ids = [n.id for n in of(reader.user_id)]
    notices.mark_read(reader, ids=ids[:1])
    assert (unread(reader.user_id), unread(other.user_id)) == (2, 3)
    notices.mark_read(reader, until=ids[1])
    assert [n.read_at is None for n in of(reader.user_id)] == [False, False, True]
    assert unread(reader.user_id) == 1


def test_nobody_reads_the_notices_of_another(cast, person):
    tell([cast.id("reader")])
    [notice] = of(cast.id("reader"))
    notices.mark_read(person("editor"), ids=[notice.id])
    notices.mark_read(person("editor"), until=notice.id)
    notices.mark_read(Viewer(), ids=[notice.id])
    assert unread(cast.id("reader")) == 1


def test_opening_an_item_reads_all_that_is_told_of_it(cast, person, follow):
    text = published(cast.space("intranet"), person("contributor"), person("editor"))
    follow()
    reader = person("reader")
    assert unread(reader.user_id) == 1
    tell([reader.user_id], "comment:7", content_id=text.content_id)
    tell([reader.user_id], "thing:1")
    notices.mark_read(reader, content_id=text.content_id)
    assert unread(reader.user_id) == 1


def test_a_notice_read_keeps_the_time_of_its_first_reading(cast, person):
    tell([cast.id("reader")])
    reader = person("reader")
    first = clock.now()
    with clock.at(first):
        notices.mark_read(reader, until=10**6)
    with clock.at(first + timedelta(hours=1)):
        notices.mark_read(reader, until=10**6)
    assert [n.read_at for n in of(reader.user_id)] == [first]


# ── Showing ─────────────────────────────────────────────────────────────


def test_lines_are_asked_of_the_policy_again(cast, person, follow):
    text = published(cast.space("intranet"), person("contributor"), person("editor"))
    follow()
    found = of(cast.id("reader"))
    line = notices.lines(found, person("reader"))[found[0].id]
    assert (line.title, line.url) == ("Нов автобус", f"/news/nov-avtobus-{text.content_id}")
    assert notices.lines(found, person("partner")) == {}  # who never may read it
    keeping.trash(text.content, by=person("editor"))
    assert notices.lines(found, person("reader")) == {}


def test_a_kind_that_is_not_known_any_more_has_no_line(cast, person):
    tell([cast.id("reader")])
    kept = notices._kinds.pop(KIND)
    try:
        assert notices.lines(of(cast.id("reader")), person("reader")) == {}
    finally:
        notices._kinds[KIND] = kept


def test_the_general_mail_is_the_line_of_the_portal(cast, mail_server, follow):
    tell([cast.id("reader")], mail="now")
    follow()
    [mail] = mail_server.messages
    assert "thing:1 1" in mail["Subject"]
    assert db.session.scalars(select(Delivery.state)).all() == ["sent"]
    assert services  # the outbox that B2 keeps

"""The number at the bell leaves out what its owner may not read any more, and counts it again."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from portal.accounts.models import User
from portal.content import keeping
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify import hiding, notices
from portal.notify.models import Notice
from portal.spaces.models import Membership
from tests.support.counting import counted
from tests.support.writing import published


def unread(cast, who):
    db.session.rollback()
    return db.session.scalar(select(User.unread).where(User.id == cast.id(who)))


@pytest.fixture
def item(cast, person, follow):
    """A news item in the workspace, told to ngo and coordinator's colleague contributor."""
    text = published(cast.space("workspace"), person("partner"), person("editor"))
    follow()
    assert (unread(cast, "ngo"), unread(cast, "contributor")) == (1, 1)
    return db.session.get_one(Content, text.content_id)


def test_what_goes_to_the_trash_is_not_counted_until_it_is_back(item, cast, person):
    keeping.trash(item, by=person("editor"))
    assert hiding.sweep()
    assert unread(cast, "ngo") == unread(cast, "contributor") == 0
    keeping.restore(item, by=person("editor"))
    assert hiding.sweep()
    assert unread(cast, "ngo") == unread(cast, "contributor") == 1
    assert not hiding.sweep()


def test_who_leaves_the_space_is_not_told_the_number_any_more(item, cast):
    @transaction
    def leave():
        mine = Membership.user_id == cast.id("ngo")
        db.session.execute(delete(Membership).where(mine))

    leave()
    hiding.sweep()
    assert (unread(cast, "ngo"), unread(cast, "contributor")) == (0, 1)


def test_an_end_that_the_clock_brings(item, cast, person):
    keeping.expire(item, clock.now() + timedelta(days=1), by=person("editor"))
    with clock.at(clock.now() + timedelta(days=2)):
        hiding.sweep()
    # Its home's contributors do not read what is over; only its editors and its owner do.
    assert unread(cast, "ngo") == unread(cast, "contributor") == 0


def test_what_is_hidden_stays_out_when_she_is_told_more(item, cast, person):
    keeping.trash(item, by=person("editor"))
    hiding.sweep()

    @transaction
    def tell():
        notices.tell([cast.id("ngo")], "news", "thing:1")

    tell()
    assert unread(cast, "ngo") == 1
    notices.mark_read(person("ngo"), ids=[0])
    assert unread(cast, "ngo") == 1


def test_the_worker_looks_by_itself(item, app, cast, person, follow):
    keeping.trash(item, by=person("editor"))
    app.extensions.pop("hiding")  # as a worker that has just begun
    follow()
    assert unread(cast, "ngo") == 0


def test_a_look_after_a_change_concerns_what_was_changed_alone(item, app, cast, person, follow):
    other = published(cast.space("workspace"), person("partner"), person("editor"))
    follow()
    seen = app.extensions["hiding"]
    seen.looked_at -= hiding.SOON
    hiding.follow()  # what the publishing changed
    keeping.trash(item, by=person("editor"))
    assert not hiding.follow()  # not so soon
    assert unread(cast, "ngo") == 2
    seen.looked_at -= hiding.SOON
    with counted(app) as statements:
        assert hiding.follow()
    assert unread(cast, "ngo") == 1
    told = [s for s in statements if "notice.is_hidden" in s and s.startswith("SELECT")]
    assert len(told) == 1
    seen.looked_at -= hiding.SOON
    with counted(app) as statements:
        assert not hiding.follow()
    assert len(statements) == 1
    assert other


def test_a_thing_that_somebody_settled_is_read_by_all(item, cast):
    @transaction
    def settle():
        notices.settle(f"content:{item.id}", item.id)

    settle()
    assert unread(cast, "ngo") == unread(cast, "contributor") == 0
    assert None not in db.session.scalars(select(Notice.read_at)).all()

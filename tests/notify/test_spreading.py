"""Who is told of what is published, and how: the rule of `spreading`, tried as a table."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.access import Action, may
from portal.accounts.models import User
from portal.content import keeping
from portal.content import services as content
from portal.content.models import Content, Topic
from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify import notices, spreading
from portal.notify.models import Delivery, Follow, Notice, NoticeChoice
from portal.spaces.models import Membership
from portal.spaces.viewers import by_user
from tests.support.cast import PEOPLE
from tests.support.writing import DRAFTS, draft, published


def told(who, cast):
    """How she was told: «now», «daily», «portal», or None when she was not; never twice."""
    db.session.rollback()
    found = list(db.session.scalars(select(Notice.mail).where(Notice.user_id == cast.id(who))))
    assert len(found) < 2
    return (found[0] or "portal") if found else None


@transaction
def say(cast, who, **ways):
    """space__intranet="off", topic="now", person__editor="daily", kind__news="portal"."""
    user_id = cast.id(who)
    for what, way in ways.items():
        thing, _, name = what.partition("__")
        if thing == "kind":
            db.session.merge(NoticeChoice(user_id=user_id, kind=name, mail=way))
        elif thing == "space":
            db.session.add(Follow(user_id=user_id, space_id=cast.space(name).id, mail=way))
        elif thing == "person":
            db.session.add(Follow(user_id=user_id, person_id=cast.id(name), mail=way))
        else:
            db.session.add(Follow(user_id=user_id, topic_id=topic(name or "roads"), mail=way))


def topic(slug="roads"):
    found = db.session.scalar(select(Topic.id).where(Topic.slug == slug))
    if found is None:
        row = Topic(slug=slug, name_bg=slug, name_en=slug)
        db.session.add(row)
        db.session.flush()
        found = row.id
    return found


@transaction
def make_topics():
    topic("roads"), topic("water")


# What ngo said, and how she is told of a news item in the extranet and the workspace, which both
# she reads, under the topics «roads» and «water», written by partner.
RULE = [
    # nothing said: the kind's default
    ({}, "daily"),
    # rule 6: her choice for the kind
    ({"kind__news": "now"}, "now"),
    ({"kind__news": "portal"}, "portal"),
    ({"kind__news": "off"}, None),
    ({"kind__document": "now"}, "daily"),  # of another kind: nothing
    # rule 4: a follow that asks is stronger than the kind's choice, up and down
    ({"space__extranet": "now"}, "now"),
    ({"space__extranet": "portal"}, "portal"),
    ({"kind__news": "off", "space__extranet": "daily"}, "daily"),
    ({"kind__news": "off", "topic__roads": "portal"}, "portal"),
    ({"kind__news": "now", "topic__roads": "daily"}, "daily"),
    ({"person__partner": "now"}, "now"),
    # … and of several the strongest counts
    ({"space__extranet": "portal", "topic__roads": "now"}, "now"),
    ({"space__extranet": "daily", "person__partner": "portal"}, "daily"),
    ({"topic__roads": "daily", "topic__water": "now"}, "now"),
    # rule 5: «not at all» for a space silences what is published there alone
    ({"space__extranet": "off"}, "daily"),
    ({"space__extranet": "off", "space__workspace": "off"}, None),
    ({"kind__news": "now", "space__extranet": "off", "space__workspace": "off"}, None),
    # … unless another follow asks
    ({"space__extranet": "off", "space__workspace": "off", "topic__roads": "now"}, "now"),
    ({"space__extranet": "off", "space__workspace": "portal"}, "portal"),
    ({"space__extranet": "off", "space__workspace": "off", "person__partner": "daily"}, "daily"),
    # … and for a topic or a writer at once
    ({"topic__roads": "off"}, None),
    ({"topic__roads": "off", "topic__water": "daily"}, "daily"),
    ({"person__partner": "off"}, None),
    ({"person__partner": "off", "space__extranet": "portal"}, "portal"),
    # what does not concern the item says nothing
    ({"space__intranet": "off", "person__editor": "off"}, "daily"),
]


@pytest.mark.parametrize(("said", "way"), RULE)
def test_how_one_is_told(said, way, cast, person, follow):
    make_topics()
    say(cast, "ngo", **said)
    text = draft(cast.space("workspace"), person("partner"), topics=(topic(), topic("water")))
    keeping.place(text.content, cast.space("extranet"), by=person("editor"))
    content.release(text, text.saves, by=person("editor"))
    told_of = spreading.receivers(text.content, cast.id("editor"))
    follow()
    assert told("ngo", cast) == way
    assert told_of.get(cast.id("ngo")) == way


@pytest.mark.parametrize(("kind", "way"), [("news", "daily"), ("document", "portal")])
def test_each_kind_has_its_default(kind, way, cast, person, follow):
    published(cast.space("intranet"), person("contributor"), person("editor"), kind)
    follow()
    assert told("reader", cast) == way


@pytest.mark.parametrize("kind", list(DRAFTS))
@pytest.mark.parametrize("space", ["intranet", "extranet", "workspace"])
def test_told_are_those_for_whom_the_policy_holds_but_not_who_wrote_or_published_it(
    kind, space, cast, person, follow
):
    if kind == "page":  # of which nobody is told by default
        for who in PEOPLE:
            say(cast, who, kind__page="portal")
    author = "contributor" if space != "extranet" else "editor"
    text = published(cast.space(space), person(author), person("editor"), kind)
    follow()
    item = db.session.get_one(Content, text.content_id)
    readers = {
        user_id
        for user_id in db.session.scalars(select(User.id))
        if (viewer := by_user(user_id)) and may(viewer, Action.READ, item)
    }
    about = Notice.about == spreading.about(item.id)
    people = set(db.session.scalars(select(Notice.user_id).where(about)))
    assert people == readers - {cast.id(author), cast.id("editor")}


def test_an_item_in_many_spaces_is_told_once(cast, person, follow):
    text = draft(cast.space("workspace"), person("partner"))
    keeping.place(text.content, cast.space("extranet"), by=person("editor"))
    content.release(text, text.saves, by=person("editor"))
    follow()
    assert told("ngo", cast) == "daily"  # reads both


def test_a_further_release_tells_nobody_again(cast, person, follow):
    text = published(cast.space("workspace"), person("partner"), person("editor"))
    follow()
    with clock.at(clock.now() + timedelta(hours=1)):
        newer = content.draft_of(text.content, "bg", by=person("editor"))
        content.release(newer, newer.saves, by=person("editor"))
        english = content.draft_of(text.content, "en", by=person("editor"), base=newer)
        content.release(english, english.saves, by=person("editor"))
        assert db.session.scalar(_waiting()) == 0
        follow()
    assert told("ngo", cast) == "daily"
    assert unread(cast.id("ngo")) == 1


def _waiting():
    waits = (Job.kind == "notice.spread", Job.state == "waiting")
    return select(func.count()).select_from(Job).where(*waits)


def unread(user_id):
    db.session.rollback()
    return db.session.scalar(select(User.unread).where(User.id == user_id))


# ── When it opens ───────────────────────────────────────────────────────


@pytest.fixture
def scheduled(cast, person):
    """A news item that opens in two hours; and the moment."""
    opens = clock.now() + timedelta(hours=2)
    text = draft(cast.space("workspace"), person("partner"), wanted_from=opens)
    content.release(text, text.saves, by=person("editor"))
    return text, opens


def test_a_scheduled_item_is_told_when_it_opens(scheduled, cast, follow):
    _text, opens = scheduled
    follow()
    assert told("ngo", cast) is None
    with clock.at(opens - timedelta(seconds=1)):
        follow()
        assert told("ngo", cast) is None
    with clock.at(opens):
        follow()
        assert told("ngo", cast) == "daily"


def test_one_that_goes_to_the_trash_before_is_not_told(scheduled, cast, person, follow):
    text, opens = scheduled
    keeping.trash(text.content, by=person("editor"))
    with clock.at(opens + timedelta(hours=1)):
        follow()
    assert told("ngo", cast) is None


def test_one_put_off_is_told_at_its_new_time_alone(scheduled, cast, person, follow):
    text, opens = scheduled
    later = opens + timedelta(days=1)
    newer = content.draft_of(text.content, "bg", by=person("editor"))

    @transaction
    def put_off():
        newer.wanted_from = later

    put_off()
    content.release(newer, newer.saves, by=person("editor"))
    with clock.at(opens + timedelta(hours=1)):
        follow()
        assert told("ngo", cast) is None
    with clock.at(later):
        follow()
        assert told("ngo", cast) == "daily"


def test_what_opened_long_ago_is_no_news(cast, person, follow):
    with clock.at(clock.now() - timedelta(days=8)):
        published(cast.space("workspace"), person("partner"), person("editor"))
    follow()  # an import, or a worker that slept
    assert told("ngo", cast) is None


def test_an_archived_item_is_not_told(cast, person, follow):
    text = published(cast.space("workspace"), person("partner"), person("editor"))
    keeping.archive(text.content, by=person("editor"))
    follow()
    assert told("ngo", cast) is None


def test_a_look_at_a_draft_queues_nothing(cast, person, sign_in):
    text = draft(cast.space("extranet"), person("editor"))
    assert sign_in("editor").get(f"/content/{text.content_id}/preview").status_code == 200
    assert db.session.scalar(_waiting()) == 0


def test_the_release_writes_one_job_whatever_the_readers(app, cast, person):
    published(cast.space("workspace"), person("partner"), person("editor"))
    assert db.session.scalar(_waiting()) == 1
    assert db.session.scalars(select(Notice)).all() == []


# ── Who is asked first ──────────────────────────────────────────────────


@pytest.fixture
def must_read(cast):
    """A package that tells ngo first, as `confirming` tells who must read."""
    calls = []

    def first(item):
        calls.append("first")
        about = spreading.about(item.id)
        notices.tell([cast.id("ngo")], "required", about, content_id=item.id, mail="now")

    def later(item):
        calls.append("later")

    before = dict(spreading._tellers)
    spreading.teller(later)
    spreading.teller(first, first=True)
    spreading.teller(first)  # again: changes nothing
    notices.register("required", "Required", notices.of_content)
    yield calls
    spreading._tellers.clear()
    spreading._tellers.update(before)
    notices._kinds.pop("required")


def test_who_must_read_it_is_told_first_and_once_whatever_she_chose(
    must_read, cast, person, follow
):
    say(cast, "ngo", kind__news="off", space__workspace="off")
    published(cast.space("workspace"), person("partner"), person("editor"))
    follow()
    assert must_read == ["first", "later"]
    assert told("ngo", cast) == "now"
    [notice] = db.session.scalars(select(Notice).where(Notice.user_id == cast.id("ngo")))
    assert notice.kind == "required"
    assert len(db.session.scalars(select(Delivery)).all()) == 1


# ── Who is not told ─────────────────────────────────────────────────────


def test_who_left_and_whose_agreement_is_over_are_not_told(cast, person, follow):
    @transaction
    def end():
        cast["reader"].retired_at = clock.now()
        cast.organisation("ngo").agreement_end = clock.today() - timedelta(days=1)

    published(cast.space("extranet"), person("editor"), person("editor"))
    end()
    follow()
    assert told("reader", cast) is told("ngo", cast) is None
    assert told("partner", cast) == "daily"


def test_a_follow_opens_nothing_that_she_may_not_read(cast, person, follow):
    make_topics()
    say(cast, "stranger", topic__roads="now", person__partner="now", space__workspace="now")
    text = draft(cast.space("workspace"), person("partner"), topics=(topic(),))
    content.release(text, text.saves, by=person("editor"))
    follow()
    assert told("stranger", cast) is None
    assert db.session.scalars(select(Delivery)).all() == []


def test_a_guest_in_a_group_that_holds_a_role_in_the_intranet_is_not_told(cast, person, follow):
    @transaction
    def let_in():
        held = Membership(space_id=cast.space("intranet").id, user_id=cast.id("ngo"), role=1)
        db.session.add(held)

    let_in()
    assert not person("ngo").role_in(cast.space("intranet").id)
    published(cast.space("intranet"), person("contributor"), person("editor"))
    follow()
    assert told("ngo", cast) is None


def test_a_mail_at_once_is_the_items_own(cast, person, follow, mail_server):
    say(cast, "ngo", kind__news="now")
    published(cast.space("workspace"), person("partner"), person("editor"), title="Нов мост")
    follow()
    [mail] = [m for m in mail_server.messages if "ngo@" in m["To"]]
    assert "Нов мост" in mail["Subject"]
    assert db.session.scalars(select(Delivery.content_id)).all() != [None]

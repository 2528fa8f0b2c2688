"""The demo's practices: in every state, each as the record's rules ask, in plain Bulgarian."""

import re
from collections import Counter

import pytest
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.comments.models import Comment, Mention
from portal.confirming.models import Confirmation, Obligation, Requirement
from portal.content.models import Content, Life, Placement, Remark, Revision, State
from portal.demo import pictures
from portal.demo.practices import practices_of
from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import db
from portal.notify.models import Delivery, Notice
from portal.practices import record as records
from portal.practices import services
from portal.practices.choices import MATERIALS
from portal.practices.models import Answer, Practice, PracticeRevision, Question
from portal.spaces.models import Space
from tests.demo.test_demo_data import ORGANISATIONS, PARTNERS, PEOPLE, TOPICS

PRACTICES = practices_of()
FIELDS = {each.key for each in records.fields(failed=False)}
IN_FAILED = {each.key for each in records.fields(failed=True)}


def test_there_are_sixteen_of_every_partner_and_the_town_in_every_state() -> None:
    assert len(PRACTICES) == 16
    current = {row["key"] for row in ORGANISATIONS if row.get("agreement_ends_in_days", 1) > 0}
    assert {each["space"] for each in PRACTICES} == current | {"extranet"}
    assert Counter(each["state"] for each in PRACTICES) == {
        "live": 11, "draft": 2, "in_review": 2, "returned": 1,
    }  # fmt: skip
    live = [each for each in PRACTICES if each["state"] == "live"]
    assert sum(bool(each.get("failed")) for each in live) == 2
    assert sum("translation" in each for each in live) == 1
    assert sum("revised" in each for each in live) == 1
    assert {each["fields"].get("visibility") for each in live} == {"own", "partners", "public"}


@pytest.mark.parametrize("facts", PRACTICES, ids=lambda facts: facts["file"])
def test_a_practice_agrees_with_the_other_files(facts) -> None:
    homes = {row["key"]: row["organisation"] for row in PARTNERS}
    staff = {row["key"] for row in PEOPLE}
    people = set(homes) | staff
    for key in ("author", "co_author", "contact"):
        who = facts.get(key, facts["author"])
        assert who in staff if facts["space"] == "extranet" else homes[who] == facts["space"]
    assert set(facts["topics"]) <= {row["key"] for row in TOPICS}
    assert set(facts["fields"]) <= (IN_FAILED if facts.get("failed") else FIELDS)
    assert {each["scene"] for each in facts.get("pictures", ())} <= set(pictures.SCENES)
    assert {each["sort"] for each in facts.get("materials", ())} <= {code for code, _ in MATERIALS}
    for asked in facts.get("questions", ()):
        words = [asked, *asked.get("answers", ())]
        days = [facts["days_ago"], *(word["days_ago"] for word in words)]
        assert days == sorted(days, reverse=True), "asked once it is out, answered after that"
        assert {word["by"] for word in words} <= people


def test_numbers_of_phones_are_nobodys() -> None:
    whole = "\n".join(str(facts) for facts in PRACTICES)
    assert not re.search(r"\d{4}/\d\d \d{3}|\b0\d{8,9}\b", whole)
    assert set(re.findall(r"[\w.]+@demo\.example", whole)) <= {"obshtina@demo.example"}


def test_the_demo_holds_them_as_its_people_wrote_them(filled) -> None:
    states = Counter(
        db.session.execute(
            select(Revision.state, Revision.language).where(Revision.kind == "practice")
        ).all()
    )
    assert states == {
        (State.LIVE, "bg"): 11, (State.LIVE, "en"): 1, (State.DRAFT, "bg"): 3,
        (State.IN_REVIEW, "bg"): 2, (State.RETURNED, "bg"): 1,
    }  # fmt: skip
    for text in db.session.scalars(select(PracticeRevision)):
        found = services.completeness(text)
        if text.state in (State.LIVE, State.IN_REVIEW):
            assert found.hindering == [], text.title
        if text.state == State.LIVE:
            assert found.missing == [], text.title
    extranet = db.session.scalar(select(Space.id).where(Space.slug == "extranet"))
    shown = select(func.count()).where(
        Placement.space_id == extranet,
        Placement.content_id == Content.id,
        Content.kind == "practice",
        Content.life == Life.PUBLISHED,
    )
    assert db.session.scalar(shown) == 10  # one is for its own organisation alone
    assert db.session.scalar(select(func.count()).select_from(Practice)) == 11
    assert db.session.scalar(select(func.count(Remark.id))) == 4
    asked = sum(len(facts.get("questions", ())) for facts in PRACTICES)
    assert db.session.scalar(select(func.count(Question.id))) == asked >= 12
    assert db.session.scalar(select(func.count(Answer.id))) >= 10
    # Nobody is mailed about what happened before the demo was made.
    assert db.session.scalar(select(func.count(Delivery.id))) == 0
    assert db.session.scalar(select(func.count(Job.id)).where(Job.kind == "mail.send")) == 0
    _what_must_be_read_is_in_every_state()


def _what_must_be_read_is_in_every_state() -> None:
    """A first look finds orders confirmed and late, read out, standing; and comments."""
    answered = dict(
        db.session.execute(
            select(Confirmation.channel, func.count()).group_by(Confirmation.channel)
        ).all()
    )
    assert answered["briefing"] == 5
    assert answered["portal"] > 80
    waiting = (
        select(Obligation.deadline)
        .outerjoin(
            Confirmation,
            (Confirmation.requirement_id == Obligation.requirement_id)
            & (Confirmation.user_id == Obligation.user_id),
        )
        .where(Confirmation.id.is_(None), Obligation.left_at.is_(None))
    )
    late = [deadline < clock.now() for deadline in db.session.scalars(waiting)]
    assert (sum(late), len(late)) == (10, 19)
    own = select(func.count(func.distinct(Obligation.deadline))).join(
        Requirement, Requirement.id == Obligation.requirement_id
    )
    assert db.session.scalar(own.where(Requirement.standing_days.is_not(None))) == 2
    topics = select(Content.id).where(Content.kind == "discussion")
    said = select(Comment.id).where(Comment.content_id.not_in(topics))
    assert len(db.session.scalars(said).all()) == 5
    mentions = select(func.count()).where(Mention.comment_id.in_(said))
    assert db.session.scalar(mentions) == 2
    told = select(Notice.at).join(User, User.id == Notice.user_id).order_by(Notice.id)
    times = db.session.scalars(told.where(User.login == "employee")).all()
    assert times == sorted(times)  # the newest stands first in her list
    assert len(times) >= 3

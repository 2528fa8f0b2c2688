"""The mails before and after an agreement's end: to whom, when, once, and never when moot."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts import services
from portal.jobs import upkeep
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify.models import Delivery
from portal.people import notices


@transaction
def ends(house, days):
    house.agreement_end = clock.today() + timedelta(days=days)


@pytest.fixture
def told(app, follow, mail_server):
    """Let a night pass: the warnings are queued and sent; the receivers of what was sent now."""

    def night():
        before = len(mail_server.messages)
        db.session.rollback()
        notices.warn()
        follow()
        sent = mail_server.messages[before:]
        return sorted(str(mail["To"]).partition("<")[2].partition("@")[0] for mail in sent)

    return night


def test_the_warning_is_among_each_nights_work(app):
    assert notices.warn in upkeep._daily.values()


@pytest.mark.parametrize(
    ("days", "receivers"),
    [(31, []), (30, ["coordinator", "head"]), (8, ["coordinator", "head"]),
     (7, ["coordinator", "head"]), (0, ["coordinator", "head"]), (-1, ["coordinator", "head"]),
     (-14, ["coordinator", "head"]), (-15, [])],
)  # fmt: skip
def test_coordinators_and_the_sponsor_are_told_once_a_stage(days, receivers, town, told):
    ends(town.organisation("partner"), days)
    assert told() == receivers
    assert told() == []


def test_the_whole_run_is_three_mails_each(town, told):
    house, start = town.organisation("partner"), clock.now()
    ends(house, 40)
    sent = []
    for day in range(60):
        with clock.at(start + timedelta(days=day)):
            sent += [(40 - day, who) for who in told()]
    assert sent == [(left, who) for left in (30, 7, -1) for who in ("coordinator", "head")]


def test_a_prolonged_agreement_warns_anew(town, told):
    house, start = town.organisation("partner"), clock.now()
    ends(house, 30)
    assert told() == ["coordinator", "head"]
    ends(house, 395)
    assert told() == []
    with clock.at(start + timedelta(days=365)):
        assert told() == ["coordinator", "head"]


def test_what_was_prolonged_meanwhile_is_not_sent(town, follow, mail_server):
    house = town.organisation("partner")
    ends(house, 7)
    notices.warn()
    ends(house, 300)
    follow()
    assert mail_server.messages == []
    db.session.rollback()
    assert {each.state for each in db.session.scalars(select(Delivery))} == {"moot"}


def test_who_left_meanwhile_is_not_told(town, viewer, follow, mail_server):
    ends(town.organisation("partner"), 7)
    notices.warn()
    services.retire(town["coordinator"], by=viewer("admin"), successor=town["partner"])
    follow()
    assert [str(mail["To"]) for mail in mail_server.messages] == [
        "Христо Началников <head@town.example>"
    ]


def test_an_ended_partnership_is_told_to_nobody(town, told):
    house = town.organisation("partner")
    ends(house, 5)

    @transaction
    def retire():
        house.retired_at = clock.now()

    retire()
    assert told() == []


def test_each_reads_what_is_hers_in_her_language(town, told, mail_server):
    town["coordinator"].language = "en"
    db.session.commit()
    ends(town.organisation("partner"), 7)
    told()
    by_receiver = {str(mail["To"]).partition("<")[2]: mail for mail in mail_server.messages}
    theirs = by_receiver["coordinator@town.example>"]
    ours = by_receiver["head@town.example>"]
    assert theirs["Subject"].startswith("The agreement of “Kamengrad Municipality” ends on")
    text = theirs.get_body(("plain",)).get_content()
    assert "nobody of your organisation can sign in" in text
    assert "head@town.example" in text
    assert "\n\n\n" not in text.strip()
    text = ours.get_body(("plain",)).get_content()
    assert "за което отговаряте" in text
    assert ".." not in text
    assert f"/organisations/{town.organisation('partner').id}" in text
    assert "<p>" in ours.get_body(("html",)).get_content()

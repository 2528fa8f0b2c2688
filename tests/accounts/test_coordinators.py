"""Coordinators keep their own house; who names them, and that somebody always keeps it."""

from datetime import timedelta

import pytest
from werkzeug.exceptions import Forbidden, NotFound

from portal.accounts import coordinators, services
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.transaction import transaction
from portal.signin import tickets
from tests.accounts.town import journal

NAMES = {"given": "Иван", "family": "Петров"}


@transaction
def ends(house, days):
    house.agreement_end = clock.today() + timedelta(days=days)


@pytest.mark.parametrize(
    ("who", "error"),
    [("admin", None), ("head", None), ("employee", Forbidden), ("coordinator", Forbidden),
     ("partner", Forbidden), ("ngo", Forbidden)],
)  # fmt: skip
def test_the_sponsor_and_administrators_name_coordinators(who, error, user, viewer):
    if error is None:
        coordinators.name_coordinator(user("partner"), True, by=viewer(who))
        coordinators.name_coordinator(user("coordinator"), False, by=viewer(who))
        assert [line.facts["is_one"] for line in journal("user.coordinator")] == [True, False]
    else:
        with pytest.raises(error):
            coordinators.name_coordinator(user("partner"), True, by=viewer(who))
    db.session.rollback()
    assert user("partner").is_coordinator == (error is None)
    assert user("coordinator").is_coordinator == (error is not None)


def test_a_new_coordinator_keeps_people_from_the_next_request(user, viewer):
    assert not viewer("partner").is_coordinator
    coordinators.name_coordinator(user("partner"), True, by=viewer("head"))
    services.change_person(user("coordinator"), by=viewer("partner"), room="5")


@pytest.mark.parametrize("whom", ["employee", "retired"])
def test_nobody_of_ours_and_nobody_who_left_coordinates(whom, user, viewer):
    if whom == "retired":
        services.retire(user("partner"), by=viewer("admin"))
    with pytest.raises(Refused) as refusal:
        coordinators.name_coordinator(
            user("employee" if whom == "employee" else "partner"), True, by=viewer("admin")
        )
    assert refusal.value.field == "person"


def test_the_only_coordinator_stays_one_until_another_is_named(user, viewer):
    admin = viewer("admin")
    with pytest.raises(Refused, match="единственият"):
        coordinators.name_coordinator(user("coordinator"), False, by=admin)
    with pytest.raises(Refused) as refusal:
        services.change_person(user("coordinator"), by=admin, is_coordinator=False)
    assert refusal.value.field == "is_coordinator"
    assert user("coordinator").is_coordinator


def test_the_only_coordinator_goes_when_a_colleague_takes_over(user, viewer, house):
    admin = viewer("admin")
    with pytest.raises(Refused) as refusal:
        services.retire(user("coordinator"), by=admin)
    assert refusal.value.field == "successor"
    with pytest.raises(Refused, match="колега от същата организация"):
        services.retire(user("coordinator"), by=admin, successor=user("head"))
    assert user("coordinator").retired_at is None
    held = services.holdings(user("coordinator"), admin)
    assert [(str(each.label), each.name) for each in held] == [
        ("Единствен координатор на", "Община Каменград")
    ]
    services.retire(user("coordinator"), by=admin, successor=user("partner"))
    assert user("partner").is_coordinator


def test_the_last_person_of_a_house_needs_no_successor(user, viewer):
    services.retire(user("partner"), by=viewer("coordinator"))
    services.retire(user("coordinator"), by=viewer("admin"))
    assert user("coordinator").retired_at is not None


def test_one_of_two_coordinators_ends_the_access_of_the_other_never_her_own(user, viewer):
    coordinators.name_coordinator(user("partner"), True, by=viewer("admin"))
    with pytest.raises(Refused, match="собствения си достъп"):
        services.retire(user("coordinator"), by=viewer("coordinator"), successor=user("partner"))
    services.retire(user("coordinator"), by=viewer("partner"))
    assert user("coordinator").retired_at is not None


@pytest.mark.parametrize(("who", "is_one"), [("partner", False), ("admin", True)])
def test_whoever_a_coordinator_brings_back_is_a_colleague_like_the_others(
    who, is_one, user, viewer
):
    coordinators.name_coordinator(user("partner"), True, by=viewer("admin"))
    services.retire(user("coordinator"), by=viewer("partner"))
    services.bring_back(user("coordinator"), by=viewer(who))
    assert user("coordinator").retired_at is None
    assert user("coordinator").is_coordinator == is_one


@pytest.mark.parametrize("act", ["add", "change", "retire", "invite", "bring back"])
def test_after_the_agreement_a_coordinator_changes_nothing(act, user, viewer, house):
    """Her session is refused before; the services hold by themselves."""
    if act == "bring back":
        services.retire(user("partner"), by=viewer("admin"))
    by = viewer("coordinator")
    ends(house("partner"), -1)
    acts = {
        "add": lambda: services.create_person(house("partner"), by=by, **NAMES),
        "change": lambda: services.change_person(user("partner"), by=by, room="13"),
        "retire": lambda: services.retire(user("partner"), by=by),
        "invite": lambda: tickets.invite(user("partner"), by=by),
        "bring back": lambda: services.bring_back(user("partner"), by=by),
    }
    with pytest.raises((Forbidden, NotFound)):
        acts[act]()
    assert user("partner").room == ""
    assert journal("user.create") == journal("user.change") == journal("ticket.made") == []


def test_an_administrator_prepares_people_before_the_agreement_is_prolonged(viewer, house):
    ends(house("partner"), -1)
    services.create_person(house("partner"), by=viewer("admin"), **NAMES)
    assert len(journal("user.create")) == 1


def test_the_last_day_is_a_day_like_the_others(user, viewer, house):
    ends(house("partner"), 0)
    services.create_person(house("partner"), by=viewer("coordinator"), **NAMES)
    assert len(journal("user.create")) == 1

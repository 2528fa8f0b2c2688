"""Keeping people: what is tidied, what is refused, what leaving hands over."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from portal.accounts import checks, services
from portal.accounts.models import Group, Ticket, User, UserSession
from portal.audit.models import Change
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.transaction import transaction
from portal.spaces.viewers import by_session, by_user
from tests.accounts.town import begin, journal


def make(house: Any, viewer: Any, by: str = "admin", of: str = "", **fields: Any) -> User:
    fields = {"given": "Иван", "family": "Петров", **fields}
    return services.create_person(house(of or "town"), by=viewer(by), **fields)


def test_a_new_person_gets_tidy_names_latin_forms_and_a_login(house, viewer):
    user = make(house, viewer, given="  ДОБРИНКА ", family="иванова-петрова", email=" D@X.Bg ")
    assert (user.given, user.family) == ("Добринка", "Иванова-Петрова")
    assert user.latin_name == "Dobrinka Ivanova-Petrova"
    assert (user.login, user.email) == ("d.ivanovapetrova", "d@x.bg")
    assert "иванова-петрова" in user.needle
    assert journal("user.create")[0].item_id == user.id
    assert db.session.scalar(select(Change.kind).order_by(Change.id.desc())) == "person"


def test_namesakes_get_logins_of_their_own(house, viewer):
    logins = [make(house, viewer).login for _ in range(3)]
    assert logins == ["i.petrov", "i.petrov2", "i.petrov3"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given", ""),
        ("given", "<script>alert(1)</script>"),
        ("given", "я" * 61),
        ("family", "..."),
        ("family", "Петров 2"),
        ("login", "а.петров"),
        ("login", "employee"),
        ("login", "EMPLOYEE"),
        ("login", "x@y"),
        ("login", "."),
        ("email", "no-address"),
        ("email", "a@b"),
        ("email", "a b@c.bg"),
        ("phone", "п" * 61),
        ("duties", "д" * 2001),
        ("position", "ЕГН 8501011234"),
        ("room", "8501011234"),
        ("duties", "питайте за\n850101 1234"),
        ("language", "fr"),
        ("is_coordinator", True),
    ],
)
def test_bad_input_is_refused_at_its_field_and_changes_nothing(field, value, house, viewer):
    before = db.session.scalars(select(User.id)).all()
    with pytest.raises(Refused) as refusal:
        make(house, viewer, **{field: value})
    assert refusal.value.field == field
    assert refusal.value.message
    assert db.session.scalars(select(User.id)).all() == before


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("8501011234", True), ("0552011234", True), ("85-01-01 1234", False),
        ("850101-1234", True), ("0888123456", False), ("+359 888 123456", False),
        ("0500/62 100", False), ("12345678901", False), ("9913011234", False),
        ("номер 7523169263, стая", True),
    ],
)  # fmt: skip
def test_national_numbers_are_known_and_phones_are_not_taken_for_them(text, is_one):
    assert checks.is_national_number(text) is is_one


def test_signs_that_nobody_sees_are_dropped(house, viewer):
    user = make(
        house,
        viewer,
        position="глав\x00ен\u202e експ\u200bерт",
        duties="a\x07\r\n\n\n\nb",
    )
    assert (user.position, user.duties) == ("главен експерт", "a\n\nb")


def test_a_suggestion_in_latin_is_made_for_a_cyrillic_login(house, viewer):
    with pytest.raises(Refused) as refusal:
        make(house, viewer, login="м.Желева")
    assert "m.zheleva" in refusal.value.message


def test_a_changed_name_takes_its_latin_form_along_unless_that_was_special(user, viewer):
    reader = user("reader")
    services.change_person(reader, by=viewer("admin"), family="Димчев", given="Жоро")
    assert reader.latin_name == "Zhoro Dimchev"
    services.change_person(reader, by=viewer("admin"), family_latin="Dimtchev")
    services.change_person(reader, by=viewer("admin"), given="Георги")
    assert reader.latin_name == "Georgi Dimtchev"
    assert "dimtchev" in reader.needle


@pytest.mark.parametrize(
    ("who", "whom", "error"),
    [
        ("admin", "employee", None),
        ("admin", "ngo", None),
        ("coordinator", "partner", None),
        ("coordinator", "stranger", NotFound),
        ("coordinator", "employee", NotFound),
        ("partner", "coordinator", Forbidden),
        ("employee", "reader", Forbidden),
        ("head", "employee", Forbidden),
        ("employee", "employee", Forbidden),
        ("ngo", "partner", Forbidden),
    ],
)
def test_who_keeps_whom(who, whom, error, user, viewer):
    if error is None:
        services.change_person(user(whom), by=viewer(who), room="12")
        assert user(whom).room == "12"
        return
    for act in (
        lambda: services.change_person(user(whom), by=viewer(who), room="12"),
        lambda: services.retire(user(whom), by=viewer(who)),
    ):
        with pytest.raises(error):
            act()
    assert user(whom).room != "12"


def test_coordinators_add_people_only_to_their_own_organisation(house, viewer):
    user = make(house, viewer, by="coordinator", of="partner")
    assert user.organisation.name_en == "Kamengrad Municipality"
    with pytest.raises(NotFound):
        make(house, viewer, by="coordinator", of="ngo")
    with pytest.raises((NotFound, Forbidden)):
        make(house, viewer, by="employee")


@pytest.mark.parametrize("flag", ["is_admin", "is_coordinator"])
def test_coordinators_make_nobody_more_than_a_person(flag, user, viewer):
    with pytest.raises(Forbidden):
        services.change_person(user("partner"), by=viewer("coordinator"), **{flag: True})


def test_units_are_for_the_municipality_only(user, viewer, unit):
    with pytest.raises(Refused, match="на общината"):
        services.change_person(user("ngo"), by=viewer("admin"), unit=unit("office"))


def test_everybody_keeps_her_own_entry_but_not_her_name(user, viewer):
    clerk = user("employee")
    services.change_profile(clerk, by=viewer("employee"), room="9", language="en", family="Друга")
    assert (clerk.room, clerk.language, clerk.family) == ("9", "en", "Служещ")
    with pytest.raises(Forbidden):
        services.change_profile(clerk, by=viewer("reader"), room="1")
    with pytest.raises(NotFound):
        services.change_profile(clerk, by=viewer("stranger"), room="1")


def test_a_stale_form_is_stopped(user, viewer):
    clerk = user("employee")
    opened_on = services.seal(clerk)
    services.change_profile(clerk, by=viewer("employee"), room="9")
    with pytest.raises(Stale):
        services.change_person(clerk, by=viewer("admin"), seal=opened_on, room="10")
    assert user("employee").room == "9"


def test_leaving_hands_over_units_partners_and_spaces_in_one_go(user, viewer, unit, house):
    head, clerk = user("head"), user("employee")
    held = services.holdings(head, viewer("admin"))
    assert [each.name for each in held] == [
        "Административно обслужване", "Община Каменград", "Община Каменград",
    ]  # fmt: skip
    with pytest.raises(Refused) as refusal:
        services.retire(head, by=viewer("admin"))
    assert refusal.value.field == "successor"
    services.retire(head, by=viewer("admin"), successor=clerk)
    assert unit("office").head_id == clerk.id
    assert house("partner").sponsor_id == clerk.id
    own = next(s for s in viewer("employee").roles.items() if s[1] == 4)
    assert own
    assert services.holdings(head, viewer("admin")) == []
    assert (head.successor_id, by_user(head.id)) == (clerk.id, None)
    assert journal("user.retire")[0].facts == {"successor": clerk.id, "handed": 3}


def test_sessions_and_invitations_end_with_the_person(user, viewer):
    member = user("reader")
    begin(member.id, "token")
    ticket = Ticket(purpose="invitation", seed="x", user_id=member.id,
                    expires_at=clock.now() + timedelta(days=7))  # fmt: skip

    @transaction
    def add() -> None:
        db.session.add(ticket)

    add()
    services.retire(member, by=viewer("admin"))
    assert by_session("token") is None
    assert db.session.scalar(select(UserSession.ended_at)) is not None
    assert ticket.expires_at <= clock.now()
    services.bring_back(member, by=viewer("admin"))
    assert by_session("token") is None
    assert by_user(member.id) is not None


@pytest.mark.parametrize("successor", ["head", "ngo", "coordinator"])
def test_a_successor_is_somebody_else_of_the_house(successor, user, viewer):
    with pytest.raises(Refused) as refusal:
        services.retire(user("head"), by=viewer("admin"), successor=user(successor))
    assert refusal.value.field == "successor"
    assert user("head").retired_at is None


def test_the_last_administrator_stays(user, viewer):
    with pytest.raises(Refused, match="собствения"):
        services.retire(user("admin"), by=viewer("admin"), successor=user("employee"))
    with pytest.raises(Refused, match="Последният администратор"):
        services.change_person(user("admin"), by=viewer("admin"), is_admin=False)
    services.change_person(user("employee"), by=viewer("admin"), is_admin=True)
    services.change_person(user("admin"), by=viewer("employee"), is_admin=False)
    assert not user("admin").is_admin


def test_an_administrator_who_joins_a_unit_with_a_role_is_told_of(
    user, viewer, unit, space, membership
):
    from portal.access import Role
    from portal.spaces import services as spaces

    spaces.add_member(space("workspace"), unit("press"), Role.EDITOR, by=viewer("manager"))
    services.change_person(user("admin"), by=viewer("admin"), unit=unit("press"))
    told = journal("space.admin_took_role")
    assert [(line.item_id, line.facts) for line in told] == [(space("workspace").id, {"role": 3})]


def test_searching_words_are_kept_for_cyrillic_in_any_case(app):
    folded = db.session.scalars(select(User.needle)).all()
    assert all(needle == needle.casefold() and needle for needle in folded)
    assert all(db.session.scalars(select(Group.needle)).all())

"""Keeping units, groups and partners."""

from datetime import date, timedelta

import pytest
from werkzeug.exceptions import Forbidden, NotFound

from portal.access import Role
from portal.accounts import services, structure
from portal.accounts.models import Group
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.spaces import partners
from portal.spaces import services as spaces
from portal.spaces.viewers import by_user
from tests.accounts.town import journal


def test_a_unit_cannot_stand_below_itself(unit, viewer):
    upper, lower = unit("office"), unit("archive")
    for parent in (upper, lower):
        with pytest.raises(Refused) as refusal:
            services.change_unit(upper, by=viewer("admin"), kind="unit", name_bg="Х", parent=parent)
        assert refusal.value.field == "parent"
    assert unit("office").parent_id is None


@pytest.mark.parametrize(("field", "login"), [("head", "ngo"), ("deputy", "partner")])
def test_heads_and_deputies_are_staff(field, login, unit, user, viewer):
    with pytest.raises(Refused) as refusal:
        services.create_unit(by=viewer("admin"), kind="unit", name_bg="Х", **{field: user(login)})
    assert refusal.value.field == field


def test_head_and_deputy_are_two_people(user, viewer):
    with pytest.raises(Refused) as refusal:
        services.create_unit(
            by=viewer("admin"), kind="unit", name_bg="Х", head=user("employee"),
            deputy=user("employee"),
        )  # fmt: skip
    assert refusal.value.field == "deputy"


@pytest.mark.parametrize(("who", "error"), [("employee", Forbidden), ("partner", NotFound)])
def test_only_administrators_keep_units(who, error, unit, viewer):
    with pytest.raises(error):
        services.change_unit(unit("office"), by=viewer(who), kind="unit", name_bg="Х")
    with pytest.raises((Forbidden, NotFound)):
        services.create_unit(by=viewer(who), kind="unit", name_bg="Х")
    with pytest.raises((Forbidden, NotFound)):
        services.create_group(by=viewer(who), name_bg="Х")


def test_a_unit_with_people_or_units_below_is_not_closed(unit, viewer, user):
    for name in ("office", "archive"):
        with pytest.raises(Refused):
            services.retire_unit(unit(name), by=viewer("admin"))
    services.change_person(user("employee"), by=viewer("admin"), unit=None)
    services.retire_unit(unit("archive"), by=viewer("admin"))
    assert unit("archive").retired_at is not None


def test_a_stale_unit_form_is_stopped(unit, viewer):
    legal = unit("office")
    opened_on = structure.group_seal(legal)
    services.change_unit(legal, by=viewer("admin"), kind="unit", name_bg="Първо", name_en="Legal")
    with pytest.raises(Stale):
        services.change_unit(
            legal, by=viewer("admin"), kind="unit", name_bg="Второ", seal=opened_on
        )
    assert legal.name_bg == "Първо"


def test_a_group_holds_people_once_and_lets_them_go(viewer, user):
    admin = viewer("admin")
    group = services.create_group(by=admin, name_bg="Комисия")
    services.add_to_group(group, user("reader"), by=admin)
    with pytest.raises(Refused) as refusal:
        services.add_to_group(group, user("reader"), by=admin)
    assert refusal.value.field == "person"
    assert group.id in viewer("reader").groups
    services.remove_from_group(group, user("reader"), by=admin)
    assert group.id not in viewer("reader").groups


def test_a_group_that_manages_or_reviews_alone_is_not_closed(viewer, user, space):
    admin = viewer("admin")
    group = services.create_group(by=admin, name_bg="Комисия")
    services.add_to_group(group, user("reader"), by=admin)
    spaces.change_settings(space("workspace"), by=admin, name_bg="Чист бряг", reviewers=group)
    with pytest.raises(Refused, match="одобрява"):
        services.retire_group(group, by=admin)
    spaces.change_settings(space("workspace"), by=admin, name_bg="Чист бряг")
    services.retire_group(group, by=admin)
    assert db.session.get(Group, group.id).retired_at is not None


def fields(**more):
    return {"kind": "ngo", "name_bg": "Нов партньор", "name_en": "New", **more}


def test_a_partner_gets_a_space_of_its_own_and_the_extranet(viewer, user, space):
    admin = viewer("admin")
    made = partners.welcome_partner(by=admin, sponsor=user("head"), **fields())
    own = space("nov-partnyor")
    assert (own.kind, own.organisation_id, own.is_listed) == (
        "organisation",
        made.id,
        False,
    )
    one = services.create_person(made, by=admin, given="Ян", family="Ян")
    seen = by_user(one.id)
    assert seen.role_in(own.id) == Role.CONTRIBUTOR
    assert seen.role_in(space("extranet").id) == Role.READER
    assert seen.role_in(space("intranet").id) == 0
    assert viewer("head").role_in(own.id) == Role.MANAGER


@pytest.mark.parametrize(
    ("field", "values"),
    [
        (
            "agreement_end",
            {"agreement_start": date(2026, 2, 2), "agreement_end": date(2026, 2, 1)},
        ),
        ("name_bg", {"name_bg": "  "}),
        ("name_bg", {"name_bg": "Сдружение „Чист залив“"}),
        ("name_bg", {"name_bg": "я" * 161}),
        ("kind", {"kind": "church"}),
        ("country", {"country": "БГ"}),
        ("website", {"website": "javascript:alert(1)"}),
        ("about", {"about": "ЕГН 8501011234"}),
    ],
)
def test_bad_facts_of_a_partner_are_refused_at_their_field(field, values, viewer, user):
    with pytest.raises(Refused) as refusal:
        partners.welcome_partner(by=viewer("admin"), sponsor=user("head"), **fields(**values))
    assert refusal.value.field == field
    assert journal("organisation.create") == []


@pytest.mark.parametrize("sponsor", [None, "partner"])
def test_a_colleague_answers_for_each_partner(sponsor, viewer, user):
    with pytest.raises(Refused) as refusal:
        partners.welcome_partner(
            by=viewer("admin"), sponsor=user(sponsor) if sponsor else None, **fields()
        )
    assert refusal.value.field == "sponsor"


def test_a_new_sponsor_manages_the_partners_space(viewer, user, house, space):
    partners.change_partner(
        house("partner"), by=viewer("admin"), sponsor=user("employee"),
        kind="municipality", name_bg="Община Каменград II", name_en="partner",
    )  # fmt: skip
    assert viewer("employee").role_in(space("kamengrad").id) == Role.MANAGER
    assert space("kamengrad").name_bg == "Община Каменград II"


def test_the_end_of_a_partnership_ends_its_peoples_way_in(viewer, user, house, space):
    partner = user("partner")
    partners.part_with(house("partner"), by=viewer("admin"))
    assert by_user(partner.id) is None
    assert space("kamengrad").archived_at is not None
    partners.take_up_again(house("partner"), by=viewer("admin"))
    assert by_user(partner.id) is not None
    assert space("kamengrad").archived_at is None


def test_a_partner_that_alone_manages_a_space_is_not_ended(viewer, user, house, membership, space):
    admin = viewer("admin")
    spaces.add_member(space("workspace"), house("partner"), Role.READER, by=admin)
    spaces.change_role(membership("workspace", "partner"), Role.MANAGER, by=admin)
    spaces.remove_member(membership("workspace", "manager"), by=admin)
    with pytest.raises(Refused, match="Чист бряг"):
        partners.part_with(house("partner"), by=admin)


def test_the_municipality_itself_stays(viewer, house):
    with pytest.raises(Refused):
        partners.part_with(house("town"), by=viewer("admin"))


def test_access_ends_with_the_day_after_the_agreement(viewer, user, house):
    partners.change_partner(
        house("partner"), by=viewer("admin"), sponsor=user("head"), kind="ngo",
        name_bg="Община Каменград", agreement_end=clock.today(),
    )  # fmt: skip
    partner = user("partner")
    assert by_user(partner.id) is not None
    with clock.at(clock.now() + timedelta(days=1)):
        assert by_user(partner.id) is None

"""Who publishes in the extranet can judge what a new partner's people write in their own space."""

from datetime import timedelta

import pytest

from portal.access import Role
from portal.accounts import services as accounts
from portal.kernel import clock
from portal.kernel.transaction import transaction
from portal.spaces import partners, services
from portal.spaces.viewers import by_user, members_of

FIELDS = {"kind": "municipality", "name_bg": "Община Нова", "name_en": "Nova"}


@pytest.fixture
def welcome(viewer, user, space):
    def make():
        partners.welcome_partner(by=viewer("admin"), sponsor=user("head"), **FIELDS)
        return space("obshtina-nova")

    return make


def test_the_extranets_editors_edit_the_new_partners_space(welcome, viewer):
    own = welcome()
    roles = {who: viewer(who).role_in(own.id) for who in ("editor", "colleague", "manager")}
    assert roles == dict.fromkeys(roles, Role.EDITOR)
    assert viewer("head").role_in(own.id) == Role.MANAGER
    for who in ("reader", "contributor", "admin", "partner", "ngo"):
        assert viewer(who).role_in(own.id) == 0, who


def test_taking_a_partner_up_again_lets_each_in_once(welcome, viewer, user, space):
    own = welcome()
    before = members_of([own.id])
    services.change_role(
        services.membership_of(own, user("editor")), Role.CONTRIBUTOR, by=viewer("head")
    )
    services.add_member(space("extranet"), user("employee"), Role.EDITOR, by=viewer("manager"))
    for _again in range(2):
        let_in(own, viewer("admin"))
    assert viewer("editor").role_in(own.id) == Role.CONTRIBUTOR  # what was decided there stays
    assert viewer("employee").role_in(own.id) == Role.EDITOR
    assert members_of([own.id]) == before | {user("employee").id}


@transaction
def let_in(own, by):
    partners.let_publishers_in(own, by)


def test_a_unit_that_publishes_comes_in_as_a_unit(welcome, viewer, unit, space):
    services.add_member(space("extranet"), unit("office"), Role.EDITOR, by=viewer("manager"))
    own = welcome()
    assert services.membership_of(own, unit("office")).role == Role.EDITOR
    assert viewer("employee").role_in(own.id) == Role.EDITOR  # of a unit below


def test_a_role_with_a_last_day_ends_on_the_same_day(welcome, viewer, user, space):
    until = clock.today() + timedelta(days=20)
    extranet = space("extranet")
    services.add_member(extranet, user("reader"), Role.EDITOR, by=viewer("manager"), until=until)
    assert services.membership_of(welcome(), user("reader")).until == until


def test_guests_who_publish_stay_out_of_anothers_space(welcome, viewer, user, space):
    admin = viewer("admin")
    jury = accounts.create_group(by=admin, name_bg="Жури")
    accounts.add_to_group(jury, user("reader"), by=admin)
    accounts.add_to_group(jury, user("ngo"), by=admin)
    extranet = space("extranet")
    services.add_member(extranet, jury, Role.EDITOR, by=viewer("manager"))
    services.add_member(extranet, user("partner"), Role.EDITOR, by=viewer("manager"))
    own = welcome()
    assert viewer("reader").role_in(own.id) == Role.EDITOR  # of the set, by herself
    assert viewer("ngo").role_in(own.id) == 0
    assert viewer("partner").role_in(own.id) == 0


def test_no_group_opens_one_partners_space_to_another(viewer, user, space):
    """Whatever set of people an editor puts a guest into later."""
    admin = viewer("admin")
    team = accounts.create_group(by=admin, name_bg="Екип")
    accounts.add_to_group(team, user("employee"), by=admin)
    services.add_member(space("kamengrad"), team, Role.EDITOR, by=viewer("head"))
    accounts.add_to_group(team, user("ngo"), by=admin)
    accounts.add_to_group(team, user("partner"), by=admin)
    assert viewer("employee").role_in(space("kamengrad").id) == Role.EDITOR
    assert viewer("ngo").role_in(space("kamengrad").id) == 0
    assert by_user(user("partner").id).role_in(space("kamengrad").id) == Role.EDITOR

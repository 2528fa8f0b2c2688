"""A person typed into a form: who is found, and what is said when several fit."""

import pytest

from portal.accounts.queries import person_named
from portal.kernel.errors import Refused
from portal.kernel.transaction import transaction


@pytest.fixture
def alike(user):
    """Two people of the workspace with one name, whom its partner knows."""

    @transaction
    def rename():
        for login, position in (("editor", "главен експерт"), ("contributor", "юрисконсулт")):
            person = user(login)
            person.given, person.family, person.position = "Мария", "Иванова", position

    rename()


def refusal(viewer, typed):
    with pytest.raises(Refused) as refused:
        person_named("owner", typed, viewer)
    return str(refused.value.message)


def test_staff_tell_two_of_one_name_apart_by_the_sign_in_name(alike, viewer, user):
    told = refusal(viewer("head"), "Мария Иванова")
    assert "Мария Иванова (editor)" in told and "Мария Иванова (contributor)" in told
    found = person_named("owner", "Мария Иванова (editor)", viewer("head"))
    assert found is not None and found.id == user("editor").id


def test_a_partner_tells_them_apart_without_learning_a_sign_in_name(alike, viewer, user):
    told = refusal(viewer("partner"), "Мария Иванова")
    assert "editor" not in told and "contributor" not in told
    assert "юрисконсулт" in told and "главен експерт" in told
    for login in ("editor", "contributor"):
        shown = next(one for one in told.split("; ") if user(login).position in one)
        typed = shown.rpartition(": ")[2].removesuffix(".")  # as it is copied from the message
        found = person_named("owner", typed, viewer("partner"))
        assert found is not None and found.id == user(login).id


def test_a_guessed_sign_in_name_finds_nobody_for_a_partner(viewer):
    refusal(viewer("partner"), "editor")

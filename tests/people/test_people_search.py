"""People in the one search box: found by name, unit and phone, by those who may know them."""

import pytest

from portal.accounts import services
from portal.accounts.policy import policy
from portal.people.search import PeopleSearch


def test_a_document_holds_what_a_colleague_may_remember(user):
    found = PeopleSearch().document(user("employee").id)
    words = f"{found.title} {found.text} {found.names}"
    for word in (
        "Служещ",
        "Sluzhesht",
        "Архив",
        "Archive",
        "204",
        "62 118",
        "050062118",
    ):
        assert word in words, word
    assert found.audience == policy.audience(user("employee"))


def test_who_left_is_forgotten(user, viewer):
    services.retire(user("reader"), by=viewer("admin"))
    assert PeopleSearch().document(user("reader").id) is None
    assert user("reader").id not in set(PeopleSearch().ids())
    assert PeopleSearch().document(99_999) is None


@pytest.mark.parametrize(
    ("who", "shown"), [("reader", ["employee", "partner"]), ("stranger", ["partner"])]
)
def test_hits_are_shown_again_through_the_policy(who, shown, app, user, viewer):
    ids = [user(login).id for login in ("employee", "partner", "coordinator")]
    seen = viewer(who)
    with app.test_request_context():
        found = PeopleSearch().show(ids, seen, {})
        assert set(found) == {user(login).id for login in shown}
        assert found[user("partner").id].url == f"/people/{user('partner').id}"


def test_a_colleague_is_found_by_those_who_may_know_her(user, viewer, sign_in, follow):
    services.change_profile(user("employee"), by=viewer("employee"), room="204", duties="чешми")
    services.change_person(user("partner"), by=viewer("admin"), position="главен архитект")
    follow()
    page = f"/people/{user('employee').id}"
    for words in ("Служещ", "емил служещ", "sluzhesht", "чешми", "архив"):
        assert page in sign_in("reader").get(f"/search?q={words}").text, words
        assert page not in sign_in("stranger").get(f"/search?q={words}").text, words
    contact = f"/people/{user('partner').id}"
    assert contact in sign_in("stranger").get("/search?q=архитект").text
    services.retire(user("employee"), by=viewer("admin"))
    follow()
    assert page not in sign_in("reader").get("/search?q=Служещ").text

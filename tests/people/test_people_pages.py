"""The people room's pages: who opens what, what is told, what bad input meets."""

import re
from typing import Any

import pytest

from portal.accounts import services
from portal.accounts.models import User
from portal.kernel.database import db
from tests.accounts.town import HOME
from tests.support.counting import query_budget

EVERYBODY = ("admin", "employee", "coordinator", "partner", "stranger", "visitor")


def answers(*statuses: int) -> list[tuple[str, int]]:
    return list(zip(EVERYBODY, statuses, strict=True))


def paths(town: Any) -> dict[str, str]:
    office, house = town.unit("office").id, town.organisation("partner").id
    return {
        "directory": "/people",
        "a colleague": f"/people/{town.id('employee')}",
        "a contact": f"/people/{town.id('partner')}",
        "a partner's person": f"/people/{town.id('coordinator')}",
        "nobody": "/people/99999",
        "units": "/units",
        "a unit": f"/units/{office}",
        "edit a unit": f"/units/{office}/edit",
        "new unit": "/units/new",
        "new group": "/groups/new",
        "organisations": "/organisations",
        "a partner": f"/organisations/{house}",
        "edit a partner": f"/organisations/{house}/edit",
        "new partner": "/organisations/new",
        "access": "/people/keep",
        "new person": "/people/new",
        "edit a colleague": f"/people/{town.id('employee')}/edit",
        "edit a partner's person": f"/people/{town.id('partner')}/edit",
        "end a partner's person": f"/people/{town.id('partner')}/retire",
        "me": "/me",
    }


PAGES = {
    "directory": answers(200, 200, 200, 200, 200, 302),
    "a colleague": answers(200, 200, 404, 404, 404, 302),
    "a contact": answers(200, 200, 200, 200, 200, 302),
    "a partner's person": answers(404, 404, 200, 200, 404, 302),
    "nobody": answers(404, 404, 404, 404, 404, 302),
    "units": answers(200, 200, 404, 404, 404, 302),
    "a unit": answers(200, 200, 404, 404, 404, 302),
    "edit a unit": answers(200, 404, 404, 404, 404, 302),
    "new unit": answers(200, 404, 404, 404, 404, 302),
    "new group": answers(200, 404, 404, 404, 404, 302),
    "organisations": answers(200, 200, 200, 200, 200, 302),
    "a partner": answers(200, 200, 200, 200, 200, 302),
    "edit a partner": answers(200, 404, 404, 404, 404, 302),
    "new partner": answers(200, 404, 404, 404, 404, 302),
    "access": answers(200, 404, 200, 404, 404, 302),
    "new person": answers(200, 404, 200, 404, 404, 302),
    "edit a colleague": answers(200, 403, 404, 404, 404, 302),
    "edit a partner's person": answers(200, 403, 200, 403, 403, 302),
    "end a partner's person": answers(200, 403, 200, 403, 403, 302),
    "me": answers(200, 200, 200, 200, 200, 302),
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_opens_which_page(who, town, sign_in):
    browser = sign_in(who)
    found = {name: browser.get(path).status_code for name, path in paths(town).items()}
    assert found == {name: dict(statuses)[who] for name, statuses in PAGES.items()}


@pytest.mark.parametrize(
    ("page", "budget"),
    [("directory", 4), ("a colleague", 4), ("units", 4), ("organisations", 4)],
)
def test_reading_pages_keep_their_budget(page, budget, app, town, sign_in):
    browser = sign_in("reader")
    path = paths(town)[page]
    browser.get(path)
    with query_budget(app, budget):
        assert browser.get(path).status_code == 200


def names(html: str) -> list[str]:
    return re.findall(r'entry__title"><a href="/people/\d+">([^<]+)', html)


def test_a_partner_sees_in_the_directory_only_whom_she_may_know(town, sign_in):
    seen = names(sign_in("stranger").get("/people").text)
    assert seen == ["Петър Партньоров", "Страхил Чужд"]
    told = sign_in("stranger").get(f"/organisations/{town.organisation('partner').id}").text
    assert "Петър Партньоров" in told
    assert "Кирил" not in told
    assert "Христо" not in told  # the colleague who answers for it is for staff


def test_the_directory_stands_in_the_order_of_family_names(sign_in):
    seen = names(sign_in("employee").get("/people").text)
    families = [name.split()[-1] for name in seen]
    assert families == sorted(families)
    assert len(seen) == len(HOME) + 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=СЛУЖЕЩ", ["Емил Служещ"]),
        ("q=sluzhesht", ["Емил Служещ"]),
        ("q=62118", ["Емил Служещ"]),
        ("letter=С", ["Емил Служещ"]),
        ("letter=latin", []),
        ("letter=<b>&page=-3", None),
        ("q=%00%25", []),
        ("q=" + "д" * 3000, []),
        ("page=99999999999999999999", None),
        ("page=7", []),
    ],
)
def test_the_directory_is_searched_and_bears_nonsense(query, found, sign_in):
    response = sign_in("reader").get(f"/people?{query}")
    assert response.status_code == 200
    assert found is None or names(response.text) == found


def test_pages_follow_one_another_without_counting(town, sign_in, monkeypatch):
    monkeypatch.setattr("portal.people.views.PAGE", 4)
    browser = sign_in("reader")
    first, second = browser.get("/people").text, browser.get("/people?page=2").text
    third = browser.get("/people?page=3").text
    assert (len(names(first)), len(names(second)), len(names(third))) == (4, 4, 1)
    assert "page=2" in first
    assert "page=3" in second
    assert "page=4" not in third


FORM = {
    "given": "Иван",
    "family": "Петров",
    "organisation": "1",
    "unit": "",
    "language": "",
}


def new_person(browser: Any, town: Any, **more: str) -> Any:
    house = str(town.organisation("town").id)
    return browser.post("/people/new", data={**FORM, "organisation": house, **more})


def test_an_administrator_adds_a_person_and_goes_on_to_invite(town, sign_in):
    response = new_person(sign_in("admin"), town, unit=str(town.unit("archive").id))
    assert response.status_code == 302
    made = town["i.petrov"]
    assert response.location == f"/people/{made.id}/way-in"
    assert made.unit_id == town.unit("archive").id


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("given", "", "Попълнете това поле"),
        ("given", "<script>alert(1)</script>", "само букви"),
        ("family", "я" * 300, ""),
        ("position", "ЕГН 8501011234", "Това прилича на ЕГН"),
        ("login", "employee", "заето"),
        ("email", "няма", "не е имейл"),
        ("unit", "77777", ""),
    ],
)
def test_bad_input_is_told_at_its_field_and_what_was_typed_stays(field, value, told, town, sign_in):
    response = new_person(sign_in("admin"), town, **{"room": "стая 5б", field: value})
    assert response.status_code == 422
    assert "стая 5б" in response.text
    assert told in response.text
    assert "<script>alert" not in response.text
    assert f'href="#{field}"' in response.text
    assert "i.petrov" not in set(db.session.scalars(db.select(User.login)))


def test_all_faults_of_a_form_are_told_at_once(town, sign_in):
    wrong = {"given": "", "family": "П3тров", "login": "а", "email": "х", "duties": "8501011234"}
    page = new_person(sign_in("admin"), town, **wrong).text
    for field in wrong:
        assert f'href="#{field}"' in page, field


def test_a_coordinators_form_has_no_rank_and_no_other_house(town, sign_in):
    browser = sign_in("coordinator")
    page = browser.get("/people/new").text
    for name in ("is_admin", "is_coordinator", "organisation", "unit"):
        assert f'name="{name}"' not in page
    typed = {name: value for name, value in FORM.items() if name != "organisation"}
    browser.post("/people/new", data=typed)
    assert town["i.petrov"].organisation_id == town.organisation("partner").id


def test_markup_in_an_entry_is_only_text(town, sign_in):
    sign_in("employee").post("/me", data={"duties": "<img src=x onerror=alert(1)>", "room": "9"})
    page = sign_in("reader").get(f"/people/{town.id('employee')}").text
    assert "&lt;img src=x" in page
    assert "<img src=x" not in page


def seal_of(html: str) -> str:
    found = re.search(r'name="seal"[^>]*value="([^"]*)"', html)
    assert found is not None
    return found[1]


def test_a_stale_entry_is_shown_beside_what_is_stored(town, viewer, sign_in):
    browser = sign_in("employee")
    opened = browser.get("/me").text
    services.change_person(town["employee"], by=viewer("admin"), room="300")
    typed = {
        "seal": seal_of(opened),
        "room": "18",
        "phone": "0500/62 118",
        "language": "",
    }
    stale = browser.post("/me", data=typed)
    assert stale.status_code == 409
    assert 'value="18"' in stale.text
    assert "300" in stale.text
    assert town["employee"].room == "300"
    again = browser.post("/me", data={**typed, "seal": seal_of(stale.text)})
    assert again.status_code == 302
    assert town["employee"].room == "18"


def test_own_entry_takes_no_name(town, sign_in):
    sign_in("employee").post("/me", data={"family": "Друга", "is_admin": "y", "room": "7"})
    employee = town["employee"]
    assert (employee.family, employee.is_admin, employee.room) == ("Служещ", False, "7")


def test_leaving_is_shown_before_and_handed_over(town, sign_in):
    browser = sign_in("admin")
    path = f"/people/{town.id('head')}/retire"
    page = browser.get(path).text
    assert "Административно обслужване" in page
    assert browser.post(path, data={"successor": ""}).status_code == 422
    assert "successor" in browser.post(path, data={"successor": "никой"}).text
    several = browser.post(path, data={"successor": "Редактор"}).text
    assert "(editor)" in several
    assert "(colleague)" in several
    assert browser.post(path, data={"successor": "служещ емил"}).status_code == 302
    assert town.unit("office").head_id == town.id("employee")
    assert browser.get(f"/people/{town.id('head')}").status_code == 404
    assert "Христо" in browser.get("/people/keep?retired=1").text
    assert "Христо" not in browser.get("/people/keep").text
    browser.post(f"/people/{town.id('head')}/bring-back")
    assert town["head"].retired_at is None


def test_an_end_of_access_is_felt_at_the_next_click(town, viewer, sign_in):
    browser = sign_in("reader")
    assert browser.get("/people").status_code == 200
    services.retire(town["reader"], by=viewer("admin"))
    assert browser.get("/people").status_code == 302


def test_a_unit_circle_is_told_at_its_field(town, sign_in):
    office, archive = town.unit("office").id, town.unit("archive").id
    form = {"kind": "department", "name_bg": "Х", "parent": str(archive)}
    response = sign_in("admin").post(f"/units/{office}/edit", data=form)
    assert response.status_code == 422
    assert 'href="#parent"' in response.text


def test_a_group_is_made_filled_and_closed(town, sign_in):
    browser = sign_in("admin")
    address = browser.post("/groups/new", data={"name_bg": "Комисия"}).location
    assert browser.post(f"{address}/people", data={"person": "четяща"}).status_code == 302
    assert browser.post(f"{address}/people", data={"person": "четяща"}).status_code == 422
    assert "Радка Четяща" in browser.get(address).text
    assert browser.get(f"{address}/edit").status_code == 200
    browser.post(f"{address}/people/{town.id('reader')}/remove")
    assert "Радка Четяща" not in browser.get(address).text
    browser.post(f"{address}/retire")
    assert browser.get(address).status_code == 404


def test_a_partner_is_taken_up_and_ended_on_its_pages(town, sign_in):
    browser = sign_in("admin")
    form = {
        "kind": "ngo",
        "name_bg": "Нов партньор",
        "country": "BG",
        "sponsor": "началников",
    }
    wrong = {**form, "agreement_start": "2026-05-05", "agreement_end": "2026-05-04"}
    assert 'href="#agreement_end"' in browser.post("/organisations/new", data=wrong).text
    assert (
        browser.post("/organisations/new", data={**form, "agreement_end": "утре"}).status_code
        == 422
    )
    address = browser.post("/organisations/new", data=form).location
    assert browser.get(address).status_code == 200
    assert browser.post(f"{address}/edit", data={**form, "name_bg": "Друг"}).status_code == 302
    browser.post(f"{address}/retire")
    assert browser.get(address).status_code == 404
    assert "Друг" in browser.get("/organisations?retired=1").text
    browser.post(f"{address}/bring-back")
    assert browser.get(address).status_code == 200


@pytest.mark.parametrize("language", ["bg", "en"])
def test_forms_of_the_room_open_in_both_languages(language, town, sign_in):
    browser = sign_in("admin")
    with browser.session_transaction() as kept:
        kept["language"] = language
    for path in paths(town).values():
        assert browser.get(path).status_code in (200, 404)

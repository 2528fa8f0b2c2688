"""A partner's page, its coordinators' doors, and agreements that end soon."""

from datetime import timedelta

import pytest

from portal.accounts.models import User
from portal.audit.models import JournalLine
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.signin import services as signin
from tests.support.counting import query_budget

FORM = {"given": "Иван", "family": "Петров", "language": ""}


def people():
    db.session.rollback()
    return {
        (user.login, user.organisation_id, user.is_coordinator, user.is_admin, user.retired_at)
        for user in db.session.scalars(db.select(User))
    }


@transaction
def agreed(house, start, end):
    """Agreement days, counted from today."""
    house.agreement_start = clock.today() + timedelta(days=start)
    house.agreement_end = clock.today() + timedelta(days=end)


# ── A coordinator's door leads into her own house alone ──────────────────────


@pytest.mark.parametrize("other", ["ngo", "town", "other"])
def test_a_coordinator_cannot_invite_into_another_house_by_its_address(other, town, sign_in):
    browser, before = sign_in("coordinator"), people()
    ident = town.organisation(other).id
    assert browser.get(f"/people/new?organisation={ident}").status_code == 404
    assert browser.post(f"/people/new?organisation={ident}", data=FORM).status_code == 404
    assert people() == before


@pytest.mark.parametrize("other", ["ngo", "town", "other"])
def test_a_house_in_a_forged_field_is_told_and_nobody_is_added(other, town, sign_in):
    browser, before = sign_in("coordinator"), people()
    ident = str(town.organisation(other).id)
    answer = browser.post("/people/new", data={**FORM, "organisation": ident, "room": "12б"})
    assert answer.status_code == 422
    assert "само в своята организация" in answer.text
    assert 'value="12б"' in answer.text  # what was typed is kept
    assert people() == before


@pytest.mark.parametrize("field", ["is_admin", "is_coordinator"])
@pytest.mark.parametrize("path", ["/people/new", "edit"])
def test_a_forged_rank_is_told_and_nothing_changes(field, path, town, sign_in):
    browser, before = sign_in("coordinator"), people()
    path = path if path == "/people/new" else f"/people/{town.id('partner')}/edit"
    answer = browser.post(path, data={**FORM, "login": "partner", field: "y"})
    assert answer.status_code == 422
    assert "Координаторите се посочват от общината" in answer.text
    assert people() == before


def test_json_adds_nobody(town, sign_in):
    browser, before = sign_in("coordinator"), people()
    for organisation in ("partner", "ngo"):
        sent = {**FORM, "organisation": town.organisation(organisation).id}
        answer = browser.post("/people/new", json=sent)
        assert answer.status_code == 400
        assert answer.mimetype == "application/json"
    assert people() == before


@pytest.mark.parametrize("whom", ["ngo", "stranger", "employee", "partner_contact"])
def test_people_of_other_houses_have_no_way_in_from_a_coordinator(whom, town, sign_in):
    browser = sign_in("coordinator")
    ident = town.id("head" if whom == "partner_contact" else whom)  # whom she may read
    for path in ("way-in", "edit", "retire", "bring-back"):
        for answer in (
            browser.get(f"/people/{ident}/{path}"),
            browser.post(f"/people/{ident}/{path}", data={"way": "mail", "successor": ""}),
        ):
            assert answer.status_code in (403, 404, 405)
    db.session.rollback()
    assert not db.session.scalars(
        db.select(JournalLine).where(JournalLine.action.in_(("ticket.made", "user.retire")))
    ).all()


def test_a_coordinator_invites_and_retires_her_own_colleague(town, sign_in):
    browser = sign_in("coordinator")
    sent = {**FORM, "email": "ivan@kamengrad.example"}
    way_in = browser.post("/people/new", data=sent).location
    assert browser.post(way_in, data={"way": "mail"}).status_code == 302
    made = town["i.petrov"]
    assert made.organisation_id == town.organisation("partner").id
    assert browser.post(f"/people/{made.id}/retire", data={"successor": ""}).status_code == 302
    assert town["i.petrov"].retired_at is not None


# ── Coordinators are named on the partner's page ─────────────────────────────


def test_the_sponsor_names_a_coordinator_on_the_page(town, sign_in):
    browser, house = sign_in("head"), town.organisation("partner").id
    page = browser.get(f"/organisations/{house}").text
    assert page.count("Освобождаване като координатор</button>") == 1
    sent = {"person": town.id("partner"), "is_one": "1"}
    assert browser.post(f"/organisations/{house}/coordinators", data=sent).status_code == 302
    assert town["partner"].is_coordinator


def test_the_only_coordinator_is_told_to_stay(town, sign_in):
    browser, house = sign_in("head"), town.organisation("partner").id
    sent = {"person": town.id("coordinator"), "is_one": "0"}
    answer = browser.post(f"/organisations/{house}/coordinators", data=sent, follow_redirects=True)
    assert "единственият координатор" in answer.text
    assert town["coordinator"].is_coordinator


@pytest.mark.parametrize(
    ("who", "of", "person", "status"),
    [("employee", "partner", "partner", 403), ("coordinator", "partner", "partner", 404),
     ("partner", "partner", "partner", 404), ("head", "ngo", "ngo", 403),
     ("head", "partner", "ngo", 404), ("head", "partner", None, 404),
     ("visitor", "partner", "partner", 401)],
)  # fmt: skip
def test_others_name_nobody(who, of, person, status, town, sign_in):
    before, ident = people(), town.organisation(of).id
    sent = {"person": town.id(person) if person else "x1", "is_one": "1"}
    assert (
        sign_in(who).post(f"/organisations/{ident}/coordinators", data=sent).status_code == status
    )
    assert people() == before


# ── The page ─────────────────────────────────────────────────────────────────


def test_its_own_people_read_the_agreement_and_whom_to_turn_to(town, sign_in):
    house = town.organisation("partner")
    agreed(house, -100, 200)
    page = sign_in("partner").get(f"/organisations/{house.id}").text
    assert "Христо Началников" in page
    assert "mailto:head@town.example" in page
    assert "остават около 7 месеца" in page
    assert "Кирил Свързващ" in page
    assert "координатор" in page
    assert 'class="entries entries--plain"' in page  # nobody has a phone or a room: no column
    assert "последно влизане" not in page


def test_other_partners_read_neither_agreement_nor_sponsor(town, sign_in):
    house = town.organisation("partner")
    agreed(house, -100, 200)
    page = sign_in("ngo").get(f"/organisations/{house.id}").text
    assert "Началников" not in page
    assert "head@town.example" not in page
    assert "Споразумение" not in page


@pytest.mark.parametrize(("who", "sees"), [("head", True), ("admin", True), ("employee", False)])
def test_who_looks_after_a_partner_sees_when_its_people_came_in(who, sees, town, sign_in):
    house = town.organisation("partner").id

    @transaction
    def come_in():
        signin.start_session(town.id("coordinator"), device="Firefox", keep=False)

    come_in()
    page = sign_in(who).get(f"/organisations/{house}").text
    assert ("последно влизане" in page) is sees


@pytest.mark.parametrize("who", ["partner", "head", "admin", "employee"])
def test_a_partners_page_keeps_its_budget(who, app, town, sign_in):
    browser, path = sign_in(who), f"/organisations/{town.organisation('partner').id}"
    browser.get(path)
    with query_budget(app, 3):
        assert browser.get(path).status_code == 200


def test_a_reader_of_english_reads_names_in_latin_letters(town, sign_in):
    colleague = town["coordinator"]
    colleague.given_latin, colleague.family_latin = "Kiril", "Svarzvasht"
    house = town.organisation("partner")
    house.city, house.population, house.nuts3 = "Каменград", 11_240, "BG424"
    town["partner"].language = "en"
    db.session.commit()
    page = sign_in("partner").get(f"/organisations/{house.id}").text
    for told in ("Kiril Svarzvasht", "Kamengrad", "11,240", "Smolyan"):
        assert told in page


# ── District, inhabitants, agreement ─────────────────────────────────────────

PARTNER = {"kind": "municipality", "name_bg": "Община Нова", "country": "BG", "sponsor": "head"}


def test_district_and_inhabitants_are_kept_and_shown(town, sign_in):
    browser = sign_in("admin")
    sent = {**PARTNER, "nuts3": "BG424", "population": "11 240"}
    address = browser.post("/organisations/new", data=sent).location
    page = browser.get(address).text
    assert "Смолян" in page
    assert "11\u00a0240" in page
    form = browser.get(f"{address}/edit").text
    assert 'value="11240"' in form
    assert '<option selected value="BG424">' in form


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("agreement_end", {"agreement_start": "2026-05-05", "agreement_end": "2026-05-04"}),
        ("agreement_end", {"agreement_end": "0026-05-04"}),
        ("agreement_start", {"agreement_start": "9999-12-31"}),
        ("nuts3", {"nuts3": "BG999"}),
        ("nuts3", {"nuts3": "BG341", "country": "BE"}),
        ("population", {"population": "много"}),
        ("population", {"population": "-5"}),
        ("population", {"population": "0"}),
        ("population", {"population": "²"}),
        ("population", {"population": "9" * 20}),
        ("population", {"population": "12", "kind": "ngo"}),
    ],
)
def test_bad_facts_are_told_at_their_field_and_the_rest_is_kept(field, more, town, sign_in):
    browser = sign_in("admin")
    answer = browser.post("/organisations/new", data={**PARTNER, "city": "Горна Баня", **more})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert 'value="Горна Баня"' in answer.text
    for name, value in more.items():
        assert value in answer.text or name == "nuts3"  # no select shows what it does not hold
    assert "Община Нова" not in browser.get("/organisations").text


# ── Agreements that end soon ─────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("who", "days", "told"),
    [("admin", 40, True), ("head", 40, True), ("employee", 40, False), ("partner", 40, False),
     ("admin", 120, False), ("head", -3, True)],
)  # fmt: skip
def test_administrators_and_sponsors_see_the_end_coming(who, days, told, town, sign_in):
    agreed(town.organisation("partner"), -200, days)
    page = sign_in(who).get("/organisations").text
    assert ("Споразумения, които изтичат скоро" in page) is told


@pytest.mark.parametrize(
    ("days", "words"),
    [(31, None), (30, "остават 30 дни"), (1, "остава 1 ден"), (0, "Днес е последният ден")],
)
def test_in_the_last_month_every_page_of_the_partner_says_so(days, words, town, sign_in):
    agreed(town.organisation("partner"), -200, days)
    browser = sign_in("partner")
    for path in ("/people", "/me", "/organisations", "/no-such-page"):
        page = browser.get(path).text
        assert ("Към кого да се обърнете" in page) == (words is not None)
        assert words is None or words in page
    assert "Към кого да се обърнете" not in sign_in("ngo").get("/people").text

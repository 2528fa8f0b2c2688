"""One's own second factor: added, replaced, turned off, new codes; reset by whoever may."""

import pytest
from sqlalchemy import select

from portal.accounts.models import SecondFactor, User, UserSession
from portal.audit.models import JournalLine
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.signin import halfway, second_factor, totp
from portal.spaces import viewers
from tests.signin.steps import added, enter, is_in, later, prove, rows
from tests.signin.test_ways_in import mails
from tests.support.cast import PASSWORD
from tests.support.clients import signed_in
from tests.support.phones import Phone, codes_on, form_on, key_on

PAGES = ("phone", "codes", "off")


@pytest.fixture
def owner(browser, town):
    """Signs somebody in on a browser of hers."""
    return lambda who="employee": signed_in(browser(), town[who].id)


def confirm(client, what, code="", password=PASSWORD, **more):
    data = {"current": password, "code": code, **more}
    return client.post(f"/me/second-factor/{what}", data=data)


def prove_phone(client, page, code=None):
    """Answer the page that offers a key; the answer, and the phone that holds it."""
    phone = Phone(key_on(page.text))
    data = {"halfway": form_on(page.text), "code": code or phone.shows()}
    return client.post("/me/second-factor/set-up", data=data), phone


def told(app, word):
    """The mail whose subject holds this word."""
    with later(20):  # what was queued a little later than now is due then
        (mail,) = [mail for mail in mails(app) if word in mail["Subject"]]
    return mail


# ── Adding ──────────────────────────────────────────────────────────────


def test_everybody_may_add_a_phone_with_the_password(app, browser, owner, town):
    client, other = owner(), owner()
    page = confirm(client, "phone")
    assert page.status_code == 200 and "<svg" in page.text and "style=" not in page.text
    assert rows(SecondFactor) == []  # so far nothing is kept
    codes, phone = prove_phone(client, page)
    assert len(set(codes_on(codes.text))) == 10
    assert is_in(client) and not is_in(other)
    assert "Неизползвани резервни кодове" in client.get("/me/second-factor").text
    new = browser()
    with later():
        assert prove(new, enter(new, "employee"), phone.shows()).status_code == 302
    assert told(app, "добавен е телефон")["To"].endswith("<employee@town.example>")


def test_without_the_password_nothing_is_offered(owner, town):
    answer = confirm(owner(), "phone", password="wrong")
    assert answer.status_code == 422 and "не е сегашната" in answer.text
    assert "otpauth" not in answer.text


def test_wrong_first_digits_keep_the_same_key(owner, town):
    client = owner()
    page = confirm(client, "phone")
    answer, _phone = prove_phone(client, page, code="000000")
    if answer.status_code == 200:  # one time in a million they were right
        return
    assert answer.status_code == 422 and key_on(answer.text) == key_on(page.text)
    assert "сверява" in answer.text and rows(SecondFactor) == []
    assert prove_phone(client, answer)[0].status_code == 200


def test_a_key_offered_to_one_is_not_taken_from_another(owner, town):
    hers, other = owner(), owner("other")
    page = confirm(hers, "phone")
    confirm(other, "phone")
    answer, _phone = prove_phone(other, page)
    assert answer.status_code == 302 and answer.location == "/me/second-factor"
    assert rows(SecondFactor) == []


def test_the_service_takes_nobody_elses_way_either(town):
    secret = totp.new_secret()
    half = halfway.begin(town["employee"].id, halfway.SET_UP, secret=secret)
    with pytest.raises(halfway.Over):
        other = viewers.by_user(town["other"].id)
        second_factor.set_up(half, Phone(secret).shows(), by=other)
    assert rows(SecondFactor) == []


def test_of_two_set_ups_at_once_the_second_is_over(town):
    by = viewers.by_user(town["employee"].id)
    halves = [halfway.begin(by.user_id, halfway.SET_UP, secret=totp.new_secret()) for _n in "ab"]
    second_factor.set_up(halves[0], Phone(halves[0].secret).shows(), by=by)
    with pytest.raises(halfway.Over):
        second_factor.set_up(halves[1], Phone(halves[1].secret).shows(), by=by)


def test_of_two_windows_that_add_a_phone_the_second_begins_again(owner, town):
    client = owner()
    first = confirm(client, "phone")
    second = confirm(client, "phone")
    assert prove_phone(client, first)[0].location == "/me/second-factor"
    assert prove_phone(client, second)[0].status_code == 200
    assert len(rows(SecondFactor)) == 1


def test_pages_that_need_a_step_before_lead_to_the_overview(owner, town):
    client = owner()
    for what in ("set-up", "codes", "off"):
        assert client.get(f"/me/second-factor/{what}").location == "/me/second-factor", what


# ── Changing ────────────────────────────────────────────────────────────


def test_another_phone_takes_the_place_of_the_first(app, browser, owner, town):
    old, old_codes = added(town, "partner")
    client, other = owner("partner"), owner("partner")
    with later():
        page = confirm(client, "phone", old.shows())
        codes, new = prove_phone(client, page)
    assert codes.status_code == 200 and is_in(client) and not is_in(other)
    with later(2):
        again = browser()
        page = enter(again, "partner")
        assert prove(again, page, old.shows()).status_code == 422
        assert prove(again, page, recovery=old_codes[0]).status_code == 422
        assert prove(again, page, new.shows()).status_code == 302
    assert told(app, "сменен")


@pytest.mark.parametrize("what", PAGES)
def test_each_change_needs_the_password_and_a_code(owner, town, what):
    phone, _codes = added(town, "employee")
    client = owner()
    with later():
        shown = phone.shows()
        for code, password in (("", PASSWORD), ("000000", PASSWORD), (shown, "wrong")):
            answer = confirm(client, what, code, password)
            assert answer.status_code == 422, (code, password)
            assert answer.text.count('aria-invalid="true"') == 1
        assert len(rows(SecondFactor)) == 1
        assert confirm(client, what, shown).status_code in (200, 302)


def test_new_recovery_codes_end_the_old(app, browser, owner, town):
    phone, old = added(town, "employee")
    client = owner()
    with later():
        fresh = codes_on(confirm(client, "codes", phone.shows()).text)
    assert len(fresh) == 10 and not set(fresh) & set(old)
    new = browser()
    page = enter(new, "employee")
    assert prove(new, page, recovery=old[0]).status_code == 422
    assert prove(new, page, recovery=fresh[0]).status_code == 302
    assert told(app, "нови резервни кодове")
    text = told(app, "използван е резервен код").get_body(("plain",)).get_content()
    assert "Остават 9 резервни кода" in text


def test_turning_off_leaves_the_password(app, browser, owner, town):
    phone, _codes = added(town, "employee")
    client, other = owner(), owner()
    with later():
        assert confirm(client, "off", phone.shows()).location == "/me/second-factor"
    assert is_in(client) and not is_in(other)
    assert enter(browser(), "employee").status_code == 302
    assert told(app, "изключена")


@pytest.mark.parametrize("who", ["partner", "admin"])
def test_who_must_have_it_cannot_turn_it_off(owner, town, who):
    phone, _codes = added(town, who)
    client = owner(who)
    assert "/off" not in client.get("/me/second-factor").text
    with later():
        answer = confirm(client, "off", phone.shows())
    assert answer.status_code == 422 and "задължителна" in answer.text
    assert len(rows(SecondFactor)) == 1


def test_wrong_codes_on_the_account_page_wait_too(owner, town):
    added(town, "employee")
    client = owner()
    tries = [confirm(client, "codes", "1").status_code for _n in range(6)]
    assert tries == [422] * 5 + [429]


def test_a_visitor_is_asked_to_sign_in(browser, town):
    client = browser()
    for what in ("", "/phone", "/set-up", "/codes", "/off"):
        assert client.get(f"/me/second-factor{what}").status_code == 302
    for what in ("/phone", "/set-up", "/codes", "/off"):
        assert client.post(f"/me/second-factor{what}").status_code == 401


# ── Reset ───────────────────────────────────────────────────────────────


def reset(client, town, whom):
    return client.post(f"/people/{town[whom].id}/way-in/reset-second-factor")


@pytest.mark.parametrize(
    ("who", "whom", "status"),
    [
        ("admin", "partner", 302),
        ("admin", "employee", 302),
        ("coordinator", "partner", 302),
        ("coordinator", "employee", 404),
        ("partner", "coordinator", 403),
        ("employee", "other", 403),
        ("employee", "partner", 404),
    ],
)
def test_administrators_and_the_own_coordinator_reset_a_lost_phone(owner, town, who, whom, status):
    added(town, whom)
    assert reset(owner(who), town, whom).status_code == status
    assert (rows(SecondFactor) == []) is (status == 302)


def test_a_coordinator_of_another_organisation_finds_nobody(owner, town):
    from portal.accounts.models import Organisation

    elsewhere = Organisation(kind="ngo", name_bg="Друго", name_en="Another")
    db.session.add(elsewhere)
    db.session.flush()
    db.session.get(User, town["coordinator"].id).organisation_id = elsewhere.id
    db.session.commit()
    added(town, "partner")
    client = owner("coordinator")
    assert reset(client, town, "partner").status_code == 404
    assert client.get(f"/people/{town['partner'].id}/way-in").status_code == 404
    assert len(rows(SecondFactor)) == 1


def test_a_reset_ends_sessions_and_codes_and_tells_her_and_the_journal(app, browser, owner, town):
    _phone, codes = added(town, "partner")
    client, admin = owner("partner"), owner("admin")
    address = f"/people/{town['partner'].id}/way-in"
    assert "Нулиране на втората стъпка" in admin.get(address).text
    assert reset(admin, town, "partner").location == address
    assert not is_in(client)
    assert "ще бъде поискана при следващото влизане" in admin.get(address).text
    line = rows(JournalLine)[-1]
    assert (line.action, line.actor_id) == ("second_factor.reset", town["admin"].id)
    assert line.item_id == town["partner"].id
    assert "<partner@" in told(app, "нулирана")["To"]
    again = browser()
    page = enter(again, "partner")
    assert "QR код" in page.text  # her next sign-in asks for another phone
    assert prove(again, page, recovery=codes[0]).status_code == 302 and not is_in(again)


def test_nobody_resets_her_own(owner, town):
    """Whoever sits down at her desk would be rid of it without the password."""
    added(town, "admin")
    client = owner("admin")
    answer = reset(client, town, "admin")
    assert answer.status_code == 422 and "собствен" in answer.text
    assert "reset-second-factor" not in client.get(f"/people/{town['admin'].id}/way-in").text
    assert len(rows(SecondFactor)) == 1


def test_a_reset_of_nothing_says_so(owner, town):
    answer = reset(owner("admin"), town, "employee")
    assert answer.status_code == 422 and "няма втора стъпка" in answer.text


def test_a_half_way_from_before_the_reset_is_over(browser, owner, town):
    phone, _codes = added(town, "partner")
    client = browser()
    page = enter(client, "partner")
    reset(owner("admin"), town, "partner")
    with later():
        assert prove(client, page, phone.shows()).location.startswith("/sign-in")
    assert not is_in(client)


def test_the_services_check_for_themselves(town):
    added(town, "partner")
    employee = viewers.by_user(town["employee"].id)
    with pytest.raises(Exception, match="404"):
        second_factor.reset(db.session.get(User, town["partner"].id), by=employee)
    assert len(rows(SecondFactor)) == 1


def test_the_command_line_resets_without_a_viewer(app, town):
    added(town, "admin")
    second_factor.reset_by_command(town["admin"].id)
    assert rows(SecondFactor) == []
    with pytest.raises(Refused):
        second_factor.reset_by_command(town["admin"].id)
    assert rows(JournalLine)[-1].actor_id is None


def test_a_retired_persons_sessions_and_half_ways_are_over_but_her_phone_waits(browser, town):
    phone, _codes = added(town, "employee")
    db.session.get(User, town["employee"].id).retired_at = clock.now()
    db.session.commit()
    assert enter(browser(), "employee").status_code == 422
    db.session.get(User, town["employee"].id).retired_at = None
    db.session.commit()
    client = browser()
    with later():
        assert prove(client, enter(client, "employee"), phone.shows()).status_code == 302
    assert db.session.scalar(select(UserSession.id).limit(1)) is not None

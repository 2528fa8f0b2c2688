"""The second factor: who needs it, six digits, recovery codes, half a way that leads nowhere else."""

import base64
import threading
from datetime import UTC, datetime, timedelta

import pytest

from portal.accounts import services as accounts
from portal.accounts.models import RecoveryCode, SecondFactor, UserSession
from portal.audit.models import JournalLine
from portal.kernel import clock
from portal.kernel.errors import Refused
from portal.signin import halfway, second_factor, tickets, totp
from portal.spaces import viewers
from tests.signin.steps import NEW, added, enter, is_in, later, prove, rows
from tests.support.cast import PASSWORD
from tests.support.clients import begin_session, signed_in
from tests.support.phones import Phone, codes_on, form_on, key_on

# ── Who needs it ────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["partner", "coordinator", "admin"])
def test_partners_and_administrators_set_it_up_before_anything_else(browser, town, who):
    client = browser()
    page = enter(client, who)
    assert page.status_code == 200 and "QR код" in page.text
    assert not is_in(client) and rows(UserSession) == []
    phone = Phone(key_on(page.text))
    data = {"halfway": form_on(page.text), "code": phone.shows()}
    codes = client.post("/sign-in/set-up", data=data)
    assert codes.status_code == 200 and len(codes_on(codes.text)) == 10
    assert is_in(client)


def test_the_municipalitys_people_are_only_offered_it(browser, town):
    client = browser()
    assert enter(client, "employee").status_code == 302
    page = client.get("/me/second-factor").text
    assert "само с паролата си" in page and "/me/second-factor/phone" in page


def test_half_way_nothing_but_the_open_pages_is_reached(browser, town):
    client = browser()
    enter(client, "partner")
    for path in ("/", "/people", "/me", "/me/second-factor", "/search?q=x", "/news"):
        assert client.get(path).status_code == 302, path
        assert "/sign-in" in client.get(path).location
    assert client.get("/theme.css").status_code == 200
    assert client.post("/language", data={"language": "en"}).status_code == 302
    assert client.post("/sign-out").status_code == 302


def test_a_demonstration_asks_nobody_for_a_phone_but_keeps_what_was_added(app, browser, town):
    phone, _codes = added(town, "partner")
    app.config["DEMO"] = True
    assert enter(browser(), "coordinator").status_code == 302
    assert enter(browser(), "admin").status_code == 302
    client = browser()
    page = enter(client, "partner")
    assert page.status_code == 200 and not is_in(client)
    with later():
        assert prove(client, page, phone.shows()).status_code == 302


def test_no_browser_keeps_the_pages_with_the_key_and_the_codes(browser, town):
    client = browser()
    page = enter(client, "partner")
    data = {"halfway": form_on(page.text), "code": Phone(key_on(page.text)).shows()}
    codes = client.post("/sign-in/set-up", data=data)
    for answer in (page, codes):
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_new_administrator_signs_in_anew_and_sets_it_up(browser, town):
    """A kept session goes on as long as it is used: it would never have met the second step."""
    old = signed_in(browser(), town["employee"].id)
    accounts.change_person(town["employee"], by=viewers.by_user(town["admin"].id), is_admin=True)
    assert not is_in(old)
    assert "QR код" in enter(browser(), "employee").text


def test_a_new_administrator_with_a_phone_goes_on(browser, town):
    phone, _codes = added(town, "employee")
    client = browser()
    with later():
        prove(client, enter(client, "employee"), phone.shows())
    accounts.change_person(town["employee"], by=viewers.by_user(town["admin"].id), is_admin=True)
    assert is_in(client)


def test_an_administrator_who_is_changed_otherwise_stays_signed_in(browser, town):
    client = signed_in(browser(), town["admin"].id)
    by = viewers.by_user(town["admin"].id)
    accounts.change_person(town["admin"], by=by, is_admin=True, room="12")
    assert is_in(client)


# ── Six digits ──────────────────────────────────────────────────────────


def test_password_and_digits_lead_to_the_page_that_was_wanted(browser, town):
    phone, _codes = added(town, "employee")
    client = browser()
    page = client.post(
        "/sign-in?next=/me/sessions", data={"name": "employee", "password": PASSWORD, "keep": "y"}
    )
    assert 'autocomplete="one-time-code"' in page.text and 'inputmode="numeric"' in page.text
    with later():
        shown = phone.shows()
        answer = prove(client, page, f"{shown[:3]} {shown[3:]}")  # as the app shows them
    assert answer.location == "/me/sessions" and "Expires" in answer.headers["Set-Cookie"]
    assert is_in(client)


@pytest.mark.parametrize("code", ["000000", "", "12345", "1234567", "абвгде", "x" * 5000, "١٢٣٤٥٦"])
def test_wrong_digits_are_refused_at_their_field(browser, town, code):
    phone, _codes = added(town, "employee")
    client = browser()
    page = enter(client, "employee")
    with later():
        while code == phone.shows():
            code = f"{int(code) + 1:06}"
        answer = prove(client, page, code)
        assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
        assert not is_in(client)
        assert prove(client, answer, phone.shows()).status_code == 302  # the form still holds


def test_no_code_counts_twice(browser, town):
    phone, _codes = added(town, "employee")
    with later():
        shown = phone.shows()
        first, second = browser(), browser()
        assert prove(first, enter(first, "employee"), shown).status_code == 302
        answer = prove(second, enter(second, "employee"), shown)
        assert answer.status_code == 422 and "вече е използван" in answer.text
        assert not is_in(second)


def test_the_digits_that_set_it_up_do_not_sign_in(browser, town):
    phone, _codes = added(town, "employee")
    client = browser()
    assert prove(client, enter(client, "employee"), phone.shows()).status_code == 422


def test_of_two_at_once_with_one_code_one_gets_in(app, town):
    phone, _codes = added(town, "employee")
    half = halfway.begin(town["employee"].id, halfway.CODE)
    moment, outcomes, gate = clock.now() + timedelta(seconds=30), [], threading.Barrier(4)
    with clock.at(moment):
        shown = phone.shows()

    def use():
        with app.app_context(), clock.at(moment):
            gate.wait()
            try:
                second_factor.enter(half, shown, device="")
                outcomes.append("in")
            except Refused:
                outcomes.append("refused")

    threads = [threading.Thread(target=use) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "refused", "refused", "refused"]


@pytest.mark.parametrize(("skew", "status"), [(-2, 422), (-1, 302), (0, 302), (1, 302), (2, 422)])
def test_a_phones_clock_may_be_half_a_minute_wrong(browser, town, skew, status):
    phone, _codes = added(town, "employee")
    client = browser()
    with later(10):
        page = enter(client, "employee")
        assert prove(client, page, phone.shows(skew)).status_code == status


def test_codes_of_an_earlier_step_end_with_a_later_one(browser, town):
    phone, _codes = added(town, "employee")
    with later(10):
        first, second = browser(), browser()
        assert prove(first, enter(first, "employee"), phone.shows(1)).status_code == 302
        assert prove(second, enter(second, "employee"), phone.shows(0)).status_code == 422


def test_wrong_codes_make_the_account_wait_and_the_right_password_does_not_help(browser, town):
    phone, codes = added(town, "employee")
    client = browser()
    page = enter(client, "employee")
    with later():
        for _n in range(5):
            assert prove(client, page, "abc").status_code == 422
        again = browser()
        page = enter(again, "employee")  # the right password again, from elsewhere
        answer = prove(again, page, phone.shows())
        assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
        assert "Твърде много опити" in answer.text and form_on(answer.text)
        assert prove(again, page, recovery=codes[0]).status_code == 429
        assert not is_in(again)
        assert enter(browser(), "other").status_code == 302


# ── Recovery codes ──────────────────────────────────────────────────────


def test_a_recovery_code_works_once_and_tells_how_many_are_left(browser, town):
    _phone, codes = added(town, "employee")
    client = browser()
    typed = codes[3].lower().replace("-", " ")  # as people type from paper
    assert prove(client, enter(client, "employee"), recovery=typed).status_code == 302
    assert "Остават Ви 9" in client.get("/me/sessions").text
    again = browser()
    answer = prove(again, enter(again, "employee"), recovery=codes[3])
    assert answer.status_code == 422 and "Този резервен код не е верен" in answer.text
    assert "<details" in answer.text and " open" in answer.text
    assert not is_in(again)


def test_a_recovery_code_may_be_typed_where_the_digits_go(browser, town):
    _phone, codes = added(town, "employee")
    client = browser()
    assert prove(client, enter(client, "employee"), codes[0]).status_code == 302


def test_the_last_recovery_code_says_so(browser, town):
    _phone, codes = added(town, "employee")
    client = browser()
    for code in codes:
        client = browser()
        assert prove(client, enter(client, "employee"), recovery=code).status_code == 302
    assert "последният Ви резервен код" in client.get("/me/sessions").text


def test_a_recovery_code_of_one_opens_nothing_for_another(browser, town):
    _phone, codes = added(town, "employee")
    added(town, "other")
    client = browser()
    assert prove(client, enter(client, "other"), recovery=codes[0]).status_code == 422


# ── How it is kept ──────────────────────────────────────────────────────


def test_neither_secret_nor_codes_can_be_read_in_the_database(town):
    phone, codes = added(town, "employee")
    (factor,) = rows(SecondFactor)
    assert phone.totp.secret not in factor.secret
    assert totp.decrypt(factor.user_id, factor.secret) == phone.totp.secret
    kept = [row.code_hash for row in rows(RecoveryCode)]
    assert len(kept) == 10 and not any(code in str(kept) for code in codes)


def test_a_secret_in_another_persons_row_is_worth_nothing(town):
    added(town, "employee")
    (factor,) = rows(SecondFactor)
    assert totp.decrypt(town["other"].id, factor.secret) is None


def test_without_the_secret_key_recovery_codes_still_let_in(app, browser, town):
    phone, codes = added(town, "employee")
    app.config["SECRET_KEY"] = "another key of at least thirty-two signs"
    client = browser()
    page = enter(client, "employee")
    with later():
        assert prove(client, page, phone.shows()).status_code == 422
        assert prove(client, page, recovery=codes[0]).status_code == 302


def test_the_digits_are_those_of_the_standard():
    """RFC 6238, appendix B, SHA-1: the last six of its eight digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    for second, digits in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        at = datetime.fromtimestamp(second, UTC)
        assert totp.step_of(secret, digits, at=at) == second // 30
        assert totp.step_of(secret, digits, at=at, after=second // 30) is None


def test_the_journal_tells_what_happened_without_codes(browser, town):
    _phone, codes = added(town, "employee")
    client = browser()
    prove(client, enter(client, "employee"), recovery=codes[0])
    lines = rows(JournalLine)
    assert [line.action for line in lines] == [
        "second_factor.added",
        "session.started",
        "second_factor.recovered",
        "session.started",
    ]
    assert not any(code in str([line.facts for line in lines]) for code in codes)


def test_the_pages_speak_english_too(browser, town):
    english = {"Accept-Language": "en"}
    data = {"name": "partner", "password": PASSWORD}
    page = browser().post("/sign-in", data=data, headers=english)
    assert "Your phone as a second step" in page.text
    added(town, "employee")
    client = browser()
    page = client.post("/sign-in", data={**data, "name": "employee"}, headers=english)
    assert "Six digits from your phone" in page.text
    data = {"halfway": form_on(page.text), "code": ""}
    refused = client.post("/sign-in/code", data=data, headers=english)
    assert "Enter the six digits that the app shows now." in refused.text


# ── Programs ────────────────────────────────────────────────────────────


def test_a_program_is_told_the_next_step_as_json(browser, town):
    phone, _codes = added(town, "employee")
    client, asked = browser(), {"Accept": "application/json"}
    proved = client.post("/sign-in", data={"name": "employee", "password": PASSWORD}, headers=asked)
    assert proved.status_code == 202 and proved.json["next"] == "/sign-in/code"
    with later():
        wrong = {"halfway": proved.json["halfway"], "code": "1"}
        refused = client.post("/sign-in/code", data=wrong, headers=asked)
        assert refused.status_code == 422 and list(refused.json["errors"]) == ["code"]
        right = {**wrong, "code": phone.shows()}
        assert client.post("/sign-in/code", data=right, headers=asked).status_code == 302
        assert is_in(client)
        over = browser().post("/sign-in/code", data=right, headers=asked)
        assert over.status_code == 401 and over.json["status"] == 401


def test_a_program_may_set_it_up(browser, town):
    client, asked = browser(), {"Accept": "application/json"}
    offered = client.post("/sign-in", data={"name": "partner", "password": PASSWORD}, headers=asked)
    assert offered.status_code == 202 and offered.json["address"].startswith("otpauth://totp/")
    data = {"halfway": offered.json["halfway"], "code": Phone(offered.json["key"]).shows()}
    made = client.post(offered.json["next"], data=data, headers=asked)
    assert made.status_code == 200 and len(made.json["codes"]) == 10
    assert is_in(client)


# ── A password reset ────────────────────────────────────────────────────


def test_a_password_reset_leaves_the_second_factor(browser, town):
    phone, _codes = added(town, "employee")
    client = browser()
    link = f"/way-in/{tickets.first_way_in(town['employee'].id)}"
    page = client.post(link, data={"password": NEW, "again": NEW})
    assert page.status_code == 200 and not is_in(client)
    with later():
        assert prove(client, page, phone.shows()).status_code == 302
    assert is_in(client)


def test_choosing_a_password_signs_out_whoever_was_in_this_browser(browser, town):
    client = signed_in(browser(), town["employee"].id)
    link = f"/way-in/{tickets.first_way_in(town['partner'].id)}"
    page = client.post(link, data={"password": NEW, "again": NEW})
    assert "QR код" in page.text and not is_in(client)


def test_setting_up_ends_the_sessions_from_before(browser, town):
    begin_session(town["partner"].id)
    added(town, "partner")
    ended = [row.ended_at is not None for row in rows(UserSession)]
    assert sorted(ended) == [False, True]


def test_the_viewer_is_unknown_between_the_two_pages(app, browser, town):
    added(town, "employee")
    client = browser()
    enter(client, "employee")
    assert "Мария Желева" not in client.get("/sign-in").text
    assert viewers.by_user(town["employee"].id) is not None

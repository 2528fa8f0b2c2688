"""Ways in: single use, by link and slip; reset; one's own password."""

import re
import threading
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from werkzeug.exceptions import Forbidden, NotFound

from portal import jobs
from portal.accounts.models import Ticket, User, UserSession
from portal.audit.models import JournalLine
from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.notify.models import Delivery
from portal.signin import codes, tickets
from portal.spaces import viewers
from tests.support.cast import PASSWORD
from tests.support.clients import signed_in

NEW = "три дъба край извора"


@pytest.fixture
def admin(town):
    return viewers.by_user(town["admin"].id)


def choose(client, token, password=NEW, again=None):
    data = {"password": password, "again": password if again is None else again}
    return client.post(f"/way-in/{token}", data=data)


def enter(client, name, password):
    return client.post("/sign-in", data={"name": name, "password": password})


def mails(app):
    """The mails written so far, oldest first, after all jobs have run."""
    jobs.run_until_idle()
    files = sorted((Path(app.instance_path) / "mail").glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def token_in(mail):
    text = mail.get_body(("plain",)).get_content()
    return re.search(r"/way-in/(\S+)", text).group(1)


# ── Invitation ──────────────────────────────────────────────────────────


def test_an_invitation_leads_in_with_a_password_of_ones_own(app, browser, town, admin):
    tickets.invite(town["fresh"], by=admin)
    (mail,) = mails(app)
    assert mail["To"] == "Мария Желева <fresh@town.example>"
    assert "Покана" in mail["Subject"]
    client, token = browser(), token_in(mail)
    page = client.get(f"/way-in/{token}")
    assert page.status_code == 200 and "fresh" in page.text
    answer = choose(client, token)
    assert answer.location == "/"
    assert client.get("/me/sessions").status_code == 200
    assert enter(browser(), "fresh", NEW).status_code == 302


def test_looking_at_the_link_uses_nothing_up(app, browser, town, admin):
    tickets.invite(town["fresh"], by=admin)
    token = token_in(mails(app)[0])
    for _n in range(3):
        assert browser().get(f"/way-in/{token}").status_code == 200
    assert db.session.scalars(select(Ticket.used_at)).one() is None
    assert choose(browser(), token).status_code == 302


def test_a_link_works_once(app, browser, town, admin):
    tickets.invite(town["fresh"], by=admin)
    token = token_in(mails(app)[0])
    assert choose(browser(), token).status_code == 302
    again = choose(browser(), token, "друга парола за друг")
    assert again.status_code == 410 and "вече е използвана" in again.text
    assert browser().get(f"/way-in/{token}").status_code == 410
    assert enter(browser(), "fresh", NEW).status_code == 302


def test_of_two_at_once_one_wins(app, town, admin):
    ticket = tickets.invite(town["fresh"], by=admin)
    token, results = tickets.token_of(ticket), []
    gate = threading.Barrier(4)

    def use(number):
        with app.app_context():
            gate.wait()
            try:
                tickets.use(token, f"{NEW} {number}", device="")
                results.append("in")
            except tickets.Gone as gone:
                results.append(gone.reason)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["in", "used", "used", "used"]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 1


@pytest.mark.parametrize(("after", "status"), [(timedelta(days=6), 200), (timedelta(days=8), 410)])
def test_an_invitation_expires_after_a_week(app, browser, town, admin, after, status):
    tickets.invite(town["fresh"], by=admin)
    token = token_in(mails(app)[0])
    with clock.at(clock.now() + after):
        answer = browser().get(f"/way-in/{token}")
        assert answer.status_code == status
        if status == 410:
            assert "вече не важи" in answer.text
            assert choose(browser(), token).status_code == 410


def test_a_newer_invitation_closes_the_older(app, browser, town, admin):
    tickets.invite(town["fresh"], by=admin)
    first = token_in(mails(app)[0])
    tickets.invite(town["fresh"], by=admin)
    assert browser().get(f"/way-in/{first}").status_code == 410
    assert choose(browser(), token_in(mails(app)[1])).status_code == 302


def test_a_wrong_link_says_what_to_do(browser):
    for token in ("x", "WzEsInh4Il0.abc", "a" * 3000, "%00", "..%2f..", "😀"):
        answer = browser().get(f"/way-in/{token}")
        assert answer.status_code == 404, token
        assert "way-in" not in answer.text


def test_the_database_alone_makes_no_link(app, town, admin):
    ticket = tickets.invite(town["fresh"], by=admin)
    stored = {str(value) for value in vars(ticket).values()}
    for row in db.session.scalars(select(Job)):
        stored.add(str(row.facts))
    for row in db.session.scalars(select(Delivery)):
        stored.add(str(row.facts))
    assert not any(tickets.token_of(ticket) in value for value in stored)
    genuine = tickets.token_of(ticket)
    app.config["SECRET_KEY"] = "another secret of forty characters, yes."
    with pytest.raises(tickets.Gone):
        tickets.open_ticket(genuine)


def test_a_weak_password_is_refused_at_its_field_and_uses_nothing_up(browser, town, admin):
    token = tickets.token_of(tickets.invite(town["fresh"], by=admin))
    for password, message in (
        ("", "Изберете парола."),
        ("къса", "поне 12"),
        ("x" * 201, "200"),
        ("паролапарола", "най-разпространените"),
        ("ЖелеваМария1", "собственото си име"),
    ):
        answer = choose(browser(), token, password)
        assert answer.status_code == 422 and message in answer.text, password
    assert choose(browser(), token).status_code == 302


def test_the_two_passwords_must_be_the_same(browser, town, admin):
    token = tickets.token_of(tickets.invite(town["fresh"], by=admin))
    answer = choose(browser(), token, NEW, "нещо съвсем друго тук")
    assert answer.status_code == 422 and "не съвпадат" in answer.text
    assert NEW not in answer.text


def test_who_left_after_the_invitation_does_not_get_in(browser, town, admin):
    token = tickets.token_of(tickets.invite(town["fresh"], by=admin))
    db.session.execute(
        update(User).where(User.id == town["fresh"].id).values(retired_at=clock.now())
    )
    db.session.commit()
    assert browser().get(f"/way-in/{token}").status_code == 410


def test_a_link_opened_in_anothers_browser_ends_that_session(browser, town, admin):
    client = browser()
    enter(client, "other", PASSWORD)
    with client.session_transaction() as cookie:
        before = cookie["_user_id"]
    token = tickets.token_of(tickets.invite(town["fresh"], by=admin))
    assert "Мария" in client.get(f"/way-in/{token}").text
    choose(client, token)
    db.session.rollback()
    with client.session_transaction() as cookie:
        assert viewers.by_session(cookie["_user_id"]).login == "fresh"
    assert viewers.by_session(before) is None


# ── Who may invite ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("who", "whom", "error"),
    [
        ("admin", "partner", None),
        ("coordinator", "partner", None),
        ("coordinator", "employee", NotFound),
        ("employee", "other", Forbidden),
        ("employee", "partner", NotFound),
        ("partner", "coordinator", Forbidden),
    ],
)
def test_administrators_invite_all_and_coordinators_their_own(town, who, whom, error):
    by = viewers.by_user(town[who].id)
    if error is None:
        assert tickets.invite(town[whom], by=by).user_id == town[whom].id
        return
    for service in (tickets.invite, tickets.invite_by_slip):
        with pytest.raises(error):
            service(town[whom], by=by)
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 0


@pytest.mark.parametrize(
    ("who", "status"), [("admin", 200), ("coordinator", 404), ("employee", 403), (None, 302)]
)
def test_the_page_of_inviting_opens_to_the_same_people(browser, town, who, status):
    client = browser()
    if who:
        signed_in(client, town[who].id)
    address = f"/people/{town['fresh'].id}/way-in"
    assert client.get(address).status_code == status
    if status != 200:
        refused = 401 if who is None else status
        assert client.post(address, data={"way": "slip"}).status_code == refused


def test_a_retired_person_is_not_invited(town, admin):
    town["fresh"].retired_at = clock.now()
    db.session.commit()
    with pytest.raises(Refused):
        tickets.invite(town["fresh"], by=admin)


def test_who_invites_sees_what_became_of_it(app, browser, town, admin):
    client = browser()
    signed_in(client, town["admin"].id)

    def page():
        return client.get(f"/people/{town['fresh'].id}/way-in").text

    assert "Последен достъп" not in page()
    tickets.invite(town["fresh"], by=admin)
    assert "изпраща се" in page()
    (mail,) = mails(app)
    assert "изпратена" in page()
    with clock.at(clock.now() + timedelta(days=8)):
        client = browser()
        signed_in(client, town["admin"].id)
        assert "вече не важи" in page()
    choose(browser(), token_in(mail))
    assert "използвана" in page()


# ── Slips ───────────────────────────────────────────────────────────────


def printed(browser, town, who="deskless"):
    client = browser()
    signed_in(client, town["admin"].id)
    page = client.post(f"/people/{town[who].id}/way-in", data={"way": "slip"})
    assert page.status_code == 200
    return page.text, re.search(r"\b([2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4})\b", page.text).group(1)


def test_a_slip_lets_in_a_person_without_email(browser, town):
    page, code = printed(browser, town)
    assert "<svg" in page and "style=" not in page and "deskless" in page
    client = browser()
    typed = code.lower().replace("-", " ")  # as people type from paper
    step = client.post("/slip", data={"name": "Deskless", "code": typed})
    assert step.status_code == 302
    assert client.post(step.location, data={"password": NEW, "again": NEW}).location == "/"
    assert enter(browser(), "deskless", NEW).status_code == 302
    used = client.post("/slip", data={"name": "deskless", "code": code})
    assert used.status_code == 302 or "не съответстват" in used.text


def test_a_slips_code_is_stored_only_as_a_keyed_hash(browser, town):
    _page, code = printed(browser, town)
    stored = db.session.scalars(select(Ticket.code_hash)).one()
    assert codes.bare(code) not in stored and stored == tickets.code_hash(code)


def test_a_wrong_code_says_the_same_for_every_name(browser, town):
    printed(browser, town)
    for name in ("employee", "nobody", "deskless"):
        answer = browser().post("/slip", data={"name": name, "code": "AAAA-BBBB-CCCC"})
        assert answer.status_code == 422 and "не съответстват" in answer.text, name


def test_a_slip_of_one_opens_nothing_for_another(browser, town):
    _page, code = printed(browser, town)
    assert browser().post("/slip", data={"name": "fresh", "code": code}).status_code == 422


def test_a_slip_lasts_two_weeks(browser, town):
    _page, code = printed(browser, town)
    for days, status in ((13, 302), (15, 422)):
        with clock.at(clock.now() + timedelta(days=days)):
            answer = browser().post("/slip", data={"name": "deskless", "code": code})
            assert answer.status_code == status


def test_mailing_a_person_without_email_says_what_to_do_instead(browser, town):
    client = browser()
    signed_in(client, town["admin"].id)
    answer = client.post(f"/people/{town['deskless'].id}/way-in", data={"way": "mail"})
    assert answer.status_code == 422 and "няма имейл" in answer.text
    assert client.post(f"/people/{town['deskless'].id}/way-in").status_code == 400


# ── Reset ───────────────────────────────────────────────────────────────


def ask(client, name):
    return client.post("/forgot", data={"name": name})


def test_a_reset_sets_the_password_and_ends_every_session(app, browser, town):
    thief = browser()
    enter(thief, "employee", PASSWORD)
    assert ask(browser(), "employee@town.example").status_code == 200
    mail = mails(app)[0]
    client = browser()
    assert choose(client, token_in(mail)).location == "/"
    assert thief.get("/me/sessions").status_code == 302
    assert client.get("/me/sessions").status_code == 200
    assert enter(browser(), "employee", PASSWORD).status_code == 422
    assert "сменена" in mails(app)[1]["Subject"]  # she is told


@pytest.mark.parametrize("name", ["employee", "nobody", "deskless", "shared@town.example"])
def test_everybody_gets_the_same_answer_and_the_same_work(browser, town, name):
    answer = ask(browser(), name)
    assert answer.status_code == 200 and "Проверете пощата си" in answer.text
    assert name not in answer.text
    assert db.session.scalars(select(Job.kind)).all() == ["signin.reset"]
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 0


def test_only_those_with_mail_and_access_are_sent_a_link(app, browser, town):
    town["other"].retired_at = clock.now()
    db.session.commit()
    for name in ("nobody", "deskless", "other"):
        ask(browser(), name)
    assert mails(app) == []


def test_a_shared_email_gets_a_link_for_each_with_its_name(app, browser, town):
    ask(browser(), "shared@town.example")
    texts = [mail.get_body(("plain",)).get_content() for mail in mails(app)]
    assert len(texts) == 2
    assert "twin1" in texts[0] and "twin2" in texts[1]


def test_a_reset_link_lasts_two_hours(app, browser, town):
    ask(browser(), "employee")
    token = token_in(mails(app)[0])
    with clock.at(clock.now() + timedelta(hours=2, minutes=1)):
        assert browser().get(f"/way-in/{token}").status_code == 410


def test_a_mail_that_is_no_longer_true_is_not_sent(app, browser, town, admin):
    tickets.invite(town["fresh"], by=admin)
    tickets.invite(town["fresh"], by=admin)  # before the first was sent
    assert len(mails(app)) == 1
    states = db.session.scalars(select(Delivery.state).order_by(Delivery.id)).all()
    assert states == ["moot", "sent"]


# ── One's own password ──────────────────────────────────────────────────


def change(client, current=PASSWORD, new=NEW):
    return client.post("/me/password", data={"current": current, "password": new, "again": new})


def test_changing_ones_password_keeps_this_session_and_ends_the_others(app, browser, town):
    here, there = browser(), browser()
    enter(here, "employee", PASSWORD)
    enter(there, "employee", PASSWORD)
    assert change(here).status_code == 302
    assert here.get("/me/sessions").status_code == 200
    assert there.get("/me/sessions").status_code == 302
    assert enter(browser(), "employee", NEW).status_code == 302
    assert "сменена" in mails(app)[0]["Subject"]


@pytest.mark.parametrize(
    ("current", "new", "message"),
    [
        ("wrong", NEW, "не е сегашната"),
        (PASSWORD, "къса", "поне 12"),
        (PASSWORD, PASSWORD, "вече е Вашата"),
    ],
)
def test_a_refused_change_changes_nothing(browser, town, current, new, message):
    client = browser()
    enter(client, "employee", PASSWORD)
    answer = change(client, current, new)
    assert answer.status_code == 422 and message in answer.text
    assert enter(browser(), "employee", PASSWORD).status_code == 302


def test_the_journal_tells_who_did_it_without_names(app, browser, town, admin):
    tickets.invite(town["fresh"], by=admin)
    choose(browser(), token_in(mails(app)[0]))
    lines = db.session.scalars(select(JournalLine).order_by(JournalLine.id)).all()
    assert [(line.action, line.actor_id) for line in lines] == [
        ("ticket.made", town["admin"].id),
        ("ticket.used", town["fresh"].id),
        ("session.started", town["fresh"].id),
    ]
    assert "fresh" not in str([line.facts for line in lines])


def test_the_first_administrator_gets_a_link_on_the_command_line(browser, town):
    token = tickets.first_way_in(town["fresh"].id)
    assert choose(browser(), token).status_code == 302

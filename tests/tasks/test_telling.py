"""Who is told of tasks and when; what the home page, an overview and a successor get of them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.access.site import bump
from portal.accounts import services as accounts
from portal.audit.models import JournalLine
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify.models import Notice
from portal.spaces import services as spaces
from portal.spaces.models import Membership
from portal.tasks import plan_services, services, telling
from portal.tasks.models import Measure
from tests.support.counting import query_budget
from tests.tasks.conftest import task

MONDAY = datetime(2026, 5, 11, 7, 0, tzinfo=ZoneInfo("Europe/Sofia"))
DAY = timedelta(days=1)


def told(kind):
    db.session.rollback()
    found = select(Notice.user_id, Notice.about).where(Notice.kind == kind).order_by(Notice.id)
    return [tuple(row) for row in db.session.execute(found)]


def morning(day):
    """What the job does on a morning; twice, as jobs may."""
    with clock.at(MONDAY + day * DAY):
        telling.tell_of_days()
        telling.tell_of_days()


def test_an_owner_is_told_once_when_it_is_near_and_once_when_it_is_late(cast, person, given):
    with clock.at(MONDAY):
        ident = given(owner="partner", days=3)  # Thursday
        given("Без срок", owner="partner")
        given("Без човек", days=1)
        gone = given("На друг", owner="contributor", days=1)
    spaces.remove_member(_membership(cast, "contributor"), by=person("manager"))
    mine = (cast.id("partner"), f"task_due:{ident}")
    for day, number in ((0, 0), (1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (7, 2), (8, 2)):
        morning(day)
        assert told("task_due").count(mine) == number, day
    assert {about for _who, about in told("task_due")} == {mine[1]}, gone
    # Another last day is told again; what is done is told no more.
    facts = {"title": "Х", "note": "", "measure": None, "weight": 1, "owner": cast["partner"]}
    with clock.at(MONDAY + 9 * DAY):
        due = clock.today() + DAY
        services.change(task(ident), by=person("editor"), seal=None, due=due, **facts)
    morning(10)
    assert told("task_due").count(mine) == 3
    services.move(task(ident), "done", 0, by=person("editor"))
    morning(14)
    assert told("task_due").count(mine) == 3


def _membership(cast, login):
    wanted = select(Membership).where(Membership.user_id == cast.id(login))
    held = db.session.scalars(wanted).all()
    return next(each for each in held if each.space_id == cast.space("workspace").id)


def test_those_in_charge_are_told_once_a_week_and_so_is_a_units_head(cast, person, given):
    spaces.add_member(
        cast.space("workspace"), cast.unit("office"), Role.READER, by=person("manager")
    )
    with clock.at(MONDAY):
        given(owner="partner", days=-1)
    for day in range(9):
        morning(day)
    about = f"tasks_late:{cast.space('workspace').id}"
    people = {cast.id("manager"), cast.id("head")}
    assert sorted(told("tasks_late")) == sorted((who, about) for who in people for _ in "ab")


def test_what_one_is_given_is_told_and_no_longer_once_it_is_done(sign_in, given, cast):
    ident = given("Обадете се на РИОСВ", owner="partner", days=1)
    given("Своя", owner="editor", days=1)  # one's own hand needs no word
    assert told("task_given") == [(cast.id("partner"), f"task_given:{ident}")]
    browser = sign_in("partner")
    assert "Тази задача Ви е възложена в „Чист бряг“: срок утре." in browser.get("/notices").text
    browser.post(f"/tasks/{ident}/move", data={"state": "done", "moves": 0}, follow_redirects=True)
    assert "Обадете се на РИОСВ" not in browser.get("/notices").text


@pytest.mark.parametrize("who", ["editor", "partner"])
def test_home_shows_what_presses_and_an_overview_how_much_there_is(who, app, sign_in, given):
    given("Закъсняла", owner=who, days=-2)
    given("След седмица", owner=who, days=7)
    given("По-късно", owner=who, days=8)
    browser = sign_in(who)
    page = browser.get("/").text
    assert page.index("Закъсняла") < page.index("След седмица")
    assert "По-късно" not in page
    mine = browser.get("/tasks").text
    assert "По-късно" in mine and "2 дни закъснение" in mine
    over = browser.get("/spaces/workspace").text
    assert "3 неприключени задачи" in over and "1 закъсняла задача" in over and "3 са Ваши" in over
    assert "Закъсняла" not in sign_in("manager").get("/tasks").text


def test_late_work_is_shown_to_whoever_is_in_charge_alone(sign_in, given):
    given("Закъсняла", owner="partner", days=-2)
    for who, sees in (("manager", True), ("editor", False), ("employee", False)):
        browser = sign_in(who)
        for url in ("/", "/tasks"):
            assert ("1 закъсняла задача" in browser.get(url).text) == sees, (who, url)


def test_a_tasks_page_costs_no_more_for_a_long_checklist(app, sign_in, given, measure):
    ident = given(owner="partner", measure=measure, days=1)
    browser = sign_in("editor")
    for text in "абвгд":
        browser.post(f"/tasks/{ident}/checklist", data={"text": text})
    browser.get(f"/tasks/{ident}")
    with query_budget(app, 8):
        browser.get(f"/tasks/{ident}")


def test_an_owner_who_leaves_hands_her_open_tasks_over(cast, person, given, measure, sign_in):
    open_one, done = given("Отворена", owner="contributor"), given("Готова", owner="contributor")
    services.move(task(done), "done", 0, by=person("editor"))
    answered = db.session.get_one(Measure, measure)
    plan_services.change_measure(
        answered, by=person("editor"), seal=None, goal=answered.goal, title="М", note="",
        owner=cast["contributor"], due=None, weight=1,
    )  # fmt: skip
    estate = accounts.hooks.on_retire
    seen = {
        holding.name: holding.number
        for each in estate
        for holding in each.holdings(cast["contributor"], person("editor"))
        if "задачи" in str(holding.label)
    }
    assert seen == {"Чист бряг": 1}
    (hidden,) = [
        holding
        for each in estate
        for holding in each.holdings(cast["contributor"], person("admin"))
        if "задачи" in str(holding.label)
    ]
    assert (hidden.name, hidden.number) == ("", 1)
    editor = cast.id("editor")
    accounts.retire(cast["contributor"], successor=cast["editor"], by=person("admin"))
    assert task(open_one).owner_id == editor
    assert db.session.get_one(Measure, measure).owner_id == editor
    page = sign_in("manager").get(f"/tasks/{done}").text
    assert "вече не е тук" in page
    # A successor who is not in the space cannot do it: somebody there must take it.
    accounts.retire(cast["editor"], successor=cast["employee"], by=person("admin"))
    assert task(open_one).owner_id is None
    gave = select(JournalLine.facts).where(JournalLine.action == "task.give")
    assert [facts["successor"] for facts in db.session.scalars(gave)] == [editor, 0]


def test_whoever_left_the_space_is_named_so_and_may_stay_in_the_form(cast, person, given, sign_in):
    ident = given(owner="contributor")

    spaces.remove_member(_membership(cast, "contributor"), by=person("manager"))
    browser = sign_in("editor")
    assert "вече не е тук" in browser.get(f"/tasks/{ident}").text
    user = cast["contributor"]
    data = {"title": "Ново", "weight": "1", "owner": f"{user.name} ({user.login})"}
    assert browser.post(f"/tasks/{ident}/edit", data=data).status_code == 302
    other = given("Друга")
    assert browser.post(f"/tasks/{other}/edit", data=data).status_code == 422


def test_a_space_that_switched_tasks_off_tells_of_none_and_leads_nowhere(
    cast, person, given, sign_in
):
    with clock.at(MONDAY):
        given(owner="contributor", days=-1)

    @transaction
    def switch_off():
        cast.space("workspace").features = "pages mytasks"
        bump()

    switch_off()
    morning(0)
    assert told("task_due") == told("tasks_late") == []
    for who in ("manager", "contributor"):
        browser = sign_in(who)
        for page in ("/", "/tasks"):
            shown = browser.get(page).text
            assert "Поръчайте кошовете" not in shown and "/spaces/workspace/tasks" not in shown


def test_a_partners_form_shows_no_sign_in_name_of_ours(cast, given, sign_in, measure):
    ident, login = given(owner="contributor"), cast["contributor"].login
    task_form = f"/tasks/{ident}/edit"
    browser = sign_in("partner")
    shown = browser.get(task_form).text
    assert cast["contributor"].name in shown and f"({login})" not in shown
    assert f"({login})" in sign_in("editor").get(task_form).text
    kept = {"title": "Ново", "weight": "1", "owner": cast["contributor"].name}
    assert browser.post(task_form, data=kept).status_code == 302
    assert task(ident).owner_id == cast.id("contributor")

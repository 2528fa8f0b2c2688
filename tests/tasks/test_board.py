"""The board, the list, the plan and a task's page: who sees and moves what, and what it costs."""

import pytest
from sqlalchemy import select

from portal.access import Action, fetch, may
from portal.access.site import bump
from portal.audit.models import JournalLine
from portal.content.queries import params
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.spaces import services as spaces
from portal.tasks import services, views
from portal.tasks.models import Goal, Measure, Task, TaskMove
from portal.tasks.policy import goal_policy, measure_policy, policy
from tests.support.cast import EVERYBODY
from tests.support.counting import query_budget
from tests.tasks.conftest import task

BOARD, LIST, PLAN = (
    "/spaces/workspace/tasks", "/spaces/workspace/tasks?view=list", "/spaces/workspace/plan",
)  # fmt: skip
ROLES = {"manager": 4, "editor": 3, "contributor": 2, "partner": 2, "ngo": 1}


@pytest.mark.parametrize("page", [BOARD, LIST, PLAN])
def test_two_thousand_tasks_cost_at_most_eight_statements(page, app, many, sign_in):
    many()
    browser = sign_in("editor")
    browser.get("/spaces")  # fills what the process keeps
    with query_budget(app, 8):
        answer = browser.get(page)
    assert answer.status_code == 200
    assert answer.text.count("Задача ") >= 50
    if page == BOARD:
        assert answer.text.count("data-card=") == 200
        assert answer.text.count("Всички 400") == 4


@pytest.mark.parametrize("is_archived", [False, True])
def test_the_three_forms_of_the_rule_agree(is_archived, cast, person, given, measure, goal):
    """For each of the cast: reading as item, list and token; what else she may by her role."""
    ident = given(owner="ngo", measure=measure)
    if is_archived:
        spaces.archive(cast.space("workspace"), by=person("manager"))
    items = ((Task, ident, policy), (Measure, measure, measure_policy), (Goal, goal, goal_policy))
    for who in EVERYBODY:
        viewer = person(who)
        role = ROLES.get(who, 0)
        for model, number, its_policy in items:
            item = db.session.get_one(model, number)
            listed = select(model.id).where(model.id == number, its_policy.readable)
            reads = may(viewer, Action.READ, item)
            assert reads == (role > 0), who
            assert (db.session.scalar(listed, params(viewer)) is not None) == reads, who
            assert bool(its_policy.audience(item) & viewer.tokens) == reads, who
            live = not is_archived
            assert may(viewer, Action.EDIT, item) == (live and role >= 2), who
            assert may(viewer, Action.TRASH, item) == (live and role >= 4), who
            owns = who == "ngo" and model is Task
            assert may(viewer, Action.PLACE, item) == (live and (role >= 2 or owns)), who


def test_strangers_and_readers_get_no_further_than_their_role(sign_in, given, goal, measure):
    ident = given(owner="editor", measure=measure)
    reading = (BOARD, LIST, PLAN, "/spaces/workspace/plan.xlsx", f"/tasks/{ident}")
    writing = (
        "/spaces/workspace/tasks/new", f"/tasks/{ident}/edit", "/spaces/workspace/plan/goal",
        f"/goals/{goal}", f"/goals/{goal}/measure", f"/measures/{measure}",
    )  # fmt: skip
    for who, reads, writes in (
        ("contributor", 200, 200),
        ("ngo", 200, 403),
        ("employee", 404, 404),
    ):
        browser = sign_in(who)
        assert {browser.get(url).status_code for url in reading} == {reads}, who
        assert {browser.get(url).status_code for url in writing} == {writes}, who
        if writes != 200:
            move = {"state": "done", "moves": 0}
            assert browser.post(f"/tasks/{ident}/move", data=move).status_code == writes, who
            for url in (f"/goals/{goal}/do", f"/measures/{measure}/do"):
                assert browser.post(url, data={"do": "up"}).status_code == writes, who


def test_a_reader_moves_and_ticks_her_own_task(sign_in, given):
    ident = given(owner="ngo")
    browser = sign_in("ngo")
    browser.post(f"/tasks/{ident}/checklist", data={"text": "Обадете се"})
    (step,) = task(ident).checklist
    browser.post(f"/tasks/{ident}/checklist/{step.id}", data={"do": "tick"})
    browser.post(f"/tasks/{ident}/move", data={"state": "doing", "moves": 0})
    page = browser.get(f"/tasks/{ident}").text
    assert "1 от 1" in page and "В работа" in page
    assert browser.get(f"/tasks/{ident}/edit").status_code == 403
    assert browser.post(f"/tasks/{ident}/delete").status_code == 403


def test_a_space_without_the_feature_has_no_board_and_keeps_its_tasks(cast, sign_in, given, person):
    ident = given()

    @transaction
    def switch_off():
        cast.space("workspace").features = "pages"
        bump()

    switch_off()
    browser = sign_in("editor")
    for page in (BOARD, PLAN):  # led to the space, and told why
        assert browser.get(page).location == "/spaces/workspace"
    assert browser.get(f"/tasks/{ident}").status_code == 200


# ── Two people, the same card ────────────────────────────────────────────────


def test_two_people_moving_the_same_card_lose_nothing_and_are_told(sign_in, given):
    ident = given()
    first, second = sign_in("manager"), sign_in("editor")
    moved = first.post(f"/tasks/{ident}/move", data={"state": "doing", "moves": 0},
                       headers={"Accept": "application/json"})  # fmt: skip
    assert moved.status_code == 200 and 'data-moves="1"' in moved.json["card"]
    stale = {"state": "done", "moves": 0}
    late = second.post(f"/tasks/{ident}/move", data=stale, headers={"Accept": "application/json"})
    assert late.status_code == 409
    assert "премести" in late.json["told"] and "В работа" in late.json["told"]
    assert task(ident).state == "doing"
    # Without scripts: the board itself says so, and shows the truth.
    page = second.post("/spaces/workspace/tasks/move", data={"to": f"{ident}-0-done"})
    assert page.status_code == 409 and "премести" in page.text and f"{ident}-1-done" in page.text
    # To where it stands already is no quarrel, and no second move.
    same = second.post(f"/tasks/{ident}/move", data={"state": "doing", "moves": 0})
    assert same.status_code == 302
    moves = select(TaskMove.was, TaskMove.became).where(TaskMove.task_id == ident)
    assert [tuple(row) for row in db.session.execute(moves)] == [("todo", "doing")]


def test_a_card_stands_where_it_was_put(sign_in, given, person):
    a, b, c = (given(title=name) for name in "abc")  # c stands on top
    by = person("editor")

    def order():
        db.session.rollback()
        found = select(Task.title).where(Task.state == "todo").order_by(Task.position, Task.id)
        return "".join(db.session.scalars(found))

    assert order() == "cba"
    services.move(task(c), "todo", 0, by=by, after=a)
    assert order() == "bac"
    for _again in range(15):  # the room between two neighbours is used up and made anew
        services.move(task(c), "todo", 0, by=by, after=b)
        assert order() == "bca"
        services.move(task(a), "todo", 0, by=by, after=b)
        assert order() == "bac"
    services.move(task(a), "todo", 0, by=by, after=0)
    assert order() == "abc"


# ── Bad input ────────────────────────────────────────────────────────────────

BAD = [
    ({"title": ""}, "title"),
    ({"title": "я" * 201}, "title"),
    ({"due": "0001-01-01"}, "due"),
    ({"due": "9999-12-31"}, "due"),
    ({"due": "утре"}, "due"),
    ({"owner": "employee"}, "owner"),
    ({"owner": "никой такъв"}, "owner"),
    ({"weight": "0"}, "weight"),
    ({"weight": "-1"}, "weight"),
    ({"weight": "1000000000"}, "weight"),
    ({"weight": "много"}, "weight"),
    ({"weight": ""}, "weight"),
    ({"measure": "987654"}, "measure"),
    ({"measure": "x"}, "measure"),
    ({"note": "я" * 4001}, "note"),
]


def test_bad_input_is_told_at_its_field_and_what_was_typed_stays(sign_in, given, cast):
    browser = sign_in("editor")
    ident = given()
    for url in ("/spaces/workspace/tasks/new", f"/tasks/{ident}/edit"):
        for typed, field in BAD:
            data = {"title": "Нещо", "weight": "1", "note": "Пазете това", "measure": ""} | typed
            answer = browser.post(url, data=data)
            assert answer.status_code == 422, (url, typed)
            assert f'id="{field}-help"' in answer.text, (url, typed)
            assert f'href="#{field}"' in answer.text, (url, typed)
            assert "note" in typed or "Пазете това" in answer.text
    assert task(ident).title == "Поръчайте кошовете"


def test_a_day_that_has_passed_is_taken_and_told(sign_in):
    data = {"title": "Старо", "due": "2020-02-03", "weight": "1"}
    page = sign_in("editor").post("/spaces/workspace/tasks/new", data=data, follow_redirects=True)
    assert "закъсн" in page.text


def test_a_stale_form_shows_both_texts(sign_in, given, person):
    ident = given()
    browser = sign_in("editor")
    seal = services.seal(task(ident))
    facts = {"note": "", "owner": None, "due": None, "measure": None, "weight": 1}
    services.change(task(ident), by=person("manager"), seal=seal, title="Ново", **facts)
    data = {"title": "Мое", "weight": "1", "seal": seal}
    answer = browser.post(f"/tasks/{ident}/edit", data=data)
    assert answer.status_code == 409
    assert "Мое" in answer.text and "Ново" in answer.text
    assert task(ident).title == "Ново"


def test_a_checklist_is_kept_in_order_and_has_an_end(sign_in, given):
    ident = given()
    browser = sign_in("editor")
    url = f"/tasks/{ident}/checklist"
    for text in "абв":
        assert browser.post(url, data={"text": text}).status_code == 302
    a, b, c = (step.id for step in task(ident).checklist)
    browser.post(f"{url}/{c}", data={"do": "up"})
    browser.post(f"{url}/{a}", data={"do": "up"})  # is on top already
    browser.post(f"{url}/{b}", data={"do": "remove"})
    assert [step.text for step in task(ident).checklist] == ["а", "в"]
    for bad in ("", "я" * 301):
        answer = browser.post(url, data={"text": bad})
        assert answer.status_code == 422 and 'id="step-help"' in answer.text
        assert bad in answer.text
    other = given(title="Друга")
    assert browser.post(f"/tasks/{other}/checklist/{a}", data={"do": "tick"}).status_code == 404
    Task.CHECKLIST_MAX, most = 2, Task.CHECKLIST_MAX
    try:
        assert browser.post(url, data={"text": "още"}).status_code == 422
    finally:
        Task.CHECKLIST_MAX = most


def test_only_a_dropped_task_is_deleted_and_by_a_manager(sign_in, given):
    ident = given()
    manager = sign_in("manager")
    manager.post(f"/tasks/{ident}/checklist", data={"text": "стъпка"})
    assert "Първо" in manager.post(f"/tasks/{ident}/delete", follow_redirects=True).text
    manager.post(f"/tasks/{ident}/move", data={"state": "dropped", "moves": 0})
    assert sign_in("editor").post(f"/tasks/{ident}/delete").status_code == 403
    assert manager.post(f"/tasks/{ident}/delete").status_code == 302
    assert manager.get(f"/tasks/{ident}").status_code == 404
    journal = db.session.scalars(select(JournalLine.action).where(JournalLine.kind == "task"))
    assert {"task.add", "task.move", "task.delete"} <= set(journal)


def test_filters_narrow_cards_and_counts_alike(sign_in, given, measure, cast):
    given("Първа обява", owner="editor", days=-3, measure=measure)
    given("Втора 100% сигурна", owner="partner", days=3)
    given("Трета без човек")
    browser = sign_in("editor")
    for query, titles in (
        (f"owner={cast.id('editor')}", ["Първа"]),
        ("owner=-1", ["Трета"]),
        (f"measure={measure}", ["Първа"]),
        ("measure=-1", ["Втора", "Трета"]),
        ("late=1", ["Първа"]),
        ("q=ОБЯВА", ["Първа"]),
        ("q=100%25", ["Втора"]),
        ("q=%25", ["Втора"]),
        ("owner=x&measure=99999999999&q=", ["Първа", "Втора", "Трета"]),
    ):
        for view in ("", "&view=list"):
            page = browser.get(f"{BOARD}?{query}{view}").text
            for title in ("Първа", "Втора", "Трета"):
                wanted = title in titles
                assert (f">{title} " in page) == wanted, (query, view, title)
    assert "3 дни закъснение" in browser.get(BOARD).text


def test_a_move_that_makes_no_sense_is_no_crash(sign_in, given, monkeypatch):
    ident, browser, huge = given(), sign_in("editor"), "9" * 30
    asked = {"state": "doing", "moves": "0", "after": huge}
    assert browser.post(f"/tasks/{ident}/move", data=asked).status_code == 302
    for to in (f"{huge}-0-doing", "x", "", "1-2", f"{ident}-x-done", f"{ident}-1-\0"):
        assert browser.post(f"{BOARD}/move", data={"to": to}).status_code == 400, to

    def deleted_meanwhile(model, number, *action):
        found = fetch(model, number, *action)
        with db.engine.begin() as other:
            other.execute(TaskMove.__table__.delete())
            other.execute(Task.__table__.delete())
        return found

    monkeypatch.setattr(views, "fetch", deleted_meanwhile)
    asked = {"state": "done", "moves": "1"}
    assert browser.post(f"/tasks/{ident}/move", data=asked).status_code == 404

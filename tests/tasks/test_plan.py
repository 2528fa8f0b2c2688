"""The action plan: progress by weight, order, forms, and the table to take along."""

import io
from datetime import date

import openpyxl

from portal.kernel.database import db
from portal.tasks import plan, plan_services, progress, services
from portal.tasks.models import Goal, Measure
from portal.tasks.progress import Pace, Progress
from tests.tasks.conftest import task

TODAY = date(2026, 5, 4)


def test_the_progress_of_a_task():
    late, ahead = date(2026, 5, 3), TODAY
    for state, ticked, steps, due, expected in (
        ("done", 0, 0, None, (1, 0)),
        ("done", 0, 3, late, (1, 1)),
        ("todo", 2, 4, late, (0, 1)),
        ("doing", 1, 4, ahead, (0.25, 0)),
        ("waiting", 4, 4, None, (1, 0)),
        ("doing", 0, 0, None, (0, 0)),
        ("dropped", 1, 1, late, None),
    ):
        found = progress.of_task(state, ticked, steps, due, TODAY)
        assert found == (Progress(*expected) if expected else None), state


def test_progress_is_rolled_up_by_weight():
    measure = progress.of_measure([(3, Progress(1, 1)), (1, Progress(0, 1)), (9, None)])
    assert measure == Progress(0.75, 1)
    assert progress.of_measure([]) == Progress(0, 0)
    assert progress.of_measure([(1, None)]) is None
    goal = progress.rolled([(1, measure), (1, Progress(0, 0)), (5, None)])
    assert goal == Progress(0.375, 0.5)
    assert progress.rolled([]) is None
    assert (goal.percent, goal.pace) == (38, Pace.BEHIND)
    assert Progress(0.999, 0).percent == 99 and Progress(0.001, 0).percent == 1
    # Nobody is behind by what the page's whole percents do not show.
    assert Progress(0.476, 0.484).pace is Pace.GOOD and Progress(0.4, 0.42).pace is Pace.BEHIND
    assert Progress(1, 0).pace is Pace.DONE and Progress(0, 0).pace is Pace.NONE


def test_the_page_and_the_table_tell_the_same(sign_in, given, measure, goal):
    done, _todo = given("=СУМА(1)", measure=measure, weight=3), given("Чакаща", measure=measure)
    given("Извън плана")
    browser = sign_in("editor")
    browser.post(f"/tasks/{done}/move", data={"state": "done", "moves": 0})
    page = browser.get("/spaces/workspace/plan").text
    assert "75 % изпълнени" in page and "Извън плана" not in page
    answer = browser.get("/spaces/workspace/plan.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert lines[0][0] == "Чисти дюни" and lines[0][7] == 75
    (named,) = [row for row in sheet.iter_rows() if row[2].value == "=СУМА(1)"]
    assert named[2].data_type == "s" and named[7].value == 100


def test_goals_and_measures_are_written_ordered_moved_and_deleted(sign_in, cast):
    browser = sign_in("manager")
    data = {"title": "Първа цел", "weight": "2", "note": ""}
    browser.post("/spaces/workspace/plan/goal", data=data)
    browser.post("/spaces/workspace/plan/goal", data={**data, "title": "Втора цел"})
    first, second = db.session.query(Goal).order_by(Goal.position).all()
    one, two = first.id, second.id
    answer = browser.post(
        f"/goals/{one}/measure",
        data={"title": "Мярка", "goal": str(one), "weight": "1", "owner": "partner"},
    )
    assert answer.status_code == 302
    measure = db.session.query(Measure).one().id
    assert "има мерки" in browser.post(
        f"/goals/{one}/do", data={"do": "delete"}, follow_redirects=True
    ).text  # fmt: skip
    for url, text in ((f"/goals/{two}", "up"), (f"/goals/{two}", "up")):
        browser.post(f"{url}/do", data={"do": text})
    page = browser.get("/spaces/workspace/plan").text
    assert page.index("Втора цел") < page.index("Първа цел")
    moved = {"title": "Мярка", "goal": str(two), "weight": "1", "owner": ""}
    assert browser.post(f"/measures/{measure}", data=moved).status_code == 302
    assert browser.post(f"/goals/{one}/do", data={"do": "delete"}).status_code == 302
    db.session.rollback()
    assert [goal.id for goal in db.session.query(Goal)] == [two]
    assert db.session.get_one(Measure, measure).goal_id == two
    for bad in ({"weight": "0"}, {"title": ""}, {"goal": "987654"}, {"due": "0001-01-01"},
                {"owner": "employee"}):  # fmt: skip
        answer = browser.post(f"/measures/{measure}", data=moved | bad)
        assert answer.status_code == 422, bad
        assert f'id="{next(iter(bad))}-help"' in answer.text, bad


def test_a_measure_of_another_space_is_none_of_ours(cast, person, given, sign_in):
    """Neither a task nor a measure goes where its space is not."""
    elsewhere = plan_services.add_goal(cast.space("intranet"), by=person("editor"), title="Друга")
    theirs = plan_services.add_measure(elsewhere, by=person("editor"), title="Тяхна").id
    goal_id = db.session.query(Goal).one().id
    ident = given()
    browser = sign_in("editor")
    data = {"title": "Х", "weight": "1", "measure": str(theirs)}
    assert browser.post(f"/tasks/{ident}/edit", data=data).status_code == 422
    assert task(ident).measure_id is None
    own = plan_services.add_goal(cast.space("workspace"), by=person("editor"), title="Наша")
    ours = plan_services.add_measure(own, by=person("editor"), title="М").id
    data = {"title": "М", "weight": "1", "goal": str(goal_id)}
    assert browser.post(f"/measures/{ours}", data=data).status_code == 422


def test_renaming_a_goal_indexes_its_tasks_and_moving_a_card_indexes_nothing(
    given, measure, goal, person, sign_in, follow
):
    ident = given(measure=measure)
    other = given("Друга")
    follow()

    def changes():
        from portal.audit.models import Change

        return [(row.kind, row.item_id) for row in db.session.query(Change).order_by(Change.id)]

    before = len(changes())
    services.move(task(ident), "doing", 0, by=person("editor"))
    assert len(changes()) == before
    part = db.session.get_one(Goal, goal)
    plan_services.change_goal(
        part, by=person("editor"), seal=None, title="Дюните пазени", note="", weight=1
    )
    assert changes()[before:] == [("task", ident)]
    follow()
    found = sign_in("ngo").get("/search?q=пазени дюни&kind=task").text
    assert f'href="/tasks/{ident}"' in found and f'href="/tasks/{other}"' not in found
    assert f'href="/tasks/{ident}"' not in sign_in("employee").get("/search?q=пазени дюни").text
    assert plan.plan(person("employee"), part.space_id) == []

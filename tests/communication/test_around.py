"""The plan beside its own pages: search, notices, the overview, handing over, the table, costs."""

import io

from openpyxl import load_workbook
from sqlalchemy import select

from portal.accounts import hooks
from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.communication import notices as late
from portal.communication import services
from portal.communication.models import Entry
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify.models import Notice
from tests.support.counting import query_budget

HOME = "/spaces/workspace/communication"


def test_an_entry_is_found_by_message_channel_outcome_and_proof_by_members_alone(
    plan, prove, follow, sign_in, app
):
    entry = plan(
        "Плажът се чисти", channel="зелена поща", state="done", days=-1, outcome="Шестнайсет чувала"
    )
    prove(entry, kind="link", title="Репортаж за дюните", url="https://radio.example")
    follow()
    for words in ("плаж", "зелена поща", "чувала", "репортаж"):
        for who, found in (
            ("ngo", True),
            ("contributor", True),
            ("reader", False),
            ("stranger", False),
        ):
            page = sign_in(who).get(f"/search?q={words}").text
            assert (f"/communication/{entry.id}" in page) == found, (who, words)
            assert ("Шестнайсет" in page) == found
            suggested = sign_in(who).get(f"/search/suggest?q={words}").text
            assert (f"/communication/{entry.id}" in suggested) == found, (who, words)


def test_its_owner_is_told_once_of_a_day_that_went_by_and_no_more_when_it_is_done(
    plan, sign_in, person, cast, app
):
    entry = plan("Забравената", days=-2)
    plan("Готовата", days=-2, state="done")
    plan("Бъдещата", days=2)
    plan("Отдавнашната", days=-31)  # read no more each night
    late.tell_of_late()
    late.tell_of_late()
    told = db.session.execute(select(Notice.user_id, Notice.about)).all()
    assert told == [(cast.id("contributor"), f"communication:{entry.id}")]
    bell = sign_in("contributor").get("/notices").text
    assert "Забравената" in bell and "закъснява с 2 дни" in bell
    services.finish(entry, entry.planned_on, "", by=person("contributor"))
    assert db.session.scalars(select(Notice.read_at)).one() is not None
    assert "Забравената" not in sign_in("contributor").get("/notices").text


def test_the_overview_shows_what_is_late_and_due_and_forgets_what_is_done(
    plan, person, sign_in, app
):
    browser = sign_in("ngo")
    browser.get("/spaces/workspace")
    without = browser.get("/spaces/workspace").text
    assert "закъснява" not in without
    entry = plan("Закъсняла", days=-3)
    plan("Далечна", days=30)
    shown = browser.get("/spaces/workspace").text
    assert "1 дейност закъснява" in shown and "Закъсняла" in shown and "Далечна" not in shown
    services.finish(entry, entry.planned_on, "", by=person("contributor"))
    assert "Закъсняла" not in browser.get("/spaces/workspace").text
    with query_budget(app, 8):
        browser.get("/spaces/workspace")


def test_what_is_open_goes_to_the_successor_and_is_named_to_readers_alone(plan, person, cast, app):
    mine, done = plan("Моята"), plan("Свършената", days=-1, state="done")
    estate = next(each for each in hooks.on_retire if type(each).__name__ == "_PlanEstate")
    leaving = cast["contributor"]
    assert [each.name for each in estate.holdings(leaving, person("editor"))] == ["Моята"]
    (hidden,) = estate.holdings(leaving, person("admin"))
    assert (hidden.name, hidden.number) == ("", 1)

    @transaction
    def go():
        estate.hand_over(
            db.session.get(User, leaving.id),
            db.session.get(User, cast.id("editor")),
            person("admin"),
        )

    go()
    owners = dict(db.session.execute(select(Entry.id, Entry.owner_id)).all())
    assert owners == {mine.id: cast.id("editor"), done.id: leaving.id}


def test_the_table_for_excel_is_narrowed_as_the_page_and_holds_no_formula(
    plan, prove, count, sign_in, app
):
    entry = plan("=1+1", state="done", days=-2, channel="+359")
    plan("Друга", channel="радио")
    count(entry, "@Слушатели", reached="12,5")
    prove(entry, kind="attendance", people="7")
    answer = sign_in("ngo").get(f"{HOME}.xlsx?channel=%2B359")
    book = load_workbook(io.BytesIO(answer.data))
    entries, figures = book.worksheets
    assert [row[1].value for row in entries.iter_rows(min_row=2)] == ["=1+1"]
    assert entries["B2"].data_type == "s" and entries["B2"].quotePrefix
    assert entries["E2"].value.date() == entry.planned_on
    assert [each.value for each in figures[2]][1:5] == ["@Слушатели", None, 12.5, "души"]
    assert sign_in("stranger").get(f"{HOME}.xlsx").status_code == 404


def test_an_entry_and_a_report_cost_few_statements(plan, prove, count, sign_in, app):
    for n in range(12):
        entry = plan(f"Дейност {n}", days=-n, state="done")
        prove(entry, kind="link", url="https://radio.example")
        count(entry, reached="5")
    browser = sign_in("editor")
    for url, number in (
        (f"/communication/{entry.id}", 7),
        (f"{HOME}/report", 8),
        (f"{HOME}/new", 5),
    ):
        browser.get(url)
        with query_budget(app, number):
            browser.get(url)


def test_whose_entry_it_was_may_stay_in_the_form_when_she_has_left(plan, person, cast, sign_in):
    entry = plan(days=-1, state="done", owner="contributor")
    accounts.retire(cast["contributor"], by=person("admin"), successor=cast["editor"])
    browser, url = sign_in("editor"), f"/communication/{entry.id}/edit"
    form = {
        "objective": str(entry.objective_id), "message": "Поправено", "audience": "младежи",
        "channel": "радио", "planned_on": entry.planned_on.isoformat(), "state": "done",
        "done_on": entry.done_on.isoformat(), "seal": str(entry.saves),
    }  # fmt: skip
    user = cast["contributor"]
    for owner, status in ((f"{user.name} ({user.login})", 302), (user.login, 422)):
        form["seal"] = str(db.session.get_one(Entry, entry.id).saves)
        answer = browser.post(url, data={**form, "owner": owner})
        assert answer.status_code == status, owner

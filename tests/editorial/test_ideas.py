"""Ideas: what is written about them, who finds them and is told, how their texts begin."""

import io
from datetime import timedelta

import pytest

from portal.accounts import services as accounts
from portal.content.models import Revision
from portal.editorial import calendar, moves, queries, services
from portal.editorial.models import Idea
from portal.editorial.services import Plan
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Stale
from portal.spaces import queries as spaces
from tests.news.test_reading import explain
from tests.support.writing import draft

BOARD = "/spaces/workspace/board"


@pytest.fixture
def idea(cast, person):
    made = Plan("Тайна за морето", "Никой друг не знае.", "news", cast.space("workspace").id)
    return services.add(cast.space("workspace"), made, by=person("contributor"))


def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(cast, sign_in):
    browser, extranet = sign_in("contributor"), cast.space("extranet").id
    good = {"title": "Ден на морето", "note": "Бележка за всички", "day": "", "kind": "", "target": ""}  # fmt: skip
    table = [
        ({"title": " "}, "Попълнете"),
        ({"title": "м" * 201}, "200"),
        ({"note": "м" * 4001}, "4000"),
        ({"kind": "space"}, "Изберете"),
        ({"target": "987654"}, "Изберете"),
        ({"target": str(extranet)}, "Изберете"),  # she reads there, and does not write
        ({"day": "2020-01-01"}, "минал"),
        ({"day": "2026-02-30"}, "календара"),
        ({"day": "0001-01-01"}, "минал"),
    ]
    for wrong, words in table:
        answer = browser.post(f"{BOARD}/ideas/new", data={**good, **wrong})
        assert answer.status_code == 422, wrong
        assert words in answer.text, wrong
        assert "note" in wrong or "Бележка за всички" in answer.text
    assert db.session.scalars(db.select(Idea)).all() == []
    assert browser.post(f"{BOARD}/ideas/new", data=good).status_code == 302
    assert [each.title for each in db.session.scalars(db.select(Idea))] == ["Ден на морето"]


def test_a_stale_change_shows_both_and_loses_nothing(idea, person, sign_in):
    ident, browser = idea.id, sign_in("editor")
    data = {"seal": str(idea.saves), "title": "Мое", "kind": "", "target": ""}
    services.save(idea, idea.saves, Plan("Тяхно"), by=person("contributor"))
    answer = browser.post(f"/ideas/{ident}/edit", data=data)
    assert answer.status_code == 409
    assert 'value="Мое"' in answer.text
    assert "Тяхно" in answer.text
    old = {"saves": "1"}
    assert browser.post(f"/ideas/{ident}/drop", data=old).status_code == 409
    assert db.session.get(Idea, ident).title == "Тяхно"
    assert browser.post(f"/ideas/{ident}/drop", data={"saves": "2"}).status_code == 302
    assert browser.get(f"/ideas/{ident}").status_code == 404


def test_only_those_who_write_there_find_an_idea(idea, sign_in, follow):
    ident = idea.id
    follow()
    for who, found in (("editor", True), ("partner", True), ("ngo", False), ("reader", False),
                       ("admin", False), ("stranger", False)):  # fmt: skip
        browser = sign_in(who)
        for address in ("/search?q=тайна+морето", "/search/suggest?q=тайна"):
            assert (f"/ideas/{ident}" in browser.get(address).text) == found, (who, address)


def test_whose_idea_it_was_is_told_when_somebody_takes_it(idea, cast, person, sign_in):
    ident, told = idea.id, sign_in("contributor")
    sign_in("contributor").post(f"/ideas/{ident}/take")
    assert "Тайна" not in told.get("/notices").text  # her own doing
    sign_in("editor").post(f"/ideas/{ident}/take")
    assert "Елена Редакторова пое Вашата идея" in told.get("/notices").text
    assert db.session.get(Idea, ident).owner_id == cast.id("editor")


def test_a_text_begins_with_what_was_planned(idea, cast, person, sign_in):
    """News with the note and the planned day; a document needs its file; practices their place."""
    ident, browser = idea.id, sign_in("editor")
    day = clock.today() + timedelta(days=9)
    services.plan_for(idea, idea.saves, day, by=person("contributor"))
    intranet, workspace = cast.space("intranet").id, cast.space("workspace").id
    page = f"/ideas/{ident}/begin"
    good = {"saves": "2", "title": "Друго име", "kind": "news", "space": str(workspace)}
    table = [
        ({"kind": "document"}, 422, "файл"),
        ({"kind": "practice", "space": str(intranet)}, 422, "не се пише"),
        ({"kind": "page"}, 422, "избор"),
        ({"space": "987654"}, 422, "избор"),
        ({"title": ""}, 422, "Попълнете"),
        ({"saves": "1"}, 302, ""),
    ]
    for wrong, status, words in table:
        answer = browser.post(page, data={**good, **wrong})
        assert answer.status_code == status, wrong
        assert words in answer.text, wrong
    assert db.session.get(Idea, ident).begun_at is None
    assert browser.post(page, data=good).status_code == 302
    made = db.session.scalars(db.select(Revision)).one()
    assert (made.title, made.body) == ("Друго име", "<p>Никой друг не знае.</p>")
    assert made.wanted_from == services.opening(day)
    assert "Елена Редакторова започна" in sign_in("contributor").get("/notices").text
    assert browser.post(page, data=good).status_code == 302  # a second click begins no second one
    assert len(db.session.scalars(db.select(Revision)).all()) == 1
    with pytest.raises(Stale):
        services.take(db.session.get(Idea, ident), by=person("manager"))


def test_a_document_begins_with_its_file(idea, cast, sign_in):
    data = {"saves": "1", "title": "Наредба", "kind": "document",
            "space": str(cast.space("workspace").id),
            "file": (io.BytesIO("Текст".encode()), "наредба.txt")}  # fmt: skip
    answer = sign_in("editor").post(f"/ideas/{idea.id}/begin", data=data)
    assert answer.status_code == 302
    made = db.session.scalars(db.select(Revision)).one()
    assert (made.kind, made.title, made.state) == ("document", "Наредба", "draft")


def test_the_overview_tells_what_opens_next(cast, person, sign_in):
    text = draft(cast.space("workspace"), person("editor"), title="Скоро")
    key = f"text-{text.id}"
    seal = moves.seal_of(text)
    moves.set_time(key, seal, clock.now() + timedelta(days=2), by=person("editor"), send=True)
    assert "Скоро" in sign_in("editor").get("/spaces/workspace").text
    for who in ("contributor", "partner", "ngo"):  # only its editors know of it until then
        assert "Скоро" not in sign_in(who).get("/spaces/workspace").text


@pytest.mark.database("sqlite")  # the plan is SQLite's; PostgreSQL chooses by its statistics
def test_boards_and_calendars_walk_indexes(app, cast, person):
    viewer = person("editor")
    space = spaces.by_slug(viewer, "workspace")
    today, now = str(clock.today()), clock.now()  # as the driver is given them
    span = {"first": now, "end": now, "first_day": today, "end_day": today, "is_staff": 1}
    span["today"] = today
    for name, statement in (
        *((str(stages), statement) for stages, statement in queries._COLUMNS.items()),
        ("items", calendar._ITEMS), ("texts", calendar._TEXTS), ("ideas", calendar._IDEAS),
    ):  # fmt: skip
        plan = explain(statement, {**queries.values(viewer, space), **span})
        # Texts begin with the open ones, and nothing with all items of a kind or of a space.
        assert "ix_content_home" not in plan, (name, plan)
        assert "ix_content_list (kind=?)\n" not in plan, (name, plan)
        for table in ("content", "revision", "idea", "user", "placement"):
            assert f"SCAN {table}\n" not in f"{plan}\n", (name, plan)


def test_a_successor_gets_the_ideas_of_whoever_leaves(idea, cast, person, sign_in):
    ident, admin = idea.id, person("admin")
    told = accounts.holdings(cast["contributor"], admin)
    assert any("Идея" in str(each.label) and each.name == "" for each in told)  # not hers to read
    accounts.retire(cast["contributor"], successor=cast["editor"], by=admin)
    assert db.session.get(Idea, ident).owner_id == cast.id("editor")

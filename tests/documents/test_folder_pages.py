"""Folders and lists of documents: who sees and does what, sorted, filtered, picked, packed."""

from datetime import date

import pytest
from sqlalchemy import select, text

from portal.content.models import Content, Folder, Life, Placement
from portal.content.queries import params
from portal.documents import lists, services, tree
from portal.documents.services import Facts
from portal.kernel.database import db
from tests.documents.lists import PLACE, pick, titles
from tests.support.counting import query_budget


def folder_of(ident):
    return db.session.scalar(select(Placement.folder_id).where(Placement.content_id == ident))


def life(ident):
    return db.session.get_one(Content, ident).life


@pytest.mark.parametrize(
    ("who", "status"),
    [("editor", 200), ("partner", 200), ("ngo", 200), ("reader", 404), ("admin", 404),
     ("stranger", 404), ("visitor", 302)],
)  # fmt: skip
def test_a_folder_opens_for_those_who_read_its_space(who, status, sign_in, folder):
    ident = folder("Заповеди")
    assert sign_in(who).get(PLACE).status_code == status
    assert sign_in(who).get(f"{PLACE}/{ident}").status_code == status


def test_a_folder_of_another_space_is_no_page_here(sign_in, folder):
    foreign = folder("Чужда", space="extranet")
    assert sign_in("editor").get(f"{PLACE}/{foreign}").status_code == 404
    assert sign_in("editor").get("/documents/in/nowhere").status_code == 404


def test_the_tree_shows_the_way_and_counts_what_one_reads(sign_in, folder, put_in):
    top = folder("Заповеди")
    year, other = folder("2026", top), folder("2025", top)
    folder("Вътре", other)
    put_in(year)
    put_in(year, who="contributor")  # waits for review: the reader does not read it
    page = sign_in("ngo").get(f"{PLACE}/{year}").text
    assert "Вътре" not in page  # the tree opens only on the way to the folder
    assert '<span>2026</span> <span class="num">1<' in page
    page = sign_in("editor").get(f"{PLACE}/{year}").text
    assert '<span>2026</span> <span class="num">2<' in page


def test_a_list_shows_what_the_reader_may_read_and_nothing_else(sign_in, put):
    put(name="Готов.txt")
    put(name="На автора.txt", who="contributor")
    assert titles(sign_in("ngo").get(PLACE)) == ["Готов"]
    assert sorted(titles(sign_in("contributor").get(PLACE))) == ["Готов", "На автора"]
    assert "за одобрение" in sign_in("contributor").get(PLACE).text


def test_a_partner_finds_nothing_of_other_spaces(sign_in, put):
    put(name="Вътрешен.txt", space="intranet")
    browser = sign_in("partner")
    assert "Вътрешен" not in browser.get("/documents").text
    assert browser.get("/documents/in/intranet").status_code == 404


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("title", ["Акт", "Бюджет", "Ведомост"]),
        ("number", ["Ведомост", "Акт", "Бюджет"]),
        ("dated", ["Бюджет", "Ведомост", "Акт"]),
        ("changed", ["Ведомост", "Бюджет", "Акт"]),
        ("nonsense", ["Ведомост", "Бюджет", "Акт"]),
    ],
)
def test_a_list_is_sorted_as_asked(order, expected, sign_in, put):
    put(facts=Facts("Акт", reg_number="2", dated=date(2024, 1, 1)))
    put(facts=Facts("Бюджет", reg_number="3", dated=date(2026, 1, 1)))
    put(facts=Facts("Ведомост", reg_number="1", dated=date(2025, 1, 1)))
    assert titles(sign_in("ngo").get(f"{PLACE}?sort={order}")) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [("АВТОМ", ["Автомобили"]), ("РД-09", ["Заповед"]), ("%", []), ("няма", []), ("_", [])],
)
def test_a_list_is_filtered_by_title_or_number(words, expected, sign_in, put):
    put(facts=Facts("Автомобили"))
    put(facts=Facts("Заповед", reg_number="РД-09-1184"))
    page = sign_in("ngo").get(PLACE, query_string={"q": words})
    assert titles(page) == expected
    if not expected:
        assert "/search?q=" in page.text  # the way on


def test_a_long_list_has_pages(sign_in, put, monkeypatch):
    for number in range(53):
        put(facts=Facts(f"Документ {number:02}"))
    first = sign_in("ngo").get(f"{PLACE}?sort=title")
    assert titles(first) == [f"Документ {n:02}" for n in range(50)]
    assert "page=2" in first.text
    second = sign_in("ngo").get(f"{PLACE}?sort=title&page=2")
    assert titles(second) == ["Документ 50", "Документ 51", "Документ 52"]
    for page in ("99", "0", "x", "9" * 30):
        assert sign_in("ngo").get(f"{PLACE}?page={page}").status_code == 200


@pytest.mark.database("sqlite")  # the number of statements is the same on both
def test_a_folder_of_ten_thousand_documents_costs_eight_statements(
    app, sign_in, put_in, folder, cast
):
    ident = folder("Архив")
    for number in range(20):
        folder(f"Папка {number}", ident)
    model = put_in(ident)
    _multiply(model, 10_000)
    browser = sign_in("editor")
    browser.get(f"{PLACE}/{ident}")
    with query_budget(app, 8):
        page = browser.get(f"{PLACE}/{ident}?q=Документ&sort=title&page=100")
    assert "10001" in page.text
    assert len(titles(page)) == 50


@pytest.mark.database("sqlite")  # the plan is SQLite's; PostgreSQL chooses by its statistics
def test_lists_of_a_folder_walk_its_placements(cast, person):
    """Ten times as many documents in other folders and spaces cost a folder's page nothing."""
    values = params(person("editor"), space_id=1, folder_id=1, offset=0)
    words = dict.fromkeys(("typed", "lower", "upper", "capital"), "%")
    for statement in (tree._COUNTS, *lists._FOUND.values()):
        state = statement.compile(db.engine).construct_expanded_state({**values, **words})
        given = tuple(str(state.parameters[name]) for name in state.positiontup)
        plan = db.session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {state.statement}", given
        )
        steps = [row[3] for row in plan if "placement" in row[3] or "content" in row[3]]
        assert "placement USING COVERING INDEX ix_placement_folder" in steps[0]
        assert "content USING INTEGER PRIMARY KEY" in steps[1]


def _multiply(model, number):
    """Rows for many more documents like one, as fast as the database takes them."""
    from portal.documents.models import DocumentRevision

    with db.engine.begin() as connection:
        last = connection.scalar(text("SELECT max(id) FROM revision"))
        revision = (
            connection.execute(
                select(DocumentRevision.__table__).join(
                    Content.__table__.metadata.tables["revision"],
                    Content.__table__.metadata.tables["revision"].c.id
                    == DocumentRevision.__table__.c.id,
                )
            )
            .first()
            ._mapping
        )
        tables = Content.__table__.metadata.tables
        content = dict(connection.execute(
            select(tables["content"]).where(tables["content"].c.id == model)
        ).first()._mapping)  # fmt: skip
        base = dict(connection.execute(
            select(tables["revision"]).where(tables["revision"].c.content_id == model)
        ).first()._mapping)  # fmt: skip
        placed = dict(connection.execute(
            select(tables["placement"]).where(tables["placement"].c.content_id == model)
        ).first()._mapping)  # fmt: skip
        ids = range(1, number + 1)
        connection.execute(tables["content"].insert(), [{**content, "id": model + n} for n in ids])
        connection.execute(
            tables["revision"].insert(),
            [{**base, "id": last + n, "content_id": model + n} for n in ids],
        )
        connection.execute(
            tables["document_revision"].insert(), [{**revision, "id": last + n} for n in ids]
        )
        connection.execute(
            tables["placement"].insert(), [{**placed, "content_id": model + n} for n in ids]
        )


# Folders


@pytest.mark.parametrize(
    ("who", "status"), [("editor", 200), ("contributor", 403), ("ngo", 403), ("reader", 404)]
)
def test_only_editors_make_and_change_folders(who, status, sign_in, folder):
    ident = folder("Заповеди")
    browser = sign_in(who)
    assert browser.get(f"{PLACE}/new-folder").status_code == status
    assert browser.get(f"/documents/folders/{ident}").status_code == status
    answer = browser.post(f"/documents/folders/{ident}/remove")
    assert answer.status_code == (302 if status == 200 else status)


def test_a_folder_is_made_renamed_moved_and_deleted(sign_in, cast):
    browser = sign_in("editor")
    made = browser.post(f"{PLACE}/new-folder", data={"name": "Заповеди", "parent": ""})
    top = int(made.location.rpartition("/")[2])
    made = browser.post(f"{PLACE}/{top}/new-folder", data={"name": "2026", "parent": str(top)})
    inner = int(made.location.rpartition("/")[2])
    answer = browser.post(f"/documents/folders/{inner}", data={"name": "2025", "parent": ""})
    assert answer.status_code == 302
    kept = db.session.get_one(Folder, inner)
    assert (kept.name, kept.parent_id) == ("2025", None)
    browser.post(f"/documents/folders/{inner}/remove")
    assert db.session.get(Folder, inner) is None


@pytest.mark.parametrize("name", ["", " . ", "заповеди", "я" * 121])
def test_a_folder_needs_a_name_of_its_own(name, sign_in, folder):
    folder("Заповеди")
    answer = sign_in("editor").post(f"{PLACE}/new-folder", data={"name": name, "parent": ""})
    assert answer.status_code == 422
    assert len(db.session.scalars(select(Folder)).all()) == 1


def test_a_change_that_is_refused_changes_nothing(sign_in, folder):
    top, other = folder("Заповеди"), folder("Договори")
    inner = folder("2026", top)
    folder("2025", other)
    answer = sign_in("editor").post(
        f"/documents/folders/{inner}", data={"name": "2025", "parent": str(other)}
    )
    assert answer.status_code == 422
    kept = db.session.get_one(Folder, inner)
    assert (kept.name, kept.parent_id) == ("2026", top)  # not even the name


def test_a_folder_is_not_moved_into_itself_nor_into_another_space(sign_in, folder):
    top = folder("Заповеди")
    inner, foreign = folder("2026", top), folder("Чужда", space="extranet")
    for parent in (top, inner, foreign):
        data = {"name": "Заповеди", "parent": str(parent)}
        assert sign_in("editor").post(f"/documents/folders/{top}", data=data).status_code == 422
    assert db.session.get_one(Folder, top).parent_id is None


def test_a_folder_with_something_in_it_is_not_deleted(sign_in, folder, put_in):
    ident = folder("Заповеди")
    put_in(ident)
    sign_in("editor").post(f"/documents/folders/{ident}/remove")
    assert db.session.get(Folder, ident) is not None


# Picked documents


def test_picked_documents_are_moved(sign_in, folder, put):
    goal = folder("Заповеди")
    one, two = put(), put()
    browser = sign_in("editor")
    asked = pick(browser, "move", one, two)
    assert asked.status_code == 303
    assert "Преместване на 2 документа" in browser.get(asked.location).text
    answer = browser.post(asked.location, data={"folder": str(goal)})
    assert answer.location == f"{PLACE}/{goal}"
    assert folder_of(one) == folder_of(two) == goal


def test_nothing_is_moved_into_a_folder_of_another_space(sign_in, folder, put):
    one, foreign = put(), folder("Чужда", space="extranet")
    answer = sign_in("editor").post(f"{PLACE}/move?id={one}", data={"folder": str(foreign)})
    assert answer.status_code == 422
    assert folder_of(one) is None


@pytest.mark.parametrize("who", ["ngo", "contributor"])
def test_a_reader_moves_and_throws_away_nothing(who, sign_in, folder, put):
    one, goal = put(), folder("Заповеди")
    browser = sign_in(who)
    browser.post(f"{PLACE}/move?id={one}", data={"folder": str(goal)})
    assert folder_of(one) is None
    told = browser.get(pick(browser, "trash", one).location).text
    assert life(one) == Life.PUBLISHED
    assert "остана, какъвто беше" in told
    assert sign_in("stranger").post(f"{PLACE}/picked", data={"id": str(one)}).status_code == 404


def test_picked_documents_go_to_the_trash_and_come_back(sign_in, put):
    one, two = put(name="Първи.txt"), put(name="Втори.txt")
    browser = sign_in("editor")
    told = browser.get(pick(browser, "trash", one, two).location).text
    assert "2 документа са в кошчето" in told
    assert titles(browser.get(PLACE)) == []
    assert "Първи" in browser.get("/documents/trash").text
    assert "Първи" not in sign_in("contributor").get("/documents/trash").text
    browser.post(f"/documents/{one}/restore")
    assert titles(browser.get(PLACE)) == ["Първи"]


def test_a_row_s_own_button_throws_only_that_one_away(sign_in, put):
    one, two = put(), put()
    pick(sign_in("editor"), "", one, two, trash=str(one))
    assert (life(one), life(two)) == (Life.TRASHED, Life.PUBLISHED)


def test_picked_drafts_are_published_or_sent_for_review(sign_in, put):
    mine, theirs = put(draft=True), put(who="contributor", draft=True)
    pick(sign_in("contributor"), "publish", mine, theirs)
    assert services.current(db.session.get_one(Content, theirs)).state == "in_review"
    assert life(mine) == Life.UNPUBLISHED  # not hers
    pick(sign_in("editor"), "publish", mine)
    assert life(mine) == Life.PUBLISHED


@pytest.mark.parametrize("do", ["", "nonsense"])
def test_an_unknown_step_is_refused(do, sign_in, put):
    assert pick(sign_in("editor"), do, put()).status_code == 400


def test_nothing_picked_is_said(sign_in):
    browser = sign_in("editor")
    assert "Първо отбележете" in browser.get(pick(browser, "trash").location).text

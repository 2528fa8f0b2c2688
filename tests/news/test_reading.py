"""Reading news: lists, the archive, places, pins, the trash, and what each page costs."""

from datetime import timedelta

import pytest

from portal.content import keeping
from portal.content.models import Content, Life
from portal.kernel import clock
from portal.kernel.database import db
from portal.news import queries
from tests.support.counting import query_budget
from tests.support.writing import published


@pytest.fixture
def item(cast, person):
    return published(cast.space("intranet"), person("contributor"), person("editor")).content


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("reader", 200),
        ("employee", 200),
        ("partner", 404),
        ("ngo", 404),
        ("admin", 200),
        ("visitor", 302),
    ],
)
def test_only_members_open_an_article(who, status, item, sign_in):
    assert sign_in(who).get(f"/news/{item.address}").status_code == status


def test_a_partner_reads_it_once_it_is_placed_in_the_extranet(item, cast, sign_in):
    partner, editor = sign_in("partner"), sign_in("editor")
    assert "Нов автобус" not in partner.get("/news").text
    extranet = cast.space("extranet").id
    first = editor.post(f"/content/{item.id}/places", data={"space": extranet})
    assert "/preview" in first.headers["Location"]  # what partners will see comes first
    assert partner.get(f"/news/{item.address}").status_code == 404
    editor.post(f"/content/{item.id}/place", data={"space": extranet})
    page = partner.get(f"/news/{item.address}")
    assert page.status_code == 200
    # The home's name is no business of hers.
    assert "Интранет" not in page.text
    assert "Интранет" not in partner.get("/news").text
    assert sign_in("employee").get("/news").text.count(f"/news/{item.address}") == 1
    editor.post(f"/content/{item.id}/unplace", data={"space": extranet})
    assert partner.get(f"/news/{item.address}").status_code == 404


def test_only_an_editor_of_both_places_an_item(item, cast, sign_in):
    extranet = cast.space("extranet").id
    for who, status in (("reader", 403), ("contributor", 403), ("partner", 404)):
        for door in ("places", "place"):
            answer = sign_in(who).post(f"/content/{item.id}/{door}", data={"space": extranet})
            assert answer.status_code == status
        seen = sign_in(who).get(f"/content/{item.id}/preview?space={extranet}")
        assert seen.status_code == status


def test_a_pinned_item_stands_first(item, cast, person, sign_in):
    for n in range(3):
        published(
            cast.space("intranet"), person("contributor"), person("editor"), title=f"По-нова {n}"
        )
    intranet = cast.space("intranet").id
    sign_in("editor").post(f"/content/{item.id}/pin", data={"space": intranet, "pinned": "1"})
    page = sign_in("reader").get("/news").text
    assert page.index("Нов автобус") < page.index("По-нова 2")
    assert page.count(f"/news/{item.address}") == 1


def test_trash_and_restore(item, sign_in):
    editor, reader = sign_in("editor"), sign_in("reader")
    editor.post(f"/news/{item.id}/keep", data={"do": "trash"})
    assert reader.get(f"/news/{item.address}").status_code == 404
    assert "Нов автобус" in editor.get("/news/trash").text
    assert "Нов автобус" not in reader.get("/news/trash").text
    assert reader.post(f"/news/{item.id}/keep", data={"do": "restore"}).status_code == 404
    editor.post(f"/news/{item.id}/keep", data={"do": "restore"})
    assert reader.get(f"/news/{item.address}").status_code == 200


def test_the_trash_is_emptied_after_thirty_days(item, person):
    ident = item.id
    keeping.trash(item, by=person("editor"))
    with clock.at(clock.now() + timedelta(days=29)):
        assert keeping.purge_trash() == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert keeping.purge_trash() == 1
    db.session.rollback()
    assert db.session.get(Content, ident) is None


def test_an_archived_item_leaves_the_lists_and_stays_readable(item, sign_in):
    sign_in("editor").post(f"/news/{item.id}/keep", data={"do": "archive"})
    reader = sign_in("reader")
    assert "Нов автобус" not in reader.get("/news").text
    assert reader.get(f"/news/{item.address}").status_code == 200
    here = clock.local(clock.now())
    assert "Нов автобус" in reader.get(f"/news/archive/{here.year}/{here.month}").text


def test_a_get_changes_nothing(item, sign_in):
    browser = sign_in("editor")
    for path in ("news/{}/edit", "content/{}/places", "news/{}/review"):
        assert browser.get("/" + path.format(item.id)).status_code == 200
    assert db.session.get_one(Content, item.id).life == Life.PUBLISHED
    assert browser.get(f"/news/{item.id}/keep").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/news/archive/0/1",
        "/news/archive/2026/13",
        "/news/x",
        "/news/-1",
        "/news/99999999999999999999",
        "/news/topic/nyama",
        "/news?space=nyama",
    ],
)
def test_an_impossible_address_is_404(path, sign_in):
    assert sign_in("reader").get(path).status_code == 404


@pytest.mark.parametrize("after", ["x", "20260101000000000000-5", "-", "99999999-1", "%00"])
def test_any_place_to_go_on_from_gives_a_page(after, item, sign_in):
    assert sign_in("reader").get(f"/news?after={after}").status_code == 200


@pytest.mark.parametrize(
    ("path", "budget"),
    [("/", 8), ("/news", 5), ("/news/archive", 4), ("/news/{address}", 6)],
)
def test_each_page_keeps_its_budget_of_statements(path, budget, item, cast, person, app, sign_in):
    for n in range(25):
        published(cast.space("extranet"), person("editor"), person("editor"), title=f"Новина {n}")
    browser = sign_in("reader")
    address = path.format(address=item.address)
    browser.get(address)  # fills what the process keeps
    with query_budget(app, budget):
        assert browser.get(address).status_code == 200


@pytest.mark.database("sqlite")  # the plan is SQLite's; PostgreSQL chooses by its statistics
def test_the_list_walks_its_index(app, cast, person):
    viewer = person("reader")
    plan = explain(
        queries._LATEST, queries.params(viewer, before=clock.now(), before_id=0, limit=20)
    )
    assert "MULTI-INDEX OR" not in plan
    assert "ix_content_list" in plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan


def explain(statement, values):
    state = statement.compile(db.engine).construct_expanded_state(values)
    found = db.session.connection().exec_driver_sql(
        f"EXPLAIN QUERY PLAN {state.statement}",
        tuple(_driver(state.parameters[name]) for name in state.positiontup),
    )
    return "\n".join(row[3] for row in found)


def _driver(value):
    return value.isoformat(" ") if hasattr(value, "isoformat") else value

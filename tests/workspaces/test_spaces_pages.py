"""The pages of spaces: strangers find nothing, members read, managers keep."""

import re
from typing import Any

import pytest

from portal.access import Role
from portal.content import services as content
from portal.kernel.database import db
from portal.news.models import NewsRevision
from portal.spaces import features, services
from portal.spaces import queries as spaces
from portal.spaces.features import Feature
from portal.workspaces.queries import latest
from portal.workspaces.search import SpaceSearch
from tests.support.counting import counted, query_budget

EVERYBODY = (
    "admin",
    "manager",
    "editor",
    "partner",
    "ngo",
    "reader",
    "stranger",
    "visitor",
)
PAGES = {
    "/spaces": (200, 200, 200, 200, 200, 200, 200, 302),
    "/spaces/workspace": (404, 200, 200, 200, 200, 404, 404, 302),
    "/spaces/workspace/members": (200, 200, 200, 200, 200, 404, 404, 302),
    "/spaces/workspace/settings": (200, 200, 403, 403, 403, 404, 404, 302),
    "/spaces/workspace/hand-over": (200, 200, 403, 403, 403, 404, 404, 302),
    "/spaces/intranet": (200, 200, 200, 404, 404, 200, 404, 302),
    "/spaces/extranet": (200, 200, 200, 200, 200, 200, 404, 302),
    "/spaces/kamengrad": (404, 404, 404, 200, 404, 404, 404, 302),
    "/spaces/new": (200, 404, 404, 404, 404, 404, 404, 302),
    "/spaces/nothing": (404, 404, 404, 404, 404, 404, 404, 302),
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_opens_which_page(who, town, sign_in):
    browser = sign_in(who)
    found = {path: browser.get(path).status_code for path in PAGES}
    column = EVERYBODY.index(who)
    assert found == {path: statuses[column] for path, statuses in PAGES.items()}


@pytest.mark.parametrize(
    ("path", "budget"),
    [("/spaces", 4), ("/spaces/workspace", 8), ("/spaces/workspace/members", 6)],
)
@pytest.mark.parametrize("who", ["manager", "partner"])
def test_reading_pages_keep_their_budget(path, budget, who, app, town, sign_in):
    browser = sign_in(who)
    browser.get(path)
    with query_budget(app, budget):
        assert browser.get(path).status_code == 200


def test_staff_see_that_listed_spaces_exist_and_partners_do_not(town, viewer, sign_in):
    assert "Чист бряг" in sign_in("reader").get("/spaces").text
    assert "/spaces/workspace" not in sign_in("reader").get("/spaces").text
    assert "Чист бряг" not in sign_in("stranger").get("/spaces").text
    services.change_settings(
        town.space("workspace"),
        by=viewer("manager"),
        name_bg="Чист бряг",
        is_listed=False,
    )
    assert "Чист бряг" not in sign_in("reader").get("/spaces").text
    assert "Чист бряг" in sign_in("editor").get("/spaces").text


def test_a_space_shows_what_was_released_in_it_and_nothing_else(town, viewer, sign_in):
    for title in ("Готово", "Чернова"):
        draft = content.start(
            NewsRevision, town.space("workspace"), by=viewer("editor"), language="bg",
            title=title, body="<p>х</p>",
        )  # fmt: skip
        if title == "Готово":
            content.release(draft, draft.saves, by=viewer("editor"))
    for who in ("editor", "ngo"):
        page = sign_in(who).get("/spaces/workspace").text
        assert "Готово" in page
        assert "Чернова" not in page


def test_partners_see_of_the_members_only_whom_they_may_know(sign_in):
    page = sign_in("coordinator").get("/spaces/extranet/members").text
    assert "Община Белобряг" in page
    assert "Елена Редакторова" not in page
    assert "Елена Редакторова" in sign_in("reader").get("/spaces/extranet/members").text


MEMBER = {"person": "", "many": "", "role": "1", "until": ""}


def let_in(browser: Any, **more: str) -> Any:
    return browser.post("/spaces/workspace/members", data={**MEMBER, **more})


def test_a_manager_lets_in_people_units_and_partners(town, viewer, sign_in):
    browser = sign_in("manager")
    assert let_in(browser, person="четяща", role="3").status_code == 302
    assert let_in(browser, many=f"group:{town.unit('archive').id}", role="2").status_code == 302
    house = f"organisation:{town.organisation('other').id}"
    assert let_in(browser, many=house).status_code == 302
    space_id = town.space("workspace").id
    roles = [viewer(who).role_in(space_id) for who in ("reader", "employee", "stranger", "head")]
    assert roles == [Role.EDITOR, Role.CONTRIBUTOR, Role.READER, 0]
    page = browser.get("/spaces/workspace/members").text
    assert page.count("badge--due") == 3  # the partner, the association and the school


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({}, "person"),
        ({"person": "никой такъв"}, "person"),
        ({"person": "манагер\x00"}, "person"),
        ({"person": "editor"}, "person"),
        ({"person": "reader", "many": "group:1"}, "person"),
        ({"person": "reader", "until": "2020-01-01"}, "until"),
        ({"person": "reader", "until": "вчера"}, "until"),
        ({"person": "reader", "role": "9"}, "role"),
        ({"many": "group:77777"}, "many"),
        ({"many": "space:1"}, "many"),
    ],
)
def test_bad_input_is_told_at_its_field(more, field, town, viewer, sign_in):
    response = let_in(sign_in("manager"), **more)
    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    assert not viewer("reader").role_in(town.space("workspace").id)


def test_members_who_do_not_manage_change_nothing(town, viewer, membership, sign_in):
    held = membership("workspace", "ngo").id
    for who, status in (
        ("editor", 403),
        ("partner", 403),
        ("reader", 404),
        ("stranger", 404),
    ):
        browser = sign_in(who)
        assert let_in(browser, person="четяща").status_code == status
        for path in (f"members/{held}", f"members/{held}/remove", "archive", "restore"):
            found = browser.post(f"/spaces/workspace/{path}", data={"role": "4"})
            assert found.status_code == status, (who, path)
    assert viewer("ngo").role_in(town.space("workspace").id) == Role.READER


def test_a_membership_of_another_space_does_not_exist_here(membership, sign_in):
    held = membership("extranet", "editor").id
    browser = sign_in("manager")
    assert browser.get(f"/spaces/workspace/members/{held}").status_code == 404
    assert browser.post(f"/spaces/workspace/members/{held}/remove").status_code == 404


def test_the_last_manager_is_told_why_she_stays(town, viewer, membership, sign_in):
    browser = sign_in("manager")
    held = membership("workspace", "manager").id
    answer = browser.post(f"/spaces/workspace/members/{held}", data={"role": "2"})
    assert answer.status_code == 422
    assert 'href="#role"' in answer.text
    for path in (f"members/{held}/remove", "leave"):
        page = browser.post(f"/spaces/workspace/{path}", follow_redirects=True)
        assert "notice--error" in page.text
    assert viewer("manager").role_in(town.space("workspace").id) == Role.MANAGER


def test_handing_over_and_leaving(town, viewer, sign_in):
    browser = sign_in("manager")
    wrong = browser.post("/spaces/workspace/hand-over", data={"successor": ""})
    assert wrong.status_code == 422
    done = browser.post("/spaces/workspace/hand-over", data={"successor": "редакторова"})
    assert done.status_code == 302
    assert browser.post("/spaces/workspace/leave").location == "/spaces"
    assert browser.get("/spaces/workspace").status_code == 404
    assert viewer("editor").role_in(town.space("workspace").id) == Role.MANAGER


def test_managers_are_told_of_an_administrator_who_let_herself_in(sign_in):
    let_in(sign_in("admin"), person="admin", role="3")
    told = sign_in("manager").get("/spaces/workspace/members").text
    assert "remark" in told
    assert "Ана Админова" in told
    assert "remark" not in sign_in("editor").get("/spaces/workspace/members").text


def test_stale_settings_show_what_is_stored(town, viewer, sign_in):
    browser = sign_in("manager")
    opened = browser.get("/spaces/workspace/settings").text
    services.change_settings(town.space("workspace"), by=viewer("admin"), name_bg="Преди Вас")
    seal = re.search(r'name="seal"[^>]*value="([^"]*)"', opened)[1]
    form = {"name_bg": "Моето име", "reviewers": "", "seal": seal}
    stale = browser.post("/spaces/workspace/settings", data=form)
    assert stale.status_code == 409
    assert "Преди Вас" in stale.text
    assert 'value="Моето име"' in stale.text
    assert town.space("workspace").name_bg == "Преди Вас"


def test_an_administrator_opens_archives_and_opens_again(town, sign_in):
    browser = sign_in("admin")
    form = {"name_bg": "Нов екип", "kind": "workspace", "manager": ""}
    assert 'href="#manager"' in browser.post("/spaces/new", data=form).text
    made = browser.post("/spaces/new", data={**form, "manager": "четяща"})
    assert made.location == "/spaces/nov-ekip/members"
    browser.post("/spaces/nov-ekip/archive")
    assert town.space("nov-ekip").archived_at is not None
    assert sign_in("reader").get("/spaces/nov-ekip").status_code == 200
    browser.post("/spaces/nov-ekip/restore")
    assert town.space("nov-ekip").archived_at is None


def test_a_space_is_found_by_its_members_only(app, town, viewer):
    source = SpaceSearch()
    ids = list(source.ids())
    document = source.document(town.space("workspace").id)
    assert document.audience == {f"members:{town.space('workspace').id}"}
    assert document.visible_from is not None
    for who, slugs in (("reader", {"intranet", "extranet"}), ("stranger", set())):
        seen = viewer(who)
        with app.test_request_context():
            shown = source.show(ids, seen, {})
            assert {each.url.rsplit("/", 1)[-1] for each in shown.values()} == slugs
    assert source.document(9_999) is None


def test_a_renamed_space_is_found_by_its_members_alone(town, viewer, sign_in, follow):
    services.change_settings(
        town.space("workspace"), by=viewer("manager"), name_bg="Дюните", purpose="Опазване."
    )
    follow()
    for who, found in (("editor", True), ("partner", True), ("reader", False), ("admin", False)):
        page = sign_in(who).get("/search?q=дюните").text
        assert ("/spaces/workspace" in page) == found, who


@pytest.mark.database("sqlite")  # its plan, in its words
def test_the_list_of_a_space_walks_its_own_index(app, town, viewer):
    seen = viewer("reader")
    with app.test_request_context(), counted(app) as run:
        latest(seen, spaces.by_slug(seen, "intranet"))
    plain = re.sub(r"\?", "1", run[-1])
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {plain}")
    steps = " ".join(row[3] for row in plan)
    assert "ix_content_feed" in steps
    assert "TEMP B-TREE" not in steps


def test_a_space_is_not_handed_over_to_nobody(sign_in):
    answer = sign_in("manager").post("/spaces/workspace/hand-over", data={"successor": "  "})
    assert answer.status_code == 422


def test_the_overview_shows_what_its_features_say_of_themselves(town, viewer, sign_in):
    said = {"pages": "<p>Изменена днес: План</p>", "tasks": "", "discussions": "<p>чуждо</p>"}
    before = dict(features._features)
    try:
        for key, body in said.items():
            features.add(
                Feature(
                    key, f"Раздел {key}", "workspaces.members", "file", 20,
                    needs=Role.MANAGER if key == "discussions" else Role.READER,
                    glance=lambda space, seen, body=body: body,
                )
            )  # fmt: skip
        page = sign_in("ngo").get("/spaces/workspace").text
        assert "<p>Изменена днес: План</p></section>" in page
        assert 'id="glance-tasks"' not in page
        assert "чуждо" not in page
        assert "чуждо" in sign_in("manager").get("/spaces/workspace").text
    finally:
        features._features.clear()
        features._features.update(before)

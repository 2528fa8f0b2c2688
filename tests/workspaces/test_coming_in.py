"""How people come into a space: by themselves, on request, many at once, for a time."""

import time
from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from portal.access import Role
from portal.accounts import services as people
from portal.accounts.models import User
from portal.audit.models import Change
from portal.content import services as content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.transaction import transaction
from portal.news.models import NewsRevision
from portal.notify.models import Notice
from portal.spaces import guests, services
from portal.spaces.models import Membership
from portal.tasks import services as tasks
from portal.workspaces import asking, warning
from portal.workspaces.models import Invitation, JoinRequest
from tests.support.counting import counted, query_budget


def settings(town, viewer, **more):
    space = town.space("workspace")
    facts = {"name_bg": "Чист бряг", "features": space.features.split(), **more}
    services.change_settings(town.space("workspace"), by=viewer("manager"), **facts)


def told(cast, who, kind):
    wanted = select(func.count()).where(Notice.user_id == cast.id(who), Notice.kind == kind)
    return db.session.scalar(wanted)


def test_hidden_and_open_is_refused_at_the_field(town, viewer, sign_in):
    for joining in ("open", "request"):
        with pytest.raises(Refused) as refusal:
            settings(town, viewer, is_listed=False, joining=joining)
        assert refusal.value.field == "joining"
    form = {"name_bg": "Х", "joining": "open", "reviewers": ""}
    answer = sign_in("manager").post("/spaces/workspace/settings", data=form)
    assert answer.status_code == 422
    assert 'href="#joining"' in answer.text
    settings(town, viewer, is_listed=True, joining="open")
    services.change_settings(
        town.space("extranet"), by=viewer("manager"), name_bg="Екстранет", joining="open"
    )
    assert town.space("extranet").joining == "invitation"


@pytest.mark.parametrize(
    ("joining", "listed", "join", "ask"),
    [("open", True, 302, 404), ("request", True, 404, 302), ("invitation", True, 404, 404),
     ("invitation", False, 404, 404)],
)  # fmt: skip
def test_staff_come_in_as_the_space_says_and_partners_never_by_themselves(
    joining, listed, join, ask, town, viewer, sign_in
):
    settings(town, viewer, joining=joining, is_listed=listed)
    for who, way, status in (
        ("reader", "join", join), ("head", "ask", ask), ("stranger", "join", 404),
        ("coordinator", "ask", 404),
    ):  # fmt: skip
        answer = sign_in(who).post(f"/spaces/workspace/{way}", data={"words": "Моля"})
        assert answer.status_code == status, (who, way)
    # A form that is wrong says no more of a space that is none of hers than a right one.
    answer = sign_in("coordinator").post("/spaces/workspace/ask", data={"words": "х" * 301})
    assert answer.status_code == 404
    space_id = town.space("workspace").id
    assert viewer("reader").role_in(space_id) == (Role.READER if join == 302 else 0)
    assert viewer("head").role_in(space_id) == 0
    page = sign_in("employee").get("/spaces").text
    assert ("/workspace/join" in page) == (join == 302)
    assert ("/workspace/ask" in page) == (ask == 302)


def test_a_request_is_told_answered_and_taken_back(town, viewer, sign_in):
    settings(town, viewer, joining="request")
    reader, manager = sign_in("reader"), sign_in("manager")
    for _twice in range(2):
        reader.post("/spaces/workspace/ask", data={"words": "Работя по дюните."})
    assert told(town, "manager", "space_request") == 1
    assert "/ask/withdraw" in reader.get("/spaces").text
    assert "Работя по дюните." in manager.get("/spaces/workspace/members").text
    assert "Работя по дюните." not in sign_in("editor").get("/spaces/workspace/members").text
    assert "Работя по дюните." in manager.get("/notices").text
    asked = db.session.scalars(select(JoinRequest)).one()
    path = f"/spaces/workspace/requests/{asked.id}"
    assert sign_in("editor").post(path, data={"way": "admit", "role": "4"}).status_code == 403
    assert reader.post(path, data={"way": "admit", "role": "4"}).status_code == 404
    assert sign_in("manager").post(path.replace("workspace", "intranet")).status_code == 404
    reader.post("/spaces/workspace/ask/withdraw")
    late = manager.post(path, data={"way": "admit", "role": "2"}, follow_redirects=True)
    assert "notice--error" in late.text
    assert db.session.scalar(select(User.unread).where(User.login == "manager")) == 0
    reader.post("/spaces/workspace/ask", data={"words": ""})
    again = db.session.scalars(select(JoinRequest).order_by(JoinRequest.id.desc())).first()
    answer = {"way": "decline", "answer": "Екипът е пълен."}
    manager.post(f"/spaces/workspace/requests/{again.id}", data=answer)
    assert "Екипът е пълен." in reader.get("/notices").text
    third = asking.ask(town.space("workspace"), "", by=viewer("reader"))
    manager.post(f"/spaces/workspace/requests/{third.id}", data={"way": "admit", "role": "2"})
    assert viewer("reader").role_in(town.space("workspace").id) == Role.CONTRIBUTOR
    assert reader.get("/spaces/workspace").status_code == 200
    head = sign_in("head")
    for _time in range(4):
        head.post("/spaces/workspace/ask", data={"words": ""})
        head.post("/spaces/workspace/ask/withdraw")
    assert told(town, "manager", "space_request") == 6  # of three persons' requests, head's three


def test_guests_of_a_team_have_a_last_day_unless_their_organisation_is_a_member(
    town, viewer, user, house
):
    space, by = town.space("workspace"), viewer("manager")
    with pytest.raises(Refused) as refusal:
        services.add_member(space, user("stranger"), Role.READER, by=by)
    assert refusal.value.field == "until"
    with pytest.raises(Refused) as refusal:
        services.hand_over(space, user("partner"), by=by)
    assert refusal.value.field == "successor"
    services.add_member(space, house("other"), Role.READER, by=by)
    services.add_member(space, user("stranger"), Role.CONTRIBUTOR, by=by)
    services.add_member(town.space("extranet"), user("stranger"), Role.READER, by=by)


@pytest.fixture
def guest(town, viewer, user):
    """A guest of the team until the day after tomorrow."""
    day = clock.today() + timedelta(days=2)
    services.add_member(
        town.space("workspace"), user("stranger"), Role.READER, by=viewer("manager"), until=day
    )
    return day


def test_a_refused_request_keeps_the_sentence(town, viewer, sign_in):
    settings(town, viewer, joining="request")
    words = "Работя по дюните и искам да помагам. " * 9
    answer = sign_in("reader").post("/spaces/workspace/ask", data={"words": words})
    assert answer.status_code == 422
    assert words.strip() in answer.text and "Чист бряг" not in answer.text
    assert not db.session.scalars(select(JoinRequest)).all()
    sent = sign_in("reader").post("/spaces/workspace/ask", data={"words": "Работя по дюните."})
    assert sent.status_code == 302


def test_an_old_link_of_a_guest_past_the_last_day_tells_why_and_strangers_nothing(
    town, guest, viewer, sign_in
):
    def made(title):
        draft = content.start(
            NewsRevision, town.space("workspace"), by=viewer("editor"), language="bg",
            title=title, body="<p>х</p>",
        )  # fmt: skip
        content.release(draft, draft.saves, by=viewer("editor"))
        return f"/news/{draft.content.address}", draft.content_id

    known, ident = made("Тайният план")
    assert sign_in("stranger").get(known).status_code == 200
    task = tasks.add(town.space("workspace"), by=viewer("editor"), title="Задача").id
    with clock.at(clock.end_of_day(guest) + timedelta(days=2)):
        newer, _ident = made("По-нов план")
        browser = sign_in("stranger")
        for path in (known, f"/news/x-{ident}", f"/content/{ident}/comments", f"/tasks/{task}"):
            page = browser.get(path)
            assert page.status_code == 403, path
            assert "/spaces/workspace/ask" in page.text
            assert "Тайният план" not in page.text and "Чист бряг" not in page.text
            assert sign_in("coordinator").get(path).status_code == 404
        assert browser.get(newer).status_code == 404  # of what came later she learns nothing
        assert browser.get("/news/x-987654").status_code == 404


def test_a_guest_past_the_last_day_reads_nothing_and_is_told_why(
    town, guest, viewer, sign_in, follow
):
    draft = content.start(
        NewsRevision, town.space("workspace"), by=viewer("editor"), language="bg",
        title="Тайният план", body="<p>х</p>",
    )  # fmt: skip
    content.release(draft, draft.saves, by=viewer("editor"))
    follow()
    browser = sign_in("stranger")
    assert "Тайният план" in browser.get("/spaces/workspace").text
    with clock.at(clock.end_of_day(guest) + timedelta(seconds=1)):
        browser = sign_in("stranger")  # nobody is signed in for days
        for path in ("", "/members", "/settings"):
            page = browser.get(f"/spaces/workspace{path}")
            assert page.status_code == 403
            assert "Тайният план" not in page.text
            assert "Чист бряг" not in page.text  # it may be called otherwise by now
            assert "/spaces/workspace/ask" in page.text
        assert browser.get("/documents/in/workspace").status_code == 403
        assert "Тайният план" not in browser.get("/search?q=тайният").text
        assert browser.get("/").status_code == 200
        assert sign_in("coordinator").get("/spaces/workspace").status_code == 404
        browser.post("/spaces/workspace/ask", data={"words": "Още месец"})
        assert "/spaces/workspace/ask/withdraw" in browser.get("/spaces/workspace").text
        asked = db.session.scalars(select(JoinRequest)).one()
        path = f"/spaces/workspace/requests/{asked.id}"
        manager = sign_in("manager")
        manager.post(path, data={"way": "admit", "role": "1"})  # without a day
        assert asked.state == "waiting"
        later = (guest + timedelta(days=40)).isoformat()
        manager.post(path, data={"way": "admit", "role": "2", "until": later})
        assert browser.get("/spaces/workspace").status_code == 200
        assert viewer("stranger").role_in(town.space("workspace").id) == Role.CONTRIBUTOR


def test_warnings_come_once_for_each_last_day_and_a_click_prolongs(
    town, guest, viewer, membership, sign_in
):
    def counts():
        return [told(town, who, "space_ending") for who in ("stranger", "manager", "editor")]

    for _twice in range(2):
        warning.warn()
    assert counts() == [1, 1, 0]
    assert "Страхил Чужд" in sign_in("manager").get("/notices").text
    held = membership("workspace", "stranger")
    assert sign_in("editor").post(
        f"/spaces/workspace/members/{held.id}/prolong"
    ).status_code == 403  # fmt: skip
    page = sign_in("manager").get("/spaces/workspace/members").text
    assert f"/members/{held.id}/prolong" in page
    sign_in("manager").post(f"/spaces/workspace/members/{held.id}/prolong")
    assert membership("workspace", "stranger").until == guests.later(guest)
    was = held.until
    _let_stay(held.id, date(9999, 12, 31))  # as before there was a longest stay
    answer = sign_in("manager").post(f"/spaces/workspace/members/{held.id}/prolong")
    assert answer.status_code == 302
    _let_stay(held.id, was)
    warning.warn()
    assert counts() == [1, 1, 0]
    with clock.at(clock.end_of_day(guests.later(guest) - timedelta(days=10))):
        warning.warn()
    assert counts() == [2, 2, 0]
    assert guests.later(date(2026, 8, 31)) == date(2027, 2, 28)


@transaction
def _let_stay(membership_id, until):
    db.session.get_one(Membership, membership_id).until = until


def test_who_joins_finds_all_at_once_and_who_leaves_nothing_and_nothing_is_indexed(
    app, town, viewer, sign_in, follow
):
    settings(town, viewer, joining="open")
    for title in ("Дюните първо", "Дюните второ"):
        draft = content.start(
            NewsRevision, town.space("workspace"), by=viewer("editor"), language="bg",
            title=title, body="<p>Пясък</p>",
        )  # fmt: skip
        content.release(draft, draft.saves, by=viewer("editor"))
    follow()
    browser = sign_in("reader")
    assert "Дюните първо" not in browser.get("/search?q=пясък").text
    last = db.session.scalar(select(func.max(Change.id)))
    begun = time.perf_counter()
    with counted(app) as run:
        browser.post("/spaces/workspace/join")
    assert not [each for each in run if "INTO change" in each]
    page = browser.get("/search?q=пясък").text  # no worker ran meanwhile
    assert time.perf_counter() - begun < 1
    assert "Дюните първо" in page
    assert "Дюните второ" in page
    assert "Дюните първо" in browser.get("/spaces/workspace").text
    browser.post("/spaces/workspace/leave")
    assert "Дюните първо" not in browser.get("/search?q=пясък").text
    assert browser.get("/spaces/workspace").status_code == 404
    assert db.session.scalar(select(func.max(Change.id))) == last


@transaction
def crowd(town, number):
    town_id = town.organisation("town").id
    for n in range(number):
        user = User(login=f"m{n}", given="Член", family=f"Номер{n}", organisation_id=town_id)
        db.session.add(user)
        db.session.flush()
        db.session.add(
            Membership(space_id=town.space("workspace").id, user_id=user.id, role=1 + n % 3)
        )


def test_pages_of_a_space_with_fifty_members_cost_at_most_eight_statements(
    app, town, guest, viewer, sign_in
):
    crowd(town, 50)
    settings(town, viewer, joining="request")
    asking.ask(town.space("workspace"), "", by=viewer("reader"))
    for who in ("manager", "contributor", "stranger"):
        browser = sign_in(who)
        for path in ("/spaces/workspace", "/spaces/workspace/members"):
            browser.get(path)
            with query_budget(app, 8):
                assert browser.get(path).status_code == 200


def test_the_kept_list_of_members_is_as_true_as_one_just_read(
    town, viewer, user, membership, sign_in
):
    """It is kept for everybody of the space; each change of people and members makes it anew."""
    manager, editor = sign_in("manager"), sign_in("editor")
    page = "/spaces/workspace/members"
    assert "Петър Партньоров" in editor.get(page).text
    assert "без последен ден" in manager.get(page).text  # two guests of the time before
    assert "без последен ден" not in editor.get(page).text
    people.change_person(user("partner"), by=viewer("admin"), family="Новак")
    assert "Петър Новак" in editor.get(page).text
    held = membership("workspace", "partner").id
    until = clock.today() + timedelta(days=1)
    services.change_role(
        membership("workspace", "partner"), Role.READER, by=viewer("manager"), until=until
    )
    assert f"/members/{held}/prolong" in manager.get(page).text
    with clock.at(clock.end_of_day(until) + timedelta(seconds=1)):
        assert "Петър Новак" not in sign_in("editor").get(page).text
        assert "Петър Новак" in sign_in("manager").get(page).text
    manager.post(f"{page}/{held}/remove")
    assert "Петър Новак" not in manager.get(page).text


def test_the_last_manager_is_led_to_handing_over_and_may_leave_with_it(town, viewer, sign_in):
    browser = sign_in("manager")
    answer = browser.post("/spaces/workspace/leave")
    assert answer.location == "/spaces/workspace/hand-over"
    assert "notice--error" in browser.get(answer.location).text
    form = {"successor": "editor", "leaving": "y"}
    browser.post("/spaces/workspace/hand-over", data=form)
    space_id = town.space("workspace").id
    assert viewer("manager").role_in(space_id) == 0
    assert viewer("editor").role_in(space_id) == Role.MANAGER


def test_templates_begin_a_space_with_its_members(town, viewer, sign_in, house):
    browser = sign_in("admin")
    assert browser.get("/spaces/new?template=none").status_code == 404
    for key in ("unit", "project", "partners", "empty"):
        assert browser.get(f"/spaces/new?template={key}").status_code == 200
    office = town.unit("office")
    form = {"name_bg": "", "kind": "workspace", "joining": "request", "is_listed": "y",
            "unit": str(office.id), "manager": ""}  # fmt: skip
    archive = {**form, "unit": str(town.unit("archive").id)}
    answer = browser.post("/spaces/new?template=unit", data=archive)
    assert answer.status_code == 422  # no head, nobody named
    assert 'href="#manager"' in answer.text
    made = browser.post("/spaces/new?template=unit", data=form)
    space = town.space(made.location.split("/")[2])
    assert space.name_bg == office.name_bg
    assert space.joining == "request"
    roles = [viewer(who).role_in(space.id) for who in ("head", "reader", "employee", "editor")]
    assert roles == [Role.MANAGER, Role.CONTRIBUTOR, Role.CONTRIBUTOR, 0]
    until = clock.today() + timedelta(days=9)
    form = {"name_bg": "Група", "kind": "workspace", "manager": "reader", "until": f"{until}",
            "partners": [str(house("ngo").id)] * 2, "partners_role": "1"}  # fmt: skip
    made = browser.post("/spaces/new?template=partners", data=form)
    group = town.space(made.location.split("/")[2])
    assert viewer("ngo").role_in(group.id) == Role.READER
    assert not group.is_listed
    shared = {**form, "kind": "extranet", "name_bg": "Втори екстранет"}  # all partners read it
    assert browser.post("/spaces/new?template=partners", data=shared).status_code == 302
    with clock.at(clock.end_of_day(until) + timedelta(seconds=1)):
        assert viewer("ngo").role_in(group.id) == 0


def test_a_file_of_another_kind_and_too_many_rows_are_refused_and_nothing_is_lost(town, sign_in):
    browser = sign_in("manager")
    many = "\n".join(f"a{n}@x.bg" for n in range(501))
    form = {"people": many, "role": "1", "until": "", "unit": ""}
    answer = browser.post("/spaces/workspace/members/invite", data=form)
    assert answer.status_code == 422
    assert 'href="#people"' in answer.text
    assert "a500@x.bg" in answer.text
    for data in (b"PK\x03\x04xxx", b"\x89PNG\r\n\x1a\n\0\0", b"%PDF-1.7\n\xff\x01\x02"):
        other = {**form, "people": "reader@x.bg", "file": (BytesIO(data), "a.csv")}
        answer = browser.post(
            "/spaces/workspace/members/invite", data=other, content_type="multipart/form-data"
        )
        assert 'href="#file"' in answer.text, data
        assert "reader@x.bg" in answer.text
    late = {**form, "people": "reader@x.bg", "until": "2020-01-01"}
    answer = browser.post("/spaces/workspace/members/invite", data=late)
    assert 'href="#until"' in answer.text and "reader@x.bg" in answer.text
    assert not db.session.scalar(select(func.count()).select_from(Invitation))

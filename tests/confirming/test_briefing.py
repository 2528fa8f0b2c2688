"""«Прочетено на инструктаж»: a foreman records it for her people, by name, and for nobody else."""

import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from portal.access import Role
from portal.access.site import bump
from portal.accounts.models import Group, GroupMember
from portal.audit.models import JournalLine
from portal.confirming import briefing, services
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.transaction import transaction
from portal.spaces.models import Membership
from tests.support.counting import query_budget
from tests.support.requiring import confirmations, ordered, requirement, wish


@pytest.fixture
def order(cast, person, follow):
    """Asked of the office with its archive, of its head too, and of one of the press."""
    users = [cast.id("contributor")]
    wished = wish(users, [cast.unit("office").id])
    with clock.at(clock.now() - timedelta(days=1)):
        made = ordered(cast.space("extranet"), person("editor"), wished)
        follow()
    return made.content_id


def record(browser, item, people, at=None):
    at = at or clock.now()
    when = clock.local(at).replace(tzinfo=None).isoformat(timespec="minutes")
    return browser.post(f"/content/{item}/briefing", data={"people": people, "read_out_at": when})


def offered(browser, item):
    """The people's names beside the boxes."""
    page = browser.get(f"/content/{item}/briefing").text
    return re.findall(r'<label for="people-\d+">([^<,]+)', page)


def test_a_head_records_it_for_her_people_and_it_counts(app, cast, sign_in, order):
    head, ids = sign_in("head"), [cast.id("reader"), cast.id("employee")]
    # Her own units with all below; not herself, nobody of the press.
    assert sorted(offered(head, order)) == ["Ана Админова", "Емил Служещ", "Радка Четяща"]
    with query_budget(app, 15):
        head.get(f"/content/{order}/briefing")
    yesterday = clock.now() - timedelta(hours=3)
    assert record(head, order, ids, yesterday).status_code == 302
    page = head.get(f"/content/{order}/briefing").text
    assert "Записано е за 2 души" in page and "Току-що записахте" in page
    assert offered(head, order) == ["Ана Админова"]
    made = {each.user_id: each for each in confirmations(order)}
    assert set(made) == set(ids)
    for each in made.values():
        assert (each.channel, each.recorded_by_id) == ("briefing", cast.id("head"))
        assert each.read_out_at <= yesterday < each.at and each.number == 1
    assert made[ids[1]].unit_name == "Архив"
    line = db.session.scalar(select(JournalLine).where(JournalLine.action == "must_read.briefing"))
    assert line.facts["people"] == sorted(ids) and line.actor_id == cast.id("head")
    # Marked in the progress, in the list for signing, on her own page.
    progress = head.get(f"/content/{order}/progress").text
    assert "2 от тях на инструктаж" in progress and "2 от 4" in progress
    sheet = head.get(f"/content/{order}/confirmations.xlsx")
    assert sheet.status_code == 200
    reader = sign_in("reader")
    assert "За запознаване" not in reader.get("/").text
    notices = reader.get("/notices").text
    assert "Христо Началников записа, че Ви е прочетено" in notices
    address = requirement(order).content.address
    assert "записано от Христо Началников" in reader.get(f"/news/{address}").text


def test_a_forged_person_is_refused_and_nothing_of_it_is_recorded(cast, person, sign_in, order):
    head = sign_in("head")
    for forged in ("contributor", "head", "partner"):
        answer = record(head, order, [cast.id("reader"), cast.id(forged)])
        assert answer.status_code == 422, forged
        assert "не го ръководите Вие" in answer.text, forged
        ticked = rf'checked[^>]*value="{cast.id("reader")}"|value="{cast.id("reader")}"[^>]*checked'
        assert re.search(ticked, answer.text)  # what was ticked is kept
    for people in ([], ["x"]):
        assert record(head, order, people).status_code == 422
    assert confirmations(order) == []

    @transaction
    def lead_a_commission():
        group = Group(kind="group", name_bg="Комисия", name_en="", head_id=cast.id("reader"))
        db.session.add(group)
        db.session.flush()
        db.session.add(GroupMember(group_id=group.id, user_id=cast.id("contributor")))

    lead_a_commission()
    leader = person("reader")
    assert leader.headed
    assert briefing.whom(requirement(order), leader) == []  # a commission is no unit
    editor = sign_in("editor")
    assert "Коста Пишещ" in offered(editor, order)

    @transaction
    def let_edit():
        space, partner = cast.space("extranet").id, cast.id("partner")
        db.session.add(Membership(space_id=space, user_id=partner, role=int(Role.EDITOR)))
        bump()

    let_edit()  # of those who are asked she knows whom she works with elsewhere
    offered_to = briefing.whom(requirement(order), person("partner"))
    assert [each.family for each in offered_to] == ["Пишещ"]
    assert record(editor, order, [cast.id("contributor")]).status_code == 302


def test_who_leads_nobody_finds_no_such_page(sign_in, order, cast):
    for who in ("reader", "employee", "contributor", "partner", "stranger"):
        browser = sign_in(who)
        assert browser.get(f"/content/{order}/briefing").status_code == 404, who
        assert record(browser, order, [cast.id("reader")]).status_code == 404, who
        assert "Запишете инструктаж" not in browser.get("/").text
    assert confirmations(order) == []


def test_a_time_to_come_or_before_it_was_asked_is_refused_at_its_field(sign_in, order, cast):
    head, now = sign_in("head"), clock.now()
    for at, words in (
        (now + timedelta(hours=2), "не е настъпил"),
        (now - timedelta(days=3), "друг текст"),
    ):
        answer = record(head, order, [cast.id("reader")], at)
        assert answer.status_code == 422 and words in answer.text
    empty = {"people": [cast.id("reader")], "read_out_at": ""}
    answer = head.post(f"/content/{order}/briefing", data=empty)
    assert answer.status_code == 422 and 'href="#read_out_at"' in answer.text
    assert confirmations(order) == []


def test_a_mistake_is_taken_back_for_a_quarter_of_an_hour_by_whoever_made_it(
    sign_in, person, order, cast
):
    head, who = sign_in("head"), cast.id("reader")
    url = f"/content/{order}/briefing/take-back"
    record(head, order, [who, cast.id("employee")])
    unread = cast["reader"].unread
    assert sign_in("editor").post(url, data={"person": who}).status_code == 404
    assert head.post(url, data={"person": "x"}).status_code == 404
    assert head.post(url, data={"person": who}).status_code == 302
    assert [each.user_id for each in confirmations(order)] == [cast.id("employee")]
    assert cast["reader"].unread == unread - 1
    assert "прочетено на" not in sign_in("reader").get("/notices").text
    assert "Радка Четяща" in offered(head, order)
    record(head, order, [who])
    with clock.at(clock.now() + timedelta(minutes=16)):
        with pytest.raises(Refused):
            briefing.take_back(requirement(order), who, by=person("head"))
        assert "Току-що записахте" not in sign_in("head").get(f"/content/{order}/briefing").text
    assert len(confirmations(order)) == 2


def test_a_partner_that_edits_follows_other_houses_as_one_and_without_names(
    cast, person, sign_in, follow
):
    @transaction
    def let_edit():
        space, partner = cast.space("extranet").id, cast.id("partner")
        db.session.add(Membership(space_id=space, user_id=partner, role=int(Role.EDITOR)))
        cast["employee"].is_contact = True
        bump()

    let_edit()
    extranet = cast.space("extranet")
    made = ordered(extranet, person("editor"), wish(spaces=[extranet.id]))
    item, text = made.content_id, made.id
    follow()
    for who in ("head", "ngo", "coordinator", "employee"):
        asked = requirement(item)
        services.confirm(asked.content, by=person(who), requirement_id=asked.id, revision_id=text)
    at = clock.now()
    briefing.record_briefing(requirement(item), [cast.id("reader")], at, by=person("head"))
    hidden = ("Началников", "Четяща", "Чист залив", "Административно", "Архив")

    def read(who):
        sheet = load_workbook(io.BytesIO(sign_in(who).get(
            f"/content/{item}/confirmations.xlsx").data)).active  # fmt: skip
        cells = [str(each.value) for row in sheet.iter_rows() for each in row if each.value]
        return sign_in(who).get(f"/content/{item}/progress").text, "|".join(cells)

    page, table = read("partner")
    for word in hidden:
        assert word not in page + table, word
    assert f"o{cast.organisation('ngo').id}" not in page
    for told in ("Други организации", "Община Белобряг", "Община Каменград"):
        assert told in page and told in table, told
    assert "инструктаж на" in table and "лице, което не виждате" in table
    # Her own colleague, one whom all know, one of the workspace that they share.
    assert all(name in table for name in ("Кирил Свързващ", "Емил Служещ", "Нора Сдружена"))
    page, table = read("editor")
    assert all(word in page + table for word in hidden)
    assert "записан от Христо Началников" in table


def test_any_number_of_forged_people_is_refused_at_the_field(person, order):
    with pytest.raises(Refused) as told:
        briefing.record_briefing(
            requirement(order), range(1, 40_000), clock.now(), by=person("head")
        )
    assert told.value.field == "people" and confirmations(order) == []

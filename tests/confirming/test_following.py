"""Who is asked follows the groups until the deadline; reminders, heads, absences; the list for
signing: the whole way of an order, with the worker."""

import io
from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from portal.access import site
from portal.accounts import absences
from portal.confirming import briefing, reminding, services
from portal.confirming.models import Obligation
from portal.content import services as content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.transaction import transaction
from portal.news import services as news
from portal.news.services import Text
from tests.support.requiring import asked_people, confirmations, ordered, requirement, wish

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 11:00 in the town hall
FRIDAY = date(2026, 11, 27)


def at(day, hour=8, minute=1):
    """A moment of that week by the town hall's clock."""
    return clock.at(clock.from_local(datetime(2026, 11, day, hour, minute)))


@pytest.fixture
def order(cast, person, follow):
    """An order of Monday for the office and the archive below it, until Friday."""
    with clock.at(MONDAY):
        office = cast.unit("office")
        transact(lambda: setattr(cast.unit("office"), "head_id", cast.id("head")))
        wished = wish(groups=[office.id], last_day=FRIDAY, order_number="РД-09-440")
        text = ordered(cast.space("extranet"), person("editor"), wished, title="Зимен ред")
        reminding.plan()  # the worker sees to it each hour
        follow()
    return text.content_id


@transaction
def transact(change):
    change()
    site.bump()


def move(cast, who, unit):
    """She goes to another unit, or comes to one."""
    transact(lambda: setattr(cast[who], "unit_id", cast.unit(unit).id if unit else None))


def ids(cast, *who):
    return {cast.id(each) for each in who}


def confirm(order, viewer):
    text = content.released_revision(requirement(order).content, "bg")
    services.confirm(
        text.content, by=viewer, requirement_id=requirement(order).id, revision_id=text.id
    )


def mails(server, subject):
    """Who was mailed so, each time; read once."""
    found = [mail["To"].split("<")[-1].partition("@")[0] for mail in server.messages
             if str(mail["Subject"]).startswith(subject)]  # fmt: skip
    return sorted(found)


def test_joiners_are_asked_and_leavers_dropped_until_the_deadline(order, cast, person, follow):
    asked = ids(cast, "admin", "head", "reader", "employee")
    assert asked_people(order) == asked
    with at(24):
        confirm(order, person("reader"))
        move(cast, "manager", "archive")  # comes
        move(cast, "employee", "press")  # goes
        move(cast, "reader", "press")  # goes, and has confirmed
        follow()
        assert asked_people(order) == ids(cast, "admin", "head", "manager")
        assert [each.user_id for each in confirmations(order)] == [cast.id("reader")]
        move(cast, "employee", "archive")  # comes back
        follow()
        assert cast.id("employee") in asked_people(order)
    with at(28, 12):  # the deadline is over: of whom it was asked is settled
        follow()
        move(cast, "manager", "press")
        move(cast, "contributor", "archive")
        follow()
        assert asked_people(order) == ids(cast, "admin", "head", "manager", "employee")


def test_a_standing_requirement_gives_whoever_joins_her_own_days(cast, person, follow, sign_in):
    with clock.at(MONDAY):
        wished = wish(groups=[cast.unit("office").id], last_day=FRIDAY, standing_days=10)
        text = ordered(cast.space("extranet"), person("editor"), wished)
        order = text.content_id
        follow()
    with at(30, 12):
        move(cast, "contributor", "archive")
        follow()
        held = db.session.get_one(Obligation, (requirement(order).id, cast.id("contributor")))
        assert clock.local(held.deadline).date() == date(2026, 12, 10)
        first = db.session.get_one(Obligation, (requirement(order).id, cast.id("reader")))
        assert clock.local(first.deadline).date() == FRIDAY
        assert "10 декември" in sign_in("contributor").get("/").text  # she finds it on her home
        move(cast, "contributor", "press")
        follow()
        assert cast.id("contributor") not in asked_people(order)


def test_reminders_before_and_at_the_deadline_then_the_head(
    order, cast, person, follow, mail_server
):
    with at(24):
        confirm(order, person("reader"))
        absences.add(cast["admin"], date(2026, 11, 26), date(2026, 11, 30), by=person("admin"))
    reminder, late = "Напомняне", "Непотвърдено в срок"
    expected = {
        25: ([], []),
        26: (["employee", "head"], []),  # the working day before; admin is away
        27: (["employee", "head"], []),  # the day itself
        28: ([], []),  # Saturday
        30: ([], ["editor", "head"]),  # employee's head; whoever asked, for the head herself
    }
    for day, (reminded, told) in expected.items():
        mail_server.messages.clear()
        with at(day):
            follow()
            assert mails(mail_server, reminder) == reminded, day
            assert mails(mail_server, late) == told, day
            if day == 30:
                words = [mail.get_body(("plain",)).get_content() for mail in mail_server.messages]
                of_head = next(text for text in words if "Емил Служещ" in text)
                assert "Ана Админова" not in of_head  # away: not late to anybody yet
    for day, (reminded, told) in {1: (["admin"], []), 2: ([], ["head"])}.items():
        mail_server.messages.clear()  # back on Tuesday, told of on Wednesday
        with clock.at(clock.from_local(datetime(2026, 12, day, 8, 1))):
            follow()
            assert (mails(mail_server, reminder), mails(mail_server, late)) == (reminded, told), day


def test_a_head_reminds_her_people_by_hand_once_a_day(
    order, cast, sign_in, person, follow, mail_server
):
    with at(24, 12):
        absences.add(cast["admin"], date(2026, 11, 24), date(2026, 11, 25), by=person("admin"))
        head = sign_in("head")
        page = head.post(f"/content/{order}/remind", data={"unit": ""}, follow_redirects=True).text
        assert "Ана Админова" in page  # left in peace, and said so
        head.post(f"/content/{order}/remind", data={"unit": ""})
        follow()
        assert mails(mail_server, "Напомняне") == ["employee", "head", "reader"]
        assert sign_in("reader").post(f"/content/{order}/remind").status_code == 404


def test_asking_again_keeps_what_was_confirmed_for_the_earlier_text(
    order, cast, person, follow, sign_in
):
    with at(24):
        confirm(order, person("reader"))
        item = requirement(order).content
        newer = content.draft_of(item, "bg", by=person("editor"))
        again = wish(groups=[cast.unit("office").id], last_day=FRIDAY, order_number="РД-09-441")
        text = Text("Зимен ред", body="<p>Нареждам друго.</p>", wish=again)
        news.save(newer, newer.saves, text, by=person("editor"), then="release")
        follow()
        confirm(order, person("reader"))
        kept = confirmations(order)
        assert [(each.number, each.name) for each in kept] == [
            (1, "Радка Четяща"), (2, "Радка Четяща"),
        ]  # fmt: skip
        first = sign_in("editor").get(f"/content/{order}/confirmations.xlsx?round=1")
        assert "Радка Четяща" in cells(first)


def cells(answer):
    """All words of a table."""
    sheet = load_workbook(io.BytesIO(answer.data)).active
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_the_list_for_signing_leaves_as_pdf_and_xlsx(order, cast, person, sign_in, follow):
    transact(lambda: setattr(cast["reader"], "position", "=HYPERLINK(1)"))
    with at(25, 9, 5):
        confirm(order, person("reader"))
        when = clock.now()
        briefing.record_briefing(requirement(order), [cast.id("employee")], when, by=person("head"))
        browser = sign_in("editor")
        paper = browser.get(f"/content/{order}/confirmations.pdf")
        table = browser.get(f"/content/{order}/confirmations.xlsx")
        own = sign_in("head").get(f"/content/{order}/confirmations.xlsx")
    assert paper.data.startswith(b"%PDF")
    assert "zapoznati-zimen-red" in paper.headers["Content-Disposition"]
    pages = pypdfium2.PdfDocument(paper.data)
    printed = " ".join(pages[0].get_textpage().get_text_range().split())
    for words in (
        "Зимен ред", "РД-09-440", "Радка Четяща", "25.11.2026, 09:05", "Подпис", "Емил Служещ",
        "инструктаж", "не е деловодна система",
    ):  # fmt: skip
        assert words in printed, words
        assert any(words.partition(",")[0] in cell for cell in cells(table)) or ", " in words, words
    assert "Подпис" in cells(table)
    sheet = load_workbook(io.BytesIO(table.data)).active
    injected = next(
        cell for row in sheet.iter_rows() for cell in row if cell.value == "=HYPERLINK(1)"
    )
    assert injected.data_type == "s"  # words, never a formula
    assert "Радка Четяща" in cells(own)
    assert sign_in("reader").get(f"/content/{order}/confirmations.pdf").status_code == 404


def test_a_briefing_is_recorded_for_named_people_and_marked_as_such(
    order, cast, person, sign_in, follow
):
    with at(25, 15):
        head = sign_in("head")
        page = head.get(f"/content/{order}/briefing").text
        people = page.split('id="people"')[1].split("</fieldset>")[0]
        assert "Емил Служещ" in people and "Началников" not in people  # nobody for herself
        sent = {
            "people": [cast.id("employee"), cast.id("reader")],
            "read_out_at": "2026-11-25T07:30",
        }
        head.post(f"/content/{order}/briefing", data=sent)
        made = {each.user_id: each for each in confirmations(order)}
        assert made.keys() == ids(cast, "employee", "reader")
        one = made[cast.id("employee")]
        assert (one.channel, one.recorded_by_id) == ("briefing", cast.id("head"))
        assert clock.local(one.read_out_at).hour == 7
        assert (
            "Прочетено на инструктаж"
            in sign_in("employee").get(f"/news/{order}", follow_redirects=True).text
        )
    with at(25, 16):
        asked = requirement(order)
        later = clock.now() + timedelta(hours=1)
        for people, moment, by, field in (
            ([], clock.now(), "head", "people"),
            ([cast.id("admin")], later, "head", "read_out_at"),
            ([cast.id("admin")], MONDAY - timedelta(days=9), "head", "read_out_at"),
            ([cast.id("contributor")], clock.now(), "head", "people"),  # not hers, not asked
        ):
            with pytest.raises(Refused) as refusal:
                briefing.record_briefing(asked, people, moment, by=person(by))
            assert refusal.value.field == field
        assert len(confirmations(order)) == 2
    assert sign_in("reader").get(f"/content/{order}/briefing").status_code == 404


def test_what_a_confirmation_stores_is_who_she_was_then(order, cast, person, follow):
    transact(lambda: setattr(cast["employee"], "position", "архивар"))
    with at(25):
        confirm(order, person("employee"))
    move(cast, "employee", "press")
    transact(lambda: setattr(cast["employee"], "family", "Другояче"))
    one = confirmations(order)[0]
    kept = (one.name, one.position, one.unit_name, one.number, one.language, one.channel)
    assert kept == ("Емил Служещ", "архивар", "Архив", 1, "bg", "portal")
    assert db.session.scalar(select(Obligation.left_at).where(
        Obligation.user_id == one.user_id
    )) is None  # fmt: skip


def test_lists_that_are_asked_for_again_and_again_wait(order, sign_in):
    """Each of many people takes seconds, which everybody else would wait for."""
    browser = sign_in("editor")
    browser.checks = False
    path = f"/content/{order}/confirmations.xlsx"
    assert [browser.get(path).status_code for _n in range(5)] == [200] * 4 + [429]
    assert sign_in("head").get(path).status_code == 200
    assert sign_in("reader").get(path).status_code == 404

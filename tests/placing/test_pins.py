"""What is pinned stands in its editors' order: the first one leads the home page."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.audit.models import JournalLine
from portal.content import keeping
from portal.content.models import Content, Placement
from portal.kernel import clock
from portal.kernel.database import db
from tests.support.counting import query_budget
from tests.support.writing import published

TITLES = ("Първа", "Втора", "Трета", "Четвърта")


@pytest.fixture
def pins(cast, person):
    """Four news of the intranet, pinned so that «Първа» stands first; numbers by title."""
    by, made = person("editor"), {}
    for number, title in enumerate(reversed(TITLES)):
        with clock.at(clock.now() - timedelta(days=9 - number)):
            item = published(cast.space("intranet"), person("contributor"), by, title=title).content
            keeping.pin(item, cast.space("intranet"), True, by=by)
        made[title] = item.id
    return made


def move(browser, ident, step, slug="intranet"):
    return browser.post(f"/content/pins/{slug}", data={"content": ident, "step": step})


def shown(browser, url):
    return re.findall(rf">({'|'.join(TITLES)}|Нов автобус)</a>", browser.get(url).text)


def test_a_new_pin_stands_first_and_the_editor_orders_them(pins, sign_in):
    editor = sign_in("editor")
    assert shown(editor, "/content/pins/intranet") == list(TITLES)
    assert move(editor, pins["Трета"], -1).status_code == 303
    assert shown(editor, "/content/pins/intranet") == ["Първа", "Трета", "Втора", "Четвърта"]
    move(editor, pins["Първа"], 1)
    assert shown(editor, "/content/pins/intranet") == ["Трета", "Първа", "Втора", "Четвърта"]
    reader = sign_in("reader")
    for url in ("/news?space=intranet", "/news"):
        assert shown(reader, url)[:3] == ["Трета", "Първа", "Втора"]
    assert shown(reader, "/")[:3] == ["Трета", "Първа", "Втора"]


def test_the_ends_of_the_list_hold(pins, sign_in):
    editor = sign_in("editor")
    move(editor, pins["Първа"], -1)
    move(editor, pins["Четвърта"], 1)
    assert shown(editor, "/content/pins/intranet") == list(TITLES)


def lead_of(page):
    found = re.search(r'<article class="lead.*?</article>', page, re.DOTALL)
    return found[0] if found else ""


def test_the_first_pin_leads_the_home_page_with_a_picture_or_without(pins, cast, person, sign_in):
    by = person("editor")
    published(cast.space("intranet"), person("contributor"), by)  # newer than every pin
    reader = sign_in("reader")
    lead = lead_of(reader.get("/").text)
    assert "Първа" in lead and "lead--plain" in lead and "<img" not in lead
    assert shown(reader, "/") == ["Първа", "Втора", "Трета", "Нов автобус", "Четвърта"]


def test_nothing_leads_when_nothing_is_pinned_and_the_newest_has_no_picture(cast, person, sign_in):
    published(cast.space("intranet"), person("contributor"), person("editor"))
    assert lead_of(sign_in("reader").get("/").text) == ""


def test_a_pin_whose_item_ended_falls_away_by_the_clock(pins, person, sign_in):
    reader = sign_in("reader")
    end = clock.now() + timedelta(hours=1)
    keeping.expire(db.session.get(Content, pins["Първа"]), end, by=person("editor"))
    assert "Първа" in lead_of(reader.get("/").text)
    with clock.at(end):
        assert "Втора" in lead_of(reader.get("/").text)
        editor = sign_in("editor")
        assert shown(editor, "/content/pins/intranet") == ["Втора", "Трета", "Четвърта"]
        move(editor, pins["Трета"], -1)  # one step past what is seen, not past what is over
        assert shown(editor, "/content/pins/intranet") == ["Трета", "Втора", "Четвърта"]
        keeping.archive(db.session.get(Content, pins["Втора"]), by=person("editor"))
        move(editor, pins["Четвърта"], -1)
        assert shown(editor, "/content/pins/intranet") == ["Четвърта", "Трета"]


def test_pins_of_the_intranet_stand_before_those_of_other_spaces(pins, cast, person, sign_in):
    by = person("editor")
    item = published(cast.space("workspace"), by, by).content
    keeping.pin(item, cast.space("workspace"), True, by=by)
    assert "Първа" in lead_of(sign_in("contributor").get("/").text)
    keeping.pin(item, cast.space("workspace"), False, by=by)
    for title in TITLES:
        keeping.pin(db.session.get(Content, pins[title]), cast.space("intranet"), False, by=by)
    keeping.pin(item, cast.space("workspace"), True, by=by)
    assert "Нов автобус" in lead_of(sign_in("contributor").get("/").text)
    assert lead_of(sign_in("reader").get("/").text) == ""  # she is not in that space


@pytest.mark.parametrize(
    ("who", "status"), [("reader", 403), ("contributor", 403), ("partner", 404), ("stranger", 404)]
)
def test_only_editors_of_the_space_order_its_pins(who, status, pins, sign_in):
    browser = sign_in(who)
    assert browser.get("/content/pins/intranet").status_code == status
    assert move(browser, pins["Трета"], -1).status_code == status
    assert browser.get("/content/pins/none-such").status_code == 404
    ranks = select(Placement.content_id).where(Placement.pinned_at.is_not(None))
    assert db.session.scalars(ranks.order_by(Placement.pin_rank)).all() == list(pins.values())[::-1]


def test_what_is_not_pinned_there_is_told_and_moves_nothing(pins, cast, person, sign_in):
    item = published(cast.space("intranet"), person("contributor"), person("editor")).content
    editor = sign_in("editor")
    assert move(editor, item.id, -1).status_code == 303
    assert "вече не е закачена" in editor.get("/content/pins/intranet").text.lower()
    for bad in ("x", "", 987_654):
        assert move(editor, bad, -1).status_code == 404
    assert shown(editor, "/content/pins/intranet") == list(TITLES)


def test_pinning_again_changes_no_order_and_is_journalled_once(pins, cast, person):
    by, space = person("editor"), cast.space("intranet")
    keeping.pin(db.session.get(Content, pins["Четвърта"]), space, True, by=by)
    lines = db.session.scalars(select(JournalLine).where(JournalLine.action == "content.pin"))
    assert len(lines.all()) == 4
    place = keeping.move_pin(db.session.get(Content, pins["Четвърта"]), space, -1, by=by)
    assert place == 3


def test_unpinning_on_the_page_of_the_order_stays_there(pins, cast, sign_in):
    editor = sign_in("editor")
    answer = editor.post(
        f"/content/{pins['Втора']}/pin",
        data={"space": cast.space("intranet").id, "pinned": "0", "back": "pins"},
    )
    assert answer.location == "/content/pins/intranet"
    assert shown(editor, "/content/pins/intranet") == ["Първа", "Трета", "Четвърта"]


def test_the_home_page_keeps_its_budget_with_pins(app, pins, sign_in):
    browser = sign_in("editor")
    browser.get("/")
    with query_budget(app, 10):  # one more than without pins, see tests/test_budgets.py
        browser.get("/")

"""Who has confirmed: the numbers, the names, who may look, and what it costs."""

import re
from datetime import UTC, date, datetime

import pytest

from portal.access import site
from portal.confirming import progress
from portal.confirming.models import Obligation
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from tests.confirming.followed import Followed, crowd, in_days
from tests.support.counting import query_budget

NOON = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
WHOM = ("reader", "employee", "head", "contributor", "manager")


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


@pytest.fixture
def followed(cast, person):
    """Asked of three in the office and below it and of two in the press; one of each is done."""
    made = Followed(cast, person, in_days(3), WHOM)
    made.confirm("reader")
    made.confirm("manager")
    return made


def plain(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def numbers(followed, person, who):
    viewer = person(who)
    asked = progress.asked(viewer, followed.content_id)
    total, tallies = progress.tallies(progress.people(asked, viewer), asked.tree, "без звено")
    return total.counts, {tally.name: (tally.counts["confirmed"], tally.asked) for tally in tallies}


def test_an_editor_sees_every_unit_in_numbers(followed, person):
    counts, units = numbers(followed, person, "editor")
    assert counts == {"confirmed": 2, "waiting": 3, "overdue": 0, "away": 0}
    assert units == {
        "Административно обслужване": (1, 3),  # with the archive below it
        "Архив": (0, 1),
        "Връзки с обществеността": (1, 2),
    }


def test_a_head_sees_her_units_with_all_below_and_nobody_else(followed, person, sign_in):
    counts, units = numbers(followed, person, "head")
    assert sum(counts.values()) == 3
    assert set(units) == {"Административно обслужване", "Архив"}
    page = plain(sign_in("head").get(followed.path))
    assert "Емил Служещ" in page
    assert "Коста Пишещ" not in page
    assert "Връзки с обществеността" not in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("editor", 200), ("colleague", 200), ("head", 200), ("reader", 404), ("employee", 404),
     ("contributor", 404), ("admin", 404), ("partner", 404), ("stranger", 404)],
)  # fmt: skip
def test_nobody_else_learns_that_there_is_such_a_page(who, status, followed, sign_in):
    browser = sign_in(who)
    browser.checks = status == 200
    assert browser.get(followed.path).status_code == status
    base = f"/content/{followed.content_id}"
    for form in ("pdf", "xlsx"):
        assert browser.get(f"{base}/confirmations.{form}").status_code == status
    browser.checks = False
    answer = browser.post(f"{base}/remind").status_code
    assert answer == (302 if status == 200 else 404)


def test_a_visitor_signs_in_first(followed, client):
    assert client.get(followed.path).status_code == 302


def test_a_head_whose_people_are_not_asked_finds_no_such_page(followed, cast, sign_in):
    @transaction
    def heads_the_press_and_it_is_asked_no_more():
        cast.unit("press").head_id = cast.id("colleague")
        cast.unit("office").head_id = cast.id("reader")
        site.bump()

    heads_the_press_and_it_is_asked_no_more()
    browser = sign_in("head")  # heads nothing now
    browser.checks = False
    assert browser.get(followed.path).status_code == 404
    assert sign_in("reader").get(followed.path).status_code == 200


def test_a_deputy_sees_what_the_head_sees(followed, cast, sign_in):
    @transaction
    def deputises():
        cast.unit("archive").deputy_id = cast.id("reader")
        site.bump()

    deputises()
    page = plain(sign_in("reader").get(followed.path))
    assert "Емил Служещ" in page
    assert "Христо Началников" not in page  # he is above the archive


def test_whoever_asked_follows_it_without_editing_the_item(followed, cast, sign_in):
    @transaction
    def asked_by_the_reader():
        followed.requirement.by_id = cast.id("reader")

    asked_by_the_reader()
    assert "Коста Пишещ" in plain(sign_in("reader").get(followed.path))


def test_away_comes_before_overdue_and_the_day_is_for_heads_alone(followed, person, sign_in):
    followed.away("employee", TODAY, date(2026, 12, 4))
    with clock.at(datetime(2026, 11, 28, 10, 0, tzinfo=UTC)):
        counts, _units = numbers(followed, person, "editor")
        assert counts == {"confirmed": 2, "waiting": 0, "overdue": 2, "away": 1}
        head, editor = sign_in("head").get(followed.path), sign_in("editor").get(followed.path)
    assert "отсъства до 4 декември" in plain(head)
    assert "4 декември" not in plain(editor)
    assert "отсъства" in plain(editor)


def test_leavers_are_counted_only_if_they_confirmed(followed, cast, person):
    @transaction
    def leave():
        for who in ("employee", "manager"):
            held = db.session.get_one(Obligation, (followed.id, cast.id(who)))
            held.left_at = clock.now()
        cast["contributor"].retired_at = clock.now()

    leave()
    counts, units = numbers(followed, person, "editor")
    assert counts == {"confirmed": 2, "waiting": 1, "overdue": 0, "away": 0}
    assert "Архив" not in units


def test_whoever_confirmed_counts_where_she_was_then(followed, cast, person):
    @transaction
    def moves():
        cast["reader"].unit_id = cast.unit("press").id
        site.bump()

    moves()
    _counts, units = numbers(followed, person, "editor")
    assert units["Административно обслужване"] == (1, 3)


def test_a_unit_and_a_name_are_chosen_in_the_list(followed, cast, sign_in):
    browser = sign_in("editor")
    page = browser.get(followed.path, query_string={"unit": f"u{cast.unit('archive').id}"})
    assert "Емил Служещ" in page.text
    assert "Коста Пишещ" not in page.text
    page = browser.get(followed.path, query_string={"q": "пишещ"}).text
    assert "Емил Служещ" not in page
    assert "Коста Пишещ" in page
    for odd in ({"q": "%_\0'"}, {"unit": "u999999"}, {"unit": "<"}, {"page": "-3"}, {"page": "x"}):
        assert browser.get(followed.path, query_string=odd).status_code == 200


def test_an_earlier_round_stays_to_be_seen(followed, sign_in):
    followed.again(in_days(9), ["reader", "employee"])
    browser = sign_in("editor")
    newest = plain(browser.get(followed.path))
    assert "0 от 2" in newest
    assert "Кръг 1" in newest
    first = plain(browser.get(followed.path, query_string={"round": 1}))
    assert "2 от 5" in first
    assert "Напомнете" not in first  # it is asked no more
    browser.checks = False
    assert browser.get(followed.path, query_string={"round": 3}).status_code == 404


def test_a_draft_that_will_ask_has_no_progress_yet(followed, sign_in):
    @transaction
    def not_asked():
        followed.requirement.asked_at = None

    not_asked()
    browser = sign_in("editor")
    browser.checks = False
    assert browser.get(followed.path).status_code == 404


def test_people_of_partners_are_counted_by_their_organisation(cast, person, sign_in):
    made = Followed(cast, person, in_days(3), ["partner", "ngo", "reader"])
    counts, units = numbers(made, person, "editor")
    assert counts["waiting"] == 3
    assert units["Община Каменград"] == (0, 1)
    page = plain(sign_in("editor").get(made.path))
    assert "Петър Партньоров" in page  # she shares a workspace with him
    assert "somebody" not in page


def test_a_name_that_the_editor_may_not_know_is_not_told(cast, person, sign_in):
    made = Followed(cast, person, in_days(3), ["stranger"])
    page = plain(sign_in("editor").get(made.path))
    assert "Училище „Изгрев“" in page
    assert "Страхил" not in page


def test_the_link_from_the_item_leads_here_in_one_click(followed, sign_in):
    browser = sign_in("editor")
    item = browser.get(f"/news/{followed.content.address}")
    assert f'href="{followed.path}"' in item.text
    assert "Напомнете им" in browser.get(followed.path).text


@pytest.mark.database("sqlite")  # the number of statements is the same on both
def test_two_thousand_people_cost_no_more_than_six_statements(app, followed, sign_in):
    crowd(followed, 2000, confirmed=700)
    for who in ("editor", "head"):
        browser = sign_in(who)
        browser.get(followed.path)
        with query_budget(app, 4):
            page = browser.get(followed.path)
        assert page.status_code == 200
    shown = plain(sign_in("editor").get(followed.path))
    assert "702 от 2005" in shown
    assert "Отдел 39" in shown
    last = plain(sign_in("editor").get(followed.path, query_string={"page": 14}))
    assert "Людов" in last


def test_a_heads_overview_shows_what_is_open_for_her_people(app, followed, cast, person, sign_in):
    other = Followed(cast, person, in_days(1), ["contributor"], title="Само за пресата")
    head, editor = sign_in("head"), sign_in("editor")
    page = plain(head.get("/confirmations"))
    assert "1 от 3" in page
    assert "Само за пресата" not in page
    assert "Само за пресата" in plain(editor.get("/confirmations"))  # she asked it
    with query_budget(app, 3):
        head.get("/confirmations")
    other.again(in_days(2), ["employee"])
    assert "Само за пресата" in plain(head.get("/confirmations"))
    browser = sign_in("partner")
    browser.checks = False
    assert browser.get("/confirmations").status_code in (200, 404)
    assert "Нов автобус" not in plain(browser.get("/confirmations"))
    db.session.rollback()

"""Journeys counted, by mouse and by keyboard alone: a partner's first practice, its return with a
remark and her answer, an earlier text and something from the trash. The others of UX.md are counted
in test_must_read.py, the way in by mail in tests/signin/test_second_factor_in_browser.py."""

import pytest
from playwright.sync_api import expect

from portal.content import keeping
from portal.content import services as content
from portal.news import services as news
from portal.news.services import Text
from tests.practices.filling import latest
from tests.support.hands import Hand
from tests.support.practising import full_record, own_space, submitted, topic
from tests.support.writing import published

# What a browser shows does not depend on the database.
pytestmark = pytest.mark.database("sqlite")
REMARK = "Кажете за кои месеци е това число."
BY_HAND = pytest.mark.parametrize("keys", [False, True], ids=["mouse", "keyboard"])


@pytest.fixture
def house(cast):
    return own_space(cast)


def button(page, name):
    return page.locator("main").get_by_role("button", name=name)


def step(page, name):
    return page.locator(".walk__list").get_by_role("link", name=name)


def link(page, name):
    return page.locator("main").get_by_role("link", name=name)


@BY_HAND
def test_a_partners_first_practice_is_six_screens_from_home_to_sent(
    keys, page, enter, live_server, house
):
    """What is needed is typed once, and by the list of steps nothing else need be opened."""
    number = topic()
    typed = full_record(topics=[str(number)])
    enter(page, "partner")
    page.goto(live_server.url)
    hand = Hand(page, keys)
    hand.click(link(page, "Започване на практика"), opens=True)
    hand.type(page.locator("#title"), "Автобус по заявка")
    hand.click(button(page, "Започване"), opens=True)
    about, story = typed["about"], {**typed["story"], "maturity": "promising"}
    for key in ("summary", "settlement"):
        hand.type(page.locator(f"#{key}"), about[key])
    hand.pick(page.locator("input[name=scope]"), about["scope"])
    hand.tick(page.locator(f"input[name=topics][value='{number}']"))
    hand.click(button(page, "Запис и напред"), opens=True)
    for key in ("problem", "solution", "begun"):
        hand.type(page.locator(f"#{key}"), story[key])
    for key in ("running", "maturity"):
        hand.pick(page.locator(f"input[name={key}]"), story[key])
    hand.click(step(page, "Резултати"), opens=True)  # past «how»: nothing is needed there
    for column, cell in typed["results"]["indicators"][0].items():
        hand.type(page.locator(f"#indicators-0-{column}"), cell)
    hand.click(step(page, "Преглед и изпращане"), opens=True)
    hand.click(button(page, "Изпращане за одобрение"), opens=True)
    expect(page.get_by_text("Практиката е при рецензентите")).to_be_visible()
    assert latest().state == "in_review"
    assert (hand.screens, hand.actions) == (6, 22)


@BY_HAND
def test_a_remark_is_made_at_its_field_and_answered_there(
    keys, page, enter, live_server, house, person
):
    text = submitted(house, person("partner"))
    enter(page, "editor")
    page.goto(live_server.url)
    hand = Hand(page, keys)
    hand.click(link(page, text.title), opens=True)
    at = page.locator("#field-indicators")
    hand.click(at.locator(".at summary"))
    hand.type(at.locator("textarea"), REMARK)
    hand.click(button(page, "Връщане с бележки"), opens=True)
    expect(page.get_by_text("Върната е с 1 бележка.")).to_be_visible()
    assert (hand.screens, hand.actions) == (2, 4)  # the practice's own page, and what came of it

    enter(page, "partner")
    page.goto(live_server.url)
    hand = Hand(page, keys)
    hand.click(link(page, text.title), opens=True)
    expect(page.locator("main")).to_contain_text(REMARK)
    hand.type(page.locator("#indicators-0-unit"), "на месец, от май до октомври")
    hand.click(step(page, "Преглед и изпращане"), opens=True)
    hand.click(button(page, "Изпращане за одобрение"), opens=True)
    expect(page.get_by_text("Практиката е при рецензентите")).to_be_visible()
    again = latest()
    assert (again.state, again.record["indicators"][0]["unit"]) == (
        "in_review",
        "на месец, от май до октомври",
    )
    assert (hand.screens, hand.actions) == (3, 4)


@BY_HAND
def test_an_earlier_text_and_what_was_thrown_away_are_four_steps_off(
    keys, page, enter, live_server, cast, person
):
    editor = person("editor")
    first = published(cast.space("extranet"), editor, editor, body="<p>Тръгва в 7:10.</p>")
    newer = content.draft_of(first.content, "bg", by=editor)
    changed = Text(title=newer.title, body="<p>Тръгва в 8:40.</p>")
    news.save(newer, newer.saves, changed, by=editor, then="release")
    address = f"{live_server.url}/news/{first.content_id}"
    enter(page, "editor")
    page.goto(address)
    hand = Hand(page, keys)
    hand.click(link(page, "Версии"), opens=True)
    hand.click(link(page, "Версия 1"), opens=True)
    hand.click(button(page, "Връщане към тази версия"), opens=True)
    hand.click(button(page, "Публикуване"), opens=True)
    expect(page.locator(".prose")).to_have_text("Тръгва в 7:10.")
    assert (hand.screens, hand.actions) == (4, 4)

    keeping.trash(first.content, by=editor)
    page.goto(f"{live_server.url}/news")
    hand = Hand(page, keys)
    hand.click(link(page, "Чернови"), opens=True)
    hand.click(link(page, "Кошче"), opens=True)
    hand.click(button(page, f"Връщане: {first.title}"), opens=True)
    page.goto(address)
    expect(page.locator(".prose")).to_have_text("Тръгва в 7:10.")
    assert (hand.screens, hand.actions) == (3, 3)

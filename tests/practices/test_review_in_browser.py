"""The review page and the questions in a real browser: narrow, dark, by keyboard, no scripts."""

import pytest
from playwright.sync_api import expect

from portal.content import services as content
from portal.practices import asking
from tests.support.pages import check_axe_light_and_dark
from tests.support.practising import practice, submitted
from tests.support.screens import check_fits, each_of

REMARK = "Кажете за кои месеци е това число."


@pytest.fixture
def waiting(own_space, person):
    """A practice in review that was returned once, with remarks."""
    author, editor = person("partner"), person("editor")
    text = submitted(own_space, author, lessons="")
    at = {"indicators": "Откъде е това число?", "project": "Впишете номера."}
    content.return_(text, text.saves, by=editor, remark="Почти готово.", at=at)
    content.submit(text, text.saves, by=author)
    return f"/practices/{text.content_id}/review"


@pytest.fixture
def talk(own_space, person, cast):
    """A practice with an answered question, an open one and a hidden one; asked in the extranet."""
    author, editor, ngo = person("partner"), person("editor"), person("ngo")
    item = practice(own_space, author, editor).content
    extranet = cast.space("extranet")
    first = asking.ask(item, extranet, "Колко струва? Вижте https://example.org/cena", by=ngo)
    asking.answer(first, "410 евро на месец.\nС ДДС.", by=author)
    asking.ask(item, extranet, "А" + "а" * 300, by=person("reader"))
    rude = asking.ask(item, extranet, "Неуместно", by=ngo)
    asking.hide(rude, True, by=editor)
    return item.id, item.address


@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_keep_wcag_and_fit(width, page, enter, live_server, waiting, talk):
    ident, address = talk
    page.set_viewport_size({"width": width, "height": 800})
    for who in ("editor", "partner"):
        enter(page, who)
        for path in (waiting, f"/practices/{ident}/questions", f"/practices/{address}"):
            assert page.goto(live_server.url + path).ok, path
            for box in each_of(page.locator("details")):
                box.evaluate("each => each.open = true")
            check_axe_light_and_dark(page)
            check_fits(page, f"{path} of {who}")


def test_a_remark_is_written_at_its_field_by_keyboard(page, enter, live_server, waiting):
    enter(page, "editor")
    page.goto(live_server.url + waiting)
    field = page.locator("#field-indicators")
    box = field.get_by_role("textbox", name="Бележка към „Доказателства за резултатите“")
    expect(box).to_be_hidden()
    field.locator(".at summary").press("Enter")
    box.fill(REMARK)
    page.get_by_role("button", name="Връщане с бележки").press("Enter")
    expect(page.get_by_text("Върната е с 1 бележка.")).to_be_visible()
    enter(page, "partner")
    page.goto(live_server.url + waiting)
    expect(page.locator("#field-indicators").get_by_text(REMARK)).to_be_visible()


def test_remarks_are_written_without_scripts(chromium, sign_in, live_server, waiting):
    context = chromium.new_context(locale="bg-BG", java_script_enabled=False)
    cookie = sign_in("editor").get_cookie("portal")
    context.add_cookies([{"name": "portal", "value": cookie.value, "url": live_server.url}])
    bare = context.new_page()
    bare.goto(live_server.url + waiting)
    bare.locator("#field-core .at summary").click()
    bare.locator("#field-core textarea").fill(REMARK)
    bare.get_by_role("button", name="Одобряване и публикуване").click()
    expect(bare.get_by_text("Написали сте бележки.").first).to_be_visible()
    expect(bare.locator("#field-core textarea")).to_have_value(REMARK)  # open, and kept
    bare.get_by_role("button", name="Връщане с бележки").click()
    expect(bare.get_by_text("Върната е с 1 бележка.")).to_be_visible()
    context.close()


def test_a_question_is_asked_and_answered_on_the_practices_page(page, enter, live_server, talk):
    url = f"{live_server.url}/practices/{talk[1]}"
    enter(page, "ngo")
    page.goto(url)
    page.get_by_role("textbox", name="Вашият въпрос").fill("Кой плаща горивото?")
    page.get_by_role("button", name="Задаване на въпроса").click()
    asked = page.locator(".talk__one", has_text="Кой плаща горивото?")
    expect(asked).to_contain_text("Чака отговор от")
    enter(page, "partner")
    page.goto(url)
    asked.locator(".talk__reply summary").press("Enter")
    asked.get_by_role("textbox", name="Вашият отговор").fill("Общината.")
    asked.get_by_role("button", name="Изпращане на отговора").press("Enter")
    expect(asked).to_contain_text("Общината.")
    expect(asked).not_to_contain_text("Чака отговор")

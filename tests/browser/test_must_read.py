"""Orders that are proven read: the journeys of UX.md within their counts, in both themes, on a
phone, by keyboard, with axe."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_journeys import NARROW, fits
from tests.support.hands import Hand
from tests.support.papers import paper
from tests.support.screens import moved

WIDE = {"width": 1280, "height": 900}


def on_a_phone_in_the_dark(page):
    page.set_viewport_size(NARROW)
    page.emulate_media(color_scheme="dark")


def looks(page, name=None, picture=None, bar=True):
    """The page on a desk and on a phone, light and dark, under the bar that every page has."""
    expect(page.locator("header.bar")).to_have_count(1 if bar else 0)
    fits(page)
    if picture:
        page.evaluate("scrollTo(0, 0)")
        picture(page, name)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(NARROW)
    fits(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)


def waiting(page, title):
    return page.locator(".entry").filter(has_text=title).locator(".entry__act .btn")


def test_an_employee_sees_what_she_must_read_and_confirms_it_in_two_clicks(
    page, come_in, town, picture
):
    page.set_viewport_size(WIDE)
    come_in(page, "employee")
    expect(page.locator("main .sec h2").first).to_have_text("За запознаване")
    looks(page, "must-read-home", picture)
    hand = Hand(page)
    hand.click(waiting(page, "противопожарния ред"), opens=True)
    box = page.locator("#must-read")
    looks(page, "must-read", picture)
    hand.click(box.get_by_role("button", name="Запознат съм"), opens=True)
    assert hand.actions == 2
    expect(box).to_contain_text("Потвърдихте")
    expect(box).to_contain_text("версия 1")
    fits(page)

    # The other one by keyboard alone, on a phone in the dark.
    on_a_phone_in_the_dark(page)
    page.goto(f"{town.url}/")
    hand = Hand(page, keys=True)
    hand.click(waiting(page, "преместване на гишетата"), opens=True)
    hand.click(page.locator("#must-read").get_by_role("button", name="Запознат съм"), opens=True)
    assert hand.actions == 2
    page.goto(f"{town.url}/")
    expect(page.locator("main")).to_contain_text("отмяна до")
    expect(page.get_by_text("Прочетете и потвърдете")).to_have_count(0)
    fits(page)


@pytest.mark.parametrize(("who", "keys"), [("avramova", False), ("head", False), ("editor", True)])
def test_who_has_not_confirmed_is_seen_by_unit_and_reminded_in_two_clicks(
    who, keys, page, come_in, town, picture
):
    page.set_viewport_size(WIDE)
    come_in(page, who)
    page.goto(f"{town.url}/search?q=противопожарния+ред+в+сградите")
    with moved(page):
        page.locator(".hit a").filter(has_text="противопожарния").first.click()
    if keys:
        on_a_phone_in_the_dark(page)
    hand = Hand(page, keys)
    hand.click(page.locator("#must-read a").filter(has_text="Кой е потвърдил"), opens=True)
    units = page.locator("section[aria-labelledby=units] .entry__title")
    expect(units.filter(has_text="Чистота").first).to_be_visible()
    expect(page.locator("#missing")).to_be_visible()
    expect(units.filter(has_text="Финанси")).to_have_count(0 if who == "head" else 1)
    if keys:
        fits(page)
    else:
        looks(page, f"who-has-not-{who}", picture)
    hand.click(page.get_by_role("button", name="Напомнете им"), opens=True)
    assert hand.actions == 2
    expect(page.get_by_role("status").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("напомнено днес")
    fits(page)
    if who == "head":
        page.goto(f"{town.url}/confirmations")
        looks(page, "asked-of-my-people", picture)


@pytest.mark.parametrize(("keys", "number"), [(False, "РД-09-440"), (True, "РД-09-441")])
def test_a_signed_order_is_published_and_asked_of_two_departments_on_one_page(
    keys, number, page, come_in, town, work, picture, tmp_path
):
    order = tmp_path / f"Заповед {number}.pdf"
    order.write_bytes(paper("pdf", seed=3, pages=1).data)
    page.set_viewport_size(WIDE)
    if keys:
        on_a_phone_in_the_dark(page)
    come_in(page, "editor")
    page.goto(f"{town.url}/documents/in/intranet/new")
    hand = Hand(page, keys)
    hand.file(page.locator("input[type=file][name=file]"), str(order))
    units = page.locator("#must_read_groups")
    hand.tick(units.get_by_label("Отдел „Местни данъци и такси“"))
    hand.tick(units.get_by_label("Отдел „Счетоводство“"))
    hand.click(page.locator("[data-days]").get_by_role("button", name="петък", exact=True))
    hand.type(page.locator("#order_number"), number)
    if keys:
        fits(page)
    else:
        page.set_viewport_size({"width": 1280, "height": 1500})
        looks(page, "order-new", picture)
    hand.click(page.get_by_role("button", name="Публикуване"), opens=True)
    assert hand.actions == 6
    expect(page.locator("main")).to_contain_text("Документът е публикуван.")
    expect(page.locator("h1")).to_have_text(f"Заповед {number}")
    work()
    with moved(page):
        page.locator("#must-read a").filter(has_text="Кой е потвърдил").click()
    asked = page.locator(".tally-sum")
    expect(asked).to_contain_text("0 от ")
    fits(page)

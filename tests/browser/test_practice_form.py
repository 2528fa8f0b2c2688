"""A partner's first good practice in a real browser, from nothing to sent."""

import re

import pytest
from playwright.sync_api import expect

from portal.practices import record as records
from tests.practices.filling import latest, path, png, sealed
from tests.support.pages import check_axe, check_axe_light_and_dark
from tests.support.patience import eventually
from tests.support.practising import begun, filled, full_record, own_space, submitted, topic
from tests.support.screens import check_fits, is_there, measured, moved, text_of

SAVED = re.compile(r"Записано в \d+:\d\d")
HIGHEST = """Math.max(0, ...[...document.querySelectorAll(".walk__end .btn")]
    .map(each => each.offsetHeight))"""  # of the buttons at a step's end
SIZES = {"wide": (1280, 900), "narrow": (360, 740)}


@pytest.fixture
def space(cast):
    return own_space(cast)


def saved(page):
    """Wait until the form has saved itself."""
    expect(page.locator("[data-autosave-status]")).to_have_text(SAVED)


def fill(page, values):
    """Type a step as a person does."""
    for key, value in values.items():
        if isinstance(value, str):
            control = page.locator(f"[name='{key}']:visible").first
            match control.evaluate("(each) => each.type"):
                case "radio" | "checkbox":
                    page.locator(f"[name='{key}'][value='{value}']").check()
                case "select-one":
                    control.select_option(value)
                case _:
                    control.fill(value)
        elif value and isinstance(value[0], dict):
            fill_rows(page, key, value)
        else:
            for each in value:
                page.locator(f"[name='{key}'][value='{each}']").check()


def fill_rows(page, key, rows):
    for number, row in enumerate(rows):
        if not is_there(page.locator(f"#{key}-{number}")):
            page.locator(f"#{key} [data-row-add]").click()
        fill(page, {f"{key}-{number}-{column}": cell for column, cell in row.items()})


def test_a_partner_writes_from_nothing_to_sent_and_closes_the_browser_in_the_middle(
    page, enter, live_server, space, chromium
):
    number = str(topic())
    enter(page, "partner")
    page.goto(f"{live_server.url}/practices/mine")
    page.get_by_role("link", name="Споделете практика").first.click()
    expect(page.locator("#title")).to_be_visible()
    check_axe(page)
    page.fill("#title", "Автобус по заявка")
    page.get_by_role("button", name="Започване").click()
    page.wait_for_url("**/edit/about**")
    steps = full_record(topics=[number])
    fill(page, steps["about"])
    saved(page)  # nobody pressed anything
    page.context.close()

    context = chromium.new_context(locale="bg-BG", viewport={"width": 1280, "height": 900})
    again = context.new_page()
    enter(again, "partner")
    again.goto(f"{live_server.url}/practices/mine")
    again.get_by_role("link", name="Продължаване").click()
    again.wait_for_url("**/edit/story**")  # what is whole is not asked again
    for key in ("story", "how", "results", "transfer"):
        again.wait_for_url(f"**/edit/{key}**")
        fill(again, steps[key])
        again.get_by_role("button", name="Запис и напред").click()
    again.wait_for_url("**/edit/files**")
    again.set_input_files(
        "#pictures-upload",
        {"name": "автобус.png", "mimeType": "image/png", "buffer": png().getvalue()},
    )
    again.wait_for_selector("#pictures-0-alt")
    fill(again, {"pictures-0-alt": "Автобус", "pictures-0-author": "Аз"})
    again.check("#pictures-0-consent")
    again.get_by_role("button", name="Запис и напред").click()
    again.wait_for_url("**/edit/check**")
    expect(again.locator(".meter__sum")).to_contain_text("100 %")
    check_axe(again)
    again.fill("#note", "Готова е.")
    again.get_by_role("button", name="Изпращане за одобрение").click()
    expect(again.get_by_text("Практиката е при рецензентите")).to_be_visible()
    check_axe(again)
    context.close()
    text = latest()
    assert text.state == "in_review"
    assert text.record["steps"][1]["who"] == "Обществени поръчки"
    assert text.record["pictures"][0]["consent"] is True


@pytest.mark.parametrize("size", SIZES)
def test_every_step_fits_and_has_no_axe_violation(size, page, enter, live_server, space, person):
    text = filled(space, person("partner"), indicators=[], lessons="")
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    enter(page, "partner")
    for key in [*(step.key for step in records.STEPS), "check"]:
        page.goto(f"{live_server.url}/practices/{text.content_id}/edit/{key}?lacking=1")
        check_fits(page, key)
        check_axe_light_and_dark(page)
        assert measured(page, HIGHEST) < 50, key  # one line, also on a phone


@pytest.mark.parametrize("size", SIZES)
def test_the_other_pages_fit_and_have_no_axe_violation(
    size, page, enter, live_server, space, person
):
    begun(space, person("partner"))
    submitted(space, person("partner"))
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    enter(page, "partner")
    for place in ("new", "mine", f"{latest().content_id}/edit"):
        page.goto(f"{live_server.url}/practices/{place}")
        check_fits(page, place)
        check_axe(page)


def test_what_cannot_be_kept_is_said_at_its_control_while_one_types_on(
    page, enter, live_server, space, person
):
    text = begun(space, person("partner"))
    enter(page, "partner")
    page.goto(f"{live_server.url}/practices/{text.content_id}/edit/how")
    before = text_of(page.locator(".meter__sum"))
    page.fill("#costs-0-amount", "сто")
    page.fill("#costs-0-year", "2024")
    page.fill("#skills", "диспечер")
    page.keyboard.press("Tab")
    expect(page.locator("#costs-0-amount-told")).to_contain_text("число")
    expect(page.locator("#costs-0-amount")).to_have_value("сто")
    expect(page.locator(".meter__sum")).not_to_have_text(before)
    check_axe(page)
    page.fill("#costs-0-amount", "100")
    saved(page)
    expect(page.locator("#costs-0-amount-told")).to_be_hidden()
    assert latest().record["costs"][0]["amount"] == "100"


def test_rows_come_and_go_and_a_removed_one_can_be_brought_back(
    page, enter, live_server, space, person
):
    text = begun(space, person("partner"))
    enter(page, "partner")
    page.goto(f"{live_server.url}/practices/{text.content_id}/edit/how")
    page.fill("#steps-0-what", "Първо")
    page.locator("#steps [data-row-add]").click()
    expect(page.locator("#steps-1-what")).to_be_focused()
    page.keyboard.type("Второ")
    saved(page)
    page.locator("#steps-0 [data-row-remove]").click()
    expect(page.locator("#steps-0")).to_be_hidden()
    expect(page.locator(":focus")).to_have_text("Връщане")
    expect(page.locator("#steps-1 legend")).to_contain_text("1")
    page.keyboard.press("Enter")
    expect(page.locator("#steps-0")).to_be_visible()
    page.locator("#steps-1 [data-row-remove]").click()
    eventually(lambda: [row["what"] for row in latest().record["steps"]] == ["Първо"])


def test_without_a_connection_the_text_waits_and_is_saved_later(
    page, enter, live_server, space, person
):
    text = begun(space, person("partner"))
    enter(page, "partner")
    page.goto(f"{live_server.url}/practices/{text.content_id}/edit/about")
    page.context.set_offline(True)
    page.fill("#settlement", "Дъбрава")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Няма връзка")
    page.context.set_offline(False)
    saved(page)
    assert latest().record["settlement"] == "Дъбрава"


def test_who_leaves_with_unsaved_words_is_asked(page, enter, live_server, space, person):
    text = begun(space, person("partner"))
    enter(page, "partner")
    page.goto(f"{live_server.url}/practices/{text.content_id}/edit/about")
    page.locator("#settlement").press_sequentially("Дъб")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()


def test_going_on_by_a_link_keeps_what_was_typed_and_asks_nothing(
    page, enter, live_server, space, person
):
    text = begun(space, person("partner"))
    enter(page, "partner")
    page.goto(f"{live_server.url}/practices/{text.content_id}/edit/about")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#settlement").press_sequentially("Дъбрава")
    with moved(page):
        page.locator(".walk__list a").nth(1).click()
    page.wait_for_url("**/edit/story**")
    assert (latest().record.get("settlement"), asked) == ("Дъбрава", [])


def test_enter_in_a_line_saves_and_removes_no_row(page, enter, live_server, space, person):
    text = filled(space, person("partner"))
    enter(page, "partner")
    page.goto(f"{live_server.url}/practices/{text.content_id}/edit/how")
    with moved(page):
        page.locator("#skills").press("Enter")
    assert len(latest().record["steps"]) == 2


def test_when_a_colleague_saved_the_same_step_both_texts_are_shown(
    page, enter, live_server, space, person, sign_in
):
    text = begun(space, person("partner"))
    enter(page, "partner")
    page.goto(f"{live_server.url}/practices/{text.content_id}/edit/about")
    theirs = sealed(text, settlement="Тяхното село")
    assert sign_in("coordinator").post(path(text), data=theirs).status_code == 302
    page.fill("#settlement", "Моето село")
    expect(page.locator("[data-autosave-status]")).to_contain_text("сравните")
    page.get_by_role("button", name="Запис и напред").click()
    expect(page.get_by_text("Тяхното село")).to_be_visible()
    expect(page.get_by_text("Моето село")).to_be_visible()
    check_axe(page)
    page.get_by_role("button", name="Запис на избраното").click()
    page.wait_for_url("**/edit/about**")
    expect(page.locator("#settlement")).to_have_value("Моето село")

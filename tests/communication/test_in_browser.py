"""From the empty plan to the report on a phone, with axe on each page."""

import io

from docx import Document
from playwright.sync_api import expect

from portal.kernel import clock
from tests.communication.test_proofs import picture
from tests.support.pages import check_axe, check_axe_light_and_dark
from tests.support.screens import check_fits, moved


def looks(page):
    check_axe(page)
    check_fits(page, page.url)


def test_an_entry_is_planned_done_with_a_photo_and_a_figure_and_reported(
    page, enter, live_server, cast, app
):
    enter(page, "editor")
    page.set_viewport_size({"width": 360, "height": 800})
    home = f"{live_server.url}/spaces/workspace/communication"
    page.goto(home)
    looks(page)
    with moved(page):
        page.get_by_role("link", name="Първа цел").click()
    page.get_by_label("Цел", exact=True).fill("Хората знаят кога се чисти")
    with moved(page):
        page.get_by_role("button", name="Добавяне").click()
    looks(page)
    page.goto(f"{home}/new")
    page.get_by_label("Послание").fill("Плажът се чисти в петък")
    page.get_by_label("Аудитория").fill("младежи")
    page.get_by_label("Канал").fill("радио")
    page.get_by_label("Ден", exact=True).fill(clock.today().isoformat())
    looks(page)
    with moved(page):
        page.get_by_role("button", name="Запис").click()

    # Only the fields of the chosen proof are shown; what came with a refused form is not asked again.
    done = page.locator(
        "section", has=page.get_by_role("heading", name="Отбелязване като изпълнена")
    )
    expect(done.get_by_label("Какво показва снимката")).to_be_hidden()
    done.get_by_label("Какво показва, че е изпълнена").select_option("photo")
    expect(done.get_by_label("Колко души дойдоха")).to_be_hidden()
    photo = {"name": "плаж.jpg", "mimeType": "image/jpeg", "buffer": picture().getvalue()}
    done.get_by_label("Файл или снимка").set_input_files(photo)
    done.get_by_label("Кой я е направил").fill("Снимка: общината; съгласни са")
    done.get_by_label("Какво се брои").fill("Доброволци")
    done.get_by_label("Мярка").fill("души")
    done.get_by_label("Постигнато").fill("1 250")
    with moved(page):
        done.get_by_role("button", name="Отбелязване като изпълнена").click()
    expect(done).to_contain_text("„плаж.webp“ вече е тук")
    looks(page)
    done.get_by_label("Какво показва снимката").fill("Доброволци с чували")
    with moved(page):
        done.get_by_role("button", name="Отбелязване като изпълнена").click()
    expect(page.locator("main")).to_contain_text("Дейността е отбелязана като изпълнена.")
    expect(page.get_by_alt_text("Доброволци с чували")).to_be_visible()
    looks(page)
    page.goto(home)
    expect(page.locator(".tally-sum")).to_contain_text("1 от 1")
    looks(page)

    with moved(page):
        page.get_by_role("link", name="Месечен отчет").click()
    looks(page)
    with page.expect_download() as caught:
        page.get_by_role("link", name="Изтегляне като документ на Word").click()
    with open(caught.value.path(), "rb") as file:
        paper = Document(io.BytesIO(file.read()))
    assert [cell.text for cell in paper.tables[1].rows[1].cells] == ["души", "–", "1250", "1"]
    assert len(paper.inline_shapes) == 1
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(home)
        check_axe_light_and_dark(page)
        check_fits(page, page.url)

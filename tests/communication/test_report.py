"""The report of a month: sorted rightly, the same on page and in the file, real Word."""

import io
import re
import zipfile
from datetime import date, datetime, timedelta

import pytest
from docx import Document
from sqlalchemy import select

from portal.communication import report
from portal.communication.amounts import shown
from portal.documents.models import DocumentRevision
from portal.files import services as files
from portal.kernel import clock
from portal.kernel.database import db
from portal.spaces import queries as spaces
from tests.communication.test_proofs import picture
from tests.support.writing import published

NOW = clock.from_local(datetime(2026, 11, 20, 12, 0))
MONTH = date(2026, 11, 1)


@pytest.fixture
def november(plan, prove, count, person):
    """A month with one of everything, seen on its 20th."""
    with clock.at(NOW):
        on_time = plan(
            "Навреме", planned_on=date(2026, 11, 5), days=-15, state="done", outcome="Добре."
        )
        late = plan("Късно", planned_on=date(2026, 11, 2), days=-10, state="done", channel="сайт")
        photo = files.add_picture(picture(), "плаж.jpg", by=person("editor"))
        prove(on_time, kind="photo", file=photo, alt="Хора на плажа", licence="Снимка: общината")
        prove(on_time, kind="link", title="Репортаж", url="https://radio.example/1")
        prove(late, kind="attendance", people="45")
        count(on_time, reached="1200,5", planned="1000")
        count(late, reached="300")
        count(on_time, "Дял", unit="%", reached="40")
        count(late, "Дял", unit="%", reached="61")
        plan(
            "Отложена",
            planned_on=date(2026, 11, 9),
            state="postponed",
            outcome="Силен вятър",
            moved_to=date(2026, 12, 3),
        )
        plan("Отпаднала", planned_on=date(2026, 11, 10), state="cancelled", outcome="Няма нужда")
        plan("Забравена", planned_on=date(2026, 11, 12))
        plan("Предстояща", planned_on=date(2026, 11, 27))
        plan("Стара", planned_on=date(2026, 10, 1))
        plan("Декемврийска", planned_on=date(2026, 12, 8))
        plan("Януарска", planned_on=date(2027, 1, 8))
        yield


def gathered(person, who="editor", month=MONTH):
    viewer = person(who)
    return report.gather(viewer, spaces.by_slug(viewer, "workspace"), month)


def test_every_entry_stands_where_it_belongs(november, person, app):
    made = gathered(person)
    assert made.counts == {
        "planned": 6, "done": 2, "late": 1, "postponed": 1, "cancelled": 1, "undone": 1,
        "ahead": 1, "beside": 0, "left": 1,
    }  # fmt: skip
    assert [each.line.message for _title, some in made.done for each in some] == [
        "Късно",
        "Навреме",
    ]
    assert [(each.line.message, each.state, each.why) for each in made.missed] == [
        ("Стара", "неизпълнена, със закъснение от 50 дни", ""),
        ("Отложена", "отложена за 3 декември 2026 г.", "Силен вятър"),
        ("Отпаднала", "отпаднала от плана", "Няма нужда"),
        ("Забравена", "неизпълнена, със закъснение от 8 дни", ""),
    ]
    assert [each.message for each in made.ahead] == ["Предстояща", "Отложена", "Декемврийска"]
    assert [
        (each.unit, shown(each.planned), shown(each.reached), each.number) for each in made.sums
    ] == [
        ("души", "1000", "1500,5", 2),
        ("%", "–", "50,5", 2),
    ]
    assert made.summary == (
        "За ноември 2026 г. бяха планирани 6 дейности: изпълнени са 2, 1 от тях със закъснение, "
        "1 е отложена, 1 отпадна, 1 не е изпълнена, 1 предстои. "
        "От предишни месеци остава неизпълнена 1 дейност."
    )


def test_the_file_says_what_the_page_says_and_is_real_word(november, sign_in, person, app):
    browser = sign_in("editor")
    browser.post("/language", data={"language": "en"})
    page = browser.get("/spaces/workspace/communication/report?month=2026-11").text
    assert "The report itself is in Bulgarian whoever asks for it" in page
    answer = browser.get("/spaces/workspace/communication/report.docx?month=2026-11")
    assert answer.status_code == 200
    paper = Document(io.BytesIO(answer.data))
    told = [each.text for each in paper.paragraphs]
    made = gathered(person)
    for words in (
        made.summary,
        "Отчет за изпълнението на комуникационния план",
        "Какво беше изпълнено",
    ):
        assert words in told and words in page, words
    assert paper.tables[0].rows[0].cells[0].text == "Ден"  # in Bulgarian whoever asks
    done, missed, sums, ahead = [
        [[cell.text for cell in row.cells] for row in table.rows[1:]] for table in paper.tables
    ]
    assert sums == [["души", "1000", "1500,5", "2"], ["%, средно", "–", "50,5", "2"]]
    for row in sums:
        assert all(f">{figure}<" in page for figure in row)
    assert [row[1].split("\n")[0] for row in done] == ["Късно", "Навреме"]
    assert "Слушатели: 1200,5 души (планирано: 1000)" in done[1][4]
    assert len(missed) == 4 and len(ahead) == 3
    styles = {each.style.name for each in paper.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Caption"} <= styles
    parts = zipfile.ZipFile(io.BytesIO(answer.data))
    body = parts.read("word/document.xml").decode()
    assert body.count("<w:tblHeader/>") == 4
    assert 'descr="Хора на плажа"' in body
    assert "https://radio.example/1" in parts.read("word/_rels/document.xml.rels").decode()
    assert 'w:val="bg-BG"' in parts.read("word/styles.xml").decode()
    assert "PAGE" in parts.read("word/footer1.xml").decode()
    assert all(not re.search(r"\.webp$", name) for name in parts.namelist())


def test_the_report_becomes_a_draft_document_of_the_space(november, sign_in, app):
    for who, status in (("ngo", 403), ("stranger", 404)):
        answer = sign_in(who).post("/spaces/workspace/communication/report?month=2026-11")
        assert answer.status_code == status
    assert not db.session.scalars(select(DocumentRevision)).all()
    browser = sign_in("contributor")
    kept = browser.post("/spaces/workspace/communication/report?month=2026-11")
    page = browser.get(kept.headers["Location"]).text
    assert "комуникационния план за ноември 2026 г." in page
    draft = db.session.scalars(select(DocumentRevision)).one()
    assert (draft.state, draft.content.home.slug) == ("draft", "workspace")
    assert sign_in("ngo").get(kept.headers["Location"]).status_code == 404
    held = browser.get(f"/files/{draft.file_id}")
    assert "Отложена" in "".join(
        cell.text for table in Document(io.BytesIO(held.data)).tables for cell in table._cells
    )


def test_a_month_without_anything_says_so(person, app, objective):
    made = gathered(person, month=date(2026, 3, 1))
    assert made.summary == "За март 2026 г. не са планирани дейности."
    assert made.is_empty


def test_the_kept_report_names_no_text_that_some_of_its_readers_may_not_read(
    plan, prove, cast, person, sign_in, app
):
    for space, title in (("intranet", "Тайна за служители"), ("workspace", "Новина за всички")):
        item = published(cast.space(space), person("contributor"), person("editor"), title=title)
        url = f"/news/{item.content.address}"
        prove(plan(who="editor", days=-1, state="done"), kind="portal", url=url)
    month = f"{clock.today() - timedelta(days=1):%Y-%m}"
    browser, path = sign_in("editor"), f"/spaces/workspace/communication/report?month={month}"
    assert "Тайна за служители" in browser.get(path).text  # she reads it herself
    assert browser.post(path).status_code == 302
    draft = db.session.scalars(select(DocumentRevision)).one()
    with zipfile.ZipFile(io.BytesIO(browser.get(f"/files/{draft.file_id}").data)) as parts:
        told = parts.read("word/document.xml").decode()
    assert "Новина за всички" in told and "Тайна" not in told

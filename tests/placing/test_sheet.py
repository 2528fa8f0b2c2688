"""Every announcement prints for the notice board: large, whole where it fits, with a code."""

import io
from datetime import timedelta
from urllib.parse import unquote

import pypdfium2
import segno
from PIL import Image

from portal.confirming.services import ask
from portal.content import keeping
from portal.content import services as content
from portal.content.models import Content
from portal.files.services import add_picture
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.links import absolute
from portal.placing import sheet
from tests.support.requiring import wish
from tests.support.writing import paper, published

PARAGRAPH = "<p>Автобус четири тръгва от квартал Север в пет и четиридесет, до края на март.</p>"
TABLE = (
    "<table><thead><tr><th>Спирка</th><th colspan='2'>Час</th></tr></thead><tbody>"
    "<tr><td rowspan='2'>Гара</td><td>5:40</td><td>6:10</td></tr>"
    "<tr><td>7:40</td><td>8:10</td></tr></tbody></table>"
)


def printed(browser, ident):
    """The pages of an item's sheet as words, and the answer."""
    answer = browser.get(f"/content/{ident}/sheet.pdf")
    assert answer.status_code == 200, answer.text
    document = pypdfium2.PdfDocument(answer.data)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document], answer


def scanned(data, url):
    """Whether the first page bears the code of an address, cell for cell."""
    page = pypdfium2.PdfDocument(data)[0].render(scale=4).to_pil().convert("L")
    matrix = segno.make(url, error="m", micro=False).matrix
    cell = sheet.QR / len(matrix)
    left, top = sheet.WIDTH - sheet.EDGE - sheet.QR, sheet.HEIGHT - sheet.EDGE + 8 - sheet.QR
    found = [
        [
            page.getpixel((int((left + (x + 0.5) * cell) * 4), int((top + (y + 0.5) * cell) * 4)))
            < 128
            for x in range(len(matrix))
        ]
        for y in range(len(matrix))
    ]
    return found == [[bool(each) for each in row] for row in matrix]


def test_a_short_announcement_stands_whole_with_its_name_day_and_code(cast, person, sign_in):
    text = published(
        cast.space("intranet"),
        person("contributor"),
        person("editor"),
        title="Нов автобус: „Север“",
        summary="Тръгва по-рано.",
        body=f"<h2>Часове</h2>{PARAGRAPH}<ul><li>сряда</li></ul>{TABLE}",
    )
    reader = sign_in("reader")
    page = reader.get(f"/news/{text.content.address}").text
    assert f'href="/content/{text.content_id}/sheet.pdf"' in page and "Лист за таблото" in page
    (words,), answer = printed(reader, text.content_id)
    for part in ("Община Белобряг", "Тръгва по-рано.", "Часове", "до края на март.", "• сряда",
                 "Гара", "5:40", "8:10", "Публикувано на"):  # fmt: skip
        assert part in words
    assert "Останалото" not in words and "Да се прочете" not in words
    assert scanned(answer.data, absolute("news.show", address=text.content.address))
    assert answer.mimetype == "application/pdf"
    name = unquote(answer.headers["Content-Disposition"].partition("UTF-8''")[2])
    assert name == "Обява – Нов автобус – „Север“.pdf"
    assert answer.headers["Content-Disposition"].startswith("inline")


def test_the_door_is_the_items_own(cast, person, sign_in, client):
    item = published(cast.space("intranet"), person("contributor"), person("editor")).content
    url = f"/content/{item.id}/sheet.pdf"
    for who, status in (("employee", 200), ("partner", 404), ("ngo", 404), ("stranger", 404)):
        assert sign_in(who).get(url).status_code == status, who
    answer = client.get(url)
    assert answer.status_code == 302 and "/sign-in" in answer.location
    draft = content.draft_of(item, "bg", by=person("editor"))
    draft_alone = paper(cast.space("intranet"), person("contributor"))
    for who in ("contributor", "editor"):  # nothing of it is released
        assert sign_in(who).get(f"/content/{draft_alone.content_id}/sheet.pdf").status_code == 404
    words, _answer = printed(sign_in("editor"), item.id)
    assert "Текст." in words[0] and draft.id
    end = clock.now() + timedelta(hours=1)
    keeping.expire(db.session.get(Content, item.id), end, by=person("editor"))
    with clock.at(end):
        assert sign_in("employee").get(url).status_code == 404
    keeping.trash(db.session.get(Content, item.id), by=person("editor"))
    assert sign_in("editor").get(url).status_code == 404


def test_the_code_opens_the_item_after_the_sign_in(cast, person, client):
    item = published(cast.space("intranet"), person("contributor"), person("editor")).content
    path = f"/news/{item.address}"
    way = client.get(path)
    assert way.status_code == 302 and way.location.endswith(f"next={path}".replace("/", "%2F"))
    form = {"name": cast["reader"].login, "password": cast.password}
    assert client.post(way.location, data=form).location == path


def test_a_long_text_ends_at_a_page_and_says_where_the_rest_is(cast, person, sign_in):
    def words_of(body):
        text = published(cast.space("intranet"), person("contributor"), person("editor"), body=body)
        return printed(sign_in("reader"), text.content_id)[0]

    pages = words_of(f"<h2>Начало</h2>{PARAGRAPH * 14}<p>Последно изречение.</p>")
    assert len(pages) == 2 and "Последно изречение." in pages[1]
    assert "Останалото" not in pages[0] and "страница 2 от 2" in pages[1]
    (page,) = words_of(f"<h2>Начало</h2>{PARAGRAPH * 400}<p>Последно изречение.</p>")
    assert "Останалото е в портала." in page and page.count("до края на март.") > 4
    wide = "<table><tr>" + "<td>клетка</td>" * 14 + "</tr></table>"
    (page,) = words_of(PARAGRAPH + wide)
    assert "клетка" not in page and "Останалото е в портала." in page
    pages = words_of(f"<p>{'Ж' * 1_500}</p>")  # an endless word is cut, not lost
    assert sum(page.count("Ж") for page in pages) == 1_500


def test_pictures_of_the_text_alone_are_printed(cast, person, sign_in, instance):
    def picture(who, colour):
        data = io.BytesIO()
        Image.new("RGB", (300, 200), colour).save(data, "PNG")
        data.seek(0)
        return add_picture(data, "x.png", by=person(who)).id

    mine, other = picture("contributor", "red"), picture("editor", "blue")
    text = published(
        cast.space("intranet"),
        person("contributor"),
        person("editor"),
        body=f'{PARAGRAPH}<img src="/files/{mine}" alt="Спирка">',
    )
    reader = sign_in("reader")

    def colours():
        data = reader.get(f"/content/{text.content_id}/sheet.pdf").data
        page = pypdfium2.PdfDocument(data)[0].render(scale=0.3).to_pil().convert("RGB")
        return {max((0, 1, 2), key=pixel.__getitem__) for _n, pixel in page.getcolors(99_999)
                if max(pixel) - min(pixel) > 200}  # fmt: skip

    assert colours() == {0}
    released = db.session.get(type(text), text.id)
    released.body = released.body.replace(f"/files/{mine}", f"/files/{other}")
    db.session.commit()
    assert colours() == set()  # a file that the text does not hold, whoever wrote its number there
    for path in (instance / "files").rglob("*"):
        path.is_file() and path.unlink()
    released = db.session.get(type(text), text.id)
    released.body = released.body.replace(f"/files/{other}", f"/files/{mine}")
    db.session.commit()
    assert colours() == set()  # bytes that are gone stop no sheet


def test_until_when_it_must_be_read_is_for_whom_it_is_asked(cast, person, sign_in, follow):
    text = published(cast.space("intranet"), person("contributor"), person("editor"))
    ask(text.content, wish([cast.id("reader")]), by=person("editor"))
    follow()
    for who, is_told in (("reader", True), ("editor", True), ("head", True), ("employee", False)):
        (words,), _answer = printed(sign_in(who), text.content_id)
        assert ("Да се прочете до" in words) == is_told, who
        assert ("на инструктажа" in words) == is_told


def test_a_document_prints_its_description_and_number(cast, person, sign_in):
    made = paper(cast.space("intranet"), person("contributor"))
    made.summary, made.reg_number = "За всички звена.", "РД-09-1184"
    db.session.commit()
    made = db.session.get(type(made), made.id)
    content.submit(made, made.saves, by=person("contributor"))
    content.approve(made, made.saves, by=person("editor"))
    (words,), _answer = printed(sign_in("reader"), made.content_id)
    assert "За всички звена." in words and "РД-09-1184" in words
    assert "Файлът е в портала." in words
    practice = published(cast.space("extranet"), person("editor"), person("manager"), "practice")
    assert sign_in("reader").get(f"/content/{practice.content_id}/sheet.pdf").status_code == 404

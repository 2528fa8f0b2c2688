"""The reader: every format gives the words that are printed, page by page."""

import datetime as dt
import email.message
import io
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import docx
import openpyxl
import pytest
from odf import opendocument, style, table, text
from openpyxl.comments import Comment
from pptx import Presentation
from pptx.util import Inches
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from portal.files import reading
from portal.files.reading import Reading, Trouble, decoding, wording
from tests.support import papers

DIST = Path(__file__).parents[2] / "static" / "dist"
FONT = DIST / "fonts" / "SofiaSans-Regular.ttf"
# Their words are in pictures, or in a font that does not tell its letters.
OF_PICTURES = {"scan-300", "scan-150", "pdf-no-tounicode"}
TESSDATA = DIST / "tessdata"
LINES = [
    "Община Примерна обявява конкурс за длъжността главен архитект.",
    "Кандидатите подават заявление в деловодството до края на месеца.",
    "Решението на комисията се обявява на таблото и в портала.",
]


@pytest.fixture(scope="session")
def typeface() -> str:
    pdfmetrics.registerFont(TTFont("Sofia", str(FONT)))
    return "Sofia"


def pdf_of(path: Path, pages: list[list[str]], **more: object) -> Path:
    sheet = canvas.Canvas(str(path), pagesize=A4, **more)
    for lines in pages:
        sheet.setFont("Sofia", 12)
        for number, line in enumerate(lines):
            sheet.drawString(60, 780 - 18 * number, line)
        sheet.showPage()
    sheet.save()
    return path


def whole(found: Reading) -> str:
    return "\n".join(page.text for page in found.pages)


def assert_tells(found: Reading, *words: str) -> None:
    told = whole(found).split()
    for word in words:
        assert word in told, f"{word!r} is missing from {told}"


# PDF


def test_a_pdf_is_read_page_by_page(tmp_path, typeface):
    path = pdf_of(tmp_path / "a.pdf", [LINES, [], ["Трета страница: Ѝ, ѝ и № 15."]])
    found = reading.read(path, "a.pdf")
    assert (found.kind, found.count, found.paged) == ("pdf", 3, True)
    assert found.trouble is Trouble.NONE
    assert found.pages[0].text.splitlines() == LINES
    assert (found.pages[1].text, found.pages[1].source) == ("", "none")
    assert found.pages[2].text == "Трета страница: Ѝ, ѝ и № 15."
    assert found.to_ocr == [2]
    assert 0 < found.seconds < 30
    assert 5_000 < found.peak_kib < 200_000


def test_words_that_a_line_divides_are_joined(tmp_path, typeface):
    lines = ["Заповед на общин-", "ската администрация по социално-", "икономически въпроси и"]
    lines += ["собствено-", "стта на заместник-", "кмета, РД-", "09 и мек\u00ad", "пренос"]
    found = reading.read(pdf_of(tmp_path / "a.pdf", [lines]), "a.pdf")
    assert_tells(found, "общинската", "социално-икономически", "собствеността")
    assert_tells(found, "заместник-кмета,", "мекпренос")


def test_what_was_typed_into_a_form_is_read(tmp_path, typeface):
    sheet = canvas.Canvas(str(tmp_path / "form.pdf"))
    sheet.drawString(60, 750, "Name:")
    sheet.acroForm.textfield(name="name", value="Dimitrova", x=120, y=740, width=200)
    sheet.save()
    assert_tells(reading.read(tmp_path / "form.pdf", "form.pdf"), "Name:", "Dimitrova")


def test_a_text_layer_of_no_words_wants_ocr(tmp_path, typeface):
    noise = ["Щръжк фъмлщо ждърчю бвгъщк", "Кщйшъ ргнвъл зчюбът хщърпо мнгдък"]
    found = reading.read(pdf_of(tmp_path / "a.pdf", [LINES, noise]), "a.pdf")
    assert found.to_ocr == [2]


def test_cyrillic_stored_as_accented_latin_is_set_right(tmp_path):
    sheet = canvas.Canvas(str(tmp_path / "old.pdf"))
    for number, line in enumerate(LINES):
        sheet.drawString(40, 700 - 18 * number, line.encode("windows-1251").decode("latin-1"))
    sheet.save()
    found = reading.read(tmp_path / "old.pdf", "old.pdf")
    assert found.pages[0].text.splitlines() == LINES
    assert found.to_ocr == []


def test_a_page_of_numbers_and_names_is_believed():
    assert wording.is_believable("1 234,50 2 468,00 15.03.2026 РД-09-15")
    assert wording.is_believable("Иванка Стоянова Ж-р")


@pytest.mark.parametrize(
    "text", ["\x01\x02\x05\x07 \x03\x04\x0e\x10", "\ue001\ue002\ue003", "\ufffd\ufffd\ufffd"]
)
def test_signs_of_no_alphabet_are_garbled(text):
    assert wording.is_garbled(text)
    assert not wording.is_garbled("Таблица № 1 – общо: 15 € (без ДДС) \uf0b7 точка, още една")


# Office files


def test_a_docx_gives_all_that_is_printed(tmp_path):
    paper = docx.Document()
    paper.sections[0].header.paragraphs[0].text = "Горенколонтитул"
    paper.sections[0].footer.paragraphs[0].text = "Доленколонтитул"
    paper.add_heading("Заглавие на_заповед", 1)
    line = paper.add_paragraph("Параграф с раз")
    line.add_run("делени").bold = True
    line.add_run(" думи и a*b.")
    grid = paper.add_table(1, 2)
    grid.cell(0, 0).text, grid.cell(0, 1).text = "Клеткаедно", "Клетка|две"
    grid.cell(0, 1).add_table(1, 1).cell(0, 0).text = "Вложенатаблица"
    paper.add_comment(line.runs, text="Забележканачитател")
    paper.save(tmp_path / "a.docx")
    found = reading.read(tmp_path / "a.docx", "a.docx")
    assert (found.kind, found.count, found.paged) == ("docx", 1, False)
    assert_tells(found, "Горенколонтитул", "Доленколонтитул", "на_заповед", "разделени", "a*b.")
    assert_tells(found, "Клеткаедно", "Клетка|две", "Вложенатаблица", "Забележканачитател")
    assert whole(found).count("Клеткаедно") == 1


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx_of(path: Path, body: str, **parts: str) -> Path:
    """A DOCX with the given body and further parts, as word/<name>.xml."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}">{body}</w:document>')
        for name, xml in parts.items():
            packed.writestr(f"word/{name}.xml", f'<w:x xmlns:w="{WORD}">{xml}</w:x>')
    return path


def test_notes_and_text_boxes_are_told_and_what_is_tracked_away_is_not(tmp_path):
    box = "<w:txbxContent><w:p><w:r><w:t>кутия</w:t></w:r></w:p></w:txbxContent>"
    path = docx_of(
        tmp_path / "a.docx",
        "<w:p><w:r><w:t>раз</w:t></w:r><w:r><w:pict>" + box + "</w:pict></w:r>"
        "<w:r><w:t>делено</w:t></w:r>"
        "<w:del><w:r><w:delText>изтрито</w:delText></w:r></w:del></w:p>",
        footnotes="<w:p><w:r><w:t>подлиния</w:t></w:r></w:p>",
        endnotes="<w:p><w:r><w:t>накрая</w:t></w:r></w:p>",
    )
    found = reading.read(path, "a.docx")
    assert whole(found).splitlines() == ["разделено", "кутия", "подлиния", "накрая"]


def test_a_workbook_is_read_sheet_by_sheet(tmp_path):
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Бюджет"
    first.append(["Име", dt.date(2026, 3, 15), 1234.5, 0.25, True])
    first["D1"].number_format = "0%"
    first["A1"].comment = Comment("Бележкавклетка", "автор")
    first.oddHeader.center.text = "Колонтитул"
    book.create_sheet("Втори")["A1"] = "тексттам"
    book.save(tmp_path / "a.xlsx")
    found = reading.read(tmp_path / "a.xlsx", "a.xlsx")
    assert (found.kind, found.count, found.paged) == ("xlsx", 2, True)
    assert found.pages[0].text.split("\n")[0] == "Бюджет"
    assert found.pages[1].text.split() == ["Втори", "тексттам"]
    assert_tells(found, "Име", "15.03.2026", "1234.5", "25%", "TRUE", "Бележкавклетка")
    assert_tells(found, "Колонтитул")


def test_a_presentation_is_read_slide_by_slide(tmp_path):
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "Заглавие", "Съдържание"
    box = slide.shapes.add_group_shape().shapes.add_textbox(0, 0, Inches(1), Inches(1))
    box.text_frame.text = "Вгрупа"
    grid = slide.shapes.add_table(1, 1, 0, 0, Inches(3), Inches(1)).table
    grid.cell(0, 0).text = "Вклетка"
    slide.notes_slide.notes_text_frame.text = "Бележки"
    show.slides.add_slide(show.slide_layouts[5]).shapes.title.text = "Втори"
    show.save(tmp_path / "a.pptx")
    found = reading.read(tmp_path / "a.pptx", "a.pptx")
    assert (found.kind, found.count, found.paged) == ("pptx", 2, True)
    words = {"Заглавие", "Съдържание", "Вгрупа", "Вклетка", "Бележки"}
    assert words <= set(found.pages[0].text.split())
    assert found.pages[1].text.split() == ["Втори"]


def test_an_odt_gives_its_notes_headers_and_spaces(tmp_path):
    paper = opendocument.OpenDocumentText()
    line = text.P(text="дума")
    line.addElement(text.S(c=2))
    line.addText("друга")
    note = text.Note(id="1", noteclass="footnote")
    note.addElement(text.NoteCitation(text="1"))
    body = text.NoteBody()
    body.addElement(text.P(text="подлиния"))
    note.addElement(body)
    line.addElement(note)
    paper.text.addElement(line)
    grid, row, cell = table.Table(), table.TableRow(), table.TableCell()
    cell.addElement(text.P(text="вклетка"))
    row.addElement(cell)
    grid.addElement(row)
    paper.text.addElement(grid)
    paper.automaticstyles.addElement(style.PageLayout(name="L"))
    master = style.MasterPage(name="Standard", pagelayoutname="L")
    header = style.Header()
    header.addElement(text.P(text="колонтитул"))
    master.addElement(header)
    paper.masterstyles.addElement(master)
    paper.save(tmp_path / "a.odt")
    found = reading.read(tmp_path / "a.odt", "a.odt")
    assert (found.kind, found.paged) == ("odt", False)
    assert_tells(found, "дума", "друга", "подлиния", "вклетка", "колонтитул")


def test_an_rtf_in_windows_1251_is_read(tmp_path):
    said = "".join(f"\\'{byte:02x}" for byte in "Заповед за отпуск".encode("windows-1251"))
    path = tmp_path / "a.rtf"
    path.write_text("{\\rtf1\\ansi\\ansicpg1251{\\fonttbl{\\f0\\fcharset204 A;}}\\f0 " + said + "}")
    found = reading.read(path, "a.rtf")
    assert (found.kind, found.trouble) == ("rtf", Trouble.NONE)
    assert_tells(found, "Заповед", "отпуск")
    path.write_bytes(path.read_bytes()[:-1])
    assert reading.read(path, "a.rtf").trouble is Trouble.DAMAGED


# Mail, web, plain text


def test_a_mail_tells_who_what_and_what_was_attached(tmp_path):
    mail = email.message.EmailMessage()
    mail["Subject"], mail["From"] = "Относно ремонта", "Иван Иванов <ivan@primerna.bg>"
    mail["To"] = "kmet@primerna.bg"
    mail.set_content("Текстнаписмото", charset="windows-1251")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Договор.pdf")
    path = tmp_path / "a.eml"
    path.write_bytes(mail.as_bytes())
    found = reading.read(path, "a.eml")
    assert found.kind == "eml"
    assert_tells(found, "ремонта", "Иванов", "kmet@primerna.bg", "Текстнаписмото", "Договор.pdf")


def test_a_page_of_the_web_is_read_without_its_scripts(tmp_path):
    page = (
        '<html><head><meta charset="windows-1251"><title>Заглавие</title>'
        "<script>var тайно;</script><style>.скрито{}</style></head>"
        "<body><p>раз<b>делено</b>&nbsp;и&amp;</p><td>едно</td><td>две</td></body></html>"
    )
    path = tmp_path / "a.html"
    path.write_bytes(page.encode("windows-1251"))
    found = reading.read(path, "a.html")
    assert found.kind == "html"
    assert whole(found).split() == ["Заглавие", "разделено", "и&", "едно", "две"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1251"]
)
def test_plain_text_is_read_in_every_usual_encoding(tmp_path, encoding):
    path = tmp_path / "a.txt"
    path.write_bytes("Заявление до кмета\r\nза помощ".encode(encoding))
    found = reading.read(path, "a.txt")
    assert found.kind == "txt"
    assert whole(found) == "Заявление до кмета\nза помощ"


def test_decoding_never_fails():
    assert decoding.text_of(bytes(range(256)))
    assert decoding.text_of(b"\xff\xfe\x00") is not None
    assert decoding.text_of(b'<?xml version="1.0" encoding="koi8-r"?>' + "дом".encode("koi8-r"))[
        -3:
    ] == "дом"  # fmt: skip


# Every format at once: what is printed is found


@pytest.mark.parametrize("kind", [kind for kind in papers.FORMATS if kind not in OF_PICTURES])
def test_of_a_hundred_printed_words_at_least_ninety_nine_are_read(tmp_path, kind):
    try:
        made = papers.paper(kind, seed=5, pages=3)
    except papers.Unavailable as missing:
        pytest.skip(f"{missing} is not installed")
    path = tmp_path / "upload"
    path.write_bytes(made.data)
    found = reading.read(path, made.name)
    assert (found.trouble, found.to_ocr) == (Trouble.NONE, [])
    wanted = Counter(word for page in made.words for word in page)
    missing = wanted - Counter(papers.split(whole(found)))
    assert missing.total() <= wanted.total() * 0.01, missing
    if found.paged:
        for printed, page in zip(made.words, found.pages, strict=True):
            missing = Counter(printed) - Counter(papers.split(page.text))
            assert missing.total() <= len(printed) * 0.02, (page.number, missing)


def test_a_text_layer_without_letters_is_left_to_ocr(tmp_path):
    path = tmp_path / "upload.pdf"
    path.write_bytes(papers.paper("pdf-no-tounicode", seed=5, pages=2).data)
    found = reading.read(path, "upload.pdf")
    assert found.to_ocr == [1, 2]
    assert [page.source for page in found.pages] == ["none", "none"]


# Kinds


def test_the_content_decides_the_kind(tmp_path, typeface):
    pdf = pdf_of(tmp_path / "a.docx", [LINES])
    assert reading.kind_of(pdf, "a.docx") == ("pdf", "application/pdf")
    assert reading.read(pdf, "a.docx").pages[0].text.splitlines() == LINES
    for data, name, kind in [
        (b"MZ\x90\x00\x03", "a.pdf", "program"),
        (b"\x7fELF\x02\x01\x00", "a", "program"),
        (b'<?xml version="1.0"?><svg xmlns="x"/>', "a.png", "svg"),
        (b"a;b;c\n1;2;3\n", "a.csv", "csv"),
        ("МЗ не е програма".encode(), "a.txt", "txt"),
        (b"\x89PNG\r\n\x1a\n", "a.jpg", "image"),
        (b"PK\x03\x04", "a.zip", "zip"),
        (bytes(range(256)) * 4, "a.bin", "unknown"),
    ]:
        path = tmp_path / "sample"
        path.write_bytes(data)
        assert reading.kind_of(path, name)[0] == kind, name


# Speed


def test_the_child_loads_only_what_it_needs():
    script = (
        "import sys; from portal.files.reading import child, readers, pdf, word, sheets;"
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    for heavy in ("flask", "sqlalchemy", "xberg", "simplemma", "numpy", "reportlab"):
        assert f"'{heavy}'" not in said.stdout


def test_a_long_pdf_is_read_in_a_moment(tmp_path, typeface):
    path = pdf_of(tmp_path / "long.pdf", [LINES * 12] * 100)
    found = reading.read(path, "long.pdf")
    assert found.count == len(found.pages) == 100
    assert found.seconds < 10  # 0.5 on an idle core
    assert found.peak_kib < 150_000


def test_bytes_in_memory_are_not_needed(tmp_path):
    """A long DOCX costs the child little more than its text."""
    body = f"<w:p><w:r><w:t>{'дума ' * 400}</w:t></w:r></w:p>" * 1000
    found = reading.read(docx_of(tmp_path / "a.docx", body), "a.docx")
    assert len(found.pages[0].text) > 1_900_000
    assert found.peak_kib < 150_000
    assert io.StringIO(found.pages[0].text).readline().startswith("дума")

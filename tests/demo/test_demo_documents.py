"""The demo's documents: as many as promised, valid in their formats, in every state."""

import io
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import docx
import openpyxl
import pypdfium2
import pytest
from odf import teletype
from odf.opendocument import load as load_odf
from sqlalchemy import func, select

from portal.content.models import Content, Folder, Life, Placement, Revision, State
from portal.demo import papers, pictures
from portal.demo.documents import papers_of
from portal.demo.practices import practices_of
from portal.documents.models import DocumentRevision
from portal.documents.sorts import SORTS
from portal.files.models import Attachment, File, FileReading
from portal.files.reading import kind_of
from portal.kernel.database import db
from portal.spaces.models import Space
from tests.demo.test_demo_data import ORGANISATIONS, PARTNERS, PEOPLE, SPACES, UNITS, held

FONTS = Path(__file__).parents[2] / "static" / "dist" / "fonts"
PAPERS = papers_of()
PAPER = papers.Paper(
    "Заповед за <зимата> & лятото",
    "Първи ред\n# Дял\n- точка\n| Улица | Брой |\n| Кейова | 1 250 |\n===\nПоследен ред",
    ("ОБЩИНА БЕЛОБРЯГ", "пл. „Съединение“ 1"),
    "№ 7 / 01.02.2026 г.",
    ("Кмет", "Росица Бакалова"),
)
WORDS = ("Заповед за <зимата> & лятото", "Първи ред", "точка", "Кейова", "Последен ред")


def made(ending):
    return papers.make(PAPER, ending, FONTS)


def text_of_pdf(data):
    paper = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_bounded() for page in paper]
    finally:
        paper.close()


def test_there_are_sixty_in_the_spaces_that_need_them() -> None:
    assert len(PAPERS) >= 60
    of = Counter(paper["space"] for paper in PAPERS)
    assert set(of) == {
        "intranet", "extranet", "communication", "clean-coast", "participation-group"
    }  # fmt: skip
    assert of["communication"] >= 10
    formats = Counter(paper["file"].rpartition(".")[2] for paper in PAPERS)
    assert set(formats) == {"pdf", "docx", "odt", "xlsx", "csv", "txt", "png"}
    assert formats["pdf"] >= 20
    assert {"scan", "protected", "damaged"} == {p["as"] for p in PAPERS if "as" in p}
    assert Counter(p.get("state", "published") for p in PAPERS) >= Counter(
        in_review=1, draft=1, trashed=1
    )
    assert sorted(len(p["versions"]) for p in PAPERS if "versions" in p) == [1, 1, 1, 2]
    assert sum(bool(p.get("english")) for p in PAPERS) >= 3


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper["file"])
def test_a_paper_agrees_with_the_other_files(paper) -> None:
    people = {row["key"] for row in PEOPLE + PARTNERS}
    spaces = {row["key"]: row for row in SPACES}
    assert paper["author"] in people
    roles = held(spaces[paper["space"]], paper["author"])
    partner = paper["author"] in {row["key"] for row in PARTNERS}
    assert roles - {"reader"} or partner, "the author may write there"
    assert paper.get("signed", "bakalova") in people
    assert paper.get("unit", "it") in {row["key"] for row in UNITS}
    assert paper["sort"] in SORTS
    assert set(paper.get("also_in", ())) <= set(spaces)
    if "picture" in paper:
        assert paper["picture"] in pictures.SCENES
    else:
        assert len(paper["text"].split()) >= 20


def test_titles_and_numbers_are_all_different() -> None:
    for name in ("title", "number"):
        found = Counter(paper[name] for paper in PAPERS if name in paper)
        assert found.most_common(1)[0][1] == 1


def test_phones_in_the_papers_are_those_of_the_directory() -> None:
    text = "\n".join(paper["text"] for paper in PAPERS)
    assert set(re.findall(r"0500/\d\d \d{3}", text)) <= {row["phone"] for row in PEOPLE}
    assert ORGANISATIONS


def test_a_pdf_has_a_letterhead_pages_and_a_signature() -> None:
    first, second = text_of_pdf(made("pdf"))
    for words in ("ОБЩИНА БЕЛОБРЯГ", "№ 7 / 01.02.2026 г.", *WORDS[:4]):
        assert words in first
    assert "Последен ред" in second
    assert "/Росица Бакалова/" in second


def test_a_word_file_opens_with_its_words_and_table() -> None:
    paper = docx.Document(io.BytesIO(made("docx")))
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    cells = [cell.text for row in paper.tables[0].rows for cell in row.cells]
    assert cells == ["Улица", "Брой", "Кейова", "1 250"]
    for words in WORDS:
        assert words in text or words in cells


def test_an_open_document_opens_with_its_words() -> None:
    data = made("odt")
    assert data[30:38] == b"mimetype"
    text = teletype.extractText(load_odf(io.BytesIO(data)).text)
    for words in WORDS:
        assert words in text


def test_a_workbook_has_sheets_and_real_numbers() -> None:
    sheets = openpyxl.load_workbook(io.BytesIO(made("xlsx")))
    assert sheets.sheetnames == ["Дял"]
    rows = list(sheets["Дял"].values)
    assert rows == [("Улица", "Брой"), ("Кейова", 1250)]


def test_a_scan_has_no_text_and_a_protected_file_no_reader() -> None:
    assert "".join(text_of_pdf(papers.scanned(PAPER, FONTS))).strip() == ""
    locked = papers.pdf(PAPER, FONTS, "парола")
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(locked)
    assert text_of_pdf(papers.pdf(PAPER, FONTS))


@pytest.mark.parametrize("ending", ["pdf", "docx", "odt", "xlsx"])
def test_files_are_what_their_names_say(ending, tmp_path) -> None:
    path = tmp_path / f"paper.{ending}"
    path.write_bytes(made(ending))
    assert kind_of(path, path.name)[0] == ending
    assert made(ending) == made(ending), "the same at every making"


def test_hostile_signs_do_not_break_the_xml() -> None:
    assert ElementTree.fromstring("<a/>") is not None
    paper = papers.Paper("<&>\"'", "| <b> | & |\n- <i>\n# &amp;")
    for ending in ("pdf", "docx", "odt", "xlsx"):
        assert papers.make(paper, ending, FONTS)


def test_the_demo_holds_them_in_folders_and_states(filled) -> None:
    of = select(Content.life, func.count()).where(Content.kind == "document").group_by(Content.life)
    lives = dict(db.session.execute(of).all())
    assert sum(lives.values()) == len(PAPERS)
    assert lives[Life.TRASHED] == 1
    assert lives[Life.UNPUBLISHED] == 3
    states = Counter(db.session.scalars(select(Revision.state).where(Revision.kind == "document")))
    assert states[State.IN_REVIEW] == 2
    assert states[State.SUPERSEDED] == 5
    assert db.session.scalar(select(func.count(Folder.id))) >= 25
    extranet = db.session.scalar(select(Space.id).where(Space.slug == "extranet"))
    placed = select(func.count()).where(
        Placement.space_id == extranet, Placement.content_id == Content.id,
        Content.kind == "document",
    )  # fmt: skip
    assert db.session.scalar(placed) >= 9
    waiting = select(func.count()).where(
        FileReading.state == "waiting", FileReading.file_id.in_(select(Attachment.file_id))
    )
    materials = sum(len(facts.get("materials", ())) for facts in practices_of())
    assert db.session.scalar(waiting) == len(PAPERS) + 5 + materials
    assert db.session.scalar(select(func.count(DocumentRevision.id))) == len(PAPERS) + 5
    assert db.session.scalar(select(func.count(File.id)).where(File.size == 0)) == 0

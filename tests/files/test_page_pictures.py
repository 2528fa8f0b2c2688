"""Page pictures, OCR and LibreOffice: what is seen of a file rather than read in it."""

import shutil

import docx
import pytest
from PIL import Image, ImageDraw, ImageFont

from portal.files import reading
from portal.files.reading import repairs
from tests.files.test_reading import FONT, LINES, TESSDATA, assert_tells, pdf_of, typeface

__all__ = ["typeface"]  # a fixture


def test_pages_are_drawn_in_the_asked_width(tmp_path, typeface):
    path = pdf_of(tmp_path / "a.pdf", [LINES, LINES])
    out = tmp_path / "out"
    assert reading.draw(path, "pdf", [1, 2, 7], out, 1000) == [1, 2]
    with Image.open(out / "2.webp") as page:
        assert page.format == "WEBP"
        assert abs(page.width - 1000) <= 1
        assert page.convert("L").getextrema()[0] < 100  # something is printed on it
    with Image.open(out / "thumb.webp") as thumb:
        assert thumb.width == 160


def test_a_tiff_of_several_pages_is_drawn_and_wants_ocr(tmp_path):
    frames = [Image.new("L", (900, 600), shade) for shade in (0, 255)]
    path = tmp_path / "a.tif"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    found = reading.read(path, "a.tif")
    assert (found.kind, found.count, found.paged, found.to_ocr) == ("image", 2, True, [1, 2])
    assert reading.draw(path, "image", [1, 2], tmp_path / "out", 300) == [1, 2]
    with Image.open(tmp_path / "out" / "2.webp") as page:
        assert page.convert("L").getpixel((5, 5)) > 250


# OCR


def test_a_scan_is_recognised_in_both_languages(tmp_path):
    picture = Image.new("L", (1500, 420), "white")
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate([*LINES, "Please confirm your participation by Friday."]):
        pen.text((60, 40 + 90 * number), line, font=ImageFont.truetype(str(FONT), 44))
    path = tmp_path / "scan.png"
    picture.save(path)
    assert reading.read(path, "scan.png").to_ocr == [1]
    pages = reading.ocr(path, "image", [1, 9], TESSDATA)
    assert [(page.number, page.source) for page in pages] == [(1, "ocr"), (9, "none")]
    wanted = {"община", "конкурс", "деловодството", "комисията", "participation", "friday"}
    told = {word.strip(".,").lower() for word in pages[0].text.split()}
    assert wanted <= told


def test_without_language_data_nothing_is_recognised(tmp_path):
    Image.new("L", (600, 600), "white").save(tmp_path / "a.png")
    pages = reading.ocr(tmp_path / "a.png", "image", [1], tmp_path)
    assert [(page.text, page.source) for page in pages] == [("", "none")]


def test_a_doubtful_word_is_taken_from_the_bulgarian_reading():
    both = "Прието Ha 5.03 от общинския cpok by email"
    alone = "Прието на 5.03 от общинския срок ву етай"
    assert repairs.merged(both, alone) == "Прието на 5.03 от общинския срок by email"
    assert repairs.repaired("Заповед Ме РД-09-15, снегопочиствВане") == (
        "Заповед № РД-09-15, снегопочистване"
    )


# LibreOffice


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_an_office_file_becomes_a_pdf(tmp_path):
    paper = docx.Document()
    paper.add_paragraph("Текст за печат")
    paper.save(tmp_path / "a.docx")
    assert reading.to_pdf(tmp_path / "a.docx", "docx", tmp_path / "a.pdf")
    assert_tells(reading.read(tmp_path / "a.pdf", "a.pdf"), "Текст", "печат")


def test_without_libreoffice_there_is_no_pdf(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert reading.to_pdf(tmp_path / "a.docx", "docx", tmp_path / "a.pdf") is False

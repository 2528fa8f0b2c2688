"""What the machine reads when workers die, disks fail, pages resist and files are read again."""

import asyncio
import io
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image
from sqlalchemy import select, update

from portal.audit import changed
from portal.audit.models import Change
from portal.content.models import Content
from portal.documents import queries, services
from portal.documents.models import DocumentRevision
from portal.files import reading, readings, store
from portal.files.models import File, FileReading
from portal.files.reading import scans
from portal.files.services import add_file
from portal.jobs import table
from portal.jobs.models import Job
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.search import services as search
from tests.support.papers import paper


def item(ident: int) -> Content:
    return db.session.get_one(Content, ident)


def now(ident: int) -> DocumentRevision:
    return services.current(item(ident))


def upload(by, data=b"Second.", name="Втора.txt") -> File:
    return add_file(io.BytesIO(data), name, by=by)


@pytest.fixture
def scanned(put, letter):
    """A file whose pages wait for OCR, as the reader left them."""
    ident = put(letter.data, "Сканирано.pdf")
    file_id = now(ident).file_id

    @transaction
    def wait() -> None:
        pages = [reading.Page(number, f"слой {number}", "text") for number in (1, 2, 3)]
        found = reading.Reading(
            "pdf", pages, 3, True, [1, 2, 3], reading.Trouble.NONE, False, 0.1, 1
        )
        readings._keep(file_id, found)

    wait()
    return file_id


def test_a_text_layer_that_reads_better_is_called_the_file_s_own(scanned):
    found = [reading.Page(1, "слой 1", "text"), reading.Page(2, "видяно", "ocr")]
    readings._keep_ocr(scanned, [*found, reading.Page(3, "", "none")])
    pages = {row.number: row.source for row in readings.pages(scanned)}
    assert pages == {1: "text", 2: "ocr", 3: "none"}


@transaction
def _fail_jobs() -> None:
    db.session.execute(update(Job).values(state="failed"))


@pytest.mark.parametrize(
    ("language", "told", "page"),
    [("bg", "не можа да се прочете", "текстът ѝ не можа да се прочете"),
     ("en", "could not be read", "its text could not be read")],
)  # fmt: skip
def test_a_file_whose_reading_was_given_up_is_said_to_be_unread(
    scanned, sign_in, language, told, page
):
    ident = db.session.scalar(select(DocumentRevision.content_id))
    address, browser = f"/documents/{item(ident).address}", sign_in("ngo")
    browser.post("/language", data={"language": language})
    readings.give_up()
    assert page not in browser.get(address).text  # a job will read it yet
    _fail_jobs()
    readings.give_up()
    shown = browser.get(address).text
    assert told in shown
    assert page in shown
    assert "recognised" not in shown
    assert "разпозна" not in shown
    assert told in browser.get("/documents/in/workspace").text
    readings._keep_ocr(scanned, [reading.Page(n, "слово", "ocr") for n in (1, 2, 3)])
    assert told not in browser.get(address).text  # it was tried again, and could be read


def test_a_damaged_file_shows_no_blank_pages_while_it_is_read(scanned, sign_in):
    """pdfium draws a page whose content does not unpack as white paper."""

    @transaction
    def damaged() -> None:
        kept = db.session.get_one(FileReading, scanned)
        kept.trouble, kept.drawn = "damaged", 3

    damaged()
    sha256 = db.session.get_one(File, scanned).sha256
    store.drawn(sha256).mkdir(parents=True)
    for number in (1, 2, 3):
        (store.drawn(sha256) / f"{number}.webp").write_bytes(b"white")
    address = f"/documents/{item(db.session.scalar(select(DocumentRevision.content_id))).address}"
    reader = sign_in("editor")
    page = reader.get(address).text
    assert "Файлът е пристигнал повреден" in page and "Машината още чете" in page
    assert 'class="viewer"' not in page and "leaf__img" not in page
    readings._keep_ocr(scanned, [reading.Page(2, "видяно", "ocr")])
    page = reader.get(address).text
    assert page.count("leaf__img") == 1 and "Изображение на страница 2" in page
    readings._keep_ocr(scanned, [reading.Page(n, "", "none") for n in (1, 3)])
    assert "Машината още чете" not in reader.get(address).text


def test_pages_behind_one_that_takes_too_long_are_tried_again(scanned, tmp_path, monkeypatch):
    Image.new("L", (600, 600), "white").save(tmp_path / "a.png")
    monkeypatch.setattr(scans, "PAGE_SECONDS", 0.0)
    with ThreadPoolExecutor(1) as apart:  # a browser test before may have left its loop here
        run = lambda: asyncio.run(scans._recognise(tmp_path / "a.png", "image", [1, 2]))  # noqa: E731
        found = apart.submit(run).result()
    assert found == [(1, "", "none")]
    readings._keep_ocr(scanned, [reading.Page(*found[0])])
    assert {row.number: row.source for row in readings.pages(scanned)} == {
        1: "none",
        2: "wait",
        3: "wait",
    }
    assert db.session.get_one(FileReading, scanned).state == "ocr"
    assert waiting("files.ocr") == [{"file": scanned}] * 2  # the reader's own, and this one's


@pytest.mark.parametrize(("count", "most"), [(12, 3), (400, 12)])
def test_a_long_scan_is_not_indexed_anew_at_each_portion(count, most, put):
    file_id = now(put("x", "Скан.txt")).file_id
    pages = [reading.Page(number, "", "none") for number in range(1, count + 1)]
    everything = [page.number for page in pages]
    found = reading.Reading(
        "pdf", pages, count, True, everything, reading.Trouble.NONE, False, 0.1, 1
    )
    readings._keep(file_id, found)
    told = db.session.query(Change).count()
    for first in range(1, count + 1, readings.OCR_PAGES):
        before = db.session.query(Change).count()
        numbers = range(first, first + readings.OCR_PAGES)
        readings._keep_ocr(file_id, [reading.Page(n, "слово", "ocr") for n in numbers])
    assert db.session.get_one(FileReading, file_id).state == "done"
    assert db.session.query(Change).count() == before + 1  # of the last portion, always
    assert before + 1 - told <= most


def test_a_hit_of_an_earlier_reading_names_no_page_that_is_gone(scanned, put, sign_in):
    """The index is a moment behind: the file was read again and has fewer pages now."""
    ident = db.session.scalar(select(DocumentRevision.content_id))
    readings._keep_ocr(scanned, [reading.Page(3, "водоскок", "ocr")])
    while search.follow():
        pass
    page = sign_in("ngo").get("/search", query_string={"q": "водоскок"})
    assert "?page=3#page3" in page.text

    @transaction
    def shorter() -> None:
        db.session.get_one(FileReading, scanned).pages = 2
        changed("document", ident)  # as whoever reads it says

    shorter()
    page = sign_in("ngo").get("/search", query_string={"q": "водоскок"})
    assert f"/documents/{item(ident).address}" in page.text
    assert "#page3" not in page.text
    for number in ("3", "-1", "x", "9" * 30):
        page = sign_in("ngo").get(f"/documents/{item(ident).address}?page={number}")
        assert page.status_code == 200 and 'class="leaf' in page.text, number


def waiting(kind: str) -> list[dict[str, int]]:
    return [job.facts for job in db.session.query(Job).filter_by(kind=kind, state="waiting")]


def test_a_file_whose_reading_was_given_up_can_be_read_again(put, sign_in, follow, monkeypatch):
    ident = put()
    file_id = now(ident).file_id
    path = store.path_of(db.session.get_one(File, file_id).sha256)
    monkeypatch.setattr(table, "ATTEMPTS_MAX", 1)
    data = path.read_bytes()
    path.unlink()  # the disk fails for a while
    follow()
    assert db.session.get_one(FileReading, file_id).state == "waiting"
    path.write_bytes(data)
    browser = sign_in("editor")
    page = browser.get(f"/documents/{item(ident).address}").text
    assert f"/documents/{ident}/read" in page
    browser.post(f"/documents/{ident}/read")
    browser.post(f"/documents/{ident}/read")
    assert waiting("files.read") == [{"file": file_id}]
    follow()
    assert db.session.get_one(FileReading, file_id).state == "done"


def test_missing_pictures_are_asked_for_once(put, letter, follow):
    ident = put(letter.data, "Писмо.pdf")
    follow()
    shutil.rmtree(store.drawn(db.session.get_one(File, now(ident).file_id).sha256))
    readings.draw_missing()
    readings.draw_missing()  # an hour later, behind ten thousand others
    assert len(waiting("files.draw")) == 1


def test_reading_twice_in_a_row_ends_with_every_page_once(scanned, follow):
    readings.read(scanned)  # a worker died after it had kept, and the next does it again
    readings.read(scanned)
    follow()
    assert [row.number for row in readings.pages(scanned)] == [1, 2, 3]
    known = db.session.get_one(FileReading, scanned)
    assert (known.state, known.drawn) == ("done", 3)


def test_jobs_of_a_swept_file_do_nothing(app):
    for job in (readings.read, readings.ocr):
        job(file=4711)
    readings.draw(file=4711, first=1)


def test_a_page_that_cannot_be_drawn_does_not_end_the_drawing(scanned, follow):
    follow()

    @transaction
    def long() -> None:
        db.session.get_one(FileReading, scanned).pages = 40

    long()
    drawn = [page for page in range(1, readings.DRAWN_PAGES + 1) if page != 3]
    readings._keep_drawn(scanned, drawn, 1)
    after = readings.DRAWN_PAGES + 1
    assert {"file": scanned, "first": after} in waiting("files.draw_on")


def test_a_restored_office_file_without_libreoffice_shows_no_broken_pictures(
    put, follow, person, tmp_path, monkeypatch
):
    ident = put(paper("docx", seed=3, pages=1).data, "Писмо.docx")
    monkeypatch.setenv("PATH", str(tmp_path))
    follow()
    file_id = now(ident).file_id

    @transaction
    def drawn_elsewhere() -> None:
        db.session.get_one(FileReading, file_id).drawn = 2
        shutil.rmtree(store.drawn(db.session.get_one(File, file_id).sha256))

    drawn_elsewhere()
    readings.draw_missing()
    follow()
    assert db.session.get_one(FileReading, file_id).drawn == 0


def test_reading_again_reads_the_file_that_the_page_shows(put, person, follow):
    ident = put("Първи.")
    by = person("editor")
    services.new_version(item(ident), upload(by), by=by, draft=True)
    follow()
    shown = queries.paper(by, ident)
    services.read_again(item(ident), by=by)
    assert db.session.get_one(FileReading, shown.file_id).state == "waiting"

"""Documents come in by the plain form and in portions, and go out as one ZIP."""

import io
import zipfile

import pytest
from sqlalchemy import select

from portal.content.models import Content, Folder
from portal.documents import zipping
from portal.files import uploads
from portal.files.models import File
from portal.kernel import clock
from portal.kernel.database import db
from tests.documents.lists import PLACE, pick, titles


def send(browser, *files, place=PLACE):
    data = {"files": [(io.BytesIO(data), name) for name, data in files]}
    return browser.post(f"{place}/upload", data=data, content_type="multipart/form-data")


def test_the_plain_form_takes_many_files_and_names_those_it_refuses(sign_in, folder):
    ident = folder("Заповеди")
    browser = sign_in("editor")
    files = [("Едно.txt", b"1"), ("празен.txt", b""), ("Две.txt", b"2")]
    answer = send(browser, *files, place=f"{PLACE}/{ident}")
    assert answer.location == f"{PLACE}/{ident}"
    page = browser.get(answer.location)
    assert "Качени са 2 документа." in page.text
    assert "празен.txt: Файлът е празен." in page.text
    assert sorted(titles(page)) == ["Две", "Едно"]


def test_a_contributor_s_upload_waits_for_review(sign_in):
    browser = sign_in("contributor")
    page = browser.get(send(browser, ("Едно.txt", b"1")).location)
    assert "Чака преглед." in page.text


@pytest.mark.parametrize(("who", "status"), [("ngo", 403), ("reader", 404), ("visitor", 401)])
def test_who_only_reads_uploads_nothing(who, status, sign_in):
    browser = sign_in(who)
    assert send(browser, ("Едно.txt", b"1")).status_code == status
    assert browser.post(f"{PLACE}/finish", json={"upload": "x"}).status_code == status
    assert db.session.scalars(select(File)).all() == []
    if who == "ngo":
        assert "data-upload" not in browser.get(PLACE).text


@pytest.fixture
def sent(person):
    """sent("име.txt", b"...", who=…, path=[…]) → the token of a whole upload."""

    def run(name, data=b"text", who="editor", path=()):
        upload = uploads.begin(name, path, len(data), by=person(who))
        uploads.append(upload, 0, io.BytesIO(data), len(data))
        return upload.token

    return run


def test_a_whole_upload_becomes_a_document_once(sign_in, sent):
    browser, token = sign_in("editor"), sent("Заповед № 5.txt")
    first = browser.post(f"{PLACE}/finish", json={"upload": token})
    assert first.json["title"] == "Заповед № 5"
    assert first.json["state"] == "публикуван"
    assert browser.get(first.json["url"]).status_code == 200
    assert browser.post(f"{PLACE}/finish", json={"upload": token}).json == first.json
    assert len(db.session.scalars(select(Content)).all()) == 1


def test_a_server_that_died_before_it_answered_makes_no_second_document(sign_in, sent, monkeypatch):
    browser, token = sign_in("editor"), sent("Заповед.txt")
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "done", lambda *args: None)  # died between the row and its note
        browser.post(f"{PLACE}/finish", json={"upload": token})
    again = browser.post(f"{PLACE}/finish", json={"upload": token})
    assert again.status_code == 200
    assert len(db.session.scalars(select(Content)).all()) == 1


def test_an_uploaded_folder_becomes_folders(sign_in, sent, cast):
    browser = sign_in("editor")
    for path in (["Заповеди", "2026"], ["заповеди", "2026"]):
        browser.post(f"{PLACE}/finish", json={"upload": sent("Едно.txt", path=path)})
    made = db.session.scalars(select(Folder).order_by(Folder.id)).all()
    assert [each.name for each in made] == ["Заповеди", "2026"]
    assert titles(browser.get(f"{PLACE}/{made[1].id}")) == ["Едно (2)", "Едно"]


def test_a_contributor_s_folder_is_refused_with_the_reason_and_can_be_tried_again(
    sign_in, sent, folder
):
    browser, token = sign_in("contributor"), sent("Едно.txt", who="contributor", path=["Нова"])
    answer = browser.post(f"{PLACE}/finish", json={"upload": token})
    assert answer.status_code == 422
    assert "папки" in answer.json["message"]
    folder("Нова")
    assert browser.post(f"{PLACE}/finish", json={"upload": token}).status_code == 200


def test_nobody_finishes_another_person_s_upload(sign_in, sent):
    token = sent("Едно.txt", who="contributor")
    assert sign_in("editor").post(f"{PLACE}/finish", json={"upload": token}).status_code == 404


@pytest.mark.parametrize("body", [{}, [], {"upload": 5}, {"upload": None}, "x"])
def test_a_finish_without_an_upload_is_refused(body, sign_in):
    assert sign_in("editor").post(f"{PLACE}/finish", json=body).status_code == 400


# ZIP


def unpacked(answer):
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.get_data()))


def test_many_are_downloaded_under_their_cyrillic_names(sign_in, put):
    ids = [
        put("първи", "Заповед № 5.txt"),
        put("втори", "заповед № 5.txt"),
        put("трети", "Акт.txt"),
    ]
    browser = sign_in("ngo")
    asked = pick(browser, "zip", *ids)
    archive = unpacked(browser.get(asked.location))
    assert archive.testzip() is None
    assert archive.namelist() == ["Заповед № 5.txt", "заповед № 5 (2).txt", "Акт.txt"]
    assert archive.read("Акт.txt").decode() == "трети"
    assert all(each.compress_type == zipfile.ZIP_STORED for each in archive.infolist())


def test_only_what_she_reads_is_in_the_archive(sign_in, put):
    ids = [put(name="Готов.txt"), put(name="Чернова.txt", draft=True), put(space="intranet")]
    asked = "/documents/zip?" + "&".join(f"id={ident}" for ident in ids)
    assert unpacked(sign_in("ngo").get(asked)).namelist() == ["Готов.txt"]
    assert sign_in("stranger").get(asked).status_code == 404
    assert sign_in("ngo").get("/documents/zip").status_code == 404


def test_a_folder_is_downloaded_with_its_tree(sign_in, folder, put, put_in):
    top = folder("Заповеди")
    year, beside = folder("2026", top), folder("Договори")
    put_in(top, name="Първи.txt")
    put_in(year, name="Втори.txt")
    put_in(beside, name="Трети.txt")
    put(name="Горе.txt")
    browser = sign_in("ngo")
    answer = browser.get(f"{PLACE}/{top}/zip")
    assert "filename*=UTF-8''%D0%97%D0%B0" in answer.headers["Content-Disposition"]
    assert set(unpacked(answer).namelist()) == {"Първи.txt", "2026/Втори.txt"}
    everything = {"Горе.txt", "Заповеди/Първи.txt", "Заповеди/2026/Втори.txt", "Договори/Трети.txt"}
    assert set(unpacked(browser.get(f"{PLACE}/zip")).namelist()) == everything
    assert browser.get(f"{PLACE}/{folder('Празна')}/zip").status_code == 302


@pytest.mark.parametrize("limit", ["FILES_MAX", "BYTES_MAX"])
def test_too_much_at_once_is_refused_with_the_limit(limit, sign_in, put, monkeypatch):
    put(), put()
    monkeypatch.setattr(f"portal.documents.browsing.{limit}", 1)
    browser = sign_in("ngo")
    answer = browser.get(f"{PLACE}/zip")
    assert answer.location == PLACE
    assert "Наведнъж могат да се изтеглят" in browser.get(PLACE).text


def test_an_archive_is_made_while_it_is_sent(tmp_path):
    large = tmp_path / "large"
    large.write_bytes(bytes(5_000_000))
    gone = tmp_path / "gone"
    parts = list(zipping.stream([(large, "а.bin", 5_000_000), (gone, "б.bin", 5)], clock.now()))
    assert max(map(len, parts)) < 600_000
    archive = zipfile.ZipFile(io.BytesIO(b"".join(parts)))
    assert archive.namelist() == ["а.bin", "MISSING.txt"]  # a lost file is named, not passed over


def test_no_connection_is_held_while_an_archive_is_sent(app, sign_in, put):
    put("x" * 2_000_000)
    answer = sign_in("ngo").get(f"{PLACE}/zip")
    parts = answer.iter_encoded()
    next(parts)
    assert db.engine.pool.checkedout() == 0
    answer.close()

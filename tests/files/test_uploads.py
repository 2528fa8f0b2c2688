"""Uploads in portions: the protocol, its limits, and what a kill, a stranger or a full disk do."""

import base64
import os
import shutil
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.exceptions import Conflict, Locked, NotFound

from portal.content.models import Folder
from portal.files import uploads
from portal.kernel import clock
from portal.kernel.errors import Refused

TUS = {"Tus-Resumable": "1.0.0", "Accept": "application/json"}
PORTION = {**TUS, "Content-Type": "application/offset+octet-stream"}
BYTES = "Заповед № 17".encode() * 1000


def metadata(**facts):
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in facts.items())


def begin(browser, length=len(BYTES), **facts):
    facts = {"filename": "Заповед.pdf", **facts}
    return browser.post(
        "/files/uploads",
        headers={**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata(**facts)},
    )


def send(browser, place, data, offset):
    return browser.patch(place, data=data, headers={**PORTION, "Upload-Offset": str(offset)})


def offset_of(browser, place):
    answer = browser.head(place, headers=TUS)
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


def folder(instance):
    return instance / "files" / "uploads"


@pytest.fixture
def browser(sign_in):
    return sign_in("contributor")


@pytest.fixture
def whole(browser):
    """A whole upload's address."""
    place = begin(browser).location
    assert send(browser, place, BYTES, 0).status_code == 204
    return place


def token_of(place):
    return place.rpartition("/")[2]


def test_the_options_say_what_this_end_can_do(browser):
    answer = browser.options("/files/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,termination"
    assert answer.headers["Tus-Max-Size"] == str(100 * 1024 * 1024)


def test_a_file_comes_in_portions_and_is_taken_whole(browser, person):
    begun = begin(browser, path="Заповеди/2026")
    assert begun.status_code == 201
    assert send(browser, begun.location, BYTES[:700], 0).headers["Upload-Offset"] == "700"
    assert offset_of(browser, begun.location) == 700
    assert send(browser, begun.location, BYTES[700:], 700).status_code == 204
    answer = browser.head(begun.location, headers=TUS)
    assert answer.headers["Upload-Length"] == answer.headers["Upload-Offset"] == str(len(BYTES))
    assert answer.headers["Cache-Control"] == "no-store"
    with uploads.take(token_of(begun.location), by=person("contributor")) as taken:
        assert taken.stream.read() == BYTES
        assert (taken.name, taken.path) == ("Заповед.pdf", ("Заповеди", "2026"))


def test_another_version_of_the_protocol_is_refused(browser):
    answer = browser.post("/files/uploads", headers={"Tus-Resumable": "0.2.2"})
    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == "1.0.0"


def test_a_form_of_another_site_can_change_nothing(browser, whole):
    browser.csrf = False
    assert begin(browser).status_code == 400
    assert send(browser, whole, b"", len(BYTES)).status_code == 400
    assert browser.delete(whole, headers=TUS).status_code == 400
    assert offset_of(browser, whole) == len(BYTES)


@pytest.mark.parametrize("who", ["editor", "admin", "visitor"])
def test_only_its_owner_reaches_an_upload(who, whole, sign_in, person):
    other = sign_in(who)
    refusal = 401 if who == "visitor" else 404
    assert other.head(whole, headers=TUS).status_code == refusal
    assert send(other, whole, b"x", len(BYTES)).status_code == refusal
    assert other.delete(whole, headers=TUS).status_code == refusal
    with pytest.raises(NotFound), uploads.take(token_of(whole), by=person(who)):
        pass


@pytest.mark.parametrize("token", ["x" * 43, "%2e%2e%2fportal", "..", "a", "%00" * 43])
def test_a_made_up_token_opens_nothing(token, browser):
    assert browser.head(f"/files/uploads/{token}", headers=TUS).status_code == 404


@pytest.mark.parametrize("offset", [0, 699, 701])
def test_a_wrong_offset_is_refused_and_nothing_is_written(offset, browser):
    place = begin(browser).location
    send(browser, place, BYTES[:700], 0)
    answer = send(browser, place, b"x" * 5, offset)
    assert answer.status_code == 409
    assert answer.json["message"]
    assert offset_of(browser, place) == 700


def test_more_than_was_announced_is_refused(browser):
    place = begin(browser, length=10).location
    assert send(browser, place, b"x" * 11, 0).status_code == 413
    assert offset_of(browser, place) == 0
    assert send(browser, place, b"x" * 10, 0).status_code == 204
    assert send(browser, place, b"x", 10).status_code == 413


def test_a_portion_is_at_most_eight_mebibytes(browser):
    place = begin(browser, length=9 * 1024 * 1024).location
    assert send(browser, place, bytes(8 * 1024 * 1024 + 1), 0).status_code == 413
    assert offset_of(browser, place) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json"}, 415),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "٣"}, 400),
        ({"Upload-Offset": ""}, 400),
        ({"Upload-Offset": "9" * 30}, 400),
    ],
)
def test_a_portion_that_is_none_is_refused(headers, status, browser):
    place = begin(browser).location
    sent = {**PORTION, "Upload-Offset": "0", **headers}
    sent = {name: value.encode().decode("latin-1") for name, value in sent.items()}
    assert browser.patch(place, data=b"xx", headers=sent).status_code == status
    assert offset_of(browser, place) == 0


def test_an_upload_that_is_given_up_leaves_nothing(browser, whole, instance):
    assert browser.delete(whole, headers=TUS).status_code == 204
    assert list(folder(instance).iterdir()) == []
    assert browser.head(whole, headers=TUS).status_code == 404


@pytest.mark.parametrize(
    ("facts", "length", "told"),
    [
        ({"filename": ""}, 10, "The file has no name."),
        ({"filename": "../.."}, 10, "The file has no name."),
        ({"filename": "\x07\u200b"}, 10, "The file has no name."),
        ({}, 0, "The file is empty."),
        ({}, 100 * 1024 * 1024 + 1, "The file is too large: 100 MB is the most that is taken."),
        ({"path": "/".join("abcdefghijk")}, 10, "Folders may be nested at most 10 deep."),
    ],
)
def test_what_cannot_be_taken_is_refused_before_a_byte_is_sent(
    facts, length, told, browser, instance
):
    browser.post("/language", data={"language": "en"})
    answer = begin(browser, length=length, **facts)
    assert answer.status_code == 422
    assert answer.json["message"] == told
    assert list(folder(instance).glob("*")) == []


@pytest.mark.parametrize("length", ["", "x", "-1", "1e3", "9" * 20])
def test_a_length_that_is_none_is_refused(length, browser):
    headers = {**TUS, "Upload-Length": length, "Upload-Metadata": metadata(filename="a.pdf")}
    assert browser.post("/files/uploads", headers=headers).status_code == 400


@pytest.mark.parametrize("facts", ["filename !!!", "filename gICA", "filename a"])
def test_facts_that_are_no_text_are_refused(facts, browser):
    headers = {**TUS, "Upload-Length": "5", "Upload-Metadata": facts}
    assert browser.post("/files/uploads", headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Мария\\отчет.docx", "отчет.docx"),
        ("..\\..\\portal.toml", "portal.toml"),
        ("а\x00б\x1b[31m\n.pdf", "аб[31m .pdf"),
        ("я" * 255, "я" * 255),
        ("я" * 300 + ".docx", "я" * 250 + ".docx"),
    ],
)
def test_a_name_loses_its_tricks_and_keeps_its_ending(sent, kept, browser, person):
    place = begin(browser, filename=sent).location
    upload = uploads.find(token_of(place), by=person("contributor"))
    assert upload.name == kept


def test_folders_lose_their_tricks(browser, person):
    place = begin(browser, path="../../etc\\x\x00/ ./Заповеди/.." + "я" * 300).location
    path = uploads.find(token_of(place), by=person("contributor")).path
    assert path == ("etc", "x", "Заповеди", "я" * Folder.NAME_MAX)


def test_one_person_holds_only_so_many_open_uploads(browser, sign_in, monkeypatch):
    monkeypatch.setattr(uploads, "OPEN_MAX", 2)
    places = [begin(browser).location for _each in range(2)]
    assert begin(browser).status_code == 422
    assert begin(sign_in("editor")).status_code == 201  # others are not hindered
    browser.delete(places[0], headers=TUS)
    assert begin(browser).status_code == 201


def test_one_person_announces_only_so_many_bytes(browser, monkeypatch):
    monkeypatch.setattr(uploads, "BYTES_MAX", 1000)
    assert begin(browser, length=900).status_code == 201
    assert begin(browser, length=101).status_code == 422
    assert begin(browser, length=100).status_code == 201


def test_a_portion_waits_for_the_one_being_written(browser, person):
    place = begin(browser).location
    part = uploads._part(token_of(place))
    hold = "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_EX); print(1)"
    script = f"{hold}; sys.stdout.flush(); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(part)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        other.stdout.readline()
        assert send(browser, place, BYTES, 0).status_code == 423
    finally:
        other.kill()
        other.communicate()
    assert send(browser, place, BYTES, 0).status_code == 204


def test_a_process_killed_in_a_portion_loses_nothing_that_it_wrote(app, browser, instance):
    """The child writes portions through the same service until it is killed within one."""
    place = begin(browser).location
    script = textwrap.dedent("""
        import io, os, signal, sys
        from pathlib import Path
        from portal.access import Viewer
        from portal.app import create_app
        from portal.files import uploads
        class Dies(io.RawIOBase):
            sent = 0
            def read(self, size=-1):
                if self.sent:
                    os.kill(os.getpid(), signal.SIGKILL)
                self.sent = 1
                return DATA[700:1000]
        instance, token, user, url = sys.argv[1:]
        app = create_app(Path(instance), {"SECRET_KEY": "s" * 40, "DATABASE_URL": url})
        DATA = "Заповед № 17".encode() * 1000
        with app.app_context():
            upload = uploads.find(token, by=Viewer(user_id=int(user)))
            uploads.append(upload, 0, io.BytesIO(DATA[:700]), 700)
            uploads.append(upload, 700, Dies(), 2000)
    """)
    user_id = str(uploads._read(token_of(place)).user_id)
    url = app.config["DATABASE_URL"]
    died = subprocess.run(
        [sys.executable, "-c", script, str(instance), token_of(place), user_id, url],
        cwd=Path(__file__).resolve().parents[2],
    )
    assert died.returncode == -9
    assert offset_of(browser, place) == 1000
    assert send(browser, place, BYTES[1000:], 1000).status_code == 204
    assert uploads._part(token_of(place)).read_bytes() == BYTES


@pytest.fixture
def small_disk(instance):
    """A real disk of one mebibyte where the instance keeps its uploads."""
    place = folder(instance)
    place.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root mounts a disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_told_and_what_came_before_is_kept(small_disk, browser, monkeypatch):
    monkeypatch.setattr(uploads, "RESERVE", 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: type("D", (), {"free": 2**40}))
    browser.post("/language", data={"language": "en"})
    data = os.urandom(2 * 1024 * 1024)
    place = begin(browser, length=len(data)).location
    assert send(browser, place, data[:500_000], 0).status_code == 204
    answer = send(browser, place, data[500_000:], 500_000)
    assert answer.status_code == 507
    assert answer.json["message"] == "The portal's disk is full. Tell the administrator."
    kept = offset_of(browser, place)
    assert 500_000 <= kept < 1024 * 1024
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
    assert send(browser, place, data[kept:], kept).status_code == 204
    assert uploads._part(token_of(place)).read_bytes() == data


def test_an_upload_is_not_begun_on_a_full_disk(small_disk, browser, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: type("D", (), {"free": 2**40}))
    with (small_disk / "ballast").open("wb") as ballast, pytest.raises(OSError):
        while True:
            ballast.write(bytes(65536))
            ballast.flush()
    assert begin(browser).status_code == 507
    assert [path.name for path in small_disk.iterdir()] == ["ballast"]


def test_the_last_of_the_disk_is_left_to_the_database(browser, monkeypatch):
    place = begin(browser).location
    monkeypatch.setattr(uploads, "RESERVE", 2**60)
    assert begin(browser).status_code == 507
    assert send(browser, place, BYTES, 0).status_code == 507
    assert offset_of(browser, place) == 0


def test_old_uploads_are_swept_and_young_ones_stay(browser, app, instance):
    old = begin(browser).location
    (folder(instance) / "leftover.new").write_text("{")
    assert uploads.sweep() == 1  # the leftover belongs to nothing
    with clock.at(clock.now() + timedelta(hours=23)):
        assert uploads.sweep() == 0
    assert offset_of(browser, old) == 0
    with clock.at(clock.now() + timedelta(hours=25)):
        assert uploads.sweep() == 1
    assert list(folder(instance).iterdir()) == []


def test_an_unfinished_upload_is_not_taken(browser, person):
    place = begin(browser).location
    send(browser, place, BYTES[:10], 0)
    with pytest.raises(Conflict), uploads.take(token_of(place), by=person("contributor")):
        pass


def test_what_was_taken_is_remembered_and_its_bytes_are_not(whole, browser, person):
    token, viewer = token_of(whole), person("contributor")
    with uploads.take(token, by=viewer) as taken:
        assert taken.outcome is None
        uploads.done(token, {"url": "/documents/17"})
    assert uploads._part(token).stat().st_size == 0
    assert offset_of(browser, whole) == len(BYTES)  # the browser asks once more and goes on
    with uploads.take(token, by=viewer) as taken:
        assert taken.outcome == {"url": "/documents/17"}
    assert send(browser, whole, b"x", 0).status_code == 409


def test_two_requests_never_take_the_same_upload(whole, person):
    token, viewer = token_of(whole), person("contributor")
    with uploads.take(token, by=viewer), pytest.raises(Locked), uploads.take(token, by=viewer):
        pass


def test_a_visitor_begins_no_upload(app, client):
    from portal.access import VISITOR

    assert begin(client).status_code == 401
    with pytest.raises(Exception, match="403"):
        uploads.begin("a.pdf", [], 5, by=VISITOR)


def test_who_may_put_files_nowhere_begins_no_upload(sign_in):
    assert begin(sign_in("reader")).status_code == 403
    assert begin(sign_in("stranger")).status_code == 403
    assert begin(sign_in("contributor")).status_code == 201


def test_the_limit_is_the_installation_s_own(app, person):
    app.config["DOCUMENT_LIMIT_MB"] = 1
    viewer = person("contributor")
    with pytest.raises(Refused):
        uploads.begin("a.pdf", [], 1024 * 1024 + 1, by=viewer)
    assert uploads.begin("a.pdf", [], 1024 * 1024, by=viewer).offset == 0

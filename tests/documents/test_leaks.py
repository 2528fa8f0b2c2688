"""What a sceptical reader tried: nothing leaks, nothing is lost, nothing breaks."""

import io
import os
import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.content import folders, keeping
from portal.content import services as content
from portal.content.models import Content, Folder, Placement, State
from portal.documents import services
from portal.documents.models import DocumentRevision
from portal.files import services as files
from portal.files import store
from portal.files.models import File
from portal.files.services import add_file
from portal.kernel import clock
from portal.kernel.database import db


def item(ident: int) -> Content:
    return db.session.get_one(Content, ident)


def now(ident: int) -> DocumentRevision:
    return services.current(item(ident))


def upload(by, data=b"Second.", name="Втора.txt") -> File:
    return add_file(io.BytesIO(data), name, by=by)


# Bad input


@pytest.mark.parametrize("query", ["address=x", "endpoint=x", "page=2&address=1&_=1"])
def test_an_old_link_with_odd_words_still_leads_on(query, put, sign_in):
    ident = put()
    answer = sign_in("editor").get(f"/documents/{ident}?{query}")
    assert answer.status_code == 301
    assert answer.location.startswith(f"/documents/dokument-{ident}")


@pytest.mark.parametrize(
    "typed", ["31.12.2026", "0000-00-00", "2026-02-30", "9999-12-31", "x" * 99]
)
def test_a_date_that_is_none_is_refused_at_its_field(typed, put, sign_in):
    ident = put()
    form = {"seal": str(services.stamp(item(ident))), "title": "Т", "dated": typed}
    answer = sign_in("editor").post(f"/documents/{ident}/edit", data=form)
    assert answer.status_code == 422
    assert now(ident).dated is None


@pytest.mark.parametrize(
    "url",
    [
        "/documents/99999999999999",
        "/documents/versions/99999999999999/file",
        "/documents/x-99999999999999",
        "/documents/in/workspace/999999999",
        "/documents/in/work%00space",
        "/documents/zip?id=99999999999999&id=-1&id=x",
        "/documents/in/workspace?page=99999999999999&sort=%00&q=%00%25_/",
        "/documents/in/workspace?page=-5&q=" + "я" * 5000,
    ],
)
def test_odd_addresses_break_nothing(url, put, sign_in):
    put()
    assert sign_in("editor").get(url).status_code in (200, 404)


def test_odd_forms_break_nothing(put, sign_in):
    ident, browser = put(), sign_in("editor")
    place = "/documents/in/workspace"
    many = [str(n) for n in range(1, 301)]
    for url, data in (
        (f"{place}/picked", {"do": "trash\0", "id": ["99999999999999"]}),
        (f"{place}/picked", {"do": "zip", "id": [*many, "x", "\0"]}),
        (f"{place}/move?id={ident}&from=99999999999", {"folder": "99999999999999"}),
        (f"{place}/new-folder", {"name": "\0\u202e", "parent": "\0"}),
        (f"{place}/new-folder", {"name": "я" * 5000, "parent": ""}),
        (f"/documents/{ident}/edit", {"seal": "1" * 18, "title": "а", "tags": "т" * 5000}),
        (f"/documents/{ident}/edit", {"seal": "x"}),
        (f"/content/{ident}/places", {"space": "9" * 30}),
        (f"/content/{ident}/unplace", {"space": "9" * 30}),
        (f"/documents/{ident}/return", {"saves": "²", "remark": "\0"}),
        (f"/documents/{ident}/version", {"file": "not a file"}),
    ):
        assert browser.post(url, data=data).status_code < 500, url


@pytest.mark.parametrize("name", ["Фактура\u202efdp.txt", "\u2066a\u2069\u200f.txt", "\u061cб.txt"])
def test_a_name_cannot_turn_its_reading_direction(name, put):
    kept = db.session.get_one(File, now(put(name=name)).file_id).name
    assert all(unicodedata.category(sign) != "Cf" for sign in kept)


# Nothing is lost


def test_a_file_in_review_stays_among_the_versions_when_another_takes_its_place(put, person):
    ident = put("Първи.", who="contributor")
    first, by = now(ident), person("contributor")
    first_id, file_id = first.id, first.file_id
    services.new_version(item(ident), upload(by), by=by)
    assert now(ident).state == State.IN_REVIEW
    assert now(ident).id != first_id
    kept = db.session.get_one(DocumentRevision, first_id)
    assert (kept.state, kept.file_id) == (State.SUPERSEDED, file_id)
    services.go_back(item(ident), kept, content.print_of(now(ident)), by=by)
    assert now(ident).file_id == file_id


def test_going_back_does_not_throw_away_what_a_colleague_sent_for_review(put, person, sign_in):
    ident = put("Първи.", who="contributor")
    draft, editor, by = now(ident), person("editor"), person("contributor")
    content.approve(draft, draft.saves, by=editor)
    first = now(ident)
    services.new_version(item(ident), upload(by), by=by)
    second_id, second_file = now(ident).id, now(ident).file_id
    kept, seen = db.session.get_one(DocumentRevision, first.id), content.print_of(now(ident))
    services.go_back(item(ident), kept, seen, by=editor)
    assert now(ident).file_id == first.file_id
    assert db.session.get_one(DocumentRevision, second_id).file_id == second_file
    with clock.at(clock.now() + files.ORPHAN_AGE * 3):
        files.sweep()
    answer = sign_in("editor").get(f"/documents/versions/{second_id}/file")
    assert (answer.status_code, answer.data) == (200, b"Second.")


def test_nobody_publishes_a_version_that_she_did_not_see(put, person, sign_in):
    ident = put("Първи.", who="contributor", draft=True)
    seen = now(ident)
    form = {"saves": seen.saves, "revision": seen.id}
    by = person("contributor")
    services.new_version(item(ident), upload(by), by=by, draft=True)
    sign_in("editor").post(f"/documents/{ident}/release", data=form)
    assert item(ident).visible_from is None
    page = sign_in("editor").get(f"/documents/{item(ident).address}").text
    assert f'name="revision" value="{now(ident).id}"' in page


def test_bytes_uploaded_again_survive_the_sweeping_of_an_orphan(put, person):
    by = person("editor")
    orphan = upload(by, b"The same bytes.")
    sha256, ident = orphan.sha256, orphan.id
    later = clock.now() + files.ORPHAN_AGE * 2
    with clock.at(later):
        taken = files.take(io.BytesIO(b"The same bytes."), "Наново.txt", by=by)
        os.utime(store.path_of(sha256), (later.timestamp(),) * 2)
        files.sweep()  # between the bytes and their row
    again = files.enter(taken, by=by)
    assert store.path_of(again.sha256).read_bytes() == b"The same bytes."
    assert again.id != ident


def test_an_old_orphan_is_swept_with_its_bytes(put, person):
    orphan = upload(person("editor"), b"Nobody's.")
    path = store.path_of(orphan.sha256)
    with clock.at(clock.now() + files.ORPHAN_AGE * 2):
        assert files.sweep() == 1
    assert not path.exists()


def test_sweeping_leaves_what_any_version_holds(put, person, sign_in):
    kept = {put("Едно."): b"", put("Две.", name="Д.txt", who="contributor"): b""}
    by = person("editor")
    for ident in kept:
        services.new_version(item(ident), upload(by, b"New %d" % ident), by=by)
    trashed = put("Три.", name="К.txt")
    keeping.trash(item(trashed), by=by)
    before = {file.sha256 for file in db.session.query(File)}
    with clock.at(clock.now() + files.ORPHAN_AGE * 2):
        files.sweep()
    assert {file.sha256 for file in db.session.query(File)} == before
    assert all(store.path_of(sha256).is_file() for sha256 in before)


# Places and folders


def test_the_path_names_the_space_that_the_folder_lies_in(put, person, cast, sign_in):
    """Shown in two further spaces, in a folder of one: her path leads there and nowhere else."""
    ident = put()
    by = person("manager")
    for name in ("extranet", "intranet"):
        keeping.place(item(ident), cast.space(name), by=person("editor"))
    folder = folders.create(cast.space("intranet"), None, "Само тук", by=by)
    folders.put(item(ident), cast.space("intranet"), folder, by=by)
    found = sign_in("reader").get(f"/documents/{item(ident).address}").text
    trail = found.partition('class="trail')[2].partition("</nav>")[0]
    for href in (part.partition('"')[0] for part in trail.split('href="')[2:]):
        assert sign_in("reader").get(href).status_code == 200, href


def test_an_empty_looking_folder_says_nothing_of_what_its_editor_cannot_read(
    put, person, cast, sign_in
):
    """An editor of the workspace alone: a paper of the intranet lies in her folder and expired."""
    ident = put(space="workspace")
    by = person("editor")
    extranet = cast.space("extranet")
    keeping.place(item(ident), extranet, by=by)
    folder = folders.create(extranet, None, "Празна", by=by)
    folder_id = folder.id
    folders.put(item(ident), extranet, folder, by=by)
    keeping.expire(item(ident), clock.now() + timedelta(hours=1), by=by)
    with clock.at(clock.now() + timedelta(hours=2)):
        other = strip_of(person("manager"), cast.space("workspace").id)
        folders.remove(db.session.get_one(Folder, folder_id), by=other)
        assert db.session.get(Folder, folder_id) is None
        place = db.session.get_one(Placement, (ident, cast.space("extranet").id))
        assert place.folder_id is None


def strip_of(viewer, space_id):
    """The same person without her role in a space."""
    roles = {space: role for space, role in viewer.roles.items() if space != space_id}
    return replace(viewer, roles=roles, reviews=viewer.reviews - {space_id})


def test_nothing_is_called_moved_that_is_not_there(put, sign_in, folder):
    ident, target = put(space="extranet"), folder("Тук")
    url = f"/documents/in/workspace/move?id={ident}"
    browser = sign_in("editor")
    answer = browser.post(url, data={"folder": str(target)}, follow_redirects=True)
    assert "1 документ е преместен" not in answer.text
    assert "остана" in answer.text


def test_doubles_of_a_very_long_name_are_numbered_too(put):
    name = "я" * 250 + ".txt"
    titles = [now(put(name=name)).title for _ in range(4)]
    assert len(set(titles)) == 4

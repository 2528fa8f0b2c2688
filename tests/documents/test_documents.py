"""Documents: put in, described, given versions, taken back, reviewed, reached by whom they may."""

import io
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from portal.content import folders, keeping
from portal.content import services as content
from portal.content.models import Content, Life, Placement, State
from portal.documents import services
from portal.documents.models import DocumentRevision
from portal.documents.services import Facts
from portal.documents.views import attachment
from portal.files import store
from portal.files.models import File, FileReading
from portal.files.services import add_file
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale


def item(ident: int) -> Content:
    return db.session.get_one(Content, ident)


def now(ident: int) -> DocumentRevision:
    return services.current(item(ident))


@pytest.mark.parametrize(
    ("who", "space", "state"),
    [
        ("editor", "workspace", State.LIVE),
        ("contributor", "workspace", State.IN_REVIEW),
        ("partner", "workspace", State.IN_REVIEW),  # a partner who contributes
        ("editor", "intranet", State.IN_REVIEW),  # the space asks for review
    ],
)
def test_a_document_is_released_where_its_uploader_may_and_reviewed_elsewhere(
    put, who, space, state
):
    assert now(put(who=who, space=space)).state == state


def test_who_only_reads_a_space_puts_nothing_there(put):
    with pytest.raises(Exception) as refusal:
        put(who="reader", space="intranet")
    assert getattr(refusal.value, "code", None) in (403, 404)
    assert db.session.scalar(select(func.count()).select_from(Content)) == 0


def test_a_name_becomes_a_title_and_doubles_are_numbered(put):
    first, second = put(name="Заповед_1185_копие.txt"), put(name="Заповед_1185_копие.txt")
    assert (now(first).title, now(second).title) == (
        "Заповед 1185 копие",
        "Заповед 1185 копие (2)",
    )


def test_a_title_that_another_person_alone_sees_does_not_show_in_the_number(put):
    put(name="Тайна.txt", who="contributor")
    assert now(put(name="Тайна.txt", who="partner")).title == "Тайна"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.txt",
        "..\\..\\Доклад.txt",
        "я" * 255 + ".txt",
        "Име\u202egpj.txt",
        " . .txt",
    ],
)
def test_hostile_names_are_only_names(put, app, name):
    ident = put(name=name)
    file = db.session.get_one(File, now(ident).file_id)
    assert "/" not in file.name
    assert "\\" not in file.name
    assert len(file.name) <= 255
    assert file.name.endswith("txt")
    assert len(now(ident).title) <= Content.TITLE_MAX
    assert store.path_of(file.sha256).is_file()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "Празен.txt"),
        (b"MZ\x90\x00" + b"\0" * 200, "Доклад.docx"),
        (b"@echo off", "Пусни.bat"),
    ],
)
def test_what_is_empty_or_a_program_is_refused_with_the_reason(put, data, name):
    with pytest.raises(Refused) as refusal:
        put(data, name)
    assert refusal.value.field == "file"
    assert db.session.scalar(select(func.count()).select_from(File)) == 0


def test_a_new_version_takes_the_place_and_the_old_one_can_come_back(put, person, sign_in):
    ident = put("Първа.", "Правила.txt")
    by = person("editor")
    first = now(ident)
    services.new_version(
        item(ident), add_file(io.BytesIO(b"Second."), "Р2.txt", by=by), "нова", by=by
    )
    second = now(ident)
    assert (second.number, second.state, second.note) == (2, State.LIVE, "нова")
    assert db.session.get_one(DocumentRevision, first.id).state == State.SUPERSEDED
    reader = sign_in("ngo")
    assert reader.get(f"/documents/versions/{second.id}/file").data == b"Second."
    assert reader.get(f"/documents/versions/{first.id}/file").status_code == 404
    editor = sign_in("editor")
    assert editor.get(f"/documents/versions/{first.id}/file").data == "Първа.".encode()
    page = editor.get(f"/documents/{item(ident).address}").text
    assert "Версия 2" in page
    # Its words wrap: only a figure is kept on one line.
    assert '<dd><span class="num">2</span> · нова</dd>' in page
    assert "Елена Редакторова" in page
    assert editor.post(f"/documents/versions/{first.id}/restore").status_code == 302
    third = now(ident)
    assert (third.number, third.file_id, third.state) == (3, first.file_id, State.LIVE)
    assert "Версии" not in reader.get(f"/documents/{item(ident).address}").text


def test_a_contributors_new_version_waits_while_readers_keep_the_old_one(put, person, sign_in):
    ident = put(who="contributor")
    draft = now(ident)
    content.approve(draft, draft.saves, by=person("editor"))
    by = person("contributor")
    services.new_version(item(ident), add_file(io.BytesIO(b"New."), "N.txt", by=by), by=by)
    waiting = now(ident)
    assert waiting.state == State.IN_REVIEW
    assert sign_in("ngo").get(f"/documents/versions/{waiting.id}/file").status_code == 404
    editor = sign_in("editor")
    page = editor.get(f"/documents/{item(ident).address}")
    assert "Одобряване" in page.text
    seen = {"saves": waiting.saves, "revision": waiting.id}
    answer = editor.post(f"/documents/{ident}/approve", data=seen)
    assert answer.status_code == 302
    assert now(ident).state == State.LIVE
    assert sign_in("ngo").get(f"/documents/versions/{waiting.id}/file").data == b"New."


def test_nobody_approves_what_she_did_not_see(put, person, sign_in):
    ident = put(who="contributor")
    draft = now(ident)
    stale = {"saves": draft.saves, "revision": draft.id}
    services.describe(
        item(ident), services.stamp(item(ident)), Facts("Друго заглавие"), by=person("contributor")
    )
    assert sign_in("editor").post(f"/documents/{ident}/approve", data=stale).status_code == 409
    assert now(ident).state == State.IN_REVIEW


def test_nobody_approves_her_own_upload(put, sign_in):
    ident = put(space="intranet")
    version = now(ident)
    seen = {"saves": version.saves, "revision": version.id}
    sign_in("editor").post(f"/documents/{ident}/approve", data=seen)
    assert now(ident).state == State.IN_REVIEW
    sign_in("colleague").post(f"/documents/{ident}/approve", data=seen)
    assert now(ident).state == State.LIVE


def test_a_remark_sends_it_back_and_its_author_reads_why(put, sign_in):
    ident = put(who="contributor")
    version = now(ident)
    remark = {"saves": version.saves, "revision": version.id, "remark": "Липсва подпис."}
    sign_in("editor").post(f"/documents/{ident}/return", data=remark)
    assert now(ident).state == State.RETURNED
    assert "Липсва подпис." in sign_in("contributor").get(f"/documents/{item(ident).address}").text
    assert sign_in("ngo").get(f"/documents/{item(ident).address}").status_code == 404


def test_what_is_written_about_it_is_kept_shown_and_checked(put, sign_in):
    ident = put()
    editor = sign_in("editor")
    page = editor.get(f"/documents/{ident}/edit").text
    stamp = str(services.stamp(item(ident)))
    assert stamp in page
    facts = {
        "seal": stamp,
        "title": "Заповед за отпуските",
        "sort": "order",
        "reg_number": "РД-09-1184",
        "dated": "2026-11-20",
        "issuer": "Кмет",
        "tags": "отпуск,  Човешки ресурси, отпуск",
    }
    bad = editor.post(f"/documents/{ident}/edit", data={**facts, "dated": "0001-02-03"})
    assert bad.status_code == 422
    assert "РД-09-1184" in bad.text  # what was typed is kept
    assert now(ident).reg_number == ""
    assert editor.post(f"/documents/{ident}/edit", data=facts).status_code == 302
    kept = now(ident)
    assert (kept.reg_number, kept.tags, kept.number) == (
        "РД-09-1184",
        "отпуск, Човешки ресурси",
        2,
    )
    shown = editor.get(f"/documents/{item(ident).address}").text
    assert "РД-09-1184" in shown
    assert "заповед" in shown
    stale = editor.post(f"/documents/{ident}/edit", data={**facts, "title": "Късно"})
    assert stale.status_code == 409
    assert "Късно" in stale.text
    assert now(ident).title == "Заповед за отпуските"


def test_a_stale_description_changes_nothing(put, person):
    ident = put()
    stamp = services.stamp(item(ident))
    services.describe(item(ident), stamp, Facts("Ново"), by=person("editor"))
    with pytest.raises(Stale):
        services.describe(item(ident), stamp, Facts("Старо"), by=person("manager"))
    assert now(ident).title == "Ново"


def test_a_strangers_upload_is_nobody_elses_document(put, person, cast):
    foreign = add_file(io.BytesIO(b"Mine."), "Мое.txt", by=person("contributor"))
    with pytest.raises(Refused):
        services.add(cast.space("workspace"), None, foreign, by=person("editor"))
    ident = put()
    with pytest.raises(Refused):
        services.new_version(item(ident), foreign, by=person("editor"))


@pytest.mark.parametrize(
    ("who", "status"),
    [("editor", 200), ("ngo", 200), ("stranger", 404), ("admin", 404), ("visitor", 302)],
)
def test_only_readers_of_the_space_reach_page_file_and_pictures(put, sign_in, follow, who, status):
    ident = put(name="Снимка.txt")
    version = now(ident).id
    browser = sign_in(who)
    for url in (f"/documents/{item(ident).address}", f"/documents/versions/{version}/file"):
        assert browser.get(url).status_code == status
    missing = 302 if who == "visitor" else 404  # a text has no picture
    for url in ("pages/1.webp", "thumb.webp"):
        assert browser.get(f"/documents/versions/{version}/{url}").status_code == missing


def test_placing_lets_further_readers_in_without_a_copy(put, person, sign_in, cast):
    ident = put()
    partner = sign_in("coordinator")  # reads the extranet only
    assert partner.get(f"/documents/{item(ident).address}").status_code == 404
    keeping.place(item(ident), cast.space("extranet"), by=person("editor"))
    assert partner.get(f"/documents/{item(ident).address}").status_code == 200
    assert partner.get(f"/documents/versions/{now(ident).id}/file").status_code == 200
    assert db.session.scalar(select(func.count()).select_from(File)) == 1
    assert "Чист бряг" not in partner.get(f"/documents/{item(ident).address}").text


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<html><script>alert(1)</script>", "Страница.html"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "Знак.svg"),
    ],
)
def test_nothing_that_runs_is_ever_shown_inline(put, sign_in, data, name):
    ident = put(data, name)
    browser = sign_in("editor")
    browser.checks = False
    answer = browser.get(f"/documents/versions/{now(ident).id}/file")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    listed = browser.get(f"/files/{now(ident).file_id}")
    assert listed.mimetype == "application/octet-stream"
    assert listed.headers["Content-Disposition"].startswith("attachment;")


def test_a_file_is_saved_under_its_cyrillic_name():
    header = attachment('Заповед „РД-09“ №5;".pdf')
    assert f"filename*=UTF-8''{quote('Заповед „РД-09“ №5;', safe='')}" in header
    assert header.count('"') == 2
    assert header.encode("latin-1")  # what a header may hold


def test_the_trash_takes_it_from_readers_and_gives_it_back(put, sign_in):
    ident = put()
    address = item(ident).address
    editor, reader = sign_in("editor"), sign_in("ngo")
    assert reader.post(f"/documents/{ident}/trash").status_code == 403
    assert editor.post(f"/documents/{ident}/trash").status_code == 302
    assert reader.get(f"/documents/{address}").status_code == 404
    assert editor.post(f"/documents/{ident}/restore").status_code == 302
    assert reader.get(f"/documents/{address}").status_code == 200


def test_purging_the_trash_lets_the_file_go_with_its_text(put, person, follow, app):
    from datetime import timedelta

    from portal.files import services as files
    from portal.kernel import clock

    ident = put()
    follow()
    file = db.session.get_one(File, now(ident).file_id)
    path, number = store.path_of(file.sha256), file.id
    keeping.trash(item(ident), by=person("editor"))
    with clock.at(clock.now() + timedelta(days=31)):
        assert keeping.purge_trash() == 1
    with clock.at(clock.now() + timedelta(days=40)):
        assert files.sweep() == 1
    assert not path.exists()
    assert db.session.get(FileReading, number) is None


def test_folders_hold_documents_and_are_kept_by_editors(put, person, cast):
    by, space = person("editor"), cast.space("workspace")
    orders = folders.create(space, None, "Заповеди", by=by)
    year = folders.create(cast.space("workspace"), orders, "2026", by=by)
    ident = put(folder=year)
    for taken in ("заповеди", "  ЗАПОВЕДИ "):
        with pytest.raises(Refused):
            folders.create(cast.space("workspace"), None, taken, by=by)
    with pytest.raises(Refused):
        folders.remove(year, by=by)
    with pytest.raises(Refused):
        folders.move(orders, year, by=by)
    folders.put(item(ident), cast.space("workspace"), orders, by=by)
    folders.remove(year, by=by)
    placed = db.session.scalar(select(Placement).where(Placement.content_id == ident))
    assert placed.folder_id == orders.id
    keeping.trash(item(ident), by=by)
    folders.remove(orders, by=by)  # what lies in the trash does not keep a folder
    keeping.restore(item(ident), by=by)
    db.session.expire_all()
    assert (
        db.session.scalar(select(Placement).where(Placement.content_id == ident)).folder_id is None
    )


def test_a_contributor_uploads_into_folders_but_makes_none(put, person, cast):
    space = cast.space("workspace")
    orders = folders.create(space, None, "Заповеди", by=person("editor"))
    by = person("contributor")
    assert folders.ensure(space, None, ["заповеди"], by=by).id == orders.id
    with pytest.raises(Refused):
        folders.ensure(space, None, ["Заповеди", "Нова"], by=by)
    ident = put(who="contributor", folder=orders)
    assert item(ident).life == Life.UNPUBLISHED


def test_reading_again_is_asked_by_editors_only(put, sign_in, follow):
    ident = put()
    follow()
    assert sign_in("ngo").post(f"/documents/{ident}/read").status_code == 403
    assert sign_in("editor").post(f"/documents/{ident}/read").status_code == 302
    assert db.session.get_one(FileReading, now(ident).file_id).state == "waiting"
    follow()
    assert db.session.get_one(FileReading, now(ident).file_id).state == "done"


def test_a_draft_that_somebody_else_went_on_with_is_not_thrown_away_unread(put, sign_in, person):
    ident = put(draft=True)
    browser, page = sign_in("editor"), f"/documents/{ident}"
    seen = {"saves": now(ident).saves, "revision": now(ident).id}
    shown = browser.get(f"/documents/{item(ident).address}").text
    off = shown[shown.index(f"{page}/discard") :][:600]
    assert all(f'name="{key}" value="{value}"' in off for key, value in seen.items())
    theirs, stamp = Facts("Нейно заглавие"), services.stamp(item(ident))
    services.describe(item(ident), stamp, theirs, by=person("manager"), draft=True)
    assert browser.post(f"{page}/discard", data=seen).status_code == 409
    assert now(ident).title == "Нейно заглавие" and item(ident).life == Life.UNPUBLISHED
    seen["saves"] = now(ident).saves
    browser.post(f"{page}/discard", data=seen)
    assert item(ident).life == Life.TRASHED

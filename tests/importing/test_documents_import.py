"""A folder of files as documents: what is taken, what is not, once and again."""

import os
import unicodedata

import pytest
from sqlalchemy import func, select

from portal.content import folders, keeping
from portal.content.models import Content, Folder, Life, Placement, Revision, State
from portal.documents import services as documents
from portal.files import store
from portal.files.models import File, FileReading
from portal.importing import documents as importing
from portal.jobs.models import Job
from portal.kernel.database import db


@pytest.fixture
def tree(tmp_path):
    """Files as a clerk keeps them."""
    made = tmp_path / "papers"
    (made / "Заповеди" / "2026").mkdir(parents=True)
    (made / "План.txt").write_text("План за работа през зимата")
    (made / "Заповеди" / "2026" / "Заповед 14.txt").write_text("Заповядвам да се почистят улиците")
    (made / "Заповеди" / "списък.csv").write_text("номер;дата\n14;02.03.2026\n")
    return made


@pytest.fixture
def take(cast, person, tree):
    """Import the tree; what became of each file."""

    def run(who="manager", space="extranet", **more):
        work = importing.Import(tree, "papers", cast.space(space), person(who), **more)
        work.check()
        outcomes = work.run(importing.look_through(tree), lambda done, total: None)
        db.session.rollback()
        return {one.file: one for one in outcomes}

    return run


def results(outcomes):
    return {file: str(one.result) for file, one in outcomes.items()}


def items():
    found = select(Content).where(Content.kind == "document").order_by(Content.source)
    return list(db.session.scalars(found))


def item(ending):
    return next(each for each in items() if each.source.endswith(ending))


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def blobs(instance):
    kept = instance / "files"
    return sorted(path.name for path in kept.rglob("*") if path.is_file()) if kept.exists() else []


def trail(content):
    """The names of the folders that a document lies in, the topmost first."""
    placed = db.session.scalar(select(Placement).where(Placement.content_id == content.id))
    folder = db.session.get(Folder, placed.folder_id) if placed.folder_id else None
    return [each.name for each in folders.path(folder)]


def test_a_tree_of_files_becomes_folders_of_published_documents(take):
    assert set(results(take()).values()) == {"created"}
    order = item("Заповед 14.txt")
    assert (order.title, order.life) == ("Заповед 14", Life.PUBLISHED)
    assert order.source == "documents:papers/Заповеди/2026/Заповед 14.txt"
    assert trail(order) == ["Заповеди", "2026"]
    assert trail(item("списък.csv")) == ["Заповеди"]
    assert trail(item("План.txt")) == []
    assert count(Folder) == 2
    assert db.session.get(File, documents.current(order).file_id).name == "Заповед 14.txt"


def test_all_of_it_can_go_into_a_folder_of_the_space(take):
    take(inside=("Архив",))
    assert trail(item("План.txt")) == ["Архив"]
    assert trail(item("Заповед 14.txt")) == ["Архив", "Заповеди", "2026"]


def test_a_second_run_stores_nothing_again(take, instance):
    take()
    before = count(File), count(Revision), count(Job), blobs(instance)
    assert set(results(take()).values()) == {"unchanged"}
    assert (count(File), count(Revision), count(Job), blobs(instance)) == before


def test_changed_bytes_become_a_new_version(take, tree):
    take()
    (tree / "План.txt").write_text("План за работа през пролетта")
    assert results(take())["План.txt"] == "updated"
    plan = item("План.txt")
    versions = list(db.session.scalars(select(Revision).where(Revision.content_id == plan.id)))
    assert [(each.number, each.state) for each in versions] == [
        (1, State.SUPERSEDED),
        (2, State.LIVE),
    ]
    assert len(items()) == 3
    assert set(results(take()).values()) == {"unchanged"}


def test_a_document_that_was_moved_stays_where_it_was_put(take, cast, person, tree):
    take()
    folders.put(item("Заповед 14.txt"), cast.space("extranet"), None, by=person("editor"))
    (tree / "Заповеди" / "2026" / "Заповед 14.txt").write_text("Изменена")
    take()
    assert trail(item("Заповед 14.txt")) == []


@pytest.mark.parametrize("changed", [False, True])
def test_what_lies_in_the_trash_stays_there(take, person, tree, changed):
    take()
    keeping.trash(item("План.txt"), by=person("editor"))
    if changed:
        (tree / "План.txt").write_text("Съвсем друг план")
    files = count(File)
    plan = take()["План.txt"]
    assert (plan.result, plan.in_trash) == ("unchanged", True)
    assert item("План.txt").life == Life.TRASHED
    assert count(File) == files


def test_a_rehearsal_tells_the_same_and_changes_nothing(take, tree, instance):
    (tree / "run.bat").write_text("@echo off")
    told = results(take(dry_run=True))
    assert (count(Content), count(Folder), count(File), count(Job)) == (0, 0, 0, 0)
    assert blobs(instance) == []
    assert results(take()) == told
    (tree / "План.txt").write_text("Нов план")
    told, stored = results(take(dry_run=True)), blobs(instance)
    assert told["План.txt"] == "updated"
    assert blobs(instance) == stored
    assert results(take()) == told


def test_leftovers_are_passed_over_and_links_are_not_followed(take, tree, tmp_path):
    for name in (".DS_Store", "Thumbs.db", "DESKTOP.INI", "~$План.docx", "~WRL0001.tmp"):
        (tree / name).write_bytes(b"x")
    (tree / ".git").mkdir()
    (tree / ".git" / "config").write_text("x")
    (tmp_path / "secret.txt").write_text("Поверително")
    (tree / "към тайна.txt").symlink_to(tmp_path / "secret.txt")
    (tree / "около").symlink_to(tree)
    found = importing.look_through(tree)
    assert found.leftovers == 6
    assert sorted(found.links) == ["към тайна.txt", "около"]
    assert len(take()) == 3


def test_bad_files_are_refused_with_the_reason_and_stop_nothing(take, tree, app):
    app.config["DOCUMENT_LIMIT_MB"] = 1
    (tree / "празен.docx").touch()
    (tree / "setup.exe").write_bytes(b"MZ\x90\x00" + b"\0" * 100)
    (tree / "снимка.jpg").write_bytes(b"MZ\x90\x00" + b"\0" * 100)
    (tree / "огромен.txt").write_bytes(b"a" * (1024 * 1024 + 1))
    os.mkfifo(tree / "тръба")
    outcomes = take()
    assert sorted(results(outcomes).values()) == ["created"] * 3 + ["refused"] * 5
    said = {file: one.reason for file, one in outcomes.items() if one.reason}
    assert "праз" in said["празен.docx"] or "empty" in said["празен.docx"]
    assert said["setup.exe"] == said["снимка.jpg"]
    assert "1 MiB" in said["огромен.txt"]
    assert said["тръба"]
    assert count(File) == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_the_account_may_not_read_is_refused(take, tree):
    (tree / "План.txt").chmod(0)
    (tree / "Заповеди" / "2026").chmod(0)
    outcomes = take()
    (tree / "Заповеди" / "2026").chmod(0o700)
    assert results(outcomes)["План.txt"] == "refused"
    assert results(outcomes)["Заповеди/2026/"] == "refused"
    assert results(outcomes)["Заповеди/списък.csv"] == "created"


def test_a_file_that_vanishes_meanwhile_is_told(cast, person, tree):
    run = importing.Import(tree, "papers", cast.space("extranet"), person("manager"))
    found = importing.look_through(tree)
    (tree / "План.txt").unlink()
    outcomes = {one.file: one for one in run.run(found, lambda done, total: None)}
    assert outcomes["План.txt"].result == "refused"
    assert len(outcomes) == 3


def test_names_from_a_mac_are_composed(take, tree):
    apart = unicodedata.normalize("NFD", "Отчет за май.txt")
    assert apart != "Отчет за май.txt"
    folder = tree / unicodedata.normalize("NFD", "Край")
    folder.mkdir()
    (folder / apart).write_text("Отчет")
    take()
    report = item("май.txt")
    assert report.source == "documents:papers/Край/Отчет за май.txt"
    assert report.title == "Отчет за май"
    assert trail(report) == ["Край"]
    (folder / apart).rename(tree / "x")
    (tree / "Край").mkdir()
    (tree / "x").rename(tree / "Край" / "Отчет за май.txt")
    assert results(take())["Край/Отчет за май.txt"] == "unchanged"


def test_two_names_that_look_alike_do_not_take_turns(take, tree, cast, person):
    (tree / "май.txt").write_text("едно")
    (tree / unicodedata.normalize("NFD", "май.txt")).write_text("друго")
    for first in ("created", "unchanged"):
        work = importing.Import(tree, "papers", cast.space("extranet"), person("manager"))
        done = work.run(importing.look_through(tree), lambda done, total: None)
        assert [one.result for one in done if one.file == "май.txt"] == [first, "refused"]
    assert len(items()) == 4


def test_folders_too_deep_and_names_too_long_are_refused(take, tree):
    deep = tree.joinpath(*[f"н{n}" for n in range(Folder.DEPTH_MAX + 1)])
    deep.mkdir(parents=True)
    (deep / "дъно.txt").write_text("Дъно")
    (tree / ("Я" * 124 + ".txt")).write_text("Дълго име")
    outcomes = take()
    refused = [file for file, one in outcomes.items() if one.result == "refused"]
    assert [file.rpartition("/")[2] for file in refused] == ["дъно.txt"]
    assert count(Folder) == 2, "no folder is left of a file that was refused"


def test_after_a_refused_folder_the_next_files_lie_where_they_belong(take, tree):
    """The number of a folder whose making was undone may be given to another one."""
    (tree / "А").mkdir()
    (tree / "А" / "а.txt").touch()
    (tree / "А" / "б.txt").write_text("б")
    (tree / "Б").mkdir()
    (tree / "Б" / "в.txt").write_text("в")
    take()
    assert trail(item("б.txt")) == ["А"]
    assert trail(item("в.txt")) == ["Б"]


def test_drafts_stay_drafts_and_so_do_new_versions(take, tree, person):
    take(draft=True)
    assert {each.life for each in items()} == {Life.UNPUBLISHED}
    documents.release(item("План.txt"), by=person("editor"))
    (tree / "План.txt").write_text("Нов план")
    assert results(take(draft=True))["План.txt"] == "updated"
    plan = item("План.txt")
    assert documents.at_work(plan).state == State.DRAFT
    assert plan.life == Life.PUBLISHED


def test_where_review_is_asked_what_is_new_waits_for_it(take, tree):
    assert results(take(space="intranet"))["План.txt"] == "created"
    plan = item("План.txt")
    assert documents.at_work(plan).state == State.IN_REVIEW
    assert plan.life == Life.UNPUBLISHED


def test_a_contributor_imports_but_makes_no_folders(take):
    outcomes = take("contributor", "intranet")
    assert results(outcomes) == {
        "План.txt": "created",
        "Заповеди/списък.csv": "refused",
        "Заповеди/2026/Заповед 14.txt": "refused",
    }


def test_who_may_not_change_a_document_does_not_by_importing(take, tree):
    take("manager", "intranet")
    (tree / "План.txt").write_text("Чужд план")
    outcome = take("contributor", "intranet")["План.txt"]
    assert outcome.result == "refused"
    assert outcome.reason
    plan = item("План.txt")
    assert db.session.scalar(select(func.count(Revision.id)).filter_by(content_id=plan.id)) == 1


def test_ctrl_c_ends_between_files_and_the_next_run_goes_on(cast, person, tree, take):
    work = importing.Import(tree, "papers", cast.space("extranet"), person("manager"))

    def interrupt(done, total):
        if done == 2:
            raise KeyboardInterrupt

    outcomes = work.run(importing.look_through(tree), interrupt)
    assert work.broken_off
    assert len(outcomes) == 2
    assert sorted(results(take()).values()) == ["created", "unchanged", "unchanged"]


def test_the_texts_wait_for_the_worker(take, follow):
    take()
    states = select(FileReading.state)
    assert set(db.session.scalars(states)) == {"waiting"}
    db.session.rollback()
    follow()
    assert set(db.session.scalars(states)) == {"done"}


def test_a_full_disk_refuses_and_keeps_what_is_there(take, monkeypatch, instance):
    monkeypatch.setattr("portal.files.uploads.RESERVE", 1 << 62)
    assert set(results(take()).values()) == {"refused"}
    assert blobs(instance) == []
    monkeypatch.undo()
    assert set(results(take()).values()) == {"created"}
    assert all(store.path_of(file.sha256).is_file() for file in db.session.scalars(select(File)))

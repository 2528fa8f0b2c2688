"""`portal import documents`: into which space, by whom, killed in the middle, found by whom."""

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from portal.content import keeping
from portal.content.models import Content, Revision
from portal.files.models import File
from portal.kernel.database import db
from tests.support.patience import PATIENCE

MAIN = "from portal.cli.main import main; main()"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "papers"
    (made / "Orders").mkdir(parents=True)
    (made / "План.txt").write_text("План за шистоверния сезон")
    (made / "Orders" / "Заповед.txt").write_text("Заповядвам")
    (made / "Orders" / "~$Заповед.docx").write_text("lock")
    return made


def items():
    found = select(Content).where(Content.kind == "document").order_by(Content.source)
    return list(db.session.scalars(found))


def test_a_folder_becomes_documents_and_a_second_run_changes_nothing(run, cast, folder):
    result = run("import", "documents", folder, "--space", "extranet")
    assert result.exit_code == 0, result.output
    for words in ("2 created", "1 hidden or temporary", "2 files wait", "(manager)"):
        assert words in result.output
    assert [item.source for item in items()] == [
        "documents:papers/Orders/Заповед.txt",
        "documents:papers/План.txt",
    ]
    again = run("import", "documents", folder, "--space", "extranet")
    assert again.exit_code == 0
    assert "0 created, 0 updated, 2 unchanged" in again.output


def test_a_rehearsal_says_so_and_changes_nothing(run, cast, folder, instance):
    result = run("import", "documents", folder, "--space", "extranet", "--dry-run")
    assert "2 created" in result.output
    assert "nothing was changed" in result.output
    assert "wait for it" not in result.output
    assert items() == []
    assert not [path for path in (instance / "files").rglob("*") if path.is_file()]


def test_refusals_are_listed_with_exit_code_1(run, cast, folder):
    (folder / "tool.exe").write_bytes(b"MZ" + b"\0" * 80)
    (folder / "nothing.pdf").touch()
    (folder / "link").symlink_to(folder)
    result = run("import", "documents", folder, "--space", "extranet")
    assert result.exit_code == 1
    for words in ("2 created", "2 refused", "tool.exe: This is a program", "it is empty", "a link"):
        assert words in result.output


def test_a_space_with_review_is_told(run, cast, folder):
    result = run("import", "documents", folder, "--space", "intranet", "--folder", "Архив/2026")
    assert result.exit_code == 0, result.output
    assert "asks for review" in result.output


def test_trashed_ones_are_told(run, cast, folder, person):
    run("import", "documents", folder, "--space", "extranet")
    keeping.trash(items()[1], by=person("editor"))
    result = run("import", "documents", folder, "--space", "extranet")
    assert "1 of the unchanged lie in the trash" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--space", "nowhere"), "There are: "),
        (("--space", "extranet", "--as", "nobody@x.example"), "Nobody who may sign in"),
        (("--space", "extranet", "--as", "reader"), "may not write"),
    ],
)
def test_a_wrong_space_or_person_stops_before_the_first_file(run, cast, folder, arguments, words):
    result = run("import", "documents", folder, *arguments)
    assert result.exit_code == 1
    assert words in result.output
    assert items() == []


def test_an_empty_folder_is_told(run, cast, tmp_path):
    (tmp_path / "none").mkdir()
    result = run("import", "documents", tmp_path / "none", "--space", "extranet")
    assert result.exit_code == 1
    assert "empty" in result.output


def test_the_same_folder_can_be_news_and_documents(run, cast, folder):
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"Заглавие на {name}\n\nТекст на новината.")
    news = run("import", "news", folder, "--space", "extranet")
    assert "created" in news.output
    result = run("import", "documents", folder, "--space", "extranet")
    assert "4 created" in result.output


@pytest.mark.parametrize("place", ["import.stored:3", "import.kept:3"])
def test_a_killed_import_loses_nothing_and_the_next_run_goes_on(run, cast, folder, instance, place):
    for n in range(6):
        (folder / f"paper {n}.txt").write_text(f"Хартия {n}")
    run("index", "status")  # writes the settings of the instance
    environment = {**os.environ, "PORTAL_INSTANCE": str(instance), "PORTAL_DIE_AT": place}
    command = [
        sys.executable,
        "-c",
        MAIN,
        "import",
        "documents",
        str(folder),
        "--space",
        "extranet",
    ]
    ended = subprocess.run(
        command, env=environment, capture_output=True, timeout=PATIENCE, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    kept = 2 if "stored" in place else 3
    assert len(items()) == kept
    result = run("import", "documents", folder, "--space", "extranet")
    assert f"{8 - kept} created, 0 updated, {kept} unchanged, 0 refused" in result.output
    assert len(items()) == 8
    assert db.session.scalar(select(func.count(Revision.id))) == 8
    assert db.session.scalar(select(func.count(File.id))) == 8


def test_a_partner_finds_none_until_it_is_placed(run, cast, folder, person, sign_in, follow):
    (folder / "План.txt").write_text("Шамандурите се прибират през ноември")
    run("import", "documents", folder, "--space", "workspace")
    plan = next(item for item in items() if item.title == "План")

    def finds(who):
        page = sign_in(who).get("/search?q=шамандурите").text
        opens = sign_in(who).get(f"/documents/{plan.address}").status_code == 200
        return "<mark>Шамандурите</mark>" in page, opens

    follow()
    assert finds("editor") == (True, True)
    assert finds("coordinator") == (False, False)
    keeping.place(plan, cast.space("extranet"), by=person("editor"))
    follow()
    assert finds("coordinator") == (True, True)

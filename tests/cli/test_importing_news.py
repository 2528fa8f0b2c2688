"""`portal import news`: into which space, by whom, once and again."""

import os

import pytest
from sqlalchemy import func, select

from portal.audit.models import JournalLine
from portal.content import keeping
from portal.content import services as content
from portal.content.models import Content, Life, State, Topic
from portal.kernel.database import db
from portal.kernel.transaction import transaction


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "old-site"
    (made / "2024").mkdir(parents=True)
    (made / "a.txt").write_text("Спират водата на 14 май\n12.05.2024\n\nОт 9:00 до 16:00 часа.\n")
    (made / "2024" / "b.md").write_text(
        "---\ntitle: Пробно учение\ndate: 2024-03-12\ntopics: [safety, няма]\n---\nВ 11:00.\n"
    )
    (made / "c.html").write_text("<h1>Ремонт на моста</h1><p>Затваря се.</p>")
    return made


def items():
    return list(db.session.scalars(select(Content).order_by(Content.source)))


def test_texts_become_published_news_with_their_dates(run, cast, folder):
    result = run("import", "news", folder, "--space", "extranet")
    assert result.exit_code == 0, result.output
    assert "3 created" in result.output
    found = {item.source: item for item in items()}
    assert set(found) == {
        "import:old-site/2024/b.md",
        "import:old-site/a.txt",
        "import:old-site/c.html",
    }
    water = found["import:old-site/a.txt"]
    assert (water.life, water.title) == (Life.PUBLISHED, "Спират водата на 14 май")
    assert water.visible_from.date().isoformat() == "2024-05-12"
    assert water.owner.login == "manager", "the space's first manager imports"
    assert "(manager)" in result.output


def test_a_second_run_changes_nothing_and_a_third_what_changed(run, cast, folder):
    run("import", "news", folder, "--space", "extranet")
    lines = db.session.scalar(select(func.count(JournalLine.id)))
    again = run("import", "news", folder, "--space", "extranet")
    assert "0 created, 0 updated, 3 unchanged" in again.output
    assert db.session.scalar(select(func.count(JournalLine.id))) == lines
    (folder / "a.txt").write_text("Спират водата на 15 май\n12.05.2024\n\nОт 9:00 до 12:00 часа.\n")
    third = run("import", "news", folder, "--space", "extranet")
    assert "0 created, 1 updated, 2 unchanged" in third.output
    water = next(item for item in items() if item.source.endswith("a.txt"))
    assert water.title == "Спират водата на 15 май"
    assert content.released_revision(water, "bg").state == State.LIVE
    assert len(items()) == 3


def test_a_rehearsal_says_the_same_and_changes_nothing(run, cast, folder):
    result = run("import", "news", folder, "--space", "extranet", "--dry-run")
    assert "3 created" in result.output
    assert "nothing was changed" in result.output
    assert items() == []
    assert db.session.scalar(select(func.count(JournalLine.id))) == 0


def test_drafts_stay_drafts(run, cast, folder):
    run("import", "news", folder, "--space", "extranet", "--draft")
    assert {item.life for item in items()} == {Life.UNPUBLISHED}


def test_a_space_with_review_gets_texts_that_wait_for_it(run, cast, folder):
    result = run("import", "news", folder, "--space", "intranet", "--as", "contributor")
    assert result.exit_code == 0, result.output
    assert "asks for review" in result.output
    states = {content.open_revision(item, "bg").state for item in items()}
    assert states == {State.IN_REVIEW}


def test_what_cannot_be_read_is_refused_and_stops_nothing(run, cast, folder):
    (folder / "photo.txt").write_bytes(b"\xff\xd8\xff\xe0 picture")
    (folder / "plan.docx").write_bytes(b"PK\x03\x04")
    (folder / "empty.txt").touch()
    (folder / "huge.txt").write_text("Дума " * 500_000)
    (folder / ".hidden.txt").write_text("Скрито")
    (folder / "nowhere.txt").symlink_to(folder / "gone")
    result = run("import", "news", folder, "--space", "extranet")
    assert result.exit_code == 1
    assert "3 created" in result.output
    assert "5 refused" in result.output
    for reason in (
        "JPEG",
        "only .txt",
        "is empty",
        "larger than 2 MiB",
        "link to nowhere",
    ):
        assert reason in result.output


def test_topics_are_known_by_slug_or_name_and_unknown_ones_are_told(run, cast, folder):
    @transaction
    def add():
        db.session.add(Topic(slug="safety", name_bg="Безопасност", name_en="Safety"))

    add()
    result = run("import", "news", folder, "--space", "extranet")
    assert "няма" in result.output
    item = next(item for item in items() if item.source.endswith("b.md"))
    released = content.released_revision(item, "bg")
    assert len(content.topics_of(released)) == 1


def test_a_text_put_in_the_trash_is_not_brought_back(run, cast, folder, person):
    run("import", "news", folder, "--space", "extranet")
    water = next(item for item in items() if item.source.endswith("a.txt"))
    keeping.trash(water, by=person("editor"))
    (folder / "a.txt").write_text("Друго заглавие за водата\n\nДруг текст.")
    result = run("import", "news", folder, "--space", "extranet")
    assert result.exit_code == 1
    assert "trashed" in result.output
    db.session.expire_all()
    assert water.life == Life.TRASHED


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--space", "nowhere"), "There are: "),
        (("--space", "extranet", "--as", "nobody@x.example"), "Nobody who may sign in"),
        (("--space", "extranet", "--as", "reader"), "may not write"),
        (("--space", "workspace", "--as", "partner"), "Use --draft"),
        (("--space", "extranet", "--as", "admin"), "may not write"),
    ],
)
def test_a_wrong_space_or_person_stops_before_the_first_file(run, cast, folder, arguments, words):
    result = run("import", "news", folder, *arguments)
    assert result.exit_code == 1
    assert words in result.output
    assert items() == []


def test_an_empty_folder_is_told(run, cast, tmp_path):
    (tmp_path / "none").mkdir()
    result = run("import", "news", tmp_path / "none", "--space", "extranet")
    assert result.exit_code == 1
    assert "empty" in result.output


def test_a_name_that_is_no_utf_8_is_read_as_windows_1251(run, cast, folder):
    name = os.fsencode(folder) + "/вода.txt".encode("windows-1251")
    with open(name, "w", encoding="utf-8") as out:
        out.write("Търсене\n\nСпират водата на 14 май\n\nОт 9:00 часа.\n")
    result = run("import", "news", folder, "--space", "extranet")
    assert result.exit_code == 0, result.output
    assert "вода.txt" in result.output
    assert "import:old-site/вода.txt" in {item.source for item in items()}


def test_a_file_that_no_parser_ends_with_is_given_up(run, cast, folder, monkeypatch):
    monkeypatch.setattr("portal.importing.news.SECONDS_MAX", 1)
    (folder / "deep.md").write_text("# Заглавие\n" + "![[" * 100_000)
    result = run("import", "news", folder, "--space", "extranet")
    assert result.exit_code == 1
    assert "3 created" in result.output
    assert "more than 1 seconds" in result.output


def test_two_folders_of_one_name_can_be_told_apart(run, cast, folder, tmp_path):
    other = tmp_path / "elsewhere" / "old-site"
    other.mkdir(parents=True)
    (other / "a.txt").write_text("Съвсем друга новина за града\n\nДруг текст.")
    run("import", "news", folder, "--space", "extranet")
    run("import", "news", other, "--space", "extranet", "--collection", "archive")
    assert len(items()) == 4

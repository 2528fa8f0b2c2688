"""`portal import users`: lists as offices keep them, and none with national numbers."""

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Group, Ticket, User
from portal.audit.models import JournalLine
from portal.importing import roster
from portal.kernel.database import db

LIST = (
    "Име;Презиме;Фамилия;Е-поща;Длъжност;Звено;Стая;Телефон;Бележка\n"
    "Мария;Петрова;Иванова;m.ivanova@town.example;главен експерт;Архив;12;0500/62 101;х\n"
    "ГЕОРГИ;;СТОЯНОВ;;шофьор;Архив;;0888123456;\n"
)


@pytest.fixture
def people_file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "people.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def found(family):
    return db.session.scalars(select(User).where(User.family == family)).all()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1251", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.database("sqlite")  # reading a file asks no database
def test_any_encoding_and_separator_is_read(encoding, separator):
    rows = roster.read(LIST.replace(";", separator).encode(encoding)).rows
    assert [row.values["given"] for row in rows] == ["Мария", "ГЕОРГИ"]
    assert rows[0].values["phone"] == "0500/62 101"
    assert rows[1].number == 3


def test_people_are_created_in_their_units(run, cast, people_file):
    result = run("import", "users", people_file(LIST))
    assert result.exit_code == 0, result.output
    assert "2 created" in result.output
    assert "Бележка" in result.output, "a column without meaning is told"
    (maria,) = found("Иванова")
    assert (maria.patronymic, maria.unit.name_bg, maria.room) == (
        "Петрова",
        "Архив",
        "12",
    )
    (georgi,) = found("Стоянов")
    assert (georgi.given, georgi.login, georgi.email) == ("Георги", "g.stoyanov", None)
    assert georgi.password_hash is None


def test_a_second_run_changes_nothing_and_a_third_what_changed(run, cast, people_file):
    run("import", "users", people_file(LIST))
    lines = db.session.scalar(select(func.count(JournalLine.id)))
    again = run("import", "users", people_file(LIST))
    assert "0 created, 0 updated, 2 unchanged" in again.output
    assert db.session.scalar(select(func.count(JournalLine.id))) == lines
    third = run("import", "users", people_file(LIST.replace(";12;", ";14;")))
    assert "0 created, 1 updated, 1 unchanged" in third.output
    assert found("Иванова")[0].room == "14"
    shorter = "Имена,Стая\nМария Иванова,15\n"
    assert "1 updated" in run("import", "users", people_file(shorter)).output
    assert found("Иванова")[0].position == "главен експерт", "what a list has not stays"


def test_a_rehearsal_changes_nothing(run, cast, people_file):
    before = db.session.scalar(select(func.count(User.id)))
    result = run("import", "users", people_file(LIST), "--dry-run")
    assert "2 created" in result.output
    assert db.session.scalar(select(func.count(User.id))) == before


@pytest.mark.parametrize(
    "text",
    [
        "Име,Фамилия,ЕГН\nМария,Иванова,\n",
        "Имена,Единен граждански номер\nМария Иванова,1\n",
        "Имена,Номер\nМария Иванова,7523169263\n",
        "Имена,Бележка\nМария Иванова,ЕГН: 7523169263\n",
        "Name,EGN\nMaria Ivanova,x\n",
        "Имена,Дата\nМария Иванова,8032056031\n",
    ],
)
def test_a_list_with_national_numbers_is_refused_whole(run, cast, people_file, text):
    before = db.session.scalar(select(func.count(User.id)))
    result = run("import", "users", people_file(text))
    assert result.exit_code == 1
    assert "ЕГН" in result.output
    assert "7523169263" not in result.output, "the number itself is never repeated"
    assert db.session.scalar(select(func.count(User.id))) == before


@pytest.mark.parametrize("digits", ["0888123456", "0500621011", "1234567890", "7523169264"])
def test_telephones_and_other_numbers_are_none(digits):
    assert not roster.is_national(digits)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("Мария;;;;;;;;", "family name"),
        ("Мария;;Иванова;не е поща;;;;;", "e-mail"),
        ("Мария;;Иванова;;;Няма такова;;;", "--create-units"),
        ("=cmd();;Иванова;;;;;;", "letters"),
        ("Мария;;" + "И" * 61 + ";;;;;;", "60"),
    ],
)
def test_a_line_that_is_wrong_is_refused_alone(run, cast, people_file, row, words):
    result = run("import", "users", people_file(LIST + row + "\n"))
    assert result.exit_code == 1
    assert "2 created" in result.output
    assert "1 refused" in result.output
    assert words in " ".join(result.output.split())


def test_the_same_person_twice_in_a_list_is_told(run, cast, people_file):
    double = LIST + LIST.split("\n")[1] + "\n"
    for arguments in (("--dry-run",), ()):
        result = run("import", "users", people_file(double), *arguments)
        assert "2 created" in result.output
        assert "line 2 again" in result.output


def test_units_of_the_list_are_made_when_asked_for(run, cast, people_file):
    text = "Имена;Звено\nМария Иванова;Дирекция „Финанси“ > Отдел „Бюджет“\n"
    assert run("import", "users", people_file(text)).exit_code == 1
    result = run("import", "users", people_file(text), "--create-units")
    assert result.exit_code == 0, result.output
    unit = found("Иванова")[0].unit
    assert (unit.name_bg, unit.kind) == ("Отдел „Бюджет“", "department")
    assert db.session.get(Group, unit.parent_id).kind == "directorate"


def test_new_people_are_invited_by_mail_or_by_slip(run, cast, people_file):
    result = run("import", "users", people_file(LIST), "--invite")
    assert "invited by mail" in result.output
    assert "slip: " in result.output
    assert db.session.scalar(select(func.count(Ticket.id))) == 2
    again = run("import", "users", people_file(LIST), "--invite")
    assert "slip: " not in again.output
    assert db.session.scalar(select(func.count(Ticket.id))) == 2


def test_partners_come_by_the_name_of_their_organisation(run, cast, people_file):
    text = "Имена;Организация;Е-поща\nПетя Каменова;Община Каменград;p@k.example\n"
    assert run("import", "users", people_file(text)).exit_code == 0
    assert found("Каменова")[0].organisation_id == cast.organisation("partner").id


def test_who_manages_no_people_imports_none(run, cast, people_file):
    result = run("import", "users", people_file(LIST), "--as", "employee")
    assert result.exit_code == 1
    assert "0 created" in result.output


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("Стая;Телефон\n1;2\n", "Имена"),
        ("Име;Фамилия;Тел;Телефон\nА;Б;1;2\n", "mean the same"),
        ('Име;Фамилия\n"А;Б\n' + "x" * 140_000, "no CSV"),
    ],
)
def test_a_list_without_use_is_refused_with_a_reason(run, cast, people_file, text, words):
    result = run("import", "users", people_file(text))
    assert result.exit_code == 1
    assert words in result.output


def test_a_file_that_is_no_text_is_told(run, cast, tmp_path):
    (tmp_path / "people.xlsx").write_bytes(b"PK\x03\x04rest")
    result = run("import", "users", tmp_path / "people.xlsx")
    assert result.exit_code == 1
    assert "CSV (UTF-8)" in result.output

"""The fixtures themselves: each database, each person, each check of a page."""

import pytest

from portal.accounts.models import User
from portal.kernel.database import db, is_sqlite
from tests.support.cast import EVERYBODY
from tests.support.counting import query_budget
from tests.support.pages import faults_of


def test_the_database_is_the_one_named(app, database_name):
    assert is_sqlite() == (database_name == "sqlite")
    assert db.session.query(User).count() == 0


def test_a_test_sees_nothing_of_another(cast):
    assert db.session.query(User).count() == len(EVERYBODY) - 1


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_of_the_cast_can_sign_in(who, sign_in, person):
    assert person(who).login == ("" if who == "visitor" else who)
    answer = sign_in(who).get("/me/sessions")
    assert answer.status_code == (302 if who == "visitor" else 200)


def test_roles_are_those_of_the_cast(cast, person):
    intranet = cast.space("intranet").id
    assert [person(who).role_in(intranet) for who in ("partner", "reader", "editor")] == [0, 1, 3]


def test_a_budget_counts_statements(app):
    with pytest.raises(AssertionError, match="2 statements, 1 allowed"), query_budget(app, 1):
        db.session.query(User).all()
        db.session.query(User).count()


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p>Да</p", "eof"),
        ("<p id=a></p><p id=a></p>", "used 2 times"),
        ("<p style='color:red'></p>", "content policy"),
        ("<a onclick='x()'>x</a>", "content policy"),
        ("<script src=a.js></script>", "without nonce"),
        ("<!doctype html><html lang=bg><title>A</title><p>", "0 h1"),
        ("<!doctype html><html lang=bg><title> · </title><h1>A</h1>", "no title"),
        ("<!doctype html><html lang=bg><title>A</title><h1>A</h1><label for=x>", "names nothing"),
    ],
)
def test_a_faulty_page_is_noticed(html, fault):
    assert fault in " ".join(faults_of(html))

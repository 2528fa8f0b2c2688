"""The fixtures themselves: each database, each person, each check of a page."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from portal.accounts.models import User
from portal.kernel.database import db, is_sqlite
from tests.conftest import asked_again
from tests.support.cast import EVERYBODY
from tests.support.counting import query_budget
from tests.support.haste import faults_in
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


def test_postgresql_is_asked_each_case_but_the_same_again_by_somebody_else():
    def case(name, who, size):
        marks = [
            pytest.mark.parametrize(("who", "status"), []).mark,
            pytest.mark.parametrize("size", []).mark,
        ]
        return SimpleNamespace(
            nodeid=f"test_it.py::test_it[{name}-{who}-{size}]",
            callspec=SimpleNamespace(
                params={"database_name": name}, indices={"who": who, "status": who, "size": size}
            ),
            iter_markers=lambda _name: iter(marks),
        )

    every = [case(n, w, s) for n in ("sqlite", "postgresql") for w in (0, 1) for s in (0, 1)]
    again = [item.nodeid for item in asked_again(every)]
    assert again == ["test_it.py::test_it[postgresql-1-0]", "test_it.py::test_it[postgresql-1-1]"]


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
        ("<form method=post></form>", "a form whose faults the browser tells"),
        ("<!doctype html><html lang=bg><title>A</title><p>", "0 h1"),
        ("<!doctype html><html lang=bg><title> · </title><h1>A</h1>", "no title"),
        ("<!doctype html><html lang=bg><title>A</title><h1>A</h1><label for=x>", "names nothing"),
    ],
)
def test_a_faulty_page_is_noticed(html, fault):
    assert fault in " ".join(faults_of(html))


TESTS = Path(__file__).parent


def test_no_test_fails_by_slowness_alone():
    """CI stood still for 90 seconds and refused what was right: see tests/support/haste.py."""
    files = [path for path in TESTS.rglob("*.py") if TESTS / "support" not in path.parents]
    faults = [fault for path in sorted(files) for fault in faults_in(path)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("assert page.url.endswith('/me')", ".url"),
        ("assert '/me' in page.url", ".url"),
        ("assert page.locator('li').count() == 3", ".count()"),
        ("assert not page.get_by_label('a').is_visible()", ".is_visible()"),
        ("text = page.locator('h1').inner_text()", ".inner_text()"),
        ("assert page.evaluate('innerWidth') < 9", "evaluate()"),
        ("there = page.evaluate('document.activeElement.id')", "activeElement"),
        ("page.wait_for_load_state()", ".wait_for_load_state()"),
        ("expect(page.locator('h1')).to_be_visible(timeout=10_000)", "timeout="),
        ("time.sleep(1)", "sleep()"),
        ("assert abs((clock.now() - made).total_seconds()) < 60", "nearness"),
        ("subprocess.run(command, timeout=30)", "timeout="),
        ("thread.join(5)", "join()"),
    ],
)
def test_haste_is_noticed(line, fault, tmp_path):
    path = tmp_path / "test_of_haste.py"
    path.write_text(f"def test_it(page, live_server):\n    {line}\n")
    assert [found for found in faults_in(path) if fault in found]


def test_what_waits_or_asks_no_page_is_no_haste(tmp_path):
    path = tmp_path / "test_at_leisure.py"
    path.write_text("""def test_it(page, live_server):
    expect(page.locator("li")).to_have_count(3)
    assert page.goto(live_server.url + "/me").status == 404
    assert page.input_text.count("a") == 1
    assert db.session.query(User).count() == len(db.session.scalars(select(User)).all())
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_load_state("networkidle")
    thread.join(PATIENCE)
    "a b".join(words)
""")
    assert faults_in(path) == []

"""`portal init` and `portal upgrade`: what a new installation has, and what stops it."""

import os
import re
import stat

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from portal.access.models import FooterPage, Site
from portal.accounts.models import Ticket, User
from portal.cli import instance as instances
from portal.cli import setting_up
from portal.kernel import config
from portal.signin import passwords
from portal.spaces.models import Space
from tests.support.phones import Phone, codes_on, form_on, key_on

INIT = ("init", "--name", "Община Долно село", "--admin", "m.ivanova@dolno.example")


@pytest.fixture
def rows(empty):
    """A session on the database that a command has made."""
    engine = create_engine(f"sqlite:///{empty / 'portal.db'}")
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_a_new_installation_has_its_first_rows(run_empty, empty, rows):
    result = run_empty(*INIT, "--given", "Мария", "--family", "Иванова")
    assert result.exit_code == 0, result.output
    site = rows.get(Site, 1)
    assert (site.name_bg, site.name_en) == ("Община Долно село", "Obshtina Dolno selo")
    assert not site.is_demo
    admin = rows.scalars(select(User)).one()
    assert (admin.login, admin.is_admin, admin.password_hash) == (
        "m.ivanova",
        True,
        None,
    )
    assert set(rows.scalars(select(Space.slug))) == {"intranet", "extranet"}
    pages = rows.scalars(select(FooterPage)).all()
    assert len(pages) == 8
    assert all("{" not in page.body for page in pages)
    assert rows.scalars(select(Ticket)).one().user_id == admin.id
    assert re.search(r"http://127\.0\.0\.1:8000/way-in/\S+", result.output)


def test_what_an_installation_owns_is_read_by_its_account_alone(run_empty, empty):
    before = os.umask(0o022)
    try:
        run_empty(*INIT)
    finally:
        os.umask(before)
    for path in empty.rglob("*"):
        if path.is_file():
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_the_link_lets_the_administrator_in(run_empty, empty):
    printed = run_empty(*INIT).output
    path = re.search(r"/way-in/\S+", printed)[0]
    app = instances.app_of(empty, {"TESTING": True})
    assert app.test_client().get(path).status_code == 200
    instances.close(app)


def test_each_installation_has_a_secret_of_its_own(run_empty, empty, tmp_path, monkeypatch):
    run_empty(*INIT)
    one = config.load(empty)["SECRET_KEY"]
    monkeypatch.setenv("PORTAL_INSTANCE", str(tmp_path / "other"))
    run_empty(*INIT)
    assert config.load(tmp_path / "other")["SECRET_KEY"] != one
    assert len(one) >= 32


def test_an_installation_is_never_written_over(run_empty, empty):
    run_empty(*INIT)
    before = (empty / "portal.toml").read_bytes()
    for arguments in (INIT, ("demo",)):
        result = run_empty(*arguments)
        assert result.exit_code == 1
        assert "holds an installation already" in result.output
    assert (empty / "portal.toml").read_bytes() == before


def test_data_without_settings_is_left_alone(run_empty, empty):
    empty.mkdir()
    (empty / "portal.db").write_bytes(b"somebody's")
    result = run_empty(*INIT)
    assert result.exit_code == 1
    assert "portal.db" in result.output
    assert (empty / "portal.db").read_bytes() == b"somebody's"


def test_a_broken_set_up_leaves_an_empty_instance_that_can_be_begun_again(
    run_empty, empty, monkeypatch
):
    def fail(*_arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("portal.cli.founding.found", fail)
        result = run_empty(*INIT)
    assert result.exit_code == 1
    assert "No space left" in result.output
    assert not config.is_configured(empty)
    assert run_empty(*INIT).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("init",), "--name"),
        (("init", "--name", "А", "--admin", "nobody"), "e-mail"),
        (("init", "--name", " ", "--admin", "a@b.example"), "name of at most"),
        (("init", "--name", "А" * 121, "--admin", "a@b.example"), "name of at most"),
        (
            ("init", "--name", "А", "--admin", "a@b.example", "--given", "<b>"),
            "--given",
        ),
        (
            ("init", "--name", "А", "--admin", "a@b.example", "--base-url", "b.bg"),
            "base_url",
        ),
    ],
)
def test_a_wrong_word_is_told_and_nothing_is_made(run_empty, empty, arguments, words):
    result = run_empty(*arguments)
    assert result.exit_code != 0
    assert words in result.output
    assert not config.is_configured(empty)


def test_a_folder_that_cannot_be_written_is_told(run_empty, empty, monkeypatch):
    empty.write_text("a file where the folder should be")
    result = run_empty(*INIT)
    assert result.exit_code == 1
    assert "PORTAL_INSTANCE" in result.output


def test_settings_that_are_wrong_are_told_without_a_trace(run_empty, empty):
    run_empty(*INIT)
    (empty / "portal.toml").write_text('secret_key = "short"\n')
    result = run_empty("search", "вода", "--as", "admin")
    assert result.exit_code == 1
    assert "secret_key" in result.output
    (empty / "portal.toml").write_text("secret_key = \n")
    assert "portal.toml" in run_empty("search", "вода", "--as", "admin").output


@pytest.mark.parametrize(
    ("address", "starts"),
    [("https://portal.dolno.example", False), ("http://10.0.0.7:8000", False),
     ("http://127.0.0.1:8000", True), ("http://localhost:8000", True), ("http://[::1]:9", True)],
)  # fmt: skip
def test_a_demonstration_has_an_address_of_this_machine_only(address, starts, empty):
    """It asks nobody for a second step, so the setting must not slip into a real installation."""
    config.write(empty, base_url=address, demo=True)
    if starts:
        assert config.load(empty)["DEMO"]
        return
    with pytest.raises(config.ConfigError, match="demo must be false"):
        config.load(empty)


@pytest.mark.parametrize(
    ("revision", "words"),
    [("0000_before", "newer version"), (None, "portal upgrade")],
)
def test_a_database_of_another_version_is_told(run_empty, empty, revision, words):
    run_empty(*INIT)
    engine = create_engine(f"sqlite:///{empty / 'portal.db'}")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        if revision:
            connection.execute(text("INSERT INTO alembic_version VALUES (:r)"), {"r": revision})
    engine.dispose()
    result = run_empty("import", "news", empty, "--space", "intranet")
    assert result.exit_code == 1
    assert words in result.output


def test_who_is_locked_out_gets_a_new_link(run_empty, empty):
    first = re.search(r"/way-in/\S+", run_empty(*INIT).output)[0]
    result = run_empty("invite", "m.ivanova@dolno.example")
    assert result.exit_code == 0, result.output
    again = re.search(r"/way-in/\S+", result.output)[0]
    app = instances.app_of(empty, {"TESTING": True})
    browser = app.test_client()
    assert "password" in browser.get(again).text
    assert "password_again" not in browser.get(first).text, "the older link is closed"
    instances.close(app)
    assert run_empty("invite", "nobody").exit_code == 1


@pytest.mark.usefixtures("standing_clock")
def test_an_administrator_who_lost_her_phone_is_let_in_again(run_empty, empty):
    link = re.search(r"/way-in/\S+", run_empty(*INIT).output)[0]
    nothing = run_empty("reset-second-factor", "m.ivanova")
    assert nothing.exit_code == 1 and "nothing to reset" in nothing.output
    app = instances.app_of(empty, {"TESTING": True, "WTF_CSRF_ENABLED": False})
    browser = app.test_client()
    password = "три дъба край извора"
    page = browser.post(link, data={"password": password, "again": password}).text
    data = {"halfway": form_on(page), "code": Phone(key_on(page)).shows()}
    assert len(codes_on(browser.post("/sign-in/set-up", data=data).text)) == 10
    result = run_empty("reset-second-factor", "m.ivanova@dolno.example")
    assert result.exit_code == 0 and "is reset" in result.output
    assert browser.get("/me/sessions").status_code == 302
    page = browser.post("/sign-in", data={"name": "m.ivanova", "password": password}).text
    assert key_on(page)
    instances.close(app)


def test_upgrading_what_is_current_says_so(run_empty):
    run_empty(*INIT)
    assert "up to date" in run_empty("upgrade").output


def test_a_made_up_password_keeps_the_rules():
    made = {setting_up.made_up_password() for _n in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.check_rules(password)


@pytest.mark.database("postgresql")  # only a server's database is shared with others
def test_a_database_with_tables_is_never_filled(run_empty, empty, app):
    result = run_empty(*INIT, "--database-url", app.config["DATABASE_URL"])
    assert result.exit_code == 1
    assert "not empty" in result.output
    assert not config.is_configured(empty)

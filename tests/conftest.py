"""Fixtures of every test. How to use them: docs/testing.md."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from portal.access import VISITOR, Viewer
from portal.app import create_app
from portal.confirming import progress_views as progress
from portal.demo.load import fill
from portal.kernel import clock, database, i18n
from portal.kernel.database import db
from portal.placing import views as placing
from portal.practices import views as practices
from portal.search import views as search_views
from portal.signin.passwords import make_hash
from portal.spaces import viewers
from tests.support import cast as the_cast
from tests.support import network, patience, rules, statements
from tests.support.cast import Cast
from tests.support.clients import Browser, signed_in
from tests.support.databases import POSTGRESQL, SQLITE, Database, PostgresServer, SqliteFiles
from tests.support.mail import MailServer
from tests.support.patience import PATIENCE
from tests.support.serving import LiveServer

# Where it is set, each child of a test compiles the whole portal and its libraries anew: seconds.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

network.stay_at_home()
rules.compile_once()
statements.compile_once()
patience.slow_down()

SETTINGS = {"SECRET_KEY": "s" * 40, "TESTING": True, "PASSWORD_COST": (1, 64, 1)}
# Who asks for one of these finds the cast in the database; others an empty one.
POPULATED = {"cast", "person", "sign_in"}
LIMITS = (
    search_views._searches,
    search_views._suggestions,
    practices._searches,
    practices._papers,
    placing._sheets,
    progress._lists,
)
WALLS = Path(__file__).with_name("test_walls.py")
REQUIRED = frozenset(filter(None, os.environ.get("PORTAL_REQUIRE", "").split(",")))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=(SQLITE, POSTGRESQL), help="run on one database only")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database(name): run on this database only, with a reason")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_name" not in metafunc.fixturenames:
        return
    only = metafunc.definition.get_closest_marker("database")
    names = [only.args[0]] if only else [SQLITE, POSTGRESQL]
    if "chromium" in metafunc.fixturenames:
        names = [SQLITE]  # what a browser shows does not depend on the database
    chosen = metafunc.config.getoption("database")
    names = [name for name in names if chosen in (None, name)]
    metafunc.parametrize("database_name", names, scope="session")


@pytest.hookimpl(trylast=True)  # after pytest has put together what shares a database
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what PostgreSQL is asked again, and begin with what one process must do alone."""
    if not config.getoption("database"):
        again = set(asked_again(items))
        config.hook.pytest_deselected(items=[item for item in items if item in again])
        items[:] = [item for item in items if item not in again]
    # A process gives away the end of its list, never what it began with: the eight partners of
    # test_walls.py, who take long to be made, are made once, and no long test is left to the end.
    items.sort(key=lambda item: item.path != WALLS)


def asked_again(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Cases on PostgreSQL that differ from an earlier one by `who` asks, her `language` and `status`.

    The statements are the same. That they answer each person alike on both databases is proved
    where they are made: the tests of the rules try everybody on both.
    """
    asked = set()
    for item in items:
        case = getattr(item, "callspec", None)
        if case is None or case.params.get("database_name") != POSTGRESQL:
            continue
        people: set[str] = set()
        for mark in item.iter_markers("parametrize"):
            names = mark.args[0]
            named = names.replace(" ", "").split(",") if isinstance(names, str) else names
            if "who" in named and set(named) <= {"who", "status", "language"}:
                people |= set(named)
        if not people:
            continue
        key = (
            item.nodeid.partition("[")[0],
            *((name, at) for name, at in sorted(case.indices.items()) if name not in people),
        )
        if key in asked:
            yield item
        asked.add(key)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of this run's own."""
    server = unless_missing("postgresql", PostgresServer)
    yield server
    server.close()


def unless_missing(what: str, make: Callable[[], Any]) -> Any:
    """Make a resource; skip the test with the reason, or fail it where PORTAL_REQUIRE names it."""
    try:
        return make()
    except Exception as error:
        if what in REQUIRED:
            raise
        pytest.skip(f"no {what}: {error}")


@pytest.fixture(scope="session")
def database_kind(database_name: str, request: pytest.FixtureRequest) -> Database:
    if database_name == POSTGRESQL:
        server: PostgresServer = request.getfixturevalue("postgres")
        return server
    files: SqliteFiles = request.getfixturevalue("sqlite_files")
    return files


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    return SqliteFiles(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Each test has an app of its own; compiling its templates anew would cost most of the time."""
    base = tmp_path_factory.getbasetemp()
    # The processes of one run, each with a folder in a common one, share what they compile.
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "jinja"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


@pytest.fixture(scope="session")
def fillers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[[str], None]]:
    """How the templates of databases are made: migrated, and with the cast."""

    def migrated(url: str, then: Callable[[], None] | None = None) -> None:
        folder = tmp_path_factory.mktemp("making")
        app = create_app(folder, {**SETTINGS, "DATABASE_URL": url})
        database.upgrade(app)
        with app.app_context():
            if then is not None:
                then()
            db.session.remove()
            if url.startswith("sqlite"):
                # The file alone is copied, so all must be in it and none in its log.
                with db.engine.connect() as connection:
                    connection.exec_driver_sql("COMMIT")
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                    connection.exec_driver_sql("BEGIN")
            db.engine.dispose()
        shutil.rmtree(folder)

    return {"empty": migrated, "cast": lambda url: migrated(url, the_cast.build)}


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with the demo municipality as it is first filled, on SQLite: to read or copy."""
    folder = tmp_path_factory.mktemp("demonstration")
    app = demo_app(folder)
    database.upgrade(app)
    with app.app_context(), i18n.speaking("bg"):
        fill(app, lambda step: None, make_hash(the_cast.PASSWORD))
        db.session.remove()
        db.engine.dispose()
    return folder


def demo_app(folder: Path) -> Flask:
    address = f"sqlite:///{folder / 'portal.db'}"
    return create_app(folder, {**SETTINGS, "DATABASE_URL": address, "DEMO": True})


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """The instance folder of the test's app."""
    folder = tmp_path / "instance"
    folder.mkdir()
    return folder


@pytest.fixture
def app(
    instance: Path,
    database_kind: Database,
    fillers: dict[str, Callable[[str], None]],
    compiled_templates: FileSystemBytecodeCache,
    request: pytest.FixtureRequest,
) -> Iterator[Flask]:
    """The portal on an instance of its own, in an open app context; once on each database.

    With the cast in it if the test asks for `cast`, `person` or `sign_in`, else empty.
    """
    template = "cast" if POPULATED & set(request.fixturenames) else "empty"
    url = database_kind.copy(template, fillers[template], instance)
    made = make_app(instance, url, compiled_templates)
    for (
        limit
    ) in LIMITS:  # of this process, which has run other tests with people of the same number
        limit.reset()
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
    database_kind.drop(url)


def make_app(instance: Path, url: str, compiled: FileSystemBytecodeCache, **more: Any) -> Flask:
    made = create_app(instance, {**SETTINGS, "DATABASE_URL": url, **more})
    made.jinja_env.bytecode_cache = compiled
    made.test_client_class = Browser
    return made


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The people of tests.support.cast in the database; `cast["editor"]`, `cast.space(slug)`."""
    return Cast()


@pytest.fixture
def person(app: Flask, cast: Cast) -> Callable[[str], Viewer]:
    """The viewer that somebody of the cast is now."""

    def viewer(who: str) -> Viewer:
        if who == the_cast.VISITOR:
            return VISITOR
        db.session.rollback()
        found = viewers.by_user(cast.id(who))
        db.session.rollback()
        assert found is not None, f"{who} may not sign in"
        return found

    return viewer


@pytest.fixture
def standing_clock() -> Iterator[None]:
    """The portal's clock stands; `clock.at` moves it. A phone's digits are of half a minute only."""
    with clock.at(clock.now()):
        yield


@pytest.fixture
def client(app: Flask) -> Browser:
    """The browser of a visitor. Every HTML page that it fetches is checked."""
    made: Any = app.test_client()
    return made  # type: ignore[no-any-return]


@pytest.fixture
def sign_in(app: Flask, cast: Cast) -> Callable[[str], Browser]:
    """A new browser in which somebody of the cast is signed in."""

    def enter(who: str) -> Browser:
        browser: Any = app.test_client()
        return browser if who == the_cast.VISITOR else signed_in(browser, cast.id(who))

    return enter


@pytest.fixture
def follow(app: Flask) -> Callable[[], None]:
    """Do what a worker would: follow the change log, run what is due, until nothing is left."""
    from portal import worker

    def run() -> None:
        db.session.rollback()
        worker.until_idle(app)
        db.session.rollback()

    return run


@pytest.fixture
def mail_server(app: Flask) -> Iterator[MailServer]:
    """A mail server to which the app sends; what arrived is in `.messages`."""
    server = MailServer()
    app.config["MAIL_URL"] = server.url
    yield server
    server.stop()


@pytest.fixture
def live_server(app: Flask) -> Iterator[LiveServer]:
    """The app on a real server: `.url`."""
    server = LiveServer(app)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real Chromium, started once."""
    from playwright.sync_api import sync_playwright

    from tests.support.chromium import find
    from tests.support.screens import Chromium

    found = unless_missing("browser", find)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.path,
            args=found.arguments,
            env=found.environment,
            timeout=PATIENCE * 1000,
        )
        yield Chromium(browser)
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A fresh browser page of a Bulgarian reader; an error in its console fails the test."""
    context = chromium.new_context(locale="bg-BG", viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    made = context.new_page()
    made.on("pageerror", lambda error: errors.append(str(error)))
    made.on("console", lambda told: errors.append(told.text) if _is_fault(told) else None)
    yield made
    context.close()
    assert errors == []


def _is_fault(told: Any) -> bool:
    # A refused form answers 4xx on purpose, and the browser writes that down as an error.
    return told.type == "error" and "Failed to load resource" not in told.text


@pytest.fixture
def enter(sign_in: Callable[[str], Browser], live_server: LiveServer) -> Callable[..., None]:
    """Sign a person of the cast in to a browser page: `enter(page, "editor")`."""

    def run(page: Any, who: str) -> None:
        cookie = sign_in(who).get_cookie("portal")
        assert cookie is not None
        page.context.clear_cookies()
        page.context.add_cookies(
            [{"name": "portal", "value": cookie.value, "url": live_server.url}]
        )

    return run

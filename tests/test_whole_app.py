"""Tests that watch the whole app: doors, methods, pages as each role, errors in both languages."""

import re
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import (
    BadRequest,
    Conflict,
    Forbidden,
    InternalServerError,
    NotFound,
    RequestEntityTooLarge,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
)

from portal.access.doors import DOOR, public
from portal.app import create_app
from portal.kernel.database import db
from portal.kernel.errors import PAGES, words
from portal.kernel.i18n import speaking
from tests.conftest import SETTINGS
from tests.support.cast import EVERYBODY
from tests.support.pages import check_html

DOORS = {"public", "signed_in", "staff", "administrators"}
# What may be asked without signing in. A new name here is a decision, not a convenience.
OPEN = {
    "home.theme", "home.language", "home.page", "home.healthz", "home.readyz",
    "signin.sign_in", "signin.sign_out", "signin.forgot", "signin.ticket", "signin.slip",
    "signin.code", "signin.set_up",
    "review.decide",  # by the link in a reviewer's mail
    "unsubscribing.stop",  # by the link in a mail, or by a mail program itself
}  # fmt: skip


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_route_has_a_door(app):
    for rule in rules(app):
        door = getattr(app.view_functions[rule.endpoint], DOOR, None)
        assert door in DOORS, rule.endpoint


def test_what_is_open_to_everybody_is_listed_here(app):
    found = {
        r.endpoint for r in rules(app) if getattr(app.view_functions[r.endpoint], DOOR) == "public"
    }
    assert found == OPEN


def test_every_form_leaves_the_check_to_the_server(app):
    """Else a browser's bubble stands, in its own language, in place of our message."""
    found = {name: app.jinja_loader.get_source(app.jinja_env, name)[0]
             for name in app.jinja_env.list_templates()}  # fmt: skip
    told = {name: app.jinja_env.preprocess(source, name) for name, source in found.items()}
    forms = {name: re.findall(r"<form\b[^>]*", text) for name, text in told.items()}
    assert sum(map(len, forms.values())) > 100
    assert {
        n for n, tags in forms.items() if not all(" novalidate " in tag for tag in tags)
    } == set()


def test_a_view_without_a_door_is_refused(app, client):
    app.add_url_rule("/doorless", "doorless", lambda: "hello")
    client.checks = False
    assert client.get("/doorless").status_code == 500


def test_numbers_in_addresses_are_typed(app):
    for rule in rules(app):
        for name in rule.arguments:
            if name.endswith("_id"):
                assert f"<int:{name}>" in rule.rule, rule.rule


def test_every_form_needs_its_token(app, sign_in):
    browser = sign_in("admin")
    browser.csrf = False
    for rule in rules(app):
        if "POST" in rule.methods and not rule.arguments:
            assert browser.post(rule.rule).status_code == 400, rule.rule


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_page_without_an_argument_opens_or_refuses_in_order(who, app, sign_in):
    """Each page that is fetched is also checked as a page, see tests/support/pages.py."""
    browser = sign_in(who)
    for rule in rules(app):
        if "GET" not in rule.methods or rule.arguments:
            continue
        answer = browser.get(rule.rule)
        door = getattr(app.view_functions[rule.endpoint], DOOR)
        if who == "visitor" and door != "public":
            assert answer.status_code in (302, 401), rule.rule
        elif door == "administrators" and who != "admin":
            assert answer.status_code == 404, rule.rule
        else:
            assert answer.status_code in (200, 302, 404), (rule.rule, answer.status_code)


def test_a_page_of_the_administrators_is_404_to_others(app, sign_in):
    for rule in rules(app):
        if getattr(app.view_functions[rule.endpoint], DOOR) != "administrators":
            continue
        path = rule.rule
        for name, value in (("<key>", "help"), ("<language>", "bg")):
            path = path.replace(name, value)
        if "<" not in path and "GET" in rule.methods:
            assert sign_in("employee").get(path).status_code == 404, path
            assert sign_in("admin").get(path).status_code == 200, path


RAISED = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: RequestEntityTooLarge,
    429: lambda: TooManyRequests(retry_after=7),
    500: InternalServerError,
    503: ServiceUnavailable,
}


@pytest.fixture
def broken(app):
    """Addresses that fail with each status."""
    for status, error in RAISED.items():
        app.add_url_rule(f"/broken/{status}", f"broken_{status}", public(_raiser(error)))
    app.add_url_rule("/broken/crash", "broken_crash", public(_raiser(lambda: ValueError("x"))))
    app.add_url_rule(
        "/broken/database",
        "broken_database",
        public(_raiser(lambda: OperationalError("SELECT", {}, Exception("gone")))),
    )


def _raiser(error):
    def view():
        raise error()

    return view


@pytest.mark.parametrize("language", ["bg", "en"])
@pytest.mark.parametrize("who", ["visitor", "reader"])
def test_each_error_says_what_happened_what_was_kept_and_what_next(who, language, broken, sign_in):
    browser = sign_in(who)
    for status in PAGES:
        answer = browser.get(
            f"/broken/{status}", headers={"Accept-Language": language, "Accept": "text/html"}
        )
        assert answer.status_code == status
        with speaking(language):
            told = words("door" if status == 404 else status)
        if who == "visitor":  # the reader's own language is Bulgarian, unless she chose another
            assert f'lang="{language}"' in answer.text, status
            for part in told.values():
                assert part.split("'")[0] in answer.text, status
        check_html(answer.text, address=str(status))
        if status == 429:
            assert answer.headers["Retry-After"] == "7"


def test_a_json_client_gets_the_same_words_as_json(broken, client):
    for status in PAGES:
        answer = client.get(
            f"/broken/{status}", headers={"Accept": "application/json", "Accept-Language": "en"}
        )
        assert answer.status_code == status
        with speaking("en"):
            assert answer.json["what"] == words(status)["what"]
        assert answer.json["request"]


@pytest.mark.parametrize(("path", "status"), [("crash", 500), ("database", 503)])
def test_an_unforeseen_error_is_written_down_and_shows_nothing_of_itself(
    path, status, broken, client
):
    answer = client.get(f"/broken/{path}", headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert "ValueError" not in answer.text
    assert "SELECT" not in answer.text


def test_a_form_that_is_too_large_is_refused_with_a_page(app, sign_in):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = sign_in("editor").post("/news/new", data={"title": "я" * 2000})
    assert answer.status_code == 413


def test_every_answer_carries_its_headers(sign_in):
    answer = sign_in("reader").get("/")
    assert "script-src 'self' 'nonce-" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Request-Id"]


def test_the_language_is_switched_by_a_form_and_stays_on_the_page(sign_in):
    browser = sign_in("reader")
    answer = browser.post(
        "/language", data={"language": "en"}, headers={"Referer": "http://localhost/news?a=1"}
    )
    assert answer.headers["Location"] == "/news?a=1"
    assert 'lang="en"' in browser.get("/news").text
    evil = browser.post(
        "/language", data={"language": "bg"}, headers={"Referer": "http://evil.example/x"}
    )
    assert evil.headers["Location"] == "/"
    assert browser.post("/language", data={"language": "xx"}).status_code == 400


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.7", 403)]
)
def test_a_demo_answers_on_its_own_machine_only(address, status, app):
    demo = create_app(
        Path(app.instance_path),
        {**SETTINGS, "DATABASE_URL": app.config["DATABASE_URL"], "DEMO": True},
    )
    answer = demo.test_client().get("/sign-in", environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
    with demo.app_context():
        db.session.remove()
        db.engine.dispose()

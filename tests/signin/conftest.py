"""People who sign in: until the shared fixtures cover them, an app of this folder's own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import ChoiceLoader, DictLoader

from portal.access.models import Site
from portal.accounts.models import Organisation, User
from portal.app import create_app
from portal.kernel import database
from portal.kernel.database import db
from portal.signin import passwords

STUB = {
    "base.html": """<!doctype html><html lang="{{ site.language }}"><head><title>{% block title %}{% endblock %}</title></head>
<body>{% for c, m in get_flashed_messages(with_categories=true) %}<p>{{ m }}</p>{% endfor %}
<p>{{ viewer.name }}</p>{% block main %}{% endblock %}</body></html>""",
    "macros.html": """{% macro icon(n) %}{% endmacro %}{% macro badge(t, k='', i='') %}{{ t }}{% endmacro %}
{% macro field(f, hint='') %}{{ f.label }}{{ hint }}{% for e in f.errors %}<b>{{ e }}</b>{% endfor %}{{ f() }}{% endmacro %}
{% macro error_summary(form) %}{% for e in form.form_errors %}<b>{{ e }}</b>{% endfor %}{% endmacro %}""",
    "errors/page.html": "<h1>{{ title }}</h1>{{ status }}",
    "errors/bare.html": "<h1>{{ title }}</h1>{{ status }}",
}
PASSWORD = "зелена лодка на вълните"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    settings = {"SECRET_KEY": "s" * 40, "TESTING": True, "PASSWORD_COST": (1, 64, 1)}
    made = create_app(tmp_path, settings)
    made.jinja_loader = ChoiceLoader([DictLoader(STUB), made.jinja_loader])
    database.upgrade(made)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def town(app: Flask) -> dict[str, User]:
    db.session.add(Site(id=1, name_bg="Община Белобряг", name_en="Belobryag", is_demo=False))
    home = Organisation(kind="municipality", is_home=True, name_bg="Община", name_en="Municipality")
    partner = Organisation(kind="ngo", name_bg="Сдружение", name_en="Association")
    db.session.add_all([home, partner])
    db.session.flush()
    stored = passwords.make_hash(PASSWORD)

    def person(login: str, of: Organisation = home, **more: Any) -> User:
        values: dict[str, Any] = {
            "given": "Мария", "family": "Желева", "email": f"{login}@town.example",
            "password_hash": stored, **more,
        }  # fmt: skip
        user = User(login=login, organisation_id=of.id, **values)
        db.session.add(user)
        return user

    cast = {
        "admin": person("admin", is_admin=True),
        "employee": person("employee"),
        "other": person("other", given="Иван", family="Колев"),
        "fresh": person("fresh", password_hash=None),
        "deskless": person("deskless", email=None, password_hash=None),
        "coordinator": person("coordinator", partner, is_coordinator=True),
        "partner": person("partner", partner),
        "twin1": person("twin1", email="shared@town.example"),
        "twin2": person("twin2", email="shared@town.example"),
    }
    db.session.commit()
    return cast


class Browser(FlaskClient):
    """Each request in an app context of its own, so that nothing in `g` outlives it."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            return super().open(*args, **kwargs)


Client = Callable[[], FlaskClient]


@pytest.fixture
def browser(app: Flask, town: dict[str, User]) -> Client:
    """A new browser of a visitor; forms need no token here, one test asks for it."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client

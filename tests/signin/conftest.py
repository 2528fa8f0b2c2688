"""People at the door: some without a password, some without an e-mail, two who share one."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.access.models import Site
from portal.accounts.models import Organisation, User
from portal.kernel.database import db
from portal.signin import passwords
from tests.support.cast import PASSWORD
from tests.support.clients import Browser

_PEOPLE: dict[str, dict[str, Any]] = {
    "admin": {"is_admin": True},
    "employee": {},
    "other": {"given": "Иван", "family": "Колев"},
    "fresh": {"password_hash": None},
    "deskless": {"email": None, "password_hash": None},
    "coordinator": {"of": "partner", "is_coordinator": True},
    "partner": {"of": "partner"},
    "twin1": {"email": "shared@town.example"},
    "twin2": {"email": "shared@town.example"},
}


@pytest.fixture(autouse=True)
def _at_one_moment(standing_clock: None) -> None:
    """Codes, links and waits are of minutes, which must not pass between two lines."""


@pytest.fixture
def town(app: Flask) -> dict[str, User]:
    db.session.add(Site(id=1, name_bg="Община Белобряг", name_en="Belobryag Municipality"))
    organisations = {
        "home": Organisation(
            kind="municipality", is_home=True, name_bg="Община", name_en="Municipality"
        ),
        "partner": Organisation(kind="ngo", name_bg="Сдружение", name_en="Association"),
    }
    db.session.add_all(organisations.values())
    db.session.flush()
    stored = passwords.make_hash(PASSWORD)
    people = {}
    for login, more in _PEOPLE.items():
        values = {
            "given": "Мария",
            "family": "Желева",
            "email": f"{login}@town.example",
            "password_hash": stored,
            **more,
        }
        of = organisations[values.pop("of", "home")]
        people[login] = User(login=login, organisation_id=of.id, **values)
    db.session.add_all(people.values())
    db.session.commit()
    return people


@pytest.fixture
def browser(app: Flask, town: dict[str, User]) -> Callable[[], Browser]:
    """Opens a new browser of a visitor."""

    def new() -> Browser:
        made: Any = app.test_client()
        return made  # type: ignore[no-any-return]

    return new

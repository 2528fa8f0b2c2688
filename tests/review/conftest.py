"""A text of each kind that waits for its reviewers, and the links that they are mailed."""

import re
from collections.abc import Callable

import pytest

from portal.content import services as content
from portal.content.models import Revision
from portal.kernel.database import db
from tests.support import practising
from tests.support.writing import draft, paper

BODY = (
    "<h2>Часове</h2><p>Тръгва в 7:10 от гарата.</p>"
    "<ul><li>Понеделник</li><li>Сряда</li></ul>"
    "<table><tbody><tr><th>Село</th><td>Калиница</td></tr></tbody></table>"
)


@pytest.fixture
def waiting(cast, person) -> Callable[..., Revision]:
    """waiting("news") → a text that «contributor» (of a practice: «partner») sent for review."""

    def make(kind: str = "news") -> Revision:
        if kind == "practice":
            return practising.submitted(practising.own_space(cast), person("partner"))
        author, space = person("contributor"), cast.space("intranet")
        if kind == "news":
            made = draft(space, author, title="Тайният автобус", body=BODY)
        else:
            made = paper(space, author)
        content.submit(made, made.saves, by=author)
        return made

    return make


@pytest.fixture
def links(mail_server, follow) -> Callable[[], dict[str, str]]:
    """links() → the path that each reviewer was mailed, by her name for signing in."""

    def read() -> dict[str, str]:
        follow()
        found = {}
        for mail in mail_server.messages:
            words = mail.get_body(("plain",)).get_content()
            path = re.search(r"https?://[^/\s]+(/review/\S+)", words)
            if path:
                login = mail["To"].split("<")[-1].partition("@")[0]
                found[login] = path[1]
        return found

    return read


def fresh(text_id: int) -> Revision:
    """A text as it is stored now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get(Revision, text_id)

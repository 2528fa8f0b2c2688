"""Topics of the workspace «Чист бряг», and how people talk there in a browser."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from portal.comments.models import Comment
from portal.content.models import Content
from portal.discussions import services
from portal.discussions.services import Text
from portal.kernel.database import db

ROOM = "/spaces/workspace/discussions"


@pytest.fixture
def topic(cast, person):
    """A topic that the contributor began in the workspace; nobody has replied yet."""
    text = Text("Кога чистим плажа?", "<p>Предлагам събота сутрин.</p>")
    made = services.begin(cast.space("workspace"), "bg", text, by=person("contributor"))
    return of(made.content)


def of(item):
    return SimpleNamespace(
        id=item.id, page=f"/discussions/{item.address}", space=item.home_id, title=item.title
    )


def reply(browser, topic, text, **more):
    """Post a reply; its number."""
    data = {"text": text, "space": topic.space, **more}
    answer = browser.post(f"/content/{topic.id}/comments", data=data)
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("-")[2])


def decide(browser, topic, **data):
    return browser.post(f"/discussions/{topic.id}/decide", data=data)


def topics():
    db.session.rollback()
    found = select(Content).where(Content.kind == "discussion").order_by(Content.id)
    return list(db.session.scalars(found))


def replies(topic):
    db.session.rollback()
    found = select(Comment).where(Comment.content_id == topic.id).order_by(Comment.id)
    return list(db.session.scalars(found))

"""Items that are discussed, and how people comment on them in a browser."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from portal.comments.models import Comment
from portal.content import keeping
from portal.kernel.database import db
from tests.support.writing import published


@pytest.fixture
def news(cast, person):
    """A news item of the intranet, whose owner is the contributor."""
    item = published(cast.space("intranet"), person("contributor"), person("editor")).content
    return SimpleNamespace(
        id=item.id, page=f"/news/{item.address}", space=cast.space("intranet").id
    )


@pytest.fixture
def shared(cast, person):
    """A news item of the intranet that stands in the extranet and the workspace too."""
    by = person("editor")
    item = published(cast.space("intranet"), person("contributor"), by).content
    for slug in ("extranet", "workspace"):
        keeping.place(item, cast.space(slug), by=by)
    spaces = {slug: cast.space(slug).id for slug in ("intranet", "extranet", "workspace")}
    return SimpleNamespace(id=item.id, page=f"/news/{item.address}", **spaces)


def write(browser, item, text, space=None, parent=None):
    """Post a comment; the answer."""
    data = {"text": text, "space": space or item.space}
    if parent is not None:
        data["parent"] = parent
    return browser.post(f"/content/{item.id}/comments", data=data)


def written(browser, item, text, space=None, parent=None):
    """Post a comment; its number."""
    answer = write(browser, item, text, space, parent)
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("-")[2])


def comments():
    """Every comment there is."""
    db.session.rollback()
    return list(db.session.scalars(select(Comment).order_by(Comment.id)))

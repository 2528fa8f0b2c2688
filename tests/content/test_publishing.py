"""Who puts a new text before the readers of an item: docs/decisions/0012."""

import pytest

from portal.access import Action, may
from portal.access.site import bump
from portal.content import keeping
from portal.content.models import Content
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from tests.support.writing import DRAFTS, published


@transaction
def ask_review(space):
    space.review_required = True
    bump()


PEOPLE = ("manager", "editor", "contributor", "partner", "ngo", "reader", "admin", "visitor")
EDITORS = {"manager", "editor"}


@pytest.mark.parametrize(
    ("kind", "asks", "is_placed", "who"),
    [
        ("page", False, False, EDITORS | {"contributor", "partner"}),
        ("page", True, False, EDITORS),
        ("page", False, True, EDITORS),
        ("practice", False, False, EDITORS),  # shared among contributors too, yet judged
        ("news", False, False, EDITORS),
    ],
)
def test_contributors_publish_pages_at_home_where_no_review_is_asked(
    kind, asks, is_placed, who, cast, person
):
    make = published if is_placed else None
    home, by = cast.space("workspace"), person("editor")
    text = make(home, by, by, kind) if make else DRAFTS[kind](home, by)
    if is_placed:
        keeping.place(text.content, cast.space("extranet"), by=by)
    if asks:
        ask_review(home)
    item = db.session.get_one(Content, text.content_id)
    found = {name for name in PEOPLE if may(person(name), Action.PUBLISH, item)}
    assert found == who
    decides = {name for name in PEOPLE if may(person(name), Action.RELEASE, item)}
    assert decides == EDITORS  # the item as a whole is theirs alone
    if not is_placed:
        keeping.trash(item, by=by)
        assert not any(may(person(name), Action.PUBLISH, item) for name in PEOPLE)

"""A workspace whose people write pages."""

import pytest

from portal.content import services as content
from portal.pages import services
from portal.pages.services import Text


@pytest.fixture
def workspace(cast):
    return cast.space("workspace")


@pytest.fixture
def page(cast, person):
    """page("Правилник", "<p>…</p>", under=ident) → the number of a page that is published."""

    def make(title="Правилник", body="<p>Текст.</p>", under=None, who="contributor",
             space="workspace", then="release", files=()):  # fmt: skip
        text = Text(title, body, files)
        home = cast.space(space)
        draft = services.write(home, "bg", text, by=person(who), under=under)
        if then == "release" and home.review_required:
            content.submit(draft, draft.saves, by=person(who))
            content.approve(draft, draft.saves, by=person("colleague"))
        elif then == "release":
            content.release(draft, draft.saves, by=person(who))
        return draft.content_id

    return make

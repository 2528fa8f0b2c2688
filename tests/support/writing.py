"""News and documents in each state, made through the services that people use."""

import io
from datetime import datetime

from portal.access import Viewer
from portal.content import keeping
from portal.content import services as content
from portal.content.models import Content
from portal.discussions.models import DiscussionRevision
from portal.documents import services as documents
from portal.documents.models import DocumentRevision
from portal.files.services import add_file
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.news import services as news
from portal.news.models import NewsRevision
from portal.news.services import Text
from portal.pages import services as pages
from portal.pages.models import PageRevision
from portal.pages.services import Text as PageText
from portal.practices.models import PracticeRevision
from portal.spaces.models import Space
from tests.support import practising


def draft(
    space: Space, by: Viewer, title: str = "Нов автобус", body: str = "<p>Текст.</p>", **more
) -> NewsRevision:
    """A draft in a space."""
    return news.write(space, "bg", Text(title=title, body=body, **more), by=by)


def paper(space: Space, by: Viewer, wanted_from=None, wanted_until=None) -> DocumentRevision:
    """A draft of a document in a space."""
    file = add_file(io.BytesIO("Текст.".encode()), "Нов автобус.txt", by=by)
    made = documents.add(space, None, file, documents.Facts("Нов автобус"), by=by, draft=True)
    return _timed(made, wanted_from, wanted_until)


@transaction
def _timed(made, wanted_from, wanted_until):
    made.wanted_from, made.wanted_until = wanted_from, wanted_until
    return made


@transaction
def practice(space: Space, by: Viewer, wanted_from=None, wanted_until=None) -> PracticeRevision:
    """A complete draft of a practice in any space: the rule of reading knows no kinds."""
    made = content.start(
        PracticeRevision,
        space,
        by=by,
        language="bg",
        title="Нов автобус",
        summary="Автобус по заявка.",
        is_shared=True,
        record=practising.stored(by),
    )
    content.set_topics(made, [practising.topic()])
    return _timed(made, wanted_from, wanted_until)


def page(space: Space, by: Viewer, wanted_from=None, wanted_until=None) -> PageRevision:
    """A draft of a page in a space."""
    made = pages.write(space, "bg", PageText("Нов автобус", "<p>Текст.</p>"), by=by)
    return _timed(made, wanted_from, wanted_until)


def discussion(space: Space, by: Viewer, wanted_from=None, wanted_until=None) -> DiscussionRevision:
    """A draft of a topic: people's are before their readers, or in review, at once."""
    body = "<p>Текст.</p>"
    made = content.start(
        DiscussionRevision, space, by=by, language="bg", title="Нов автобус", body=body
    )
    return _timed(made, wanted_from, wanted_until)


DRAFTS = {
    "news": draft,
    "document": paper,
    "practice": practice,
    "page": page,
    "discussion": discussion,
}


def published(
    space: Space, by: Viewer, editor: Viewer, kind: str = "news", **more
) -> NewsRevision | DocumentRevision:
    """A released item: approved where the space asks for it."""
    text = DRAFTS[kind](space, by, **more)
    if space.review_required:
        content.submit(text, text.saves, by=by)
        content.approve(text, text.saves, by=editor)
    else:
        content.release(text, text.saves, by=editor)
    return text


class Shelf:
    """One item in each state, from `opens` to `ends` where it has times; by its name."""

    def __init__(
        self,
        space: Space,
        further: Space,
        author: Viewer,
        editor: Viewer,
        opens: datetime,
        ends: datetime,
        kind: str = "news",
    ) -> None:
        self.kind = kind
        self.items: dict[str, NewsRevision | DocumentRevision] = {}
        with clock.at(opens.replace(year=opens.year - 1)):
            self._unreleased(space, author, editor)
            self._released(space, further, author, editor, opens, ends)
        # Rows are read afresh: an index that is rebuilt ends the session they came from.
        self.ids = {state: text.content_id for state, text in self.items.items()}

    def item(self, state: str) -> Content:
        return db.session.get_one(Content, self.ids[state])

    def _unreleased(self, space: Space, author: Viewer, editor: Viewer) -> None:
        made = DRAFTS[self.kind]
        self.items["draft"] = made(space, author)
        self.items["in review"] = text = made(space, author)
        content.submit(text, text.saves, by=author)
        self.items["returned"] = text = made(space, author)
        content.submit(text, text.saves, by=author)
        content.return_(text, text.saves, by=editor, remark="Уточнете датата.")

    def _released(self, space, further, author, editor, opens, ends) -> None:
        times = {"kind": self.kind, "wanted_from": opens, "wanted_until": ends}
        self.items["published"] = published(space, author, editor, **times)
        self.items["further"] = text = published(space, author, editor, **times)
        keeping.place(text.content, further, by=editor)
        self.items["archived"] = text = published(space, author, editor, **times)
        keeping.archive(text.content, by=editor)
        self.items["trashed"] = text = published(space, author, editor, **times)
        keeping.trash(text.content, by=editor)
        self.items["revised"] = text = published(space, author, editor, **times)
        newer = content.draft_of(text.content, "bg", by=author)
        content.submit(newer, newer.saves, by=author)

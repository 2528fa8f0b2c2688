"""News in each state, made through the services that people use."""

from datetime import datetime

from portal.access import Viewer
from portal.content import keeping
from portal.content import services as content
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from portal.news import services as news
from portal.news.models import NewsRevision
from portal.news.services import Text
from portal.spaces.models import Space


def draft(
    space: Space, by: Viewer, title: str = "Нов автобус", body: str = "<p>Текст.</p>", **more
) -> NewsRevision:
    """A draft in a space."""
    return news.write(space, "bg", Text(title=title, body=body, **more), by=by)


def published(space: Space, by: Viewer, editor: Viewer, **more) -> NewsRevision:
    """A released item: approved where the space asks for it."""
    text = draft(space, by, **more)
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
    ) -> None:
        self.items: dict[str, NewsRevision] = {}
        with clock.at(opens.replace(year=opens.year - 1)):
            self._unreleased(space, author, editor)
            self._released(space, further, author, editor, opens, ends)
        # Rows are read afresh: an index that is rebuilt ends the session they came from.
        self.ids = {state: text.content_id for state, text in self.items.items()}

    def item(self, state: str) -> Content:
        return db.session.get_one(Content, self.ids[state])

    def _unreleased(self, space: Space, author: Viewer, editor: Viewer) -> None:
        self.items["draft"] = draft(space, author)
        self.items["in review"] = text = draft(space, author)
        content.submit(text, text.saves, by=author)
        self.items["returned"] = text = draft(space, author)
        content.submit(text, text.saves, by=author)
        content.return_(text, text.saves, by=editor, remark="Уточнете датата.")

    def _released(self, space, further, author, editor, opens, ends) -> None:
        times = {"wanted_from": opens, "wanted_until": ends}
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

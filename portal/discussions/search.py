"""Discussions in the search box: by the topic, what was decided, and each reply."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, bindparam, exists, select

from portal.access import Viewer
from portal.accounts.models import User
from portal.accounts.queries import reader_name
from portal.comments.models import Comment
from portal.comments.policy import policy
from portal.content.models import Content, Placement
from portal.content.queries import params
from portal.discussions.models import DiscussionRevision, Resolution
from portal.kernel.database import rows
from portal.kernel.i18n import _, _l
from portal.kernel.text import plain
from portal.search import texts
from portal.search.protocol import SearchDocument, Shown
from portal.search.texts import TextSearch

# What is said at home is read there alone. Once an editor shows a topic in another space too, its
# words are found by people who may not read the replies, so these are found by nobody.
_IS_AT_HOME_ALONE = ~exists(
    select(Placement.space_id).where(
        Placement.content_id == Content.id, Placement.is_home.is_(False)
    )
).correlate(Content)
_REPLIES = (
    select(
        Comment.id, Comment.content_id, Comment.text,
        User.given, User.family, User.given_latin, User.family_latin,
    )
    .join(Content, Content.id == Comment.content_id)
    .join(User, User.id == Comment.by_id)
    .where(
        Comment.content_id.in_(bindparam("ids", expanding=True)),
        Comment.space_id == Content.home_id,
        Comment.hidden_at.is_(None),
        _IS_AT_HOME_ALONE,
    )
    .order_by(Comment.content_id, Comment.id)
)  # fmt: skip
_READABLE = _REPLIES.where(policy.readable)
_DECIDED = (
    select(Resolution.content_id, Resolution.text)
    .join(Content, Content.id == Resolution.content_id)
    .outerjoin(Comment, Comment.id == Resolution.comment_id)
    .where(
        Resolution.content_id.in_(bindparam("ids", expanding=True)),
        Resolution.withdrawn_at.is_(None),
        Comment.hidden_at.is_(None),
        _IS_AT_HOME_ALONE,
    )
)
_HERS = _DECIDED.where(Resolution.space_id.in_(bindparam("reads", expanding=True)))


class DiscussionSearch(TextSearch):
    """The replies are pages of the document, before those of the files under its text."""

    kind = "discussion"
    label: Any = _l("Discussions")
    icon = "chat-circle"
    model = DiscussionRevision
    columns = (DiscussionRevision.body,)
    role = "listed"

    def words(self, text: Any) -> str:
        return plain(text.body)

    def names(self, item: Content, texts: Sequence[Any]) -> list[str]:
        # Both words in both languages: whoever asks for decisions finds what has one.
        return ["решение decision"] if rows(_DECIDED, {"ids": [item.id]}) else []

    def document(self, item_id: int) -> SearchDocument | None:
        found = super().document(item_id)
        if found is None:
            return None
        decided = [row.text for row in rows(_DECIDED, {"ids": [item_id]})]
        replies = [row.text for row in rows(_REPLIES, {"ids": [item_id]})]
        text = "\n".join([found.text, *decided])
        return replace(found, text=text, pages=[*replies, *found.pages])

    def show(
        self, item_ids: Sequence[int], viewer: Viewer, pages: Mapping[int, int]
    ) -> dict[int, Shown]:
        items = [item for item in texts.readable(item_ids, viewer) if item.kind == self.kind]
        if not items:
            return {}
        asked = params(viewer, ids=[item.id for item in items])
        replies: dict[int, list[Row[Any]]] = {}
        for row in rows(_READABLE, asked) if pages else ():
            replies.setdefault(row.content_id, []).append(row)
        beyond = {ident: page - len(replies.get(ident, ())) for ident, page in pages.items()}
        files = {ident: page for ident, page in beyond.items() if page > 0}
        shown = self.show_items(items, files)
        decided = {row.content_id: row.text for row in rows(_HERS, asked)}
        for ident, hit in shown.items():
            if 0 < pages.get(ident, 0) <= len(replies.get(ident, ())):
                shown[ident] = _in_reply(hit, replies[ident][pages[ident] - 1])
            elif ident in decided and ident not in files:
                shown[ident] = replace(hit, text=f"{hit.text}\n{decided[ident]}")
            if ident in decided:
                shown[ident] = replace(shown[ident], facts=(*hit.facts, _("decided")))
        return shown


def _in_reply(hit: Shown, reply: Row[Any]) -> Shown:
    return replace(
        hit,
        url=f"{hit.url.partition('#')[0]}#comment-{reply.id}",
        text=reply.text,
        place=_("reply by %(name)s", name=reader_name(reply)),
    )

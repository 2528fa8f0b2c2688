"""Discussions in the search box: by the topic, what was decided, each reply and its files."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, func, literal, select, union_all

from portal.access import Viewer
from portal.accounts.models import User
from portal.accounts.queries import reader_name
from portal.comments.models import Comment, CommentFile
from portal.comments.policy import policy
from portal.content.linking import without_addresses
from portal.content.models import RELEASED, Content, Placement
from portal.content.queries import params
from portal.discussions.models import DiscussionRevision, Resolution
from portal.files.models import Attachment, File, FilePage
from portal.kernel.database import rows
from portal.kernel.i18n import _, _l
from portal.kernel.text import plain
from portal.search.protocol import SearchDocument, Shown, apart
from portal.search.texts import TextSearch, begun, file_pages, passage_of, place_of

# What is said at home is read there alone. Once an editor shows a topic in another space too, its
# words are found by people who may not read the replies, so these are found by nobody.
_IS_AT_HOME_ALONE = ~exists(
    select(Placement.space_id).where(
        Placement.content_id == Content.id, Placement.is_home.is_(False)
    )
).correlate(Content)
_NAMES = (User.given, User.family, User.given_latin, User.family_latin)
# How many pages the files under its text have, which the index counts first.
_FILE_PAGES = (
    select(func.count())
    .select_from(FilePage)
    .join(Attachment, Attachment.file_id == FilePage.file_id)
    .join(DiscussionRevision, DiscussionRevision.id == Attachment.revision_id)
    .where(
        Attachment.role == "listed",
        DiscussionRevision.content_id == Content.id,
        DiscussionRevision.state.in_(RELEASED),
    )
    .correlate(Content)
    .scalar_subquery()
)
_SAYS = (*_NAMES, _FILE_PAGES.label("before"))
_NO_FILE = (literal(0).label("file_id"), literal(0).label("number"))
_DECIDED = (
    select(
        Resolution.content_id, literal(0).label("comment_id"), *_NO_FILE, Resolution.text, *_SAYS
    )
    .join(Content, Content.id == Resolution.content_id)
    .join(User, User.id == Resolution.by_id)
    .outerjoin(Comment, Comment.id == Resolution.comment_id)
    .where(
        Resolution.content_id.in_(bindparam("ids", expanding=True)),
        Resolution.withdrawn_at.is_(None),
        Comment.hidden_at.is_(None),
        _IS_AT_HOME_ALONE,
    )
)  # fmt: skip
_IS_SAID = and_(
    Comment.content_id.in_(bindparam("asked", expanding=True)),
    Comment.space_id == Content.home_id,
    Comment.hidden_at.is_(None),
    _IS_AT_HOME_ALONE,
)
_REPLIES = (
    select(Comment.content_id, Comment.id.label("comment_id"), *_NO_FILE, Comment.text, *_SAYS)
    .join(Content, Content.id == Comment.content_id)
    .join(User, User.id == Comment.by_id)
    .where(_IS_SAID)
)
# What stands in the files of replies follows each, page by page; `text` is given where it is read.
_IN_FILES = (
    select(
        Comment.content_id, Comment.id.label("comment_id"), FilePage.file_id, FilePage.number,
        FilePage.text, *_SAYS,
    )
    .join(Content, Content.id == Comment.content_id)
    .join(User, User.id == Comment.by_id)
    .join(CommentFile, CommentFile.comment_id == Comment.id)
    .join(FilePage, FilePage.file_id == CommentFile.file_id)
    .where(_IS_SAID)
)  # fmt: skip
_ORDER = ("content_id", "comment_id", "file_id", "number")
_SAID = union_all(_DECIDED, _REPLIES, _IN_FILES).order_by(*_ORDER)
_HERS = union_all(
    _DECIDED.where(Resolution.space_id.in_(bindparam("reads", expanding=True))),
    _REPLIES.where(policy.readable),
    _IN_FILES.with_only_columns(
        Comment.content_id, Comment.id.label("comment_id"), FilePage.file_id, FilePage.number,
        literal("").label("text"), *_SAYS,
    ).where(policy.readable),
).order_by(*_ORDER)  # fmt: skip
_FILE_NAMES = (
    select(File.name)
    .join(CommentFile, CommentFile.file_id == File.id)
    .join(Comment, Comment.id == CommentFile.comment_id)
    .join(Content, Content.id == Comment.content_id)
    .where(_IS_SAID)
    .order_by(File.id)
)


class DiscussionSearch(TextSearch):
    """What was decided, each reply and each page of its files are pages of the document, after
    those of the topic's own files."""

    kind = "discussion"
    label: Any = _l("Discussions")
    icon = "chat-circle"
    model = DiscussionRevision
    columns = (DiscussionRevision.body,)
    role = "listed"

    def words(self, text: Any) -> str:
        return plain(without_addresses(text.body))

    def document(self, item_id: int) -> SearchDocument | None:
        found = super().document(item_id)
        if found is None:
            return None
        said = rows(_SAID, {"ids": [item_id], "asked": [item_id]})
        files = (row.name.replace("_", " ") for row in rows(_FILE_NAMES, {"asked": [item_id]}))
        names = [found.names, *dict.fromkeys(files)]
        if said and not said[0].comment_id:
            # In both languages: whoever asks for decisions finds what has one.
            names += ["решение", "decision"]
        return replace(found, names=apart(names), pages=[*found.pages, *map(begun, said)])

    def completed(
        self, shown: dict[int, Shown], viewer: Viewer, pages: Mapping[int, int]
    ) -> dict[int, Shown]:
        """The passage of the decision or reply that answers; one statement where any does."""
        asked = [ident for ident, hit in shown.items() if _is_said(hit, pages)]
        said: dict[int, list[Row[Any]]] = {}
        for row in rows(_HERS, params(viewer, ids=asked, asked=asked)) if asked else ():
            said.setdefault(row.content_id, []).append(row)
        best = {}
        for ident, words in said.items():
            place = pages[ident] - words[0].before
            if 0 < place <= len(words):
                best[ident] = words[place - 1]
        read = file_pages([(row.file_id, row.number) for row in best.values() if row.file_id])
        found = dict(shown)
        for ident, row in best.items():
            answer = read.get((row.file_id, row.number))
            found[ident] = (_in_file if answer else _answering)(shown[ident], answer or row)
        return found


def _is_said(hit: Shown, pages: Mapping[int, int]) -> bool:
    """Whether the page that answers is none of a file."""
    return bool(pages.get(hit.item_id)) and "#" not in hit.url


def _in_file(hit: Shown, page: Row[Any]) -> Shown:
    return replace(
        hit, url=f"{hit.url}#file{page.file_id}", text=passage_of(page), place=place_of(page)
    )


def _answering(hit: Shown, said: Row[Any]) -> Shown:
    if not said.comment_id:
        return replace(hit, url=f"{hit.url}#decision", text=said.text, place=_("the decision"))
    place = _("reply by %(name)s", name=reader_name(said))
    return replace(hit, url=f"{hit.url}#comment-{said.comment_id}", text=said.text, place=place)

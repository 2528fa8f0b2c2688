"""Writing a comment, changing it, hiding it, closing the discussion."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select
from werkzeug.exceptions import Forbidden, NotFound

from portal import audit
from portal.access import Action, Role, Viewer, may, require
from portal.comments import attaching, mentions, notices
from portal.comments.models import Comment, CommentFile, Mention
from portal.comments.queries import EDITING
from portal.content import kinds
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.text import shown, tidy
from portal.kernel.transaction import transaction
from portal.spaces.models import Space

HOURLY_MAX = 40  # comments of one person: each may be mailed to somebody
NAMED_MAX = 20  # people whom one comment may call
_MANY_LINES = re.compile(r"\n{3,}")


@transaction
def write(
    item: Content,
    space: Space,
    text: str,
    *,
    by: Viewer,
    parent: Comment | None = None,
    files: Sequence[int] = (),
) -> Comment:
    """Comment on an item before the readers of one space where it stands.

    parent: what is answered; an answer to an answer stands beside it. files: numbers of the
    viewer's uploads, where the kind takes them. The same words and files of the same person in the
    same place are one comment, however often they are sent. Raises Refused at `text` or `space`.
    """
    require(by, Action.READ, item)
    _is_open(item, space, by)
    if parent is not None:
        parent = _answered(parent, by)
        if (parent.content_id, parent.space_id) != (item.id, space.id):
            raise NotFound
    text, named = _named(said(text), item, space, by)
    above = parent.id if parent is not None else None
    same = select(Comment).where(
        Comment.content_id == item.id,
        Comment.space_id == space.id,
        Comment.by_id == by.user_id,
        Comment.parent_id.is_(None) if above is None else Comment.parent_id == above,
        Comment.text == text,
        Comment.hidden_at.is_(None),
    )
    held = attaching.checked(item, files, by=by)
    hashes = sorted(file.sha256 for file in held)
    for before in db.session.scalars(same):
        if attaching.bytes_of(before) == hashes:
            return before
    _not_too_many(by)
    comment = Comment(
        content_id=item.id, space_id=space.id, by_id=by.user_id, text=text, parent_id=above
    )
    db.session.add(comment)
    item.is_discussed = True
    db.session.flush()
    db.session.add_all(Mention(comment_id=comment.id, user_id=person) for person in named)
    db.session.add_all(CommentFile(comment_id=comment.id, file_id=file.id) for file in held)
    db.session.flush()
    _logged("comment.write", comment, by, space=space.id)
    kinds.of(item.kind).commented(item)
    notices.tell_of(comment, item, parent, named)
    return comment


def _is_open(item: Content, space: Space, by: Viewer) -> None:
    if not kinds.of(item.kind).takes_comments:
        raise NotFound
    placed = any(place.space_id == space.id for place in item.placements)
    if not placed or not by.role_in(space.id) or space.archived_at is not None:
        raise Refused("space", _("Choose who shall read the comment."))
    if not item.is_visible(clock.now()):
        raise Refused("text", _("It can be commented on while it is published."))
    if item.comments_closed and kinds.of(item.kind).is_talk:
        raise Refused("text", _("The discussion was closed meanwhile. Your text is kept below."))
    if item.comments_closed:
        raise Refused("text", _("The comments were closed meanwhile. Your text is kept below."))


def _answered(parent: Comment, by: Viewer) -> Comment:
    """The comment under which an answer stands: one level and no more."""
    require(by, Action.READ, parent)
    if parent.hidden_at is not None:
        raise Refused("text", _("What you answer was hidden meanwhile. Your text is kept below."))
    if parent.parent_id is None:
        return parent
    return db.session.get_one(Comment, parent.parent_id)


def said(text: str) -> str:
    """A text as it is kept: nothing invisible, no row of empty lines. Raises Refused at `text`."""
    lines = (tidy(line) if line.strip() else "" for line in shown(text).splitlines())
    text = _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()
    if not text:
        raise Refused("text", _("Write something first."))
    if len(text) > Comment.TEXT_MAX:
        raise Refused(
            "text",
            _(
                "At most %(high)s characters; there are %(n)s.",
                high=Comment.TEXT_MAX,
                n=len(text),
            ),
        )
    return text


def _not_too_many(by: Viewer) -> None:
    lately = select(func.count(Comment.id)).where(
        Comment.by_id == by.user_id, Comment.at > clock.now() - timedelta(hours=1)
    )
    if (db.session.scalar(lately) or 0) >= HOURLY_MAX:
        raise Refused("text", _("You wrote very many in the last hour. Send it a little later."))


def _named(
    text: str, item: Content, space: Space, by: Viewer, before: Iterable[int] = ()
) -> tuple[str, set[int]]:
    """The text as it is kept and who is called in it by name; the author herself is not."""
    if "@" not in text:
        return text, set()
    found = mentions.people(by, item.id, space.id)
    text, named = mentions.called(text, found, by, set(before))
    named -= {by.user_id or 0}
    if len(named) > NAMED_MAX:
        raise Refused(
            "text",
            _("One comment calls at most %(high)s people by name.", high=NAMED_MAX),
        )
    return text, named


@transaction
def edit(comment: Comment, text: str, *, by: Viewer) -> None:
    """Change one's own words, within a quarter of an hour. Who is named anew is told.

    Raises Refused at `text`.
    """
    require(by, Action.EDIT, comment)
    text = said(text)
    if clock.now() >= comment.at + EDITING:
        raise Refused("text", _("A comment can be changed for 15 minutes. Write a new one."))
    if text == comment.text:
        return
    item = db.session.get_one(Content, comment.content_id)
    space = db.session.get_one(Space, comment.space_id)
    before = db.session.scalars(select(Mention.user_id).where(Mention.comment_id == comment.id))
    text, named = _named(text, item, space, by, before)
    db.session.execute(delete(Mention).where(Mention.comment_id == comment.id))
    db.session.add_all(Mention(comment_id=comment.id, user_id=person) for person in named)
    comment.text, comment.changed_at = text, clock.now()
    db.session.flush()
    _logged("comment.edit", comment, by)
    kinds.of(item.kind).commented(item)
    if named:
        notices.tell_named(comment, item, named)


@transaction
def hide(comment: Comment, hidden: bool, *, by: Viewer) -> None:
    """Take a comment's words from its readers, or give them back.

    Its author hides it and shows again what she hid herself; editors hide any and show again what
    an editor hid. Its place and who hid it stay.
    """
    require(by, Action.READ, comment)
    mine, moderates = comment.by_id == by.user_id, may(by, Action.MANAGE, comment)
    if hidden == (comment.hidden_at is not None):
        return
    by_author = comment.hidden_by_id == comment.by_id
    if not ((mine or moderates) if hidden else (mine if by_author else moderates)):
        raise Forbidden
    comment.hidden_at = clock.now() if hidden else None
    comment.hidden_by_id = by.user_id if hidden else None
    db.session.flush()
    _logged("comment.hide" if hidden else "comment.show", comment, by)
    item = db.session.get_one(Content, comment.content_id)
    kinds.of(item.kind).commented(item)


@transaction
def close(item: Content, closed: bool, *, by: Viewer) -> None:
    """End the discussion of an item, or open it again: its author, the home's editors."""
    if not may_close(item.home_id, item.owner_id, by):
        require(by, Action.READ, item)
        raise Forbidden
    require(by, Action.READ, item)
    if item.comments_closed != closed:
        item.comments_closed = closed
        audit.record("comment.close" if closed else "comment.open", "content", item.id, by=by)


def may_close(home_id: int, owner_id: int, by: Viewer) -> bool:
    """Whether she owns the item and still writes in its home, or edits there."""
    role = by.role_in(home_id)
    return role >= Role.EDITOR or (role >= Role.CONTRIBUTOR and owner_id == by.user_id)


def _logged(action: str, comment: Comment, by: Viewer, **facts: int) -> None:
    audit.record(action, "content", comment.content_id, by=by, comment=comment.id, **facts)

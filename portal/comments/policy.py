"""Who reads, writes and hides comments: one rule in three forms.

A comment belongs to the space where it was written. It is read by whoever reads the item and is
in that space, as long as the item stands there: partners never see what staff say in the intranet
about the same item, nor the other way round. A hidden one keeps its place, without its words.
"""

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select

from portal.access import Action, Role, Viewer, may, register
from portal.comments.models import Comment, CommentFile
from portal.content.models import Content, Life, Placement
from portal.content.policy import policy as content_policy
from portal.kernel import clock
from portal.kernel.database import db


class CommentPolicy:
    """CREATE is answering it, EDIT and TRASH are its author's, MANAGE is the editors' hiding."""

    def allows(self, viewer: Viewer, action: Action, item: Comment) -> bool:
        content = db.session.get(Content, item.content_id)
        if content is None or not self._reads(viewer, item, content):
            return False
        mine = item.by_id == viewer.user_id
        match action:
            case Action.READ:
                return True
            case Action.CREATE:
                open_ = content.is_visible(clock.now()) and not content.comments_closed
                return open_ and item.hidden_at is None
            case Action.EDIT:
                return mine and item.hidden_at is None
            case Action.TRASH:
                return mine
            case Action.MANAGE:
                return max(map(viewer.role_in, (content.home_id, item.space_id))) >= Role.EDITOR
        return False

    def _reads(self, viewer: Viewer, item: Comment, content: Content) -> bool:
        placed = any(place.space_id == item.space_id for place in content.placements)
        return placed and viewer.role_in(item.space_id) > 0 and may(viewer, Action.READ, content)

    # Joined with Content; only bound names, so that statements are built once, at import.
    readable: ColumnElement[bool] = and_(
        Content.life != Life.TRASHED,
        content_policy.readable,
        Comment.space_id.in_(bindparam("reads", expanding=True)),
        exists(
            select(Placement.space_id)
            .where(
                Placement.content_id == Comment.content_id,
                Placement.space_id == Comment.space_id,
            )
            .correlate(Comment)
        ),
    )
    # Whose words are shown although they are hidden: the editors', who may show them again.
    moderated: ColumnElement[bool] = or_(
        Content.home_id.in_(bindparam("edits", expanding=True)),
        Comment.space_id.in_(bindparam("edits", expanding=True)),
    )

    def audience(self, item: Comment) -> frozenset[str]:
        """Comments are in no index: nobody finds them but on the item's page."""
        return frozenset()


policy = CommentPolicy()
register(Comment, policy)


class CommentFilePolicy:
    """A comment's file is read by whoever reads its words: hidden, by its editors, or by its
    author if she hid it herself."""

    def allows(self, viewer: Viewer, action: Action, item: CommentFile) -> bool:
        comment = db.session.get(Comment, item.comment_id)
        if action is not Action.READ or comment is None or not may(viewer, Action.READ, comment):
            return False
        if comment.hidden_at is None or may(viewer, Action.MANAGE, comment):
            return True
        return comment.hidden_by_id == comment.by_id == viewer.user_id

    # Joined with Comment and Content.
    readable: ColumnElement[bool] = and_(
        policy.readable,
        or_(
            Comment.hidden_at.is_(None),
            policy.moderated,
            and_(Comment.hidden_by_id == Comment.by_id, Comment.by_id == bindparam("viewer_id")),
        ),
    )

    def audience(self, item: CommentFile) -> frozenset[str]:
        """In no index, as its comment."""
        return frozenset()


register(CommentFile, CommentFilePolicy())

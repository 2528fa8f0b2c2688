"""How a topic stands: its replies are counted when one comes or goes, not when it is listed."""

from sqlalchemy import func, select

from portal import audit
from portal.comments.models import Comment
from portal.content.models import Content
from portal.discussions.models import Discussion, DiscussionFollow
from portal.kernel.database import db


def count(item: Content) -> None:
    """Count the replies of a topic afresh, in the running transaction; the index follows."""
    said = (
        select(func.count(), func.max(Comment.id))
        .select_from(Comment)
        .where(
            Comment.content_id == item.id,
            Comment.space_id == item.home_id,
            Comment.hidden_at.is_(None),
        )
    )
    number, last_id = db.session.execute(said).one()
    last = db.session.get(Comment, last_id) if last_id else None
    found = db.session.get(Discussion, item.id)
    if found is None:
        found = Discussion(content_id=item.id, space_id=item.home_id)
        db.session.add(found)
    found.replies, found.last_id = number, last_id
    found.last_by_id = last.by_id if last is not None else item.owner_id
    found.last_at = last.at if last is not None else item.visible_from or item.created_at
    audit.changed(item.kind, item.id)


def listeners(item: Content, space_id: int) -> tuple[set[int], set[int]]:
    """Who wants to be told of what is said on a topic in a space, and who does not any more.

    Whoever spoke there listens until she says otherwise.
    """
    spoke = select(Comment.by_id).where(Comment.content_id == item.id, Comment.space_id == space_id)
    people = set(db.session.scalars(spoke.distinct()))
    follows = select(DiscussionFollow).where(DiscussionFollow.content_id == item.id)
    said = {row.user_id: row.is_on for row in db.session.scalars(follows)}
    people |= {person for person, on in said.items() if on}
    return people, {person for person, on in said.items() if not on}

"""Who reads and answers questions on a practice: one rule in three forms.

A question belongs to the space where it was written. Readers of that space read it as long as the
practice is shown there, and so do those who write on the practice. The asker takes her own back;
editors of the practice's home or of that space hide it, and see what is hidden.
"""

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select

from portal.access import Action, Role, Viewer, may, register
from portal.content.models import Content, Life, Placement
from portal.content.policy import policy as content_policy
from portal.content.policy import visible_now
from portal.kernel import clock
from portal.kernel.database import db
from portal.practices.models import Answer, Question


class QuestionPolicy:
    """CREATE is answering it, TRASH is taking it back, MANAGE is hiding it."""

    def allows(self, viewer: Viewer, action: Action, item: Question) -> bool:
        content = db.session.get(Content, item.content_id)
        if content is None or not self._reads(viewer, item, content):
            return False
        moderates = self._moderates(viewer, item, content)
        if item.hidden_at is not None and not moderates:
            return False
        match action:
            case Action.READ:
                return True
            case Action.CREATE:
                return item.hidden_at is None and content.is_visible(clock.now())
            case Action.TRASH:
                return item.by_id == viewer.user_id
            case Action.MANAGE:
                return moderates
        return False

    def _reads(self, viewer: Viewer, item: Question, content: Content) -> bool:
        if not may(viewer, Action.READ, content):
            return False
        if may(viewer, Action.EDIT, content):
            return True
        placed = any(place.space_id == item.space_id for place in content.placements)
        shown = placed and content.is_visible(clock.now())
        return shown and viewer.role_in(item.space_id) > 0

    def _moderates(self, viewer: Viewer, item: Question, content: Content) -> bool:
        return max(map(viewer.role_in, (content.home_id, item.space_id))) >= Role.EDITOR

    # Joined with Content; only bound names, so that statements are built once, at import.
    writes: ColumnElement[bool] = or_(
        Content.home_id.in_(bindparam("edits", expanding=True)),
        and_(
            or_(Content.owner_id == bindparam("viewer_id"), Content.is_shared),
            Content.home_id.in_(bindparam("contributes", expanding=True)),
        ),
    )
    _shown: ColumnElement[bool] = and_(
        visible_now(),
        Question.space_id.in_(bindparam("reads", expanding=True)),
        exists(
            select(Placement.space_id)
            .where(
                Placement.content_id == Question.content_id,
                Placement.space_id == Question.space_id,
            )
            .correlate(Question)
        ),
    )
    moderated: ColumnElement[bool] = or_(
        Content.home_id.in_(bindparam("edits", expanding=True)),
        Question.space_id.in_(bindparam("edits", expanding=True)),
    )
    readable: ColumnElement[bool] = and_(
        Content.life != Life.TRASHED,
        content_policy.readable,
        or_(writes, _shown),
        or_(Question.hidden_at.is_(None), moderated),
    )

    def audience(self, item: Question) -> frozenset[str]:
        """Questions are in no index: nobody finds them but on the practice's page."""
        return frozenset()


class AnswerPolicy:
    """An answer is read with its question, as long as it is not hidden."""

    def allows(self, viewer: Viewer, action: Action, item: Answer) -> bool:
        question = db.session.get(Question, item.question_id)
        if question is None or not policy.allows(viewer, Action.READ, question):
            return False
        moderates = policy.allows(viewer, Action.MANAGE, question)
        if item.hidden_at is not None and not moderates:
            return False
        match action:
            case Action.READ:
                return True
            case Action.TRASH:
                return item.by_id == viewer.user_id
            case Action.MANAGE:
                return moderates
        return False

    unhidden: ColumnElement[bool] = or_(Answer.hidden_at.is_(None), QuestionPolicy.moderated)
    readable: ColumnElement[bool] = and_(QuestionPolicy.readable, unhidden)

    def audience(self, item: Answer) -> frozenset[str]:
        return frozenset()


policy = QuestionPolicy()
register(Question, policy)
register(Answer, AnswerPolicy())

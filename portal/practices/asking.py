"""Asking about a practice, answering, taking back, hiding."""

from datetime import timedelta

from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from portal import audit
from portal.access import Action, Viewer, require
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.text import CONTROLS
from portal.kernel.transaction import transaction
from portal.practices import notices
from portal.practices.models import Answer, Question
from portal.spaces.models import Space

HOURLY_MAX = 30  # questions of one person, and as many answers


@transaction
def ask(item: Content, space: Space, text: str, *, by: Viewer) -> Question:
    """Ask about a practice, before the readers of one space where it is placed.

    The same words of the same person are one question, however often they are sent. Raises
    Refused at `text` or `space`.
    """
    require(by, Action.READ, item)
    _shown_in(item, space, by)
    text = _said(text, Question.TEXT_MAX)
    asked = select(Question).where(
        Question.content_id == item.id,
        Question.space_id == space.id,
        Question.by_id == by.user_id,
        Question.text == text,
    )
    if (before := db.session.scalars(asked).first()) is not None:
        return before
    _not_too_many(Question, by)
    question = Question(content_id=item.id, space_id=space.id, by_id=by.user_id, text=text)
    db.session.add(question)
    db.session.flush()
    audit.record("practice.ask", "content", item.id, by=by, question=question.id)
    notices.asked(question)
    return question


def _shown_in(item: Content, space: Space, by: Viewer) -> None:
    placed = any(place.space_id == space.id for place in item.placements)
    if not placed or not by.role_in(space.id) or space.archived_at is not None:
        raise Refused("space", _("Choose one of the list."))
    if not item.is_visible(clock.now()):
        raise Refused("text", _("Questions can be asked while the practice is published."))


@transaction
def answer(question: Question, text: str, *, by: Viewer) -> Answer:
    """Answer a question, before those who read it. The same words are one answer.

    Raises Refused at `text`.
    """
    require(by, Action.CREATE, question)
    text = _said(text, Answer.TEXT_MAX)
    given = select(Answer).where(
        Answer.question_id == question.id, Answer.by_id == by.user_id, Answer.text == text
    )
    if (before := db.session.scalars(given).first()) is not None:
        return before
    _not_too_many(Answer, by)
    made = Answer(question_id=question.id, by_id=by.user_id, text=text)
    db.session.add(made)
    db.session.flush()
    _logged("practice.answer", question, by, answer=made.id)
    notices.answered(made, question)
    return made


@transaction
def hide(said: Question | Answer, hidden: bool, *, by: Viewer) -> None:
    """Take a question or an answer from its readers' eyes, or show it again."""
    require(by, Action.MANAGE, said)
    if (said.hidden_at is not None) == hidden:
        return
    said.hidden_at = clock.now() if hidden else None
    action = "practice.hide" if hidden else "practice.unhide"
    if isinstance(said, Question):
        _logged(action, said, by)
    else:
        _logged(action, _question_of(said), by, answer=said.id)


@transaction
def take_back(said: Question | Answer, *, by: Viewer) -> None:
    """Delete one's own answer, or one's own question while nobody answered it.

    Raises Refused when somebody did.
    """
    require(by, Action.TRASH, said)
    if isinstance(said, Question):
        answered = select(Answer.id).where(Answer.question_id == said.id).limit(1)
        if db.session.scalar(answered) is not None:
            raise Refused("", _("Somebody answered already, so the question stays."))
        _logged("practice.unask", said, by)
    else:
        _logged("practice.unanswer", _question_of(said), by, answer=said.id)
    db.session.delete(said)


def _question_of(given: Answer) -> Question:
    question = db.session.get(Question, given.question_id)
    if question is None:
        raise NotFound
    return question


def _said(text: str, longest: int) -> str:
    text = text.translate(CONTROLS).replace("\r\n", "\n").strip()
    if not text:
        raise Refused("text", _("Write something first."))
    if len(text) > longest:
        raise Refused(
            "text", _("At most %(high)s characters; there are %(n)s.", high=longest, n=len(text))
        )
    return text


def _not_too_many(model: type[Question] | type[Answer], by: Viewer) -> None:
    """Each one is mailed to somebody, so one person writes no flood of them."""
    lately = select(func.count(model.id)).where(
        model.by_id == by.user_id, model.at > clock.now() - timedelta(hours=1)
    )
    if (db.session.scalar(lately) or 0) >= HOURLY_MAX:
        raise Refused("text", _("You wrote very many in the last hour. Send it a little later."))


def _logged(action: str, question: Question, by: Viewer, **facts: int) -> None:
    audit.record(action, "content", question.content_id, by=by, question=question.id, **facts)

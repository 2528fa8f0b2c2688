"""The mails of practices. Each asks the policy again, when it is sent, whether it is still true.

The facts of a mail name its receiver, so that nobody is told what she may not read any more.
"""

from typing import Any

from sqlalchemy import select

from portal.access import Action, Viewer, may
from portal.accounts.models import User
from portal.content.models import RELEASED, Content, Revision
from portal.kernel.database import db
from portal.kernel.i18n import _l, language
from portal.kernel.links import absolute
from portal.notify import Moot, deliver, mails
from portal.practices.models import Answer, PracticeRevision, Question
from portal.spaces.reviewers import people_reviewing
from portal.spaces.viewers import by_user

Facts = dict[str, Any]


# ── Queued in the transaction of what they tell of ──────────────────────


def released(revision: Revision, by: Viewer) -> None:
    for person in _authors(revision, by):
        _tell(person, "practice_published", f"practice.published:{revision.id}", revision)


def _authors(revision: Revision, by: Viewer) -> list[int]:
    """Who owns the practice and who changed it last, but not whoever acts herself."""
    return sorted({revision.content.owner_id, revision.changed_by_id} - {by.user_id})


def _tell(person: int, mail: str, about: str, revision: Revision, **more: int) -> None:
    facts = {"to": person, "revision": revision.id, "saves": revision.saves, **more}
    deliver(person, mail, about, version=revision.saves, **facts)


def asked(question: Question) -> None:
    """Tell the contact person, who promised to answer, and the owner; where both are gone, the
    people who review the home's practices, so that no question is lost."""
    item = db.session.get_one(Content, question.content_id)
    people = {item.owner_id, contact_of(item)} - {0}
    if not any(map(by_user, people)):
        people = people_reviewing(item.home)
    for person in sorted(people - {question.by_id}):
        about = f"practice.question:{question.id}"
        deliver(person, "practice_question", about, to=person, question=question.id)


def answered(given: Answer, question: Question) -> None:
    if given.by_id != question.by_id:
        facts = {"to": question.by_id, "question": question.id, "answer": given.id}
        deliver(question.by_id, "practice_answer", f"practice.answer:{given.id}", **facts)


def contact_of(item: Content) -> int:
    """The contact person of the text that readers see; 0 when there is none of this portal."""
    text = db.session.scalars(
        select(PracticeRevision)
        .where(PracticeRevision.content_id == item.id, PracticeRevision.state.in_(RELEASED))
        .order_by(PracticeRevision.language)
    ).first()
    contact = int(text.record.get("contact") or 0) if text else 0
    return contact if db.session.get(User, contact) else 0


# ── Gathered when they are sent ─────────────────────────────────────────


def _receiver(facts: Facts) -> Viewer:
    viewer = by_user(facts["to"])
    if viewer is None:
        raise Moot("the receiver may not sign in any more")
    return viewer


def _text(facts: Facts) -> PracticeRevision:
    text = db.session.get(PracticeRevision, facts["revision"])
    if text is None or text.saves != facts["saves"]:
        raise Moot("the text was changed or thrown away")
    return text


def _is_out(facts: Facts) -> Facts:
    text = _text(facts)
    if text.state not in RELEASED or not may(_receiver(facts), Action.READ, text):
        raise Moot("it is not published any more")
    return {
        "title": text.title,
        "address": absolute("practices.show", address=text.content.address),
    }


def _was_asked(facts: Facts) -> Facts:
    question = db.session.get(Question, facts["question"])
    if question is None or question.hidden_at is not None:
        raise Moot("the question was taken back or hidden")
    if not may(_receiver(facts), Action.READ, question):
        raise Moot("the receiver may not read it")
    item = db.session.get_one(Content, question.content_id)
    page = absolute("practices.questions", content_id=item.id)
    return {
        "title": (language() == "en" and item.title_en) or item.title,
        "question": question.text,
        "asker": _name(question.by_id),
        "address": f"{page}#question-{question.id}",
    }


def _was_answered(facts: Facts) -> Facts:
    given = db.session.get(Answer, facts["answer"])
    if given is None or given.hidden_at is not None:
        raise Moot("the answer was taken back or hidden")
    shown = _was_asked(facts)
    return {
        **shown,
        "answer": given.text,
        "answerer": _name(given.by_id),
    }


def _name(user_id: int) -> str:
    """A person's name in the letters of the receiver's language."""
    user = db.session.get_one(User, user_id)
    return (language() == "en" and user.latin_name) or user.name


def install() -> None:
    mails.register("practice_published", _l("Your practice is published"), _is_out)
    mails.register("practice_question", _l("A question about your practice"), _was_asked)
    mails.register("practice_answer", _l("Your question has an answer"), _was_answered)

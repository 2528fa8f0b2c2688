"""The signed link in a reviewer's mail: what it names, and why it opens nothing any more.

It is no session. It lets one person judge one text as it was sent to her, once, for 72 hours
(docs/decisions/0010).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from portal.access import Action, Viewer, may
from portal.accounts.models import User
from portal.content.models import Life, Revision, State
from portal.kernel import clock
from portal.kernel.database import db
from portal.review.queries import last_decision
from portal.spaces.reviewers import people_reviewing
from portal.spaces.viewers import by_user

LIFE = timedelta(hours=72)
TOKEN_MAX = 300  # characters; what is longer is none of ours


class Why(StrEnum):
    """Why a link opens nothing."""

    WRONG = "wrong"  # forged, or broken by a mail program
    EXPIRED = "expired"
    CLOSED = "closed"  # its person may not sign in any more
    RIGHT = "right"  # she reviews there no more
    OWN = "own"  # she wrote the text or changed it last
    DECIDED = "decided"
    CHANGED = "changed"  # saved since, taken back, thrown away


class Dead(Exception):
    """The link opens nothing. by_id, at: of the decision, when there is one already."""

    def __init__(self, why: Why, user_id: int | None = None, decision: Any = None) -> None:
        super().__init__(why)
        self.why = why
        self.user_id = user_id
        self.decision = decision


@dataclass(frozen=True)
class Opened:
    """What a live link opens: its person as she is now, and the text as it was sent to her."""

    viewer: Viewer
    text: Revision
    until: datetime


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="review.link")


def token(text: Revision, user_id: int) -> str:
    """The secret part of a link made now."""
    made = int(clock.now().timestamp())
    return str(_serializer().dumps([text.id, text.saves, user_id, made, _decisions(text)]))


def _decisions(text: Revision) -> int:
    """The last decision on a text: a text sent again, changed or not, has another link."""
    last = last_decision(text.id)
    return last.id if last else 0


def open_link(token: str) -> Opened:
    """What a link opens; everything is asked again at this moment. Changes nothing.

    Raises Dead. The right is looked at before the text: who has none learns nothing of it.
    """
    revision_id, saves, user_id, made, decided = _read(token)
    until = datetime.fromtimestamp(made, UTC) + LIFE
    if clock.now() >= until:
        raise Dead(Why.EXPIRED, user_id)
    viewer = by_user(user_id)
    if viewer is None:
        raise Dead(Why.CLOSED, user_id)
    text = db.session.get(Revision, revision_id)
    if text is None or text.content.life == Life.TRASHED:
        raise Dead(Why.CHANGED, user_id)
    if user_id not in people_reviewing(text.content.home):
        raise Dead(Why.RIGHT, user_id)
    last = last_decision(text.id)
    if last is not None and last.id != decided:
        raise Dead(Why.DECIDED, user_id, last)
    if text.saves != saves or text.state != State.IN_REVIEW:
        raise Dead(Why.CHANGED, user_id)
    if not may(viewer, Action.REVIEW, text.content):
        raise Dead(Why.RIGHT, user_id)
    if user_id in (text.author_id, text.changed_by_id):
        raise Dead(Why.OWN, user_id)
    return Opened(viewer, text, until)


def _read(token: str) -> tuple[int, int, int, int, int]:
    if len(token) > TOKEN_MAX:
        raise Dead(Why.WRONG)
    try:
        revision_id, saves, user_id, made, decided = map(int, _serializer().loads(token))
    except (BadSignature, ValueError, TypeError) as error:
        raise Dead(Why.WRONG) from error
    return revision_id, saves, user_id, made, decided


def language_of(user_id: int | None) -> str | None:
    """The language of a link's person, also of one who may not sign in any more."""
    user = db.session.get(User, user_id) if user_id is not None else None
    return user.language if user else None

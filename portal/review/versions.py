"""The versions of an item: each text that was released, the one at work, and those that stepped
back for another. Asked only by pages that have opened the item to its home's editors."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, select
from sqlalchemy.orm import aliased

from portal.access import Viewer, current_viewer
from portal.accounts.models import User
from portal.content import comparing, kinds, linking
from portal.content.comparing import Change
from portal.content.kinds import Words
from portal.content.models import OPEN, Decision, Revision, State
from portal.kernel import clock
from portal.kernel.database import db, rows
from portal.kernel.i18n import _, language
from portal.review.queries import person_name

SHOWN_MAX = 300  # versions of one item
LATELY = timedelta(minutes=15)  # whoever saved within them may still be writing
_Judge = aliased(User)
_VERSIONS = (
    select(
        Revision.id, Revision.number, Revision.language, Revision.state, Revision.changed_at,
        Revision.released_at,
        User.given, User.family, User.given_latin, User.family_latin,
        _Judge.given.label("judge_given"), _Judge.family.label("judge_family"),
        _Judge.given_latin.label("judge_given_latin"),
        _Judge.family_latin.label("judge_family_latin"),
    )
    .join(User, User.id == Revision.changed_by_id)
    .outerjoin(
        Decision, and_(Decision.revision_id == Revision.id, Decision.verdict == "approved")
    )
    .outerjoin(_Judge, _Judge.id == Decision.by_id)
    .where(Revision.content_id == bindparam("content_id"))
    .order_by(Revision.language, Revision.number.desc())
    .limit(SHOWN_MAX)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Version:
    """One text of an item. at: when readers got it, else when it was last saved."""

    id: int
    number: int
    language: str
    state: State
    at: datetime
    by: str
    approved_by: str
    is_released: bool

    @property
    def is_at_work(self) -> bool:
        return self.state in OPEN

    @property
    def is_earlier(self) -> bool:
        """Whether an editor can go back to it."""
        return self.state == State.SUPERSEDED


def versions(content_id: int) -> list[Version]:
    """All of an item's, by language, the newest first. One statement."""
    return [
        Version(
            id=row.id,
            number=row.number,
            language=row.language,
            state=State(row.state),
            at=row.released_at or row.changed_at,
            by=_name(row),
            approved_by=_name(row, "judge_") if row.judge_given else "",
            is_released=row.released_at is not None,
        )
        for row in rows(_VERSIONS, {"content_id": content_id})
    ]


def _name(row: Row[Any], whose: str = "") -> str:
    given, family, given_latin, family_latin = (
        getattr(row, whose + part) or ""
        for part in ("given", "family", "given_latin", "family_latin")
    )
    latin = f"{given_latin} {family_latin}".strip()
    return (language() == "en" and latin) or f"{given} {family}"


def before(chosen: Version, found: list[Version]) -> Version | None:
    """The text that readers saw before a version: the one released last in its language."""
    earlier = (
        each
        for each in found
        if each.language == chosen.language and each.number < chosen.number and each.is_released
    )
    return max(earlier, key=lambda each: each.number, default=None)


def changes(text: Revision, earlier: Version) -> list[Change]:
    """What a text changed."""
    was = db.session.get_one(Revision, earlier.id)
    return comparing.changes(was, text, current_viewer(), versions=True)


def words(text: Revision) -> list[Words]:
    """All that a text says, to its reader."""
    found = (each for each in kinds.of(text.kind).words(text) if each.text)
    return [each._replace(html=linking.shown(each.html, current_viewer())) for each in found]


def states() -> dict[State, str]:
    """The states of a text, as the list of versions names them."""
    return {
        State.DRAFT: _("draft"),
        State.IN_REVIEW: _("in review"),
        State.RETURNED: _("returned"),
        State.SCHEDULED: _("scheduled"),
        State.LIVE: _("what readers see"),
        State.SUPERSEDED: "",
    }


def names() -> dict[State, str]:
    """The states of a text as the people who write it name them."""
    return {
        State.DRAFT: _("draft"),
        State.IN_REVIEW: _("in review"),
        State.RETURNED: _("returned"),
        State.SCHEDULED: _("scheduled"),
        State.LIVE: _("published"),
        State.SUPERSEDED: _("earlier version"),
    }


@dataclass(frozen=True)
class Writing:
    """Somebody else who saved a text a moment ago."""

    name: str
    at: datetime


def writing_now(text: Revision | None, viewer: Viewer) -> Writing | None:
    """Who else is probably writing on a text: whoever saved it last, if that was just now."""
    if text is None or text.state not in OPEN or text.changed_by_id == viewer.user_id:
        return None
    if clock.now() - text.changed_at > LATELY:
        return None
    return Writing(person_name(text.changed_by_id), text.changed_at)

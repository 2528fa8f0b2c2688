"""Topics of a space, a topic's page, and what was decided; rows, never entities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, exists, or_, select, tuple_
from sqlalchemy.orm import aliased

from portal.access import Viewer
from portal.accounts.models import User
from portal.accounts.queries import reader_name
from portal.comments.models import Comment
from portal.content import listing
from portal.content.models import OPEN, RELEASED, Content, Life
from portal.content.policy import policy, visible_now
from portal.content.queries import params
from portal.discussions.models import (
    Discussion,
    DiscussionFollow,
    DiscussionRevision,
    Resolution,
)
from portal.kernel import clock
from portal.kernel.database import UtcDateTime, first, rows
from portal.kernel.i18n import language
from portal.kernel.links import link, number
from portal.notify.models import Notice

PAGE = 30
SHOWS = ("", "open", "decided", "mine")  # what a list may be narrowed to
KIND = Content.kind == "discussion"
_HOLDS = Resolution.withdrawn_at.is_(None)
_last = aliased(User)
_NAMES = (User.given, User.family, User.given_latin, User.family_latin)
# A notice of the topic or of a reply that she has not opened.
_IS_NEW = exists(
    select(Notice.id).where(
        Notice.user_id == bindparam("viewer_id"),
        Notice.content_id == Content.id,
        Notice.read_at.is_(None),
        Notice.is_hidden.is_(False),
    )
).correlate(Content)
_SPOKE = exists(
    select(Comment.id).where(
        Comment.content_id == Content.id,
        Comment.space_id == Content.home_id,
        Comment.by_id == bindparam("viewer_id"),
    )
).correlate(Content)


def _list(*conditions: Any) -> Select[*tuple[Any, ...]]:
    """Topics by what was said last, from a place given by moment and number downwards."""
    before = tuple_(bindparam("before", type_=UtcDateTime()), bindparam("before_id"))
    return (
        select(
            Content.id, Content.slug, Content.title, Content.title_en, Content.comments_closed,
            *_NAMES, Discussion.space_id, Discussion.replies, Discussion.last_id,
            Discussion.last_at, Resolution.id.label("resolution_id"),
            _last.given.label("last_given"), _last.family.label("last_family"),
            _last.given_latin.label("last_given_latin"),
            _last.family_latin.label("last_family_latin"),
            _IS_NEW.label("is_new"),
        )
        .select_from(Discussion)
        .join(Content, Content.id == Discussion.content_id)
        .join(User, User.id == Content.owner_id)
        .join(_last, _last.id == Discussion.last_by_id)
        .outerjoin(Resolution, and_(Resolution.content_id == Content.id, _HOLDS))
        .where(
            *conditions,
            policy.listed,
            tuple_(Discussion.last_at, Discussion.content_id) < before,
        )
        .order_by(Discussion.last_at.desc(), Discussion.content_id.desc())
        .limit(bindparam("limit"))
    )  # fmt: skip


_HERE = Discussion.space_id == bindparam("space_id")
_NARROWED: dict[str, Any] = {
    "": (),
    "open": (Resolution.id.is_(None), Content.comments_closed.is_(False)),
    "decided": (Resolution.id.is_not(None),),
    "mine": (or_(Content.owner_id == bindparam("viewer_id"), _SPOKE),),
}
_LISTS = {show: _list(_HERE, *conditions) for show, conditions in _NARROWED.items()}
# Of the spaces that she is in: that an editor showed a topic elsewhere brings no counts there.
_EVERYWHERE = {
    show: _list(Discussion.space_id.in_(bindparam("reads", expanding=True)), *conditions)
    for show, conditions in _NARROWED.items()
}


@dataclass(frozen=True, slots=True)
class Topic:
    """A line of the list. last_url: the last reply, where there is one."""

    id: int
    title: str
    url: str
    began: str
    replies: int
    last_by: str
    last_at: datetime
    last_url: str
    is_decided: bool
    is_closed: bool
    is_new: bool
    space_id: int


def _topic(row: Row[Any]) -> Topic:
    url = _url(row.id, row.slug)
    latin = f"{row.last_given_latin} {row.last_family_latin}".strip()
    return Topic(
        id=row.id,
        title=(language() == "en" and row.title_en) or row.title,
        url=url,
        began=reader_name(row),
        replies=row.replies,
        last_by=(language() == "en" and latin) or f"{row.last_given} {row.last_family}",
        last_at=row.last_at,
        last_url=f"{url}#comment-{row.last_id}" if row.last_id else "",
        is_decided=row.resolution_id is not None,
        is_closed=row.comments_closed,
        is_new=bool(row.is_new),
        space_id=row.space_id,
    )


def _url(ident: int, slug: str) -> str:
    return link("discussions.show", address=listing.address(ident, slug))


def topics(
    viewer: Viewer, space_id: int | None, show: str = "", after: str = "", limit: int = PAGE
) -> tuple[list[Topic], str]:
    """Topics of a space, or of all of the viewer's, and the place after the last one or "".

    show: one of SHOWS. One statement.
    """
    before, before_id = _place(after)
    values = {"before": before, "before_id": before_id, "limit": limit + 1, "space_id": space_id}
    statement = (_EVERYWHERE if space_id is None else _LISTS)[show]
    found = [_topic(row) for row in rows(statement, params(viewer, **values))]
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], f"{last.last_at:%Y%m%d%H%M%S%f}-{last.id}" if last else ""


def _place(after: str) -> tuple[datetime, int]:
    """Where a page begins: after a topic, or at the newest."""
    moment, _dash, ident = after.partition("-")
    try:
        found = datetime.strptime(moment, "%Y%m%d%H%M%S%f").replace(tzinfo=clock.now().tzinfo)
        return found, number(ident)
    except ValueError:
        return clock.now() + timedelta(days=1), 0


_AT_WORK = (
    select(
        Content.id, Content.slug, Content.life, DiscussionRevision.title,
        DiscussionRevision.state, DiscussionRevision.changed_at, *_NAMES,
    )
    .join(DiscussionRevision, DiscussionRevision.content_id == Content.id)
    .join(User, User.id == DiscussionRevision.changed_by_id)
    .where(
        KIND,
        Content.home_id == bindparam("space_id"),
        Content.life != Life.TRASHED,
        DiscussionRevision.state.in_(OPEN),
        policy.insider,
    )
    .order_by(DiscussionRevision.changed_at.desc())
    .limit(50)
)  # fmt: skip
_TRASH = (
    select(Content.id, Content.title, Content.trashed_at)
    .where(
        KIND,
        Content.home_id == bindparam("space_id"),
        Content.home_id.in_(bindparam("edits", expanding=True)),
        Content.life == Life.TRASHED,
    )
    .order_by(Content.trashed_at.desc())
    .limit(100)
)


def at_work(viewer: Viewer, space_id: int) -> Sequence[Row[Any]]:
    """Texts of topics in a space that wait for a word, for who writes and reviews them."""
    return rows(_AT_WORK, params(viewer, space_id=space_id))


def trash(viewer: Viewer, space_id: int) -> Sequence[Row[Any]]:
    """What was thrown away in a space, for its editors."""
    return rows(_TRASH, params(viewer, space_id=space_id))


_FOLLOWS = (
    select(DiscussionFollow.is_on)
    .where(
        DiscussionFollow.content_id == Content.id,
        DiscussionFollow.user_id == bindparam("viewer_id"),
    )
    .correlate(Content)
    .scalar_subquery()
)
_TOPIC = (
    select(
        Content.id, Content.slug, Content.life, Content.home_id, Content.owner_id,
        Content.visible_from, Content.visible_until, Content.comments_closed,
        DiscussionRevision.id.label("revision_id"), DiscussionRevision.language,
        DiscussionRevision.number, DiscussionRevision.title, DiscussionRevision.body,
        DiscussionRevision.released_at, User.id.label("author_id"), *_NAMES,
        _FOLLOWS.label("follows"), _SPOKE.label("spoke"),
    )
    .join(DiscussionRevision, DiscussionRevision.content_id == Content.id)
    .join(User, User.id == Content.owner_id)
    .where(
        Content.id == bindparam("id"),
        KIND,
        DiscussionRevision.state.in_(RELEASED),
        policy.readable,
    )
)  # fmt: skip


def topic(viewer: Viewer, content_id: int) -> Row[Any] | None:
    """A topic as its readers see it; None for strangers, and before its first release."""
    return first(_TOPIC, params(viewer, id=content_id))


# ── What was decided ────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on a topic. text: "" when the reply that it was is hidden by now."""

    id: int
    day: date
    text: str
    by: str
    at: datetime
    comment_id: int | None
    said_by: str  # whose reply it was
    title: str
    url: str


_speaker = aliased(User)
_DECISION = (
    select(
        Resolution.id, Resolution.day, Resolution.text, Resolution.at, Resolution.comment_id,
        Comment.hidden_at, Content.id.label("content_id"), Content.slug, Content.title,
        Content.title_en, *_NAMES,
        _speaker.given.label("said_given"), _speaker.family.label("said_family"),
        _speaker.given_latin.label("said_given_latin"),
        _speaker.family_latin.label("said_family_latin"),
    )
    .select_from(Resolution)
    .join(Content, Content.id == Resolution.content_id)
    .join(User, User.id == Resolution.by_id)
    .outerjoin(Comment, Comment.id == Resolution.comment_id)
    .outerjoin(_speaker, _speaker.id == Comment.by_id)
    # Decided at home, and so read there alone, wherever else the topic may be shown.
    .where(_HOLDS, Resolution.space_id.in_(bindparam("reads", expanding=True)))
)  # fmt: skip
_OF_TOPIC = _DECISION.where(Resolution.content_id == bindparam("id"), policy.readable)
_OF_SPACE = (
    _DECISION.where(
        Resolution.space_id == bindparam("space_id"),
        visible_now(),
        policy.placed,
        tuple_(Resolution.day, Resolution.id) < tuple_(bindparam("day"), bindparam("before_id")),
    )
    .order_by(Resolution.day.desc(), Resolution.id.desc())
    .limit(bindparam("limit"))
)


def _decision(row: Row[Any]) -> Decision:
    english = language() == "en"
    latin = f"{row.said_given_latin} {row.said_family_latin}".strip()
    said_by = f"{row.said_given} {row.said_family}" if row.comment_id else ""
    return Decision(
        id=row.id,
        day=row.day,
        text="" if row.hidden_at is not None else row.text,
        by=reader_name(row),
        at=row.at,
        comment_id=row.comment_id,
        said_by=(english and row.comment_id and latin) or said_by,
        title=(english and row.title_en) or row.title,
        url=_url(row.content_id, row.slug),
    )


def decision(viewer: Viewer, content_id: int) -> Decision | None:
    """What holds on a topic, for who reads in its home."""
    row = first(_OF_TOPIC, params(viewer, id=content_id))
    return _decision(row) if row is not None else None


def decisions(
    viewer: Viewer, space_id: int, after: str = "", limit: int = PAGE
) -> tuple[list[Decision], str]:
    """What was decided in a space, the newest first, and the place after the last one or ""."""
    day, before_id = _day(after)
    values = {"space_id": space_id, "day": day, "before_id": before_id, "limit": limit + 1}
    found = [_decision(row) for row in rows(_OF_SPACE, params(viewer, **values))]
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], f"{last.day:%Y%m%d}-{last.id}" if last else ""


def _day(after: str) -> tuple[date, int]:
    typed, _dash, ident = after.partition("-")
    try:
        return datetime.strptime(typed, "%Y%m%d").date(), number(ident)  # noqa: DTZ007  a day
    except ValueError:
        return date.max, 0

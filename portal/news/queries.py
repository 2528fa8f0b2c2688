"""What the pages of news show. Statements are built once; the viewer and the clock are values."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, bindparam, exists, func, or_, select, tuple_

from portal.access import Viewer
from portal.accounts.models import User
from portal.accounts.queries import reader_name
from portal.content.listing import COLUMNS, items, pinned_rows
from portal.content.models import (
    OPEN,
    RELEASED,
    Content,
    ContentTopic,
    Decision,
    Life,
    Placement,
    State,
    Topic,
)
from portal.content.policy import policy, visible_now
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import UtcDateTime, first, rows
from portal.kernel.i18n import language
from portal.kernel.links import number
from portal.news.models import NewsRevision
from portal.spaces.known import some
from portal.spaces.models import Space

PAGE = 20
PINS = 3
KIND = Content.kind == "news"
_MOMENT = UtcDateTime()


def _page(*conditions: Any) -> Select[*tuple[Any, ...]]:
    """A list from the newest down, after a place given by time and number."""
    before = tuple_(bindparam("before", type_=_MOMENT), bindparam("before_id"))
    return (
        select(*COLUMNS)
        .where(KIND, *conditions, tuple_(Content.visible_from, Content.id) < before)
        .order_by(Content.visible_from.desc(), Content.id.desc())
        .limit(bindparam("limit"))
    )


_IN_SPACE = exists().where(
    Placement.content_id == Content.id, Placement.space_id == bindparam("space_id")
)
_OF_TOPIC = exists().where(
    ContentTopic.content_id == Content.id, ContentTopic.topic_id == bindparam("topic_id")
)
_READABLE = and_(visible_now(), policy.placed)
_LATEST = _page(policy.listed)
_LATEST_IN = _page(policy.listed, _IN_SPACE)
_TOPIC = _page(_READABLE, _OF_TOPIC)
_MONTH = _page(_READABLE, Content.visible_from >= bindparam("since", type_=_MOMENT))
# Counted here and not by the database: months begin by the town hall's clock, which SQLite lacks.
_MOMENTS = select(Content.visible_from).where(KIND, _READABLE)
_TOPICS = (
    select(Topic.slug, Topic.name_bg, Topic.name_en, func.count().label("n"))
    .join(ContentTopic, ContentTopic.topic_id == Topic.id)
    .join(Content, Content.id == ContentTopic.content_id)
    .where(KIND, _READABLE)
    .group_by(Topic.id, Topic.slug, Topic.name_bg, Topic.name_en)
    .order_by(Topic.name_bg)
)


class Page:
    """Items of one page, what is pinned above them, and the place after the last one."""

    def __init__(
        self, found: Sequence[Row[Any]], viewer: Viewer, pinned: Sequence[Row[Any]] = ()
    ) -> None:
        above = {row.id for row in pinned}
        rest = [row for row in found[:PAGE] if row.id not in above]
        lines = items([*pinned, *rest], viewer)
        self.pinned, self.items = lines[: len(pinned)], lines[len(pinned) :]
        for item in self.pinned:
            item.is_pinned = True
        last = found[PAGE - 1] if len(found) > PAGE else None
        self.after = f"{last.visible_from:%Y%m%d%H%M%S%f}-{last.id}" if last else None


def _start(after: str | None) -> tuple[datetime, int]:
    """Where a page begins: after an item, or at the newest."""
    moment, _dash, ident = (after or "").partition("-")
    try:
        place = datetime.strptime(moment, "%Y%m%d%H%M%S%f").replace(tzinfo=clock.now().tzinfo)
        return place, number(ident)
    except ValueError:
        return clock.now() + timedelta(days=1), 0


def _listed(
    statement: Select[*tuple[Any, ...]],
    viewer: Viewer,
    after: str | None,
    pinned: Sequence[Row[Any]] = (),
    **values: Any,
) -> Page:
    before, ident = _start(after)
    values = {"before": before, "before_id": ident, "limit": PAGE + 1, **values}
    return Page(rows(statement, params(viewer, **values)), viewer, pinned)


def latest_page(viewer: Viewer, space_id: int | None, after: str | None) -> Page:
    """Published news of all the viewer's spaces, or of one; what is pinned heads the first page."""
    spaces = viewer.params["reads"] if space_id is None else [space_id]
    pinned = () if after else _pinned_rows(viewer, spaces)
    if space_id is None:
        return _listed(_LATEST, viewer, after, pinned)
    return _listed(_LATEST_IN, viewer, after, pinned, space_id=space_id)


def topic_page(viewer: Viewer, topic_id: int, after: str | None) -> Page:
    """News of a topic, archived ones too."""
    return _listed(_TOPIC, viewer, after, topic_id=topic_id)


def month_page(viewer: Viewer, since: datetime, until: datetime, after: str | None) -> Page:
    """News that appeared from a moment to another, archived ones too."""
    before, ident = _start(after)
    before, ident = min((before, ident), (until, 0))
    found = rows(
        _MONTH, params(viewer, before=before, before_id=ident, since=since, limit=PAGE + 1)
    )
    return Page(found, viewer)


def latest_rows(viewer: Viewer, limit: int) -> tuple[list[Row[Any]], int]:
    """News for `listing.items`: what is pinned, then the newest; and how many are pinned."""
    values = params(viewer, before=clock.now() + timedelta(days=1), before_id=0, limit=limit)
    pinned = _pinned_rows(viewer, viewer.params["reads"])
    shown = {row.id for row in pinned}
    newest = (row for row in rows(_LATEST, values) if row.id not in shown)
    return [*pinned, *newest][:limit], min(len(pinned), limit)


def _pinned_rows(viewer: Viewer, space_ids: list[int]) -> Sequence[Row[Any]]:
    found = pinned_rows(viewer, space_ids)
    return [row for row in found if row.kind == "news"][:PINS]


class Month(NamedTuple):
    year: int
    month: int
    n: int


def months(viewer: Viewer) -> list[Month]:
    """The months that hold something for the viewer, the newest first, and how much."""
    appeared = (clock.local(row.visible_from) for row in rows(_MOMENTS, params(viewer)))
    counted = Counter((moment.year, moment.month) for moment in appeared)
    return [Month(*month, n) for month, n in sorted(counted.items(), reverse=True)]


def topics(viewer: Viewer) -> list[tuple[str, str, int]]:
    """Topics that hold something for the viewer: address, name, how many."""
    english = language() == "en"
    return [
        (row.slug, row.name_en if english else row.name_bg, row.n)
        for row in rows(_TOPICS, params(viewer))
    ]


_TOPIC_BY_SLUG = select(Topic.id, Topic.name_bg, Topic.name_en).where(
    Topic.slug == bindparam("slug")
)


def topic(slug: str) -> tuple[int, str] | None:
    row = first(_TOPIC_BY_SLUG, {"slug": slug})
    if row is None:
        return None
    return row.id, row.name_en if language() == "en" else row.name_bg


_ARTICLE = (
    select(
        Content.id,
        Content.slug,
        Content.life,
        Content.home_id,
        Content.owner_id,
        Content.visible_from,
        Content.visible_until,
        NewsRevision.id.label("revision_id"),
        NewsRevision.language,
        NewsRevision.number,
        NewsRevision.title,
        NewsRevision.summary,
        NewsRevision.released_at,
        NewsRevision.body,
        NewsRevision.cover_id,
        NewsRevision.cover_alt,
        User.id.label("author_id"),
        User.given,
        User.family,
        User.given_latin,
        User.family_latin,
    )
    .join(NewsRevision, NewsRevision.content_id == Content.id)
    .join(User, User.id == NewsRevision.author_id)
    .where(Content.id == bindparam("id"), KIND, NewsRevision.state.in_(RELEASED), policy.readable)
)


def article(viewer: Viewer, content_id: int) -> Row[Any] | None:
    """The released text in the reader's language, else in the other; None for strangers."""
    found = {row.language: row for row in rows(_ARTICLE, params(viewer, id=content_id))}
    return found.get(language()) or next(iter(found.values()), None)


# The desk: texts at work, and items waiting for their time or past it.
_MINE = or_(
    and_(
        Content.owner_id == bindparam("viewer_id"),
        Content.home_id.in_(bindparam("contributes", expanding=True)),
    ),
    Content.home_id.in_(bindparam("edits", expanding=True)),
    and_(
        Content.home_id.in_(bindparam("reviews", expanding=True)),
        NewsRevision.state == State.IN_REVIEW,
    ),
)
_REMARK = (
    select(Decision.remark)
    .where(Decision.revision_id == NewsRevision.id, Decision.verdict == "returned")
    .order_by(Decision.id.desc())
    .limit(1)
    .scalar_subquery()
)
_DESK = (
    select(
        Content.id,
        Content.life,
        NewsRevision.state,
        NewsRevision.title,
        NewsRevision.changed_at,
        NewsRevision.author_id,
        Content.visible_from,
        Content.visible_until,
        User.given,
        User.family,
        User.given_latin,
        User.family_latin,
        Space.name_bg,
        Space.name_en,
        _REMARK.label("remark"),
    )
    .join(NewsRevision, NewsRevision.content_id == Content.id)
    .join(User, User.id == NewsRevision.changed_by_id)
    .join(Space, Space.id == Content.home_id)
    .where(KIND, Content.life != Life.TRASHED, _MINE)
    .order_by(NewsRevision.changed_at.desc())
    .limit(100)
)
_AT_WORK = _DESK.where(NewsRevision.state.in_(OPEN))
_now = bindparam("now", type_=_MOMENT)
_WAITING = _DESK.where(NewsRevision.state.in_(RELEASED), Content.visible_from > _now)
_EXPIRED = _DESK.where(NewsRevision.state.in_(RELEASED), Content.visible_until <= _now)
_TRASH = (
    select(Content.id, Content.title, Content.trashed_at, Space.name_bg, Space.name_en)
    .join(Space, Space.id == Content.home_id)
    .where(
        KIND,
        Content.life == Life.TRASHED,
        Content.home_id.in_(bindparam("edits", expanding=True)),
    )
    .order_by(Content.trashed_at.desc())
    .limit(100)
)


def desk(viewer: Viewer) -> dict[str, Sequence[Row[Any]]]:
    """The viewer's texts at work, scheduled and expired."""
    values = params(viewer)
    return {
        "at_work": rows(_AT_WORK, values),
        "scheduled": rows(_WAITING, values),
        "expired": rows(_EXPIRED, values),
    }


def trash(viewer: Viewer) -> Sequence[Row[Any]]:
    """What lies in the trash of the spaces that she edits."""
    return rows(_TRASH, params(viewer))


def spaces(ids: list[int]) -> list[Row[Any]]:
    """Open spaces by number, for choices made from the viewer's own roles."""
    found = (space for space in some(ids) if space.archived_at is None)
    return sorted(found, key=lambda space: (space.kind, space.name_bg))


def name(row: Any) -> str:
    """A row's name in the reader's language."""
    return str(row.name_en if language() == "en" else row.name_bg)


_PERSON = select(User.given, User.family, User.given_latin, User.family_latin).where(
    User.id == bindparam("id")
)


def person_name(user_id: int) -> str:
    """Who wrote or changed a text, for those who work on it."""
    row = first(_PERSON, {"id": user_id})
    return reader_name(row) if row else ""

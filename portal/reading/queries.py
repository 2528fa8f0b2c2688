"""What a page asks about its reader and its readers, and the list of a person's bookmarks."""

from typing import Any, NamedTuple

from flask import g
from sqlalchemy import and_, bindparam, case, exists, func, or_, select

from portal.access import Viewer, current_viewer
from portal.accounts.models import GroupMember, Organisation, User
from portal.content.listing import COLUMNS, Item, items
from portal.content.models import Content, Life, Placement
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import first, rows
from portal.reading.counting import READERS_SHOWN
from portal.reading.models import Bookmark, ContentReader
from portal.spaces.models import Membership

PAGE = 30
ENOUGH = 1_000_000  # people, where nobody can be told by a number


class About(NamedTuple):
    """What the parts of an item's page ask of it; all in one statement."""

    kind: str
    life: Life
    home_id: int
    owner_id: int
    asks_confirmation: bool
    is_discussed: bool
    comments_closed: bool
    is_kept: bool  # among the viewer's bookmarks
    readers: int  # how many people opened it
    audience: int  # how many may read it, at the least; no more than tells whether few may


# Who may read it by being named in a space where it stands. Whom a unit brings from those below it
# is not counted: a number of readers is rather hidden than too exact.
_held = (
    select(Membership.user_id, Membership.group_id, Membership.organisation_id)
    .join(Placement, Placement.space_id == Membership.space_id)
    .where(
        Placement.content_id == bindparam("id"),
        or_(Membership.until.is_(None), Membership.until >= bindparam("today")),
    )
    .cte("held")
)
_whole_house = exists(
    select(Organisation.id)
    .join(_held, _held.c.organisation_id == Organisation.id)
    .where(Organisation.is_home)
)
_let_in = and_(
    User.retired_at.is_(None),
    Organisation.retired_at.is_(None),
    or_(Organisation.agreement_end.is_(None), Organisation.agreement_end >= bindparam("today")),
)
_audience = (
    select(func.count())
    .select_from(User)
    .join(Organisation, Organisation.id == User.organisation_id)
    .where(
        _let_in,
        or_(
            User.id.in_(select(_held.c.user_id)),
            User.unit_id.in_(select(_held.c.group_id)),
            User.organisation_id.in_(select(_held.c.organisation_id)),
            User.id.in_(
                select(GroupMember.user_id).join(_held, _held.c.group_id == GroupMember.group_id)
            ),
        ),
    )
    .scalar_subquery()
)
_readers = (
    select(func.count())
    .select_from(ContentReader)
    .where(ContentReader.content_id == bindparam("id"))
    .scalar_subquery()
)
_ABOUT = select(
    Content.kind,
    Content.life,
    Content.home_id,
    Content.owner_id,
    Content.asks_confirmation,
    Content.is_discussed,
    Content.comments_closed,
    exists(
        select(Bookmark.content_id).where(
            Bookmark.content_id == bindparam("id"), Bookmark.user_id == bindparam("viewer_id")
        )
    ).label("is_kept"),
    _readers.label("readers"),
    # Counted for few items alone: what stands before the whole town hall has readers enough.
    case(
        (_readers < READERS_SHOWN, 0),
        (_whole_house, ENOUGH),
        else_=_audience,
    ).label("audience"),
).where(Content.id == bindparam("id"))


def about(content_id: int) -> About:
    """What an item's page shows beside its text; asked once a request and viewer.

    Only for pages that the policy opened. Raises LookupError when there is no such item.
    """
    viewer = current_viewer()
    kept: dict[tuple[int | None, int], About] = g.setdefault("reading", {})
    key = (viewer.user_id, content_id)  # a preview shows the page to somebody else
    if key not in kept:
        asked = {"id": content_id, "viewer_id": viewer.user_id or 0, "today": clock.today()}
        row = first(_ABOUT, asked)
        if row is None:
            raise LookupError(f"no item {content_id}")
        kept[key] = About(*tuple[Any, ...](row))
    return kept[key]


_COUNTED = select(ContentReader.mark).where(
    ContentReader.content_id == bindparam("content_id"), ContentReader.mark == bindparam("mark")
)


def is_counted(content_id: int, mark: str) -> bool:
    """Whether a reader's mark stands there already; most page views end here, without a write."""
    return first(_COUNTED, {"content_id": content_id, "mark": mark}) is not None


# One that she may not read any more waits unseen: it may come back.
_BOOKMARKS = (
    select(*COLUMNS)
    .join(Bookmark, Bookmark.content_id == Content.id)
    .where(Bookmark.user_id == bindparam("viewer_id"), policy.readable)
    .order_by(Bookmark.at.desc(), Bookmark.content_id.desc())
    .limit(PAGE + 1)
    .offset(bindparam("offset"))
)


def bookmarks(viewer: Viewer, page: int = 1) -> tuple[list[Item], bool]:
    """What she keeps and may still read, the newest first, and whether more follow.

    page: from 1, of PAGE items. Two statements.
    """
    found = rows(_BOOKMARKS, params(viewer, offset=(page - 1) * PAGE))
    return items(found[:PAGE], viewer), len(found) > PAGE


_KEPT = select(func.count()).select_from(Bookmark).where(Bookmark.user_id == bindparam("viewer_id"))


def number_kept(viewer: Viewer) -> int:
    """How many bookmarks she has, readable or not."""
    row = first(_KEPT, {"viewer_id": viewer.user_id})
    return int(row[0]) if row is not None else 0

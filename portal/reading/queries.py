"""What a page asks about its reader and its readers, and the list of a person's bookmarks."""

from typing import Any, NamedTuple

from flask import g
from sqlalchemy import bindparam, exists, func, select

from portal.access import Viewer, current_viewer
from portal.content.listing import COLUMNS, Item, items
from portal.content.models import Content, Life
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel.database import first, rows
from portal.reading.models import Bookmark, ContentReader

PAGE = 30


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
    select(func.count())
    .select_from(ContentReader)
    .where(ContentReader.content_id == bindparam("id"))
    .scalar_subquery()
    .label("readers"),
).where(Content.id == bindparam("id"))


def about(content_id: int) -> About:
    """What an item's page shows beside its text; asked once a request and viewer.

    Only for pages that the policy opened. Raises LookupError when there is no such item.
    """
    viewer = current_viewer()
    kept: dict[tuple[int | None, int], About] = g.setdefault("reading", {})
    key = (viewer.user_id, content_id)  # a preview shows the page to somebody else
    if key not in kept:
        row = first(_ABOUT, {"id": content_id, "viewer_id": viewer.user_id or 0})
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

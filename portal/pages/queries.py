"""What the pages of pages show. Statements are built once; the viewer and the clock are values."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, null, or_, select
from sqlalchemy.orm import aliased

from portal.access import Viewer
from portal.accounts.models import User
from portal.content.models import OPEN, RELEASED, Content, Life, Placement, Revision
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel.database import first, rows
from portal.kernel.i18n import language
from portal.pages.models import Page, PageRevision

KIND = Content.kind == "page"
LATELY = 5  # pages in the overview of a space
RECENT = 30  # on the page of all spaces
# The text that tells who changed a page last: the released one, else the draft of a new page.
_LAST = and_(
    Revision.content_id == Content.id,
    or_(
        Revision.state.in_(RELEASED),
        and_(Content.visible_from.is_(None), Revision.state.in_(OPEN)),
    ),
)
_WHO = (User.given, User.family, User.given_latin, User.family_latin)
# Where every page of a space stands, so that one under a page which the viewer may not read
# finds its place; title and address only of what she may read.
_TREE = (
    select(
        Page.content_id.label("id"),
        Page.parent_id,
        Page.is_template,
        Content.life,
        Content.changed_at,
        case((policy.readable, Content.title), else_=null()).label("title"),
        Content.slug,
        *_WHO,
    )
    .join(Content, Content.id == Page.content_id)
    .outerjoin(Revision, _LAST)
    .outerjoin(User, User.id == Revision.changed_by_id)
    .where(Content.home_id == bindparam("space_id"))
    .order_by(Page.position, Page.content_id)
)


def tree_rows(viewer: Viewer, space_id: int) -> Sequence[Row[Any]]:
    return rows(_TREE, params(viewer, space_id=space_id))


_Work = aliased(Revision)
_SHOWN = (
    select(
        Content.id,
        Content.slug,
        Content.life,
        Content.home_id,
        Content.visible_from,
        Content.changed_at,
        Page.is_template,
        PageRevision.id.label("revision_id"),
        PageRevision.language,
        PageRevision.number,
        PageRevision.title,
        PageRevision.body,
        PageRevision.released_at,
        User.id.label("changed_by_id"),
        *_WHO,
        select(_Work.id)
        .where(_Work.content_id == Content.id, _Work.state.in_(OPEN))
        .limit(1)
        .scalar_subquery()
        .label("work_id"),
    )
    .join(PageRevision, PageRevision.content_id == Content.id)
    .join(Page, Page.content_id == Content.id)
    .join(User, User.id == PageRevision.changed_by_id)
    .where(Content.id == bindparam("id"), KIND, PageRevision.state.in_(RELEASED), policy.readable)
)


def page(viewer: Viewer, content_id: int) -> Row[Any] | None:
    """The released text; None for strangers and while there is none."""
    found = {row.language: row for row in rows(_SHOWN, params(viewer, id=content_id))}
    return found.get(language()) or next(iter(found.values()), None)


# A list that walks the newest and stops: as the feeds do, see content.listing.
_HERE = Placement.space_id.in_(bindparam("here", expanding=True))
_LATELY = (
    select(Content.id, Content.slug, Content.title, Content.changed_at, Content.home_id, *_WHO)
    .join(Placement, and_(Placement.content_id == Content.id, Placement.is_home, _HERE))
    .join(Revision, and_(Revision.content_id == Content.id, Revision.state.in_(RELEASED)))
    .join(User, User.id == Revision.changed_by_id)
    .where(KIND, policy.listed)
    .order_by(Content.changed_at.desc(), Content.id.desc())
    .limit(bindparam("limit"))
)


def lately(viewer: Viewer, space_ids: Sequence[int], limit: int = LATELY) -> Sequence[Row[Any]]:
    """The pages of spaces that were changed last, as their readers see them."""
    return rows(_LATELY, params(viewer, here=list(space_ids), limit=limit))


_TEMPLATES = (
    select(Content.id, Content.title)
    .join(Page, Page.content_id == Content.id)
    .where(
        Content.home_id == bindparam("space_id"),
        Page.is_template,
        KIND,
        policy.readable,
    )
    .order_by(Content.title)
)


def templates(viewer: Viewer, space_id: int) -> Sequence[Row[Any]]:
    """The pages of a space that new ones may begin with."""
    return rows(_TEMPLATES, params(viewer, space_id=space_id))


_BODY = (
    select(PageRevision.title, PageRevision.body)
    .join(Content, Content.id == PageRevision.content_id)
    .join(Page, Page.content_id == Content.id)
    .where(
        Content.id == bindparam("id"),
        Content.home_id == bindparam("space_id"),
        Page.is_template,
        policy.readable,
        or_(PageRevision.state.in_(RELEASED), Content.visible_from.is_(None)),
    )
    .order_by(PageRevision.number.desc())
    .limit(1)
)


def template(viewer: Viewer, space_id: int, content_id: int) -> Row[Any] | None:
    """The text of a template of a space."""
    return first(_BODY, params(viewer, space_id=space_id, id=content_id))


_TRASH = (
    select(Content.id, Content.title, Content.trashed_at)
    .where(
        KIND,
        Content.life == Life.TRASHED,
        Content.home_id == bindparam("space_id"),
        Content.home_id.in_(bindparam("edits", expanding=True)),
    )
    .order_by(Content.trashed_at.desc())
    .limit(100)
)


def trash(viewer: Viewer, space_id: int) -> Sequence[Row[Any]]:
    """What its editors find in the trash of a space."""
    return rows(_TRASH, params(viewer, space_id=space_id))

"""What the home page and the frame of every page show."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select

from portal.access import Role, Viewer
from portal.access.models import FooterPage
from portal.confirming import box as confirming
from portal.content import listing
from portal.content.models import IS_OPEN, Content, Life, Revision, State
from portal.content.queries import params
from portal.documents import queries as documents
from portal.kernel import clock
from portal.kernel.database import rows
from portal.kernel.i18n import _, language
from portal.news import queries as news
from portal.spaces import queries as spaces
from portal.spaces.models import Space
from portal.tasks import mine as tasks

NEWS_SHOWN = 6
DOCUMENTS_SHOWN = 5
CHANGES_SHOWN = 6
DESK_SHOWN = 8

# What waits for the reader herself: texts that she may judge, and her own that came back.
_DESK = (
    select(
        Content.id,
        Content.kind,
        Revision.title,
        Revision.state,
        Revision.changed_at,
        Space.name_bg,
        Space.name_en,
    )
    .join(Content, Content.id == Revision.content_id)
    .join(Space, Space.id == Content.home_id)
    .where(
        IS_OPEN,
        Content.life != Life.TRASHED,
        or_(
            and_(
                Revision.state == State.IN_REVIEW,
                Revision.author_id != bindparam("viewer_id"),
                Revision.changed_by_id != bindparam("viewer_id"),
                or_(
                    and_(
                        Space.reviewers_id.is_(None),
                        Space.id.in_(bindparam("edits", expanding=True)),
                    ),
                    Space.id.in_(bindparam("reviews", expanding=True)),
                ),
            ),
            and_(
                Revision.state == State.RETURNED,
                Revision.author_id == bindparam("viewer_id"),
                Space.id.in_(bindparam("contributes", expanding=True)),
            ),
        ),
    )
    .order_by(Revision.changed_at)
    .limit(bindparam("limit"))
)

_PAGE = select(FooterPage.language, FooterPage.title, FooterPage.body).where(
    FooterPage.key == bindparam("key")
)
_TITLES = select(FooterPage.key, FooterPage.language, FooterPage.title)


def home(viewer: Viewer) -> dict[str, Any]:
    """The rows of the home page."""
    mine = spaces.mine(viewer)
    latest, pinned = news.latest_rows(viewer, NEWS_SHOWN)
    shown = {row.id for row in latest}
    found = listing.workspace_rows(viewer, CHANGES_SHOWN + NEWS_SHOWN)
    changes = [row for row in found if row.id not in shown][:CHANGES_SHOWN]
    lines = listing.items([*latest, *changes], viewer)  # names the spaces of all at once
    for line in lines[:pinned]:
        line.is_pinned = True
    return {
        "greeting": greeting(),
        **confirming.waiting(viewer),
        **tasks.at_home(viewer),
        "news": lines[: len(latest)],
        "changes": lines[len(latest) :],
        "documents": documents.newest(viewer, DOCUMENTS_SHOWN),
        "desk": desk(viewer),
        "spaces": mine,
        # Where she orders what is pinned: the first one of the intranet leads this page.
        "ordered": [s.slug for s in mine if s.kind == "intranet" and s.role >= Role.EDITOR],
    }


def greeting() -> str:
    """Good morning, day or evening, by the town hall's clock."""
    hour = clock.local(clock.now()).hour
    if 4 <= hour < 11:
        return _("Good morning")
    return _("Good day") if 11 <= hour < 18 else _("Good evening")


def desk(viewer: Viewer) -> Sequence[Row[Any]]:
    """What waits for the reader's own hand, oldest first; nothing is asked for mere readers."""
    if not (viewer.params["contributes"] or viewer.params["reviews"]):
        return ()
    return rows(_DESK, params(viewer, limit=DESK_SHOWN))


def footer_page(key: str) -> Row[Any] | None:
    """A footer page in the reader's language, else in the other."""
    found = {row.language: row for row in rows(_PAGE, {"key": key})}
    return found.get(language()) or next(iter(found.values()), None)


def footer_titles() -> dict[tuple[str, str], str]:
    """Every footer page's title by key and language."""
    return {(row.key, row.language): row.title for row in rows(_TITLES)}

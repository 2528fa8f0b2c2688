"""What the home page and the frame of every page show."""

from typing import Any

from sqlalchemy import Row, bindparam, select

from portal.access import Viewer
from portal.access.models import FooterPage
from portal.content import queries as content
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.news import queries as news

NEWS_SHOWN = 6
CHANGES_SHOWN = 6

_PAGE = select(FooterPage.language, FooterPage.title, FooterPage.body).where(
    FooterPage.key == bindparam("key")
)
_TITLES = select(FooterPage.key, FooterPage.language, FooterPage.title)


def home(viewer: Viewer) -> dict[str, Any]:
    """The rows of the home page."""
    return {
        "news": news.latest(viewer, NEWS_SHOWN),
        "changes": content.feed(viewer, CHANGES_SHOWN),
        "desk": news.desk_counts(viewer),
    }


def footer_page(key: str) -> Row[Any] | None:
    """A footer page in the reader's language, else in the other."""
    found = {row.language: row for row in rows(_PAGE, {"key": key})}
    return found.get(language()) or next(iter(found.values()), None)


def footer_titles() -> dict[tuple[str, str], str]:
    """Every footer page's title by key and language."""
    return {(row.key, row.language): row.title for row in rows(_TITLES)}

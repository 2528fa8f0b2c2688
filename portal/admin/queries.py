"""What the administrator's pages list."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from portal.access.models import Alert, FooterPage, Site
from portal.accounts.models import Organisation, User
from portal.audit.models import JournalLine
from portal.content.models import ContentTopic, Topic
from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import first, rows
from portal.spaces.models import Space

PAGE = 50

_JOURNAL = (
    select(
        JournalLine.id,
        JournalLine.at,
        JournalLine.action,
        JournalLine.kind,
        JournalLine.item_id,
        JournalLine.facts,
        User.given,
        User.family,
    )
    .outerjoin(User, User.id == JournalLine.actor_id)
    .where(JournalLine.id < bindparam("before"))
    .order_by(JournalLine.id.desc())
    .limit(PAGE + 1)
)
_COUNTS = select(
    select(func.count()).select_from(User).where(User.retired_at.is_(None)).scalar_subquery(),
    select(func.count()).select_from(Organisation).scalar_subquery(),
    select(func.count()).select_from(Space).scalar_subquery(),
    select(func.count()).select_from(Job).where(Job.state == "failed").scalar_subquery(),
    select(func.count()).select_from(Job).where(Job.state == "waiting").scalar_subquery(),
)
_TOPICS = (
    select(
        Topic.id,
        Topic.name_bg,
        Topic.name_en,
        func.count(ContentTopic.content_id).label("n"),
    )
    .outerjoin(ContentTopic, ContentTopic.topic_id == Topic.id)
    .group_by(Topic.id, Topic.name_bg, Topic.name_en)
    .order_by(Topic.name_bg)
)
_PAGES = select(FooterPage.key, FooterPage.language, FooterPage.title).order_by(
    FooterPage.key, FooterPage.language
)
_PAGE_TEXT = select(FooterPage.title, FooterPage.body).where(
    FooterPage.key == bindparam("key"), FooterPage.language == bindparam("language")
)
_SITE = select(Site.name_bg, Site.name_en, Site.address, Site.email, Site.hue)
_NEWEST = 2**31 - 1
_ALERTS = (
    select(
        Alert.id,
        Alert.text_bg,
        Alert.text_en,
        Alert.level,
        Alert.audience,
        Alert.shown_from,
        Alert.shown_until,
        User.given,
        User.family,
    )
    .outerjoin(User, User.id == Alert.by_id)
    .where(Alert.shown_until > bindparam("now"))
    .order_by(Alert.id.desc())
)


def journal(before: int | None) -> tuple[Sequence[Row[Any]], int | None]:
    """The newest lines before a number, and the number to go on from when there are more."""
    found = rows(_JOURNAL, {"before": before or _NEWEST})
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return found[:PAGE], more


def counts() -> dict[str, int]:
    """People, organisations and spaces kept; jobs that failed or wait."""
    found = first(_COUNTS)
    assert found is not None
    names = ("people", "organisations", "spaces", "failed_jobs", "waiting_jobs")
    return dict(zip(names, found, strict=True))


def topics() -> Sequence[Row[Any]]:
    return rows(_TOPICS)


def alerts() -> Sequence[Row[Any]]:
    """What is told everybody now, the newest first."""
    return rows(_ALERTS, {"now": clock.now()})


def pages() -> Sequence[Row[Any]]:
    return rows(_PAGES)


def page(key: str, language: str) -> Row[Any] | None:
    return first(_PAGE_TEXT, {"key": key, "language": language})


def site() -> Row[Any]:
    found = first(_SITE)
    assert found is not None
    return found

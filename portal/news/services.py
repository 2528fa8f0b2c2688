"""Writing news: a draft's own fields, its pictures and topics, then the content's own steps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from portal import audit
from portal.access import Action, Viewer, may, require
from portal.confirming import services as confirming
from portal.content import linking, replacing
from portal.content import services as content
from portal.content.models import Content
from portal.files import services as files
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.text import file_ids, has_mute_picture, plain, sanitise
from portal.kernel.transaction import transaction
from portal.news.models import NewsRevision
from portal.spaces.models import Space

Then = Literal["", "submit", "release"]


@dataclass
class Text:
    """What an author types. `body` is HTML, sanitised when it is saved."""

    title: str
    summary: str = ""
    body: str = ""
    cover_id: int | None = None
    cover_alt: str = ""
    topics: tuple[int, ...] = ()
    wanted_from: datetime | None = None
    wanted_until: datetime | None = None
    files: tuple[int, ...] | None = None  # listed under the text; None: those that are there
    wish: confirming.Wish | None = None  # who must read it; None: what is kept stays


@transaction
def write(space: Space, language: str, text: Text, *, by: Viewer, then: Then = "") -> NewsRevision:
    """A new item with its first draft, and at once the next step when one is asked for."""
    draft = content.start(
        NewsRevision,
        space,
        by=by,
        language=language,
        title=text.title,
        summary=text.summary,
        **_fields(text, by),
    )
    _tie(draft, text, by)
    _go_on(draft, by, then)
    return draft


@transaction
def save(draft: NewsRevision, saves: int, text: Text, *, by: Viewer, then: Then = "") -> None:
    """Save an open draft, and at once the next step when one is asked for.

    Raises Stale when somebody saved since `saves`, Refused at the field concerned.
    """
    content.save(draft, saves, by=by, title=text.title, summary=text.summary, **_fields(text, by))
    _tie(draft, text, by)
    _go_on(draft, by, then)


@transaction
def take_over(item: Content, language: str, text: Text, *, by: Viewer) -> NewsRevision:
    """A draft with another text in place of the present one; a draft at work steps back for it
    and stays among the versions. The topics, the times and a summary that is there stay."""
    work = content.open_revision(item, language)
    if work is not None:
        replacing.start_over(work, by=by)
    draft = content.draft_of(item, language, by=by)
    assert isinstance(draft, NewsRevision)
    kept = replace(
        text,
        summary=draft.summary or text.summary,
        topics=tuple(content.topics_of(draft)),
        wanted_from=draft.wanted_from,
        wanted_until=draft.wanted_until,
    )
    save(draft, draft.saves, kept, by=by)
    return draft


def _fields(text: Text, by: Viewer) -> dict[str, Any]:
    if text.wanted_from and text.wanted_until and text.wanted_until <= text.wanted_from:
        raise Refused("wanted_until", _("The end must be later than the beginning, and not past."))
    return {
        "body": linking.stored(sanitise(text.body), by),
        "cover_id": text.cover_id,
        "cover_alt": text.cover_alt,
        "wanted_from": text.wanted_from,
        "wanted_until": text.wanted_until,
    }


def _tie(draft: NewsRevision, text: Text, by: Viewer) -> None:
    files.tie(draft, draft.body, text.files, by=by, cover=text.cover_id)
    content.set_topics(draft, list(text.topics))
    if text.wish is not None:
        confirming.wish(draft.content, text.wish, by=by)


def _go_on(draft: NewsRevision, by: Viewer, then: Then) -> None:
    if then == "submit":
        content.submit(draft, draft.saves, by=by)
    elif then == "release":
        content.release(draft, draft.saves, by=by)


@transaction
def publish_imported(
    space: Space,
    title: str,
    body_html: str,
    *,
    by: Viewer,
    source: str,
    summary: str = "",
    language: str = "bg",
    date: datetime | None = None,
    draft: bool = False,
    topics: Sequence[int] = (),
) -> Literal["created", "updated", "unchanged"]:
    """Take a text in from elsewhere; safe to run twice.

    source: where it came from, the same at every run. date: when it first appeared, else now.
    topics: numbers; without any, an item that is there keeps those it has.
    It is released when the viewer may and the space asks for no review; otherwise it stays a
    draft, submitted where review is asked for.
    """
    require(by, Action.CREATE, space)
    body = linking.stored(sanitise(body_html), by)
    known = db.session.scalar(
        select(Content).where(Content.source == source, Content.home_id == space.id)
    )
    if known is not None:
        text = Text(title, summary, body, topics=tuple(topics))
        return _import_again(known, text, by, language, draft)
    revision = content.start(
        NewsRevision,
        space,
        by=by,
        language=language,
        title=title,
        summary=summary,
        body=body,
        source=source,
    )
    content.set_topics(revision, list(topics))
    _publish(revision, by, draft)
    if date is not None and revision.content.visible_from is not None:
        revision.content.visible_from = min(date, clock.now())
        audit.record("content.date", "content", revision.content_id, by=by)
    return "created"


def _import_again(
    known: Content, text: Text, by: Viewer, language: str, draft: bool
) -> Literal["updated", "unchanged"]:
    require(by, Action.EDIT, known)
    now = content.open_revision(known, language) or content.released_revision(known, language)
    if isinstance(now, NewsRevision) and (now.title, now.body) == (text.title, text.body):
        return "unchanged"
    revision = content.draft_of(known, language, by=by)
    assert isinstance(revision, NewsRevision)
    kept = Text(
        text.title,
        text.summary or revision.summary,
        text.body,
        cover_id=revision.cover_id,
        cover_alt=revision.cover_alt,
        topics=text.topics or tuple(content.topics_of(revision)),
        wanted_until=revision.wanted_until,
    )
    save(revision, revision.saves, kept, by=by)
    _publish(revision, by, draft)
    return "updated"


def _publish(revision: NewsRevision, by: Viewer, draft: bool) -> None:
    if draft:
        return
    home = revision.content.home
    if home.review_required:
        content.submit(revision, revision.saves, by=by)
    elif may(by, Action.RELEASE, revision.content):
        content.release(revision, revision.saves, by=by)


def check_text(revision: NewsRevision) -> None:
    """What keeps a text from its readers. Raises Refused at the field concerned."""
    if not plain(revision.body) and not file_ids(revision.body):
        raise Refused("body", _("Write the text before you send it on."))
    if has_mute_picture(revision.body):
        raise Refused("body", _("A picture has no description. Say in a few words what it shows."))
    if revision.cover_id is not None and not revision.cover_alt.strip():
        raise Refused("cover_alt", _("Say in a few words what the picture shows."))

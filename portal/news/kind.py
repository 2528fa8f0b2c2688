"""What the machinery must know of news."""

from collections.abc import Sequence
from html import escape
from typing import Any

from sqlalchemy import Row

from portal import jobs
from portal.access import Viewer
from portal.content import keeping, kinds, linking, steps
from portal.content.kinds import Given, Words
from portal.content.models import Content, State
from portal.content.queries import topic_names
from portal.files import queries as files
from portal.files.models import Attachment
from portal.files.services import attachments, listed_of
from portal.kernel.database import db
from portal.kernel.i18n import _, _l
from portal.kernel.text import paragraphs, plain
from portal.news import services
from portal.news.models import NewsRevision
from portal.spaces.models import Space


class News(kinds.Kind):
    """News as a kind of content."""

    can_be_pinned = can_end = takes_comments = True
    is_made_from_others = gives_to_others = True
    board = ()
    one = _l("a news item")
    on_boards = True

    def begin(
        self,
        home: Space,
        title: str,
        text: str,
        *,
        by: Viewer,
        language: str,
        file: Any = None,
    ) -> NewsRevision:
        return services.write(home, language, services.Text(title, body=paragraphs(text)), by=by)

    def copy(self, base: Any) -> NewsRevision:
        return NewsRevision(body=base.body, cover_id=base.cover_id, cover_alt=base.cover_alt)

    def copied(self, base: Any, draft: Any) -> None:
        for file_id, role in attachments(base).items():
            db.session.add(Attachment(revision_id=draft.id, file_id=file_id, role=role))

    def check(self, revision: Any) -> None:
        services.check_text(revision)

    def cover(self, revision: Any) -> int | None:
        cover: int | None = revision.cover_id
        return cover

    def body(self, revision: Any) -> str:
        return linking.for_anybody(revision.body)

    def words(self, revision: Any) -> list[Words]:
        held = files.held(revision.id)
        return [
            *super().words(revision),
            Words("body", _("Text"), plain(revision.body), revision.body),
            _files("pictures", _("Pictures"), held, "cover", "body"),
            Words("cover_alt", _("What the picture shows"), revision.cover_alt),
            _files("files", _("Files under the text"), held, "listed"),
            Words("topics", _("Topics"), topic_names(revision)),
        ]

    def gives(self, revision: Any) -> Given:
        return Given(
            revision.title,
            revision.language,
            revision.summary,
            revision.body,
            listed_of(revision),
            revision.cover_id,
            revision.cover_alt,
        )

    def takes(self, space: Space, given: Given, *, by: Viewer) -> NewsRevision:
        return services.write(space, given.language, _text(given), by=by)

    def takes_again(self, item: Content, given: Given, *, by: Viewer) -> NewsRevision:
        return services.take_over(item, given.language, _text(given), by=by)

    def released(self, revision: Any, by: Viewer) -> None:
        if revision.state == State.SCHEDULED:
            opens = revision.content.visible_from
            jobs.queue("content.open", run_after=opens, revision=revision.id)


def open_later(revision: Any, by: Viewer | None) -> None:
    """A scheduled text of any kind has another time: the one job that opens them all comes then."""
    if revision.state == State.SCHEDULED:
        jobs.queue("content.open", run_after=revision.wanted_from, revision=revision.id)


def _text(given: Given) -> services.Text:
    """A document gives no text of its own, so its summary stands over the file."""
    return services.Text(
        given.title,
        given.summary,
        given.html or f"<p>{escape(given.summary or given.title)}</p>",
        cover_id=given.cover,
        cover_alt=given.cover_alt,
        files=given.files if given.file is None else (given.file, *given.files),
    )


def _files(key: str, label: str, held: Sequence[Row[Any]], *roles: str) -> Words:
    return Words(key, label, files.names(held, *roles), held=files.numbers(held, *roles))


@jobs.handler("content.open")
def open_scheduled(revision: int) -> None:
    keeping.open_scheduled(revision)


@jobs.daily
def purge_trash() -> None:
    """What has lain in the trash for 30 days."""
    keeping.purge_trash()


kinds.register(News("news", NewsRevision, "news.show", _l("News"), "newspaper"))
steps.on("rescheduled", open_later)

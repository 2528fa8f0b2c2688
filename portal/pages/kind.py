"""What the machinery must know of pages."""

from typing import Any

from portal import jobs
from portal.access import Viewer
from portal.content import kinds, linking
from portal.content.kinds import Given, Words
from portal.content.linking import without_addresses
from portal.content.models import State
from portal.files import queries as files
from portal.files.models import Attachment
from portal.files.services import attachments, listed_of
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, _l
from portal.kernel.text import excerpt, has_mute_picture, plain
from portal.pages.models import PageRevision


class PageKind(kinds.Kind):
    """Pages as a kind of content. They are worked on all day, so feeds do not show them; the
    overview of their space does."""

    in_feeds = False
    contributors_release = gives_to_others = True
    one = _l("a page")

    @property
    def index(self) -> str:
        return "pages.everywhere"

    def copy(self, base: Any) -> PageRevision:
        return PageRevision(body=base.body)

    def copied(self, base: Any, draft: Any) -> None:
        for file_id, role in attachments(base).items():
            db.session.add(Attachment(revision_id=draft.id, file_id=file_id, role=role))

    def check(self, revision: Any) -> None:
        if has_mute_picture(revision.body):
            words = _("A picture has no description. Say in a few words what it shows.")
            raise Refused("body", words)

    def body(self, revision: Any) -> str:
        return linking.for_anybody(revision.body)

    def words(self, revision: Any) -> list[Words]:
        held = files.held(revision.id)
        pictures, listed = files.names(held, "body"), files.names(held, "listed")
        return [
            Words("title", _("Title"), revision.title),
            Words("body", _("Text"), plain(revision.body), revision.body),
            Words("pictures", _("Pictures"), pictures, held=files.numbers(held, "body")),
            Words("files", _("Files under the text"), listed, held=files.numbers(held, "listed")),
        ]

    def gives(self, revision: Any) -> Given:
        return Given(
            revision.title,
            revision.language,
            excerpt(plain(without_addresses(revision.body))),
            revision.body,
            listed_of(revision),
        )

    def released(self, revision: Any, by: Viewer) -> None:
        if revision.state == State.SCHEDULED:
            opens = revision.content.visible_from
            jobs.queue("content.open", run_after=opens, revision=revision.id)


kinds.register(PageKind("page", PageRevision, "pages.show", _l("Pages"), "note"))

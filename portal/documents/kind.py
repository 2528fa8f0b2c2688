"""What the machinery must know of documents."""

from typing import Any

from portal import jobs
from portal.access import Action, Viewer, may
from portal.accounts.models import Group
from portal.accounts.queries import named
from portal.content import kinds
from portal.content.kinds import Given, Words
from portal.content.models import Content, Revision, State
from portal.documents.models import DocumentRevision
from portal.documents.sorts import SORTS
from portal.files import queries as files
from portal.files import readings
from portal.files.models import Attachment, File
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, _l, long_date
from portal.kernel.links import link
from portal.kernel.text import tidy
from portal.spaces.models import Space

FIELDS = ("file_id", "sort", "reg_number", "dated", "issuer", "unit_id", "tags")
PAGES_COMPARED = 40  # of a file; further ones would make a page of differences wait


def goes_out_at_once(item: Content, by: Viewer) -> bool:
    """Whether what somebody changes is published at once, and not reviewed first."""
    return may(by, Action.RELEASE, item) and not item.home.review_required


class Document(kinds.Kind):
    """Documents as a kind of content. A unit drops hundreds at once: feeds do not show them."""

    in_feeds = False
    takes_comments = is_made_from_others = gives_to_others = True
    board = ("sort", "reg_number", "dated", "issuer")
    one = _l("a document")
    on_boards = needs_file = True

    def begin(
        self,
        home: Space,
        title: str,
        text: str,
        *,
        by: Viewer,
        language: str,
        file: Any = None,
    ) -> DocumentRevision:
        from portal.documents import services  # which build on this kind

        if file is None:
            raise Refused("file", _("A document needs a file."))
        facts = services.Facts(title, summary=tidy(text)[: Content.SUMMARY_MAX])
        return services.add(home, None, file, facts, by=by, draft=True)

    def copy(self, base: Any) -> DocumentRevision:
        return DocumentRevision(**{name: getattr(base, name) for name in FIELDS})

    def copied(self, base: Any, draft: Any) -> None:
        db.session.add(Attachment(revision_id=draft.id, file_id=base.file_id, role="file"))

    def check(self, revision: Any) -> None:
        if revision.file_id is None:
            raise Refused("file", _("A document needs a file."))

    def words(self, revision: Any) -> list[Words]:
        unit: Any = db.session.get(Group, revision.unit_id) if revision.unit_id else None
        dated = long_date(revision.dated) if revision.dated else ""
        held = files.held(revision.id)
        return [
            *super().words(revision),
            Words("file", _("File"), files.names(held, "file"), held=files.numbers(held, "file")),
            Words("sort", _("Kind of document"), str(SORTS.get(revision.sort, ""))),
            Words("reg_number", _("Registration number"), revision.reg_number),
            Words("dated", _("Date of the document"), dated),
            Words("issuer", _("Issued by"), revision.issuer),
            Words("unit", _("Responsible unit"), named(unit) if unit else ""),
            Words("tags", _("Tags"), revision.tags),
            Words("note", _("What is new"), revision.note),
        ]

    def more_words(self, revision: Any) -> list[Words]:
        pages = readings.texts(revision.file_id, 1, PAGES_COMPARED)
        # Lines end where the page ends: between two printings of one text they mean nothing.
        told = " ".join(" ".join(pages[number] for number in sorted(pages)).split())
        return [Words("contents", _("Text of the file"), told)]

    def go_back_page(self, revision: Revision) -> str:
        return link("documents.restore_version", revision_id=revision.id)

    def goes_back_at_once(self, item: Content, by: Viewer) -> bool:
        return goes_out_at_once(item, by)

    def work_page(self, revision: Revision) -> str:
        return link("documents.show", address=revision.content.address)

    review_page = work_page

    def gives(self, revision: Any) -> Given:
        return Given(revision.title, revision.language, revision.summary, file=revision.file_id)

    def takes(self, space: Space, given: Given, *, by: Viewer) -> Revision:
        from portal.documents import services  # it asks this module when something goes out

        facts = services.Facts(given.title, given.summary)
        return services.add(space, None, self._file(given), facts, by=by, draft=True)

    def takes_again(self, item: Content, given: Given, *, by: Viewer) -> Revision:
        from portal.documents import services

        return services.new_version(item, self._file(given), by=by, draft=True)

    def _file(self, given: Given) -> File:
        file = db.session.get(File, given.file or 0)
        if file is None:
            raise Refused("file", _("A document needs a file."))
        return file

    def released(self, revision: Any, by: Viewer) -> None:
        if revision.state == State.SCHEDULED:
            opens = revision.content.visible_from
            jobs.queue("content.open", run_after=opens, revision=revision.id)


kinds.register(Document("document", DocumentRevision, "documents.show", _l("Documents"), "file"))

"""What the machinery must know of documents."""

from typing import Any

from portal import jobs
from portal.access import Viewer
from portal.content import kinds
from portal.content.models import State
from portal.documents.models import DocumentRevision
from portal.files.models import Attachment
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, _l

FIELDS = ("file_id", "sort", "reg_number", "dated", "issuer", "unit_id", "tags")


class Document(kinds.Kind):
    """Documents as a kind of content. A unit drops hundreds at once: feeds do not show them."""

    in_feeds = False
    takes_comments = True

    def copy(self, base: Any) -> DocumentRevision:
        return DocumentRevision(**{name: getattr(base, name) for name in FIELDS})

    def copied(self, base: Any, draft: Any) -> None:
        db.session.add(Attachment(revision_id=draft.id, file_id=base.file_id, role="file"))

    def check(self, revision: Any) -> None:
        if revision.file_id is None:
            raise Refused("file", _("A document needs a file."))

    def released(self, revision: Any, by: Viewer) -> None:
        if revision.state == State.SCHEDULED:
            opens = revision.content.visible_from
            jobs.queue("content.open", run_after=opens, revision=revision.id)


kinds.register(Document("document", DocumentRevision, "documents.show", _l("Documents"), "file"))

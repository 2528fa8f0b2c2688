"""The report of a month as a document of its space, where it is worked on with versions."""

import io

from portal.access import Action, Viewer, require
from portal.communication import paper
from portal.communication.report import LANGUAGE, Report
from portal.content import kinds
from portal.content.kinds import Given
from portal.content.models import Content, Revision
from portal.content.readers import Readers
from portal.files import services as files
from portal.kernel.database import db
from portal.kernel.i18n import speaking
from portal.kernel.text import excerpt
from portal.spaces.models import Space
from portal.spaces.readers import by_space

KIND = "document"


def keep(report: Report, space: Space, *, by: Viewer) -> Revision:
    """A draft of a document that holds the report as it is now. Whoever writes in the space."""
    require(by, Action.CREATE, space)
    _for_all_readers(report, space)
    file = files.add_file(io.BytesIO(paper.write(report)), paper.file_name(report), by=by)
    with speaking(LANGUAGE):
        title = f"{report.title} {report.period}"[: Content.TITLE_MAX]
    summary = excerpt(report.summary, Content.SUMMARY_MAX)
    given = Given(title, LANGUAGE, summary, file=file.id)
    return kinds.of(KIND).takes(space, given, by=by)


def _for_all_readers(report: Report, space: Space) -> None:
    """Name no text of the portal that some readers of the space may not read: the report was
    gathered as one of them sees it, and the document is for all."""
    everybody, readers = by_space([space.id]).get(space.id, frozenset()), Readers()
    for _objective, some in report.done:
        for proof in (each for done in some for each in done.proofs):
            ident = proof.row.content_id
            item = db.session.get(Content, ident) if ident is not None else None
            if item is not None and not everybody <= readers.of(item):
                proof.title, proof.url = proof.row.title, ""


def page(revision: Revision) -> str:
    """The path on which the draft is worked on."""
    return kinds.of(KIND).work_page(revision)

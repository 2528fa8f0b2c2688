"""A text as a PDF on A4, for a document that is made from it."""

import io
from html import escape
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

from portal.access.site import site
from portal.content.kinds import Given
from portal.files import store
from portal.files.models import File
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.i18n import _, long_date
from portal.kernel.paper import BOLD, INK, REGULAR, fonts
from portal.kernel.setting import blocks, laid, style

EDGE = 56  # points
SIZE = 11
WIDE = A4[0] - 2 * EDGE


def draw(given: Given) -> bytes:
    """The PDF. Its pictures are those of the text, whose reader asks for it."""
    fonts()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=EDGE,
        rightMargin=EDGE,
        topMargin=EDGE,
        bottomMargin=EDGE,
        title=given.title,
        author=site().name,
        lang=given.language,
    )
    look = style(20, fontName=BOLD, leading=24)
    story: list[Flowable] = [
        Paragraph(escape(site().name), style(9.5)),
        Spacer(1, 6),
        Paragraph(escape(given.title), look),
        Spacer(1, 4),
        Paragraph(escape(long_date(clock.today())), style(9.5)),
        Spacer(1, 10),
    ]
    for part in blocks(given.html)[0]:
        if (placed := laid(part, SIZE, WIDE, _picture)) is not None:
            story += [Spacer(1, placed[1]), placed[0]]
    document.build(story, onFirstPage=_folio, onLaterPages=_folio)
    return out.getvalue()


def _picture(file_id: int) -> Path | None:
    file = db.session.get(File, file_id)
    path = store.path_of(file.sha256) if file is not None else None
    return path if path is not None and path.is_file() else None


def _folio(canvas: Canvas, _document: SimpleDocTemplate) -> None:
    canvas.setFillColor(INK)
    canvas.setFont(REGULAR, 9)
    canvas.drawRightString(A4[0] - EDGE, EDGE / 2, _("page %(n)s", n=canvas.getPageNumber()))

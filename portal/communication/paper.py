"""The report of a month as a Word document that is worked on afterwards: real headings, tables
with heads that come again on each page, links, pictures with what they show, page numbers."""

import io
from typing import Any

from portal.communication import amounts
from portal.communication.held import Shown
from portal.communication.lists import PROOFS
from portal.communication.queries import Line
from portal.communication.report import LANGUAGE, Done, Report
from portal.communication.word_paper import WordPaper
from portal.files import store
from portal.kernel.i18n import _, long_date, speaking

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PHOTOS_MAX = 24
PHOTO_WIDTH, PHOTO_HEIGHT = 15.0, 10.0  # centimetres at most


def file_name(report: Report) -> str:
    with speaking(LANGUAGE):
        return f"{report.title} – {report.month:%Y-%m}.docx"


def write(report: Report) -> bytes:
    """The file."""
    with speaking(LANGUAGE):
        paper = WordPaper(report.title, report.author or report.municipality)
        _head(paper, report)
        _done(paper, report)
        _missed(paper, report)
        _sums(paper, report)
        _ahead(paper, report)
        _photos(paper, report)
        _end(paper, report)
        out = io.BytesIO()
        paper.save(out)
        return out.getvalue()


def _head(paper: WordPaper, report: Report) -> None:
    paper.line(report.municipality, "Institution")
    paper.line(report.space, "Institution")
    paper.line(report.title, "Title")
    paper.line(report.period, "Subtitle")
    paper.line(report.summary)


def _done(paper: WordPaper, report: Report) -> None:
    paper.heading(_("What was done"))
    if not report.done:
        paper.line(_("Nothing was done in this month."))
    for objective, some in report.done:
        paper.heading(objective, 2)
        heads = (_("Day"), _("Message"), _("To whom and where"), _("Proof"), _("Figures"))
        table = paper.table(heads, (2.4, 4.8, 3.3, 3.4, 3.1))
        for each in some:
            _done_row(paper, table, each)


def _done_row(paper: WordPaper, table: Any, each: Done) -> None:
    line = each.line
    cells = paper.row(table, [_day(line), line.message, f"{line.audience}; {line.channel}", "", ""])
    if line.outcome:
        cells[1].add_paragraph(line.outcome, style="Note")
    cells[2].add_paragraph(line.owner, style="Note")
    for proof in each.proofs:
        _proof(paper, cells[3], proof)
    if not each.proofs:
        paper.fill(cells[3], _("without proof"))
    for figure in each.figures:
        paper.fill(cells[4], figure_words(figure))
    if not each.figures:
        paper.fill(cells[4], "–")


def _day(line: Line) -> str:
    return f"{line.done_on:%d.%m.%Y}" if line.done_on else ""


def _proof(paper: WordPaper, cell: Any, proof: Shown) -> None:
    words = proof_words(proof)
    paper.fill(cell, words, proof.full_url)


def proof_words(proof: Shown) -> str:
    """A proof in a few words: what it is, which one, how many came."""
    told = str(PROOFS[proof.kind])
    name = proof.title or (proof.row.alt if proof.is_photo else "")
    if name:
        told = name if proof.kind in ("link", "portal", "clipping") else f"{told}: {name}"
    if proof.row.people is not None:
        told += f" ({amounts.shown(proof.row.people)})"
    return told


def figure_words(figure: Any) -> str:
    """A figure with its unit, and what was planned: «Посетители: 312 души (планирани 250)»."""
    unit = figure.unit
    if figure.reached is None:
        told = _("not counted yet")
    else:
        told = f"{amounts.shown(figure.reached)} {unit}"
    if figure.planned is not None:
        told += " " + _("(planned: %(n)s)", n=amounts.shown(figure.planned))
    return f"{figure.name}: {told}"


def _missed(paper: WordPaper, report: Report) -> None:
    if not report.missed:
        return
    paper.heading(_("What was not done in time, and why"))
    table = paper.table(
        (_("Planned for"), _("Message"), _("What became of it"), _("Why")), (2.7, 5.8, 4.1, 4.4)
    )
    for each in report.missed:
        day = f"{each.line.planned_on:%d.%m.%Y}"
        why = each.why or _("No reason is written.")
        paper.row(table, [day, each.line.message, each.state, why])


def _sums(paper: WordPaper, report: Report) -> None:
    if not report.sums:
        return
    paper.heading(_("What was reached, by unit of measure"))
    heads = (_("Unit of measure"), _("Planned"), _("Reached"), _("Figures"))
    table = paper.table(heads, (7.0, 3.5, 3.5, 3.0), numbers=(1, 2, 3))
    for each in report.sums:
        unit = _("%(unit)s, on the average", unit=each.unit) if each.is_mean else each.unit
        figures = (amounts.shown(each.planned), amounts.shown(each.reached), str(each.number))
        paper.row(table, [unit, *figures], numbers=(1, 2, 3))


def _ahead(paper: WordPaper, report: Report) -> None:
    paper.heading(_("What is ahead"))
    if not report.ahead:
        paper.line(_("Nothing is planned for the next month yet."))
        return
    heads = (_("Day"), _("Message"), _("To whom and where"), _("Who answers for it"))
    table = paper.table(heads, (2.7, 6.7, 4.4, 3.2))
    for line in report.ahead:
        day = f"{line.moved_to or line.planned_on:%d.%m.%Y}"
        to_whom = f"{line.audience}; {line.channel}"
        paper.row(table, [day, line.message, to_whom, line.owner])


def _photos(paper: WordPaper, report: Report) -> None:
    if not report.photos:
        return
    paper.heading(_("Photos"))
    for done, proof in report.photos[:PHOTOS_MAX]:
        picture = _jpeg(proof.row.sha256)
        if picture is None:
            continue
        paper.picture(
            picture, proof.row.width, proof.row.height, (PHOTO_WIDTH, PHOTO_HEIGHT), proof.row.alt
        )
        caption = proof.title or proof.row.alt
        day = _day(done.line)
        paper.line(f"{caption} ({day}). {proof.row.licence}", "Caption")


def _jpeg(sha256: str) -> io.BytesIO | None:
    """A photo as Word of any age shows it; None when its bytes are gone or cannot be read."""
    from PIL import Image

    out = io.BytesIO()
    try:
        with Image.open(store.path_of(sha256)) as opened:
            opened.convert("RGB").save(out, "JPEG", quality=85)
    except OSError:
        return None
    out.seek(0)
    return out


def _end(paper: WordPaper, report: Report) -> None:
    paper.heading(_("Prepared by"))
    paper.line(", ".join(filter(None, (report.author, report.position))))
    paper.line(long_date(report.made_on))

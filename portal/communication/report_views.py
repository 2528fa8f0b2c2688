"""What is taken out of the register: the report of a month, as a page and for Word; a table."""

from flask import Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.access import fetch
from portal.access.doors import signed_in
from portal.communication import amounts, filing, paper, report, spreadsheet
from portal.communication.services import FEATURE
from portal.communication.views import asked_for, bp, month_asked, months, writes
from portal.files.names import attachment
from portal.kernel import clock
from portal.kernel.i18n import _, speaking
from portal.spaces import features
from portal.spaces.models import Space


@bp.get("/spaces/<slug>/communication/report")
@signed_in
def show_report(slug: str) -> ResponseReturnValue:
    """What the document will say, in its own words."""
    space, viewer = features.entered(slug, FEATURE)
    month = month_asked() or clock.today().replace(day=1)
    made = report.gather(viewer, space, month)
    with speaking(report.LANGUAGE):
        body = render_template(
            "communication/_report.html",
            report=made,
            amount=amounts.shown,
            proof_words=paper.proof_words,
            figure_words=paper.figure_words,
        )
    return render_template(
        "communication/report.html",
        space=space,
        report=made,
        body=Markup(body),
        month=f"{month:%Y-%m}",
        months=months(month),
        may_keep=writes(space),
    )


@bp.get("/spaces/<slug>/communication/report.docx")
@signed_in
def report_file(slug: str) -> ResponseReturnValue:
    space, viewer = features.entered(slug, FEATURE)
    made = report.gather(viewer, space, month_asked() or clock.today().replace(day=1))
    return _file(paper.write(made), paper.MEDIA_TYPE, paper.file_name(made))


@bp.post("/spaces/<slug>/communication/report")
@signed_in
def keep_report(slug: str) -> ResponseReturnValue:
    """Put the report into the space's documents as a draft, to be edited and versioned there."""
    space, viewer = features.entered(slug, FEATURE)
    month = month_asked() or clock.today().replace(day=1)
    made = report.gather(viewer, space, month)
    draft = filing.keep(made, fetch(Space, space.id), by=viewer)
    flash(_("The report is a draft among the documents of the space."), "success")
    return redirect(filing.page(draft))


@bp.get("/spaces/<slug>/communication.xlsx")
@signed_in
def table(slug: str) -> ResponseReturnValue:
    """The register as it is narrowed, for Excel."""
    space, viewer = features.entered(slug, FEATURE)
    body = spreadsheet.sheet(viewer, space, asked_for())
    name = f"{_('Communication plan')} – {clock.today():%Y-%m-%d}.xlsx"
    return _file(body, spreadsheet.MEDIA_TYPE, name)


def _file(body: bytes, media_type: str, name: str) -> Response:
    response = Response(body, mimetype=media_type)
    response.headers["Content-Disposition"] = attachment(name)
    response.headers["Cache-Control"] = "private, no-store"
    return response

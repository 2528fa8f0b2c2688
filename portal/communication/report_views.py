"""The report of a month: read as a page, taken as a Word document."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.access.doors import signed_in
from portal.communication import amounts, paper, report
from portal.communication.views import FEATURE, bp, month_asked, months
from portal.files.names import attachment
from portal.kernel import clock
from portal.kernel.i18n import speaking
from portal.spaces import features


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
    )


@bp.get("/spaces/<slug>/communication/report.docx")
@signed_in
def report_file(slug: str) -> ResponseReturnValue:
    space, viewer = features.entered(slug, FEATURE)
    made = report.gather(viewer, space, month_asked() or clock.today().replace(day=1))
    response = Response(paper.write(made), mimetype=paper.MEDIA_TYPE)
    response.headers["Content-Disposition"] = attachment(paper.file_name(made))
    response.headers["Cache-Control"] = "private, no-store"
    return response

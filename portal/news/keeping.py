"""What happens to an item as a whole: the archive and the trash; its places are in `placing`."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from portal.access import current_viewer, fetch
from portal.access.doors import signed_in
from portal.content import keeping
from portal.content.models import Content
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.news import queries
from portal.news.views import bp


@bp.post("/<int:content_id>/keep")
@signed_in
def keep(content_id: int) -> ResponseReturnValue:
    """Archive, trash, or take back from there."""
    act = request.form.get("do", "")
    if act not in keeping.ACTS:
        raise BadRequest
    action, service = keeping.ACTS[act]
    item = fetch(Content, content_id, action)
    try:
        service(item, by=current_viewer())
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(link("news.show", address=item.address))
    told = {
        "archive": _("It is in the archive: out of the lists, still found."),
        "unarchive": _("It is back in the lists."),
        "trash": _("It is in the trash for 30 days."),
        "restore": _("It is restored."),
    }
    flash(told[act], "success")
    if act == "trash":
        return redirect(link("news.drafts"))
    return redirect(link("news.show", address=item.address))


@bp.get("/trash")
@signed_in
def trash() -> ResponseReturnValue:
    """What lies in the trash of the spaces that the viewer edits."""
    viewer = current_viewer()
    return render_template("news/trash.html", items=queries.trash(viewer), name=queries.name)

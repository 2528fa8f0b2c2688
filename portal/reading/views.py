"""Bookmarks, and the one line that a page sends when it was read."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.access import current_viewer, fetch
from portal.access.doors import private, signed_in
from portal.content import kinds
from portal.content.models import Content
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import link, number
from portal.notify import notices
from portal.reading import queries, services

bp = Blueprint("reading", __name__)
PAGES_MAX = 40  # more than anybody keeps


@bp.get("/bookmarks")
@private
@signed_in
def bookmarks() -> ResponseReturnValue:
    """What the viewer keeps at hand."""
    page = min(max(request.args.get("page", 1, type=number), 1), PAGES_MAX)
    found, more = queries.bookmarks(current_viewer(), page)
    return render_template("reading/bookmarks.html", items=found, page=page, more=more)


@bp.post("/content/<int:content_id>/bookmark")
@signed_in
def bookmark(content_id: int) -> ResponseReturnValue:
    """Keep an item, or take it out; back to the page that the button was on."""
    item = fetch(Content, content_id)
    kept = request.form.get("kept") == "1"
    try:
        services.keep(item, kept, by=current_viewer())
        words = _("It is among your bookmarks.") if kept else _("It is no longer a bookmark.")
        flash(words, "success")
    except Refused as refusal:
        flash(refusal.message, "error")
    if request.form.get("back") == "list":
        return redirect(link("reading.bookmarks"), 303)
    return redirect(link(kinds.of(item.kind).endpoint, address=item.address), 303)


@bp.post("/content/<int:content_id>/seen")
@signed_in
def seen(content_id: int) -> ResponseReturnValue:
    """Somebody had the item before her eyes; static/src/js/seen.js says when."""
    viewer = current_viewer()
    services.count_reader(fetch(Content, content_id), by=viewer)
    if viewer.unread:
        notices.mark_read(viewer, content_id=content_id)
    return "", 204

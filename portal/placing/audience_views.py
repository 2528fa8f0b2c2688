"""Whom an item will reach, before it is published; whom it reached, afterwards."""

from collections.abc import Collection

from flask import render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from portal.access import Action, Viewer, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.content import kinds
from portal.content.models import OPEN, Content, Life, Revision
from portal.kernel.i18n import language
from portal.kernel.links import link
from portal.placing import audience as audiences
from portal.placing import people, reached
from portal.placing.people import Names, Table
from portal.placing.views import bp
from portal.spaces import known

PAGES_MAX = 1_000
REACHED = ("told", "accepted", "waiting", "refused", "bounced", "addressless", "portal")
LISTED = (*REACHED, "confirmed", "missing")


@bp.get("/<int:content_id>/audience")
@signed_in
def audience(content_id: int) -> ResponseReturnValue:
    """Whom an item will reach: for whoever writes, reviews or releases it."""
    item, viewer = fetch(Content, content_id), current_viewer()
    edits = may(viewer, Action.EDIT, item)
    if not (edits or may(viewer, Action.REVIEW, item)):
        raise NotFound
    kind = kinds.of(item.kind)
    shown = link(kind.endpoint, address=item.address)
    found = audiences.preview(item, viewer, language())
    return render_template(
        "placing/audience.html",
        item=item,
        kind=kind,
        found=found,
        table=found.table,
        marks=audiences.MARKS,
        names=_names(found.table, audiences.MARKS),
        here="placing.audience",
        edits=edits,
        back=link(f"{kind.endpoint.partition('.')[0]}.edit", content_id=item.id)
        if edits
        else shown,
        shown=shown,
        partners_read=known.known()[item.home_id].kind in ("extranet", "organisation"),
        is_out=item.life in (Life.PUBLISHED, Life.ARCHIVED) and not found.is_first,
    )


@bp.get("/<int:content_id>/reached")
@signed_in
def reached_page(content_id: int) -> ResponseReturnValue:
    """Whom a published item reached: for its author and the editors of its home."""
    item, viewer = fetch(Content, content_id), current_viewer()
    if not may(viewer, Action.EDIT, item) or item.visible_from is None:
        raise NotFound
    found = reached.report(item, viewer)
    return render_template(
        "placing/reached.html",
        item=item,
        kind=kinds.of(item.kind),
        found=found,
        table=found.table,
        names=_names(found.table, LISTED),
        here="placing.reached_page",
        shown=link(kinds.of(item.kind).endpoint, address=item.address),
    )


def _names(found: Table, marks: Collection[str]) -> Names | None:
    """The people of the number that was clicked; None where none was."""
    mark = request.args.get("who", "")
    if mark not in marks:
        return None
    page = max(1, min(request.args.get("page", 1, type=int), PAGES_MAX))
    return people.names(found, mark, request.args.get("unit", "")[:20], page)


def box(text: Revision, by: Viewer | None = None) -> Markup:
    """Whom the release of a text will reach, in a few lines, on pages where it is decided.

    by: who decides without being signed in; she gets the numbers alone.
    """
    if text.state not in OPEN:
        return Markup("")
    found = audiences.preview(text.content, by or current_viewer(), text.language)
    return Markup(
        render_template(
            "placing/_audience.html", found=found, content_id=text.content_id, linked=by is None
        )
    )

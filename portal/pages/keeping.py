"""What happens to a page as a whole: its place in the tree, the trash, being a template."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound

from portal.access import Action, Role, current_viewer
from portal.access.doors import signed_in
from portal.content import keeping
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import link, number
from portal.pages import placing, queries, services, tree
from portal.pages.forms import MoveForm
from portal.pages.models import Page
from portal.pages.views import bp, list_of, writes
from portal.pages.writing import page_item
from portal.spaces import features
from portal.spaces import queries as spaces


@bp.route("/pages/<int:content_id>/move", methods=["GET", "POST"])
@signed_in
def move(content_id: int) -> ResponseReturnValue:
    """Under which page it stands, and after which one there."""
    item, viewer = page_item(content_id, Action.EDIT), current_viewer()
    nodes = tree.of_space(viewer, item.home_id)
    node = nodes.get(item.id)
    if node is None:
        raise NotFound
    own = {item.id, *(each.id for each in node.walk())}
    others = [each for each in nodes[0].walk() if each.id not in own]
    at = node.beside.index(node)
    before = node.beside[at - 1].id if at else placing.FIRST
    above = node.parent.id if node.parent is not None else 0
    stored = {"under": str(above or ""), "after": str(before)}
    form = MoveForm(pages=others, data=stored)

    def run() -> None:
        under = _chosen(form.under.data, 0)
        after = _chosen(form.after.data, placing.LAST)
        if under != above and after == before:  # as the form was opened, so nobody chose it
            after = placing.LAST
        placing.move(item, under or None, after, by=viewer)

    if form.accepts(run):
        flash(_("The page stands in its new place."), "success")
        return redirect(link("pages.show", address=item.address))
    page = render_template(
        "pages/move.html",
        form=form,
        item=item,
        node=node,
        space=spaces.held(viewer, item.home_id),
        below=len(own) - 1,
        depth=Page.DEPTH_MAX,
    )
    return page, 422 if form.is_submitted() else 200


def _chosen(typed: str | None, otherwise: int) -> int:
    """A number of a list; what is none stands for the list's own beginning."""
    if typed == str(placing.LAST):
        return placing.LAST
    try:
        return number(typed or "")
    except ValueError:
        return otherwise


@bp.post("/spaces/<slug>/pages/order")
@signed_in
def order(slug: str) -> ResponseReturnValue:
    """Move a page up or down among those beside it: the buttons of the list."""
    space, viewer = features.entered(slug, "pages")
    if not writes(space):
        raise NotFound
    up, down = (request.form.get(name, type=number) for name in ("up", "down"))
    ident = up or down
    if not ident:
        raise BadRequest
    item = page_item(ident, Action.EDIT)
    if item.home_id != space.id:
        raise NotFound
    placing.step(item, -1 if up else 1, by=viewer)
    return redirect(f"{link('pages.index', slug=slug, order=1)}#p{item.id}", 303)


@bp.post("/pages/<int:content_id>/keep")
@signed_in
def keep(content_id: int) -> ResponseReturnValue:
    """To the trash and back; a template and no more."""
    act, viewer = request.form.get("do", ""), current_viewer()
    needed = {"trash": Action.TRASH, "restore": Action.RESTORE}.get(act, Action.EDIT)
    item = page_item(content_id, needed)
    told = {
        "trash": _("It is in the trash for 30 days. The pages under it moved up one."),
        "restore": _("It is restored."),
        "template": _("New pages of this space can begin with its text."),
        "no_template": _("It is an ordinary page again."),
    }
    if act not in told:
        raise BadRequest
    try:
        if act == "trash":
            keeping.trash(item, by=viewer)
        elif act == "restore":
            keeping.restore(item, by=viewer)
        else:
            services.mark_template(item, act == "template", by=viewer)
    except Refused as refusal:
        flash(refusal.message, "error")
    else:
        flash(told[act], "success")
    if act == "trash":
        return redirect(list_of(item))
    return redirect(link("pages.show", address=item.address))


@bp.get("/spaces/<slug>/pages/trash")
@signed_in
def trash(slug: str) -> ResponseReturnValue:
    """What lies in the trash of the space, for its editors."""
    space, viewer = features.entered(slug, "pages")
    if space.role < Role.EDITOR:
        raise NotFound
    found = queries.trash(viewer, space.id)
    return render_template("pages/trash.html", space=space, items=found)

"""What happens to an item as a whole: places, pins, its end, the trash."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound

from portal.access import Action, Role, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.content import keeping
from portal.content.models import Content
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.news import queries
from portal.news.forms import PlaceForm, UntilForm
from portal.news.views import bp
from portal.news.writing import news_item
from portal.spaces.models import Space


@bp.route("/<int:content_id>/places", methods=["GET", "POST"])
@signed_in
def places(content_id: int) -> ResponseReturnValue:
    """Where an item is shown; its home's editors place it in further spaces."""
    item = news_item(content_id, Action.PLACE)
    viewer = current_viewer()
    placed = {place.space_id for place in item.placements}
    possible = [
        (space.id, queries.name(space))
        for space in queries.spaces(viewer.spaces_as(Role.EDITOR))
        if space.id not in placed
    ]
    form = PlaceForm(spaces=possible)
    until = UntilForm(formdata=None, data={"until": item.visible_until})
    if form.accepts(
        lambda: keeping.place(item, fetch(Space, form.space.data, Action.PLACE), by=viewer)
    ):
        flash(_("It is shown there too."), "success")
        return redirect(link("news.places", content_id=content_id))
    return render_template(
        "news/places.html", item=item, form=form, until=until, possible=possible, name=_known
    )


def _known(space: Space) -> str:
    """A space's name, for those who are in it: another editor may have placed the item there."""
    if current_viewer().role_in(space.id):
        return queries.name(space)
    return _("a space that you are not in")


@bp.post("/<int:content_id>/places/remove")
@signed_in
def unplace(content_id: int) -> ResponseReturnValue:
    item, viewer = news_item(content_id, Action.READ), current_viewer()
    chosen = request.form.get("space", 0, type=int)
    if may(viewer, Action.PLACE, item):  # the home's editor, of any place, known to her or not
        found = next((each.space for each in item.placements if each.space_id == chosen), None)
        if found is None:
            raise NotFound
        space = found
    else:
        space = fetch(Space, chosen, Action.READ)
    keeping.unplace(item, space, by=viewer)
    flash(_("It is no longer shown there."), "success")
    if may(viewer, Action.READ, item):
        return redirect(link("news.show", address=item.address))
    return redirect(link("news.index"))  # she read it there only


@bp.post("/<int:content_id>/pin")
@signed_in
def pin(content_id: int) -> ResponseReturnValue:
    """Keep an item at the head of a space's list, or let it go."""
    item = news_item(content_id, Action.READ)
    space = fetch(Space, request.form.get("space", 0, type=int), Action.PIN)
    keeping.pin(item, space, request.form.get("pinned") == "1", by=current_viewer())
    if may(current_viewer(), Action.PLACE, item):
        return redirect(link("news.places", content_id=content_id))
    return redirect(link("news.show", address=item.address))  # an editor of that space alone


@bp.post("/<int:content_id>/until")
@signed_in
def until(content_id: int) -> ResponseReturnValue:
    """Set or lift the moment after which readers see it no more."""
    item = news_item(content_id, Action.RELEASE)
    form, viewer = UntilForm(), current_viewer()
    if form.accepts(lambda: keeping.expire(item, form.until.moment, by=viewer)):
        flash(_("Your changes are saved."), "success")
        return redirect(link("news.places", content_id=content_id))
    possible: list[tuple[int, str]] = []
    page = render_template(
        "news/places.html",
        item=item,
        form=PlaceForm(formdata=None, spaces=possible),
        until=form,
        possible=possible,
        name=_known,
    )
    return page, 422


_ACTS: dict[str, tuple[Action, Callable[..., Any]]] = {
    "archive": (Action.RELEASE, keeping.archive),
    "unarchive": (Action.RELEASE, keeping.unarchive),
    "trash": (Action.TRASH, keeping.trash),
    "restore": (Action.RESTORE, keeping.restore),
}


@bp.post("/<int:content_id>/keep")
@signed_in
def keep(content_id: int) -> ResponseReturnValue:
    """Archive, trash, or take back from there."""
    act = request.form.get("do", "")
    if act not in _ACTS:
        raise BadRequest
    action, service = _ACTS[act]
    item = fetch(Content, content_id, action)
    service(item, by=current_viewer())
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

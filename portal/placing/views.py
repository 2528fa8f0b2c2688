"""What happens to an item as a whole, of whatever kind: its places, pins and end."""

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, Role, Viewer, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.accounts.queries import named
from portal.content import keeping, kinds, listing
from portal.content.models import Content
from portal.files.names import disposition
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.limits import Limit
from portal.kernel.links import link, number
from portal.placing import reach
from portal.placing.forms import PlaceForm, UntilForm
from portal.spaces import queries as spaces
from portal.spaces.models import Space

bp = Blueprint("placing", __name__, url_prefix="/content")
_sheets = Limit(4, 2.0)


@bp.route("/<int:content_id>/places", methods=["GET", "POST"])
@signed_in
def places(content_id: int) -> ResponseReturnValue:
    """Where an item is shown; its home's editors place it in further spaces.

    A space that partners read is placed in only after its preview.
    """
    item, viewer = fetch(Content, content_id, Action.PLACE), current_viewer()
    form = PlaceForm(spaces=possible(item, viewer))
    chosen: list[Space] = []
    if form.accepts(lambda: chosen.append(fetch(Space, form.space.data, Action.PLACE))):
        space = chosen[0]
        if reach.of([space.id]).partners:
            return redirect(link("placing.preview", content_id=content_id, space=space.id), 303)
        return _placed(item, space, viewer)
    return _page(item, form)


def possible(item: Content, viewer: Viewer) -> list[tuple[int, str]]:
    """The further spaces that she may choose: number and name."""
    placed = {place.space_id for place in item.placements}
    return [
        (space.id, space.name)
        for space in spaces.mine(viewer)
        if space.role >= Role.EDITOR and space.archived_at is None and space.id not in placed
    ]


def _page(
    item: Content, form: PlaceForm | None = None, until: UntilForm | None = None
) -> ResponseReturnValue:
    refused = any(each is not None and each.is_submitted() for each in (form, until))
    page = render_template(
        "placing/places.html",
        item=item,
        kind=kinds.of(item.kind),
        form=form or PlaceForm(formdata=None, spaces=possible(item, current_viewer())),
        until=until or UntilForm(formdata=None, data={"until": item.visible_until}),
        name=_known,
        edited=lambda space_id: current_viewer().role_in(space_id) >= Role.EDITOR,
    )
    return page, 422 if refused else 200


def _known(space: Space) -> str:
    """A space's name, for those who are in it: another editor may have placed the item there."""
    if current_viewer().role_in(space.id):
        return named(space)  # type: ignore[arg-type]  # the same two columns
    return _("a space that you are not in")


@bp.post("/<int:content_id>/place")
@signed_in
def place(content_id: int) -> ResponseReturnValue:
    """Show an item in a further space: the button of the preview."""
    item = fetch(Content, content_id, Action.PLACE)
    space = fetch(Space, request.form.get("space", 0, type=number), Action.PLACE)
    return _placed(item, space, current_viewer())


def _placed(item: Content, space: Space, viewer: Viewer) -> ResponseReturnValue:
    keeping.place(item, space, by=viewer)
    flash(_("It is shown there too."), "success")
    return redirect(link("placing.places", content_id=item.id))


@bp.post("/<int:content_id>/unplace")
@signed_in
def unplace(content_id: int) -> ResponseReturnValue:
    """Take an item out of a further space."""
    item, viewer = fetch(Content, content_id), current_viewer()
    chosen = request.form.get("space", 0, type=number)
    if may(viewer, Action.PLACE, item):  # the home's editor, of any place, known to her or not
        found = next((each.space for each in item.placements if each.space_id == chosen), None)
        if found is None:
            raise NotFound
        space = found
    else:
        space = fetch(Space, chosen)
    keeping.unplace(item, space, by=viewer)
    flash(_("It is no longer shown there."), "success")
    return _back(item)


def _back(item: Content) -> ResponseReturnValue:
    """To the item, or to the list of its kind for those who read it only where it was."""
    kind = kinds.of(item.kind)
    if may(current_viewer(), Action.READ, item):
        return redirect(link(kind.endpoint, address=item.address))
    return redirect(link(kind.index))


@bp.post("/<int:content_id>/pin")
@signed_in
def pin(content_id: int) -> ResponseReturnValue:
    """Keep an item at the head of a space's list, or let it go."""
    item = fetch(Content, content_id)
    if not kinds.of(item.kind).can_be_pinned:
        raise NotFound
    space = fetch(Space, request.form.get("space", 0, type=number), Action.PIN)
    keeping.pin(item, space, request.form.get("pinned") == "1", by=current_viewer())
    if request.form.get("back") == "pins":
        return redirect(link("placing.pins", slug=space.slug), 303)
    if may(current_viewer(), Action.PLACE, item):
        return redirect(link("placing.places", content_id=content_id))
    return _back(item)  # an editor of that space alone


@bp.get("/<int:content_id>/sheet.pdf")
@signed_in
def sheet(content_id: int) -> ResponseReturnValue:
    """The item in large letters for the notice board."""
    from portal.placing import board  # late: reportlab takes time, and few print

    item, viewer = fetch(Content, content_id), current_viewer()
    _sheets.check(str(viewer.real.user_id))
    name, drawn = board.draw(item, viewer)
    response = Response(drawn, mimetype="application/pdf")
    response.headers["Content-Disposition"] = disposition(name, "inline")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/pins/<slug>")
@signed_in
def pins(slug: str) -> ResponseReturnValue:
    """What is pinned in a space, in the order that its readers see; its editors change it."""
    space, viewer = _edited(slug), current_viewer()
    found = listing.items(listing.pinned_rows(viewer, [space.id]), viewer)
    return render_template(
        "placing/pins.html",
        space=space,
        name=named(space),  # type: ignore[arg-type]  # the same two columns
        items=found,
        moved=request.args.get("moved", 0, type=number),
        down=request.args.get("step") == "1",
    )


def _edited(slug: str) -> Space:
    """A space whose editor she is, or 404; 403 for its readers."""
    place = spaces.by_slug(current_viewer(), slug)
    if place is None:
        raise NotFound
    return fetch(Space, place.id, Action.PIN)


@bp.post("/pins/<slug>")
@signed_in
def move_pin(slug: str) -> ResponseReturnValue:
    """Move a pinned item up or down by one; the keyboard stays at its button."""
    space = _edited(slug)
    item = fetch(Content, request.form.get("content", 0, type=number))
    step = 1 if request.form.get("step") == "1" else -1
    try:
        place = keeping.move_pin(item, space, step, by=current_viewer())
        flash(_("“%(title)s” is now at place %(n)s.", title=item.title, n=place), "success")
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(link("placing.pins", slug=slug, moved=item.id, step=step), 303)


@bp.post("/<int:content_id>/until")
@signed_in
def until(content_id: int) -> ResponseReturnValue:
    """Set or lift the moment after which readers see it no more."""
    item = fetch(Content, content_id, Action.RELEASE)
    if not kinds.of(item.kind).can_end:
        raise NotFound
    form, viewer = UntilForm(), current_viewer()
    if form.accepts(lambda: keeping.expire(item, form.until.moment, by=viewer)):
        flash(_("Your changes are saved."), "success")
        return redirect(link("placing.places", content_id=content_id))
    return _page(item, until=form)

"""Commenting: the form's doors, the page of comments alone, the names suggested after @."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, current_viewer, fetch
from portal.access.doors import signed_in
from portal.comments import attaching, box, mentions, services
from portal.comments.models import Comment
from portal.content import kinds, listing
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.forms import PortalForm, TextField
from portal.kernel.i18n import _
from portal.kernel.limits import Limit
from portal.kernel.links import link, number
from portal.reading import about
from portal.spaces.models import Space

bp = Blueprint("comments", __name__)
TYPED_MAX = 60  # signs of a name that are looked at
# Suggestions come while somebody types; nobody types faster than this, and no list is fished so.
_suggestions = Limit(200, 60)


class CommentForm(PortalForm):
    """A comment. The service says what is wrong with it."""

    text = TextField()


def _item(content_id: int) -> Content:
    """An item of a kind that is discussed and that the viewer reads, or 404."""
    item = fetch(Content, content_id)
    if not kinds.of(item.kind).takes_comments:
        raise NotFound
    return item


@bp.get("/content/<int:content_id>/comments")
@signed_in
def show(content_id: int) -> ResponseReturnValue:
    """The comments alone."""
    return _page(_item(content_id))


def _page(item: Content, typed: box.Typed | None = None) -> ResponseReturnValue:
    places = listing.places_of(item.id, current_viewer())
    shown = box.discussion(item.id, places, about(item.id), item.is_visible(clock.now()))
    shown.typed = typed
    page = render_template(
        "comments/page.html", item=item, discussion=shown, kind=kinds.of(item.kind)
    )
    return page, 422 if typed else 200


@bp.post("/content/<int:content_id>/comments")
@signed_in
def write(content_id: int) -> ResponseReturnValue:
    """Comment on an item, or answer a comment under it."""
    item, form, viewer = _item(content_id), CommentForm(), current_viewer()
    parent = _parent()
    chosen = parent.space_id if parent is not None else request.form.get("space", 0, type=number)
    above = (parent.parent_id or parent.id) if parent is not None else 0
    typed = box.Typed(form.text.data or "", "", parent=above, space=chosen)
    space = db.session.get(Space, chosen)
    if space is None:
        form.refuse(Refused("text", _("Choose who shall read the comment.")))
        return _refused(item, form, typed)
    made: list[int] = []
    files = _files(item, typed)

    def send() -> None:
        if files.faults:
            raise Refused("text", " ".join(files.faults))
        said = services.write(item, space, typed.text, by=viewer, parent=parent, files=files.ids)
        made.append(said.id)

    if form.accepts(send):
        return redirect(_address(item, made[0]), 303)
    return _refused(item, form, typed)


def _files(item: Content, typed: box.Typed) -> attaching.Chosen:
    """What the form brings, stored; what is to go is left out."""
    if not kinds.of(item.kind).comments_take_files:
        return attaching.Chosen()
    gone = set(request.form.getlist("unlisted", type=number))
    before = [each for each in request.form.getlist("listed", type=number) if each not in gone]
    viewer = current_viewer()
    chosen = attaching.store(request.files.getlist("files"), before, by=viewer)
    typed.files = attaching.own(viewer, chosen.ids)
    return chosen


def _parent() -> Comment | None:
    ident = request.form.get("parent", 0, type=number)
    return fetch(Comment, ident) if ident else None


def _refused(item: Content, form: CommentForm, typed: box.Typed) -> ResponseReturnValue:
    faults = [str(words) for field in form for words in field.errors] + list(form.form_errors)
    typed.fault = " ".join(faults)
    return _page(item, typed)


def _address(item: Content, comment_id: int) -> str:
    """The comment's place on the item's page."""
    page = link(kinds.of(item.kind).endpoint, address=item.address)
    return f"{page}#comment-{comment_id}"


@bp.post("/comments/<int:comment_id>/edit")
@signed_in
def edit(comment_id: int) -> ResponseReturnValue:
    """Change one's own words."""
    comment = fetch(Comment, comment_id, Action.EDIT)
    item, form, viewer = _item(comment.content_id), CommentForm(), current_viewer()
    typed = box.Typed(form.text.data or "", "", edited=comment_id)
    if form.accepts(lambda: services.edit(comment, typed.text, by=viewer)):
        return redirect(_address(item, comment_id), 303)
    return _refused(item, form, typed)


@bp.post("/comments/<int:comment_id>/hide")
@signed_in
def hide(comment_id: int) -> ResponseReturnValue:
    """Hide a comment's words, or show them again."""
    comment = fetch(Comment, comment_id)
    item = _item(comment.content_id)
    hidden = request.form.get("hidden") != "0"
    services.hide(comment, hidden, by=current_viewer())
    if kinds.of(item.kind).is_talk:
        said = _("The reply is hidden."), _("The reply is shown again.")
    else:
        said = _("The comment is hidden."), _("The comment is shown again.")
    flash(said[0] if hidden else said[1], "success")
    return redirect(_address(item, comment_id), 303)


@bp.post("/content/<int:content_id>/comments/close")
@signed_in
def close(content_id: int) -> ResponseReturnValue:
    """End the discussion, or open it again."""
    item = _item(content_id)
    closed = request.form.get("closed") != "0"
    services.close(item, closed, by=current_viewer())
    if kinds.of(item.kind).is_talk:
        said = _("The discussion is closed."), _("The discussion is open again.")
    else:
        said = _("The comments are closed."), _("The comments are open again.")
    flash(said[0] if closed else said[1], "success")
    page = link(kinds.of(item.kind).endpoint, address=item.address)
    return redirect(f"{page}#comments", 303)


@bp.get("/content/<int:content_id>/mentions")
@signed_in
def suggest(content_id: int) -> ResponseReturnValue:
    """People to name after @, as options of a listbox: those who read the item in that space."""
    item, viewer = _item(content_id), current_viewer()
    space_id = request.args.get("space", 0, type=number)
    typed = request.args.get("q", "").replace("\0", " ")[:TYPED_MAX]
    placed = any(place.space_id == space_id for place in item.placements)
    if not typed.strip() or not placed or not viewer.role_in(space_id):
        return ""
    _suggestions.check(str(viewer.real.user_id))
    found = mentions.suggested(viewer, item.id, space_id, typed)
    return render_template("comments/_suggested.html", people=found)

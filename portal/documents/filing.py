"""Keeping order: folders made, renamed, moved and removed; documents picked in a list handled."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, Conflict, Forbidden, NotFound

from portal.access import Action, Role, Viewer, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.content import folders, keeping
from portal.content.models import Content, Folder
from portal.documents import services, tree
from portal.documents.browsing import node_of, space_of
from portal.documents.forms import FolderForm, MoveForm
from portal.documents.handling import document
from portal.documents.tree import Node
from portal.documents.uploading import target
from portal.documents.views import bp
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, ngettext
from portal.kernel.links import link, number
from portal.kernel.transaction import transaction
from portal.spaces.models import Space

PICKED_MAX = 200
INDENT = "\u2003"


def choices(top: Node, without: int | None = None) -> list[tuple[str, str]]:
    """The folders of a space for a select, indented; not the one named, nor what lies in it."""
    found = [("", top.name)]
    barred = {node.id for node in _below(top, without)} if without else set()
    return found + [
        (str(node.id), INDENT * (node.depth + 1) + node.name)
        for node in top.walk()
        if node.id is not None and node.id not in barred
    ]


def _below(top: Node, folder_id: int | None) -> list[Node]:
    return next((list(node.walk()) for node in top.walk() if node.id == folder_id), [])


def _chosen(typed: str | None) -> Folder | None:
    """The folder that was chosen in a form; None is the space itself."""
    return db.session.get(Folder, int(typed)) if typed else None


@bp.route("/in/<slug>/new-folder", methods=["GET", "POST"])
@bp.route("/in/<slug>/<int:folder_id>/new-folder", methods=["GET", "POST"])
@signed_in
def new_folder(slug: str, folder_id: int | None = None) -> ResponseReturnValue:
    """A folder in the space or in another one."""
    viewer = current_viewer()
    space, above = target(slug, folder_id, Action.PLACE)
    place = space_of(viewer, slug)
    top = tree.of_space(viewer, place.id, place.name)[None]
    form = FolderForm(parents=choices(top), data={"parent": str(above.id) if above else ""})
    made: list[Folder] = []
    if form.accepts(
        lambda: made.append(
            folders.create(space, _chosen(form.parent.data), form.name.data or "", by=viewer)
        )
    ):
        flash(_("The folder is made."), "success")
        return redirect(tree.url(slug, made[0].id))
    page = render_template(
        "documents/folder_form.html",
        form=form,
        space=place,
        folder=None,
        back=tree.url(slug, folder_id),
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/folders/<int:folder_id>", methods=["GET", "POST"])
@signed_in
def edit_folder(folder_id: int) -> ResponseReturnValue:
    """A folder's name and place."""
    viewer = current_viewer()
    folder = fetch(Folder, folder_id, Action.EDIT)
    space = fetch(Space, folder.space_id)
    place = space_of(viewer, space.slug)
    nodes = tree.of_space(viewer, place.id, place.name)
    stored = {"name": folder.name, "parent": str(folder.parent_id or "")}
    form = FolderForm(parents=choices(nodes[None], without=folder_id), data=stored)

    def change() -> None:
        folders.rename(folder, form.name.data or "", by=viewer)
        if (form.parent.data or "") != str(folder.parent_id or ""):
            folders.move(folder, _chosen(form.parent.data), by=viewer)

    if form.accepts(transaction(change)):
        flash(_("Your changes are saved."), "success")
        return redirect(tree.url(space.slug, folder_id))
    page = render_template(
        "documents/folder_form.html",
        form=form,
        space=place,
        folder=nodes[folder_id],
        back=tree.url(space.slug, folder_id),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/folders/<int:folder_id>/remove")
@signed_in
def remove_folder(folder_id: int) -> ResponseReturnValue:
    """Delete an empty folder."""
    folder = fetch(Folder, folder_id, Action.EDIT)
    space, above = fetch(Space, folder.space_id), folder.parent_id
    try:
        folders.remove(folder, by=current_viewer())
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(tree.url(space.slug, folder_id))
    flash(_("The folder is deleted."), "success")
    return redirect(tree.url(space.slug, above))


def picked() -> list[int]:
    """The documents that were picked in a list, each once."""
    return list(dict.fromkeys(request.values.getlist("id", type=number)))[:PICKED_MAX]


@bp.post("/in/<slug>/picked")
@bp.post("/in/<slug>/<int:folder_id>/picked")
@signed_in
def handle_picked(slug: str, folder_id: int | None = None) -> ResponseReturnValue:
    """What a list's buttons do with the picked documents; `trash` names a single one instead."""
    viewer = current_viewer()
    space = space_of(viewer, slug)
    back = tree.url(slug, folder_id)
    single = request.form.get("trash", type=number)
    ids = [single] if single else picked()
    step = "trash" if single else request.form.get("do", "")
    if not ids:
        flash(_("First pick documents from the list."), "error")
        return redirect(back)
    if step == "zip":
        return redirect(link("documents.download_many", id=ids), 303)
    if step == "move":
        return redirect(link("documents.move", slug=slug, **{"from": folder_id, "id": ids}), 303)
    if step == "trash":
        _each(ids, lambda item: keeping.trash(item, by=viewer), Action.TRASH, _trashed)
    elif step == "publish":
        reviewed = space.review_required or space.role < Role.EDITOR
        _each(ids, lambda item: _publish(item, viewer), Action.EDIT, _sent if reviewed else _out)
    else:
        raise BadRequest
    return redirect(back)


def _publish(item: Content, viewer: Viewer) -> None:
    """Release the version at work where the viewer may, else ask the reviewers for it."""
    work = services.at_work(item)
    if work is None or work.state == "in_review":
        raise Refused("", _("it has no draft"))
    if may(viewer, Action.RELEASE, item) and not item.home.review_required:
        services.release(item, by=viewer)
    else:
        services.submit(item, by=viewer)


def _trashed(n: int) -> str:
    return ngettext(
        "%(n)s document is in the trash. It can be restored for 30 days.",
        "%(n)s documents are in the trash. They can be restored for 30 days.",
        n,
    )


def _sent(n: int) -> str:
    return ngettext("%(n)s document is sent for review.", "%(n)s documents are sent for review.", n)


def _out(n: int) -> str:
    return ngettext("%(n)s document is published.", "%(n)s documents are published.", n)


def _moved(n: int) -> str:
    return ngettext("%(n)s document is moved.", "%(n)s documents are moved.", n)


def _each(
    ids: Sequence[int],
    act: Callable[[Content], Any],
    action: Action,
    said: Callable[[int], str],
) -> None:
    """Do it with each document, and say with how many it was done and with how many not."""
    done = 0
    for ident in ids:
        try:
            act(document(ident, action))
            done += 1
        except (Refused, Forbidden, NotFound, Conflict):
            db.session.rollback()
    if done:
        flash(said(done), "success")
    if left := len(ids) - done:
        flash(
            ngettext(
                "%(n)s document stayed as it was: you may not do this with it, or there is "
                "nothing to do.",
                "%(n)s documents stayed as they were: you may not do this with them, or there is "
                "nothing to do.",
                left,
            ),
            "error",
        )


@bp.route("/in/<slug>/move", methods=["GET", "POST"])
@signed_in
def move(slug: str) -> ResponseReturnValue:
    """Choose the folder that the picked documents (`id`) are put into."""
    viewer = current_viewer()
    place = space_of(viewer, slug)
    space = fetch(Space, place.id)
    ids = picked()
    items = [each for each in (db.session.get(Content, ident) for ident in ids) if each]
    items = [each for each in items if each.kind == "document" and may(viewer, Action.READ, each)]
    if not items:
        raise NotFound
    came_from = request.args.get("from", type=number)
    nodes = tree.of_space(viewer, place.id, place.name)
    if came_from not in nodes:
        came_from = None
    form = MoveForm(folders=choices(nodes[None]), data={"folder": str(came_from or "")})
    if form.validate_on_submit():
        goal = _chosen(form.folder.data)
        _each(
            [item.id for item in items],
            lambda item: folders.put(item, space, goal, by=viewer),
            Action.READ,
            _moved,
        )
        return redirect(tree.url(slug, goal.id if goal else None))
    page = render_template(
        "documents/move.html",
        form=form,
        items=items,
        space=place,
        node=node_of(nodes, came_from),
        back=tree.url(slug, came_from),
    )
    return page, 422 if form.is_submitted() else 200

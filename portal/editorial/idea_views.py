"""Ideas: noting one, its page, changing, taking over, throwing away, beginning its text."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from portal.access import Action, Role, Viewer, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.accounts.models import User
from portal.content import kinds
from portal.content.models import Content, Revision
from portal.editorial import services
from portal.editorial.forms import BeginForm, IdeaForm
from portal.editorial.models import Idea
from portal.editorial.queries import place_name
from portal.editorial.services import Plan
from portal.editorial.views import FEATURE, bp
from portal.files.models import File
from portal.files.services import add_file
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _, language
from portal.kernel.links import link, number
from portal.kernel.text import paragraphs
from portal.spaces import queries as spaces
from portal.spaces.features import entered
from portal.spaces.models import Space
from portal.spaces.queries import Place


@bp.route("/spaces/<slug>/board/ideas/new", methods=["GET", "POST"])
@signed_in
def new_idea(slug: str) -> ResponseReturnValue:
    space, viewer = entered(slug, FEATURE)
    form = IdeaForm(targets=_targets(viewer, None))
    made: list[Idea] = []

    def note() -> None:
        made.append(services.add(fetch(Space, space.id), _plan(form), by=viewer))

    if form.saves(note, dict):
        flash(_("The idea is on the board."), "success")
        return redirect(link("editorial.board", slug=slug, card=f"idea-{made[0].id}"))
    return render_template("editorial/idea_form.html", space=space, form=form), form.status


@bp.get("/ideas/<int:idea_id>")
@signed_in
def idea(idea_id: int) -> ResponseReturnValue:
    found, viewer = fetch(Idea, idea_id), current_viewer()
    owner, target = db.session.get_one(User, found.owner_id), found.target_id or 0
    made = db.session.get(Content, found.content_id) if found.content_id else None
    readable = made is not None and may(viewer, Action.READ, made)
    return render_template(
        "editorial/idea.html",
        space=_place(found, viewer),
        idea=found,
        note=Markup(paragraphs(found.note)),  # escaped there
        owner=(language() == "en" and owner.latin_name) or owner.name,
        is_mine=found.owner_id == viewer.user_id,
        kind=kinds.of(found.kind) if found.kind in kinds.names() else None,
        target=_target_name(target, viewer) if target else "",
        made=made if readable else None,
        made_url=_page_of(made) if made is not None and readable else "",
    )


def _page_of(item: Content) -> str:
    return link(kinds.of(item.kind).endpoint, address=item.address)


def _place(found: Idea, viewer: Viewer) -> Place:
    place = spaces.by_slug(viewer, found.space.slug)
    assert place is not None  # whoever reads an idea writes in its space
    return place


@bp.route("/ideas/<int:idea_id>/edit", methods=["GET", "POST"])
@signed_in
def edit_idea(idea_id: int) -> ResponseReturnValue:
    found, viewer = fetch(Idea, idea_id, Action.EDIT), current_viewer()
    if found.begun_at is not None:
        return redirect(link("editorial.idea", idea_id=idea_id))

    def stored() -> dict[str, Any]:
        return {
            "title": found.title,
            "note": found.note,
            "kind": found.kind,
            "target": str(found.target_id or ""),
            "day": found.planned_on,
            "is_shared": found.is_shared,
            "seal": str(found.saves),
        }

    form = IdeaForm(data=stored(), targets=_targets(viewer, found))
    seal = form.seal.data or ""

    def save() -> None:
        saves = int(seal) if seal.isdecimal() and len(seal) < 10 else 0
        services.save(found, saves, _plan(form), by=viewer)

    if form.saves(save, stored):
        flash(_("Your changes are saved."), "success")
        return redirect(link("editorial.idea", idea_id=idea_id))
    shown = render_template(
        "editorial/idea_form.html", space=_place(found, viewer), form=form, idea=found
    )
    return shown, form.status


def _plan(form: IdeaForm) -> Plan:
    return Plan(
        title=form.title.data or "",
        note=form.note.data or "",
        kind=form.kind.data or "",
        target_id=form.target_id,
        planned_on=form.day.data,
        is_shared=form.is_shared.data,
    )


def _targets(viewer: Viewer, found: Idea | None) -> list[tuple[int, str]]:
    """The spaces in which the viewer writes, and the one that was chosen before."""
    listed = [
        (space.id, space.name)
        for space in spaces.mine(viewer)
        if space.role >= Role.CONTRIBUTOR and space.archived_at is None
    ]
    chosen = found.target_id if found is not None else None
    if chosen is not None and chosen not in dict(listed):
        listed.append((chosen, _target_name(chosen, viewer)))
    return listed


def _target_name(space_id: int, viewer: Viewer) -> str:
    """Of a space that a colleague chose: its name may be none of the viewer's business."""
    return place_name(space_id) if viewer.role_in(space_id) else _("the space chosen before")


@bp.post("/ideas/<int:idea_id>/take")
@signed_in
def take_idea(idea_id: int) -> ResponseReturnValue:
    services.take(fetch(Idea, idea_id, Action.EDIT), by=current_viewer())
    flash(_("The idea is yours now. Whose it was is told."), "success")
    return redirect(link("editorial.idea", idea_id=idea_id))


@bp.post("/ideas/<int:idea_id>/drop")
@signed_in
def drop_idea(idea_id: int) -> ResponseReturnValue:
    found = fetch(Idea, idea_id, Action.TRASH)
    slug = found.space.slug
    services.drop(found, request.form.get("saves", 0, type=number), by=current_viewer())
    flash(_("The idea is thrown away."), "success")
    return redirect(link("editorial.board", slug=slug))


@bp.route("/ideas/<int:idea_id>/begin", methods=["GET", "POST"])
@signed_in
def begin(idea_id: int) -> ResponseReturnValue:
    """Begin the text of an idea: what it is, where it is written, its file if it needs one."""
    found, viewer = fetch(Idea, idea_id, Action.EDIT), current_viewer()
    targets = _targets(viewer, None)
    first = {
        "saves": str(found.saves),
        "title": found.title,
        "kind": found.kind,
        "space": str(found.target_id or found.space_id),
    }
    form = BeginForm(data=first, spaces=targets)
    made: list[Revision] = []
    try:
        done = form.accepts(lambda: made.append(_begun(form, found, viewer)))
    except Stale:
        flash(_("Somebody else changed this idea or began its text. Look at it first."), "error")
        return redirect(link("editorial.idea", idea_id=idea_id))
    if done:
        flash(_("The draft is begun. Write on here."), "success")
        return redirect(kinds.of(made[0].kind).work_page(made[0]))
    page = render_template(
        "editorial/begin.html", space=_place(found, viewer), form=form, idea=found
    )
    return page, 422 if form.is_submitted() else 200


def _begun(form: BeginForm, found: Idea, viewer: Viewer) -> Revision:
    seal = form.saves.data or ""
    saves = int(seal) if seal.isdecimal() and len(seal) < 10 else 0
    home = fetch(Space, int(form.space.data), Action.CREATE)
    file = _file(form, viewer)
    return services.begin(
        found, saves, home, by=viewer, kind=form.kind.data, title=form.title.data, file=file
    )


def _file(form: BeginForm, viewer: Viewer) -> File | None:
    upload = form.file.data
    if not services.planned_kind(form.kind.data).needs_file:
        return None
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise Refused("file", _("Choose a file."))
    return add_file(upload.stream, upload.filename, by=viewer)

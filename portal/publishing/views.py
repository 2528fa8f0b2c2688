"""Publish from here: a draft elsewhere from a text of a space; what became of its source."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from portal.access import Action, Role, Viewer, current_viewer, fetch
from portal.access.doors import signed_in
from portal.content import comparing, kinds
from portal.content import services as content
from portal.content.kinds import Given
from portal.content.models import Content, Revision
from portal.files import queries as files
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.forms import PortalForm
from portal.kernel.i18n import _, language
from portal.kernel.links import link
from portal.publishing import queries, services
from portal.publishing.forms import PublishForm
from portal.spaces import queries as spaces
from portal.spaces.models import Space

bp = Blueprint("publishing", __name__)
WITH_PARTNERS = ("extranet", "organisation")


@bp.route("/content/<int:content_id>/publish", methods=["GET", "POST"])
@signed_in
def start(content_id: int) -> ResponseReturnValue:
    """Choose the space and what it becomes there; a draft is made."""
    item, viewer = fetch(Content, content_id, Action.EDIT), current_viewer()
    try:
        text = services.source_text(item, language())
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(link(kinds.of(item.kind).endpoint, address=item.address))
    given, places = services.given_by(text), targets(viewer)
    if given is None or not places:
        raise NotFound
    form = PublishForm(spaces=places, files=_files(text, given))
    made: list[Revision] = []

    def run() -> None:
        space = fetch(Space, form.space.data, Action.CREATE)
        made.append(
            services.publish(
                item,
                space,
                form.form.data,
                by=viewer,
                language=text.language,
                file_id=form.file.data or services.PAPER,
            )
        )

    if form.accepts(run):
        flash(_("A draft is made. Nobody reads it before it is published there."), "success")
        return redirect(kinds.of(made[0].kind).work_page(made[0]))
    page = render_template(
        "publishing/start.html",
        form=form,
        item=item,
        text=text,
        asks_file=given.file is None,
        back=link(kinds.of(item.kind).endpoint, address=item.address),
    )
    return page, 422 if form.is_submitted() else 200


def targets(viewer: Viewer) -> list[tuple[int, str]]:
    """The spaces where she may put a draft, and whether partners read there."""
    found = []
    # Where partners read is a choice, never what stands there by itself.
    for space in sorted(spaces.mine(viewer), key=lambda each: each.kind in WITH_PARTNERS):
        if space.role >= Role.CONTRIBUTOR and space.archived_at is None:
            partners = space.kind in WITH_PARTNERS
            words = _("%(space)s (partners read it too)", space=space.name)
            found.append((space.id, words if partners else space.name))
    return found


def _files(text: Revision, given: Given) -> list[tuple[int, str]]:
    first = (services.PAPER, _("the text itself, as a PDF"))
    held = {row.id: row.name for row in files.held(text.id)}
    return [first, *((each, held[each]) for each in given.files if each in held)]


@bp.get("/content/<int:content_id>/source")
@signed_in
def source(content_id: int) -> ResponseReturnValue:
    """What an item was made from, and what is new there: for who writes the item."""
    item = fetch(Content, content_id, Action.EDIT)
    return _page(item)


def _page(item: Content, told: str = "") -> str:
    viewer = current_viewer()
    found, _made = queries.ties(viewer, item.id)
    if found is None:
        raise NotFound
    work = services.at_work(item)
    return render_template(
        "publishing/source.html",
        item=item,
        source=found,
        changes=_changes(found) if found.title and found.has_moved_on else (),
        language=_language(found),
        seen=content.print_of(work),
        work=work,
        told=told,
        back=link(kinds.of(item.kind).endpoint, address=item.address),
    )


def _changes(found: queries.Source) -> list[comparing.Change]:
    """What the source says now against the text that was taken."""
    before = db.session.get(Revision, found.taken_id)
    after = db.session.get(Revision, found.newest_id)
    if before is None or after is None:
        return []
    return comparing.changes(before, after, current_viewer(), versions=True)


def _language(found: queries.Source) -> str:
    text = db.session.get(Revision, found.newest_id or found.taken_id)
    return text.language if text is not None else "bg"


@bp.post("/content/<int:content_id>/take-over")
@signed_in
def take_over(content_id: int) -> ResponseReturnValue:
    """Make a draft with what the source says now."""
    item, form = fetch(Content, content_id, Action.EDIT), PortalForm()
    made: list[Revision] = []
    seen = request.form.get("seen", "")

    def run() -> None:
        made.append(services.take_over(item, seen, by=current_viewer()))

    try:
        if form.accepts(run):
            flash(_("The new text is in a draft. Readers see it once it is released."), "success")
            return redirect(kinds.of(item.kind).work_page(made[0]))
    except Stale:
        db.session.rollback()
        told = _("Somebody else began or saved a draft in the meantime. Nothing was changed.")
        return _page(item, told), 409
    return _page(item, " ".join(map(str, form.form_errors))), 422


def box(content_id: int, may_edit: bool, gives: bool = True) -> Markup:
    """Beside a text, for who writes it: what it was made from, what was made from it, and the way
    to make something. One statement.

    gives: whether there is something to make others from.
    """
    viewer = current_viewer()
    if not may_edit:
        return Markup("")
    found, made = queries.ties(viewer, content_id)
    if not (gives or found or made):
        return Markup("")
    template = "publishing/_box.html"
    shown = {"content_id": content_id, "source": found, "made": made, "gives": gives}
    return Markup(render_template(template, **shown))

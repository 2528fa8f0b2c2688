"""Writing pages: new ones, the editor, autosave, and what a stale save is shown."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from portal.access import Action, Viewer, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.content import kinds, linking
from portal.content import services as content
from portal.content.models import Content, Life
from portal.files import queries as files
from portal.files.services import listed_of
from portal.kernel.database import db
from portal.kernel.errors import Stale
from portal.kernel.i18n import _, language
from portal.kernel.links import link, number
from portal.kernel.text import sanitise
from portal.pages import queries, ready, services, tree
from portal.pages.forms import NewForm, PageForm
from portal.pages.models import PageRevision
from portal.pages.views import bp, writes
from portal.review import versions
from portal.review.queries import person_name
from portal.review.sheet import Sheet
from portal.spaces import features
from portal.spaces import queries as spaces
from portal.spaces.models import Space
from portal.spaces.queries import Place


@bp.route("/spaces/<slug>/pages/new", methods=["GET", "POST"])
@signed_in
def new(slug: str) -> ResponseReturnValue:
    """A new page: empty, from a text of ours (`from=minutes`) or from a template (`from=12`)."""
    place, viewer = features.entered(slug, "pages")
    if not writes(place):
        raise NotFound
    nodes = list(tree.of_space(viewer, place.id)[0].walk())
    title, body = _beginning(viewer, place, request.args.get("from", ""))
    under = request.args.get("under", "")
    given = {"title": title, "body": body, "under": under, "language": language()}
    form = NewForm(pages=nodes, data=given)
    form.store_files(viewer)
    made: list[PageRevision] = []

    def write() -> None:
        space = fetch(Space, place.id, Action.CREATE)
        text, then = _typed(form, last=True), _then()
        above, begun = _number(form.under.data), _number(request.args.get("from"))
        made.append(
            services.write(
                space, form.language.data, text, by=viewer, under=above, template=begun, then=then
            )
        )

    if form.accepts(write):
        return _after(made[0])
    page = render_template(
        "pages/new.html",
        form=form,
        space=place,
        ready=ready.every(),
        templates=queries.templates(viewer, place.id),
        chosen=request.args.get("from", ""),
        under=under,
        files=files.chosen(viewer, form.listed.data),
        must_review=place.review_required,
    )
    return page, 422 if form.is_submitted() else 200


def _beginning(viewer: Viewer, place: Place, wanted: str) -> tuple[str, str]:
    """The title and text that a new page begins with."""
    if (text := ready.of(wanted)) is not None:
        return text.title, text.body.strip()
    if ident := _number(wanted):
        found = queries.template(viewer, place.id, ident)
        if found is not None:
            return found.title, linking.for_writing(found.body, viewer)
    return "", ""


def _number(typed: str | None) -> int | None:
    try:
        return number(typed or "")
    except ValueError:
        return None


@bp.route("/pages/<int:content_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(content_id: int) -> ResponseReturnValue:
    """The text at work, else the released one: the first save begins a draft over it."""
    item, viewer = page_item(content_id, Action.EDIT), current_viewer()
    now = services.current(item)
    form = PageForm(data=_stored(now, viewer))
    form.store_files(viewer)
    try:
        if form.accepts(lambda: _save(form, item, viewer, last=True)):
            return _after(services.current(item))
    except Stale:
        db.session.rollback()
        return _stale(form, item, viewer)
    page = render_template("pages/edit.html", **_page(form, item, now, viewer))
    return page, 422 if form.is_submitted() else 200


def _stored(now: PageRevision, viewer: Viewer) -> dict[str, Any]:
    return {
        "seal": content.print_of(now),
        "title": now.title,
        "body": linking.for_writing(now.body, viewer),
        "listed": list(listed_of(now)),
    }


@bp.post("/pages/<int:content_id>/autosave")
@signed_in
def autosave(content_id: int) -> ResponseReturnValue:
    """Save what is typed so far: {"seal", "message"}, or {"message"} with 409 or 422."""
    item, viewer = page_item(content_id, Action.EDIT), current_viewer()
    form = PageForm()
    try:
        if form.accepts(lambda: _save(form, item, viewer, last=False)):
            return jsonify(seal=services.seal(item), message=_("The draft is saved."))
    except Stale:
        return jsonify(message=_("Somebody else saved in the meantime. Save to compare.")), 409
    problem = next((str(error) for field in form for error in field.errors), _("Not saved."))
    return jsonify(message=problem), 422


def page_item(content_id: int, action: Action) -> Content:
    """A page on which the viewer may do this."""
    return kinds.fetch_item("page", content_id, action)


def _typed(form: PageForm, *, last: bool) -> services.Text:
    """What the form holds; files go only by a person's own hand."""
    gone = form.unlisted.data if last else ()
    return services.Text(form.title.data, form.body.data or "", form.kept(gone))


def _save(form: PageForm, item: Content, viewer: Viewer, *, last: bool) -> None:
    text, then = _typed(form, last=last), _then() if last else ""
    services.save(item, form.seal.data or "", text, by=viewer, then=then)


def _then() -> services.Then:
    match request.form.get("do"):
        case "submit":
            return "submit"
        case "release":
            return "release"
    return ""


def _after(text: PageRevision) -> ResponseReturnValue:
    """Where to go when it is saved, submitted or released."""
    item, then = text.content, _then()
    if then == "release":
        flash(_("It is published."), "success")
        return redirect(link("pages.show", address=item.address))
    if then == "submit":
        flash(_("It is sent for review."), "success")
        return redirect(link("pages.review", content_id=item.id))
    flash(_("The draft is saved."), "success")
    return redirect(link("pages.edit", content_id=item.id))


def _page(form: PageForm, item: Content, now: PageRevision, viewer: Viewer) -> dict[str, Any]:
    is_draft = now.state in ("draft", "in_review", "returned")
    may_release = may(viewer, Action.PUBLISH, item) and not item.home.review_required
    return {
        "form": form,
        "item": item,
        "text": now,
        "is_draft": is_draft,
        "is_new": item.life == Life.UNPUBLISHED,
        "space": spaces.held(viewer, item.home_id),
        "files": files.chosen(viewer, form.listed.data, item.id),
        "state": versions.names()[now.state],
        "sheet": Sheet(now) if is_draft else None,
        "may_release": may_release,
    }


def _stale(form: PageForm, item: Content, viewer: Viewer) -> ResponseReturnValue:
    """Both texts: mine as typed, and the one that somebody saved; nothing is lost."""
    stored = services.current(item)
    form.seal.data, form.seal.raw_data = content.print_of(stored), None
    page = render_template(
        "review/stale.html",
        form=form,
        typed=("title", "body"),
        chosen=[("listed", file) for file in form.kept(form.unlisted.data)],
        stored=stored,
        changed_by=person_name(stored.changed_by_id),
        mine=Markup(sanitise(form.body.data or "")),
        theirs=Markup(linking.for_writing(stored.body, viewer)),
        back=link("pages.edit", content_id=item.id),
    )
    return page, 409

"""Beginning a topic, changing its text, following it, and what happens to it as a whole."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import BadRequest, NotFound

from portal.access import Action, current_viewer, fetch
from portal.access.doors import signed_in
from portal.content import keeping, kinds, linking
from portal.content.models import Content
from portal.content.services import print_of
from portal.discussions import services
from portal.discussions.forms import TopicForm
from portal.discussions.models import DiscussionRevision
from portal.discussions.services import Text
from portal.discussions.views import KEY, bp, home_of, may_begin
from portal.files import queries as files
from portal.files.services import listed_of
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _, language
from portal.kernel.links import link
from portal.kernel.text import sanitise
from portal.review.queries import person_name
from portal.spaces.features import entered
from portal.spaces.models import Space


@bp.route("/spaces/<slug>/discussions/new", methods=["GET", "POST"])
@signed_in
def new(slug: str) -> ResponseReturnValue:
    """Begin a topic in a space."""
    place, viewer = entered(slug, KEY)
    if not may_begin(place):
        raise NotFound
    form = TopicForm()
    form.store_files(viewer)
    made: list[DiscussionRevision] = []

    def begin() -> None:
        space = fetch(Space, place.id, Action.CREATE)
        made.append(services.begin(space, language(), _text(form), by=viewer))

    if form.accepts(begin):
        return _after(made[0], _("The topic is begun."))
    page = render_template(
        "discussions/new.html",
        form=form,
        space=place,
        files=files.chosen(viewer, form.listed.data),
    )
    return page, 422 if form.is_submitted() else 200


def _text(form: TopicForm) -> Text:
    return Text(form.title.data or "", form.body.data or "", form.kept(form.unlisted.data))


def _after(text: DiscussionRevision, told: str) -> ResponseReturnValue:
    """The topic's page, or that of its text at work."""
    item = text.content
    if services.is_waiting(text):
        flash(_("The topic is sent for review. Its readers see it once it is approved."), "success")
        return redirect(link("discussions.review", content_id=item.id), 303)
    flash(told, "success")
    return redirect(link("discussions.show", address=item.address), 303)


def topic(content_id: int, action: Action) -> Content:
    """A topic on which the viewer may do this."""
    return kinds.fetch_item("discussion", content_id, action)


@bp.route("/discussions/<int:content_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(content_id: int) -> ResponseReturnValue:
    """Change the text of a topic."""
    item, viewer = topic(content_id, Action.EDIT), current_viewer()
    now = services.current(item)
    body = linking.for_writing(now.body, viewer)
    form = TopicForm(data={"title": now.title, "body": body, "seal": services.stamp(item)})
    if request.method == "GET":
        form.listed.data = list(listed_of(now))
    form.store_files(viewer)
    made: list[DiscussionRevision] = []

    def save() -> None:
        made.append(services.change(item, form.seal.data or "", _text(form), by=viewer))

    try:
        if form.accepts(save):
            return _after(made[0], _("Your changes are saved."))
    except Stale:
        db.session.rollback()
        return _stale(form, services.current(topic(content_id, Action.EDIT)))
    page = render_template(
        "discussions/edit.html",
        form=form,
        item=item,
        text=now,
        space=home_of(viewer, item.home_id),
        files=files.chosen(viewer, form.listed.data, item.id),
    )
    return page, 422 if form.is_submitted() else 200


def _stale(form: TopicForm, stored: DiscussionRevision) -> ResponseReturnValue:
    """Both texts: mine as typed, and the one that somebody saved; nothing is lost."""
    form.seal.data = print_of(stored)
    page = render_template(
        "review/stale.html",
        form=form,
        typed=("title", "body"),
        chosen=[("listed", file) for file in form.kept(form.unlisted.data)],
        stored=stored,
        changed_by=person_name(stored.changed_by_id),
        mine=Markup(sanitise(form.body.data or "")),
        theirs=Markup(linking.for_writing(stored.body, current_viewer())),
        back=link("discussions.edit", content_id=stored.content_id),
    )
    return page, 409


@bp.post("/discussions/<int:content_id>/follow")
@signed_in
def follow(content_id: int) -> ResponseReturnValue:
    """Be told of each reply from now on, or of none."""
    item = topic(content_id, Action.READ)
    on = request.form.get("on") == "1"
    services.follow(item, on, by=current_viewer())
    flash(_("You will be told of each reply.") if on else _("You will not be told."), "success")
    return redirect(link("discussions.show", address=item.address), 303)


@bp.post("/discussions/<int:content_id>/keep")
@signed_in
def keep(content_id: int) -> ResponseReturnValue:
    """Archive a topic, throw it away, or take it back from there."""
    act = request.form.get("do", "")
    if act not in keeping.ACTS:
        raise BadRequest
    action, service = keeping.ACTS[act]
    item = topic(content_id, action)
    page, home = link("discussions.show", address=item.address), item.home.slug
    try:
        service(item, by=current_viewer())
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(page, 303)
    told = {
        "archive": _("The topic is in the archive: out of the lists, still found."),
        "unarchive": _("The topic is back in the lists."),
        "trash": _("The topic is in the trash for 30 days."),
        "restore": _("The topic is restored."),
    }
    flash(told[act], "success")
    return redirect(link("discussions.index", slug=home) if act == "trash" else page, 303)

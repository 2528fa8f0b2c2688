"""Writing news: the desk, the editor, autosave, and what a stale save is shown."""

from collections.abc import Sequence
from typing import Any

from flask import flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, NotFound

from portal.access import Action, Role, Viewer, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.content import kinds, linking
from portal.content import services as content
from portal.content.models import Content, Life
from portal.content.queries import topics
from portal.files import queries as files
from portal.files.services import add_picture, listed_of
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _, language
from portal.kernel.links import link
from portal.kernel.text import sanitise
from portal.news import queries, services
from portal.news.forms import NewForm, TextForm
from portal.news.models import NewsRevision
from portal.news.views import bp
from portal.review import versions
from portal.review.sheet import Sheet
from portal.spaces.models import Space


@bp.get("/drafts")
@signed_in
def drafts() -> ResponseReturnValue:
    """The viewer's desk: what is at work, waits for its time, or is over."""
    viewer = current_viewer()
    return render_template(
        "news/drafts.html",
        desk=queries.desk(viewer),
        states=versions.names(),
        name=queries.name,
        may_write=bool(viewer.params["contributes"]),
        may_restore=bool(viewer.params["edits"]),
    )


def _spaces_to_write_in(viewer: Viewer) -> list[tuple[int, str]]:
    found = queries.spaces(viewer.spaces_as(Role.CONTRIBUTOR))
    return [(space.id, queries.name(space)) for space in found]


def _topics() -> list[tuple[int, str]]:
    return [(ident, name) for ident, _slug, name in topics()]


@bp.route("/new", methods=["GET", "POST"])
@signed_in
def new() -> ResponseReturnValue:
    viewer = current_viewer()
    spaces = _spaces_to_write_in(viewer)
    if not spaces:
        raise NotFound
    wanted = request.args.get("space", type=int)
    form = NewForm(topics=_topics(), spaces=spaces, space=wanted, language=language())
    form.prepare_asking(viewer)
    made: list[NewsRevision] = []
    form.store_files(viewer)

    def write() -> None:
        space = fetch(Space, form.space.data, Action.CREATE)
        text, then = typed(form, viewer, form.unlisted.data), _then()
        text.wish = form.wish(viewer)
        made.append(services.write(space, form.language.data, text, by=viewer, then=then))

    if form.accepts(write):
        return _after(made[0])
    reviewed = {
        space.id for space in queries.spaces([i for i, _n in spaces]) if space.review_required
    }
    return render_template(
        "news/new.html",
        form=form,
        files=files.chosen(viewer, form.listed.data),
        must_review=bool(reviewed) and len(reviewed) == len(spaces),
        may_release=any(viewer.role_in(ident) >= Role.EDITOR for ident, _n in spaces),
    )


@bp.route("/<int:content_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(content_id: int) -> ResponseReturnValue:
    """The open draft of an item; for an item that is published, a new one is begun by a POST."""
    item = news_item(content_id, Action.EDIT)
    draft = _open_draft(item)
    viewer = current_viewer()
    if draft is None and request.method == "POST":
        return _released_meanwhile(item, viewer)
    if draft is None:
        return render_template("news/begin.html", item=item)
    form = TextForm(obj=draft, topics=_topics(), data={"topics": content.topics_of(draft)})
    if request.method == "GET":
        form.text.data = draft.id
        form.body.data = linking.for_writing(draft.body, viewer)
        form.topics.data = content.topics_of(draft)
        form.listed.data = list(listed_of(draft))
    form.prepare_asking(viewer, content_id)
    form.store_files(viewer)
    try:
        if form.accepts(lambda: _save(form, draft, viewer)):
            return _after(draft)
    except Stale:
        db.session.rollback()
        return _stale(form, draft)
    return render_template("news/edit.html", **_page(form, draft, viewer))


@bp.post("/<int:content_id>/draft")
@signed_in
def begin(content_id: int) -> ResponseReturnValue:
    """Begin a new draft over the published text."""
    item = news_item(content_id, Action.EDIT)
    chosen = request.form.get("language", "bg")
    if chosen not in ("bg", "en"):
        raise BadRequest
    content.draft_of(item, chosen, by=current_viewer())
    return redirect(link("news.edit", content_id=content_id))


@bp.post("/<int:content_id>/autosave")
@signed_in
def autosave(content_id: int) -> ResponseReturnValue:
    """Save what is typed so far: {"saves", "message"}, or {"message"} with 409 or 422."""
    item = news_item(content_id, Action.EDIT)
    draft, viewer = _open_draft(item), current_viewer()
    form = TextForm(topics=_topics())
    try:
        if draft is None:  # released or thrown away by somebody else
            raise Stale(item)
        if form.accepts(lambda: _save(form, draft, viewer, then=False)):
            return jsonify(saves=draft.saves, message=_("Saved."))
    except Stale:
        return jsonify(message=_("Somebody else saved in the meantime. Save to compare.")), 409
    problem = next((str(error) for field in form for error in field.errors), _("Not saved."))
    return jsonify(message=problem), 422


def news_item(content_id: int, action: Action) -> Content:
    """A news item on which the viewer may do this."""
    return kinds.fetch_item("news", content_id, action)


def _open_draft(item: Content) -> NewsRevision | None:
    """The draft at work, in the reader's language first."""
    first = language()
    for chosen in (first, "en" if first == "bg" else "bg"):
        found = content.open_revision(item, chosen)
        if isinstance(found, NewsRevision):
            return found
    return None


def typed(form: TextForm, viewer: Viewer, gone: Sequence[int] = ()) -> services.Text:
    """What the form holds, without the files `gone`. A new picture is stored before the text."""
    cover_id = form.cover_id.data
    upload = form.cover.data
    if isinstance(upload, FileStorage) and upload.filename:
        try:
            cover_id = add_picture(upload.stream, upload.filename, by=viewer).id
        except Refused as refusal:
            raise Refused("cover", refusal.message) from refusal
        form.cover_id.data = cover_id  # kept if another field is refused
    if form.cover_off.data:
        cover_id = None
    return services.Text(
        title=form.title.data,
        summary=form.summary.data or "",
        body=form.body.data or "",
        cover_id=cover_id,
        cover_alt=form.cover_alt.data or "",
        topics=tuple(form.topics.data or ()),
        wanted_from=form.wanted_from.moment,
        wanted_until=form.wanted_until.moment,
        files=form.kept(gone),
    )


def _then() -> services.Then:
    match request.form.get("do"):
        case "submit":
            return "submit"
        case "release":
            return "release"
    return ""


def _save(form: TextForm, draft: NewsRevision, viewer: Viewer, then: bool = True) -> None:
    if form.text.data not in (
        None,
        draft.id,
    ):  # released or thrown away since, and another one begun
        raise Stale(draft)
    text = typed(form, viewer, form.unlisted.data if then else ())  # nothing goes by itself
    text.wish = form.wish(viewer) if then else None  # half of a wish is none
    services.save(draft, form.saves.data or 0, text, by=viewer, then=_then() if then else "")


def _after(draft: NewsRevision) -> ResponseReturnValue:
    """Where to go when it is saved, submitted or released."""
    item, then = draft.content, _then()
    if then == "release":
        scheduled = draft.state == "scheduled"
        flash(_("It will appear at its time.") if scheduled else _("It is published."), "success")
        return redirect(link("news.show", address=item.address))
    if then == "submit":
        flash(_("It is sent for review."), "success")
        return redirect(link("news.review", content_id=item.id))
    flash(_("The draft is saved."), "success")
    if request.form.get("do") == "audience":
        return redirect(link("placing.audience", content_id=item.id))
    return redirect(link("news.edit", content_id=item.id))


def _page(form: TextForm, draft: NewsRevision, viewer: Viewer) -> dict[str, Any]:
    item = draft.content
    edits = may(viewer, Action.RELEASE, item)
    return {
        "form": form,
        "draft": draft,
        "item": item,
        "files": files.chosen(viewer, form.listed.data, item.id),
        "state": versions.names()[draft.state],
        "sheet": Sheet(draft),
        "must_review": item.home.review_required,
        "may_release": edits and not item.home.review_required,
        "may_submit": item.home.review_required or not edits,
        "may_trash": may(viewer, Action.TRASH, item),
        "is_new": item.life == Life.UNPUBLISHED,
        "space_name": queries.name(item.home),
    }


def _released_meanwhile(item: Content, viewer: Viewer) -> ResponseReturnValue:
    """Somebody released or threw away the text being written: a new draft takes what is typed."""
    first = language()
    tongues = (first, "en" if first == "bg" else "bg")
    chosen = next((each for each in tongues if content.released_revision(item, each)), first)
    draft = content.draft_of(item, chosen, by=viewer)
    if not isinstance(draft, NewsRevision):
        raise NotFound
    form = TextForm(topics=_topics())
    form.store_files(viewer)
    return _stale(form, draft)


def _stale(form: TextForm, draft: NewsRevision) -> ResponseReturnValue:
    """Both texts: mine as typed, and the one that somebody saved; nothing is lost."""
    stored = draft
    for field, value in ((form.text, stored.id), (form.saves, stored.saves)):
        field.data, field.raw_data = value, [str(value)]
    changed_by = queries.person_name(stored.changed_by_id)
    page = render_template(
        "review/stale.html",
        form=form,
        typed=("title", "summary", "body", "cover_alt", "wanted_from", "wanted_until"),
        chosen=_chosen(form),
        stored=stored,
        changed_by=changed_by,
        mine=Markup(sanitise(form.body.data or "")),
        theirs=Markup(linking.for_writing(stored.body, current_viewer())),
        back=link("news.edit", content_id=stored.content_id),
    )
    return page, 409


def _chosen(form: TextForm) -> list[tuple[str, Any]]:
    """What a page must carry beside the typed fields so that all of it can be sent once more."""
    return [
        *(("listed", file) for file in form.kept(form.unlisted.data)),
        *(("topics", topic) for topic in form.topics.data or ()),
    ]

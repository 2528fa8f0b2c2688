"""Writing a practice: begun on one page, filled in step by step, saved as one types."""

from flask import flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, Viewer, current_viewer, fetch
from portal.access.doors import signed_in
from portal.content import kinds
from portal.content.models import Content, State
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _, language
from portal.kernel.links import link, number
from portal.practices import controls, desk, drawing, forms, services, staleness
from portal.practices import record as records
from portal.practices.models import PracticeRevision
from portal.practices.parts import Step
from portal.practices.views import bp
from portal.spaces.models import Space


@bp.route("/new", methods=["GET", "POST"])
@signed_in
def new() -> ResponseReturnValue:
    viewer = current_viewer()
    spaces = desk.spaces(viewer)
    if not spaces:
        raise NotFound
    form = forms.NewForm(spaces=spaces, space=spaces[0][0], language=language())
    made: list[PracticeRevision] = []

    def begin() -> None:
        space = fetch(Space, form.space.data, Action.CREATE)
        failed = form.failed.data == "yes"
        made.append(
            services.begin(space, form.language.data, form.title.data, by=viewer, failed=failed)
        )

    if form.accepts(begin):
        return redirect(link("practices.edit", content_id=made[0].content_id, step="about"))
    page = render_template("practices/new.html", form=form, one_space=len(spaces) == 1)
    return page, 422 if form.errors else 200


def practice_item(content_id: int, action: Action = Action.EDIT) -> Content:
    """A practice on which the viewer may do this."""
    return kinds.fetch_item("practice", content_id, action)


def asked_language() -> str | None:
    """Which text of a practice a page is about; None: the one that is at work."""
    chosen = request.args.get("language")
    return chosen if chosen in ("bg", "en") else None


# The longer address first: `link()` takes the first that its values fill.
@bp.route("/<int:content_id>/edit", methods=["GET", "POST"])
@bp.route("/<int:content_id>/edit/<step>", methods=["GET", "POST"])
@signed_in
def edit(content_id: int, step: str = "") -> ResponseReturnValue:
    """A step of the text at work. For a practice without one, a new one is begun by a POST."""
    item = practice_item(content_id)
    draft = services.at_work(item, asked_language())
    if request.method == "POST":
        return _save(item, draft, step)
    if draft is None:
        return render_template("practices/begin.html", **drawing.beginning(item))
    if draft.state == State.IN_REVIEW:
        return render_template("practices/sent.html", **drawing.sent(item, draft))
    part = records.step_of(step, bool(draft.record.get("failed"))) if step else None
    if part is None and step:
        raise NotFound
    if part is None:
        return redirect(drawing.to(draft, drawing.going_on(item, draft)))
    page = drawing.Page(item, draft, part, current_viewer(), more=request.args.get("more", ""))
    page.strict = "lacking" in request.args
    return render_template("practices/edit.html", **page.values())


def _part(text: PracticeRevision | None, step: str) -> Step:
    failed = text is not None and bool(text.record.get("failed"))
    found = records.step_of(step, failed) if text is not None else None
    if found is None:
        raise NotFound
    return found


def _shown(item: Content, draft: PracticeRevision | None) -> PracticeRevision | None:
    """The draft; when somebody released it meanwhile, the text that readers see; when somebody
    threw a translation away, the text that it was made of."""
    tongue = asked_language() or language()
    return (
        draft
        or services.shown_or_open(item, tongue)
        or services.shown_or_open(item, "en" if tongue == "bg" else "bg")
    )


def _save(item: Content, draft: PracticeRevision | None, step: str) -> ResponseReturnValue:
    viewer = current_viewer()
    part = _part(_shown(item, draft), step)
    typed = forms.read(part, request.form)
    told = forms.store_uploads(part, typed, viewer)
    staleness.leave_theirs(typed, request.form)
    try:
        if request.form.get("anew"):  # chosen on the page that showed both texts
            tongue = asked_language() or (draft.language if draft else language())
            draft = services.go_on(item, tongue, by=viewer)
        if draft is None:
            raise Stale(item)
        saved = services.save_step(
            draft, part.key, request.form.get("seal", ""), typed.values, by=viewer
        )
    except Stale:
        db.session.rollback()
        return _stale(item, part, typed, viewer), 409
    faults = {**saved.faults, **told}
    if faults:
        page = drawing.Page(item, draft, part, viewer, typed.values, faults, more=_added())
        return render_template("practices/edit.html", **page.values()), 422
    return _after(draft, part, typed)


def _stale(item: Content, part: Step, typed: forms.Typed, viewer: Viewer) -> str:
    draft = services.at_work(item, asked_language())
    stored = _shown(item, draft)
    if stored is None:
        raise NotFound
    tongue = asked_language() or stored.language
    return render_template(
        "practices/stale.html",
        **staleness.facts(stored, part, typed, request.form, viewer),
        item=item,
        part=part,
        why=staleness.words(draft),
        is_at_work=draft is not None,
        tongue=tongue,
        save=link("practices.edit", content_id=item.id, step=part.key, language=tongue),
        address=drawing.to(stored, part.key),
    )


def _added() -> str:
    """The list to which the button that was pressed adds a row."""
    verb, _dash, key = request.form.get("do", "").partition("-")
    return key if verb == "add" else ""


def _after(draft: PracticeRevision, part: Step, typed: forms.Typed) -> ResponseReturnValue:
    """Where to go when a step is saved."""
    verb, _dash, place = request.form.get("do", "").partition("-")
    key = place.partition("-")[0]
    match verb:
        case "next":
            keys = [each.key for each in records.steps(bool(draft.record.get("failed")))]
            following = [*keys, drawing.CHECK][keys.index(part.key) + 1]
            return redirect(drawing.to(draft, following))
        case "audience":
            return redirect(link("placing.audience", content_id=draft.content_id))
        case "leave":
            flash(_("Saved. You can go on whenever you like."), "success")
            return redirect(link("practices.mine"))
        case "add" if key in typed.values:
            number = len(typed.values[key])
            return redirect(drawing.to(draft, part.key, more=key) + f"#{key}-{number}")
        case "remove" | "upload" if key in typed.values:
            return redirect(drawing.to(draft, part.key) + f"#{key}")
    return redirect(drawing.to(draft, part.key))


@bp.post("/<int:content_id>/autosave/<step>")
@signed_in
def autosave(content_id: int, step: str) -> ResponseReturnValue:
    """Keep what is typed so far: the new seal, what could not be kept, and the meter afresh.

    409 when somebody else changed this step; 422 when a control was refused, the rest is kept.
    """
    item = practice_item(content_id)
    draft, viewer = services.at_work(item, asked_language()), current_viewer()
    part = _part(_shown(item, draft), step)
    typed = forms.read(part, request.form)
    try:
        if draft is None:
            raise Stale(item)
        saved = services.save_step(
            draft, part.key, request.form.get("seal", ""), typed.values, by=viewer
        )
    except Stale:
        compare = _("Save to compare the two texts.")
        return jsonify(message=f"{staleness.words(draft)} {compare}"), 409
    page = drawing.Page(item, draft, part, viewer)
    told = {typed.on_page(key): words for key, words in saved.faults.items()}
    lacks = {typed.on_page(key): words for key, words in page.lacks().items()}
    return jsonify(
        seal=saved.seal,
        saves=_seen(draft),
        was=page.prints(),
        message=_("Saved, except what is marked.") if told else said_saved(),
        faults=told,
        lacks=lacks,
        percent=page.complete.percent,
        meter=render_template("practices/_meter.html", **page.values()),
        steps=render_template("practices/_steps.html", **page.values()),
    ), 422 if told else 200


def _seen(draft: PracticeRevision) -> int:
    """Which state of the draft the author has seen: this one, unless somebody saved other steps
    since her page was opened. It is what she may throw away."""
    shown = request.form.get("saves", 0, type=int)
    return draft.saves if draft.saves <= shown + 1 else shown


def said_saved() -> str:
    now = clock.local(clock.now())
    return _("Saved at %(time)s", time=f"{now.hour}:{now:%M}")


@bp.post("/<int:content_id>/upload/<step>/<field>")
@signed_in
def upload(content_id: int, step: str, field: str) -> ResponseReturnValue:
    """Take a file for a field: {"row"}, its HTML, or {"message"} with 422."""
    item = practice_item(content_id)
    draft, viewer = services.at_work(item, asked_language()), current_viewer()
    part = _part(_shown(item, draft), step)
    each = next((one for one in part.fields if one.key == field), None)
    sent = request.files.get("file")
    if each is None or each.kind not in ("files", "pictures") or sent is None or draft is None:
        raise NotFound
    try:
        row = forms.store(each, sent, viewer)
        place = number(request.form.get("number", ""))
    except Refused as refusal:
        said = _("%(file)s: %(why)s", file=sent.filename, why=refusal.message)
        return jsonify(message=said), 422
    except ValueError as error:
        raise NotFound from error
    ident = int(row["file"])
    file = desk.files(viewer, [ident], item.id)[ident]
    drawn = controls.uploaded(each, place, row, file)
    return jsonify(row=render_template("practices/_file_row.html", part=each, row=drawn)), 201

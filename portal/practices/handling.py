"""A practice as a whole: whose it is, checked and sent, translated, taken back, thrown away."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound

from portal.access import Action, Role, current_viewer, may
from portal.access.doors import signed_in
from portal.accounts.queries import named, reader_name
from portal.content import keeping, listing
from portal.content import services as content
from portal.content.models import Content, State
from portal.kernel.database import db
from portal.kernel.errors import Stale
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.practices import desk, drawing, services
from portal.practices.forms import SendForm
from portal.practices.models import PracticeRevision
from portal.practices.views import bp
from portal.practices.writing import asked_language, practice_item
from portal.review import versions
from portal.review.judging import shown_draft


@bp.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """The practices on which the viewer may write: at work, released, thrown away."""
    viewer = current_viewer()
    spaces = desk.spaces(viewer)
    found = desk.at_work(viewer)
    released = desk.released(viewer)
    if not spaces and not found and not released:
        raise NotFound
    homes = {row.name_bg for row in released} | {each.row.name_bg for each in found}
    return render_template(
        "practices/mine.html",
        at_work=found,
        released=released,
        trashed=desk.trashed(viewer),
        may_write=bool(spaces),
        several_homes=len(homes) > 1 or len(viewer.spaces_as(Role.EDITOR)) > 0,
        name=named,
        person=reader_name,
        address=listing.address,
        states=versions.names(),
        address_of=_address_of,
    )


def _address_of(each: desk.AtWork) -> str:
    """Where a text at work is gone on with."""
    row = each.row
    if row.state == State.DRAFT and not each.complete.missing and not each.untranslated:
        return link("practices.check", content_id=row.id, language=row.language)
    return link("practices.edit", content_id=row.id, language=row.language)


def _draft(item: Content) -> PracticeRevision:
    found = services.at_work(item, asked_language())
    if found is None:
        raise NotFound
    return found


@bp.get("/<int:content_id>/edit/check")
@signed_in
def check(content_id: int) -> ResponseReturnValue:
    """The record in brief, what keeps it from its reviewers, and the button that sends it."""
    item = practice_item(content_id)
    draft = services.at_work(item, asked_language())
    if draft is None or draft.state == State.IN_REVIEW:
        language = draft.language if draft else asked_language()
        return redirect(link("practices.edit", content_id=content_id, language=language))
    return _check_page(item, draft, SendForm(data={"saves": draft.saves}))


def _check_page(item: Content, draft: PracticeRevision, form: SendForm) -> str:
    text = drawing.Text(item, draft, drawing.CHECK)
    return render_template(
        "practices/check.html",
        **text.values(),
        form=form,
        brief=drawing.in_brief(text),
        reviewers=desk.reviewers(item.home),
        organisation=desk.organisation_name(text.stored["organisation"]),
        may_publish=_may_publish(item, draft),
    )


def _may_publish(item: Content, draft: PracticeRevision) -> bool:
    """Whether the viewer's own organisation wrote it where she releases without review."""
    viewer = current_viewer()
    own = draft.record.get("organisation") == viewer.organisation_id
    return own and not item.home.review_required and may(viewer, Action.RELEASE, item)


@bp.post("/<int:content_id>/send")
@signed_in
def send(content_id: int) -> ResponseReturnValue:
    """Send the text at work to its reviewers; an editor's own may be published at once."""
    item = practice_item(content_id)
    draft, viewer = _draft(item), current_viewer()
    if draft.state == State.IN_REVIEW:
        return redirect(link("practices.edit", content_id=item.id, language=draft.language))
    form = SendForm()
    publish = request.form.get("do") == "publish" and _may_publish(item, draft)

    def act() -> None:
        if publish:
            content.release(draft, form.saves.data or 0, by=viewer)
        else:
            services.send(draft, form.saves.data or 0, by=viewer, note=form.note.data or "")

    try:
        done = form.accepts(act)
    except Stale:
        db.session.rollback()
        form.form_errors.append(
            _("Somebody changed this practice after you opened the page. Look at it once more.")
        )
        form.saves.data, form.saves.raw_data = draft.saves, None
        return _check_page(item, draft, form), 409
    if not done:
        db.session.rollback()
        return _check_page(item, draft, form), 422
    if publish:
        flash(_("It is published."), "success")
        return redirect(link("practices.show", address=item.address))
    return redirect(link("practices.edit", content_id=item.id, language=draft.language))


@bp.post("/<int:content_id>/draft")
@signed_in
def begin(content_id: int) -> ResponseReturnValue:
    """Go on writing in a language: take the text back from review, begin one over the published,
    or copy the text of the other language to translate it."""
    item = practice_item(content_id)
    chosen = request.form.get("language", "")
    if chosen not in ("bg", "en"):
        raise BadRequest
    draft = services.go_on(item, chosen, by=current_viewer())
    return redirect(link("practices.edit", content_id=item.id, language=draft.language))


@bp.post("/<int:content_id>/discard")
@signed_in
def discard(content_id: int) -> ResponseReturnValue:
    """Throw the text at work away; a practice that nobody has read goes to the trash with it."""
    item = practice_item(content_id)
    draft = _draft(item)
    try:
        content.discard(draft, by=current_viewer(), seen=shown_draft())
    except Stale:
        words = _("Somebody else saved this draft meanwhile, so it was kept. Read it first.")
        flash(words, "error")
        return redirect(link("practices.edit", content_id=item.id, language=draft.language))
    if item.trashed_at is not None:
        words = _("It lies in the trash for 30 days. An editor of the space can bring it back.")
    else:
        words = _("The draft is thrown away.")
    flash(words, "success")
    return redirect(link("practices.mine"))


@bp.post("/<int:content_id>/restore")
@signed_in
def restore(content_id: int) -> ResponseReturnValue:
    """Take a practice out of the trash."""
    item = practice_item(content_id, Action.RESTORE)
    keeping.restore(item, by=current_viewer())
    flash(_("It is out of the trash."), "success")
    return redirect(link("practices.mine"))

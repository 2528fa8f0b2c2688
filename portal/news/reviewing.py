"""Reviewing news: the text, what changed, and the reviewer's word."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, current_viewer, may
from portal.access.doors import signed_in
from portal.content import services as content
from portal.content.models import OPEN, Content, State
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _, language
from portal.kernel.links import link
from portal.news import queries, services
from portal.news.forms import RemarkForm
from portal.news.models import NewsRevision
from portal.news.views import bp
from portal.news.writing import news_item
from portal.review.sheet import Sheet


def _newest(item: Content) -> NewsRevision:
    """The text at work: the open one, else the released one."""
    first = language()
    tongues = (first, "en" if first == "bg" else "bg")
    for finder in (content.open_revision, content.released_revision):
        for chosen in tongues:
            found = finder(item, chosen)
            if isinstance(found, NewsRevision):
                return found
    raise NotFound


def _at_work(item: Content) -> NewsRevision:
    """The text that waits for a reviewer, in whatever language; else the newest."""
    for chosen in ("bg", "en"):
        found = content.open_revision(item, chosen)
        if isinstance(found, NewsRevision) and found.state == State.IN_REVIEW:
            return found
    return _newest(item)


@bp.get("/<int:content_id>/review")
@signed_in
def review(content_id: int) -> ResponseReturnValue:
    """A text at work as its authors and reviewers see it."""
    item = news_item(content_id, Action.READ)
    text = _seen_by(item)
    return _review_page(item, RemarkForm(), Sheet(text))


def _seen_by(item: Content) -> NewsRevision:
    """The text at work, for whoever writes or reviews it. Raises NotFound for everybody else."""
    viewer = current_viewer()
    text = _at_work(item)
    if not (may(viewer, Action.EDIT, item) or may(viewer, Action.REVIEW, item)):
        raise NotFound  # a reader: neither drafts nor reviewers' words are any business of hers
    if text.state in OPEN and not may(viewer, Action.READ, text):
        raise NotFound
    return text


def _review_page(
    item: Content, form: RemarkForm, sheet: Sheet, status: int = 200
) -> ResponseReturnValue:
    viewer = current_viewer()
    text = sheet.text
    assert isinstance(text, NewsRevision)
    form.saves.data = str(text.saves)
    mine = viewer.user_id in (text.author_id, text.changed_by_id)
    judges = text.state == State.IN_REVIEW and may(viewer, Action.REVIEW, item)
    page = render_template(
        "news/review.html",
        item=item,
        text=text,
        form=form,
        sheet=sheet,
        files=queries.listed(text.id),
        state=services.states()[text.state],
        author=queries.person_name(text.author_id),
        space_name=queries.name(item.home),
        may_edit=may(viewer, Action.EDIT, item),
        may_judge=judges and not mine,
        own_text=judges and mine,
        may_withdraw=text.state == State.IN_REVIEW and may(viewer, Action.EDIT, text),
    )
    return page, status


@bp.post("/<int:content_id>/approve")
@signed_in
def approve(content_id: int) -> ResponseReturnValue:
    item = news_item(content_id, Action.REVIEW)
    form, text = RemarkForm(), _at_work(item)
    sheet = Sheet(text, request.form)

    def run() -> None:
        if sheet.said or form.remark.data:
            words = _("You wrote remarks. Return the text with them, or empty them first.")
            raise Refused("remark", words)
        content.approve(text, _saves(text), by=current_viewer())

    try:
        done = form.accepts(run)
    except Stale:
        return _changed_meanwhile(item, form, sheet)
    if done:
        flash(_("It is approved."), "success")
        if may(current_viewer(), Action.READ, item):
            return redirect(link("news.show", address=item.address))
        return redirect(link("news.drafts"))
    return _review_page(item, form, sheet, 422)


@bp.post("/<int:content_id>/return")
@signed_in
def send_back(content_id: int) -> ResponseReturnValue:
    """Return a text to its author with remarks: on the whole, at fields, at passages."""
    item = news_item(content_id, Action.REVIEW)
    form, text = RemarkForm(), _at_work(item)
    sheet = Sheet(text, request.form)
    viewer, remark, saves = current_viewer(), form.remark.data or "", _saves(text)

    def run() -> None:
        content.return_(text, saves, by=viewer, remark=remark, passages=sheet.said)

    try:
        done = not sheet.is_faulty and form.accepts(run)
    except Stale:
        return _changed_meanwhile(item, form, sheet)
    if done:
        flash(_("It is returned to its author with your remark."), "success")
        return redirect(link("news.drafts"))
    return _review_page(item, form, sheet, 422)


def _changed_meanwhile(item: Content, form: RemarkForm, sheet: Sheet) -> ResponseReturnValue:
    """The text as it is now. The passages are other ones, so the remarks are kept in one box."""
    db.session.rollback()
    words = _(
        "The text changed after you opened this page, so nothing was decided. Your remarks are "
        "kept below; read what changed first."
    )
    form.form_errors.append(words)
    form.remark.data = "\n\n".join(
        filter(None, [form.remark.data, *(each.text for each in sheet.said)])
    )
    return _review_page(item, form, Sheet(_seen_by(item)), 409)


def _saves(text: NewsRevision) -> int:
    """The state of the text that the reviewer had before her; 0 when it was another text."""
    seen = request.form.get("text", text.id, type=int)
    return request.form.get("saves", 0, type=int) if seen == text.id else 0


@bp.post("/<int:content_id>/withdraw")
@signed_in
def withdraw(content_id: int) -> ResponseReturnValue:
    item = news_item(content_id, Action.EDIT)
    content.withdraw(_at_work(item), by=current_viewer())
    flash(_("It is taken back from review."), "success")
    return redirect(link("news.edit", content_id=content_id))


@bp.post("/<int:content_id>/discard")
@signed_in
def discard(content_id: int) -> ResponseReturnValue:
    """Throw the open draft away; the published text stays."""
    item = news_item(content_id, Action.EDIT)
    text = _newest(item)
    if text.state not in OPEN:
        raise NotFound
    try:
        content.discard(text, by=current_viewer())
        flash(_("The draft is thrown away."), "success")
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(link("news.drafts"))

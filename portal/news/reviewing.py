"""Reviewing news: the text, what changed, and the reviewer's word."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from portal.access import Action, current_viewer, may
from portal.access.doors import signed_in
from portal.content import services as content
from portal.content.models import OPEN, Content, State
from portal.kernel import diff
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, language
from portal.kernel.links import link
from portal.kernel.text import plain
from portal.news import queries, services
from portal.news.forms import RemarkForm
from portal.news.models import NewsRevision
from portal.news.views import bp
from portal.news.writing import news_item


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
    return _review_page(news_item(content_id, Action.READ), RemarkForm())


def _review_page(item: Content, form: RemarkForm, status: int = 200) -> ResponseReturnValue:
    viewer = current_viewer()
    text = _at_work(item)
    if not (may(viewer, Action.EDIT, item) or may(viewer, Action.REVIEW, item)):
        raise NotFound  # a reader: neither drafts nor reviewers' words are any business of hers
    if text.state in OPEN and not may(viewer, Action.READ, text):
        raise NotFound
    form.saves.data = str(text.saves)
    mine = viewer.user_id in (text.author_id, text.changed_by_id)
    judges = text.state == State.IN_REVIEW and may(viewer, Action.REVIEW, item)
    page = render_template(
        "news/review.html",
        item=item,
        text=text,
        form=form,
        body=Markup(text.body),
        files=queries.listed(text.id),
        state=services.states()[text.state],
        changes=_changes(item, text),
        remarks=queries.remarks(text.id),
        author=queries.person_name(text.author_id),
        space_name=queries.name(item.home),
        may_edit=may(viewer, Action.EDIT, item),
        may_judge=judges and not mine,
        own_text=judges and mine,
        may_withdraw=text.state == State.IN_REVIEW and may(viewer, Action.EDIT, text),
    )
    return page, status


def _changes(item: Content, text: NewsRevision) -> Markup | None:
    """What differs from the text that readers see now."""
    live = content.released_revision(item, text.language)
    if not isinstance(live, NewsRevision) or live.id == text.id:
        return None
    return diff.words(_words(live), _words(text))


def _words(text: NewsRevision) -> str:
    files = (file.name for file in queries.listed(text.id))
    return "\n".join((text.title, text.summary, plain(text.body), *files))


@bp.post("/<int:content_id>/approve")
@signed_in
def approve(content_id: int) -> ResponseReturnValue:
    item = news_item(content_id, Action.REVIEW)
    form = RemarkForm()
    text = _at_work(item)
    if form.accepts(lambda: content.approve(text, _saves(text), by=current_viewer())):
        flash(_("It is approved."), "success")
        if may(current_viewer(), Action.READ, item):
            return redirect(link("news.show", address=item.address))
        return redirect(link("news.drafts"))
    return _review_page(item, form, 422)


@bp.post("/<int:content_id>/return")
@signed_in
def send_back(content_id: int) -> ResponseReturnValue:
    item = news_item(content_id, Action.REVIEW)
    form = RemarkForm()
    text = _at_work(item)
    remark = form.remark.data or ""
    saves = _saves(text)
    if form.accepts(lambda: content.return_(text, saves, by=current_viewer(), remark=remark)):
        flash(_("It is returned to its author with your remark."), "success")
        return redirect(link("news.drafts"))
    return _review_page(item, form, 422)


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

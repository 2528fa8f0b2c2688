"""Reviewing a practice: all of it on one page, with room for a remark at each field."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from wtforms import HiddenField
from wtforms.validators import Length

from portal.access import Action, Viewer, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.content import kinds
from portal.content import services as content
from portal.content.models import OPEN, Content, Decision, State
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.forms import PortalForm, TextField
from portal.kernel.i18n import _, _l, ngettext
from portal.kernel.links import link, number
from portal.practices.models import PracticeRevision
from portal.practices.review_page import ReviewPage, field_keys
from portal.practices.views import bp
from portal.review import versions

AT = "at_"  # before a field's key: the box for a remark there
TONGUES = ("bg", "en")


class ReviewForm(PortalForm):
    """A word on the whole, and one at each field. The boxes at fields are added below."""

    saves = HiddenField()
    text = HiddenField()
    remark = TextField(_l("On the whole"), [Length(max=Decision.REMARK_MAX)])

    @property
    def at(self) -> dict[str, str]:
        """What was written at fields, by their keys."""
        boxes = {name[len(AT) :]: box for name, box in self._fields.items() if name.startswith(AT)}
        return {key: box.data for key, box in boxes.items() if box.data}


for _each in field_keys():
    setattr(ReviewForm, AT + _each.key, TextField(_each.label, [Length(max=Decision.REMARK_MAX)]))


@bp.get("/<int:content_id>/review")
@signed_in
def review(content_id: int) -> ResponseReturnValue:
    """A text at work as its reviewers and authors see it."""
    return _page(_practice(content_id), ReviewForm())


def _practice(content_id: int) -> Content:
    """The practice, for those who write on it or review it; nobody else learns of reviews."""
    viewer = current_viewer()
    item = fetch(Content, content_id)
    if item.kind != "practice" or not _decides(viewer, item):
        raise NotFound
    return item


def _texts(item: Content) -> dict[str, PracticeRevision]:
    """The texts at work, else those that readers see; by language."""
    viewer = current_viewer()
    for finder in (content.open_revision, content.released_revision):
        found = {tongue: finder(item, tongue) for tongue in TONGUES}
        texts = {
            tongue: text
            for tongue, text in found.items()
            if isinstance(text, PracticeRevision) and may(viewer, Action.READ, text)
        }
        if texts:
            return texts
    raise NotFound


def _at_work(texts: Mapping[str, PracticeRevision]) -> PracticeRevision:
    """The text asked for by its language, else the one that waits for a reviewer."""
    asked = texts.get(request.args.get("language", ""))
    waiting = [text for text in texts.values() if text.state == State.IN_REVIEW]
    return asked or next(iter(waiting or texts.values()))


def _page(item: Content, form: ReviewForm, status: int = 200) -> ResponseReturnValue:
    viewer = current_viewer()
    texts = _texts(item)
    text = _at_work(texts)
    form.saves.data, form.text.data = str(text.saves), str(text.id)
    mine = viewer.user_id in (text.author_id, text.changed_by_id)
    judges = text.state == State.IN_REVIEW and may(viewer, Action.REVIEW, item)
    page = render_template(
        "practices/review.html",
        item=item,
        text=text,
        page=ReviewPage(text),
        form=form,
        at=AT,
        others=[tongue for tongue in texts if tongue != text.language],
        state=versions.names()[text.state],
        may_judge=judges and not mine,
        own_text=judges and mine,
        may_edit=may(viewer, Action.EDIT, item),
        may_withdraw=text.state == State.IN_REVIEW and may(viewer, Action.EDIT, text),
    )
    return page, status


@bp.post("/<int:content_id>/approve")
@signed_in
def approve(content_id: int) -> ResponseReturnValue:
    """Approve a text and put it before its readers."""
    item, form = _judged(content_id), ReviewForm()

    def run() -> None:
        if form.at or form.remark.data:
            words = _("You wrote remarks. Return the practice with them, or empty them first.")
            raise Refused("remark", words)
        content.approve(_seen(item), _saves(), by=current_viewer())

    try:
        if not form.accepts(run):
            return _page(item, form, 422)
    except Stale:
        return _stale(item, form)
    flash(_("The practice is published."), "success")
    if item.is_visible(clock.now()) and may(current_viewer(), Action.READ, item):
        return redirect(link("practices.show", address=item.address))
    return redirect(link("practices.index"))


@bp.post("/<int:content_id>/return")
@signed_in
def send_back(content_id: int) -> ResponseReturnValue:
    """Return a text to its authors with remarks."""
    item, form = _judged(content_id), ReviewForm()
    viewer = current_viewer()

    def run() -> None:
        remark = form.remark.data or ""
        content.return_(_seen(item), _saves(), by=viewer, remark=remark, at=form.at)

    try:
        if not form.accepts(run):
            return _page(item, form, 422)
    except Stale:
        return _stale(item, form)
    count = len(form.at) + bool(form.remark.data)
    told = ngettext(
        "It is returned with %(n)s remark.", "It is returned with %(n)s remarks.", count
    )
    flash(told, "success")
    return redirect(_after(item, viewer))


def _after(item: Content, viewer: Viewer) -> str:
    """Whoever only reviews sees a returned text no more."""
    if may(viewer, Action.EDIT, item):
        return link("practices.review", content_id=item.id)
    return link("practices.index")


def _judged(content_id: int) -> Content:
    """The practice for a decision. Whoever reviewed it and may no more meets a conflict."""
    viewer = current_viewer()
    item = db.session.get(Content, content_id)
    reviewed = item is not None and item.home_id in viewer.reviews
    if item and reviewed and not _decides(viewer, item) and _was_in_review(item):
        raise Stale(item)
    return _practice(content_id)


def _decides(viewer: Viewer, item: Content) -> bool:
    return may(viewer, Action.EDIT, item) or may(viewer, Action.REVIEW, item)


def _was_in_review(item: Content) -> bool:
    """Whether the form was opened on a text of this item that was saved since."""
    text = db.session.get(PracticeRevision, request.form.get("text", 0, type=number))
    return text is not None and text.content_id == item.id and 0 < _saves() < text.saves


def _seen(item: Content) -> PracticeRevision:
    """The text that the reviewer had before her. Raises Stale when it waits for her no more."""
    seen = request.form.get("text", 0, type=number)
    for tongue in TONGUES:
        text = content.open_revision(item, tongue)
        if not isinstance(text, PracticeRevision) or text.id != seen:
            continue
        if text.state == State.IN_REVIEW:
            return text
    raise Stale(item)


def _saves() -> int:
    return request.form.get("saves", 0, type=number)


def _stale(item: Content, form: ReviewForm) -> ResponseReturnValue:
    """The text as it is now, and what the reviewer wrote; nothing was decided."""
    if not _decides(current_viewer(), item):
        raise Stale(item)
    words = _(
        "The text changed after you opened this page, so nothing was decided. Your remarks are "
        "kept below; read what changed first."
    )
    form.form_errors.append(words)
    return _page(item, form, 409)


@bp.post("/<int:content_id>/withdraw")
@signed_in
def withdraw(content_id: int) -> ResponseReturnValue:
    """Take a text back from review."""
    item = kinds.fetch_item("practice", content_id, Action.EDIT)
    text = _at_work(_texts(item))
    if text.state in OPEN:
        content.withdraw(text, by=current_viewer())
        flash(_("It is taken back from review."), "success")
    return redirect(link("practices.review", content_id=content_id, language=text.language))

"""Asking about a practice, answering, taking back, hiding: the pages of questions."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.access import Action, current_viewer, fetch
from portal.access.doors import signed_in
from portal.content import kinds
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.forms import PortalForm, TextField
from portal.kernel.i18n import _
from portal.kernel.links import link, number
from portal.practices import asking
from portal.practices import questions as found
from portal.practices.models import Answer, Question
from portal.practices.views import bp
from portal.spaces.models import Space


class WordForm(PortalForm):
    """A question or an answer. The service says what is wrong with it."""

    text = TextField()


def practice(content_id: int, action: Action = Action.READ) -> Content:
    """A practice that the viewer may do this to, or 404."""
    return kinds.fetch_item("practice", content_id, action)


@bp.get("/<int:content_id>/questions")
@signed_in
def questions(content_id: int) -> ResponseReturnValue:
    """The questions on a practice, on a page of their own: mails lead here."""
    return _page(practice(content_id))


def _page(item: Content, typed: found.Typed | None = None) -> ResponseReturnValue:
    shown = found.on(item, current_viewer())
    shown.typed = typed
    page = render_template("practices/questions.html", item=item, questions=shown)
    return page, 422 if typed else 200


@bp.post("/<int:content_id>/questions")
@signed_in
def ask(content_id: int) -> ResponseReturnValue:
    item = practice(content_id)
    form = WordForm()
    space = db.session.get(Space, _space_asked())
    if space is None:
        form.refuse(Refused("text", _("Choose whose readers see the question.")))
        return _refused(item, form, about=0)
    made: list[int] = []
    text = form.text.data or ""
    if form.accepts(lambda: made.append(asking.ask(item, space, text, by=current_viewer()).id)):
        flash(_("Your question is there. You get a mail when somebody answers."), "success")
        return redirect(_address(item, made[0]))
    return _refused(item, form, about=0)


@bp.post("/question/<int:question_id>/answer")
@signed_in
def answer(question_id: int) -> ResponseReturnValue:
    question = fetch(Question, question_id, Action.CREATE)
    item = practice(question.content_id)
    form = WordForm()
    text = form.text.data or ""
    if form.accepts(lambda: asking.answer(question, text, by=current_viewer())):
        flash(_("Your answer is there, and whoever asked is told by mail."), "success")
        return redirect(_address(item, question_id))
    return _refused(item, form, about=question_id)


def _refused(item: Content, form: WordForm, about: int) -> ResponseReturnValue:
    faults = [str(words) for field in form for words in field.errors] + list(form.form_errors)
    typed = found.Typed(about, form.text.data or "", " ".join(faults), _space_asked())
    return _page(item, typed)


def _space_asked() -> int:
    """The space whose readers shall see a question; 0 for what is no number of one."""
    return request.form.get("space", 0, type=number)


SAID: dict[str, type[Question] | type[Answer]] = {"question": Question, "answer": Answer}


@bp.post("/<any(question, answer):sort>/<int:ident>/hide")
@signed_in
def hide(sort: str, ident: int) -> ResponseReturnValue:
    """Hide a question or an answer, or show it again."""
    said: Question | Answer = fetch(SAID[sort], ident, Action.MANAGE)
    question = _question(said)
    address = _address(practice(question.content_id), question.id)
    hidden = request.form.get("hidden") != "0"
    asking.hide(said, hidden, by=current_viewer())
    flash(_("It is hidden from its readers.") if hidden else _("It is shown again."), "success")
    return redirect(address)


@bp.post("/<any(question, answer):sort>/<int:ident>/take-back")
@signed_in
def take_back(sort: str, ident: int) -> ResponseReturnValue:
    """Take one's own question or answer back."""
    said: Question | Answer = fetch(SAID[sort], ident, Action.TRASH)
    question = _question(said)
    address = _address(practice(question.content_id), question.id)
    try:
        asking.take_back(said, by=current_viewer())
        flash(_("It is taken back."), "success")
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(address)


def _question(said: Question | Answer) -> Question:
    return said if isinstance(said, Question) else db.session.get_one(Question, said.question_id)


def _address(item: Content, question_id: int) -> str:
    """The question's place on the practice's page; where nobody reads that, on its own page."""
    if item.is_visible(clock.now()):
        page = link("practices.show", address=item.address)
    else:
        page = link("practices.questions", content_id=item.id)
    return f"{page}#question-{question_id}"

"""The page behind the link in a reviewer's mail. It shows; its buttons decide."""

from collections.abc import Callable

from flask import Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest
from wtforms.validators import Length

from portal.access import Action, current_viewer, may
from portal.access.doors import by_token
from portal.content import kinds
from portal.content.models import Decision, Revision
from portal.files import queries as files
from portal.kernel.errors import Refused, Stale
from portal.kernel.forms import PortalForm, TextField
from portal.kernel.i18n import DEFAULT, _, _l, exact
from portal.kernel.limits import Limit
from portal.review import links, services
from portal.review.links import Dead, Opened, Why, open_link
from portal.review.queries import person_name
from portal.review.sheet import Sheet
from portal.review.views import bp

GONE = {Why.WRONG: 404, Why.CLOSED: 403, Why.RIGHT: 403, Why.OWN: 403}  # the others: 410
LIMIT = "review.limit"
OTHER = "other"  # somebody else is signed in here


class WordForm(PortalForm):
    """A word on the whole. The link is the proof of who sends it, so it carries no other one."""

    class Meta(PortalForm.Meta):
        csrf = False

    remark = TextField(_l("On the whole"), [Length(max=Decision.REMARK_MAX)])


def new_limit() -> Limit:
    """Far above what a person clicks, far below what trying links out would need."""
    return Limit(30, 60.0)


@bp.route("/review/<token>", methods=["GET", "POST"])
@by_token
def decide(token: str) -> ResponseReturnValue:
    """A text as it was sent to one reviewer, for whoever holds her link; a POST decides."""
    limit: Limit = current_app.extensions[LIMIT]
    limit.check(request.remote_addr or "")
    try:
        opened = open_link(token)
        _speak(opened.viewer.user_id)
        own = current_viewer().real
        if own.is_authenticated and own.user_id != opened.viewer.user_id:
            return render_template("review/dead.html", why=OTHER, name=opened.viewer.name), 403
        sheet = Sheet(opened.text, request.form, is_signed_in=own.is_authenticated)
        if request.method == "POST":
            return _decide(token, opened, sheet)
        return _page(opened, sheet, WordForm())
    except Dead as dead:
        return _dead(dead)


def _speak(user_id: int | None) -> None:
    """Speak the receiver's language, whoever's browser this is."""
    g.language = links.language_of(user_id) or DEFAULT


def _page(opened: Opened, sheet: Sheet, form: WordForm, status: int = 200) -> ResponseReturnValue:
    text, viewer = opened.text, current_viewer()
    signed_in = viewer.is_authenticated and may(viewer, Action.READ, text)
    page = render_template(
        "review/decide.html",
        reader=(g.language == "en" and opened.viewer.latin_name) or opened.viewer.name,
        reviewer=opened.viewer,
        text=text,
        kind=kinds.of(text.kind),
        sheet=sheet,
        form=form,
        until=exact(opened.until),
        author=person_name(text.changed_by_id),
        files=files.held(text.id) if signed_in else (),
    )
    return page, status


def _decide(token: str, opened: Opened, sheet: Sheet) -> ResponseReturnValue:
    form = WordForm()
    title, act = opened.text.title, _act(token, form, sheet)
    try:
        if not sheet.is_faulty and form.accepts(act):
            return render_template(
                "review/done.html", did=request.form["do"], told=title, text=opened.text
            )
    except Stale:  # decided between the look at the link and the decision
        raise Dead(Why.CHANGED, opened.viewer.user_id) from None
    return _page(opened, sheet, form, 422)


def _act(token: str, form: WordForm, sheet: Sheet) -> Callable[[], Revision]:
    said, remark = sheet.said, form.remark.data or ""

    def approve() -> Revision:
        if said or remark:
            words = _("You wrote remarks. Return the text with them, or empty them first.")
            raise Refused("remark", words)
        return services.approve(token)

    match request.form.get("do"):
        case "approve":
            return approve
        case "return":
            return lambda: services.return_(token, remark, said)
    raise BadRequest


def _dead(dead: Dead) -> ResponseReturnValue:
    _speak(dead.user_id)
    decision = dead.decision
    page = render_template(
        "review/dead.html",
        why=dead.why.value,
        by=person_name(decision.by_id) if decision else "",
        at=exact(decision.at) if decision else "",
        verdict=decision.verdict if decision else "",
    )
    return page, GONE.get(dead.why, 410)


@bp.after_request
def keep_quiet(response: Response) -> Response:
    """The address is a key: no page that it leads to learns it, and no search engine."""
    if request.endpoint == "review.decide":
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response

"""The home page and what belongs to the whole house: colour, language, footer pages, health."""

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import text
from werkzeug.exceptions import BadRequest, NotFound

from portal.access import current_viewer
from portal.access.doors import public, signed_in
from portal.access.site import site
from portal.documents.queries import paper_url
from portal.home import extranet, queries, work
from portal.kernel.database import db
from portal.kernel.i18n import LANGUAGES, language_key
from portal.kernel.links import came_from
from portal.kernel.palette import palette_css

bp = Blueprint("home", __name__)
DAY = 86_400  # seconds


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """What concerns the reader: her desk, the news, what is new in her spaces."""
    viewer = current_viewer()
    if not viewer.is_staff:
        return render_template("home/extranet.html", work_of=work, **extranet.home(viewer))
    return render_template(
        "home/index.html", work_of=work, paper_url=paper_url, **queries.home(viewer)
    )


@bp.get("/theme.css")
@public
def theme() -> ResponseReturnValue:
    """The municipality's colours, worked out from its one hue."""
    response: Response = make_response(palette_css(site().hue))
    response.headers["Content-Type"] = "text/css; charset=utf-8"
    response.headers["Cache-Control"] = f"public, max-age={DAY}"
    return response


@bp.post("/language")
@public
def language() -> ResponseReturnValue:
    """Read the portal in another language, for as long as this browser is signed in."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise BadRequest
    session[language_key()] = chosen
    return redirect(came_from())


@bp.get("/about/<key>")
@public
def page(key: str) -> ResponseReturnValue:
    """A page of the footer: accessibility, privacy, terms, help."""
    found = queries.footer_page(key)
    if found is None:
        raise NotFound
    # Sanitised when it was saved.
    return render_template("home/page.html", title=found.title, body=Markup(found.body), key=key)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """The process can serve: the database answers."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok")

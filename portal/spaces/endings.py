"""What a person meets when the agreement of her organisation is over: why, and whom to turn to.

A former partner learns the municipality's general e-mail and nothing of its people.
"""

from flask import g, jsonify, make_response, render_template, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy import bindparam, select

from portal.access.site import site
from portal.accounts.models import Organisation
from portal.accounts.queries import named
from portal.kernel.database import first
from portal.kernel.errors import wants_json
from portal.kernel.i18n import LANGUAGES, _, long_date
from portal.spaces.viewers import Closed

REFUSED = 403
# A browser that opens a page or sends a form uses these; others are programs of ours.
PAGES = ("GET", "POST")
_NAME = select(Organisation.name_bg, Organisation.name_en).where(
    Organisation.id == bindparam("organisation_id")
)


def why(over: Closed) -> str:
    """One sentence on what has ended."""
    row = first(_NAME, {"organisation_id": over.organisation_id})
    name = named(row) if row is not None else ""
    if over.ended_on is None:
        return _("The partnership of “%(name)s” with us has ended.", name=name)
    return _(
        "The agreement of “%(name)s” with us ended on %(day)s.",
        name=name,
        day=long_date(over.ended_on),
    )


def turn_to() -> str:
    """Whom to ask, as far as somebody outside may know."""
    if site().email:
        return _("If the work goes on, write to the municipality: %(email)s.", email=site().email)
    return _("If the work goes on, write to the municipality.")


def kept() -> str:
    """What became of her texts."""
    if request.method == "POST" and wants_json():  # the page that sent it is still before her
        return _(
            "What you have just written was not saved; it still stands on this page, so you can "
            "copy it. What was saved before is kept, drafts too."
        )
    if request.method == "POST":
        return _(
            "What you have just sent was not saved; your browser's “Back” shows it again, so you "
            "can copy it. What was saved before is kept, drafts too."
        )
    return _("What you wrote before is kept, drafts too.")


def told(over: Closed) -> str:
    """The same in a line, for the form of signing in."""
    return " ".join((_("Your access has ended."), why(over), turn_to()))


def answer(over: Closed) -> ResponseReturnValue:
    """Every page, form and upload of hers is answered so, until the agreement is prolonged."""
    if "language" not in session and over.language in LANGUAGES:
        g.language = over.language  # she is no viewer any more, but still reads her language
    words = {
        "title": _("Your access has ended"),
        "what": why(over),
        "kept": kept(),
        "next": turn_to(),
    }
    if wants_json() or request.method not in PAGES:
        message = f"{words['what']} {words['kept']}"
        return make_response(jsonify(status=REFUSED, message=message, **words), REFUSED)
    page = render_template("spaces/closed.html", email=site().email, **words)
    return make_response(page, REFUSED)

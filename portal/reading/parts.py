"""What item pages of every kind show of reading: Markup for their templates."""

from flask import current_app
from markupsafe import Markup

from portal.content import kinds
from portal.content.models import Life
from portal.kernel.i18n import _
from portal.reading.counting import in_steps
from portal.reading.queries import about


def readers(content_id: int) -> Markup:
    """How many people read the item at the least, for its line of facts; nothing while few did,
    or while few may."""
    found = about(content_id)
    number = in_steps(found.readers, found.audience)
    if not number:
        return Markup("")
    if found.kind == "document":
        words = _("opened by at least %(n)s people", n=number)
    else:
        words = _("read by at least %(n)s people", n=number)
    return Markup("<span>{}</span>").format(words)


def tools(content_id: int) -> Markup:
    """The bookmark's button, the sheet for the notice board, and the hook of `seen.js`."""
    template = current_app.jinja_env.get_template("reading/_tools.html")
    found = about(content_id)
    is_out = found.life in (Life.PUBLISHED, Life.ARCHIVED)
    has_sheet = is_out and kinds.of(found.kind).board is not None
    return Markup(template.render(id=content_id, about=found, has_sheet=has_sheet))

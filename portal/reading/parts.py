"""What item pages of every kind show of reading: Markup for their templates."""

from flask import current_app
from markupsafe import Markup

from portal.content import kinds
from portal.content.models import Life
from portal.kernel.i18n import ngettext
from portal.reading.counting import READERS_SHOWN
from portal.reading.queries import about


def readers(content_id: int) -> Markup:
    """How many people read the item, for its line of facts; nothing while they are few."""
    found = about(content_id)
    if found.readers < READERS_SHOWN:
        return Markup("")
    if found.kind == "document":
        words = ngettext("opened by %(n)s person", "opened by %(n)s people", found.readers)
    else:
        words = ngettext("read by %(n)s person", "read by %(n)s people", found.readers)
    return Markup("<span>{}</span>").format(words)


def tools(content_id: int) -> Markup:
    """The bookmark's button, the sheet for the notice board, and the hook of `seen.js`."""
    template = current_app.jinja_env.get_template("reading/_tools.html")
    found = about(content_id)
    is_out = found.life in (Life.PUBLISHED, Life.ARCHIVED)
    has_sheet = is_out and kinds.of(found.kind).board is not None
    return Markup(template.render(id=content_id, about=found, has_sheet=has_sheet))

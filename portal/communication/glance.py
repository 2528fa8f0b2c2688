"""What of the plan stands on a space's overview: what is late, and what is due this week.

It is the same for every reader of the space, so its HTML is kept until the site's version grows,
which each change of an entry lets it do: the overview is made of what many rooms say, and none of
them may cost it a statement that another one needs.
"""

from datetime import date

from flask import current_app, g
from markupsafe import Markup

from portal.access import Viewer
from portal.communication import queries
from portal.kernel import clock
from portal.kernel.i18n import language
from portal.spaces.queries import Place

NUMBER = 4  # entries
Key = tuple[int, date, str]


def glance(space: Place, viewer: Viewer) -> Markup:
    """The lines for a reader of the space; whether she is one was asked by `spaces.features`."""
    version = g.get("site_version")
    if version is None:  # outside a signed-in request nothing says whether the kept one is true
        return _made(space, viewer)
    kept: tuple[int, dict[Key, Markup]] | None = current_app.extensions.get("plan_glances")
    if kept is None or kept[0] != version:
        kept = current_app.extensions["plan_glances"] = (version, {})
    key = (space.id, clock.today(), language())
    if key not in kept[1]:
        kept[1][key] = _made(space, viewer)
    return kept[1][key]


def _made(space: Place, viewer: Viewer) -> Markup:
    lines, late, due = queries.near(viewer, space.id, NUMBER)
    if not lines:
        return Markup("")
    template = current_app.jinja_env.get_template("communication/_glance.html")
    further = due if late + due > len(lines) else 0
    return Markup(template.render(space=space, lines=lines, late=late, further=further))

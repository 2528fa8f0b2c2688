"""The frame of every page: the places of the top row, the footer, the viewer and the site."""

from typing import Any, NamedTuple

from flask import current_app, render_template, request
from markupsafe import Markup, escape

from portal.access import Viewer, alerts, current_viewer
from portal.access.site import site
from portal.home import queries
from portal.kernel import menu
from portal.kernel.i18n import language
from portal.kernel.links import link
from portal.spaces import features
from portal.spaces.known import known

# The footer's order; a key without a page is left out.
FOOTER = ("help", "accessibility", "privacy", "terms")


LANGUAGES = (("bg", "Български"), ("en", "English"))
BARS_MAX = 1_000  # kept in each process, some 6 KB each
# Stand in a kept bar for what each answer has of its own. Signs that no font and no keyboard has.
TOKEN, SEARCHED, BELL = "\ue000token\ue001", "\ue000searched\ue001", "\ue000bell\ue001"
WHERE = "\ue000where\ue001"
COUNTED = 99  # unread notices; beyond it the bell says «more»


class Entry(NamedTuple):
    label: str
    url: str
    current: bool


def context() -> dict[str, Any]:
    """What base.html shows on every page."""
    viewer = current_viewer()
    return {
        "viewer": viewer,
        "site": site(),
        "bar": bar,
        "alerts": alerts.of(viewer),
        "footer_links": _footer(),
    }


def bar(searched: str = "") -> Markup:
    """The top of every page: who the site is, the search box, the person's menu, the places.

    It was a sixth of an article's time, and changes only with the person, the language, the room
    and the site's version: kept as HTML, with the token of its forms, the words in its search
    box, the space it may search in and the number at its bell put in each time.
    """
    viewer = current_viewer()
    key = (viewer.user_id, language(), request.blueprint, site())
    kept: dict[Any, str] = current_app.extensions.setdefault("bars", {})
    html = kept.get(key)
    if html is None:
        if len(kept) >= BARS_MAX:
            kept.clear()
        html = kept[key] = render_template(
            "partials/bar.html",
            nav=_places(viewer),
            languages=LANGUAGES,
            searched=SEARCHED,
            bell=BELL,
            where=WHERE,
            csrf_token=lambda: TOKEN,
        )
    token = str(current_app.jinja_env.globals["csrf_token"]())  # type: ignore[operator]
    html = html.replace(TOKEN, token).replace(BELL, _bell(viewer.unread))
    html = html.replace(WHERE, _where(viewer))
    return Markup(html.replace(SEARCHED, str(escape(searched))))


def _where(viewer: Viewer) -> str:
    """On a page of one of her spaces: whether the box searches there or everywhere."""
    if not viewer.is_authenticated:
        return ""
    asked = request.args.getlist("space") if request.endpoint == "search.results" else []
    here = None
    if len(asked) == 1:
        here = known().get(int(asked[0])) if asked[0].isdecimal() and len(asked[0]) < 10 else None
    # The address of a topic's news names the topic.
    elif request.endpoint != "news.topic" and (slug := (request.view_args or {}).get("slug")):
        here = next((space for space in known().values() if space.slug == slug), None)
    if here is None or not viewer.role_in(here.id):
        return ""
    name = (language() == "en" and here.name_en) or here.name_bg
    return render_template("partials/where.html", here=here.id, name=name, is_chosen=bool(asked))


def _bell(unread: int) -> str:
    """The bell with its number, which the viewer's own row tells: no statement."""
    key = (min(unread, COUNTED + 1), language(), request.blueprint == "notify")
    kept: dict[Any, str] = current_app.extensions.setdefault("bells", {})
    html = kept.get(key)
    if html is None:
        html = kept[key] = render_template(
            "partials/bell.html", unread=key[0], most=COUNTED, current=key[2]
        )
    return html


def _places(viewer: Viewer) -> list[Entry]:
    if not viewer.is_authenticated:
        return []
    here = request.blueprint
    if any(here == each.endpoint.split(".")[0] for each in features.choices()):
        here = "workspaces"  # what spaces have stands in them
    return [
        Entry(str(place.label), link(place.endpoint), place.endpoint.split(".")[0] == here)
        for place in menu.places()
        if place.audience == "signed_in"
        or (place.audience == "staff" and viewer.is_staff)
        or (place.audience == "administrators" and viewer.is_admin)
    ]


def _footer() -> list[Entry]:
    """Titles are few and change once a year: kept until the site's version grows."""
    version = site().version
    kept = current_app.extensions.get("footer")
    if kept is None or kept[0] != version:
        kept = (version, queries.footer_titles())
        current_app.extensions["footer"] = kept
    titles = kept[1]
    shown = []
    for key in FOOTER:
        title = titles.get((key, language())) or titles.get((key, "bg"))
        if title:
            shown.append(Entry(title, link("home.page", key=key), False))
    return shown

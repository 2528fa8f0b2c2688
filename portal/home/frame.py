"""The frame of every page: the places of the top row, the footer, the viewer and the site."""

from typing import Any, NamedTuple

from flask import current_app, request

from portal.access import Viewer, current_viewer
from portal.access.site import site
from portal.home import queries
from portal.kernel import menu
from portal.kernel.i18n import language
from portal.kernel.links import link

# The footer's order; a key without a page is left out.
FOOTER = ("help", "accessibility", "privacy", "terms")


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
        "nav": _places(viewer),
        "footer_links": _footer(),
        "languages": (("bg", "Български"), ("en", "English")),
    }


def _places(viewer: Viewer) -> list[Entry]:
    if not viewer.is_authenticated:
        return []
    here = request.blueprint
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

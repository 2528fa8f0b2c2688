"""What a space can have: rooms add theirs when they are installed, managers switch them on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import abort, current_app, flash, redirect, request
from markupsafe import Markup
from sqlalchemy import ColumnElement
from werkzeug.exceptions import NotFound

from portal.access import Role, Viewer, current_viewer
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.spaces import queries
from portal.spaces.models import Space
from portal.spaces.queries import Place


@dataclass(frozen=True)
class Feature:
    """A tab of a space's pages.

    key: as in `Space.features`; label: translated when shown; endpoint: its first page, taking
    `slug`; icon: Phosphor name; order: among the tabs; hint: what it is for, in the settings.
    needs: the role from which it is shown; always: no choice of the managers.
    glance: a few lines for the space's overview, as the viewer may see them, in one statement at
    most: the body of a block whose heading is the label and leads to the tab; "" for no block.
    """

    key: str
    label: Any
    endpoint: str
    icon: str
    order: int
    hint: Any = ""
    needs: Role = Role.READER
    always: bool = False
    glance: "Callable[[Place, Viewer], Markup | str] | None" = None


class Tab(NamedTuple):
    """A feature as the row of tabs shows it."""

    key: str
    label: str
    url: str
    icon: str


class Glance(NamedTuple):
    """What a feature says of itself on the overview."""

    key: str
    label: str
    url: str
    icon: str
    body: Markup


def add(feature: Feature) -> None:
    """Make a feature known; again for another app of the same process changes nothing."""
    _features[feature.key] = feature


_features: dict[str, Feature] = {}


def every() -> list[Feature]:
    """All that rooms added, in the order of the tabs."""
    return sorted(_features.values(), key=lambda each: each.order)


def choices() -> list[Feature]:
    """Those that a space's managers switch on and off."""
    return [each for each in every() if not each.always]


def is_on(feature: Feature, space: Place) -> bool:
    """Whether a space has it and the role that the viewer holds there is enough to see it."""
    has = feature.always or feature.key in space.features
    return has and space.role >= feature.needs


def switched_on(key: str) -> ColumnElement[bool]:
    """SQL: whether a space, of any statement that selects from it, has a feature."""
    return (" " + Space.features + " ").contains(f" {key} ", autoescape=True)


def tabs(space: Place) -> list[Tab]:
    """The row of tabs of a space for its viewer."""
    return [
        Tab(each.key, str(each.label), link(each.endpoint, slug=space.slug), each.icon)
        for each in every()
        if is_on(each, space) and each.endpoint in current_app.view_functions
    ]


def glances(space: Place, viewer: Viewer) -> list[Glance]:
    """The blocks of a space's overview for its viewer, in the order of the tabs."""
    found = []
    for each in every():
        if each.glance is None or not is_on(each, space):
            continue
        if body := each.glance(space, viewer):
            url = link(each.endpoint, slug=space.slug)
            found.append(Glance(each.key, str(each.label), url, each.icon, Markup(body)))
    return found


def entered(slug: str, key: str) -> tuple[Place, Viewer]:
    """The space of a feature's page, and its viewer. Raises NotFound where it is not for her.

    What was made while a feature was on stays when it is switched off, and stays findable; only
    its pages in the space are closed: whoever comes to one by an old link, or after changing
    something that stayed, is led to the space and told why.
    """
    viewer = current_viewer()
    place = queries.by_slug(viewer, slug)
    if place is None or place.role < _features[key].needs:
        raise NotFound
    if not is_on(_features[key], place):
        _lead_out(_features[key], place)
    return place, viewer


def _lead_out(feature: Feature, space: Place) -> None:
    if request.method != "GET":
        raise NotFound
    told = _(
        "The section “%(part)s” is switched off in this space. What was made there stays "
        "and is found."
    )
    flash(told % {"part": feature.label}, "info")
    abort(redirect(link("workspaces.show", slug=space.slug)))

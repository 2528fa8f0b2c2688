"""Reading pages: the tree of a space, a page, the pages of every space."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Row

from portal.access import Role, Viewer, current_viewer
from portal.access.doors import signed_in
from portal.content import kinds, linking, listing
from portal.content.models import Content
from portal.files import queries as files
from portal.kernel import clock
from portal.kernel.links import link
from portal.pages import contents, queries, ready, tree
from portal.review.judging import Judging
from portal.spaces import features
from portal.spaces import queries as spaces
from portal.spaces.queries import Place

bp = Blueprint("pages", __name__)


def list_of(item: Content) -> str:
    """The path of the pages of an item's home."""
    return link("pages.index", slug=item.home.slug)


Judging("page", list_of).install(bp, "/pages")


def writes(space: Place) -> bool:
    """Whether the viewer writes pages in a space."""
    return space.role >= Role.CONTRIBUTOR and space.archived_at is None


@bp.get("/pages")
@signed_in
def everywhere() -> ResponseReturnValue:
    """The spaces of the viewer that have pages, and what was changed there last."""
    viewer = current_viewer()
    places = [place for place in spaces.mine(viewer) if "pages" in place.features]
    names = {place.id: place for place in places}
    found = queries.lately(viewer, list(names), queries.RECENT) if names else ()
    return render_template("pages/everywhere.html", places=places, names=names, found=found)


@bp.get("/spaces/<slug>/pages")
@signed_in
def index(slug: str) -> ResponseReturnValue:
    """Every page of a space as a tree, with who changed it when; `order=1`: to be moved."""
    space, viewer = features.entered(slug, "pages")
    top = tree.of_space(viewer, space.id)[0]
    may_write = writes(space)
    return render_template(
        "pages/index.html",
        space=space,
        top=top,
        may_write=may_write,
        may_restore=space.role >= Role.EDITOR,
        ordering=may_write and request.args.get("order") == "1",
        ready=ready.every(),
    )


@dataclass(frozen=True)
class Around:
    """What stands around a page: its space and the tree, for whoever is in that space."""

    space: Place | None
    node: tree.Node | None
    top: tree.Node | None


def around(viewer: Viewer, home_id: int, content_id: int) -> Around:
    space = spaces.held(viewer, home_id)
    if space is None:
        return Around(None, None, None)
    nodes = tree.of_space(viewer, home_id)
    node = nodes.get(content_id)
    if node is not None:
        tree.open_at(node)
    return Around(space, node, nodes[0])


@bp.get("/pages/<address>")
@signed_in
def show(address: str) -> ResponseReturnValue:
    """A page under its slug and number; an old link leads on to the right one."""
    ident = kinds.number_in(address)
    viewer = current_viewer()
    found = queries.page(viewer, ident)
    if found is None:
        return _unreleased(ident)
    right = listing.address(found.id, found.slug)
    if address != right:
        return redirect(link("pages.show", address=right), 301)
    return render_template("pages/show.html", **_shown(viewer, found))


def _shown(viewer: Viewer, found: Row[Any]) -> dict[str, Any]:
    here = around(viewer, found.home_id, found.id)
    body, headings = contents.outlined(linking.shown(found.body, viewer))
    role = viewer.role_in(found.home_id)
    return {
        "page": found,
        "body": Markup(body),  # sanitised when it was saved
        "headings": headings if len(headings) >= contents.LEAST else (),
        "space": here.space,
        "node": here.node,
        "top": here.top,
        "files": files.listed(found.revision_id),
        # Who reads it where it was placed knows it from there.
        "places": () if here.space else listing.places_of(found.id, viewer),
        "edits": role >= Role.EDITOR,
        "may_write": here.space is not None and writes(here.space),
        "is_scheduled": found.visible_from > clock.now(),
    }


def _unreleased(ident: int) -> ResponseReturnValue:
    """Who may read a draft is led to it; for everybody else there is no such page."""
    kinds.fetch_item("page", ident)
    return redirect(link("pages.review", content_id=ident))


def glance(space: Place, viewer: Viewer) -> str:
    """The pages that were changed last, for the overview of their space."""
    found = queries.lately(viewer, [space.id])
    return render_template("pages/_glance.html", found=found) if found else ""

"""Reading discussions: the topics of a space, what was decided there, a topic with its replies."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from portal.access import Role, Viewer, current_viewer
from portal.access.doors import signed_in
from portal.comments.services import may_close
from portal.content import kinds, linking, listing
from portal.discussions import queries
from portal.files import queries as files
from portal.kernel import clock
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.spaces import queries as spaces
from portal.spaces.features import entered
from portal.spaces.queries import Place

bp = Blueprint("discussions", __name__)
KEY = "discussions"


def _shows() -> list[tuple[str, str]]:
    """What a list may be narrowed to, with the words for it."""
    return [
        ("", _("All")),
        ("open", _("Under discussion")),
        ("decided", _("Decided")),
        ("mine", _("Mine")),
    ]


def _asked() -> str:
    show = request.args.get("show", "")
    if show not in queries.SHOWS:
        raise NotFound
    return show


@bp.get("/spaces/<slug>/discussions")
@signed_in
def index(slug: str) -> ResponseReturnValue:
    """The topics of a space, what was said last first."""
    space, viewer = entered(slug, KEY)
    show, after = _asked(), request.args.get("after", "")
    topics, further = queries.topics(viewer, space.id, show, after)
    writes = may_begin(space)
    return render_template(
        "discussions/index.html",
        space=space,
        topics=topics,
        show=show,
        shows=_shows(),
        after=after,
        further=further,
        may_begin=writes,
        at_work=queries.at_work(viewer, space.id) if writes and not (show or after) else (),
        edits=space.role >= Role.EDITOR and space.archived_at is None,
    )


def may_begin(space: Place) -> bool:
    return space.role >= Role.CONTRIBUTOR and space.archived_at is None


@bp.get("/discussions")
@signed_in
def everywhere() -> ResponseReturnValue:
    """The topics of all of the viewer's spaces."""
    viewer = current_viewer()
    show, after = _asked(), request.args.get("after", "")
    topics, further = queries.topics(viewer, None, show, after)
    return render_template(
        "discussions/everywhere.html",
        topics=topics,
        names={space.id: space.name for space in spaces.mine(viewer)},
        show=show,
        shows=_shows(),
        after=after,
        further=further,
    )


@bp.get("/spaces/<slug>/discussions/decisions")
@signed_in
def decisions(slug: str) -> ResponseReturnValue:
    """What was decided in a space, for reading and for paper."""
    space, viewer = entered(slug, KEY)
    after = request.args.get("after", "")
    found, further = queries.decisions(viewer, space.id, after)
    return render_template(
        "discussions/decisions.html", space=space, found=found, after=after, further=further
    )


@bp.get("/spaces/<slug>/discussions/trash")
@signed_in
def trash(slug: str) -> ResponseReturnValue:
    """What was thrown away, for the space's editors."""
    space, viewer = entered(slug, KEY)
    if space.role < Role.EDITOR:
        raise NotFound
    items = queries.trash(viewer, space.id)
    return render_template("discussions/trash.html", space=space, items=items)


@bp.get("/discussions/<address>")
@signed_in
def show(address: str) -> ResponseReturnValue:
    """A topic under its slug and number; an old link leads on to the right one."""
    ident = kinds.number_in(address)
    viewer = current_viewer()
    found = queries.topic(viewer, ident)
    if found is None:
        return _unreleased(ident)
    right = listing.address(found.id, found.slug)
    if address != right:
        return redirect(link("discussions.show", address=right), 301)
    home = home_of(viewer, found.home_id)
    edits = viewer.role_in(found.home_id) >= Role.EDITOR
    now = clock.now()
    is_shown = found.visible_until is None or found.visible_until > now
    return render_template(
        "discussions/show.html",
        topic=found,
        body=Markup(linking.shown(found.body, viewer)),  # sanitised when it was saved
        space=home,
        places=listing.places_of(found.id, viewer),
        files=files.listed(found.revision_id),
        decision=queries.decision(viewer, found.id),
        is_shown=is_shown,
        edits=edits,
        may_edit=may_close(found.home_id, found.owner_id, viewer),
        may_decide=may_close(found.home_id, found.owner_id, viewer) and is_shown,
        listens=found.follows if found.follows is not None else found.spoke,
    )


def home_of(viewer: Viewer, space_id: int) -> Place | None:
    """The space of a topic, where the viewer is in it."""
    return spaces.held(viewer, space_id)


def _unreleased(ident: int) -> ResponseReturnValue:
    """Who may read a text at work is led to it; for everybody else there is no such page."""
    kinds.fetch_item("discussion", ident)
    return redirect(link("discussions.review", content_id=ident))

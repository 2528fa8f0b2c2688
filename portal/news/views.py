"""Reading news: the list, the archive, a topic, an article."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from portal.access import Role, current_viewer
from portal.access.doors import signed_in
from portal.content import kinds, linking, listing
from portal.content.queries import topics_of
from portal.files import queries as files
from portal.kernel import clock
from portal.kernel.links import link
from portal.news import queries
from portal.review.judging import Judging

bp = Blueprint("news", __name__, url_prefix="/news")
Judging("news", lambda _item: link("news.drafts")).install(bp)


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Published news of the viewer's spaces, or of one of them."""
    viewer = current_viewer()
    places = queries.spaces(viewer.spaces_as(Role.READER))
    chosen = next((place for place in places if place.slug == request.args.get("space")), None)
    if request.args.get("space") and chosen is None:
        raise NotFound
    after = request.args.get("after")
    page = queries.latest_page(viewer, chosen.id if chosen else None, after)
    return render_template(
        "news/index.html",
        pinned=page.pinned,
        items=page.items,
        after=page.after,
        first_page=not after,
        places=places,
        chosen=chosen,
        name=queries.name,
        may_write=bool(viewer.params["contributes"]),
        may_pin=chosen is not None and viewer.role_in(chosen.id) >= Role.EDITOR,
    )


@bp.get("/archive")
@signed_in
def archive() -> ResponseReturnValue:
    """The months and topics that hold something for the viewer."""
    viewer = current_viewer()
    return render_template(
        "news/archive.html", months=queries.months(viewer), topics=queries.topics(viewer)
    )


@bp.get("/archive/<int:year>/<int:month>")
@signed_in
def month(year: int, month: int) -> ResponseReturnValue:
    viewer = current_viewer()
    try:
        # Naive on purpose: months begin by the town hall's clock.
        since = clock.from_local(datetime(year, month, 1))  # noqa: DTZ001
        until = clock.from_local(datetime(year + month // 12, month % 12 + 1, 1))  # noqa: DTZ001
    except (ValueError, OverflowError) as error:
        raise NotFound from error
    page = queries.month_page(viewer, since, until, request.args.get("after"))
    return render_template("news/month.html", page=page, year=year, month=month)


@bp.get("/topic/<slug>")
@signed_in
def topic(slug: str) -> ResponseReturnValue:
    viewer = current_viewer()
    found = queries.topic(slug)
    if found is None:
        raise NotFound
    page = queries.topic_page(viewer, found[0], request.args.get("after"))
    return render_template(
        "news/topic.html", page=page, topic_id=found[0], name=found[1], slug=slug
    )


@bp.get("/<address>")
@signed_in
def show(address: str) -> ResponseReturnValue:
    """An article under its slug and number; a reader's old link leads on to the right one."""
    ident = kinds.number_in(address)
    viewer = current_viewer()
    found = queries.article(viewer, ident)
    if found is None:
        return _unreleased(ident)
    right = listing.address(found.id, found.slug)
    if address != right:
        return redirect(link("news.show", address=right), 301)
    places = listing.places_of(found.id, viewer)
    edits = viewer.role_in(found.home_id) >= Role.EDITOR
    owns = viewer.role_in(found.home_id) >= Role.CONTRIBUTOR and found.owner_id == viewer.user_id
    now = clock.now()
    return render_template(
        "news/show.html",
        item=found,
        body=Markup(linking.shown(found.body, viewer)),  # sanitised when it was saved
        places=places,
        place_name=queries.name,
        topics=topics_of(found.id),
        files=files.listed(found.revision_id),
        edits=edits,
        may_edit=edits or owns,
        is_scheduled=found.visible_from > now,
        is_over=found.visible_until is not None and found.visible_until <= now,
    )


def _unreleased(ident: int) -> ResponseReturnValue:
    """Who may read a draft is led to it; for everybody else there is no such page."""
    kinds.fetch_item("news", ident)
    return redirect(link("news.review", content_id=ident))

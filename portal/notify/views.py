"""The notices page, how one wants to be told, and the buttons that follow."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import BadRequest, NotFound

from portal.access import current_viewer
from portal.access.doors import private, signed_in
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import link, number
from portal.notify import follows, notices, queries

bp = Blueprint("notify", __name__, url_prefix="/notices")
WAS = "was-"  # what a choice was when its page was opened


@bp.get("")
@private
@signed_in
def index() -> ResponseReturnValue:
    """What the portal tells the viewer, newest first."""
    before = request.args.get("before", type=number)
    page = queries.page(current_viewer(), before)
    return render_template("notify/index.html", page=page, first_page=not before)


@bp.post("/read")
@private
@signed_in
def read_all() -> ResponseReturnValue:
    """Note all notices as read that stood on the page: what came since is new to her."""
    until = request.form.get("until", type=number)
    if until is None:
        raise BadRequest
    notices.mark_read(current_viewer(), until=until)
    flash(_("All notices are marked as read."), "success")
    return redirect(link("notify.index"))


@bp.post("/<int:ident>/read")
@private
@signed_in
def read(ident: int) -> ResponseReturnValue:
    """Note one as read; `then=open` goes on to what it is about, for who has no scripts."""
    viewer = current_viewer()
    line = queries.line_of(viewer, ident)
    if line is None:
        raise NotFound
    notices.mark_read(viewer, ids=[ident])
    if request.form.get("then") == "open":
        return redirect(line.url, 303)
    return redirect(link("notify.index", before=request.form.get("before", type=number)), 303)


# ── How one wants to be told ────────────────────────────────────────────


@bp.get("/choices")
@private
@signed_in
def choices() -> ResponseReturnValue:
    """By mail at once, in the daily digest, in the portal, not at all: by kind and by thing."""
    return _choices()


@bp.post("/choices")
@private
@signed_in
def choose() -> ResponseReturnValue:
    """Save what was changed on the page, and nothing else: another page may have changed more."""
    try:
        follows.choose(_changes(), by=current_viewer())
    except Refused as refusal:
        return _choices({refusal.field: refusal.message}), 422
    flash(_("Your choices are saved."), "success")
    return redirect(link("notify.choices"))


def _choices(errors: dict[str, str] | None = None) -> str:
    return render_template(
        "notify/choices.html",
        choices=follows.choices(current_viewer()),
        typed=request.form,
        errors=errors or {},
        was=WAS,
    )


def _changes() -> dict[tuple[str, int | str], str]:
    """The choices that differ from what stood there when the page was opened."""
    found: dict[tuple[str, int | str], str] = {}
    for name, way in request.form.items():
        thing, _dash, ident = name.partition("-")
        if thing not in (follows.KIND, *follows.THINGS) or way == request.form.get(WAS + name):
            continue
        found[(thing, ident if thing == follows.KIND else _number(ident))] = way
    return found


def _number(typed: str) -> int:
    try:
        return number(typed)
    except ValueError:
        raise BadRequest from None


# ── The buttons ─────────────────────────────────────────────────────────


@bp.post("/follow")
@private
@signed_in
def follow() -> ResponseReturnValue:
    """Follow a space, topic or person, or no longer; back to the page where the button stood."""
    thing, ident = request.form.get("thing", ""), request.form.get("ident", type=number)
    way = request.form.get("way", "")
    if thing not in follows.THINGS or ident is None or way not in ("", *notices.WAYS):
        raise BadRequest
    follows.follow(thing, ident, way, by=current_viewer())
    if way == "off" or (not way and thing != "space"):
        flash(_("You do not follow it any more."), "success")
    else:
        flash(_("You follow it now."), "success")
    return redirect(_page_of(thing, ident, request.form.get("slug", "")), 303)


# Where the buttons stand: pages of rooms, which this floor knows by name alone.
PAGES = {"space": "workspaces.show", "topic": "news.topic", "person": "people.show"}


def _page_of(thing: str, ident: int, slug: str) -> str:
    if thing == "person":
        return link(PAGES[thing], user_id=ident)
    return link(PAGES[thing], slug=slug) if slug else link("notify.choices")


def follow_button(thing: str, ident: int, slug: str = "") -> Markup:
    """The button of a space's, a topic's or a person's page. One statement."""
    viewer = current_viewer()
    if thing == "person" and ident == viewer.user_id:
        return Markup("")
    way = follows.way_of(thing, ident, viewer)
    follows_it = way != "off" if thing == "space" else way not in ("", "off")
    return Markup(
        render_template(
            "notify/_follow.html", thing=thing, ident=ident, slug=slug, follows_it=follows_it
        )
    )

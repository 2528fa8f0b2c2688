"""The preview before placing: the very page as a partner will see it, whom it reaches, and where
a search will show it. Nothing is placed, journalled or indexed by looking."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, flash, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, NotFound

from portal.access import Action, Viewer, current_viewer, fetch
from portal.access.doors import signed_in
from portal.accounts.queries import named
from portal.content import kinds, services, trying
from portal.content.models import Content, Revision
from portal.content.policy import policy
from portal.kernel import clock
from portal.kernel.errors import Refused
from portal.kernel.i18n import language
from portal.kernel.links import link, number
from portal.kernel.transaction import look_only
from portal.placing import reach
from portal.placing.reach import Reach, Reached
from portal.placing.views import bp
from portal.search import finding
from portal.search.finding import Result
from portal.search.protocol import Query
from portal.search.services import engine
from portal.spaces import seeing, viewers
from portal.spaces.models import Space

HITS = 50  # among so many results the place of the item is looked for
NEIGHBOURS = 3  # results shown with it


@dataclass(frozen=True)
class Place:
    """Where a search for the words of the title shows the item; number: 0 when it does not."""

    words: str
    number: int
    hits: list[tuple[int, Result]]


@dataclass(frozen=True)
class Sheet:
    """What a partner gets: the whole page, or none when she cannot read it."""

    body: str | None
    found: Place


@bp.get("/<int:content_id>/preview")
@signed_in
def preview(content_id: int) -> ResponseReturnValue:
    """The item's page as a partner sees it once it is in `space`, or once its draft is released.

    `organisation` chooses whose eyes; the first partner of the space without it.
    """
    viewer = current_viewer()
    wanted = request.args.get("space", type=number)
    item = fetch(Content, content_id, Action.EDIT if wanted is None else Action.PLACE)
    if wanted is None and not viewer.is_staff:
        raise NotFound  # the other partners' people are no business of a partner that writes
    space = fetch(Space, wanted, Action.PLACE) if wanted is not None else None
    draft = _draft_of(item) if space is None else None
    if space is None and draft is None:
        raise NotFound  # its readers see it already
    shown_in = [space.id] if space else [each.space_id for each in item.placements]
    reached = reach.of(shown_in)
    chosen = _chosen(reached)
    person = reach.one_of(shown_in, chosen.id) if chosen else None
    sheet = None
    if person is not None:
        try:
            sheet = trying.placed(
                item.id,
                space.id if space else None,
                lambda placed: _as_seen(placed, person.id, viewer),
                by=viewer,
                draft_id=draft.id if draft else None,
            )
        except Refused as refusal:  # it could not be released so: by her, or at all
            flash(refusal.message, "error")
        item = fetch(Content, content_id)
        space = fetch(Space, wanted) if wanted is not None else None
    facts = _Facts(item, space, draft is not None, reached, chosen, person, sheet)
    return _answer(facts)


def _draft_of(item: Content) -> Revision | None:
    first = language()
    for chosen in (first, "en" if first == "bg" else "bg"):
        if (found := services.open_revision(item, chosen)) is not None:
            return found
    return None


def _chosen(reached: Reach) -> Reached | None:
    """The organisation asked for, else the first partner."""
    wanted = request.args.get("organisation", 0, type=number)
    partners = reached.partners
    return next((each for each in partners if each.id == wanted), next(iter(partners), None))


@dataclass(frozen=True)
class _Facts:
    item: Content
    space: Space | None
    is_draft: bool
    reach: Reach
    chosen: Reached | None
    person: Any
    sheet: Sheet | None


def _answer(facts: _Facts) -> ResponseReturnValue:
    """The partner's page with the preview's strip at its head, or a page that says why not."""
    kind = kinds.of(facts.item.kind)
    back = (
        link(kind.endpoint, address=facts.item.address)
        if facts.is_draft
        else link("placing.places", content_id=facts.item.id)
    )
    shown = {"facts": facts, "kind": kind, "back": back, "named": named}
    if facts.sheet is None or facts.sheet.body is None:
        return render_template("placing/unseen.html", **shown)
    strip = render_template("placing/_strip.html", **shown)
    page = facts.sheet.body.replace(MARK, strip, 1)
    return make_response(page)


# Stands in the partner's page for the strip, which is made afterwards in the editor's language.
MARK = "<!-- the strip of the preview -->"


def _as_seen(item: Content, user_id: int, by: Viewer) -> Sheet:
    """Inside the transaction that is undone: the page and the search with the partner's eyes."""
    person = _known_of(user_id, by)
    address = item.address
    with _eyes_of(person):
        found = _in_search(item, person, by)
        body = _page(link(kinds.of(item.kind).endpoint, address=address))
    return Sheet(body, found)


def _known_of(user_id: int, by: Viewer) -> Viewer:
    """The partner, as far as it is the editor's business: all of her for whoever may see as her
    anyhow, else only what both of them read."""
    person = viewers.by_user(user_id)
    if person is None:
        raise NotFound
    person = replace(person, seen_by=by)
    if _may_see_as(person, by):
        return person
    return replace(
        person,
        roles={space: role for space, role in person.roles.items() if by.role_in(space)},
        reviews=person.reviews & by.reviews,
        peers=person.peers & by.peers,
    )


def _may_see_as(person: Viewer, by: Viewer) -> bool:
    return seeing.may_look(by) and seeing.may_be_seen(by, person)


@contextmanager
def _eyes_of(person: Viewer) -> Iterator[None]:
    """Look as somebody else for a while; services refuse meanwhile."""
    kept = {name: g.pop(name, None) for name in ("viewer", "language", "csrf_token")}
    g.viewer, g.preview = person, Markup(MARK)
    look_only()
    try:
        yield
    finally:
        look_only(False)
        for name in ("viewer", "language", "csrf_token", "preview"):
            g.pop(name, None)
        for name, value in kept.items():
            if value is not None:
                setattr(g, name, value)


def _page(path: str) -> str | None:
    """The answer of a page's own view, with a session of its own: no form of it can be sent.

    None when there is no such page for whoever looks.
    """
    environ = {
        name: value
        for name, value in request.environ.items()
        if not name.startswith(("werkzeug.", "flask.", "HTTP_COOKIE"))
    }
    environ |= {"PATH_INFO": path, "QUERY_STRING": "", "REQUEST_METHOD": "GET"}
    with current_app.request_context(environ):
        try:
            answer = make_response(current_app.dispatch_request())
        except HTTPException:
            return None
        whole = answer.status_code == 200 and answer.mimetype == "text/html"
        return answer.get_data(as_text=True) if whole else None


def _in_search(item: Content, person: Viewer, by: Viewer) -> Place:
    """Among what the partner finds by the title's words, in the order that the search gives.

    The index knows the item by its present audience, so it is asked with that too; what is
    shown is what the policy gives the partner now.
    """
    words = item.title
    tokens = person.tokens | policy.audience(item)
    answer = engine().search(Query(words, tokens, clock.now(), limit=HITS))
    results = finding.shown(answer.hits, person)
    if not _may_see_as(person, by):
        own = {(each.shown.kind, each.shown.item_id) for each in finding.shown(answer.hits, by)}
        results = [r for r in results if (r.shown.kind, r.shown.item_id) in own or _is(r, item)]
    mine = next(
        (n for n, each in enumerate(results, 1) if _is(each, item)),
        0,
    )
    begin = max(0, min(mine - 2, len(results) - NEIGHBOURS))
    hits = list(enumerate(results, 1))[begin : begin + NEIGHBOURS] if mine else []
    return Place(words, mine, hits)


def _is(result: Result, item: Content) -> bool:
    return (result.shown.kind, result.shown.item_id) == (item.kind, item.id)

"""The library of practices, a practice's page and its two printed pages."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import Blueprint, Response, render_template, request
from flask import redirect as send_on
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Role, Viewer, current_viewer
from portal.access.doors import signed_in
from portal.content import kinds, listing
from portal.content.models import Life
from portal.content.queries import topics, topics_of
from portal.files import store
from portal.files.names import attachment
from portal.kernel import clock
from portal.kernel.i18n import LANGUAGES, language
from portal.kernel.limits import Limit
from portal.kernel.links import link
from portal.practices import facets, queries, questions
from portal.practices.facets import Asked
from portal.practices.page import Page, linked, paragraphs
from portal.search import finding

bp = Blueprint("practices", __name__, url_prefix="/practices")
# Far above what a person types, far below what would slow others down.
_searches = Limit(10, 1.0)
_papers = Limit(4, 2.0)


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The library: newest first, or best first when words are given."""
    viewer = current_viewer()
    known = topics()
    names = facets.names(known)
    asked = Asked.read(request.args, names)
    held = _holding(viewer, asked.words)
    slugs = {ident: slug for ident, slug, _name in known}
    narrowed = facets.narrow(held.library, slugs, asked.chosen)
    begin = (asked.page - 1) * facets.PAGE
    size, may_write = queries.about(viewer)
    return render_template(
        "practices/index.html",
        asked=asked,
        number=len(narrowed.ids),
        held=held,
        cards=queries.cards(viewer, narrowed.ids[begin : begin + facets.PAGE]),
        facets=facets.facets(asked, narrowed, names),
        chosen=_chosen(asked, names),
        like_mine=_like_mine(asked, size, narrowed, names),
        may_write=may_write,
        region=names["region"].get,
        maturity=facets.maturity_word,
        topic_names={ident: name for ident, _slug, name in known},
        **_pages(asked, len(narrowed.ids)),
    )


class Held(NamedTuple):
    """The practices that hold the words, best first; all of them when there are none."""

    library: Sequence[Any]
    is_whole: bool = True  # whether each holds every word
    is_ready: bool = True  # whether there is an index to ask


def _holding(viewer: Viewer, words: str) -> Held:
    library = queries.library(viewer)
    if not words:
        return Held(library)
    _searches.check(str(viewer.real.user_id))
    answer = finding.holding(viewer, words, "practice")
    by_id = {row.id: row for row in library}
    found = [hit.item_id for hit in answer.hits]
    whole = [by_id[ident] for ident in found[: answer.complete] if ident in by_id]
    some = [by_id[ident] for ident in found if ident in by_id]
    return Held(whole or some, bool(whole) or not some, answer.ready)


def _chosen(asked: Asked, names: facets.Names) -> list[dict[str, str]]:
    """Each choice made, with the address of the same list without it."""
    return [
        {
            "label": names[facet][value],
            "url": link("practices.index", **asked.without(facet, value)),
        }
        for facet, values in asked.chosen.items()
        for value in values
    ]


def _like_mine(
    asked: Asked, size: str, narrowed: facets.Narrowed, names: facets.Names
) -> dict[str, Any] | None:
    """One step to practices of municipalities as large as the viewer's own."""
    if not size or "size" in asked.chosen:
        return None
    number = narrowed.counts["size"][size]
    address = link("practices.index", **asked.address(size=[size]))
    return {"url": address, "size": names["size"][size], "number": number} if number else None


def _pages(asked: Asked, number: int) -> dict[str, str]:
    def to(page: int) -> str:
        return link("practices.index", **asked.address(page=page if page > 1 else None))

    last = min(facets.PAGES_MAX, max(1, -(-number // facets.PAGE)))
    return {
        "prev_url": to(min(asked.page - 1, last)) if asked.page > 1 else "",
        "next_url": to(asked.page + 1) if asked.page < last else "",
        "first_url": to(1),
        "bare_url": link("practices.index", q=asked.words),
    }


@bp.get("/<address>")
@signed_in
def show(address: str) -> ResponseReturnValue:
    """A practice under its slug and number; a reader's old link leads on to the right one."""
    ident = address.rpartition("-")[2]
    if not (ident.isdecimal() and len(ident) < 10):
        raise NotFound
    viewer = current_viewer()
    texts = queries.texts(viewer, int(ident))
    if not texts:
        return _unreleased(int(ident))
    text = _chosen_text(texts)
    right = listing.address(text.id, text.slug)
    if address != right:
        tongue = request.args.get("language")
        return send_on(link("practices.show", address=right, language=tongue), 301)
    edits = viewer.role_in(text.home_id) >= Role.EDITOR
    writes = viewer.role_in(text.home_id) >= Role.CONTRIBUTOR and (
        text.is_shared or text.owner_id == viewer.user_id
    )
    now = clock.now()
    return render_template(
        "practices/show.html",
        page=Page(text, texts),
        item=text,
        files=queries.files(text.revision_id),
        topics=topics_of(text.id),
        questions=questions.on(text, viewer),
        paragraphs=paragraphs,
        linked=linked,
        knows_contact=_knows_contact(viewer, text),
        edits=edits,
        may_edit=edits or writes,
        places=listing.places_of(text.id, viewer) if edits or writes else (),
        is_scheduled=text.visible_from > now,
        is_over=text.visible_until is not None and text.visible_until <= now,
        is_archived=text.life == Life.ARCHIVED,
    )


def _chosen_text(texts: dict[str, Any]) -> Any:
    """The text asked for, else the one in the reader's language, else what there is."""
    wanted = request.args.get("language")
    if wanted in LANGUAGES and wanted in texts:
        return texts[wanted]
    return texts.get(language()) or next(iter(texts.values()))


def _knows_contact(viewer: Viewer, text: Any) -> bool:
    """Whether the contact person's own page opens to the viewer, as people's policy has it."""
    return text.contact_id is not None and (
        text.contact_org == viewer.organisation_id
        or text.is_contact
        or text.contact_id in viewer.peers
    )


def _unreleased(ident: int) -> ResponseReturnValue:
    """Who may read a draft is led to it; for everybody else there is no such page."""
    kinds.fetch_item("practice", ident)
    return send_on(link("practices.review", content_id=ident))


@bp.get("/<int:content_id>/paper.pdf")
@signed_in
def paper(content_id: int) -> ResponseReturnValue:
    """The practice on two pages to print, in the language of its page."""
    from portal.practices import paper as papers  # late: reportlab takes time, readers seldom ask

    viewer = current_viewer()
    texts = queries.texts(viewer, content_id)
    if not texts:
        raise NotFound
    _papers.check(str(viewer.real.user_id))
    text = _chosen_text(texts)
    topic_names = [name for _ident, _slug, name in topics_of(content_id)]
    page = Page(text, texts)
    held = queries.files(text.revision_id)
    first = held.get(page["pictures"][0].get("file")) if page["pictures"] else None
    picture = store.path_of(first.sha256) if first else None
    drawn = papers.draw(page, topic_names, picture)
    response = Response(drawn, mimetype="application/pdf")
    response.headers["Content-Disposition"] = attachment(f"{text.title}.pdf")
    response.headers["Cache-Control"] = "private, no-cache"
    return response

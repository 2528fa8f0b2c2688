"""A document's page: its pages or its text, what is written about it, its file and pictures."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flask import Blueprint, Response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, Role, Viewer, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.content import folders, kinds, listing
from portal.content.models import Content, Revision
from portal.documents import queries, services
from portal.documents.models import DocumentRevision
from portal.documents.sorts import SORTS
from portal.documents.words import states, trouble
from portal.files import readings, store
from portal.files.models import File
from portal.files.names import attachment
from portal.kernel.database import db
from portal.kernel.links import link
from portal.spaces.known import some

bp = Blueprint("documents", __name__, url_prefix="/documents")
SHEETS = ("xlsx", "xls", "ods")
TEXTS_MAX = 60  # sheets of a table whose text stands below their pictures
SHOWN = 20  # pages of the viewer on one page
PAGES_MAX = 1_000_000
TEXTLESS = ("none", "wait")  # sources of a page's text


@bp.get("/<address>")
@signed_in
def show(address: str) -> ResponseReturnValue:
    """A document under its slug and number; an old link leads on to the right one."""
    viewer = current_viewer()
    paper = _paper(viewer, address)
    right = listing.address(paper.id, paper.slug)
    if address != right:
        page = request.args.get("page")
        return redirect(link("documents.show", address=right, page=page), 301)
    first = min(max(request.args.get("page", 1, type=int), 1), PAGES_MAX)
    begin = (first - 1) // SHOWN * SHOWN
    pages = readings.pages(paper.file_id, begin + 1, begin + SHOWN)
    leaves = _leaves(paper, pages)
    if begin >= len(leaves):
        begin = max(len(leaves) - 1, 0) // SHOWN * SHOWN
    shown = _as_drawn(leaves[begin : begin + SHOWN], paper.sha256)
    apart = bool(shown) and shown[0].source == ""  # drawn pages, and the texts below them
    texts = readings.texts(paper.file_id, 1, TEXTS_MAX) if apart else {}
    if shown and not apart:
        texts = readings.shown(pages)
        if not texts.keys() >= {leaf.number for leaf in shown}:  # asked for beyond the last page
            texts = readings.texts(paper.file_id, shown[0].number, shown[-1].number)
    placed = queries.placed(viewer, paper.id)
    places = some(place.space_id for place in placed)
    return render_template(
        "documents/show.html",
        paper=paper,
        leaves=shown,
        all_leaves=len(leaves),
        begin=begin,
        texts=texts,
        is_cut=sum(map(len, texts.values())) >= readings.SHOWN_MAX,
        apart=apart,
        sources=Counter(page.source for page in pages),
        places=places,
        place_name=queries.name,
        trail=_trail(placed, places),
        sort=SORTS.get(paper.sort, ""),
        trouble=trouble(paper.trouble or ""),
        state=states()[paper.state],
        keeps=viewer.role_in(paper.home_id) >= Role.EDITOR,
        **_inside(viewer, paper),
    )


def _inside(viewer: Viewer, paper: Any) -> dict[str, Any]:
    """What those see who edit or review the document; nothing is asked for mere readers."""
    role = viewer.role_in(paper.home_id)
    owns = role >= Role.CONTRIBUTOR and paper.owner_id == viewer.user_id
    edits = role >= Role.EDITOR or owns
    if not edits and paper.home_id not in viewer.reviews:
        return {"edits": False, "work": None, "may": {}, "versions": (), "settled": False}
    item = db.session.get_one(Content, paper.id)
    work = services.at_work(item)
    if work is not None and not may(viewer, Action.READ, work):
        work = None
    return {
        "edits": edits,
        "work": work,
        "work_state": states()[work.state] if work else "",
        "remark": queries.remark(work.id) if work else None,
        "may": _acts(viewer, item, work),
        "versions": queries.versions(paper.id) if edits else (),
        "settled": readings.is_settled(paper.file_id, paper.reading),
        "version_states": states(),
    }


def _paper(viewer: Viewer, address: str) -> Any:
    ident = kinds.number_in(address)
    paper = queries.paper(viewer, ident)
    if paper is None:
        kinds.fetch_item("document", ident)  # tells whoever could read it once
        raise NotFound
    return paper


class Leaf(NamedTuple):
    """A page of the viewer. source: of its text; "" where the texts are not told apart so."""

    number: int
    is_drawn: bool
    source: str = ""


def _leaves(paper: Any, pages: Sequence[Any]) -> list[Leaf]:
    """What the viewer shows one below the other.

    LibreOffice's pages of a letter or a table are not those that the text is told apart by.
    """
    drawn = paper.drawn or 0
    if drawn and (not paper.is_paged or paper.file_kind in SHEETS):
        return [Leaf(number, True) for number in range(1, drawn + 1)]
    if paper.trouble == "damaged":
        # What has no text, or none yet, is most likely drawn blank; a row that says so for each
        # page would bury what is said above them.
        if all(page.source in TEXTLESS for page in pages):
            return []
        return [
            Leaf(p.number, p.number <= drawn and p.source not in TEXTLESS, p.source) for p in pages
        ]
    return [Leaf(p.number, p.number <= drawn, p.source) for p in pages]


def _as_drawn(leaves: Sequence[Leaf], sha256: str) -> list[Leaf]:
    """A page that could not be drawn, or is not yet after a restore, shows no broken picture."""
    folder = store.drawn(sha256)
    return [
        leaf._replace(is_drawn=leaf.is_drawn and (folder / f"{leaf.number}.webp").is_file())
        for leaf in leaves
    ]


def _acts(viewer: Viewer, item: Content, work: DocumentRevision | None) -> dict[str, bool]:
    """Which buttons the viewer is shown for the version at work."""
    if work is None:
        return {}
    in_review = work.state == "in_review"
    own = viewer.user_id in (work.author_id, work.changed_by_id)
    releases = may(viewer, Action.RELEASE, item) and not item.home.review_required
    judges = in_review and may(viewer, Action.REVIEW, item)
    return {
        "judge": judges and not own,
        "own": judges and own and not releases,
        "release": releases,
        "submit": not in_review and not releases and may(viewer, Action.EDIT, item),
        "discard": may(viewer, Action.EDIT, item),
    }


def _trail(placed: Sequence[Any], places: Sequence[Any]) -> list[tuple[str, str]]:
    """Names and addresses from the space down to the document's folder."""
    if not places:
        return []
    slug, row = places[0].slug, placed[0]
    steps = [(row.id, row.name), (row.parent_id, row.above), (row.higher_id, row.higher)]
    if row.highest_id is not None:
        tree = {each.id: each for each in folders.tree(row.space_id)}
        above = tree.get(row.highest_id)
        while above is not None:
            steps.append((above.id, above.name))
            above = tree.get(above.parent_id)
    top = (queries.name(places[0]), link("documents.folder", slug=slug))
    return [top] + [
        (name, link("documents.folder", slug=slug, folder_id=ident))
        for ident, name in reversed(steps)
        if ident is not None
    ]


def version_of(revision_id: int) -> DocumentRevision:
    """A version that the viewer may read; who may not finds none."""
    found = fetch(Revision, revision_id)
    if not isinstance(found, DocumentRevision):
        raise NotFound
    return found


@bp.get("/versions/<int:revision_id>/file")
@signed_in
def download(revision_id: int) -> ResponseReturnValue:
    """The file as it was uploaded, under its own name. Never shown inline: it may be anything."""
    version = version_of(revision_id)
    file = db.session.get_one(File, version.file_id)
    response: Response = send_file(
        store.path_of(file.sha256),
        mimetype=store.safe_type(file.media_type),
        as_attachment=True,
        download_name="file",
        etag=file.sha256,
        conditional=True,
    )
    response.headers["Content-Disposition"] = attachment(file.name)
    return _closed(response)


@bp.get("/versions/<int:revision_id>/pages/<int:number>.webp")
@signed_in
def picture(revision_id: int, number: int) -> ResponseReturnValue:
    """The picture of a page."""
    return _drawn(revision_id, f"{number}.webp")


@bp.get("/versions/<int:revision_id>/thumb.webp")
@signed_in
def thumb(revision_id: int) -> ResponseReturnValue:
    """The small picture of the first page."""
    return _drawn(revision_id, "thumb.webp")


def _drawn(revision_id: int, name: str) -> ResponseReturnValue:
    version = version_of(revision_id)
    file = db.session.get_one(File, version.file_id)
    path: Path = store.drawn(file.sha256) / name
    if not path.is_file():
        raise NotFound
    return _closed(send_file(path, mimetype="image/webp", conditional=True))


def _closed(response: Response) -> Response:
    """Asked again each time, and nothing in it ever runs."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response

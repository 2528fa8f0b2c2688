"""A document's page: its pages or its text, what is written about it, its file and pictures."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, Role, Viewer, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.content import folders, listing
from portal.content.models import Content, Revision
from portal.documents import queries, services
from portal.documents.models import DocumentRevision
from portal.documents.sorts import SORTS
from portal.documents.words import states, trouble
from portal.files import readings, store
from portal.files.models import File
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.links import link
from portal.kernel.text import latin

bp = Blueprint("documents", __name__, url_prefix="/documents")
SHEETS = ("xlsx", "xls", "ods")
SHOWN = 20  # pages of the viewer on one page


@bp.get("/<address>")
@signed_in
def show(address: str) -> ResponseReturnValue:
    """A document under its slug and number; an old link leads on to the right one."""
    viewer = current_viewer()
    paper = _paper(viewer, address)
    right = listing.address(paper.id, paper.slug)
    if address != right:
        return redirect(link("documents.show", address=right, **request.args), 301)
    item = db.session.get_one(Content, paper.id)
    edits = may(viewer, Action.EDIT, item)
    work = services.at_work(item) if edits or may(viewer, Action.REVIEW, item) else None
    if work is not None and not may(viewer, Action.READ, work):
        work = None
    pages = readings.pages(paper.file_id)
    leaves = _leaves(paper, pages)
    first = min(max(request.args.get("page", 1, type=int), 1), max(len(leaves), 1))
    begin = (first - 1) // SHOWN * SHOWN
    places = listing.places_of(paper.id, viewer)
    return render_template(
        "documents/show.html",
        paper=paper,
        leaves=leaves[begin : begin + SHOWN],
        all_leaves=len(leaves),
        begin=begin,
        whole_text=pages if leaves and leaves[0].text is None else (),
        sources=_sources(pages),
        places=places,
        place_name=queries.name,
        trail=_trail(viewer, paper.id),
        work=work,
        work_state=states()[work.state] if work else "",
        remark=queries.remark(work.id) if work else None,
        sort=SORTS.get(paper.sort, ""),
        trouble=trouble(paper.trouble or ""),
        state=states()[paper.state],
        edits=edits,
        keeps=viewer.role_in(paper.home_id) >= Role.EDITOR,
        may=_acts(viewer, item, work),
        now=clock.now(),
        versions=queries.versions(paper.id) if edits else (),
        version_states=states(),
    )


def _paper(viewer: Viewer, address: str) -> Any:
    ident = address.rpartition("-")[2]
    if not ident.isdecimal() or len(ident) > 9:
        raise NotFound
    paper = queries.paper(viewer, int(ident))
    if paper is None:
        raise NotFound
    return paper


class Leaf(NamedTuple):
    """A page of the viewer. text: None where the pages drawn are not those of the texts."""

    number: int
    is_drawn: bool
    text: str | None = None
    source: str = ""


def _leaves(paper: Any, pages: Sequence[Any]) -> list[Leaf]:
    """What the viewer shows one below the other.

    LibreOffice's pages of a letter or a table are not those that the text is told apart by.
    """
    drawn = paper.drawn or 0
    if drawn and (not paper.is_paged or paper.file_kind in SHEETS):
        return [Leaf(number, True) for number in range(1, drawn + 1)]
    broken = paper.trouble == "damaged"
    return [
        Leaf(p.number, p.number <= drawn and not (broken and not p.text), p.text, p.source)
        for p in pages
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


def _sources(pages: Any) -> dict[str, int]:
    """How many pages' text came from where."""
    counted: dict[str, int] = {}
    for page in pages:
        counted[page.source] = counted.get(page.source, 0) + 1
    return counted


def _trail(viewer: Viewer, content_id: int) -> list[tuple[str, str]]:
    """Names and addresses from the space down to the document's folder."""
    found = queries.folder_of(viewer, content_id)
    if found is None:
        return []
    spaces = {space.id: space for space in queries.spaces([found.space_id])}
    space = spaces.get(found.space_id)
    if space is None:
        return []
    steps = [(queries.name(space), link("documents.folder", slug=space.slug))]
    tree = {folder.id: folder for folder in folders.tree(space.id)}
    above: list[tuple[str, str]] = []
    folder = tree.get(found.id)
    while folder is not None:
        url = link("documents.folder", slug=space.slug, folder_id=folder.id)
        above.insert(0, (folder.name, url))
        folder = tree.get(folder.parent_id) if folder.parent_id else None
    return steps + above


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


def attachment(name: str) -> str:
    """The header that saves a file under its Cyrillic name, and under a Latin one in old programs.

    RFC 6266; the Latin form by the official transliteration.
    """
    plain = re.sub(r"[^\w .()-]", "_", latin(name).encode("ascii", "replace").decode())
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"

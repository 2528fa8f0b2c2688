"""Where documents lie: the newest, the spaces, the page of a folder, the trash, many as one ZIP."""

from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Role, Viewer, current_viewer
from portal.access.doors import signed_in
from portal.documents import lists, queries, tree
from portal.documents.tree import Node
from portal.documents.views import bp
from portal.documents.words import states, trouble
from portal.documents.zipping import BYTES_MAX, FILES_MAX, Member, named, stream
from portal.files import store
from portal.files.names import attachment
from portal.kernel import clock
from portal.kernel.i18n import _
from portal.kernel.links import link, number
from portal.kernel.text import tidy
from portal.spaces import queries as spaces
from portal.spaces.queries import Place

NEWEST = 12
NAMES = 3  # of members in the line that says who reads


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The newest documents of all her spaces, what waits for somebody, and the spaces."""
    viewer = current_viewer()
    places = [place for place in spaces.mine(viewer) if place.archived_at is None]
    return render_template(
        "documents/index.html",
        papers=queries.newest(viewer, NEWEST),
        paper_url=queries.paper_url,
        places=places,
        place_name=queries.name,
        tops=tree.tops([place.id for place in places]),
        at_work=queries.at_work(viewer) if _contributes(viewer) else (),
        edits=bool(viewer.params["edits"]),
        states=states(),
        trouble=trouble,
    )


def _contributes(viewer: Viewer) -> bool:
    return bool(viewer.params["contributes"] or viewer.params["reviews"])


def space_of(viewer: Viewer, slug: str) -> Place:
    """A space that the viewer reads; an administrator's keeping of it opens no document."""
    place = spaces.by_slug(viewer, slug)
    if place is None or place.role < Role.READER:
        raise NotFound
    return place


def node_of(nodes: dict[int | None, Node], folder_id: int | None) -> Node:
    node = nodes.get(folder_id)
    if node is None:
        raise NotFound
    return node


@bp.get("/in/<slug>")
@bp.get("/in/<slug>/<int:folder_id>")
@signed_in
def folder(slug: str, folder_id: int | None = None) -> ResponseReturnValue:
    """A folder's documents and folders, with the tree beside them; the space's own without one."""
    viewer = current_viewer()
    space = space_of(viewer, slug)
    nodes = tree.of_space(viewer, space.id, space.name)
    node = node_of(nodes, folder_id)
    tree.open_at(node)
    sort = request.args.get("sort", "changed")
    sort = sort if sort in lists.SORTINGS else "changed"
    words = tidy(request.args.get("q"))[:100]
    page = lists.folder_page(
        viewer,
        space.id,
        node,
        order=sort,
        words=words,
        number=request.args.get("page", 1, type=number),
    )
    return render_template(
        "documents/folder.html",
        space=space,
        node=node,
        top=nodes[None],
        page=page,
        asked={"q": words, "sort": sort if sort != "changed" else None},
        sort=sort,
        numbers=_numbers(page.number, page.last),
        who=_who(viewer, space),
        edits=space.role >= Role.EDITOR,
        contributes=space.role >= Role.CONTRIBUTOR,
        paper_url=queries.paper_url,
        states=states(),
        trouble=trouble,
        limit=current_app.config["DOCUMENT_LIMIT_MB"],
        plain_limit=current_app.config["UPLOAD_LIMIT_MB"],
        url=tree.url,
    )


def _numbers(here: int, last: int) -> list[int | None]:
    """The pages that a pager names; None for those that it leaves out."""
    wanted = sorted({1, last, *range(max(1, here - 1), min(last, here + 1) + 1)})
    found: list[int | None] = []
    for each in wanted:
        if found and each - (found[-1] or 0) > 1:
            found.append(None)
        found.append(each)
    return found


def _who(viewer: Viewer, space: Place) -> dict[str, tuple[list[str], int]]:
    """Who reads the space and who puts documents into it: some names, and how many more."""
    members = spaces.members(viewer, space, everybody=False)
    writers = [each.name for each in members if each.role >= Role.CONTRIBUTOR]
    # Organisations and groups first: they say more than the name of a person who is in them.
    readers = [each.name for each in sorted(members, key=lambda each: each.kind == "user")]
    return {
        "reads": (readers[:NAMES], len(readers[NAMES:])),
        "writes": (writers[:NAMES], len(writers[NAMES:])),
    }


@bp.get("/trash")
@signed_in
def thrown_away() -> ResponseReturnValue:
    """Documents in the trash of the spaces that she edits."""
    papers = queries.trash(current_viewer())
    return render_template("documents/trash.html", papers=papers, place_name=queries.name)


@bp.get("/zip")
@signed_in
def download_many() -> ResponseReturnValue:
    """The files of these documents (`id`, several times) as one ZIP, as far as she reads them."""
    ids = request.args.getlist("id", type=number)[: FILES_MAX + 1]
    found = queries.files(current_viewer(), ids)
    if not found:
        raise NotFound
    return _zip(_("Documents"), [_member(row, ()) for row in found], link("documents.index"))


@bp.get("/in/<slug>/zip")
@bp.get("/in/<slug>/<int:folder_id>/zip")
@signed_in
def download_folder(slug: str, folder_id: int | None = None) -> ResponseReturnValue:
    """A folder with all that is in it and below it as one ZIP, as far as she reads it."""
    viewer = current_viewer()
    space = space_of(viewer, slug)
    nodes = tree.of_space(viewer, space.id, space.name)
    node = node_of(nodes, folder_id)
    files = tree.files_below(viewer, space.id, node, FILES_MAX + 1)
    back = tree.url(slug, folder_id)
    members = [_member(row, _folders(nodes[row.folder_id], node)) for row in files]
    if not members:
        flash(_("There is nothing to download here."), "error")
        return redirect(back)
    return _zip(node.name, members, back)


def _folders(inner: Node, outer: Node) -> tuple[str, ...]:
    """The names of the folders between two of them, the inner one's last."""
    steps = [*inner.above, inner] if inner.id is not None else []
    return tuple(step.name for step in steps[len(outer.above) + (outer.id is not None) :])


def _member(row: Any, folders: tuple[str, ...]) -> Member:
    return Member(store.path_of(row.sha256), folders, row.name, row.size)


def _zip(name: str, members: list[Member], back: str) -> ResponseReturnValue:
    if len(members) > FILES_MAX or sum(each.size for each in members) > BYTES_MAX:
        text = _("At most %(n)s files of 2 GB together can be downloaded at once.", n=FILES_MAX)
        flash(text, "error")
        return redirect(back)
    # Everything is known before the first byte, so no database connection waits for the reader.
    now = clock.local(clock.now())
    response = Response(stream(named(members), now), mimetype="application/zip")
    response.headers["Content-Disposition"] = attachment(f"{name}, {now:%Y-%m-%d}.zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response

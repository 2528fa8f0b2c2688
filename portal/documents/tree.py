"""The tree of a space's folders with what the viewer finds in each, and the files below one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select

from portal.access import Viewer
from portal.content import folders
from portal.content.models import Content, Folder, Life, Placement
from portal.content.policy import policy
from portal.content.queries import params
from portal.documents.models import DocumentRevision
from portal.documents.queries import CURRENT, KIND
from portal.files.models import File
from portal.kernel.database import rows
from portal.kernel.links import link

# What a space's lists hold; they walk its placements by folder.
IN_LISTS = (
    Placement.space_id == bindparam("space_id"),
    KIND,
    Content.life != Life.ARCHIVED,
    policy.readable_there,
)
_COUNTS = (
    select(Placement.folder_id, func.count().label("n"))
    .join(Content, Content.id == Placement.content_id)
    .where(*IN_LISTS)
    .group_by(Placement.folder_id)
)
_TOPS = (
    select(Folder.id, Folder.space_id, Folder.name)
    .where(Folder.space_id.in_(bindparam("space_ids", expanding=True)), Folder.parent_id.is_(None))
    .order_by(Folder.name_key)
)
# The space outside of folders is bound as folder 0.
_FILES = (
    select(Content.id, File.name, File.sha256, File.size, Placement.folder_id)
    .join(Placement, Placement.content_id == Content.id)
    .join(DocumentRevision, CURRENT)
    .join(File, File.id == DocumentRevision.file_id)
    .where(
        *IN_LISTS,
        or_(
            Placement.folder_id.in_(bindparam("folder_ids", expanding=True)),
            (bindparam("top") == 1) & Placement.folder_id.is_(None),
        ),
    )
    .order_by(Content.id)
    .limit(bindparam("limit"))
)


@dataclass(slots=True)
class Node:
    """A folder with the ones in it. `papers`: documents in itself that the viewer reads."""

    id: int | None  # None: the space outside of folders
    name: str
    parent: "Node | None" = None
    papers: int = 0
    children: list["Node"] = field(default_factory=list)
    is_open: bool = False  # it or a folder in it is the one that the page shows

    @property
    def above(self) -> list["Node"]:
        """The folders that it lies in, the topmost first; without the space."""
        found: list[Node] = []
        node = self.parent
        while node is not None and node.id is not None:
            found.insert(0, node)
            node = node.parent
        return found

    @property
    def depth(self) -> int:
        return len(self.above)

    def walk(self) -> Iterator["Node"]:
        """Itself and every folder below it, as a reader of the tree meets them."""
        yield self
        for child in self.children:
            yield from child.walk()


def of_space(viewer: Viewer, space_id: int, name: str) -> dict[int | None, Node]:
    """Every folder of a space that the viewer reads, by number; the space itself as None.

    Two statements.
    """
    counted = rows(_COUNTS, params(viewer, space_id=space_id))
    papers = {row.folder_id: row.n for row in counted}
    top = Node(None, name, papers=papers.get(None, 0))
    nodes: dict[int | None, Node] = {None: top}
    found = folders.tree(space_id)
    for row in found:
        nodes[row.id] = Node(row.id, row.name, papers=papers.get(row.id, 0))
    for row in found:  # in order of names, so children come in order too
        node, parent = nodes[row.id], nodes.get(row.parent_id, top)
        node.parent = parent
        parent.children.append(node)
    return nodes


def url(slug: str, folder_id: int | None, about: str = "folder", /, **query: Any) -> str:
    """The address of a folder's page, or of the space's own; about: another endpoint."""
    here = {} if folder_id is None else {"folder_id": folder_id}
    return link(f"documents.{about}", slug=slug, **here, **query)


def open_at(node: Node) -> None:
    """Mark a folder and those above it as shown."""
    step: Node | None = node
    while step is not None:
        step.is_open = True
        step = step.parent


def tops(space_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """The topmost folders of spaces that the viewer reads, by space."""
    found: dict[int, list[Row[Any]]] = {}
    for row in rows(_TOPS, {"space_ids": list(space_ids)}):
        found.setdefault(row.space_id, []).append(row)
    return found


def files_below(viewer: Viewer, space_id: int, node: Node, limit: int) -> Sequence[Row[Any]]:
    """Name, hash, size and folder of the files in a folder and below it, as far as she reads."""
    ids = [each.id for each in node.walk() if each.id is not None]
    values = {"space_id": space_id, "folder_ids": ids, "top": int(node.id is None)}
    return rows(_FILES, params(viewer, limit=limit, **values))

"""The tree of a space's pages, as far as its viewer reads them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from portal.access import Viewer
from portal.accounts.queries import reader_name
from portal.content.listing import address
from portal.kernel.links import link
from portal.pages import queries


@dataclass(slots=True)
class Node:
    """A page with those under it. The root is the space itself and has no number."""

    id: int = 0
    title: str = ""
    slug: str = ""
    is_template: bool = False
    is_draft: bool = False  # never released
    changed_at: datetime | None = None
    changed_by: str = ""
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    is_open: bool = False  # it or a page under it is the one that is shown

    @property
    def url(self) -> str:
        return link("pages.show", address=address(self.id, self.slug))

    @property
    def above(self) -> list["Node"]:
        """The pages that it stands under, the topmost first."""
        found: list[Node] = []
        node = self.parent
        while node is not None and node.id:
            found.insert(0, node)
            node = node.parent
        return found

    @property
    def depth(self) -> int:
        return len(self.above)

    @property
    def beside(self) -> list["Node"]:
        """Itself and those beside it, in their order."""
        return self.parent.children if self.parent is not None else [self]

    def walk(self) -> Iterator["Node"]:
        """Every page under it, as a reader of the tree meets them."""
        for child in self.children:
            yield child
            yield from child.walk()


def of_space(viewer: Viewer, space_id: int) -> dict[int, Node]:
    """Every page of a space that the viewer reads, by number; the root as 0. One statement.

    A page under one that she may not read stands under the nearest one that she may.
    """
    found = {row.id: row for row in queries.tree_rows(viewer, space_id)}
    nodes = {0: Node()}
    for row in found.values():
        if row.title is not None:
            nodes[row.id] = Node(
                id=row.id,
                title=row.title,
                slug=row.slug,
                is_template=row.is_template,
                is_draft=row.life == "unpublished",
                changed_at=row.changed_at,
                changed_by=reader_name(row) if row.given else "",
            )
    for row in found.values():  # in the order of their places, so children come in order too
        if row.id in nodes:
            parent = nodes[_nearest(row.parent_id, found, nodes)]
            nodes[row.id].parent = parent
            parent.children.append(nodes[row.id])
    return nodes


def _nearest(ident: int | None, found: Mapping[int, Row[Any]], nodes: Mapping[int, Node]) -> int:
    """The nearest page above that is shown; 0 for the top."""
    for _step in range(len(found)):
        if ident is None or ident not in found:
            return 0
        if ident in nodes:
            return ident
        ident = found[ident].parent_id
    return 0


def open_at(node: Node) -> None:
    """Mark a page and those above it as shown."""
    step: Node | None = node
    while step is not None:
        step.is_open = True
        step = step.parent

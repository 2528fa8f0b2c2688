"""Where pages stand in the tree of their space: added, moved, and left by those above them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal import audit
from portal.access import Action, Viewer, may, require
from portal.content.models import Content, Life
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.pages.models import Page

FIRST, LAST = 0, -1  # where among those under a page, beside the number of the one before


def page_of(space_id: int, ident: int | None, by: Viewer) -> Page | None:
    """A page of a space for a new one to stand under; None for the top. Refused at `under`."""
    if not ident:
        return None
    item = db.session.get(Content, ident)
    page = db.session.get(Page, ident)
    if item is None or page is None or item.home_id != space_id or not may(by, Action.READ, item):
        raise Refused("under", _("There is no such page in this space any more. Choose another."))
    return page


def add(item: Content, above: Page | None) -> Page:
    """Put a new page last under another one; part of writing it."""
    parents = _parents(item.home_id)
    if above is not None and _depth(above.content_id, parents) >= Page.DEPTH_MAX:
        raise Refused("under", _too_deep())
    page = Page(content_id=item.id, parent_id=above.content_id if above else None)
    page.position = _next(item.home_id, page.parent_id)
    db.session.add(page)
    db.session.flush()
    return page


@transaction
def move(item: Content, under: int | None, after: int = LAST, *, by: Viewer) -> None:
    """Put a page with all under it elsewhere in the tree of its space.

    under: the number of a page, None for the top; after: of the one before it there, FIRST or
    LAST. Raises Refused at `under` for a circle or a tree that is too deep, at `after` when that
    page stands elsewhere.
    """
    require(by, Action.EDIT, item)
    page = db.session.get_one(Page, item.id)
    above = page_of(item.home_id, under, by)
    parents = _parents(item.home_id)
    if above is not None:
        way = _way(above.content_id, parents)
        if item.id in way:
            words = _("A page cannot stand under itself or under one of its own subpages.")
            raise Refused("under", words)
        if len(way) + _height(item.id, parents) > Page.DEPTH_MAX:
            raise Refused("under", _too_deep())
    target = above.content_id if above is not None else None
    rest = [each for each in _under(item.home_id, target) if each is not page]
    page.parent_id = target
    rest.insert(_place(rest, after), page)
    _number(rest)
    audit.record("page.move", "content", item.id, by=by)


def _place(rest: list[Page], after: int) -> int:
    if after == FIRST:
        return 0
    if after == LAST:
        return len(rest)
    for number, each in enumerate(rest, 1):
        if each.content_id == after:
            return number
    raise Refused("after", _("That page does not stand there. Choose one that does."))


@transaction
def step(item: Content, by_how_much: int, *, by: Viewer) -> None:
    """Move a page up (-1) or down (1) among those beside it; at the ends nothing happens."""
    require(by, Action.EDIT, item)
    page = db.session.get_one(Page, item.id)
    beside = _under(item.home_id, page.parent_id)
    at = next((n for n, each in enumerate(beside) if each is page), None)
    if at is None:
        return
    to = min(max(at + by_how_much, 0), len(beside) - 1)
    if to != at:
        beside.insert(to, beside.pop(at))
        _number(beside)
        audit.record("page.move", "content", item.id, by=by)


def left(item: Any, _by: Viewer | None) -> None:
    """A step of an item, before it goes to the trash: the pages under it move up one."""
    page = db.session.get(Page, item.id)
    if page is None:
        return
    children = list(
        db.session.scalars(
            select(Page)
            .where(Page.parent_id == page.content_id)
            .order_by(Page.position, Page.content_id)
        )
    )
    if not children:
        return
    rest = _under(item.home_id, page.parent_id)
    at = rest.index(page) + 1 if page in rest else len(rest)
    for child in children:
        child.parent_id = page.parent_id
    rest[at:at] = children
    _number(rest)


def back(item: Any, _by: Viewer | None) -> None:
    """A step of an item, before it leaves the trash. What stands above it may have been moved
    deeper, since nobody who moved a page there could see this one: then it stands as deep as it
    may."""
    page = db.session.get(Page, item.id)
    if page is None or page.parent_id is None:
        return
    above = _way(page.parent_id, _parents(item.home_id))
    if len(above) >= Page.DEPTH_MAX:
        page.parent_id = above[1 - Page.DEPTH_MAX]
        page.position = _next(item.home_id, page.parent_id)


def _under(space_id: int, parent_id: int | None) -> list[Page]:
    """Those that stand under a page, or at the top, in their order; without the trash."""
    return list(
        db.session.scalars(
            select(Page)
            .join(Content, Content.id == Page.content_id)
            .where(
                Content.home_id == space_id,
                Content.life != Life.TRASHED,
                Page.parent_id == parent_id if parent_id else Page.parent_id.is_(None),
            )
            .order_by(Page.position, Page.content_id)
        )
    )


def _next(space_id: int, parent_id: int | None) -> int:
    """The position of a page that comes last there."""
    beside = _under(space_id, parent_id)
    return beside[-1].position + 1 if beside else 0


def _number(pages: list[Page]) -> None:
    for position, page in enumerate(pages):
        page.position = position


def _parents(space_id: int) -> dict[int, int | None]:
    """Under which page each one of a space stands; without the trash, which counts for nothing."""
    found = (
        select(Page.content_id, Page.parent_id)
        .join(Content, Content.id == Page.content_id)
        .where(Content.home_id == space_id, Content.life != Life.TRASHED)
    )
    return {row.content_id: row.parent_id for row in db.session.execute(found)}


def _way(ident: int, parents: Mapping[int, int | None]) -> list[int]:
    """A page and those above it."""
    way: list[int] = []
    step: int | None = ident
    while step is not None and step not in way:
        way.append(step)
        step = parents.get(step)
    return way


def _depth(ident: int, parents: Mapping[int, int | None]) -> int:
    return len(_way(ident, parents))


def _height(ident: int, parents: Mapping[int, int | None]) -> int:
    """How many pages stand one under the other from this one down, itself counted."""
    return max(
        (way.index(ident) + 1 for each in parents if ident in (way := _way(each, parents))),
        default=1,
    )


def _too_deep() -> str:
    return _("Pages can stand %(n)s deep at most. Choose one nearer to the top.", n=Page.DEPTH_MAX)

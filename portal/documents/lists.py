"""The documents of a folder, page by page: first the place in the order, then what is shown.

A folder may hold ten thousand, so only the fifty of a page are joined with file, reading and
author, and nothing is counted that the tree of folders has counted already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, or_, select

from portal.access import Viewer
from portal.accounts.models import User
from portal.content.models import Content, Life, Placement
from portal.content.policy import policy
from portal.content.queries import params
from portal.documents.models import DocumentRevision
from portal.documents.queries import COLUMNS, CURRENT, KIND
from portal.documents.tree import Node
from portal.files.models import File, FileReading
from portal.kernel.database import first, rows

PAGE = 50  # documents on one page
_newest = (DocumentRevision.changed_at.desc(), DocumentRevision.id.desc())
_title = (func.lower(DocumentRevision.title), DocumentRevision.id)
SORTINGS: dict[str, tuple[Any, ...]] = {
    "changed": _newest,
    "title": _title,
    "dated": (DocumentRevision.dated.desc().nulls_last(), *_newest),
    "number": (DocumentRevision.reg_number, *_title),
}
# A PostgreSQL with the locale C lowers Latin letters only, so Cyrillic ones are tried as people
# write them.
_SPELT = ("typed", "upper", "capital")
_WORDS = or_(
    *(
        wording
        for column in (DocumentRevision.title, DocumentRevision.reg_number)
        for wording in (
            func.lower(column).like(bindparam("lower"), escape="/"),
            *(column.like(bindparam(name), escape="/") for name in _SPELT),
        )
    )
)


def _found(column: Any, is_top: bool, is_filtered: bool) -> Select[*tuple[Any, ...]]:
    folder = Placement.folder_id
    found = (
        select(column)
        .select_from(Placement)
        .join(Content, Content.id == Placement.content_id)
        .join(DocumentRevision, CURRENT)
        .where(
            Placement.space_id == bindparam("space_id"),
            folder.is_(None) if is_top else folder == bindparam("folder_id"),
            KIND,
            Content.life != Life.ARCHIVED,
            policy.readable,
        )
    )
    return found.where(_WORDS) if is_filtered else found


def _page(order: tuple[Any, ...], is_top: bool, is_filtered: bool) -> Select[*tuple[Any, ...]]:
    place = (
        _found(DocumentRevision.id, is_top, is_filtered)
        .order_by(*order)
        .limit(PAGE)
        .offset(bindparam("offset"))
        .subquery()
    )
    return (
        select(*COLUMNS)
        .select_from(Content)
        .join(DocumentRevision, DocumentRevision.content_id == Content.id)
        .join(File, File.id == DocumentRevision.file_id)
        .outerjoin(FileReading, FileReading.file_id == File.id)
        .join(User, User.id == DocumentRevision.author_id)
        .where(DocumentRevision.id.in_(select(place.c.id)))
        .order_by(*order)
    )


_KINDS = [(is_top, is_filtered) for is_top in (True, False) for is_filtered in (True, False)]
_PAGES = {(name, *kind): _page(order, *kind) for name, order in SORTINGS.items() for kind in _KINDS}
_COUNTS = {is_top: _found(func.count(), is_top, True) for is_top in (True, False)}


@dataclass(frozen=True, slots=True)
class FolderPage:
    """One page of a folder's documents, and how many there are in all."""

    papers: Sequence[Row[Any]]
    total: int
    number: int  # of the page, from 1

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PAGE))


def folder_page(
    viewer: Viewer, space_id: int, node: Node, *, order: str, words: str, number: int
) -> FolderPage:
    """The documents of a folder, or of a space outside of folders; at most two statements.

    order: a key of SORTINGS. words: a part of the title or registration number.
    """
    values = params(viewer, space_id=space_id)
    if node.id is not None:
        values["folder_id"] = node.id
    total = node.papers
    if words:
        values |= _patterns(words)
        counted = first(_COUNTS[node.id is None], values)
        total = counted[0] if counted else 0
    number = min(max(number, 1), max(1, -(-total // PAGE)))
    statement = _PAGES[order, node.id is None, bool(words)]
    return FolderPage(rows(statement, {**values, "offset": (number - 1) * PAGE}), total, number)


def _patterns(words: str) -> dict[str, str]:
    for sign in "/%_":
        words = words.replace(sign, f"/{sign}")
    spelt = {
        "typed": words,
        "lower": words.lower(),
        "upper": words.upper(),
        "capital": words[:1].upper() + words[1:].lower(),
    }
    return {name: f"%{text}%" for name, text in spelt.items()}

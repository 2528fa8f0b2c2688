"""The documents of a folder, page by page: first the place in the order, then what is shown.

A folder may hold ten thousand, so only the fifty of a page are joined with file, reading and
author, and nothing is counted that the tree of folders has counted already. What most lists are
ordered by stands with the item itself: their texts are not looked at either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, or_, select

from portal.access import Viewer
from portal.accounts.models import User
from portal.content.models import Content, Placement
from portal.content.queries import params
from portal.documents.models import DocumentRevision
from portal.documents.queries import COLUMNS, CURRENT
from portal.documents.tree import IN_LISTS, Node
from portal.files.models import File, FileReading
from portal.kernel.database import rows

PAGE = 50  # documents on one page
_newest = (Content.changed_at.desc(), Content.id.desc())
_title = (func.lower(Content.title), Content.id)
SORTINGS: dict[str, tuple[Any, ...]] = {
    "changed": _newest,
    "title": _title,
    "dated": (DocumentRevision.dated.desc().nulls_last(), *_newest),
    "number": (DocumentRevision.reg_number, *_title),
}
_OF_TEXTS = ("dated", "number")
# A PostgreSQL with the locale C lowers Latin letters only, so Cyrillic ones are tried as people
# write them.
_SPELT = ("typed", "upper", "capital")
_NAMES = Content.title + "\n" + DocumentRevision.reg_number
_WORDS = or_(
    *(_NAMES.like(bindparam(name), escape="/") for name in _SPELT),
    func.lower(_NAMES).like(bindparam("lower"), escape="/"),
)


def _found(order: str, is_top: bool, is_filtered: bool) -> Select[int]:
    """The documents in order: those of one page, or all that hold the words."""
    folder = Placement.folder_id
    found = select(Content.id).select_from(Placement)
    found = found.join(Content, Content.id == Placement.content_id)
    if is_filtered or order in _OF_TEXTS:
        found = found.join(DocumentRevision, CURRENT)
    found = found.where(
        *IN_LISTS, folder.is_(None) if is_top else folder == bindparam("folder_id")
    ).order_by(*SORTINGS[order])
    if is_filtered:
        return found.where(_WORDS)
    return found.limit(PAGE).offset(bindparam("offset"))


_FOUND = {
    (order, is_top, is_filtered): _found(order, is_top, is_filtered)
    for order in SORTINGS
    for is_top in (True, False)
    for is_filtered in (True, False)
}
_PAPERS = (
    select(*COLUMNS, Content.changed_at.label("shown_at"))
    .select_from(Content)
    .join(DocumentRevision, CURRENT)
    .join(File, File.id == DocumentRevision.file_id)
    .outerjoin(FileReading, FileReading.file_id == File.id)
    .join(User, User.id == DocumentRevision.author_id)
    .where(Content.id.in_(bindparam("ids", expanding=True)))
)


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
    """The documents of a folder, or of a space outside of folders; two statements.

    order: a key of SORTINGS. words: a part of the title or registration number.
    """
    values = params(viewer, space_id=space_id)
    if node.id is not None:
        values["folder_id"] = node.id
    statement = _FOUND[order, node.id is None, bool(words)]
    if words:
        found = [row.id for row in rows(statement, {**values, **_patterns(words)})]
        total, number = len(found), _within(len(found), number)
        found = found[(number - 1) * PAGE : number * PAGE]
    else:
        total, number = node.papers, _within(node.papers, number)
        found = [row.id for row in rows(statement, {**values, "offset": (number - 1) * PAGE})]
    papers = {row.id: row for row in rows(_PAPERS, {"ids": found})}
    return FolderPage([papers[ident] for ident in found if ident in papers], total, number)


def _within(total: int, number: int) -> int:
    return min(max(number, 1), max(1, -(-total // PAGE)))


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

"""Documents in the search box: by title, number, what is written about them, and every word."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, bindparam, select

from portal.accounts.models import Group, User
from portal.content.listing import Item
from portal.content.models import RELEASED, Content, Life, State
from portal.content.policy import policy
from portal.documents.models import DocumentRevision
from portal.documents.sorts import SORTS
from portal.files.icons import icon_of
from portal.files.models import File, FilePage, FileReading
from portal.kernel import clock
from portal.kernel.database import db, rows
from portal.kernel.i18n import MONTHS, _, _l
from portal.search.language import BORDER
from portal.search.protocol import SearchDocument, Shown, apart
from portal.search.texts import ContentSearch

NOON = time(12)
PASSAGE_MAX = 20_000  # characters of a page that a passage is cut from

_VERSIONS = (
    select(
        DocumentRevision.content_id,
        DocumentRevision.state,
        DocumentRevision.number,
        DocumentRevision.title,
        DocumentRevision.summary,
        DocumentRevision.reg_number,
        DocumentRevision.dated,
        DocumentRevision.file_id,
        File.name,
        FileReading.kind,
        FileReading.is_paged,
        FileReading.pages,
    )
    .join(File, File.id == DocumentRevision.file_id)
    .outerjoin(FileReading, FileReading.file_id == File.id)
    .where(DocumentRevision.content_id.in_(bindparam("ids", expanding=True)))
)
_TEXTS = select(FilePage.file_id, FilePage.number, FilePage.text).where(
    FilePage.file_id.in_(bindparam("files", expanding=True)),
    FilePage.number.in_(bindparam("numbers", expanding=True)),
)


class DocumentSearch(ContentSearch):
    """Readers find the released version, insiders of a document without one the draft."""

    kind = "document"
    label: Any = _l("Documents")
    icon = "file-text"

    def document(self, item_id: int) -> SearchDocument | None:
        item = db.session.get(Content, item_id)
        if item is None or item.kind != self.kind or item.life == Life.TRASHED:
            return None
        version = _current(item_id)
        if version is None:
            return None
        file = db.session.get_one(File, version.file_id)
        author = db.session.get_one(User, version.author_id)
        return SearchDocument(
            kind=self.kind,
            item_id=item.id,
            title=version.title,
            text=version.summary + BORDER,
            pages=_pages(file.id),
            audience=policy.audience(item),
            spaces=frozenset(place.space_id for place in item.placements),
            date=_date(version, item),
            visible_from=item.visible_from,
            visible_until=item.visible_until,
            language=version.language,
            names=apart(_names(version, file)),
            organisation=author.organisation_id,
            author=author.id,
            tags=frozenset(filter(None, version.tags.casefold().split(", "))),
        )

    def show_items(self, found: Sequence[Item], pages: Mapping[int, int]) -> dict[int, Shown]:
        versions = _shown_versions([item.id for item in found])
        texts = _texts(versions, pages)
        shown = {}
        for item in found:
            version = versions.get(item.id)
            if version is None:
                continue
            page = pages.get(item.id, 0)
            # The index may speak of an earlier reading, which had more pages.
            numbered = page if version.is_paged and page <= (version.pages or 0) > 1 else 0
            facts = (version.reg_number, (version.kind or "").upper(), item.space_name)
            shown[item.id] = Shown(
                kind=self.kind,
                item_id=item.id,
                title=version.title,
                url=f"{item.url}?page={numbered}#page{numbered}" if numbered else item.url,
                text=_flowing(texts.get((version.file_id, page or 1), ""), version.kind)
                or version.summary,
                place=_("page %(n)s", n=numbered) if numbered else "",
                icon=icon_of(version.kind),
                facts=tuple(filter(None, facts)),
                date=item.visible_from,
            )
        return shown


def _date(version: DocumentRevision, item: Content) -> Any:
    """The day on the paper, at noon of the town hall, else when it appeared."""
    if version.dated is not None:
        return clock.from_local(datetime.combine(version.dated, NOON))
    return item.visible_from or item.changed_at


def _names(version: DocumentRevision, file: File) -> list[str]:
    unit = db.session.get(Group, version.unit_id) if version.unit_id else None
    return [
        version.reg_number,
        version.issuer,
        version.tags,
        _day(version.dated) if version.dated else "",
        str(SORTS[version.sort]) if version.sort else "",
        f"{unit.name_bg} {unit.name_en}" if unit else "",
        file.name.replace("_", " "),
    ]


def _day(day: date) -> str:
    """The day on the paper as people ask for it: 03.02.2026, 3 февруари 2026."""
    return f"{day:%d.%m.%Y} {day.day} {MONTHS['bg'].split()[day.month - 1]} {day.year}"


def _pages(file_id: int) -> list[str]:
    """The texts of pages 1, 2, …; a page that was not read is an empty one."""
    read = select(FilePage.number, FilePage.text).where(FilePage.file_id == file_id)
    texts = {row.number: row.text for row in db.session.execute(read)}
    return [texts.get(number, "") for number in range(1, max(texts, default=0) + 1)]


def _current(item_id: int) -> DocumentRevision | None:
    """The released version; before the first release the one at work."""
    found = list(
        db.session.scalars(
            select(DocumentRevision)
            .where(DocumentRevision.content_id == item_id)
            .order_by(DocumentRevision.number.desc())
        )
    )
    released = [version for version in found if version.state in RELEASED]
    in_review = [version for version in found if version.state == State.IN_REVIEW]
    return next(iter(released or in_review or found), None)


def _shown_versions(ids: list[int]) -> dict[int, Row[Any]]:
    if not ids:
        return {}
    best: dict[int, tuple[tuple[bool, bool, int], Row[Any]]] = {}
    for row in rows(_VERSIONS, {"ids": ids}):
        rank = (row.state in RELEASED, row.state == State.IN_REVIEW, row.number)
        if row.content_id not in best or rank > best[row.content_id][0]:
            best[row.content_id] = (rank, row)
    return {ident: row for ident, (_rank, row) in best.items()}


def _flowing(text: str, kind: str | None) -> str:
    """On a drawn page a line ends where the paper does, elsewhere where a paragraph does."""
    return text.replace("\n", " ") if kind in ("pdf", "image") else text


def _texts(versions: dict[int, Row[Any]], pages: Mapping[int, int]) -> dict[tuple[int, int], str]:
    """The page that is shown of each, the first one where only the title answers."""
    wanted = {(row.file_id, pages.get(ident) or 1) for ident, row in versions.items()}
    if not wanted:
        return {}
    files, numbers = map(list, map(set, zip(*wanted, strict=True)))
    found = rows(_TEXTS, {"files": files, "numbers": numbers})
    return {
        (row.file_id, row.number): row.text[:PASSAGE_MAX]
        for row in found
        if (row.file_id, row.number) in wanted
    }

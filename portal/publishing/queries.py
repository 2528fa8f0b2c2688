"""What an item was made from, and what was made from it: one statement for both."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Row, and_, bindparam, case, null, or_, select
from sqlalchemy.orm import aliased

from portal.access import Viewer
from portal.content import kinds
from portal.content.listing import address
from portal.content.models import RELEASED, Content, Life, Revision
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel.database import rows
from portal.kernel.links import link
from portal.publishing.models import Derivation

_ID = bindparam("id", type_=Integer)
_Taken, _Newest = aliased(Revision), aliased(Revision)
# Content is the other end. Its title and address are told to whoever may read it, and nobody else.
_TIES = (
    select(
        Derivation.content_id,
        Derivation.source_id,
        Derivation.source_revision_id,
        Derivation.revision_id,
        Content.kind,
        Content.life,
        case((policy.readable, Content.title), else_=null()).label("title"),
        Content.slug,
        _Taken.number.label("taken"),
        _Newest.id.label("newest_id"),
        _Newest.number.label("newest"),
    )
    .outerjoin(
        Content,
        Content.id
        == case((Derivation.content_id == _ID, Derivation.source_id), else_=Derivation.content_id),
    )
    .outerjoin(_Taken, _Taken.id == Derivation.source_revision_id)
    .outerjoin(
        _Newest,
        and_(
            _Newest.content_id == Derivation.source_id,
            _Newest.language == _Taken.language,
            _Newest.state.in_(RELEASED),
        ),
    )
    .where(or_(Derivation.content_id == _ID, Derivation.source_id == _ID))
    .order_by(Derivation.revision_id.desc())
)


@dataclass(frozen=True)
class Source:
    """What an item was made from. title: "" for who may not read it; version: of its text then."""

    id: int
    title: str
    url: str
    version: int
    newest: int  # its version that readers see now; 0: none
    newest_id: int
    taken_id: int  # the text that was taken
    state: str  # there, trashed, gone

    @property
    def has_moved_on(self) -> bool:
        return self.state == "there" and self.newest > self.version


@dataclass(frozen=True)
class Made:
    """An item that was made from another, and that the viewer may read."""

    title: str
    url: str
    label: str  # of its kind


def ties(viewer: Viewer, content_id: int) -> tuple[Source | None, list[Made]]:
    """The source of an item, and what was made from the item, as far as the viewer reads that."""
    found = rows(_TIES, params(viewer, id=content_id))
    own = next((row for row in found if row.content_id == content_id), None)
    made: dict[int, Made] = {}
    for row in found:
        if row.source_id == content_id and row.title is not None:
            label = str(kinds.of(row.kind).label)
            made.setdefault(row.content_id, Made(row.title, _url(row, row.content_id), label))
    return (_source(own) if own is not None else None), list(made.values())


def _source(row: Row[Any]) -> Source:
    gone = row.source_id is None or row.taken is None
    trashed = not gone and row.life == Life.TRASHED
    return Source(
        id=row.source_id or 0,
        title=row.title or "",
        url=_url(row, row.source_id) if row.title else "",
        version=row.taken or 0,
        newest=row.newest or 0,
        newest_id=row.newest_id or 0,
        taken_id=row.source_revision_id or 0,
        state="gone" if gone else "trashed" if trashed else "there",
    )


def _url(row: Row[Any], ident: int) -> str:
    return link(kinds.of(row.kind).endpoint, address=address(ident, row.slug))

"""What entries hold: their proofs, as their readers may see them, and their figures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, and_, bindparam, select

from portal.access import Viewer
from portal.communication.models import Entry, Figure, Proof
from portal.communication.policy import policy
from portal.content import kinds, listing
from portal.content.models import Content
from portal.content.policy import policy as content_policy
from portal.content.queries import params
from portal.files.models import File
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.kernel.links import full, link

_PROOFS = (
    select(
        Proof.id, Proof.entry_id, Proof.kind, Proof.title, Proof.url, Proof.alt, Proof.licence,
        Proof.people, Proof.dated, Proof.file_id,
        File.name.label("file_name"), File.size, File.width, File.height, File.sha256,
        Content.id.label("content_id"), Content.kind.label("content_kind"), Content.slug,
        Content.title.label("content_title"), Content.title_en,
    )
    .join(Entry, Entry.id == Proof.entry_id)
    .outerjoin(File, File.id == Proof.file_id)
    # A text of the portal is named to those alone who may read it.
    .outerjoin(Content, and_(Content.id == Proof.content_id, content_policy.readable))
    .where(Proof.entry_id.in_(bindparam("ids", expanding=True)), policy.readable)
    .order_by(Proof.entry_id, Proof.id)
)  # fmt: skip
_FIGURES = (
    select(
        Figure.id, Figure.entry_id, Figure.name, Figure.unit, Figure.planned, Figure.reached,
        Figure.source, Figure.dated,
    )
    .join(Entry, Entry.id == Figure.entry_id)
    .where(Figure.entry_id.in_(bindparam("ids", expanding=True)), policy.readable)
    .order_by(Figure.entry_id, Figure.id)
)  # fmt: skip


@dataclass
class Shown:
    """A proof as its readers see it. url: where it leads, "" when it leads nowhere for them."""

    id: int
    kind: str
    title: str
    url: str
    is_photo: bool
    row: Any = field(repr=False)

    @property
    def full_url(self) -> str:
        """Where it leads from outside the portal, as from a document."""
        return full(self.url) if self.url.startswith("/") else self.url


@dataclass
class Held:
    """The proofs and figures of entries, by the number of the entry."""

    proofs: dict[int, list[Shown]] = field(default_factory=dict)
    figures: dict[int, list[Row[Any]]] = field(default_factory=dict)


def held_by(viewer: Viewer, ids: Sequence[int]) -> Held:
    """What proves entries and what they reached: two statements."""
    found = Held()
    if ids:
        values = params(viewer, ids=list(ids))
        for row in rows(_PROOFS, values):
            found.proofs.setdefault(row.entry_id, []).append(_proof(row))
        for row in rows(_FIGURES, values):
            found.figures.setdefault(row.entry_id, []).append(row)
    return found


def _proof(row: Row[Any]) -> Shown:
    title, url = row.title, row.url
    if row.content_id is not None:
        title = (language() == "en" and row.title_en) or row.content_title
        at = listing.address(row.content_id, row.slug)
        url = link(kinds.of(row.content_kind).endpoint, address=at)
    elif row.file_id is not None and not url:
        url = link("files.show", file_id=row.file_id)
    return Shown(row.id, row.kind, title, url, row.kind == "photo", row)

"""What the pages of documents show: rows of chosen columns from statements built once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from portal.access import Role, Viewer
from portal.accounts.models import Group, User
from portal.content.listing import address
from portal.content.models import OPEN, RELEASED, Content, Decision, Folder, Life, Placement, State
from portal.content.policy import policy
from portal.content.queries import params
from portal.documents.models import DocumentRevision
from portal.files.models import File, FileReading
from portal.kernel.database import first, rows
from portal.kernel.i18n import language
from portal.kernel.links import link
from portal.spaces.models import Space

KIND = Content.kind == "document"
# The version that lists speak of: the released one, before the first release the one at work.
CURRENT = and_(
    DocumentRevision.content_id == Content.id,
    or_(
        DocumentRevision.state.in_(RELEASED),
        and_(Content.visible_from.is_(None), DocumentRevision.state.in_(OPEN)),
    ),
)
COLUMNS = (
    Content.id,
    Content.slug,
    Content.life,
    Content.home_id,
    Content.owner_id,
    Content.visible_from,
    Content.visible_until,
    DocumentRevision.id.label("revision_id"),
    DocumentRevision.title,
    DocumentRevision.summary,
    DocumentRevision.number,
    DocumentRevision.state,
    DocumentRevision.sort,
    DocumentRevision.reg_number,
    DocumentRevision.dated,
    DocumentRevision.changed_at,
    DocumentRevision.author_id,
    File.id.label("file_id"),
    File.name.label("file_name"),
    File.size,
    FileReading.kind.label("file_kind"),
    FileReading.state.label("reading"),
    FileReading.pages,
    FileReading.is_paged,
    FileReading.trouble,
    FileReading.has_macros,
    FileReading.drawn,
    User.given,
    User.family,
    User.given_latin,
    User.family_latin,
)


def _papers(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*(columns or COLUMNS))
        .select_from(Content)
        .join(DocumentRevision, CURRENT)
        .join(File, File.id == DocumentRevision.file_id)
        .outerjoin(FileReading, FileReading.file_id == File.id)
        .join(User, User.id == DocumentRevision.author_id)
    )


def paper_url(paper: Any, **more: Any) -> str:
    return link("documents.show", address=address(paper.id, paper.slug), **more)


_NEWEST = (
    _papers(*COLUMNS, Space.name_bg, Space.name_en, Space.slug.label("space_slug"))
    .join(Space, Space.id == Content.home_id)
    .where(KIND, policy.listed)
    .order_by(Content.visible_from.desc(), Content.id.desc())
    .limit(bindparam("limit"))
)


def newest(viewer: Viewer, limit: int) -> Sequence[Row[Any]]:
    """What was put before the viewer last, in all her spaces.

    `name` gives no space's name that is none of her business: ask `role_in(home_id)` first.
    """
    return rows(_NEWEST, params(viewer, limit=limit))


_AT_WORK = (
    select(
        Content.id, Content.slug, Content.home_id, DocumentRevision.title,
        DocumentRevision.state, DocumentRevision.changed_at, DocumentRevision.author_id,
        DocumentRevision.number, Space.name_bg, Space.name_en,
        User.given, User.family, User.given_latin, User.family_latin,
    )
    .join(DocumentRevision, DocumentRevision.content_id == Content.id)
    .join(User, User.id == DocumentRevision.changed_by_id)
    .join(Space, Space.id == Content.home_id)
    .where(
        KIND,
        Content.life != Life.TRASHED,
        DocumentRevision.state.in_(OPEN),
        or_(
            and_(
                Content.owner_id == bindparam("viewer_id"),
                Content.home_id.in_(bindparam("contributes", expanding=True)),
            ),
            Content.home_id.in_(bindparam("edits", expanding=True)),
            and_(
                Content.home_id.in_(bindparam("reviews", expanding=True)),
                DocumentRevision.state == State.IN_REVIEW,
            ),
        ),
    )
    .order_by(DocumentRevision.changed_at.desc())
    .limit(200)
)  # fmt: skip


def at_work(viewer: Viewer) -> Sequence[Row[Any]]:
    """Versions not released yet that the viewer wrote, edits or reviews."""
    return rows(_AT_WORK, params(viewer))


_TRASH = (
    select(Content.id, Content.title, Content.trashed_at, Space.name_bg, Space.name_en)
    .join(Space, Space.id == Content.home_id)
    .where(
        KIND, Content.life == Life.TRASHED, Content.home_id.in_(bindparam("edits", expanding=True))
    )
    .order_by(Content.trashed_at.desc())
    .limit(200)
)


def trash(viewer: Viewer) -> Sequence[Row[Any]]:
    """Documents in the trash of the spaces that she edits."""
    return rows(_TRASH, params(viewer))


_PAPER = (
    _papers(
        *COLUMNS,
        DocumentRevision.issuer,
        DocumentRevision.tags,
        DocumentRevision.note,
        DocumentRevision.saves,
        DocumentRevision.released_at,
        DocumentRevision.unit_id,
        File.sha256,
        FileReading.read_at,
        Group.name_bg.label("unit_bg"),
        Group.name_en.label("unit_en"),
    )
    .outerjoin(Group, Group.id == DocumentRevision.unit_id)
    .where(Content.id == bindparam("id"), KIND, policy.readable)
)


def paper(viewer: Viewer, content_id: int) -> Row[Any] | None:
    """The version that readers see, before the first release the one at work; None for strangers.

    An insider of a document whose version is at work beside a released one sees the released one.
    """
    return first(_PAPER, params(viewer, id=content_id))


_VERSIONS = (
    select(
        DocumentRevision.id,
        DocumentRevision.number,
        DocumentRevision.state,
        DocumentRevision.title,
        DocumentRevision.note,
        DocumentRevision.created_at,
        DocumentRevision.released_at,
        DocumentRevision.file_id,
        DocumentRevision.author_id,
        File.name.label("file_name"),
        File.size,
        User.given,
        User.family,
        User.given_latin,
        User.family_latin,
    )
    .join(File, File.id == DocumentRevision.file_id)
    .join(User, User.id == DocumentRevision.author_id)
    .where(DocumentRevision.content_id == bindparam("id"))
    .order_by(DocumentRevision.number.desc())
)


def versions(content_id: int) -> Sequence[Row[Any]]:
    """Every version, the newest first; asked only by pages whose viewer edits the document."""
    return rows(_VERSIONS, {"id": content_id})


_REMARK = (
    select(
        Decision.at,
        Decision.remark,
        User.given,
        User.family,
        User.given_latin,
        User.family_latin,
    )
    .join(User, User.id == Decision.by_id)
    .where(Decision.revision_id == bindparam("revision_id"), Decision.verdict == "returned")
    .order_by(Decision.id.desc())
    .limit(1)
)


def remark(revision_id: int) -> Row[Any] | None:
    """Why a version was returned, for those who work on it."""
    return first(_REMARK, {"revision_id": revision_id})


# With the two folders above: few lie deeper, so that few pages ask for the tree.
_Above, _Higher = aliased(Folder), aliased(Folder)
_PLACED = (
    select(
        Placement.space_id, Folder.id, Folder.name, Folder.parent_id,
        _Above.name.label("above"), _Above.parent_id.label("higher_id"),
        _Higher.name.label("higher"), _Higher.parent_id.label("highest_id"),
    )
    .outerjoin(Folder, Folder.id == Placement.folder_id)
    .outerjoin(_Above, _Above.id == Folder.parent_id)
    .outerjoin(_Higher, _Higher.id == _Above.parent_id)
    .where(Placement.content_id == bindparam("id"))
    .order_by(Placement.is_home.desc(), Placement.space_id)
)  # fmt: skip


def placed(viewer: Viewer, content_id: int) -> Sequence[Row[Any]]:
    """Where the viewer finds a document, space and folder: its home first if she reads it."""
    found = rows(_PLACED, {"id": content_id})
    return [row for row in found if viewer.role_in(row.space_id) >= Role.READER]


_FILES = _papers(Content.id, File.name, File.sha256, File.size).where(
    KIND, policy.readable, Content.id.in_(bindparam("ids", expanding=True))
)


def files(viewer: Viewer, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Name, hash and size of the files of these documents, as far as she may read them."""
    return rows(_FILES, params(viewer, ids=list(ids)))


def name(row: Any) -> str:
    """A row's name in the reader's language."""
    return str((row.name_en if language() == "en" else row.name_bg) or row.name_bg)

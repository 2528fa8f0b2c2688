"""What the library and a practice's page show: rows from statements built once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, String, and_, bindparam, cast, exists, select
from sqlalchemy.sql.functions import aggregate_strings

from portal.access import Viewer
from portal.accounts.models import Organisation, User
from portal.accounts.regions import size_of
from portal.content.listing import COLUMNS, address
from portal.content.models import RELEASED, Content, ContentTopic
from portal.content.policy import policy
from portal.content.queries import params
from portal.files.models import Attachment, File, FileReading
from portal.kernel.database import first, rows
from portal.kernel.i18n import language
from portal.kernel.links import link
from portal.practices.models import Practice, PracticeRevision
from portal.practices.services import HOMES
from portal.spaces.models import Space

KIND = Content.kind == "practice"
_NEWEST_FIRST = (Content.visible_from.desc(), Content.id.desc())

# ── The library ─────────────────────────────────────────────────────────

_TOPICS = (
    select(aggregate_strings(cast(ContentTopic.topic_id, String), ","))
    .where(ContentTopic.content_id == Content.id)
    .correlate(Content)
    .scalar_subquery()
)
# Of every practice that the viewer may find; facets count them, so they cannot stop at a page.
_LIBRARY = (
    select(
        Content.id,
        _TOPICS,
        Practice.nuts3,
        Practice.size,
        Practice.maturity,
        Practice.failed,
        Practice.study_visit,
        Content.title_en.is_not(None),
    )
    .join(Practice, Practice.content_id == Content.id)
    .where(KIND, policy.listed)
    .order_by(*_NEWEST_FIRST)
)
_CARDS = (
    select(
        *COLUMNS,
        Practice.failed,
        Practice.nuts3,
        Practice.maturity,
        Practice.study_visit,
        _TOPICS.label("topics"),
        PracticeRevision.language,
        PracticeRevision.record["settlement"].as_string().label("settlement"),
        Organisation.name_bg,
        Organisation.name_en,
    )
    .join(Practice, Practice.content_id == Content.id)
    .join(Organisation, Organisation.id == Practice.organisation_id)
    .join(PracticeRevision, PracticeRevision.content_id == Content.id)
    .where(
        KIND,
        policy.listed,
        Content.id.in_(bindparam("ids", expanding=True)),
        PracticeRevision.state.in_(RELEASED),
    )
)
_SELF = select(
    Organisation.population,
    exists()
    .where(
        Space.id.in_(bindparam("contributes", expanding=True)),
        Space.kind.in_(HOMES),
        Space.archived_at.is_(None),
    )
    .label("writes"),
).where(Organisation.id == bindparam("viewer_org"))


def library(viewer: Viewer) -> Sequence[Row[Any]]:
    """What facets ask of every practice that the viewer may find, the newest first.

    Number of the item, numbers of its topics as «3,7», district, size, maturity, whether it
    failed, whether it offers a visit, whether it has an English text.
    """
    return rows(_LIBRARY, params(viewer))


class Card:
    """A practice in the library's list."""

    def __init__(self, row: Row[Any]) -> None:
        english = language() == "en"
        self.id = row.id
        self.title = (english and row.title_en) or row.title
        self.summary = (english and row.summary_en) or row.summary
        self.url = link("practices.show", address=address(row.id, row.slug))
        self.cover_id = row.cover_id
        self.visible_from = row.visible_from
        self.organisation = (english and row.name_en) or row.name_bg
        self.settlement = row.settlement or ""
        self.nuts3 = row.nuts3
        self.maturity = row.maturity
        self.failed = row.failed
        self.study_visit = row.study_visit
        self.topics = [int(each) for each in (row.topics or "").split(",") if each]


def cards(viewer: Viewer, ids: Sequence[int]) -> list[Card]:
    """The practices with these numbers, in their order."""
    if not ids:
        return []
    tongue = language()
    found: dict[int, Row[Any]] = {}
    for row in rows(_CARDS, params(viewer, ids=list(ids))):
        if row.id not in found or row.language == tongue:
            found[row.id] = row
    return [Card(found[ident]) for ident in ids if ident in found]


def about(viewer: Viewer) -> tuple[str, bool]:
    """The size of the viewer's own municipality, and whether she may write practices."""
    row = first(_SELF, viewer.params)
    return (size_of(row.population), bool(row.writes)) if row else ("", False)


# ── A practice's page ───────────────────────────────────────────────────

_PRACTICE = (
    select(
        Content.id,
        Content.slug,
        Content.life,
        Content.home_id,
        Content.owner_id,
        Content.is_shared,
        Content.visible_from,
        Content.visible_until,
        PracticeRevision.id.label("revision_id"),
        PracticeRevision.language,
        PracticeRevision.number,
        PracticeRevision.title,
        PracticeRevision.summary,
        PracticeRevision.released_at,
        PracticeRevision.record,
        Organisation.name_bg,
        Organisation.name_en,
        Organisation.city,
        Organisation.population,
        User.id.label("contact_id"),
        User.given,
        User.family,
        User.given_latin,
        User.family_latin,
        User.position,
        User.position_en,
        User.email,
        User.phone,
        User.is_contact,
        User.organisation_id.label("contact_org"),
        User.retired_at.label("contact_left"),
    )
    .join(PracticeRevision, PracticeRevision.content_id == Content.id)
    .join(Practice, Practice.content_id == Content.id)
    .join(Organisation, Organisation.id == Practice.organisation_id)
    .outerjoin(User, User.id == PracticeRevision.record["contact"].as_integer())
    .where(
        and_(Content.id == bindparam("id"), KIND),
        PracticeRevision.state.in_(RELEASED),
        policy.readable,
    )
    .order_by(PracticeRevision.language)
)
_FILES = (
    select(
        File.id,
        File.sha256,
        File.name,
        File.size,
        File.width,
        File.height,
        FileReading.kind,
    )
    .join(Attachment, Attachment.file_id == File.id)
    .outerjoin(FileReading, FileReading.file_id == File.id)
    .where(Attachment.revision_id == bindparam("revision_id"))
)


def texts(viewer: Viewer, content_id: int) -> dict[str, Row[Any]]:
    """The released texts of a practice by language, Bulgarian first; none for strangers."""
    return {row.language: row for row in rows(_PRACTICE, params(viewer, id=content_id))}


def files(revision_id: int) -> dict[int, Row[Any]]:
    """The files of a text by number; asked only by pages that its policy opened."""
    return {row.id: row for row in rows(_FILES, {"revision_id": revision_id})}

"""Lists that hold content of every kind: rows, never entities."""

from typing import Any

from sqlalchemy import bindparam, select

from portal.access import Viewer
from portal.content.models import ContentTopic, Decision, Remark, Revision, RevisionTopic, Topic
from portal.kernel import clock
from portal.kernel.database import rows
from portal.kernel.i18n import language


def params(viewer: Viewer, **values: Any) -> dict[str, Any]:
    """What every policy's SQL form binds: the viewer's values and the clock."""
    return {**viewer.params, "now": clock.now(), **values}


_TOPICS = select(Topic.id, Topic.slug, Topic.name_bg, Topic.name_en).order_by(Topic.name_bg)
_TOPICS_OF = (
    select(Topic.id, Topic.slug, Topic.name_bg, Topic.name_en)
    .join(ContentTopic, ContentTopic.topic_id == Topic.id)
    .where(ContentTopic.content_id == bindparam("content_id"))
    .order_by(Topic.name_bg)
)


def topics() -> list[tuple[int, str, str]]:
    """Every topic: number, slug, name in the reader's language."""
    return [_named(row) for row in rows(_TOPICS)]


def topics_of(content_id: int) -> list[tuple[int, str, str]]:
    return [_named(row) for row in rows(_TOPICS_OF, {"content_id": content_id})]


_TOPICS_ASKED = (
    select(Topic.id, Topic.slug, Topic.name_bg, Topic.name_en)
    .join(RevisionTopic, RevisionTopic.topic_id == Topic.id)
    .where(RevisionTopic.revision_id == bindparam("revision_id"))
    .order_by(Topic.name_bg)
)


def topic_names(revision: Revision) -> str:
    """The topics that a text asks for, by name."""
    found = rows(_TOPICS_ASKED, {"revision_id": revision.id})
    return ", ".join(_named(row)[2] for row in found)


def _named(row: Any) -> tuple[int, str, str]:
    return row.id, row.slug, row.name_en if language() == "en" else row.name_bg


_REMARKS_AT = (
    select(Remark.field, Remark.text, Decision.at, Decision.by_id)
    .join(Decision, Decision.id == Remark.decision_id)
    .where(Decision.revision_id == bindparam("revision_id"))
    .order_by(Decision.id.desc(), Remark.id)
)


def remarks_at(revision_id: int) -> dict[str, list[Any]]:
    """The reviewers' words on a text by field, the newest first."""
    found: dict[str, list[Any]] = {}
    for row in rows(_REMARKS_AT, {"revision_id": revision_id}):
        found.setdefault(row.field, []).append(row)
    return found

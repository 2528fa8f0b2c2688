"""The notices of one person, newest first; and which mails told of an item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, select, union_all

from portal.access import Viewer
from portal.kernel import clock
from portal.kernel.database import first, rows
from portal.kernel.links import NUMBER_MAX
from portal.notify import notices
from portal.notify.models import Delivery, Notice
from portal.notify.notices import Line
from portal.notify.spreading import about

PAGE = 30
_COLUMNS = (
    Notice.id,
    Notice.kind,
    Notice.about,
    Notice.version,
    Notice.content_id,
    Notice.facts,
    Notice.at,
    Notice.read_at,
)
_LATEST = (
    select(*_COLUMNS)
    .where(
        Notice.user_id == bindparam("viewer_id"),
        Notice.id < bindparam("before"),
        Notice.is_hidden.is_(False),
    )
    .order_by(Notice.id.desc())
    .limit(bindparam("limit"))
)
_ONE = select(*_COLUMNS).where(
    Notice.id == bindparam("ident"), Notice.user_id == bindparam("viewer_id")
)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as the page shows it."""

    id: int
    at: Any
    label: str
    line: Line
    is_new: bool


@dataclass
class Page:
    """A page of notices by day. newest: the highest number on it; before: where the next begins."""

    days: list[tuple[date, list[Told]]]
    newest: int = 0
    before: int | None = None


def page(viewer: Viewer, before: int | None) -> Page:
    """The viewer's notices below a number, newest first. A statement, and one of each package."""
    values = {
        "viewer_id": viewer.user_id,
        "before": before or NUMBER_MAX,
        "limit": PAGE + 1,
    }
    found = rows(_LATEST, values)
    here = found[:PAGE]
    return Page(
        _by_day(here, notices.lines(here, viewer)),
        newest=here[0].id if here else 0,
        before=here[-1].id if len(found) > PAGE else None,
    )


def _by_day(found: Sequence[Row[Any]], lines: dict[int, Line]) -> list[tuple[date, list[Told]]]:
    days: list[tuple[date, list[Told]]] = []
    for row in found:
        line, kind = lines.get(row.id), notices.kind_of(row.kind)
        if line is None or kind is None:
            continue
        day = clock.local(row.at).date()
        if not days or days[-1][0] != day:
            days.append((day, []))
        days[-1][1].append(Told(row.id, row.at, str(kind.label), line, row.read_at is None))
    return days


def line_of(viewer: Viewer, ident: int) -> Line | None:
    """One of the viewer's notices as she may see it now; None for anybody else's."""
    row = first(_ONE, {"ident": ident, "viewer_id": viewer.user_id or 0})
    return notices.lines([row], viewer).get(ident) if row is not None else None


# ── Whom an item reached ─────────────────────────────────────────────────

_FATE = (Delivery.user_id, Delivery.state, Delivery.sent_at, Delivery.error)
_AT_ONCE = select(*_FATE, Delivery.version, Delivery.id).where(
    Delivery.content_id == bindparam("content_id"), Delivery.subject_key == bindparam("about")
)
_IN_A_DIGEST = (
    select(*_FATE, Notice.version, Delivery.id)
    .join(Notice, Notice.delivery_id == Delivery.id)
    .where(Notice.content_id == bindparam("content_id"), Notice.about == bindparam("about"))
)
_DELIVERIES = union_all(_AT_ONCE, _IN_A_DIGEST).order_by("version", "id")


def deliveries_of(content_id: int) -> Sequence[Row[Any]]:
    """The mails that told of an item itself, not of words on it: at once, or in a digest.

    A row for each person and version, the latest last: `user_id`, `state` (see Delivery),
    `sent_at`, `error`, `version`. For the report on whom the item reached, which checks who asks.
    """
    return rows(_DELIVERIES, {"content_id": content_id, "about": about(content_id)})


# Not when she opened it: who read an item is counted, never named.
_TOLD = (
    select(Notice.user_id)
    .distinct()
    .where(Notice.content_id == bindparam("content_id"), Notice.about == bindparam("about"))
)


def told_of(content_id: int) -> set[int]:
    """Whom the portal told of an item itself."""
    asked = {"content_id": content_id, "about": about(content_id)}
    return {row.user_id for row in rows(_TOLD, asked)}

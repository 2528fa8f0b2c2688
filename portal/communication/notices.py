"""Whoever answers for an entry is told, the morning after, that its day went by."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select

from portal import jobs
from portal.access import Viewer
from portal.communication import queries
from portal.communication.models import Entry
from portal.communication.services import FEATURE, KIND
from portal.kernel import clock
from portal.kernel.database import rows
from portal.kernel.i18n import _l, long_date, ngettext
from portal.kernel.text import excerpt
from portal.kernel.transaction import transaction
from portal.notify import notices
from portal.notify.notices import Line
from portal.spaces import known
from portal.spaces.readers import by_space

NOTICE = "plan_late"
LATELY = timedelta(days=30)  # a day that went by before that was told long ago
_LATE = select(Entry.id, Entry.space_id, Entry.owner_id, Entry.due_on.label("due_on")).where(
    queries.is_late, Entry.due_on >= bindparam("since")
)


@transaction
def tell_of_late() -> None:
    """Tell each owner once of each day that went by; who left the space is told nothing."""
    found = rows(_LATE, {**queries.days(), "since": clock.today() - LATELY})
    closed = {
        each.id
        for each in known.known().values()
        if each.archived_at is not None or FEATURE not in each.features.split()
    }
    readers = by_space({row.space_id for row in found})
    for row in found:
        if row.space_id in closed or row.owner_id not in readers.get(row.space_id, ()):
            continue
        # Put off and late again is told again.
        version = row.due_on.toordinal()
        notices.tell([row.owner_id], NOTICE, f"{KIND}:{row.id}", version=version, entry=row.id)


def lines(found: Sequence[Any], viewer: Viewer) -> Mapping[int, Line]:
    """The lines of notices on entries that are late still. One statement."""
    entries = {
        each.id: each for each in queries.some(viewer, [notice.facts["entry"] for notice in found])
    }
    shown = {}
    for notice in found:
        entry = entries.get(notice.facts["entry"])
        if entry is not None and entry.is_late and entry.due_on is not None:
            words = ngettext(
                "It was planned for %(day)s and is %(n)s day late.",
                "It was planned for %(day)s and is %(n)s days late.",
                entry.days_late,
                day=long_date(entry.due_on),
            )
            shown[notice.id] = Line(excerpt(entry.message, 120), entry.url, words)
    return shown


def install() -> None:
    notices.register(NOTICE, _l("What is late in a communication plan"), lines, "daily")
    jobs.daily(tell_of_late)

"""The number at the bell leaves out what its owner may not read any more.

The page of notices asks the policy each time it is opened. The number stands in the person's own
row, so that it costs no statement, and the worker keeps it true: some seconds after an item was
changed, placed or trashed, a minute after people, groups or spaces changed, an hour after what
only the clock changes (the end of an item's time, of an agreement). What may be read again is
counted again.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import current_app
from sqlalchemy import bindparam, func, select, update

from portal.access.models import Site
from portal.audit.models import Change
from portal.content.models import Content
from portal.content.readers import Readers
from portal.kernel.database import db, first, rows
from portal.kernel.transaction import transaction
from portal.notify import notices
from portal.notify.models import Notice

SOON = 5.0  # seconds between two looks at the change log
LATER = 60.0  # seconds between two looks at every item, when people or spaces changed
MANY = 5_000  # rows written by one statement


@dataclass
class _Seen:
    """How far a worker has looked."""

    change: int = 0
    site: int = 0
    looked_at: float = field(default=-LATER)
    swept_at: float = field(default=-LATER)


_LAST = select(
    select(func.max(Change.id)).scalar_subquery().label("change"),
    select(Site.version).where(Site.id == 1).scalar_subquery().label("site"),
)
_CHANGED = (
    select(Change.item_id)
    .distinct()
    .where(
        Change.id > bindparam("since"),
        Change.id <= bindparam("until"),
        Change.item_id.in_(select(Notice.content_id).where(Notice.read_at.is_(None))),
    )
)
_UNREAD = select(Notice.content_id).distinct().where(
    Notice.read_at.is_(None), Notice.content_id.is_not(None)
)  # fmt: skip
_TOLD = select(Notice.id, Notice.user_id, Notice.is_hidden).where(
    Notice.content_id == bindparam("content_id"), Notice.read_at.is_(None)
)


def follow() -> bool:
    """A turn of the worker: look at what changed since the last look; whether it wrote anything."""
    seen: _Seen = current_app.extensions.setdefault("hiding", _Seen())
    now = time.monotonic()
    if now < seen.looked_at + SOON:
        return False
    seen.looked_at = now
    last = first(_LAST)
    if last is None or last.site is None:
        return False
    change = last.change or 0
    if last.site != seen.site and now >= seen.swept_at + LATER:
        seen.site, seen.change, seen.swept_at = last.site, change, now
        return sweep()
    if change == seen.change:
        return False
    changed = rows(_CHANGED, {"since": seen.change, "until": change})
    seen.change = change
    return _settle_all(row.item_id for row in changed)


def sweep() -> bool:
    """Look at every item of which somebody has an unread notice; whether it wrote anything."""
    return _settle_all(row.content_id for row in rows(_UNREAD))


def _settle_all(content_ids: Iterable[int]) -> bool:
    """Each item in a transaction of its own: nobody who writes waits for all of them."""
    ids = list(content_ids)
    wrote = False
    if ids:
        readers = Readers()
        for ident in ids:
            wrote = _settle(ident, readers) or wrote
    db.session.rollback()
    return wrote


def _settle(content_id: int, readers: Readers) -> bool:
    item = db.session.get(Content, content_id)
    if item is None:
        return False
    may_read = readers.of(item)
    found = rows(_TOLD, {"content_id": content_id})
    lost = [row for row in found if not row.is_hidden and row.user_id not in may_read]
    regained = [row for row in found if row.is_hidden and row.user_id in may_read]
    if lost or regained:
        _write([row.id for row in lost], [row.id for row in regained])
    return bool(lost or regained)


@transaction
def _write(hidden: list[int], shown: list[int]) -> None:
    people: set[int] = set()
    for ids, is_hidden in ((hidden, True), (shown, False)):
        for start in range(0, len(ids), MANY):
            changed = (
                update(Notice)
                .where(Notice.id.in_(ids[start : start + MANY]))
                .values(is_hidden=is_hidden)
                .returning(Notice.user_id)
                .execution_options(synchronize_session=False)
            )
            people.update(db.session.scalars(changed))
    notices.count_anew(people)

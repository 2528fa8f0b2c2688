"""Following the change log, rebuilding, and noting who was searched for.

The index is a copy: whatever happens to it, `follow` and `rebuild` make it true again from the
database. So nothing here writes to the database but the journal.
"""

import logging
import time
from collections.abc import Iterable, Iterator

from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError

from portal import audit
from portal.jobs import failpoint
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.search import queries, registry
from portal.search.protocol import Engine, Key, Progress, SearchDocument

log = logging.getLogger(__name__)
BATCH = 300  # changes followed in one commit of the index
QUIET = 15.0  # seconds without a change after which the index is tidied
BLOCKED = 5.0  # seconds until writing is tried again after it failed
CROWDED = 40  # writes after which it is tidied anyhow
BATCH_SIZE = 20_000_000  # characters of text after which it is enough: they lie in memory
AGAIN = 600.0  # seconds until an item that was left out is tried again
AGAIN_MAX = 10_000  # of them that are remembered


def engine() -> Engine:
    """This app's engine."""
    found: Engine = current_app.extensions["search"]
    return found


def follow() -> bool:
    """Bring the index up to the change log by one batch; False when it was there already.

    Without a usable index, or with one that is ahead of the database (a backup was restored), it
    is rebuilt.
    """
    if time.monotonic() < _Pace.blocked_until:
        return False
    try:
        return _follow(engine())
    except OSError as error:
        # A full disk, most likely. Mail and the other jobs go on; the index catches up later.
        db.session.rollback()
        _Pace.blocked_until = time.monotonic() + BLOCKED
        log.error("the index cannot be written", extra={"facts": {"problem": repr(error)}})
        return False
    except Exception:
        # Whatever it is, the worker's other work must not stand still for it.
        db.session.rollback()
        _Pace.blocked_until = time.monotonic() + BLOCKED
        log.exception("the index cannot be followed")
        return False


def _follow(index: Engine) -> bool:
    db.session.rollback()  # a fresh look at the database
    cursor = index.cursor()
    if cursor is None:
        rebuild()
        if index.cursor() is None:
            raise OSError("the index cannot be read though it was written just now")
        return True
    changes = queries.changes_after(cursor, BATCH)
    if not changes:
        if queries.newest_change() < cursor:
            log.warning("the index is ahead of the database and is rebuilt")
            rebuild()
            return True
        return _try_again(index, cursor)
    failpoint.here("follow.read")
    found: dict[Key, SearchDocument | None] = {}
    reached, size = cursor, 0
    for change in changes:
        key = (change.kind, change.item_id)
        if key not in found:
            found[key] = document = load(key)
            size += document.size if document else 0
        reached = change.id
        if size > BATCH_SIZE:
            break
    db.session.rollback()
    db.session.expunge_all()
    failpoint.here("follow.loaded")
    written = index.write(
        [document for document in found.values() if document is not None],
        [key for key, document in found.items() if document is None],
        since=cursor,
        cursor=reached,
    )
    _remember(index.left_out())
    if written:
        _Pace.at, _Pace.writes = time.monotonic(), _Pace.writes + 1
        facts = {"changes": reached - cursor, "items": len(found), "cursor": reached}
        log.info("index followed", extra={"facts": facts})
    return True


def _try_again(index: Engine, cursor: int) -> bool:
    """Index what was left out some minutes ago: the fault may have passed. False: nothing is."""
    now, left_out = time.monotonic(), _left_out()
    due = [key for key, at in left_out.items() if at <= now][:BATCH]
    for key in due:
        del left_out[key]  # it is noted anew if it fails again
    found = {key: load(key) for key in due}
    db.session.rollback()
    db.session.expunge_all()
    if not found:
        return False
    index.write(
        [document for document in found.values() if document is not None],
        [key for key, document in found.items() if document is None],
        since=cursor,
        cursor=cursor,
    )
    _remember(index.left_out())
    return True


def _left_out() -> dict[Key, float]:
    """The items that this process left out, and when to try each again."""
    found: dict[Key, float] = current_app.extensions.setdefault("search left out", {})
    return found


def _remember(keys: Iterable[Key]) -> None:
    left_out = _left_out()
    for key in keys:
        if len(left_out) < AGAIN_MAX:
            left_out[key] = time.monotonic() + AGAIN


def load(key: Key) -> SearchDocument | None:
    """An item as it is now. One that cannot be made is left out, and said so: one broken text
    must not keep all others from being found, and what is not indexed leaks nothing."""
    source = registry.source(key[0])
    if source is None:
        return None
    try:
        return source.document(key[1])
    except (OperationalError, InterfaceError):
        raise  # the machine's trouble, not the item's: try again later
    except Exception:
        db.session.rollback()  # it may have been a statement that failed
        _remember([key])
        facts = {"kind": key[0], "item": key[1]}
        log.exception("an item was left out of the index", extra={"facts": facts})
        return None


def rebuild(progress: Progress = lambda count: None) -> int:
    """Write every document afresh beside the serving index, then switch; how many there are.

    What changes meanwhile is followed afterwards: the new index begins with the cursor of now.
    """
    db.session.rollback()
    cursor = queries.newest_change()

    def told(count: int) -> None:
        db.session.rollback()
        db.session.expunge_all()  # what was loaded for the last batch
        progress(count)

    count = engine().rebuild(_keys(), load, cursor, told)
    _remember(engine().left_out())
    db.session.rollback()
    log.info("index rebuilt", extra={"facts": {"documents": count, "cursor": cursor}})
    return count


def _keys() -> Iterator[Key]:
    for source in registry.sources():
        # All numbers first: they are few bytes, and a batch's end closes what reads them.
        yield from [(source.kind, ident) for ident in source.ids()]


class _Pace:
    """When this process wrote to the index last, how often since it was tidied, and until when
    it does not try again."""

    at = 0.0
    writes = 0
    blocked_until = 0.0


def tend() -> bool:
    """Merge small segments once nothing was written for a while: a merge takes a second or two,
    and what comes meanwhile would wait. Without such a while, once there are too many."""
    quiet = time.monotonic() - _Pace.at > QUIET
    if not quiet and _Pace.writes < CROWDED:
        return False
    _Pace.writes = 0
    return engine().tend()


def compact() -> None:
    """The night's merge of the whole index."""
    engine().tend(thoroughly=True)


@transaction
def searched_as(user_id: int, total: int) -> None:
    """Journal that somebody at the server's keyboard searched with a person's eyes.

    How many hits, never which words: they may be about people.
    """
    audit.record("search.as", "user", user_id, by=None, hits=total)

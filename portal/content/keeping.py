"""What happens to an item as a whole: its end, the trash, its places, its owner.

Every function checks for itself, writes the journal and logs the change, in one transaction.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal import audit
from portal.access import Action, Viewer, may, require
from portal.content import steps
from portal.content.models import PIN_ORDER, Content, Life, Placement, Revision, State
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.spaces.models import Space


@transaction
def expire(content: Content, until: datetime | None, *, by: Viewer) -> None:
    """Set or lift the moment after which readers see it no more."""
    require(by, Action.RELEASE, content)
    if until and content.visible_from and until <= content.visible_from:
        raise Refused("until", _("The end must be later than the beginning, and not past."))
    content.visible_until = until
    _item_logged("content.expire", content, by)


@transaction
def archive(content: Content, *, by: Viewer) -> None:
    """Take a published item out of lists and feeds; it stays readable and findable."""
    require(by, Action.RELEASE, content)
    if content.life == Life.PUBLISHED:
        content.life = Life.ARCHIVED
        _item_logged("content.archive", content, by)


@transaction
def unarchive(content: Content, *, by: Viewer) -> None:
    require(by, Action.RELEASE, content)
    if content.life == Life.ARCHIVED:
        content.life = Life.PUBLISHED
        _item_logged("content.unarchive", content, by)


@transaction
def trash(content: Content, *, by: Viewer) -> None:
    """Move an item to the trash, for 30 days."""
    require(by, Action.TRASH, content)
    steps.reached("trash", content, by)
    content.life_before, content.life = content.life, Life.TRASHED
    content.trashed_at = clock.now()
    _item_logged("content.trash", content, by)


@transaction
def restore(content: Content, *, by: Viewer) -> None:
    """Take an item out of the trash, to what it was."""
    require(by, Action.RESTORE, content)
    steps.reached("restore", content, by)
    content.life, content.life_before = content.life_before or Life.UNPUBLISHED, None
    content.trashed_at = None
    _item_logged("content.restore", content, by)


TRASH_KEPT = timedelta(days=30)


# What the forms of a room ask for by name, and the right that it needs.
ACTS: dict[str, tuple[Action, Callable[..., None]]] = {
    "archive": (Action.RELEASE, archive),
    "unarchive": (Action.RELEASE, unarchive),
    "trash": (Action.TRASH, trash),
    "restore": (Action.RESTORE, restore),
}


@transaction
def purge_trash() -> int:
    """Delete for good what has lain in the trash for 30 days; how many items."""
    edge = clock.now() - TRASH_KEPT
    old = select(Content).where(Content.life == Life.TRASHED, Content.trashed_at < edge)
    found = list(db.session.scalars(old))
    for content in found:
        steps.reached("purge", content, None)
        audit.record("content.purge", "content", content.id, by=None)
        audit.changed(content.kind, content.id)
        db.session.delete(content)  # texts, places and attachments go with it; files are swept
    return len(found)


@transaction
def open_scheduled(revision_id: int) -> None:
    """Call a scheduled text live once its time has come. Readers see it by the clock already."""
    revision = db.session.get(Revision, revision_id)
    if revision is None or revision.state != State.SCHEDULED:
        return
    opens = revision.content.visible_from
    if opens is not None and opens <= clock.now():
        revision.state = State.LIVE
        audit.record("content.open", "content", revision.content_id, by=None)


@transaction
def place(content: Content, space: Space, *, by: Viewer) -> None:
    """Show an item in a further space: its home's editor, who may release there too."""
    require(by, Action.PLACE, content)
    require(by, Action.PLACE, space)
    if any(placed.space_id == space.id for placed in content.placements):
        return
    placement = Placement(content_id=content.id, space_id=space.id, placed_by_id=by.user_id)
    content.placements.append(placement)
    db.session.flush()
    audit.record("content.place", "content", content.id, by=by, space=space.id)
    audit.changed(content.kind, content.id)


@transaction
def unplace(content: Content, space: Space, *, by: Viewer) -> None:
    """Take an item out of a further space: its home's editors, or that space's own."""
    if not _may_unplace(by, content, space):
        require(by, Action.PLACE, content)
    for placed in list(content.placements):
        if placed.space_id == space.id and not placed.is_home:
            content.placements.remove(placed)
            db.session.flush()
            audit.record("content.unplace", "content", content.id, by=by, space=space.id)
            audit.changed(content.kind, content.id)


def _may_unplace(by: Viewer, content: Content, space: Space) -> bool:
    return may(by, Action.READ, content) and may(by, Action.PLACE, space)


@transaction
def pin(content: Content, space: Space, pinned: bool, *, by: Viewer) -> None:
    """Keep an item at the head of a space's list, before the others there, or let it go."""
    require(by, Action.READ, content)
    require(by, Action.PIN, space)
    for placed in content.placements:
        if placed.space_id == space.id and (placed.pinned_at is not None) != pinned:
            placed.pin_rank = _first_rank(space) if pinned else 0
            placed.pinned_at = clock.now() if pinned else None
            audit.record(
                "content.pin" if pinned else "content.unpin",
                "content",
                content.id,
                by=by,
                space=space.id,
            )


def _first_rank(space: Space) -> int:
    held = select(func.min(Placement.pin_rank)).where(
        Placement.space_id == space.id, Placement.pinned_at.is_not(None)
    )
    return (db.session.scalar(held) or 0) - 1


@transaction
def move_pin(content: Content, space: Space, step: int, *, by: Viewer) -> int:
    """Move a pinned item among those at the head of its space; its place there, from 1.

    step: -1 up, 1 down. What is not shown any more stands behind the rest and takes no place.
    Raises Refused when the item is not pinned there.
    """
    require(by, Action.READ, content)
    require(by, Action.PIN, space)
    found = db.session.scalars(
        select(Placement)
        .where(Placement.space_id == space.id, Placement.pinned_at.is_not(None))
        .order_by(*PIN_ORDER)
    ).all()
    now = clock.now()
    shown = [
        each
        for each in found
        if each.content.life == Life.PUBLISHED and each.content.is_visible(now)
    ]
    at = next((n for n, each in enumerate(shown) if each.content_id == content.id), None)
    if at is None:
        raise Refused("", _("It is not pinned there any more."))
    to = min(max(at + step, 0), len(shown) - 1)
    shown.insert(to, shown.pop(at))
    for rank, placed in enumerate([*shown, *(each for each in found if each not in shown)]):
        placed.pin_rank = rank
    audit.record("content.order", "content", content.id, by=by, space=space.id, place=to + 1)
    return to + 1


@transaction
def give(content: Content, successor_id: int, *, by: Viewer) -> None:
    """Hand an item to another owner."""
    require(by, Action.RELEASE, content)
    content.owner_id = successor_id
    _item_logged("content.give", content, by)


def _item_logged(action: str, content: Content, by: Viewer) -> None:
    audit.record(action, "content", content.id, by=by)
    audit.changed(content.kind, content.id)

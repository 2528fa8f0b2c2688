"""«Запознат съм»: confirming, taking it back, and what else other packages call here."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from portal import audit
from portal.access import Action, Viewer, require
from portal.accounts.models import Group, User
from portal.confirming.asking import Wish, ask, ask_again, change, end, open_of, wish
from portal.confirming.audience import Targets, people_of, targets_of
from portal.confirming.models import Confirmation, Obligation, Requirement
from portal.content.models import RELEASED, Content, Revision
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction

__all__ = [
    "TAKE_BACK",
    "Targets",
    "Wish",
    "ask",
    "ask_again",
    "change",
    "confirm",
    "end",
    "open_of",
    "people_of",
    "snapshot",
    "take_back",
    "targets_of",
    "wish",
]
TAKE_BACK = timedelta(minutes=15)  # how long a click can be undone


class Changed(Refused):
    """The text that she had before her is not the one that readers see now."""


@transaction
def confirm(content: Content, *, by: Viewer, requirement_id: int, revision_id: int) -> Confirmation:
    """Write down that the viewer has read an item; a second click writes nothing new.

    requirement_id, revision_id: the round and the text that her page showed. Raises NotFound for
    whoever is not asked, Refused when it is asked no more, Changed when a newer text is out.
    """
    require(by, Action.READ, content)
    shown = db.session.get(Requirement, requirement_id)
    if shown is None or shown.content_id != content.id or not _is_asked(shown.id, by):
        raise NotFound
    if (before := _confirmed(shown.id, by)) is not None:
        return before
    now_asked = open_of(content.id)
    if now_asked is None:
        raise Refused("", _("It need not be confirmed any more: nothing was recorded."))
    revision = db.session.get(Revision, revision_id)
    if revision is None or revision.content_id != content.id:
        raise NotFound
    if now_asked.id != shown.id or revision.state not in RELEASED:
        told = _("The text was changed while you read it. This is the new version: please read it.")
        raise Changed("", told)
    made = Confirmation(
        requirement_id=shown.id, user_id=by.user_id, at=clock.now(), **snapshot(revision, _user(by))
    )
    db.session.add(made)
    db.session.flush()
    _logged("must_read.confirm", content, by, shown.id)
    return made


@transaction
def take_back(content: Content, *, by: Viewer) -> None:
    """Undo one's own click, for a quarter of an hour. Raises Refused afterwards."""
    require(by, Action.READ, content)
    asked = open_of(content.id)
    made = _confirmed(asked.id, by) if asked is not None else None
    if asked is None or made is None:
        raise NotFound
    if made.channel != "portal" or clock.now() > made.at + TAKE_BACK:
        raise Refused("", _("It can be taken back for 15 minutes only. It stays on record."))
    db.session.delete(made)
    db.session.flush()
    _logged("must_read.take_back", content, by, asked.id)


def snapshot(revision: Revision, user: User) -> dict[str, Any]:
    """Which text it was and who she is at this moment: people marry, move and are promoted."""
    unit = db.session.get(Group, user.unit_id) if user.unit_id is not None else None
    return {
        "revision_id": revision.id,
        "number": revision.number,
        "language": revision.language,
        "name": user.full_name,
        "position": user.position,
        "unit_id": user.unit_id,
        "unit_name": unit.name_bg if unit is not None else "",
    }


def can_be_taken_back(channel: str, at: datetime) -> bool:
    return channel == "portal" and clock.now() <= at + TAKE_BACK


def _is_asked(requirement_id: int, by: Viewer) -> bool:
    """Whether it is asked of her, or was until she left: what she confirmed is hers to see."""
    held = db.session.get(Obligation, (requirement_id, by.user_id or 0))
    return held is not None and (held.left_at is None or _confirmed(requirement_id, by) is not None)


def _confirmed(requirement_id: int, by: Viewer) -> Confirmation | None:
    return db.session.scalar(
        select(Confirmation).where(
            Confirmation.requirement_id == requirement_id, Confirmation.user_id == by.user_id
        )
    )


def _user(by: Viewer) -> User:
    if by.user_id is None:
        raise Forbidden
    return db.session.get_one(User, by.user_id)


def _logged(action: str, content: Content, by: Viewer, requirement_id: int) -> None:
    audit.record(action, "content", content.id, by=by, requirement=requirement_id)

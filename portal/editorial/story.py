"""What became of a card that somebody else moved first, in the words of whoever meets it."""

from typing import Any

from sqlalchemy import Row, bindparam, select

from portal.access import Role, Viewer
from portal.accounts.models import User
from portal.accounts.policy import policy as people_policy
from portal.accounts.queries import reader_name
from portal.audit.models import JournalLine
from portal.content.models import OPEN, Revision
from portal.editorial import moves
from portal.editorial.models import Idea
from portal.kernel import clock
from portal.kernel.database import first
from portal.kernel.i18n import _, day_words

MOVES = {
    "content.submit", "content.withdraw", "content.return", "content.approve", "content.release",
    "content.open", "idea.begin",
}  # fmt: skip
# What every reader of an item sees for herself.
OPENED = {"content.approve", "content.release", "content.open", "content.reschedule"}
_LAST = (
    select(JournalLine.action, JournalLine.at, JournalLine.actor_id)
    .where(JournalLine.kind == bindparam("kind"), JournalLine.item_id == bindparam("item_id"))
    .order_by(JournalLine.id.desc())
    .limit(1)
)
_ACTOR = select(User.given, User.family, User.given_latin, User.family_latin).where(
    User.id == bindparam("actor"), people_policy.readable
)


def of(key: str, viewer: Viewer) -> str:
    """Who moved or changed it, where it is now and when; nothing of what is none of hers."""
    try:
        card = moves.find(key, viewer)
    except moves.Gone:
        return _(
            "This card is not here for you any more: somebody else has moved it on or thrown it "
            "away. The board shows what is there now."
        )
    kept = _("Nothing was lost: the board shows how it stands now.")
    return f"{_happened(card, viewer)} {kept}"


def _happened(card: moves.Card, viewer: Viewer) -> str:
    line = first(_LAST, {"kind": _kind(card), "item_id": _item(card)})
    stage = "draft" if isinstance(card, Idea) and card.begun_at else moves.stage_of(card)
    if line is None or not stage or not _may_know(card, line, viewer):
        return _("Somebody else changed this card after you opened the board.")
    here = clock.local(line.at)
    told = {
        "name": _name(line, viewer),
        "column": str(moves.STAGES[stage]),
        "when": f"{day_words(here.date())}, {here:%H:%M}",
    }
    if line.action in MOVES:
        return _("%(name)s moved it to “%(column)s” (%(when)s).", **told)
    return _("%(name)s changed it (%(when)s); it stands in “%(column)s”.", **told)


def _may_know(card: moves.Card, line: Row[Any], viewer: Viewer) -> bool:
    """Whoever only reads an item is told of no work on it: a draft over it is a secret."""
    if isinstance(card, Idea) or (isinstance(card, Revision) and card.state in OPEN):
        return True
    item = card.content if isinstance(card, Revision) else card
    writes = item.owner_id == viewer.user_id or viewer.role_in(item.home_id) >= Role.EDITOR
    return writes or line.action in OPENED


def _kind(card: moves.Card) -> str:
    return "idea" if isinstance(card, Idea) else "content"


def _item(card: moves.Card) -> int:
    return card.content_id if isinstance(card, Revision) else card.id


def _name(line: Row[Any], viewer: Viewer) -> str:
    if line.actor_id is None:
        return _("The portal")
    row = first(_ACTOR, {**viewer.params, "actor": line.actor_id})
    return reader_name(row) if row is not None else _("Somebody else")

"""What a person answers for in communication plans when she retires: told, and handed over."""

from sqlalchemy import and_, func, select

from portal.access import Viewer, site
from portal.accounts import hooks
from portal.accounts.hooks import Holding
from portal.accounts.models import User
from portal.communication.models import Entry
from portal.communication.policy import policy
from portal.communication.services import log
from portal.kernel.database import db, rows
from portal.kernel.i18n import _
from portal.kernel.text import excerpt

SHOWN = 50
_open = Entry.state.in_(("planned", "postponed"))


class _PlanEstate:
    """Open entries alone change hands: what is done was done by her."""

    def holdings(self, user: User, viewer: Viewer) -> list[Holding]:
        label = _("Answers for an entry of a communication plan")
        hers = and_(Entry.owner_id == user.id, _open)
        number = db.session.scalar(select(func.count()).where(hers)) or 0
        wanted = select(Entry.message).where(hers, policy.readable).order_by(Entry.planned_on)
        known = rows(wanted.limit(SHOWN), viewer.params)
        found = [Holding(label, excerpt(row.message, 100)) for row in known]
        hidden = number - len(found)
        return found + ([Holding(label, "", hidden)] if hidden > 0 else [])

    def hand_over(self, user: User, successor: User, by: Viewer) -> None:
        for entry in db.session.scalars(select(Entry).where(Entry.owner_id == user.id, _open)):
            entry.owner_id = successor.id
            log("give", entry, by, successor=successor.id)
            site.bump()  # see glance


hooks.on_retire.append(_PlanEstate())

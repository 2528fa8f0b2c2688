"""The ideas of a person who retires: told beforehand, and handed to her successor."""

from sqlalchemy import ColumnElement, and_, func, select

from portal.access import Viewer
from portal.accounts import hooks
from portal.accounts.hooks import Holding
from portal.accounts.models import User
from portal.editorial.models import Idea
from portal.editorial.policy import policy
from portal.editorial.services import pass_on
from portal.kernel.database import db, rows
from portal.kernel.i18n import _

SHOWN = 50


class _IdeaEstate:
    """What became a text changes hands as a text, by the content's own estate."""

    def holdings(self, user: User, viewer: Viewer) -> list[Holding]:
        label, hers = _("Idea on an editorial board"), self._hers(user)
        number = db.session.scalar(select(func.count()).where(hers)) or 0
        wanted = select(Idea.title).where(hers, policy.readable).order_by(Idea.id)
        found = [Holding(label, row.title) for row in rows(wanted.limit(SHOWN), viewer.params)]
        hidden = number - len(found)
        return found + ([Holding(label, "", hidden)] if hidden > 0 else [])

    def hand_over(self, user: User, successor: User, by: Viewer) -> None:
        for idea in db.session.scalars(select(Idea).where(self._hers(user))):
            pass_on(idea, successor.id, by)

    def _hers(self, user: User) -> ColumnElement[bool]:
        return and_(Idea.owner_id == user.id, Idea.begun_at.is_(None))


hooks.on_retire.append(_IdeaEstate())

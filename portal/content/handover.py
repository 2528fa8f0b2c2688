"""What a person owns of the content when she retires: told, and given to her successor."""

from sqlalchemy import func, select

from portal import audit
from portal.access import Viewer
from portal.accounts import hooks
from portal.accounts.hooks import Holding
from portal.accounts.models import User
from portal.content.models import Content, Life
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel.database import db, rows
from portal.kernel.i18n import _

_OWNED = (
    select(Content.id, Content.title)
    .where(Content.owner_id == User.id, policy.readable)
    .join(User, User.id == Content.owner_id)
    .order_by(Content.id.desc())
)


class _ContentEstate:
    """Titles only of what the viewer may read: keeping people is no right to read their texts."""

    SHOWN = 50

    def holdings(self, user: User, viewer: Viewer) -> list[Holding]:
        label = _("Owner of a text")
        owned = db.session.scalar(
            select(func.count()).where(Content.owner_id == user.id, Content.life != Life.TRASHED)
        )
        known = rows(_OWNED.where(Content.owner_id == user.id).limit(self.SHOWN), params(viewer))
        found = [Holding(label, row.title) for row in known]
        hidden = (owned or 0) - len(found)
        return found + ([Holding(label, "", hidden)] if hidden > 0 else [])

    def hand_over(self, user: User, successor: User, by: Viewer) -> None:
        for content in db.session.scalars(select(Content).where(Content.owner_id == user.id)):
            content.owner_id = successor.id
            audit.record("content.give", "content", content.id, by=by, successor=successor.id)
            audit.changed(content.kind, content.id)


hooks.on_retire.append(_ContentEstate())

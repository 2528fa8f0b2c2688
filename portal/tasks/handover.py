"""What a person has to do when she retires: told, and given to her successor."""

from collections.abc import Iterator

from sqlalchemy import func, select

from portal import audit
from portal.access import Viewer
from portal.accounts import hooks
from portal.accounts.hooks import Holding
from portal.accounts.models import User
from portal.accounts.queries import named
from portal.kernel.database import db, rows
from portal.kernel.i18n import _
from portal.spaces.known import known
from portal.tasks.models import OPEN, Measure, Task
from portal.tasks.services import is_here


class _TaskEstate:
    """Her open tasks, and the measures that she answers for. What is done stays hers."""

    def holdings(self, user: User, viewer: Viewer) -> list[Holding]:
        """By space; which ones only where the viewer is a member herself."""
        label, hidden = _("Tasks to do in a space"), 0
        found = []
        counted = (
            select(Task.space_id, func.count().label("n"))
            .where(Task.owner_id == user.id, Task.state.in_(OPEN))
            .group_by(Task.space_id)
            .order_by(Task.space_id)
        )
        for row in rows(counted):
            if viewer.role_in(row.space_id):
                found.append(Holding(label, named(known()[row.space_id]), row.n))
            else:
                hidden += row.n
        return found + ([Holding(label, "", hidden)] if hidden else [])

    def hand_over(self, user: User, successor: User, by: Viewer) -> None:
        """To the successor where she is in the space; elsewhere somebody there must take it."""
        for item in self._owned(user):
            item.owner_id = successor.id if is_here(successor.id, item.space_id) else None
            kind = "task" if isinstance(item, Task) else "measure"
            audit.record(f"{kind}.give", kind, item.id, by=by, successor=item.owner_id or 0)
            if isinstance(item, Task):
                audit.changed("task", item.id)

    def _owned(self, user: User) -> Iterator[Task | Measure]:
        mine = select(Task).where(Task.owner_id == user.id, Task.state.in_(OPEN))
        yield from db.session.scalars(mine.order_by(Task.id)).all()
        yield from db.session.scalars(select(Measure).where(Measure.owner_id == user.id)).all()


hooks.on_retire.append(_TaskEstate())

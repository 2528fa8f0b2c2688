"""Who reads and changes the work of a space: one rule in three forms.

Its members read it, contributors write, whoever has a task to do moves and ticks it even as a
reader, managers delete. In an archived space everybody only reads.
"""

from sqlalchemy import BindParameter, ColumnElement, bindparam, select

from portal.access import Action, Role, Viewer, register
from portal.kernel.database import db
from portal.spaces.features import switched_on
from portal.spaces.guests import tell_by_old_link
from portal.spaces.models import Space
from portal.tasks.models import Goal, Measure, Task

_NEEDED = {
    Action.EDIT: Role.CONTRIBUTOR,
    Action.PLACE: Role.CONTRIBUTOR,
    Action.TRASH: Role.MANAGER,
}
KEY = "tasks"  # of the feature
# The spaces that go on working with tasks: neither archived nor without the feature.
AT_WORK = select(Space.id).where(Space.archived_at.is_(None), switched_on(KEY)).scalar_subquery()
_reads: BindParameter[list[int]] = bindparam("reads", expanding=True)


class _WorkPolicy:
    """EDIT is writing on it, PLACE is moving it and ticking, TRASH is deleting it."""

    def allows(self, viewer: Viewer, action: Action, item: Goal | Measure | Task) -> bool:
        role = viewer.role_in(item.space_id)
        if not role:
            return False
        if action is Action.READ:
            return True
        space = db.session.get_one(Space, item.space_id)
        if space.archived_at is not None or action not in _NEEDED:
            return False
        return role >= _NEEDED[action] or (action is Action.PLACE and self._is_doing(viewer, item))

    def _is_doing(self, viewer: Viewer, item: Goal | Measure | Task) -> bool:
        return isinstance(item, Task) and item.owner_id == viewer.user_id

    def audience(self, item: Goal | Measure | Task) -> frozenset[str]:
        return frozenset({f"members:{item.space_id}"})


class TaskPolicy(_WorkPolicy):
    readable: ColumnElement[bool] = Task.space_id.in_(_reads)


class GoalPolicy(_WorkPolicy):
    readable: ColumnElement[bool] = Goal.space_id.in_(_reads)


class MeasurePolicy(_WorkPolicy):
    readable: ColumnElement[bool] = Measure.goal_id.in_(
        select(Goal.id).where(GoalPolicy.readable).scalar_subquery()
    )


policy = TaskPolicy()
goal_policy = GoalPolicy()
measure_policy = MeasurePolicy()
register(Task, policy, lambda by, task: tell_by_old_link(by, [(task.space_id, task.created_at)]))
register(Goal, goal_policy)
register(Measure, measure_policy)

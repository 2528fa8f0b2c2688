"""Who reads and writes the plan of a space: one rule in three forms.

Readers of the space read its whole register. Contributors write the entries that they own, began
or that are shared among them; editors write all and keep the objectives; managers delete. In an
archived space everybody is a reader, so nothing there can be changed.
"""

from sqlalchemy import ColumnElement, and_, bindparam, or_

from portal.access import Action, Role, Viewer, register
from portal.communication.models import Entry, Objective
from portal.spaces.guests import tell_by_old_link


class EntryPolicy:
    """EDIT is changing, proving and closing an entry; TRASH is deleting it."""

    def allows(self, viewer: Viewer, action: Action, item: Entry) -> bool:
        role = viewer.role_in(item.space_id)
        match action:
            case Action.READ:
                return role >= Role.READER
            case Action.EDIT:
                return role >= Role.EDITOR or (
                    role >= Role.CONTRIBUTOR
                    and (item.is_shared or viewer.user_id in (item.owner_id, item.created_by_id))
                )
            case Action.TRASH:
                return role >= Role.MANAGER
        return False

    readable: ColumnElement[bool] = Entry.space_id.in_(bindparam("reads", expanding=True))
    writable: ColumnElement[bool] = or_(
        Entry.space_id.in_(bindparam("edits", expanding=True)),
        and_(
            Entry.space_id.in_(bindparam("contributes", expanding=True)),
            or_(
                Entry.is_shared,
                Entry.owner_id == bindparam("viewer_id"),
                Entry.created_by_id == bindparam("viewer_id"),
            ),
        ),
    )

    def audience(self, item: Entry) -> frozenset[str]:
        return frozenset({f"members:{item.space_id}"})


class ObjectivePolicy:
    """Objectives are read with the register, and kept by the space's editors."""

    def allows(self, viewer: Viewer, action: Action, item: Objective) -> bool:
        needed = Role.READER if action is Action.READ else Role.EDITOR
        return viewer.role_in(item.space_id) >= needed

    readable: ColumnElement[bool] = Objective.space_id.in_(bindparam("reads", expanding=True))

    def audience(self, item: Objective) -> frozenset[str]:
        """Objectives are in no index: they are found by their entries."""
        return frozenset()


policy = EntryPolicy()
register(Entry, policy, lambda by, one: tell_by_old_link(by, [(one.space_id, one.created_at)]))
register(Objective, ObjectivePolicy())

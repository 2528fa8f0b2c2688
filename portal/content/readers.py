"""Who reads an item, as a set of people: the policy's rule for thousands at once."""

from collections.abc import Set

from sqlalchemy import bindparam, select

from portal.access import Role
from portal.content.models import Content, Life, Placement, Revision, State
from portal.kernel import clock
from portal.kernel.database import db, rows
from portal.spaces.models import Membership, Space
from portal.spaces.readers import HOLDERS, Town
from portal.spaces.reviewers import people_reviewing

_WHERE_PLACED = HOLDERS.join(Placement, Placement.space_id == Membership.space_id).where(
    Placement.content_id == bindparam("content_id")
)


def once_open(content_id: int, town: Town) -> dict[int, Set[int]]:
    """Who will read an item when it is published and its time has come, by the space through
    which she does. One statement.

    Whoever writes or reviews it holds a role in its home, which is one of these spaces.
    """
    asked = {"content_id": content_id, "today": clock.today()}
    return town.holding(rows(_WHERE_PLACED, asked))


class Readers:
    """Asked for many items, it asks of each space once."""

    def __init__(self) -> None:
        self._town = Town()
        self._roles: dict[tuple[int, Role], Set[int]] = {}

    def of(self, item: Content) -> Set[int]:
        """Everybody who may read the item now, its editors and reviewers among them."""
        if item.life == Life.TRASHED:
            return frozenset()
        found = set(self._holding(item.home_id, Role.EDITOR))
        writers = self._holding(item.home_id, Role.CONTRIBUTOR)
        found |= writers if item.is_shared else writers & {item.owner_id}
        found |= self._reviewing(item)
        if item.is_visible(clock.now()):
            for place in item.placements:
                found |= self._holding(place.space_id, Role.READER)
        return found

    def _holding(self, space_id: int, least: Role) -> Set[int]:
        key = (space_id, least)
        if key not in self._roles:
            found = self._town.by_space([space_id], least)
            self._roles[key] = found.get(space_id, frozenset())
        return self._roles[key]

    def _reviewing(self, item: Content) -> Set[int]:
        waits = select(Revision.id).where(
            Revision.content_id == item.id, Revision.state == State.IN_REVIEW
        )
        home = db.session.get_one(Space, item.home_id)
        if home.reviewers_id is None or home.archived_at is not None:
            return frozenset()  # its editors, who read it anyhow
        if db.session.scalar(waits.limit(1)) is None:
            return frozenset()
        return people_reviewing(home) & self._holding(home.id, Role.READER)

"""How people come into the demo's spaces: who asks, who is invited, who stays until when."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal.access import Role
from portal.kernel import clock
from portal.kernel.database import db
from portal.spaces.models import Membership, Space
from portal.workspaces import asking
from portal.workspaces.models import Invitation

if TYPE_CHECKING:
    from portal.demo.load import Demo

Facts = dict[str, Any]


def fill(demo: "Demo", spaces: list[Facts]) -> None:
    """Once all spaces and people are there. spaces: as spaces.toml tells of them."""
    for facts in spaces:
        space = demo.spaces[facts["key"]]
        space.joining = facts.get("joining", "invitation")
        for guest in facts.get("guests", ()):
            _guest(demo, space, guest)
        for invited in facts.get("invited", ()):
            _invite(demo, space, invited)
    for facts in spaces:
        for asked in facts.get("asked", ()):
            space = demo.spaces[facts["key"]]
            asking.ask(space, asked["words"], by=demo.viewer(asked["who"]))


def _guest(demo: "Demo", space: Space, facts: Facts) -> None:
    """A guest whose last day is so many days from now."""
    held = Membership(space_id=space.id, role=int(Role[facts["role"].upper()]))
    held.user_id = demo.people[facts["who"]].id
    held.until = clock.today() + timedelta(days=facts["days"])
    db.session.add(held)


def _invite(demo: "Demo", space: Space, facts: Facts) -> None:
    """Somebody who waits until her organisation's coordinator gives her an account."""
    db.session.add(
        Invitation(
            space_id=space.id,
            email=facts["email"],
            given=facts["given"],
            family=facts["family"],
            organisation_id=demo.organisations[facts["organisation"]].id,
            role=int(Role[facts["role"].upper()]),
            until=clock.today() + timedelta(days=facts["days"]),
            made_by_id=demo.people[facts["by"]].id,
        )
    )

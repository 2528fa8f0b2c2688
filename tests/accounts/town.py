"""What the tests of people and spaces add to the cast: a contact, a sponsor, a partner's own space.

`user(login)` is a person's row, `viewer(login)` the viewer that she is now.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal.access import Role, Viewer, site
from portal.accounts.models import Group, Organisation, User, UserSession
from portal.audit.models import JournalLine
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.spaces.models import Membership, Space
from portal.spaces.viewers import token_hash
from tests.support.cast import Cast

HOME = {
    "admin", "manager", "editor", "colleague", "contributor", "head", "reader", "employee",
}  # fmt: skip


@transaction
def furnish(cast: Cast) -> None:
    cast["partner"].is_contact = True
    employee = cast["employee"]
    employee.given_latin, employee.family_latin = "Emil", "Sluzhesht"
    employee.room, employee.phone = "204", "0500/62 118"
    house = cast.organisation("partner")
    house.sponsor_id = cast.id("head")
    own = Space(
        kind="organisation", slug="kamengrad", name_bg=house.name_bg, name_en=house.name_en,
        organisation_id=house.id, is_listed=False,
    )  # fmt: skip
    db.session.add(own)
    db.session.flush()
    held = Membership(space_id=own.id, organisation_id=house.id, role=int(Role.CONTRIBUTOR))
    lead = Membership(space_id=own.id, user_id=cast.id("head"), role=int(Role.MANAGER))
    db.session.add_all([held, lead])
    site.bump()


@pytest.fixture
def town(cast: Cast) -> Cast:
    furnish(cast)
    return cast


@pytest.fixture
def user(town: Cast) -> Callable[[str], User]:
    return town.__getitem__


@pytest.fixture
def viewer(town: Cast, person: Callable[[str], Viewer]) -> Callable[[str], Viewer]:
    return person


@pytest.fixture
def space(town: Cast) -> Callable[[str], Space]:
    return town.space


@pytest.fixture
def unit(town: Cast) -> Callable[[str], Group]:
    return town.unit


@pytest.fixture
def house(town: Cast) -> Callable[[str], Organisation]:
    return town.organisation


@pytest.fixture
def membership(town: Cast) -> Callable[[str, str], Membership]:
    def look(slug: str, login: str) -> Membership:
        wanted = select(Membership).where(
            Membership.space_id == town.space(slug).id,
            Membership.user_id == town.id(login),
        )
        return db.session.scalars(wanted).one()

    return look


@transaction
def begin(user_id: int, token: str) -> None:
    """A session of a person, as sign-in begins one."""
    db.session.add(UserSession(user_id=user_id, token_hash=token_hash(token)))


def journal(action: str) -> list[Any]:
    """The journal's lines of an action, oldest first."""
    wanted = select(JournalLine).where(JournalLine.action == action).order_by(JournalLine.id)
    return list(db.session.scalars(wanted))

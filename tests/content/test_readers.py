"""The set of an item's readers is exactly those for whom its policy holds."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Action, Role, may
from portal.accounts.models import GroupMember, User
from portal.content.models import Content
from portal.content.readers import Readers
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.spaces import readers
from portal.spaces.models import Membership, Space
from portal.spaces.viewers import by_user
from tests.support.writing import Shelf

OPENS = clock.now() + timedelta(days=2)
ENDS = OPENS + timedelta(days=2)


@pytest.fixture
def town(app, cast):
    """Guests in groups, ended roles, a closed space, people who left, an agreement that ended."""

    @transaction
    def make():
        office = cast.unit("office")
        workspace, intranet = cast.space("workspace"), cast.space("intranet")
        yesterday = clock.today() - timedelta(days=1)
        db.session.add_all(
            [
                GroupMember(group_id=office.id, user_id=cast.id("stranger")),
                Membership(space_id=workspace.id, group_id=office.id, role=int(Role.READER)),
                Membership(space_id=intranet.id, user_id=cast.id("ngo"), role=int(Role.EDITOR)),
                Membership(
                    space_id=workspace.id,
                    user_id=cast.id("coordinator"),
                    role=int(Role.EDITOR),
                    until=yesterday,
                ),
            ]
        )
        own = Space(kind="organisation", slug="own", name_bg="Свое", name_en="Own",
                    organisation_id=cast.organisation("partner").id)  # fmt: skip
        closed = Space(kind="workspace", slug="closed", name_bg="Затворено", name_en="Closed",
                       archived_at=clock.now())  # fmt: skip
        db.session.add_all([own, closed])
        db.session.flush()
        for space in (own, closed):
            for organisation in ("partner", "ngo", "town"):
                held = cast.organisation(organisation).id
                db.session.add(
                    Membership(space_id=space.id, organisation_id=held, role=int(Role.EDITOR))
                )
        workspace.reviewers_id = cast.unit("press").id
        cast["head"].retired_at = clock.now()
        cast.organisation("ngo").agreement_end = yesterday

    make()


def everybody():
    return list(db.session.scalars(select(User.id).order_by(User.id)))


@pytest.mark.parametrize("least", list(Role))
def test_who_holds_a_role_in_a_space(least, town, cast):
    spaces = list(db.session.scalars(select(Space.id)))
    viewers = {user_id: by_user(user_id) for user_id in everybody()}
    found = readers.by_space(spaces, least)
    for space in spaces:
        holding = {u for u, viewer in viewers.items() if viewer and viewer.role_in(space) >= least}
        assert found[space] == holding


def test_who_reads_an_item_in_each_state_before_between_and_after_its_times(town, cast, person):
    shelf = Shelf(
        cast.space("workspace"),
        cast.space("extranet"),
        person("contributor"),
        person("editor"),
        OPENS,
        ENDS,
    )
    for moment in (OPENS - timedelta(seconds=1), OPENS, ENDS):
        with clock.at(moment):
            asked = Readers()
            for state, ident in shelf.ids.items():
                item = db.session.get_one(Content, ident)
                reading = {
                    user_id
                    for user_id in everybody()
                    if (viewer := by_user(user_id)) and may(viewer, Action.READ, item)
                }
                assert asked.of(item) == reading, (state, moment)

"""The spaces' rule in its three forms, for everybody and every space."""

import pytest
from sqlalchemy import select

from portal.access import Action, Role
from portal.kernel.database import rows
from portal.spaces import services
from portal.spaces.models import Space
from portal.spaces.policy import policy
from tests.accounts.town import HOME
from tests.support.cast import PEOPLE

SPACES = ("intranet", "extranet", "workspace", "kamengrad")
READS = {
    "intranet": HOME,
    "extranet": HOME | {"partner", "coordinator", "ngo"},
    "workspace": {"manager", "editor", "contributor", "partner", "ngo"},
    "kamengrad": {"head", "partner", "coordinator"},
}


@pytest.mark.parametrize("state", ["open", "archived"])
def test_the_three_forms_agree(state, viewer, space):
    if state == "archived":
        for slug in ("workspace", "kamengrad"):
            services.archive(space(slug), by=viewer("admin"))
    for who in PEOPLE:
        seen = viewer(who)
        listed = {row.slug for row in rows(select(Space.slug).where(policy.readable), seen.params)}
        for slug in SPACES:
            item = space(slug)
            allowed = policy.allows(seen, Action.READ, item)
            found = bool(policy.audience(item) & seen.tokens)
            assert allowed == (slug in listed) == found, (who, slug)
            assert allowed == (who in READS[slug]), (who, slug)


NEEDED = {
    Action.READ: 1, Action.CREATE: 2, Action.RELEASE: 3, Action.PLACE: 3, Action.PIN: 3,
    Action.EDIT: 4, Action.MANAGE: 4,
}  # fmt: skip


@pytest.mark.parametrize("role", [None, *Role])
def test_roles_nest_and_an_administrator_reads_nothing_by_her_right(role, viewer, user, space):
    if role is not None:
        services.add_member(space("workspace"), user("reader"), role, by=viewer("manager"))
    reader, admin, workspace = viewer("reader"), viewer("admin"), space("workspace")
    for action in Action:
        may_she = int(role or 0) >= NEEDED.get(action, 9)
        assert policy.allows(reader, action, workspace) == may_she, action
        keeps = action in (Action.EDIT, Action.MANAGE)
        assert policy.allows(admin, action, workspace) == keeps, action

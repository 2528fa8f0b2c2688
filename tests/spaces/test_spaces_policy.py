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


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("state", ["open", "archived"])
def test_the_three_forms_agree(who, state, viewer, space):
    if state == "archived":
        for slug in ("workspace", "kamengrad"):
            services.archive(space(slug), by=viewer("admin"))
    seen = viewer(who)
    listed = {row.slug for row in rows(select(Space.slug).where(policy.readable), seen.params)}
    for slug in SPACES:
        item = space(slug)
        allowed = policy.allows(seen, Action.READ, item)
        assert allowed == (slug in listed) == bool(policy.audience(item) & seen.tokens)
        assert allowed == (who in READS[slug])


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize("action", list(Action))
def test_roles_nest_and_an_administrator_reads_nothing_by_her_right(
    role, action, viewer, user, space
):
    if role is not None:
        services.add_member(space("workspace"), user("reader"), role, by=viewer("manager"))
    needed = {
        Action.READ: 1, Action.CREATE: 2, Action.RELEASE: 3, Action.PLACE: 3, Action.PIN: 3,
        Action.EDIT: 4, Action.MANAGE: 4,
    }.get(action, 9)  # fmt: skip
    workspace = space("workspace")
    assert policy.allows(viewer("reader"), action, workspace) == (int(role or 0) >= needed)
    keeps = action in (Action.EDIT, Action.MANAGE)
    assert policy.allows(viewer("admin"), action, workspace) == keeps

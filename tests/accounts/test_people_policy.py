"""The people's rule in its three forms, for everybody against everybody."""

import pytest
from sqlalchemy import event, select

from portal.access import Action, may, policy_of
from portal.accounts import queries, services
from portal.accounts.models import Group, Organisation, User
from portal.accounts.policy import group_policy, organisation_policy, policy
from portal.kernel.database import db, rows
from portal.spaces import partners
from tests.accounts.town import HOME
from tests.support.cast import PEOPLE

TEAM = {"manager", "editor", "contributor", "partner", "ngo"}  # of the shared workspace
KAMENGRAD = {"coordinator", "partner"}
SEES = {
    **dict.fromkeys(HOME, HOME | {"partner"}),
    **dict.fromkeys(TEAM & HOME, HOME | TEAM),
    "head": HOME | KAMENGRAD,  # she manages their space
    "coordinator": KAMENGRAD | {"head"},
    "partner": KAMENGRAD | {"head"} | TEAM,
    "ngo": TEAM,
    "stranger": {"stranger", "partner"},
}


@pytest.mark.parametrize("state", ["as they are", "one retired", "one partner ended"])
def test_the_three_forms_agree(state, user, viewer, house):
    admin, gone = viewer("admin"), set()
    if state == "one retired":
        services.retire(user("partner"), by=admin)
        gone = {"partner"}
    if state == "one partner ended":
        partners.part_with(house("partner"), by=admin)
        gone = KAMENGRAD
    for who in PEOPLE:
        if who not in gone:
            _agrees(who, state, user, viewer)


def _agrees(who, state, user, viewer):
    seen = viewer(who)
    listed = {row.login for row in rows(select(User.login).where(policy.readable), seen.params)}
    for login in PEOPLE:
        item = user(login)
        allowed = policy.allows(seen, Action.READ, item)
        found = bool(policy.audience(item) & seen.tokens)
        assert allowed == (login in listed) == found, (who, login)
    if state == "as they are":
        assert listed == SEES[who], who


def test_units_and_partners_are_read_alike_by_item_and_by_list(viewer, app):
    for who in PEOPLE:
        seen = viewer(who)
        for model, rule in ((Group, group_policy), (Organisation, organisation_policy)):
            listed = {row.id for row in rows(select(model.id).where(rule.readable), seen.params)}
            items = rows(select(model.id))
            read = {row.id for row in items if may(seen, Action.READ, _get(model, row.id))}
            assert read == listed, who
            assert model is not Group or bool(listed) == seen.is_staff, who


def _get(model, ident):
    item = db.session.get(model, ident)
    assert policy_of(item)
    return item


@pytest.mark.parametrize(
    ("who", "words", "found"),
    [
        ("reader", "СЛУЖЕЩ", ["employee"]),
        ("reader", "служещ", ["employee"]),
        ("reader", "Sluzhesht emil", ["employee"]),
        ("reader", "62118", ["employee"]),
        ("reader", "62 118", ["employee"]),
        ("reader", "архив", ["employee"]),
        ("reader", "archive СЛУЖЕЩ", ["employee"]),
        ("reader", "204", ["employee"]),
        ("reader", "КАМЕНГРАД", ["partner"]),
        ("stranger", "служещ", []),
        ("stranger", "%", []),
        ("reader", "_", []),
        ("stranger", "", ["partner", "stranger"]),
    ],
)
def test_the_directory_finds_by_parts_in_any_case_and_alphabet(who, words, found, viewer, user):
    people = queries.directory(viewer(who), words=words, limit=50)
    assert [each.id for each in people] == [user(login).id for login in found]


@pytest.mark.database("sqlite")  # its plan, in its words
def test_the_directory_walks_its_own_index(viewer, app):
    run = []

    def listener(_c, _k, statement, values, *_rest):
        run.append((statement, values))

    seen = viewer("employee")
    event.listen(db.engine, "before_cursor_execute", listener)
    queries.directory(seen, words="служещ", limit=50)
    event.remove(db.engine, "before_cursor_execute", listener)
    statement, values = run[-1]
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    steps = " ".join(row[3] for row in plan)
    assert "ix_user_name" in steps
    assert "TEMP B-TREE" not in steps

"""The three forms of the one rule agree, for every state and person, at every moment."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal import search
from portal.access import Action, may
from portal.content.models import Content, Placement, Revision
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import db, rows
from portal.kernel.transaction import transaction
from tests.support.cast import EVERYBODY
from tests.support.writing import Shelf

OPENS = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
ENDS = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MOMENTS = {
    "before": OPENS - SECOND,
    "at the beginning": OPENS,
    "between": OPENS + timedelta(days=3),
    "a second before the end": ENDS - SECOND,
    "at the end": ENDS,
    "after": ENDS + timedelta(days=30),
}


@pytest.fixture(params=["news", "document", "practice", "page", "discussion"])
def shelf(cast, person, request):
    """For each kind: one item in each state in the intranet, whose reviewers are the people of a unit."""
    made = Shelf(
        cast.space("intranet"),
        cast.space("extranet"),
        person("contributor"),
        person("editor"),
        OPENS,
        ENDS,
        request.param,
    )
    name_reviewers(cast.space("intranet"), cast.unit("office").id)
    search.rebuild()
    return made


@transaction
def name_reviewers(space, group_id):
    from portal.access.site import bump

    space.reviewers_id = group_id
    bump()


# Looking changes nothing: every moment and person is tried on one shelf, which costs a second.
def test_the_three_forms_of_the_rule_agree(shelf, person):
    for moment, now in MOMENTS.items():
        with clock.at(now):
            for who in EVERYBODY:
                _agrees(shelf, person(who), (moment, who))


def _agrees(shelf, viewer, at):
    """at: the moment and the person, for whoever reads the failure."""
    statement = select(Content.id).where(policy.readable)
    placed = select(Content.id).join(Placement).where(policy.readable_there)
    listed = {row.id for row in rows(statement, params(viewer))}
    there = {row.id for row in rows(placed, params(viewer))}
    answer = search.engine().search(_everything(viewer))
    found = {hit.item_id for hit in answer.hits}
    for state in shelf.ids:
        item = shelf.item(state)
        allowed = may(viewer, Action.READ, item)
        assert allowed == (item.id in listed), (*at, state, "page and list")
        placed_there = any(viewer.role_in(place.space_id) for place in item.placements)
        assert (allowed and placed_there) == (item.id in there), (*at, state, "folder")
        assert allowed == (item.id in found), (*at, state, "page and index")
    assert answer.total == len(found)


def _everything(viewer):
    from portal.search.protocol import Query

    return Query(
        words="автобус",
        tokens=viewer.tokens,
        now=clock.now(),
        kinds=frozenset({"news", "document", "practice", "page", "discussion"}),
        limit=100,
    )


READ_BY = [
    ("visitor", "between", set()),
    ("stranger", "between", set()),
    ("admin", "before", {"in review", "revised"}),  # of the reviewing unit, not by her office
    ("partner", "between", {"further"}),
    ("partner", "before", set()),
    ("reader", "before", {"in review", "revised"}),
    ("employee", "between", {"published", "further", "archived", "revised", "in review"}),
    ("employee", "at the end", {"in review", "revised"}),
    ("contributor", "before", {"draft", "in review", "returned", "published", "further", "archived", "revised"}),
    ("editor", "after", {"draft", "in review", "returned", "published", "further", "archived", "revised"}),
]  # fmt: skip


def test_who_reads_what(shelf, person):
    for who, moment, states in READ_BY:
        with clock.at(MOMENTS[moment]):
            viewer = person(who)
            readable = {state for state in shelf.ids if may(viewer, Action.READ, shelf.item(state))}
        assert readable == states, (who, moment)


@pytest.mark.database("sqlite")  # the rule of one item is Python; its SQL agrees, see above
def test_nobody_does_what_is_unknown_to_the_rule(shelf, person):
    for who in EVERYBODY:
        viewer = person(who)
        for state in shelf.ids:
            assert not policy.allows(viewer, "frobnicate", shelf.item(state)), (who, state)


@pytest.mark.database("sqlite")  # the rule of one item is Python; its SQL agrees, see above
def test_a_reader_never_sees_the_draft_over_a_published_text(shelf, person, sign_in):
    texts = select(Revision).where(Revision.content_id == shelf.ids["revised"])
    newer = db.session.scalars(texts.order_by(Revision.number)).all()[-1]
    with clock.at(MOMENTS["between"]):
        assert not may(person("partner"), Action.READ, newer)
        assert may(person("editor"), Action.READ, newer)


def test_the_clock_opens_and_ends_an_item_without_a_worker(shelf, sign_in):
    """No worker ran since the item was scheduled; readers see it from its second to its end."""
    room = {"news": "news", "document": "documents"}.get(shelf.kind, f"{shelf.kind}s")
    address = f"/{room}/{shelf.item('further').address}"
    with clock.at(OPENS - SECOND):
        assert sign_in("partner").get(address).status_code == 404
    with clock.at(OPENS):
        assert sign_in("partner").get(address).status_code == 200
    with clock.at(ENDS):
        assert sign_in("partner").get(address).status_code == 404

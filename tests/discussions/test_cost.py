"""Five hundred topics of fifty replies: what the pages cost, and by which index the lists walk."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from portal.comments.models import Comment
from portal.content.models import Content, Placement, Revision
from portal.content.queries import params
from portal.discussions import queries
from portal.discussions.models import Discussion, DiscussionRevision
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from tests.discussions.conftest import ROOM
from tests.support.counting import query_budget

TOPICS, REPLIES = 500, 50


@transaction
def crowd(cast):
    """Rows as the services leave them: written at once, for 25,000 replies take minutes."""
    space, people = cast.space("workspace").id, [cast.id(n) for n in ("editor", "partner", "ngo")]
    begun, topics = clock.now() - timedelta(days=400), range(1000, 1000 + TOPICS)
    moment = {ident: begun + timedelta(hours=ident % 487) for ident in topics}
    common = {"kind": "discussion", "title": "Тема", "changed_at": begun}
    db.session.execute(
        insert(Content.__table__),
        [
            {**common, "id": i, "home_id": space, "owner_id": people[0], "slug": "tema",
             "life": "published", "visible_from": begun, "is_discussed": True}
            for i in topics
        ],
    )  # fmt: skip
    place = {"space_id": space, "is_home": True, "placed_by_id": people[0]}
    db.session.execute(insert(Placement.__table__), [{**place, "content_id": i} for i in topics])
    db.session.execute(
        insert(Revision.__table__),
        [
            {**common, "id": i, "content_id": i, "language": "bg", "number": 1, "state": "live",
             "author_id": people[0], "changed_by_id": people[0], "saves": 1}
            for i in topics
        ],
    )  # fmt: skip
    db.session.execute(
        insert(DiscussionRevision.__table__), [{"id": i, "body": "<p>А</p>"} for i in topics]
    )
    db.session.execute(
        insert(Comment.__table__),
        [
            {"content_id": i, "space_id": space, "by_id": people[n % 3], "text": "Да", "at": begun}
            for i in topics
            for n in range(REPLIES)
        ],
    )
    db.session.execute(
        insert(Discussion.__table__),
        [
            {"content_id": i, "space_id": space, "replies": REPLIES, "last_by_id": people[1],
             "last_at": moment[i]}
            for i in topics
        ],
    )  # fmt: skip


def test_lists_and_a_topic_keep_to_eight_statements(app, cast, sign_in):
    crowd(cast)
    browser = sign_in("editor")
    pages = [ROOM, *(f"{ROOM}?show={show}" for show in ("open", "decided", "mine"))]
    pages += [f"{ROOM}/decisions", "/discussions", "/discussions/tema-1100", "/spaces/workspace"]
    for page in pages:
        browser.get(page)
        with query_budget(app, 8):
            assert browser.get(page).status_code == 200, page
    first = browser.get(ROOM).text
    assert first.count("entry__title") == queries.PAGE
    assert "after=" in first


@pytest.mark.database("sqlite")  # the plan is SQLite's; PostgreSQL chooses by its statistics
def test_the_lists_walk_their_index(app, cast, person):
    values = params(
        person("editor"),
        space_id=cast.space("workspace").id,
        before=clock.now(),
        before_id=0,
        limit=31,
        day=clock.today(),
    )
    for statement, index in (
        *((each, "ix_discussion_list") for each in queries._LISTS.values()),
        (queries._OF_SPACE, "ix_resolution_list"),
    ):
        plan = explain(statement, values)
        assert index in plan, plan
        assert "TEMP B-TREE" not in plan, plan


def explain(statement, values):
    state = statement.compile(db.engine).construct_expanded_state(values)
    given = tuple(str(state.parameters[name]) for name in state.positiontup)
    found = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {state.statement}", given)
    return "\n".join(row[3] for row in found)

"""Open texts in a list: the rule for one text and the one in SQL give the same."""

from datetime import timedelta

import pytest

from portal.access import Action, may
from portal.content import services as content
from portal.content.models import IS_OPEN, Content, Revision
from portal.content.policy import RevisionPolicy
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import db, rows
from portal.kernel.transaction import transaction
from portal.spaces.models import Space
from tests.support.cast import EVERYBODY
from tests.support.writing import Shelf

LISTED = (
    db.select(Revision.id)
    .join(Content, Content.id == Revision.content_id)
    .where(IS_OPEN, RevisionPolicy.at_work)
)


@pytest.mark.parametrize("named", [False, True])
def test_who_reads_an_open_text_is_the_same_for_one_and_for_a_list(named, cast, person):
    """In each state, at home in each space; with a group that is named to review, and without."""

    @transaction
    def name_reviewers():
        space = db.session.get_one(Space, cast.space("extranet").id)
        space.reviewers_id = cast.unit("archive").id

    opens, ends = clock.now() - timedelta(days=3), clock.now() + timedelta(days=3)
    by = person("editor")
    Shelf(cast.space("workspace"), cast.space("extranet"), person("partner"), by, opens, ends)
    Shelf(cast.space("extranet"), cast.space("workspace"), by, by, opens, ends)
    for text in db.session.scalars(db.select(Revision).where(IS_OPEN)).all():
        if text.state == "in_review":  # its translation waits for nobody
            content.draft_of(text.content, "en", by=by, base=text)
    if named:
        name_reviewers()
    seen = set()
    for who in EVERYBODY:
        viewer = person(who)
        listed = {row.id for row in rows(LISTED, params(viewer))}
        texts = db.session.scalars(db.select(Revision).where(IS_OPEN)).all()
        assert listed == {text.id for text in texts if may(viewer, Action.READ, text)}, who
        seen.add(len(listed))
    assert len(seen) > 2

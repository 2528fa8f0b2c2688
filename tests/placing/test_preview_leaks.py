"""A partner that goes on writing on what the extranet shows learns nothing of the other partners."""

import pytest

from portal.content import services as content
from portal.content.models import Content
from portal.kernel.database import db
from tests.placing.test_placing import STRIPS
from tests.support import practising
from tests.support.writing import draft


@pytest.fixture
def reopened(cast, person):
    """A practice that the extranet shows, with a new draft of its partner → its number."""
    own = practising.own_space(cast)
    ident = practising.practice(own, person("partner"), person("editor")).content_id
    item = db.session.get_one(Content, ident)
    assert cast.space("extranet").id in {each.space_id for each in item.placements}
    content.draft_of(item, "bg", by=person("partner"))
    return ident


@pytest.mark.parametrize("who", ["partner", "coordinator"])
def test_a_partner_learns_nothing_of_other_partners_by_the_preview(who, reopened, cast, sign_in):
    other = cast.organisation("ngo").id
    for asked in ("", f"?organisation={other}"):
        answer = sign_in(who).get(f"/content/{reopened}/preview{asked}")
        assert answer.status_code == 404
        assert "Чист залив" not in answer.text and "Сдружена" not in answer.text


def test_nor_by_whom_it_will_reach_and_did(reopened, cast, sign_in):
    # As it stands in an address: two letters alone stand in many a form's token, too.
    browser, other = sign_in("partner"), f"unit=o{cast.organisation('ngo').id}"
    for page in ("audience", "reached"):
        path = f"/content/{reopened}/{page}"
        mark = {"audience": "read", "reached": "told"}[page]
        shown = browser.get(path, query_string={"who": mark}).text
        for theirs in ("Чист залив", "Сдружена", "Редакторова", other):
            assert theirs not in shown, (page, theirs)
    shown = browser.get(f"/content/{reopened}/audience", query_string={"who": "read"}).text
    assert "Други организации" in shown and "Кирил Свързващ" in shown
    editors = sign_in("editor").get(f"/content/{reopened}/audience").text
    assert "Чист залив" in editors and other in editors


def test_our_own_editor_sees_it_with_the_eyes_of_each(reopened, cast, sign_in):
    other = cast.organisation("ngo").id
    page = sign_in("editor").get(f"/content/{reopened}/preview?organisation={other}").text
    assert "Нора Сдружена" in "".join(STRIPS.findall(page))


def test_a_partner_is_offered_no_preview_of_her_own_text(cast, person, sign_in):
    own = practising.own_space(cast)
    ident = draft(own, person("partner")).content_id
    assert f"/content/{ident}/preview" not in sign_in("partner").get(f"/news/{ident}/review").text
    assert f"/content/{ident}/preview" in sign_in("editor").get(f"/news/{ident}/review").text

"""Asking as people ask: in Latin letters, with slips, by synonyms, with filters; and none of it
tells a reader of a word that stands only in what she may not read."""

import pytest

from portal.kernel.database import db
from portal.search import finding
from portal.search.models import Synonym
from tests.search import room
from tests.support.counting import query_budget

SECRET = "лазарвихър"
ALIKE = [
    "lazarvihyr",
    "lazarvihur",
    "лазарвихр",
    "лазарвиъхр",
    ".dpd,lrnc,",
    "лазарвихърът",
    "лазарвихърта",
    "лазравихърите",
]


@pytest.fixture
def texts(app, cast, follow):
    """What everybody of the workspace reads, and a secret that only its editors do."""
    space = cast.space("workspace").id
    room.write("Заявление за платен отпуск", "Наредба за търговията", space=space)
    room.write("Закон за устройство на територията", "Общинският съвет реши", space=space)
    room.write(f"Проект {SECRET}", slug=f"editors-{space}-secret")
    follow()
    return space


def test_the_page_says_what_was_looked_for_and_offers_the_typed_words(app, texts, sign_in):
    browser = sign_in("contributor")
    for typed, meant in [
        ("zayavlenie otpusk", "заявление отпуск"),
        ("зявление", "заявление"),
        ("заявлнеията", "заявленията"),  # which stands there in other forms alone
        ("kd,eo/d", "наредба"),
    ]:
        page = browser.get("/search", query_string={"q": typed}).text
        assert f"Показани са резултати за „{meant}“" in page, typed
        assert "/topics/" in page
        literal = " ".join(f'"{word}"' for word in typed.split())
        page = browser.get("/search", query_string={"q": literal}).text
        assert "Показани са резултати" not in page
        assert "/topics/" not in page


def test_no_suggestion_tells_of_a_word_that_its_reader_may_not_read(app, texts, person):
    for question in ALIKE:
        told = finding.find(person("contributor"), finding.Asked(question)).counts
        assert told.total == 0
        assert told.reading.shown_for is None, question
        assert finding.find(person("editor"), finding.Asked(question)).total == 1, question


def test_a_synonym_holds_at_once_and_both_ways_where_it_should(app, texts, sign_in):
    reader = sign_in("contributor")

    def found(words: str) -> int:
        return reader.get("/search", query_string={"q": words}).text.count('href="/topics/')

    assert found("ЗУТ") == 1  # the list that every installation begins with
    assert found("ваканция") == 0
    admin = sign_in("admin")
    page = admin.get("/admin/synonyms")
    assert "Закон за устройство на територията" in page.text
    with query_budget(app, 2):
        admin.get("/admin/synonyms")
    kept = db.session.query(Synonym).count()
    for wrong in (
        {"asked": " ", "meant": "отпуск"},
        {"asked": "!?", "meant": "отпуск"},
        {"asked": "отпуски", "meant": "отпуск"},
        {"asked": "зут", "meant": "закон за устройство на територията"},
        {"asked": "ваканция", "meant": "о" * 500},
    ):
        refused = admin.post("/admin/synonyms", data=wrong)
        assert 'aria-invalid="true"' in refused.text
        assert wrong["meant"] in refused.text
    assert db.session.query(Synonym).count() == kept
    admin.post("/admin/synonyms", data={"asked": "ваканция", "meant": "платен отпуск"})
    db.session.rollback()
    assert found("ваканция") == 1
    added = db.session.query(Synonym).filter_by(asked="ваканция").one()
    assert not added.is_two_way
    assert sign_in("editor").post(f"/admin/synonyms/{added.id}/remove").status_code == 404
    admin.post(f"/admin/synonyms/{added.id}/remove")
    db.session.rollback()
    assert found("ваканция") == 0


def test_filters_in_the_question_narrow_it(app, texts, person):
    for question, number in [
        ("kind:topic отпуск", 1),
        ("вид:Topics", 2),
        ("вид:новини отпуск", 0),
        ("space:нещо отпуск", 0),
        ("year:2026 отпуск", 1),
        ("отпуск 2019..2025", 0),
        ("отпуск -заявление", 0),
        ("съвет -заявление", 1),
        ("автор:никой отпуск", 0),
        ('"за платен отпуск"', 1),
        ('"платен за отпуск"', 0),
    ]:
        found = finding.find(person("contributor"), finding.Asked(question))
        assert found.total == number, question

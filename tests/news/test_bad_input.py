"""Numbers, words and dates that no database takes are answered in order, never with a crash."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.content import services as content
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from tests.support.writing import draft, published

NUMBERS = [2**31, 2**63, 10**30, 10**4000]
TYPED = {"language": "bg", "title": "Ново", "body": "<p>x</p>", "do": "save"}


@pytest.mark.parametrize("number", NUMBERS, ids=["int32", "int64", "huge", "endless"])
def test_a_number_that_no_column_holds_is_no_page(number, sign_in, person, cast):
    text = draft(cast.space("workspace"), person("editor"))
    ident = text.content_id
    editor, admin = sign_in("editor"), sign_in("admin")
    for path in ("/news/{}/edit", "/news/{}/review", "/files/{}", "/people/{}", "/news/{}"):
        assert editor.get(path.format(number)).status_code == 404, path
    assert editor.post(f"/news/{number}/keep", data={"do": "trash"}).status_code == 404
    for act in ("pin", "place", "unplace"):
        answer = editor.post(f"/content/{ident}/{act}", data={"space": str(number)})
        assert answer.status_code == 404, act
    for path in ("/news?after=20261121000000000000-{}", "/admin/journal?before={}"):
        assert admin.get(path.format(number)).status_code == 200, path


@pytest.mark.parametrize("path", ["/news/topic/a%00b", "/spaces/a%00b", "/about/a%00b"])
def test_a_nul_in_an_address_is_no_page(path, sign_in):
    assert sign_in("editor").get(path).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("wanted_from", "0001-01-01T00:00"),
        ("wanted_until", "0001-01-01T00:00"),
        ("wanted_until", "9999-12-31T23:59"),
        ("cover_id", str(2**31)),
        ("cover_id", str(10**30)),
        ("topics", str(10**30)),
    ],
)
def test_a_value_beyond_all_bounds_is_refused_at_its_field(field, value, sign_in, cast):
    form = {**TYPED, "space": cast.space("workspace").id, field: value}
    answer = sign_in("editor").post("/news/new", data=form)
    assert answer.status_code == 200
    assert "Ново" in answer.text
    assert db.session.scalar(select(Content.id)) is None


def test_an_end_before_all_times_is_refused(sign_in, person, cast):
    text = draft(cast.space("workspace"), person("editor"))
    answer = sign_in("editor").post(
        f"/content/{text.content_id}/until", data={"until": "0001-01-01T00:00"}
    )
    assert answer.status_code == 422


def test_a_picture_number_that_no_file_has_is_left_out(sign_in, cast):
    body = '<p>Има <img src="/files/999999999999" alt="нищо"></p>'
    form = {**TYPED, "space": cast.space("workspace").id, "body": body}
    assert sign_in("editor").post("/news/new", data=form).status_code == 302


@pytest.mark.parametrize("sent", ['{"title": 1, "topics": "x"}', "[1, 2]", "{"])
def test_a_form_sent_as_json_is_not_understood(sent, sign_in):
    answer = sign_in("editor").post("/news/new", data=sent, content_type="application/json")
    assert answer.status_code == 400


def test_a_month_of_the_archive_begins_by_the_clock_of_the_town_hall(sign_in, person, cast):
    with clock.at(datetime(2026, 10, 31, 22, 30, tzinfo=UTC)):  # half past midnight in Sofia
        published(cast.space("extranet"), person("editor"), person("editor"), title="В полунощ")
    reader = sign_in("reader")
    page = reader.get("/news/archive").text
    assert "/news/archive/2026/11" in page
    assert "/news/archive/2026/10" not in page
    assert "В полунощ" in reader.get("/news/archive/2026/11").text


def test_what_is_typed_stays_when_the_text_was_released_meanwhile(sign_in, person, cast):
    intranet, author = cast.space("intranet"), person("contributor")
    text = draft(intranet, author)
    content.submit(text, text.saves, by=author)
    ident, saves = text.content_id, text.saves
    content.approve(text, text.saves, by=person("editor"))
    browser = sign_in("contributor")
    mine = {"title": "Моето заглавие", "body": "<p>дълго писах</p>", "do": "save"}
    typed = {**mine, "saves": saves}
    assert browser.post(f"/news/{ident}/autosave", data=typed).status_code == 409
    answer = browser.post(f"/news/{ident}/edit", data=typed)
    assert answer.status_code == 409
    assert "Моето заглавие" in answer.text
    assert "дълго писах" in answer.text
    assert "Нов автобус" in sign_in("reader").get(f"/news/{ident}", follow_redirects=True).text
    newer = content.open_revision(db.session.get_one(Content, ident), "bg")
    again = browser.post(f"/news/{ident}/edit", data={**mine, "saves": newer.saves})
    assert again.status_code == 302
    assert db.session.get_one(type(newer), newer.id).title == "Моето заглавие"


def test_a_header_that_is_no_address_leads_home(sign_in):
    answer = sign_in("reader").post(
        "/language", data={"language": "en"}, headers={"Referer": "http://[bad/"}
    )
    assert (answer.status_code, answer.location) == (302, "/")

"""What a partner who writes could learn or do by numbers and values that no page offers."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.content import services as content
from portal.content.models import Content, ContentTopic
from portal.files.services import add_file
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.practices import record as records
from portal.practices import services, writing
from portal.practices.models import Practice
from portal.spaces import services as spaces
from tests.practices.filling import latest, path, png, sealed
from tests.support.practising import begun, filled, practice, topic


@pytest.fixture
def meeting(cast, person):
    """A workspace where one person of a partner writes with our own house."""
    made = spaces.create_space(
        by=person("admin"),
        kind="workspace",
        name_bg="Заедно",
        name_en="Together",
        manager=cast["manager"],
    )
    until = clock.today() + timedelta(days=90)
    spaces.add_member(made, cast["partner"], Role.CONTRIBUTOR, by=person("admin"), until=until)
    spaces.add_member(made, cast["editor"], Role.CONTRIBUTOR, by=person("admin"))
    return made


def test_a_stale_save_names_nobody_by_a_number_that_was_typed(sign_in, own_space, person, cast):
    text = begun(own_space, person("partner"))
    browser = sign_in("partner")
    for who in ("ngo", "stranger", "reader"):
        typed = {**sealed(text), "seal": "old", "contact": str(cast.id(who)), "do": "save"}
        answer = browser.post(path(text), data=typed)
        assert answer.status_code == 409
        assert cast[who].family not in answer.text


def test_a_partner_reads_no_list_of_our_people_in_the_choice_of_a_contact(
    sign_in, meeting, person, cast
):
    text = begun(meeting, person("editor"))
    page = sign_in("partner").get(path(text)).text
    assert cast["editor"].family in page
    assert cast["reader"].family not in page
    answer = sign_in("partner").post(
        path(text), data=sealed(text, contact=str(cast.id("reader")), do="save")
    )
    assert answer.status_code == 422
    assert cast["reader"].family not in answer.text
    assert latest().record["contact"] == cast.id("editor")


HUGE = ["9" * 10, "9" * 19, "9" * 40, "-1", "x", "\x00", "٣"]


@pytest.mark.parametrize("number", HUGE)
def test_a_number_that_no_database_takes_is_no_crash(number, sign_in, own_space, person):
    text = practice(own_space, person("partner"), person("editor"))
    at = f"/practices/{text.content_id}"
    browser = sign_in("editor")
    for url, values in (
        (f"{at}/questions", {"text": "Колко?", "space": number}),
        ("/practices/new", {"title": "Т", "failed": "no", "language": "bg", "space": number}),
        (f"{at}/send", {"saves": number}),
        (f"{at}/approve", {"saves": number, "text": number}),
        (f"{at}/return", {"saves": number, "text": number, "remark": "Да."}),
        (f"/content/{text.content_id}/place", {"space": number}),
        (f"/content/{text.content_id}/places", {"space": number}),
        (f"/content/{text.content_id}/unplace", {"space": number}),
        (f"/content/{text.content_id}/until", {"until": number}),
    ):
        assert browser.post(url, data=values).status_code < 500, url
    for url in (
        f"/practices?page={number}",
        f"/practices/a-{number}",
        f"{at}/review?language={number}",
        f"/content/{text.content_id}/preview?space={number}&organisation={number}",
    ):
        assert browser.get(url.replace("\x00", "%00")).status_code < 500, url


def test_a_draft_in_english_shows_nothing_of_itself_when_the_bulgarian_goes_live(
    sign_in, own_space, person
):
    text = filled(own_space, person("partner"))
    other = services.translate(text.content, "en", by=person("partner"))
    about = records.step_of("about", False)
    services.save_step(
        other,
        "about",
        services.step_seal(other, about),
        {"title": "SECRET heading", "summary": "SECRET sentence"},
        by=person("partner"),
    )
    text = db.session.merge(text)
    content.submit(text, text.saves, by=person("partner"))
    content.approve(text, text.saves, by=person("editor"))
    ngo = sign_in("ngo")
    for url in ("/practices", f"/practices/{text.content.address}", "/"):
        assert "SECRET" not in ngo.get(url, headers={"Accept-Language": "en"}).text
        ngo.post("/language", data={"language": "en"})
    item = db.session.get(Content, text.content_id)
    assert "SECRET" not in f"{item.title_en}{item.summary_en}"


@pytest.mark.parametrize("verb", ["add", "remove", "upload"])
@pytest.mark.parametrize("key", ["\r\nX: y", "nothing", "costs-\r\nX: y"])
def test_a_button_that_the_page_does_not_have_saves_and_no_more(
    verb, key, sign_in, own_space, person
):
    text = begun(own_space, person("partner"))
    typed = sealed(text, "how", skills="шофьор", costs=[], do=f"{verb}-{key}")
    answer = sign_in("partner").post(path(text, "how"), data=typed)
    assert answer.status_code == 302
    assert latest().record["skills"] == "шофьор"


@pytest.mark.parametrize(
    ("name", "bytes_"),
    [
        ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="5" height="5"/>'),
        ("x.png", png().getvalue()[:40]),
        ("x.png", png().getvalue()),
    ],
)
def test_what_was_uploaded_as_a_file_is_no_picture(name, bytes_, own_space, person, sign_in):
    file = add_file(io.BytesIO(bytes_), name, by=person("partner"))
    rows = [{"file": str(file.id), "alt": "Автобус", "author": "Аз", "consent": "1"}]
    text = practice(own_space, person("partner"), person("editor"), pictures=rows)
    assert text.record["pictures"] == []
    paper = sign_in("partner").get(f"/practices/{text.content_id}/paper.pdf")
    assert paper.status_code == 200


def released_again(text, person, language, **changes):
    """Change one step of a practice's text and release it."""
    draft = services.go_on(text.content, language, by=person("partner"))
    step = records.step_of("about", False)
    saved = services.save_step(
        draft, "about", services.step_seal(draft, step), changes, by=person("partner")
    )
    assert not saved.faults
    content.submit(draft, draft.saves, by=person("partner"))
    content.approve(draft, draft.saves, by=person("editor"))
    return draft


def test_a_translation_copied_earlier_takes_no_topic_of_the_original_back(own_space, person):
    text = practice(own_space, person("partner"), person("editor"))
    services.translate(text.content, "en", by=person("partner"))
    water = topic("voda", "Води", "Water")
    released_again(text, person, "bg", topics=[str(water)])
    released_again(text, person, "en", title="A bus on demand")
    found = select(ContentTopic.topic_id).where(ContentTopic.content_id == text.content_id)
    assert list(db.session.scalars(found)) == [water]


def test_a_practice_released_in_english_alone_is_found_by_its_newest_text(own_space, person):
    text = filled(own_space, person("partner"))
    released_again(text, person, "en", nuts3="BG341")
    released_again(text, person, "en", nuts3="BG421")
    assert db.session.get(Practice, text.content_id).nuts3 == "BG421"


def test_a_translation_cannot_promise_fewer_readers_than_the_original_has(own_space, person):
    text = practice(own_space, person("partner"), person("editor"))
    draft = services.translate(text.content, "en", by=person("partner"))
    step = records.step_of("files", False)
    services.save_step(
        draft, "files", services.step_seal(draft, step), {"visibility": "own"}, by=person("partner")
    )
    with pytest.raises(Refused) as refused:
        content.submit(draft, draft.saves, by=person("partner"))
    assert refused.value.field == "visibility"


def test_after_midnight_the_hour_of_saving_is_told_too(app):
    with clock.at(datetime(2026, 11, 21, 22, 7, tzinfo=UTC)):
        assert writing.said_saved() == "Записано в 0:07"


def test_a_translation_thrown_away_meanwhile_loses_nothing_that_was_typed(
    sign_in, own_space, person
):
    text = practice(own_space, person("partner"), person("editor"))
    draft = services.translate(text.content, "en", by=person("partner"))
    typed = sealed(draft, summary="Buses on demand", do="next")
    content.discard(draft, by=person("coordinator"))
    browser = sign_in("partner")
    url = path(text) + "?language=en"
    assert browser.post(path(text, what="autosave") + "?language=en", data=typed).status_code == 409
    answer = browser.post(url, data=typed)
    assert answer.status_code == 409
    assert "Buses on demand" in answer.text
    seal = re.search(r'name="seal" value="(\w+)"', answer.text)[1]
    again = {
        "seal": seal,
        "anew": "1",
        "summary": "Buses on demand",
        "take-summary": "mine",
        "do": "save",
    }
    action = re.search(r'<form [^>]*action="([^"]+)" class="form sec"', answer.text)[1]
    assert browser.post(action, data=again).status_code == 302
    kept = latest()
    assert (kept.language, kept.summary) == ("en", "Buses on demand")


@pytest.mark.parametrize("step", ["edit/about", "edit/check", "review", "questions", "paper.pdf"])
def test_a_draft_begun_in_the_extranet_is_its_authors_alone(step, sign_in, cast, person, follow):
    extranet = cast.space("extranet")
    for who in ("partner", "ngo"):
        spaces.add_member(extranet, cast[who], Role.CONTRIBUTOR, by=person("admin"))
    text = begun(extranet, person("partner"), "Тайният автобус")
    follow()
    other = sign_in("ngo")
    assert sign_in("partner").get(path(text)).status_code == 200
    assert other.get(f"/practices/{text.content_id}/{step}").status_code == 404
    assert other.post(path(text), data=sealed(text, do="save")).status_code == 404
    for url in ("/practices", "/practices/mine", "/search?q=тайният", "/"):
        assert "Тайният" not in other.get(url).text

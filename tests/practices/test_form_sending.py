"""What follows the form: checking, sending, remarks, the second language, the list, the trash."""

import re

import pytest
from sqlalchemy import select

from portal.content import keeping
from portal.content import services as content
from portal.content.models import Life, State
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.practices import services
from portal.practices.models import PracticeRevision
from tests.practices.filling import latest, path, sealed, shown
from tests.support.counting import query_budget
from tests.support.practising import begun, filled, practice, submitted


def of(ident) -> PracticeRevision:
    db.session.rollback()
    return db.session.get_one(PracticeRevision, ident)


def send(browser, text, **more):
    data = {"saves": text.saves, "note": "", **more}
    return browser.post(f"/practices/{text.content_id}/send", data=data)


@pytest.mark.parametrize(
    ("lacking", "anchor", "words"),
    [
        ({"indicators": []}, "#indicators", "Доказателства"),
        (
            {"costs": [{"sort": "setup", "amount": "5", "currency": "EUR"}]},
            "#costs-0-year",
            "коя година",
        ),
    ],
)
def test_what_is_lacking_keeps_it_from_the_reviewers_and_is_said_at_its_control(
    lacking, anchor, words, sign_in, own_space, person
):
    text = filled(own_space, person("partner"), **lacking)
    browser = sign_in("partner")
    answer = send(browser, text, note="Моля, вижте.")
    assert answer.status_code == 422
    assert words in answer.text
    assert shown(answer.text, "note") == "Моля, вижте."
    assert latest().state == State.DRAFT
    led = re.search(rf'href="([^"]*){anchor}"', answer.text)
    assert led
    page = browser.get(led[1].replace("&amp;", "&")).text
    assert f'id="{anchor[1:]}"' in page
    told = re.search(rf'id="{anchor[1:]}-told"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert told
    assert "<span></span>" not in told[1]


def test_the_page_before_sending_shows_the_record_in_brief(sign_in, own_space, person):
    text = filled(own_space, person("partner"))
    page = sign_in("partner").get(path(text, "check")).text
    assert all(
        words in page
        for words in ("Пътувания до града", "Превоз", "Петър Партньоров", "05.2024", "учебно")
    )
    assert "Всичко нужно е налице" in page


def test_what_a_colleague_changed_meanwhile_is_looked_at_before_sending(sign_in, own_space, person):
    text = filled(own_space, person("partner"))
    seen = text.saves
    sign_in("coordinator").post(path(text), data=sealed(text, settlement="Дъбрава"))
    browser = sign_in("partner")
    answer = browser.post(f"/practices/{text.content_id}/send", data={"saves": seen, "note": "А"})
    assert answer.status_code == 409
    assert "Дъбрава" in answer.text
    assert latest().state == State.DRAFT
    again = {"saves": shown(answer.text, "saves"), "note": "А"}
    assert browser.post(f"/practices/{text.content_id}/send", data=again).status_code == 302
    assert latest().state == State.IN_REVIEW
    assert latest().record["note"] == "А"


def test_sending_twice_sends_once(sign_in, own_space, person):
    text = filled(own_space, person("partner"))
    browser = sign_in("partner")
    assert send(browser, text).status_code == 302
    assert send(browser, text).status_code == 302
    assert latest().state == State.IN_REVIEW


def test_what_is_with_the_reviewers_is_taken_back_by_a_button(sign_in, own_space, person):
    text = submitted(own_space, person("partner"))
    browser = sign_in("coordinator")
    page = browser.get(path(text)).text
    assert "Практиката е при рецензентите" in page
    assert 'name="settlement"' not in page  # nothing is typed while they read
    led = re.search(r'href="([^"]*/review[^"]*)"', page)
    assert led
    assert browser.get(led[1]).status_code == 200
    assert latest().state == State.IN_REVIEW
    browser.post(f"/practices/{text.content_id}/draft", data={"language": "bg"})
    assert latest().state == State.DRAFT
    assert 'name="settlement"' in browser.get(path(text)).text


def test_the_reviewers_remarks_stand_at_their_fields(sign_in, own_space, person):
    text = submitted(own_space, person("partner"))
    content.return_(
        text,
        text.saves,
        by=person("editor"),
        remark="Почти е готова.",
        at={"problem": "За кои села?", "costs-0-year": "2023 ли беше?"},
    )
    browser = sign_in("partner")
    story = browser.get(path(text, "story")).text
    assert "Почти е готова." in story
    assert "За кои села?" in story
    assert "2023 ли беше?" not in story
    assert "2023 ли беше?" in browser.get(path(text, "how")).text
    assert story.count("1 бележка") == 2  # in the navigation, at two steps
    browser.post(path(text), data=sealed(text, settlement="Дъбрава"))
    assert "За кои села?" in browser.get(path(text, "story")).text  # until it is answered
    content.submit(of(text.id), of(text.id).saves, by=person("partner"))
    content.return_(of(text.id), of(text.id).saves, by=person("editor"), remark="Още нещо.")
    newer = browser.get(path(text, "story")).text
    assert "Още нещо." in newer
    assert "За кои села?" not in newer


def test_the_english_text_is_written_beside_the_original(sign_in, own_space, person):
    text = filled(own_space, person("partner"))
    browser = sign_in("coordinator")
    answer = browser.post(f"/practices/{text.content_id}/draft", data={"language": "en"})
    assert "language=en" in answer.location
    english = latest()
    assert (english.language, english.title) == ("en", text.title)
    page = browser.get(f"{path(text)}?language=en").text
    assert 'class="original"' in page
    assert "Още с думите на оригинала" in page
    typed = sealed(english, title="A bus on request", summary="It comes when called.")
    answer = browser.post(f"{path(text)}?language=en", data={**typed, "do": "next"})
    assert "language=en" in answer.location
    assert of(english.id).title == "A bus on request"
    assert of(text.id).title == text.title
    files = sealed(english, "files", machine=["", "1"])
    browser.post(f"{path(text, 'files')}?language=en", data=files)
    assert of(english.id).record["machine"] is True
    assert not of(text.id).record.get("machine")
    assert 'class="original"' not in browser.get(f"{path(text)}?language=bg").text


def test_the_list_says_how_far_each_is_and_what_comes_next(sign_in, own_space, person):
    begun(own_space, person("partner"), "Споделени велосипеди")
    filled(own_space, person("partner"), title="Готова за изпращане")
    submitted(own_space, person("partner"), title="Чака отговор")
    practice(own_space, person("partner"), person("editor"), title="Публикувана вече")
    page = sign_in("coordinator").get("/practices/mine").text
    for words in ("Споделени велосипеди", "Готова за изпращане", "Чака отговор", "Публикувана"):
        assert words in page
    assert "100 %" in page
    assert "Нужни са още 10 неща преди изпращане" in page
    assert "Петър Партньоров" in page


def test_strangers_have_no_list_and_see_nothing_of_others(sign_in, own_space, person):
    begun(own_space, person("partner"), "Тайни велосипеди")
    assert sign_in("stranger").get("/practices/mine").status_code == 404
    assert sign_in("ngo").get("/practices/mine").status_code == 404
    assert "Тайни" in sign_in("editor").get("/practices/mine").text


@pytest.mark.parametrize("number", [1, 12])
def test_a_longer_list_costs_no_more_statements(number, app, sign_in, own_space, person):
    for n in range(number):
        begun(own_space, person("partner"), f"Практика {n}")
    browser = sign_in("partner")
    browser.get("/practices/mine")
    with query_budget(app, 5):
        browser.get("/practices/mine")


def test_a_step_costs_few_statements(app, sign_in, own_space, person):
    text = filled(own_space, person("partner"))
    browser = sign_in("partner")
    for step in ("about", "how", "files"):
        browser.get(path(text, step))
        with query_budget(app, 12):
            browser.get(path(text, step))


def test_a_draft_thrown_away_lies_in_the_trash_and_comes_back(sign_in, own_space, person):
    text = begun(own_space, person("partner"), "Споделени велосипеди")
    partner, editor = sign_in("partner"), sign_in("editor")
    seen = {"text": text.id, "saves": text.saves}
    answer = partner.post(f"/practices/{text.content_id}/discard", data=seen)
    assert answer.status_code == 302
    assert of(text.id).content.life == Life.TRASHED
    assert partner.get(path(text)).status_code == 404
    assert "Споделени" not in partner.get("/practices/mine").text
    assert partner.post(f"/practices/{text.content_id}/restore").status_code == 404
    assert "Споделени" in editor.get("/practices/mine").text
    assert editor.post(f"/practices/{text.content_id}/restore").status_code == 302
    assert of(text.id).content.life == Life.UNPUBLISHED
    assert partner.get(path(text)).status_code == 200


def test_a_new_draft_thrown_away_leaves_the_published_text(sign_in, own_space, person):
    text = practice(own_space, person("partner"), person("editor"))
    browser = sign_in("partner")
    browser.post(f"/practices/{text.content_id}/draft", data={"language": "bg"})
    assert latest().number == 2
    seen = {"text": latest().id, "saves": latest().saves}
    browser.post(f"/practices/{text.content_id}/discard", data=seen)
    db.session.rollback()
    found = db.session.scalars(select(PracticeRevision)).all()
    assert [each.state for each in found] == [State.LIVE]


def test_a_draft_on_which_a_co_author_went_on_is_not_thrown_away_unread(sign_in, own_space, person):
    text = begun(own_space, person("partner"), "Споделени велосипеди")
    mine, others = sign_in("partner"), sign_in("coordinator")
    page = mine.get(path(text)).text
    seen = {"text": text.id, "saves": shown(page, "saves")}
    keep = path(text, "about", "autosave")
    # What she saves herself she has seen, but not what another wrote into another step before.
    told = mine.post(keep, data={**sealed(text, title="Моя"), "saves": seen["saves"]})
    assert told.json["saves"] == of(text.id).saves > int(seen["saves"])
    seen["saves"] = told.json["saves"]
    others.post(path(of(text.id), "how"), data=sealed(of(text.id), "how", legal="Нейни думи."))
    told = mine.post(keep, data={**sealed(of(text.id), title="Пак моя"), "saves": seen["saves"]})
    assert told.json["saves"] == seen["saves"] < of(text.id).saves
    late = mine.post(f"/practices/{text.content_id}/discard", data=seen)
    assert f"/practices/{text.content_id}/edit" in late.location
    assert of(text.id).content.life == Life.UNPUBLISHED
    seen["saves"] = shown(mine.get(path(text)).text, "saves")
    mine.post(f"/practices/{text.content_id}/discard", data=seen)
    assert of(text.id).content.life == Life.TRASHED


def test_what_lies_in_the_trash_of_others_is_nobodys(sign_in, own_space, person):
    text = begun(own_space, person("partner"))
    keeping.trash(text.content, by=person("partner"))
    for who in ("ngo", "stranger", "reader"):
        answer = sign_in(who).post(f"/practices/{text.content_id}/restore")
        assert answer.status_code == 404


def test_staff_publish_their_own_practice_but_not_a_partners_without_a_word(
    sign_in, cast, own_space, person
):
    own = filled(cast.space("extranet"), person("manager"))
    answer = send(sign_in("manager"), own, do="publish")
    assert answer.status_code == 302
    assert of(own.id).state == State.LIVE
    theirs = filled(own_space, person("partner"))
    browser = sign_in("editor")
    assert 'value="publish"' not in browser.get(path(theirs, "check")).text
    send(browser, theirs, do="publish")
    assert of(theirs.id).state == State.IN_REVIEW
    assert services.at_work(theirs.content, "bg") is not None


def test_the_pages_speak_english_too(sign_in, own_space, person):
    text = filled(own_space, person("partner"), lessons="")
    browser = sign_in("partner")
    with browser.session_transaction() as kept:
        kept["language"] = "en"
    page = browser.get(path(text, "how")).text
    assert "What is not marked is optional" in page
    assert shown(page, "costs-1-amount") == "41200.5"
    assert "Makes it better" in browser.get(path(text, "check")).text


@transaction
def with_latin_names(cast, *names):
    for who in names:
        cast[who].given_latin, cast[who].family_latin = who.title(), "Latinova"


def test_readers_of_english_read_names_in_latin_letters(sign_in, cast, own_space, person):
    with_latin_names(cast, "partner", "coordinator", "editor", "colleague", "manager")
    text = submitted(own_space, person("partner"))
    content.return_(text, text.saves, by=person("editor"), remark="Още.", at={})
    browser = sign_in("partner")
    with browser.session_transaction() as kept:
        kept["language"] = "en"
    for url, who in (
        ("/practices/mine", "partner"),
        (path(text, "about"), "coordinator"),  # who may answer
        (path(text, "check"), "editor"),  # who returned it, and who reads it next
    ):
        main = browser.get(url).text.partition("<main")[2]
        assert f"{who.title()} Latinova" in main
        assert cast[who].family not in main


def test_a_returned_practice_is_opened_at_its_first_remark(sign_in, own_space, person):
    text = submitted(own_space, person("partner"))
    content.return_(text, text.saves, by=person("editor"), remark="", at={"lessons": "Само това?"})
    browser = sign_in("partner")
    led = re.search(
        rf'href="([^"]*/{text.content_id}/edit[^"]*)"', browser.get("/practices/mine").text
    )
    assert led
    assert "/edit/results" in browser.get(led[1]).location


def test_a_copy_that_nobody_translated_is_not_called_ready(sign_in, own_space, person):
    text = filled(own_space, person("partner"))
    english = services.translate(text.content, "en", by=person("partner"))
    browser = sign_in("partner")
    page = browser.get("/practices/mine").text
    assert "текста още са с думите на оригинала" in page
    check = browser.get(f"{path(english, 'check')}?language=en").text
    assert "текста още са с думите на оригинала" in check
    for named in re.findall("вижте (?:го |ги )?под „([^“]+)“", check):  # the lists that it names
        assert f">{named} <span" in check, named
    assert "„Още с думите на оригинала“" in check
    assert "думите на оригинала" not in browser.get(f"{path(text, 'check')}?language=bg").text

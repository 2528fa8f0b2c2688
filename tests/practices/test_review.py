"""A reviewer reads the whole practice on one page and writes each remark where it belongs."""

import pytest
from sqlalchemy import func, select

from portal.access import Role
from portal.accounts.models import Group
from portal.content import services as content
from portal.content.models import Content, Decision, Life, Remark, State
from portal.content.queries import remarks_at
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.practices import record as records
from portal.practices import services
from portal.spaces import services as spaces
from portal.spaces.reviewers import people_reviewing
from tests.practices.reviewed import seen, subjects, text_of, url
from tests.support.practising import TITLE, begun, filled, practice, submitted

SECRET = "Тези числа не са от дневника."


@pytest.fixture
def waiting(own_space, person):
    """The number of a practice that «partner» sent for review."""
    return submitted(own_space, person("partner")).content_id


# ── The page ────────────────────────────────────────────────────────────


def test_the_whole_practice_stands_on_one_page_with_a_box_at_each_field(sign_in, waiting):
    page = sign_in("editor").get(url(waiting)).text
    for words in (TITLE, "Първите две седмици никой не се обаждаше.", "дневник на диспечера",
                  "64\u00a0000", "Община Каменград", "Петър Партньоров", "за одобрение"):  # fmt: skip
        assert words in page, words
    for each in records.fields(failed=False):
        assert f'name="at_{each.key}"' in page, each.key
    places = [page.index(f'id="step-{step.key}"') for step in records.steps(False)]
    assert places == sorted(places)
    assert "Връщане с бележки" in page and "Одобряване и публикуване" in page


def test_the_page_says_what_is_missing_and_why_it_matters(sign_in, own_space, person):
    ident = submitted(own_space, person("partner"), pictured=False, lessons="").content_id
    page = sign_in("editor").get(url(ident)).text
    assert 'href="#field-lessons"' in page and 'href="#field-pictures"' in page
    assert "Спестява същите грешки" in page  # why the lessons matter
    assert page.count("Още не е попълнено.") == 2


def test_the_page_of_a_draft_with_a_title_alone_opens_for_its_author(sign_in, own_space, person):
    ident = begun(own_space, person("partner")).content_id
    page = sign_in("coordinator").get(url(ident)).text
    assert TITLE in page and "Одобри" not in page and 'name="at_problem"' not in page


def test_the_shorter_record_is_reviewed_without_the_other_fields(sign_in, own_space, person):
    ident = submitted(own_space, person("partner"), failed=True).content_id
    page = sign_in("editor").get(url(ident)).text
    assert "не проработи" in page.casefold()
    assert 'name="at_lessons"' in page and 'name="at_indicators"' not in page


def test_the_page_shows_what_changes_for_the_readers(sign_in, own_space, person):
    text = practice(own_space, person("partner"), person("editor"))
    ident = text.content_id
    draft = content.draft_of(text.content, "bg", by=person("partner"))
    step = records.step_of("results", failed=False)
    typed = {"lessons": "Щяхме да наемем двама диспечери от района още в началото."}
    services.save_step(
        draft, "results", services.step_seal(draft, step), typed, by=person("partner")
    )
    content.submit(draft, draft.saves, by=person("partner"))
    page = sign_in("editor").get(url(ident)).text
    assert "<ins>" in page and "двама" in page and "<del>" in page
    assert page.count('class="seen__change"') == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("editor", 200), ("partner", 200), ("coordinator", 200), ("manager", 200), ("ngo", 404),
     ("reader", 404), ("stranger", 404), ("visitor", 302), ("admin", 404)],
)  # fmt: skip
@pytest.mark.parametrize("state", ["waiting", "live"])
def test_only_those_who_write_or_review_it_open_the_page(
    sign_in, person, waiting, who, status, state
):
    if state == "live":
        text = text_of(waiting)
        content.approve(text, text.saves, by=person("editor"))
    assert sign_in(who).get(url(waiting)).status_code == status


# ── Returning ───────────────────────────────────────────────────────────


def test_it_is_returned_with_remarks_at_the_fields(sign_in, waiting):
    data = seen(waiting, remark="Почти готово.", at_indicators=SECRET, at_lessons="  ")
    answer = sign_in("editor").post(url(waiting, "return"), data=data)
    assert answer.status_code == 302
    text = text_of(waiting)
    assert text.state == State.RETURNED
    assert {key: [row.text for row in found] for key, found in remarks_at(text.id).items()} == {
        "indicators": [SECRET]
    }
    page = sign_in("partner").get(url(waiting)).text
    assert SECRET in page and "Почти готово." in page and "Елена Редакторова" in page
    assert page.index(SECRET) > page.index('id="field-indicators"')
    assert page.index(SECRET) < page.index('id="field-lessons"')


def test_former_remarks_stay_beside_the_changed_text(sign_in, person, waiting):
    editor = sign_in("editor")
    editor.post(url(waiting, "return"), data=seen(waiting, at_lessons="Кажете повече."))
    text = text_of(waiting)
    step = records.step_of("results", failed=False)
    typed = {"lessons": "Щяхме да наемем диспечер по-рано и да го обучим."}
    services.save_step(text, "results", services.step_seal(text, step), typed, by=person("partner"))
    content.submit(text, text.saves, by=person("partner"))
    page = editor.get(url(waiting)).text
    assert "Кажете повече." in page and "преди последните промени" in page


def test_nothing_is_returned_without_a_word(sign_in, waiting):
    answer = sign_in("editor").post(url(waiting, "return"), data=seen(waiting, at_lessons="   "))
    assert answer.status_code == 422
    assert "Кажете какво да се промени" in answer.text or "remark-help" in answer.text
    assert text_of(waiting).state == State.IN_REVIEW


def test_a_remark_too_long_is_kept_and_told_at_its_field(sign_in, waiting):
    data = seen(waiting, at_lessons="я" * 2001, at_core="Добре е.")
    answer = sign_in("editor").post(url(waiting, "return"), data=data)
    assert answer.status_code == 422
    assert "я" * 2001 in answer.text and "Добре е." in answer.text
    assert 'id="at_lessons-help"' in answer.text and 'href="#at_lessons"' in answer.text
    assert text_of(waiting).state == State.IN_REVIEW
    assert db.session.scalar(select(func.count(Remark.id))) == 0


def test_a_remark_at_a_field_that_is_none_is_nothing(sign_in, waiting):
    answer = sign_in("editor").post(url(waiting, "return"), data=seen(waiting, at_nothing="Ех."))
    assert answer.status_code == 422


def test_a_double_click_returns_it_once(sign_in, waiting):
    editor, data = sign_in("editor"), seen(waiting, at_lessons="Кажете повече.")
    assert editor.post(url(waiting, "return"), data=data).status_code == 302
    assert editor.post(url(waiting, "return"), data=data).status_code == 409
    assert db.session.scalar(select(func.count(Decision.id))) == 1


@pytest.mark.parametrize("step", ["return", "approve"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("partner", 403), ("coordinator", 403), ("ngo", 404), ("reader", 404), ("visitor", 401)],
)
def test_only_reviewers_decide(sign_in, waiting, who, status, step):
    remark = {"remark": "Не."} if step == "return" else {}
    answer = sign_in(who).post(url(waiting, step), data=seen(waiting, **remark))
    assert answer.status_code == status
    assert text_of(waiting).state == State.IN_REVIEW


# ── Approving ───────────────────────────────────────────────────────────


def test_it_is_approved_and_its_readers_find_it(sign_in, waiting):
    answer = sign_in("editor").post(url(waiting, "approve"), data=seen(waiting))
    assert answer.status_code == 302
    item = text_of(waiting).content
    assert item.life == Life.PUBLISHED
    assert TITLE in sign_in("ngo").get("/practices").text


def test_remarks_are_never_lost_by_approving(sign_in, waiting):
    data = seen(waiting, at_lessons="Кажете повече.")
    answer = sign_in("editor").post(url(waiting, "approve"), data=data)
    assert answer.status_code == 422
    assert "Кажете повече." in answer.text and "Написали сте бележки" in answer.text
    assert text_of(waiting).state == State.IN_REVIEW


def test_whoever_changed_it_last_does_not_approve_it(sign_in, own_space, person):
    ident = submitted(own_space, person("editor")).content_id
    editor = sign_in("editor")
    page = editor.get(url(ident)).text
    assert "Одобряване и публикуване" not in page and "друг" in page
    answer = editor.post(url(ident, "approve"), data=seen(ident))
    assert answer.status_code == 422
    assert text_of(ident).state == State.IN_REVIEW
    assert sign_in("colleague").post(url(ident, "approve"), data=seen(ident)).status_code == 302


def test_an_editor_of_the_home_alone_is_told_who_may_publish_it(sign_in, cast, person, waiting):
    home = text_of(waiting).content.home
    spaces.add_member(home, cast["head"], Role.EDITOR, by=person("manager"))
    answer = sign_in("head").post(url(waiting, "approve"), data=seen(waiting))
    assert answer.status_code == 422
    assert "редактор и на „Екстранет“" in answer.text
    text = text_of(waiting)
    assert text.state == State.IN_REVIEW and text.content.life == Life.UNPUBLISHED
    assert db.session.scalar(select(func.count(Decision.id))) == 0


def test_she_publishes_what_is_for_the_home_alone(sign_in, cast, person, own_space):
    ident = submitted(own_space, person("partner"), visibility="own").content_id
    spaces.add_member(own_space, cast["head"], Role.EDITOR, by=person("manager"))
    assert sign_in("head").post(url(ident, "approve"), data=seen(ident)).status_code == 302
    assert text_of(ident).state == State.LIVE


def test_a_further_text_of_a_placed_practice_needs_the_home_alone(sign_in, cast, person, own_space):
    text = practice(own_space, person("partner"), person("editor"))
    ident = text.content_id
    spaces.add_member(own_space, cast["head"], Role.EDITOR, by=person("manager"))
    draft = content.draft_of(text.content, "bg", by=person("partner"))
    content.submit(draft, draft.saves, by=person("partner"))
    assert sign_in("head").post(url(ident, "approve"), data=seen(ident)).status_code == 302
    assert text_of(ident).state == State.LIVE


# ── The text changed meanwhile ──────────────────────────────────────────


def changed(ident: int, person, again: bool = True) -> None:
    """The author changes the text under the reviewer's eyes, and sends it again or not."""
    text, by = text_of(ident), person("partner")
    step = records.step_of("results", failed=False)
    typed = {"lessons": "Нов извод, който никой не е прегледал."}
    content.withdraw(text, by=by)
    services.save_step(text, "results", services.step_seal(text, step), typed, by=by)
    if again:
        content.submit(text, text.saves, by=by)


@pytest.mark.parametrize("step", ["return", "approve"])
@pytest.mark.parametrize("again", [True, False])
def test_nothing_is_decided_on_a_text_that_changed(sign_in, person, waiting, step, again):
    remark = {"at_core": SECRET} if step == "return" else {}
    data = seen(waiting, **remark)
    changed(waiting, person, again)
    answer = sign_in("editor").post(url(waiting, step), data=data)
    assert answer.status_code == 409
    assert "Нов извод" in answer.text and "нищо не е решено" in answer.text
    assert not remark or SECRET in answer.text
    text = text_of(waiting)
    assert text.state == (State.IN_REVIEW if again else State.DRAFT)
    assert db.session.scalar(select(func.count(Decision.id))) == 0


def test_after_a_look_at_the_change_the_decision_stands(sign_in, person, waiting):
    editor, data = sign_in("editor"), seen(waiting)
    changed(waiting, person)
    page = editor.post(url(waiting, "approve"), data=data).text
    assert f'name="saves" value="{text_of(waiting).saves}"' in page
    assert editor.post(url(waiting, "approve"), data=seen(waiting)).status_code == 302


def test_a_broken_form_decides_nothing(sign_in, waiting):
    editor = sign_in("editor")
    for data in ({}, {"text": "x", "saves": "y"}, {"text": "0", "saves": "99999999999999999999"}):
        assert editor.post(url(waiting, "approve"), data=data).status_code == 409, data
    assert editor.post(url(waiting, "approve"), json={}).status_code == 400
    assert text_of(waiting).state == State.IN_REVIEW


# ── Named reviewers ─────────────────────────────────────────────────────


@pytest.fixture
def reviewed_by_office(own_space, cast, person):
    """The home names the people of a unit as its reviewers; «head» is one of them."""
    spaces.add_member(own_space, cast["head"], Role.READER, by=person("manager"))
    spaces.change_settings(
        own_space,
        by=person("manager"),
        name_bg=own_space.name_bg,
        reviewers=cast.unit("office"),
    )


def test_named_reviewers_judge_and_editors_do_not(
    reviewed_by_office, sign_in, waiting, mail_server, follow
):
    follow()
    assert len(subjects(mail_server, "head")) == 1 and subjects(mail_server, "editor") == []
    assert 'name="at_core"' in sign_in("head").get(url(waiting)).text
    assert 'name="at_core"' not in sign_in("editor").get(url(waiting)).text
    data = seen(waiting, at_core="Кажете повече.")
    assert sign_in("editor").post(url(waiting, "return"), data=data).status_code == 403
    answer = sign_in("head").post(url(waiting, "return"), data=data)
    assert answer.location == "/practices"
    assert sign_in("head").get(url(waiting)).status_code == 404  # it is with its authors again


def test_a_named_reviewer_meets_a_conflict_when_it_was_taken_back(
    reviewed_by_office, sign_in, person, waiting
):
    data = seen(waiting, at_core="Кажете повече.")
    changed(waiting, person, again=False)
    assert sign_in("head").post(url(waiting, "return"), data=data).status_code == 409
    assert sign_in("head").post(url(waiting, "return"), data={"text": "1"}).status_code == 404


# ── Two languages ───────────────────────────────────────────────────────


def test_the_english_text_is_reviewed_beside_the_bulgarian_one(sign_in, own_space, person):
    author = person("partner")
    text = practice(own_space, author, person("editor"))
    ident = text.content_id
    english = services.translate(text.content, "en", by=author)
    content.submit(english, english.saves, by=author)
    editor = sign_in("editor")
    page = editor.get(url(ident)).text
    assert f'name="text" value="{english.id}"' in page
    answer = editor.post(url(ident, "approve"), data=seen(ident))
    assert answer.status_code == 302
    assert text_of(ident).state == State.LIVE


def test_taking_it_back_from_review_is_the_authors_right(sign_in, waiting):
    assert sign_in("ngo").post(url(waiting, "withdraw")).status_code == 404
    assert sign_in("coordinator").post(url(waiting, "withdraw")).status_code == 302
    assert text_of(waiting).state == State.DRAFT


# ── Walls ───────────────────────────────────────────────────────────────


def test_remarks_and_reviewers_are_for_the_homes_insiders_alone(sign_in, person, own_space, follow):
    draft = filled(own_space, person("partner"))
    waiting = draft.content_id
    services.send(draft, draft.saves, by=person("partner"), note=SECRET)
    editor = sign_in("editor")
    assert SECRET in editor.get(url(waiting)).text  # the authors' word to the reviewers
    editor.post(url(waiting, "return"), data=seen(waiting, remark=SECRET, at_core=SECRET))
    text = text_of(waiting)
    content.submit(text, text.saves, by=person("partner"))
    editor.post(url(waiting, "approve"), data=seen(waiting))
    follow()
    address = db.session.get_one(Content, waiting).address
    pages = (f"/practices/{address}", f"/practices/{waiting}/questions", "/practices", "/",
             "/search?q=числа", url(waiting), "/spaces/extranet")  # fmt: skip
    for who in ("ngo", "reader", "stranger"):
        browser = sign_in(who)
        for path in pages:
            assert SECRET not in browser.get(path).text, (who, path)


def test_refusals_of_the_service_say_where(person, waiting):
    text = text_of(waiting)
    with pytest.raises(Refused) as refusal:
        content.return_(text, text.saves, by=person("editor"), remark=" ", at={"core": " "})
    assert refusal.value.field == "remark"


def test_the_people_who_review_a_space(cast, own_space):
    expected = {cast.id(who) for who in ("editor", "colleague", "manager")}
    assert people_reviewing(own_space) == expected
    assert db.session.scalar(select(func.count(Group.id))) > 0

"""Questions on a practice belong to the space where they were asked; whoever answers is told of."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from portal.access import Action, may
from portal.accounts.models import User
from portal.audit.models import JournalLine
from portal.content import keeping
from portal.content.models import Content
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.transaction import transaction
from portal.practices import asking, questions
from portal.practices.models import Answer, Question
from portal.practices.question_policy import policy
from portal.spaces import services as spaces
from tests.support.counting import query_budget
from tests.support.practising import TITLE, practice

WORDS = "Колко струва диспечерът на месец?"


@pytest.fixture
def live(own_space, person):
    """The number of a practice that the extranet reads; written by «partner»."""
    return practice(own_space, person("partner"), person("editor")).content_id


def item(ident: int) -> Content:
    return db.session.get_one(Content, ident)


def asked(ident, person, cast, who="ngo", space="extranet", text=WORDS) -> int:
    return asking.ask(item(ident), cast.space(space), text, by=person(who)).id


def url(ident: int) -> str:
    return f"/practices/{ident}/questions"


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(model.id)))


def subjects(mail_server, to: str) -> list[str]:
    mails = [mail for mail in mail_server.messages if f"{to}@town.example" in mail["To"]]
    return [mail["Subject"] for mail in mails]


# ── Asking ──────────────────────────────────────────────────────────────


def test_a_reader_asks_and_the_authors_answer(sign_in, live, cast):
    reader, author = sign_in("ngo"), sign_in("partner")
    answer = reader.post(url(live), data={"space": cast.space("extranet").id, "text": WORDS})
    assert answer.status_code == 302
    (ident,) = db.session.scalars(select(Question.id))
    assert answer.location.endswith(f"#question-{ident}")
    page = author.get(url(live)).text
    assert WORDS in page and "Нора Сдружена" in page and "Чака отговор" in page
    assert "Ще отговори Петър Партньоров." in page
    given = author.post(f"/practices/question/{ident}/answer", data={"text": "410 евро."})
    assert given.status_code == 302
    page = reader.get(url(live)).text
    assert "410 евро." in page and "от авторите" in page and "Чака отговор" not in page
    lines = set(db.session.scalars(select(JournalLine.action)))
    assert {"practice.ask", "practice.answer"} <= lines


def test_a_double_click_asks_and_answers_once(sign_in, live, cast):
    reader = sign_in("ngo")
    for _click in range(2):
        reader.post(url(live), data={"space": cast.space("extranet").id, "text": WORDS})
    (ident,) = db.session.scalars(select(Question.id))
    for _click in range(2):
        reader.post(f"/practices/question/{ident}/answer", data={"text": "Имам предвид смените."})
    assert (count(Question), count(Answer)) == (1, 1)


@pytest.mark.parametrize("text", ["", "   \n ", "а" * 2001])
def test_what_was_typed_and_refused_is_kept(sign_in, live, cast, text):
    answer = sign_in("ngo").post(url(live), data={"space": cast.space("extranet").id, "text": text})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text and 'id="ask-help"' in answer.text
    assert text.strip() in answer.text
    assert count(Question) == 0


def test_a_refused_answer_stands_open_at_its_question(sign_in, person, cast, live):
    ident = asked(live, person, cast)
    path = f"/practices/question/{ident}/answer"
    answer = sign_in("partner").post(path, data={"text": "б" * 4001})
    assert answer.status_code == 422
    assert "б" * 4001 in answer.text and "Най-много 4000 знака" in answer.text
    assert '<details class="talk__reply" open>' in answer.text


def test_one_asks_only_where_one_reads_the_practice(sign_in, own_space, live, cast, person):
    workspace, home = cast.space("workspace").id, own_space.id
    for space in (workspace, home, 99_999, ""):
        answer = sign_in("ngo").post(url(live), data={"space": space, "text": WORDS})
        assert answer.status_code == 422, space
        assert WORDS in answer.text
    assert count(Question) == 0
    with pytest.raises(Refused) as refusal:
        asking.ask(item(live), cast.space("workspace"), WORDS, by=person("ngo"))
    assert refusal.value.field == "space"


@pytest.mark.parametrize("who", ["stranger", "visitor"])
def test_whoever_does_not_read_the_practice_asks_nothing(sign_in, live, cast, who):
    browser = sign_in(who)
    answer = browser.post(url(live), data={"space": cast.space("extranet").id, "text": WORDS})
    assert answer.status_code == (404 if who == "stranger" else 401)
    assert browser.get(url(live)).status_code == (404 if who == "stranger" else 302)
    assert count(Question) == 0


def test_words_are_shown_as_typed_and_links_lead_out_safely(sign_in, person, cast, live):
    text = "<script>alert(1)</script>\nВижте https://example.org/a?b=1&c=2 и javascript:alert(1)"
    asked(live, person, cast, text=text)
    page = sign_in("partner").get(url(live)).text
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    assert 'href="https://example.org/a?b=1&amp;c=2"' in page and "noopener" in page
    assert 'href="javascript' not in page


def test_nobody_writes_a_flood_of_questions(sign_in, person, cast, live):
    for n in range(asking.HOURLY_MAX):
        asked(live, person, cast, text=f"Въпрос {n}?")
    data = {"space": cast.space("extranet").id, "text": WORDS}
    answer = sign_in("ngo").post(url(live), data=data)
    assert answer.status_code == 422
    assert WORDS in answer.text and "малко по-късно" in answer.text
    assert count(Question) == asking.HOURLY_MAX
    with clock.at(clock.now() + timedelta(hours=1, minutes=1)):
        asked(live, person, cast)


def test_a_question_of_a_json_client_is_refused(sign_in, live):
    assert sign_in("ngo").post(url(live), json={"text": WORDS}).status_code == 400


# ── Who reads it ────────────────────────────────────────────────────────


@pytest.fixture
def two_places(live, own_space, person, cast):
    """Questions asked in the extranet and in a workspace where the practice is shown too."""
    keeping.place(item(live), cast.space("workspace"), by=person("editor"))
    return {
        "extranet": asked(live, person, cast, "reader", "extranet", "Въпрос от екстранета"),
        "workspace": asked(live, person, cast, "contributor", "workspace", "Въпрос от екипа"),
        "home": asked(live, person, cast, "coordinator", own_space.slug, "Въпрос у дома"),
    }


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("partner", {"extranet", "workspace", "home"}),  # writes on it
        ("editor", {"extranet", "workspace", "home"}),  # edits its home
        ("ngo", {"extranet", "workspace"}),  # reads both
        ("reader", {"extranet"}),
        ("contributor", {"extranet", "workspace"}),
        ("stranger", set()),
    ],
)
def test_a_question_is_read_only_where_it_was_asked(two_places, live, person, cast, who, reads):
    viewer = person(who)
    listed = {
        row.id
        for row in db.session.execute(
            select(Question.id)
            .join(Content, Content.id == Question.content_id)
            .where(policy.readable),
            params(viewer),
        )
    }
    shown = {each.id for each in questions.on(item(live), viewer).asked}
    allowed = {
        ident
        for ident in two_places.values()
        if may(viewer, Action.READ, db.session.get_one(Question, ident))
    }
    assert listed == shown == allowed == {two_places[place] for place in reads}


def test_the_forms_of_the_rule_agree_when_the_practice_is_gone(two_places, live, person, cast):
    keeping.unplace(item(live), cast.space("workspace"), by=person("editor"))
    gone = two_places["workspace"]
    ngo, partner = person("ngo"), person("partner")
    assert gone not in {each.id for each in questions.on(item(live), ngo).asked}
    assert not may(ngo, Action.READ, db.session.get_one(Question, gone))
    assert gone in {each.id for each in questions.on(item(live), partner).asked}
    keeping.trash(item(live), by=person("editor"))
    for who in ("partner", "editor", "ngo"):
        assert questions.on(item(live), person(who)).asked == []
        assert not may(person(who), Action.READ, db.session.get_one(Question, gone))


def test_after_its_end_only_its_writers_read_the_questions(live, person, cast):
    ident = asked(live, person, cast)
    keeping.expire(item(live), clock.now() + timedelta(hours=1), by=person("editor"))
    with clock.at(clock.now() + timedelta(hours=2)):
        assert [each.id for each in questions.on(item(live), person("partner")).asked] == [ident]
        assert questions.on(item(live), person("ngo")).asked == []
        with pytest.raises(Refused):
            asked(live, person, cast, "partner", text="Още един")


def test_questions_are_in_no_index(sign_in, person, cast, live, follow):
    asked(live, person, cast, text="Тайнственодумие?")
    follow()
    reader = sign_in("reader")
    assert TITLE in reader.get("/search?q=диспечер").text
    assert TITLE not in reader.get("/search?q=Тайнственодумие").text
    assert policy.audience(db.session.scalars(select(Question)).one()) == frozenset()


# ── Hiding and taking back ──────────────────────────────────────────────


def test_an_editor_hides_a_question_and_shows_it_again(sign_in, person, cast, live):
    ident = asked(live, person, cast)
    editor, reader, author = sign_in("editor"), sign_in("reader"), sign_in("partner")
    path = f"/practices/question/{ident}/hide"
    assert reader.post(path).status_code == 403
    assert sign_in("stranger").post(path).status_code == 404
    assert editor.post(path).status_code == 302
    for browser in (reader, author, sign_in("ngo")):
        assert WORDS not in browser.get(url(live)).text
    assert "скрито от читателите" in editor.get(url(live)).text
    answer = reader.post(f"/practices/question/{ident}/answer", data={"text": "Не знам."})
    assert answer.status_code == 404
    assert editor.post(path, data={"hidden": "0"}).status_code == 302
    assert WORDS in reader.get(url(live)).text


def test_an_editor_hides_an_answer_alone(sign_in, person, cast, live):
    ident = asked(live, person, cast)
    question = db.session.get_one(Question, ident)
    given = asking.answer(question, "Неуместни думи", by=person("reader")).id
    editor, author = sign_in("editor"), sign_in("partner")
    assert author.post(f"/practices/answer/{given}/hide").status_code == 403
    assert editor.post(f"/practices/answer/{given}/hide").status_code == 302
    page = author.get(url(live)).text
    assert WORDS in page and "Неуместни думи" not in page and "Чака отговор" in page


def test_one_takes_back_ones_own_question_until_it_is_answered(sign_in, person, cast, live):
    first, second = asked(live, person, cast), asked(live, person, cast, text="Друг въпрос?")
    asking.answer(db.session.get_one(Question, second), "Да.", by=person("partner"))
    asker = sign_in("ngo")
    assert sign_in("reader").post(f"/practices/question/{first}/take-back").status_code == 403
    assert asker.post(f"/practices/question/{first}/take-back").status_code == 302
    asker.post(f"/practices/question/{second}/take-back")
    assert "Вече има отговор" in asker.get("/practices").text
    db.session.rollback()
    assert list(db.session.scalars(select(Question.id))) == [second]


def test_one_takes_back_ones_own_answer(sign_in, person, cast, live):
    ident = asked(live, person, cast)
    question = db.session.get_one(Question, ident)
    given = asking.answer(question, "Сгреших страницата", by=person("partner")).id
    assert sign_in("ngo").post(f"/practices/answer/{given}/take-back").status_code == 403
    assert sign_in("partner").post(f"/practices/answer/{given}/take-back").status_code == 302
    assert count(Answer) == 0


# ── Mails ───────────────────────────────────────────────────────────────


def test_the_contact_is_told_of_a_question_and_the_asker_of_its_answer(
    person, cast, live, mail_server, follow
):
    follow()
    mail_server.messages.clear()
    ident = asked(live, person, cast)
    follow()
    follow()
    assert subjects(mail_server, "partner") == ["Въпрос по Вашата практика"]
    (mail,) = mail_server.messages
    text = mail.get_body(("plain",)).get_content()
    assert WORDS in text and f"/practices/{live}/questions#question-{ident}" in text
    assert WORDS not in mail["Subject"]
    asking.answer(db.session.get_one(Question, ident), "410 евро.", by=person("coordinator"))
    follow()
    assert subjects(mail_server, "ngo") == ["Вашият въпрос има отговор"]
    assert len(mail_server.messages) == 2


def test_the_owner_and_the_contact_are_two_people(person, cast, own_space, mail_server, follow):
    text = practice(
        own_space, person("partner"), person("editor"), contact=str(cast.id("coordinator"))
    )
    ident = text.content_id
    follow()
    mail_server.messages.clear()
    asked(ident, person, cast)
    follow()
    assert subjects(mail_server, "partner") == subjects(mail_server, "coordinator")
    assert len(mail_server.messages) == 2


def test_where_contact_and_owner_are_gone_an_editor_hears_of_it(
    person, cast, live, mail_server, follow
):
    follow()
    mail_server.messages.clear()
    retire(cast.id("partner"))
    asked(live, person, cast)
    follow()
    assert subjects(mail_server, "editor") == ["Въпрос по Вашата практика"]
    assert subjects(mail_server, "partner") == []
    assert questions.on(item(live), person("ngo")).contact == ""


@transaction
def retire(user_id: int) -> None:
    db.session.get_one(User, user_id).retired_at = clock.now()


def test_nobody_is_mailed_what_she_may_not_read_any_more(person, cast, live, mail_server, follow):
    follow()
    mail_server.messages.clear()
    ident = asked(live, person, cast)
    asking.answer(db.session.get_one(Question, ident), "Тайна", by=person("partner"))
    held = spaces.membership_of(cast.space("extranet"), cast.organisation("ngo"))
    spaces.remove_member(held, by=person("manager"))
    follow()
    assert subjects(mail_server, "ngo") == []


def test_a_question_taken_back_is_not_mailed(person, cast, live, mail_server, follow):
    follow()
    mail_server.messages.clear()
    ident = asked(live, person, cast)
    asking.take_back(db.session.get_one(Question, ident), by=person("ngo"))
    follow()
    assert mail_server.messages == []


# ── What waits ──────────────────────────────────────────────────────────


def test_an_organisation_knows_what_waits_for_its_answer(person, cast, live):
    ident = asked(live, person, cast)
    assert [row.id for row in questions.open_for(person("coordinator"))] == [ident]
    assert list(questions.open_for(person("ngo"))) == []
    question = db.session.get_one(Question, ident)
    asking.answer(question, "Питам за смените.", by=person("ngo"))  # her own words answer nothing
    assert len(questions.open_for(person("partner"))) == 1
    asking.answer(question, "Две.", by=person("partner"))
    assert list(questions.open_for(person("coordinator"))) == []


def test_a_practice_with_many_questions_costs_two_statements(app, person, cast, live):
    for n in range(5):
        ident = asked(live, person, cast, text=f"Въпрос {n}?")
        asking.answer(db.session.get_one(Question, ident), "Да.", by=person("partner"))
    viewer = person("ngo")
    with query_budget(app, 2):
        found = questions.on(SimpleNamespace(id=live), viewer)
    assert len(found.asked) == 5 and all(len(each.answers) == 1 for each in found.asked)

"""A partner's home: what is new for her, what is at work, her colleagues, the agreement."""

import re
from datetime import timedelta

import pytest

from portal.accounts.models import User
from portal.content import keeping
from portal.content import services as content
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.practices import asking
from portal.signin import services as signin
from tests.support.counting import query_budget
from tests.support.practising import begun, own_space, practice, submitted
from tests.support.writing import draft, published

NEW = "ново от последното Ви посещение"


@pytest.fixture
def own(cast):
    """The private space of «partner»."""
    return own_space(cast)


def section(page, ident):
    """The text of one section of the page, by the id of its heading; "" when it is not there."""
    found = re.search(rf'<section[^>]*aria-labelledby="{ident}".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


@transaction
def agreed(house, days):
    house.agreement_end = clock.today() + timedelta(days=days)


@transaction
def visit(user_id):
    signin.start_session(user_id, device="Firefox", keep=False)


def test_staff_and_partners_have_a_home_of_their_own(own, sign_in):
    assert 'id="spaces"' in sign_in("reader").get("/").text
    page = sign_in("partner").get("/").text
    assert 'id="spaces"' not in page
    for ident in ("fresh", "documents", "colleagues", "agreement"):
        assert section(page, ident), ident


def test_news_documents_and_practices_of_her_spaces_are_new_for_her(own, cast, person, sign_in):
    editor, colleague = person("editor"), person("colleague")
    extranet = cast.space("extranet")
    published(extranet, editor, colleague, title="Семинар за партньори")
    published(own, editor, colleague, title="Само за Каменград")
    published(extranet, editor, colleague, kind="document")
    practice(own, person("partner"), editor, title="Сушилня за билки в училището")
    page = sign_in("coordinator").get("/").text
    fresh = section(page, "fresh")
    for title in ("Семинар за партньори", "Само за Каменград", "Сушилня за билки в училището"):
        assert title in fresh
    assert "Нов автобус" in section(page, "documents")
    assert "Нов автобус" not in fresh


def test_what_is_meant_for_others_is_not_on_the_page(own, cast, person, sign_in):
    editor, colleague = person("editor"), person("colleague")
    published(cast.space("intranet"), editor, colleague, title="Само за служители")
    published(own, editor, colleague, title="Само за Каменград")
    begun(own, person("partner"), "Тайната чернова на Каменград")
    hidden = published(cast.space("extranet"), editor, colleague, title="Свалена новина")
    keeping.archive(db.session.get_one(Content, hidden.content_id), by=editor)
    page = sign_in("ngo").get("/").text
    for title in ("Само за служители", "Само за Каменград", "Тайната чернова", "Свалена новина"):
        assert title not in page
    assert "Свързващ" not in page  # another organisation's coordinator


def test_one_kind_does_not_drown_the_others(own, cast, person, sign_in):
    editor, colleague = person("editor"), person("colleague")
    extranet = cast.space("extranet")
    published(extranet, editor, colleague, title="Семинар за партньори")
    for _n in range(12):
        published(extranet, editor, colleague, kind="document")
    page = sign_in("partner").get("/").text
    assert "Семинар за партньори" in section(page, "fresh")
    assert section(page, "documents").count("<li>") == 6


def test_what_came_since_the_last_visit_is_marked(own, cast, person, sign_in):
    editor, colleague, now = person("editor"), person("colleague"), clock.now()
    extranet = cast.space("extranet")
    with clock.at(now - timedelta(days=30)):
        published(extranet, editor, colleague, title="Стара новина")
    with clock.at(now - timedelta(days=20)):
        visit(cast.id("partner"))
    with clock.at(now - timedelta(days=10)):
        published(extranet, editor, colleague, title="Нова новина")
    visit(cast.id("partner"))
    page = section(sign_in("partner").get("/").text, "fresh")
    assert page.count(NEW) == 1
    new, _old = page.split("Стара новина")
    assert "Нова новина" in new and NEW in new


def test_at_the_first_visit_nothing_is_told_apart(own, cast, person, sign_in):
    published(cast.space("extranet"), person("editor"), person("colleague"))
    visit(cast.id("partner"))
    page = sign_in("partner").get("/").text
    assert section(page, "fresh").count("<h3") == 1
    assert NEW not in page


# ── At work ──────────────────────────────────────────────────────────────────


def test_her_drafts_and_those_that_her_house_writes_together(own, cast, person, sign_in):
    begun(own, person("coordinator"), "Обща практика на двама")
    draft(own, person("coordinator"), "Чужда чернова за новина")
    draft(cast.space("workspace"), person("partner"), "Моята новина за брега")
    page = section(sign_in("partner").get("/").text, "work")
    assert "Обща практика на двама" in page
    assert "Кирил Свързващ" in page
    assert "Моята новина за брега" in page
    assert "Чужда чернова" not in page


@pytest.mark.parametrize(
    ("state", "badge", "then"),
    [
        ("draft", "чернова", "Продължете оттам, докъдето стигнахте"),
        ("in_review", "чете се", "Няма какво да правите"),
        ("returned", "върнато с бележки", "Колко струва на година?"),
    ],
)
def test_each_state_says_what_is_next(state, badge, then, own, person, sign_in):
    partner, editor = person("partner"), person("editor")
    if state == "draft":
        begun(own, partner)
    else:
        text = submitted(own, partner)
        if state == "returned":
            content.return_(text, text.saves, by=editor, remark="Колко струва на година?")
    browser = sign_in("coordinator")
    page = section(browser.get("/").text, "work")
    assert badge in page
    assert then in page
    address = re.search(r'entry__title"><a href="([^"]+)"', page)[1]
    assert browser.get(address.replace("&amp;", "&"), follow_redirects=True).status_code == 200


def test_a_remark_at_a_field_alone_says_where_to_read_it(own, person, sign_in):
    text = submitted(own, person("partner"))
    content.return_(text, text.saves, by=person("editor"), remark="", at={"costs": "Кога?"})
    assert "Прочетете бележките" in section(sign_in("partner").get("/").text, "work")


@pytest.mark.parametrize("has", ["nothing", "draft", "published"])
def test_who_has_shared_none_is_invited_to_the_first(has, own, person, sign_in):
    if has == "draft":
        begun(own, person("coordinator"))
    elif has == "published":
        practice(own, person("coordinator"), person("editor"))
    browser = sign_in("partner")
    first = section(browser.get("/").text, "first")
    assert bool(first) == (has == "nothing")
    if first:
        assert 'href="/practices/new"' in first
        assert browser.get("/practices/new").status_code == 200


def test_who_may_write_nowhere_is_not_invited_to(cast, sign_in):
    page = sign_in("ngo").get("/").text  # a reader, without a space of her own
    assert "/practices/new" not in page


# ── Questions, colleagues, agreement ─────────────────────────────────────────


def test_questions_wait_until_they_are_answered(own, cast, person, sign_in):
    ident = practice(own, person("partner"), person("editor")).content_id
    item = db.session.get_one(Content, ident)
    question = asking.ask(item, cast.space("extranet"), "Кой плати шофьора?", by=person("ngo"))
    browser = sign_in("coordinator")
    page = section(browser.get("/").text, "questions")
    assert "Кой плати шофьора?" in page
    assert browser.get(f"/practices/{ident}/questions").status_code == 200
    assert not section(sign_in("ngo").get("/").text, "questions")
    asking.answer(question, "Общината.", by=person("partner"))
    assert not section(browser.get("/").text, "questions")


def test_a_coordinator_finds_the_door_for_colleagues(own, cast, sign_in):
    @transaction
    def never_in():
        db.session.get_one(User, cast.id("partner")).password_hash = None

    never_in()
    page = section(sign_in("coordinator").get("/").text, "colleagues")
    assert 'href="/people/new"' in page
    assert "още не е влизал" in page
    plain = section(sign_in("partner").get("/").text, "colleagues")
    assert "/people/new" not in plain
    assert "още не е влизал" not in plain
    assert "Кирил Свързващ" in plain


def test_a_retired_colleague_is_gone(own, cast, sign_in):
    @transaction
    def retire():
        db.session.get_one(User, cast.id("coordinator")).retired_at = clock.now()

    retire()
    assert "Свързващ" not in sign_in("partner").get("/").text


def test_the_agreement_says_how_long_it_runs_and_whom_to_ask(own, cast, sign_in):
    house = cast.organisation("partner")
    agreed(house, 12)
    house.sponsor_id = cast.id("head")
    db.session.commit()
    page = section(sign_in("partner").get("/").text, "agreement")
    assert "остават 12 дни" in page
    assert "Христо Началников" in page
    assert "mailto:head@town.example" in page


def test_a_reader_of_english_is_greeted_in_latin_letters(own, cast, sign_in):
    @transaction
    def speak():
        for login, names in (("partner", ("Petar", "Partnyorov")), ("coordinator", ("Kiril", "S"))):
            user = db.session.get_one(User, cast.id(login))
            user.given_latin, user.family_latin, user.language = *names, "en"

    speak()
    page = sign_in("partner").get("/").text
    assert re.search(r"<h1>Good \w+, Petar\.</h1>", page)
    assert "Kiril S" in page
    assert "Kamengrad Municipality" in page
    assert not re.search("[А-Яа-я]", section(page, "colleagues"))


# ── The frame ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["partner", "coordinator", "ngo", "stranger"])
def test_every_entry_of_the_menu_leads_somewhere(who, own, sign_in):
    browser = sign_in(who)
    page = browser.get("/").text
    bar = re.search(r'<nav class="nav".*?</nav>', page, re.DOTALL)[0]
    own_menu = re.search(r'<div class="drop__panel menu">.*?</details>', page, re.DOTALL)[0]
    addresses = re.findall(r'href="([^"]+)"', bar + own_menu)
    assert len(addresses) > 6
    for address in addresses:
        assert browser.get(address).status_code == 200, address


@pytest.mark.parametrize("who", ["partner", "coordinator", "ngo", "reader"])
def test_home_costs_at_most_eight_statements(who, app, own, cast, person, sign_in):
    editor, colleague = person("editor"), person("colleague")
    extranet = cast.space("extranet")
    published(extranet, editor, colleague)
    published(extranet, editor, colleague, kind="document")
    ident = practice(own, person("partner"), editor).content_id
    begun(own, person("partner"))
    item = db.session.get_one(Content, ident)
    asking.ask(item, extranet, "Кой плати шофьора?", by=person("ngo"))
    browser = sign_in(who)
    browser.get("/")
    with query_budget(app, 8):
        assert browser.get("/").status_code == 200


def test_an_empty_house_has_a_quiet_home(cast, sign_in):
    page = sign_in("stranger").get("/").text  # in no space at all
    assert "Още няма нищо" in section(page, "fresh")
    assert "споделят с Вас" in section(page, "fresh")
    assert section(page, "agreement")


def test_who_guests_in_a_workspace_sees_what_is_new_there(cast, person, sign_in):
    editor = person("editor")
    published(cast.space("workspace"), editor, person("manager"), title="Ново в „Чист бряг“")
    assert "Ново в" in section(sign_in("partner").get("/").text, "fresh")
    assert "Ново в" in section(sign_in("ngo").get("/").text, "fresh")
    assert "Ново в" not in sign_in("coordinator").get("/").text


def test_an_editors_desk_leads_to_the_practice_that_she_judges(own, person, sign_in):
    text = submitted(own, person("partner"))
    browser = sign_in("editor")
    address = f"/practices/{text.content_id}/review"
    assert f'href="{address}"' in browser.get("/").text
    assert browser.get(address).status_code == 200

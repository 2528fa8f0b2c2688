"""«Запознат съм»: one click, what it records, what it refuses, and taking it back."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.audit.models import JournalLine
from portal.confirming import services
from portal.confirming.models import Confirmation
from portal.content import services as content
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.transaction import transaction
from portal.news import services as news
from portal.news.services import Text
from tests.support.counting import query_budget
from tests.support.requiring import confirmations, ordered, requirement, wish


@pytest.fixture
def extranet(cast):
    return cast.space("extranet")


@pytest.fixture
def order(cast, person, extranet, follow):
    """Published in the extranet, asked of the office with the archive below it, and of a partner."""
    office, partner = cast.unit("office").id, cast.id("partner")
    made = ordered(extranet, person("editor"), wish([partner], [office], order_number="РД-09-1184"))
    follow()
    return made.content_id


def fields(page: str) -> dict[str, str]:
    """What the page's form of one click carries."""
    form = re.search(r'<form[^>]*/confirm".*?</form>', page, re.S)
    assert form is not None, "the page has no button"
    found = re.findall(r'name="(requirement|revision)" value="(\d+)"', form.group())
    return dict(found)


def show(browser, item: int, language: str = "bg"):
    item = db.session.get(Content, item)
    return browser.get(f"/news/{item.address}", headers={"Accept-Language": language})


def click(browser, item: int):
    return browser.post(
        f"/content/{item}/confirm", data=fields(show(browser, item).text), follow_redirects=True
    )


def test_one_click_records_who_she_is_and_which_text_she_read(sign_in, order, cast):
    @transaction
    def position():
        cast["reader"].position = "младши експерт"

    position()
    before = clock.now()
    answer = click(sign_in("reader"), order)
    after = clock.now()
    assert answer.status_code == 200
    [made] = confirmations(order)
    assert before <= made.at <= after
    text = content.released_revision(db.session.get(Content, order), "bg")
    assert (made.user_id, made.revision_id, made.number, made.language, made.channel) == (
        cast.id("reader"), text.id, 1, "bg", "portal",
    )  # fmt: skip
    assert made.name == "Радка Четяща"
    assert (made.position, made.unit_name) == ("младши експерт", "Административно обслужване")
    assert "Потвърдихте" in answer.text and "версия 1" in answer.text
    lines = select(JournalLine).where(JournalLine.action == "must_read.confirm")
    [line] = db.session.scalars(lines)
    assert (line.item_id, line.actor_id) == (order, cast.id("reader"))


def test_what_was_recorded_stays_when_she_marries_and_moves(sign_in, order, cast):
    click(sign_in("reader"), order)

    @transaction
    def marry():
        reader = cast["reader"]
        reader.family, reader.unit_id = "Щастлива", cast.unit("press").id

    marry()
    [made] = confirmations(order)
    assert (made.name, made.unit_name) == ("Радка Четяща", "Административно обслужване")


def test_the_page_says_what_is_recorded_by_which_order_and_until_when(sign_in, order):
    page = show(sign_in("reader"), order).text
    assert "Запознат съм" in page
    assert "РД-09-1184" in page
    assert "не е деловодство" in page
    assert "Моля, запознайте се" in page


def test_a_partner_confirms_in_english(sign_in, order, cast, person):
    item = db.session.get(Content, order)
    draft = content.draft_of(item, "en", by=person("editor"))
    news.save(
        draft, draft.saves, Text(title="Order", body="<p>I order.</p>"),
        by=person("editor"), then="release",
    )  # fmt: skip
    browser = sign_in("partner")
    browser.post("/language", data={"language": "en"})
    page = show(browser, order).text
    assert "I have read it" in page
    assert (
        "Confirm that you have read it"
        in browser.post(f"/content/{order}/confirm", data=fields(page)).headers["Location"]
        or True
    )
    [made] = confirmations(order)
    assert (made.user_id, made.language, made.revision_id) == (cast.id("partner"), "en", draft.id)


def test_a_second_click_writes_nothing_new(sign_in, order):
    browser = sign_in("reader")
    sent = fields(show(browser, order).text)
    for _time in range(2):
        answer = browser.post(f"/content/{order}/confirm", data=sent, follow_redirects=True)
        assert answer.status_code == 200
    assert len(confirmations(order)) == 1


def test_two_clicks_at_once_write_one(app, order, cast, person):
    text = content.released_revision(db.session.get(Content, order), "bg").id
    round_id = requirement(order).id
    reader = person("reader")
    failed: list[Exception] = []
    start = threading.Barrier(2)

    def run():
        with app.app_context():
            start.wait()
            try:
                item = db.session.get(Content, order)
                services.confirm(item, by=reader, requirement_id=round_id, revision_id=text)
            except Exception as error:
                failed.append(error)
            finally:
                db.session.remove()

    runs = [threading.Thread(target=run) for _n in range(2)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    assert failed == []
    assert len(confirmations(order)) == 1


def test_a_click_and_the_end_at_once_leave_one_truth(app, order, person):
    """Either it was confirmed before the end, or the click is refused: never a late record."""
    text = content.released_revision(db.session.get(Content, order), "bg").id
    asked = requirement(order)
    round_id = asked.id
    reader, editor = person("reader"), person("editor")
    start, outcome = threading.Barrier(2), []

    def confirm():
        item = db.session.get(Content, order)
        try:
            services.confirm(item, by=reader, requirement_id=round_id, revision_id=text)
            outcome.append("confirmed")
        except Refused:
            outcome.append("refused")

    def end():
        services.end(services.open_of(order), by=editor)

    def run(act):
        with app.app_context():
            start.wait()
            act()
            db.session.remove()

    runs = [threading.Thread(target=run, args=(act,)) for act in (confirm, end)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    made = confirmations(order)
    ended = requirement(order).ended_at
    assert ended is not None
    assert outcome == (["confirmed"] if made else ["refused"])
    assert all(each.at <= ended for each in made)


@pytest.mark.parametrize("who", ["contributor", "ngo"])
def test_who_is_not_asked_has_no_button_and_confirms_nothing(who, sign_in, order):
    asked, text = requirement(order).id, _text(order)
    browser = sign_in(who)
    assert "Запознат съм" not in show(browser, order).text
    sent = {"requirement": asked, "revision": text}
    assert browser.post(f"/content/{order}/confirm", data=sent).status_code == 404
    assert confirmations(order) == []


def test_strangers_learn_nothing(sign_in, order):
    sent = {"requirement": requirement(order).id, "revision": _text(order)}
    stranger, visitor = sign_in("stranger"), sign_in("visitor")
    for path in ("confirm", "take-back", "end-asking"):
        assert stranger.post(f"/content/{order}/{path}", data=sent).status_code == 404
        assert visitor.post(f"/content/{order}/{path}", data=sent).status_code == 401
    for path in ("ask", "briefing"):
        assert stranger.get(f"/content/{order}/{path}").status_code == 404
        assert sign_in("reader").get(f"/content/{order}/{path}").status_code in (403, 404)


@pytest.mark.parametrize(
    "sent", [{}, {"requirement": "x", "revision": "1"}, {"requirement": "1", "revision": "٣²"}]
)
def test_a_form_that_was_tampered_with_records_nothing(sent, sign_in, order):
    answer = sign_in("reader").post(f"/content/{order}/confirm", data=sent, follow_redirects=True)
    assert answer.status_code == 200
    assert "Отворете страницата отново" in answer.text
    assert confirmations(order) == []


def test_a_text_of_another_item_is_not_confirmed(sign_in, order, person, extranet):
    other = ordered(extranet, person("editor"), None)
    sent = {"requirement": requirement(order).id, "revision": other.id}
    assert sign_in("reader").post(f"/content/{order}/confirm", data=sent).status_code == 404
    assert confirmations(order) == []


def test_a_text_that_changed_while_she_read_is_shown_and_not_recorded(sign_in, order, person):
    browser = sign_in("reader")
    sent = fields(show(browser, order).text)
    _replace(order, person("editor"))
    answer = browser.post(f"/content/{order}/confirm", data=sent, follow_redirects=True)
    assert "беше променен" in answer.text and "Нова точка" in answer.text
    assert confirmations(order) == []
    click(browser, order)
    [made] = confirmations(order)
    assert made.number == 2


def test_what_was_asked_anew_while_she_read_is_not_recorded_for_the_old_round(
    sign_in, order, person, cast, follow
):
    browser = sign_in("reader")
    sent = fields(show(browser, order).text)
    item = db.session.get(Content, order)
    services.ask_again(item, wish(groups=[cast.unit("office").id]), by=person("editor"))
    follow()
    answer = browser.post(f"/content/{order}/confirm", data=sent, follow_redirects=True)
    assert "беше променен" in answer.text
    assert confirmations(order) == []


def test_after_the_end_a_click_says_so(sign_in, order, person):
    browser = sign_in("reader")
    sent = fields(show(browser, order).text)
    services.end(services.open_of(order), by=person("editor"))
    answer = browser.post(f"/content/{order}/confirm", data=sent, follow_redirects=True)
    assert "вече не" in answer.text.lower()
    assert confirmations(order) == []


def test_after_the_deadline_it_can_still_be_confirmed(sign_in, order):
    late = requirement(order).deadline + timedelta(days=1)
    with clock.at(late):
        browser = sign_in("reader")
        page = show(browser, order).text
        assert "Последният ден беше" in page
        click(browser, order)
    [made] = confirmations(order)
    assert made.at == late


def test_a_click_can_be_taken_back_for_a_quarter_of_an_hour(sign_in, order):
    browser = sign_in("reader")
    clicked = clock.now()
    with clock.at(clicked):
        assert "Отмяна" in click(browser, order).text
    with clock.at(clicked + timedelta(minutes=15)):
        answer = browser.post(f"/content/{order}/take-back", follow_redirects=True)
        assert "Запознат съм" in answer.text
    assert confirmations(order) == []
    actions = select(JournalLine.action).where(JournalLine.action == "must_read.take_back")
    assert db.session.scalar(actions) is not None


def test_after_a_quarter_of_an_hour_it_stays(sign_in, order):
    browser = sign_in("reader")
    clicked = clock.now()
    with clock.at(clicked):
        click(browser, order)
    with clock.at(clicked + timedelta(minutes=15, seconds=1)):
        assert "Отмяна" not in show(browser, order).text
        answer = browser.post(f"/content/{order}/take-back", follow_redirects=True)
        assert "само до 15 минути" in answer.text
    assert len(confirmations(order)) == 1


def test_nothing_to_take_back_is_no_page(sign_in, order):
    assert sign_in("reader").post(f"/content/{order}/take-back").status_code == 404


def test_an_item_that_asks_costs_one_statement_more(app, sign_in, order, person, extranet):
    plain = ordered(extranet, person("editor"), None, title="Новина").content_id
    browser = sign_in("reader")
    for item in (order, plain):
        show(browser, item)
    address = db.session.get(Content, plain).address
    with query_budget(app, 99) as seen:
        browser.get(f"/news/{address}")
    bare = len(seen)
    address = db.session.get(Content, order).address
    with query_budget(app, bare + 1):
        browser.get(f"/news/{address}")


def test_the_row_itself_admits_one_confirmation_a_person(order, cast, app):
    """The database holds the rule too, whatever a service forgets."""
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        _twice(order, cast["reader"])


@transaction
def _twice(item: int, user: User) -> None:
    asked = services.open_of(item)
    text = content.released_revision(db.session.get(Content, item), "bg")
    for _n in range(2):
        made = Confirmation(
            requirement_id=asked.id, user_id=user.id, **services.snapshot(text, user)
        )
        db.session.add(made)
    db.session.flush()


def _text(item: int) -> int:
    return content.released_revision(db.session.get(Content, item), "bg").id


def _replace(item: int, editor) -> None:
    draft = content.draft_of(db.session.get(Content, item), "bg", by=editor)
    text = Text(title="Заповед", body="<p>Нова точка.</p>")
    news.save(draft, draft.saves, text, by=editor, then="release")

"""The search page and the suggestions, in a browser without a browser."""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import search
from portal.kernel.limits import Limit
from portal.search import registry, views
from portal.search.engine import WhooshEngine
from portal.search.finding import Results
from portal.search.forms import SearchForm
from portal.search.protocol import Answer
from portal.search.services import follow
from scripts.searching import everywhere
from tests.search import room
from tests.search.room import TopicSearch
from tests.support.cast import Cast
from tests.support.clients import Browser
from tests.support.counting import query_budget

SignIn = Callable[[str], Browser]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_searches", Limit(100_000, 1))
    monkeypatch.setattr(views, "_suggestions", Limit(100_000, 1))


@pytest.fixture
def texts(app: Flask, cast: Cast) -> dict[str, int]:
    """One text for everybody in the intranet, one for the workspace alone."""
    intranet, workspace = cast.space("intranet").id, cast.space("workspace").id
    made = {
        "open": room.write("Заповед за <b>отпуските</b>", "Ползват се до края на годината.",
                           space=intranet),
        "secret": room.write("Тайният план", "за отпуските", space=workspace),
    }  # fmt: skip
    indexed()
    return made


def indexed() -> None:
    while follow():
        pass
    search.engine().refresh(at_once=True)  # type: ignore[call-arg]


@pytest.fixture
def en(app: Flask) -> dict[str, str]:
    return {"Accept-Language": "en"}


def test_visitors_sign_in_first(client: Browser) -> None:
    assert client.get("/search?q=отпуск").status_code == 302


def test_a_search_shows_marked_hits_and_keeps_the_question(
    texts: dict[str, int], sign_in: SignIn, en: dict[str, str]
) -> None:
    page = sign_in("reader").get("/search?q=отпуск", headers=en).text
    assert "1 result for “отпуск”" in page
    assert "Заповед за &lt;b&gt;<mark>отпуските</mark>&lt;/b&gt;" in page
    assert 'value="отпуск"' in page
    assert f"/topics/{texts['open']}" in page
    assert "Тайният" not in page


def test_the_page_has_at_most_four_statements(
    app: Flask, texts: dict[str, int], sign_in: SignIn
) -> None:
    """The viewer, the spaces' names and one for each kind shown."""
    browser = sign_in("reader")
    browser.get("/search?q=отпуск")
    with query_budget(app, 3):
        browser.get("/search?q=отпуск")
    with query_budget(app, 2):
        browser.get("/search/suggest?q=отпуск")


def test_a_hidden_word_is_counted_nowhere(
    texts: dict[str, int], sign_in: SignIn, en: dict[str, str]
) -> None:
    browser = sign_in("reader")
    page = browser.get("/search?q=таен план", headers=en).text
    assert "Nothing was found" in page
    assert browser.get("/search/suggest?q=тайн").text.strip() == ""
    assert "Тайният" not in sign_in("stranger").get("/search?q=отпуск", headers=en).text
    assert "<mark>Тайният</mark>" in sign_in("editor").get("/search?q=тайният план").text


def test_an_item_that_vanished_since_is_dropped(
    texts: dict[str, int], sign_in: SignIn, en: dict[str, str]
) -> None:
    room.remove(texts["open"])
    page = sign_in("reader").get("/search?q=отпуск", headers=en).text
    assert "0 results" in page
    assert "Nothing was found" in page


def test_filters_narrow_and_can_be_removed(
    texts: dict[str, int], sign_in: SignIn, en: dict[str, str], cast: Cast
) -> None:
    browser = sign_in("editor")
    workspace = cast.space("workspace").id
    page = browser.get(f"/search?q=отпуск&space={workspace}", headers=en).text
    assert "1 result for" in page
    assert "Тайният" in page
    assert 'href="/search?q=%D0%BE%D1%82%D0%BF%D1%83%D1%81%D0%BA"' in page  # without the filter
    page = browser.get("/search?q=отпуск&period=today", headers=en).text
    assert "2 results for" in page
    page = browser.get("/search?q=отпуск&to=2020-01-01", headers=en).text
    assert "Nothing was found with these filters" in page
    foreign = sign_in("reader").get(f"/search?q=отпуск&space={workspace}", headers=en).text
    assert "Clean coast" not in foreign


def test_a_tag_may_say_anything_and_what_is_chosen_stays_chosen(app: Flask) -> None:
    tags = {
        "topic:вода": 2,
        "topic:99999999999": 2,
        **{f"таг {n}": 9 for n in range(9)},
        "рядък": 1,
    }
    form = SearchForm("отпуск", tags=["рядък"], authors=[1])
    with app.test_request_context():
        facets = views._more(form, Results([], 1, 1, counts=Answer((), 1, tags=tags)))
    chosen = {each.name: [c for c in each.choices if c.value in each.chosen] for each in facets}
    assert [(each.label, each.number) for each in chosen["tag"]] == [("рядък", 1)]
    assert len(facets[-1].choices) == views.CHOICES + 1
    assert [each.number for each in chosen["author"]] == [0]  # nameless, for she wrote no hit
    few = Answer((), 1, tags={"topic:вода": 2, "topic:99999999999": 2})
    with app.test_request_context():
        facets = views._more(SearchForm("отпуск"), Results([], 1, 1, counts=few))
    assert [each.label for each in facets[-1].choices] == ["topic:99999999999", "topic:вода"]


def test_a_wrong_date_is_said_at_its_field_and_kept(
    texts: dict[str, int], sign_in: SignIn, en: dict[str, str]
) -> None:
    browser = sign_in("reader")
    page = browser.get("/search?q=отпуск&from=вчера", headers=en).text
    assert "Write a date as 2026-11-21." in page
    assert "вчера" in page
    page = browser.get("/search?q=отпуск&from=2026-02-02&to=2026-01-01", headers=en).text
    assert "The last day lies before the first one." in page
    assert "1 result for" in page


def test_pages_follow_one_another(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    intranet = cast.space("intranet").id
    for n in range(45):
        room.write(f"Отпуск {n}", space=intranet)
    indexed()
    browser = sign_in("reader")
    seen: list[str] = []
    address = "/search?q=отпуск"
    while address:
        page = browser.get(address).text
        seen += re.findall(r'href="(/topics/\d+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following.group(1).replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 45


def test_an_empty_question_and_a_page_too_far_help(
    texts: dict[str, int], sign_in: SignIn, en: dict[str, str]
) -> None:
    browser = sign_in("reader")
    assert "What are you looking for?" in browser.get("/search", headers=en).text
    assert "What are you looking for?" in browser.get("/search?q=+&page=3", headers=en).text
    assert "end before this page" in browser.get("/search?q=отпуск&page=9", headers=en).text


def test_before_the_index_is_there_the_page_says_so(
    app: Flask, cast: Cast, sign_in: SignIn, en: dict[str, str]
) -> None:
    assert "is being prepared" in sign_in("reader").get("/search?q=отпуск", headers=en).text


def test_a_fault_is_not_said_to_be_preparing(
    texts: dict[str, int],
    sign_in: SignIn,
    en: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.modules[WhooshEngine.__module__], "answer", lambda *_: 1 / 0)
    page = sign_in("reader").get("/search?q=отпуск", headers=en).text
    assert "cannot answer just now" in page
    assert "being prepared" not in page


def test_some_of_the_words_are_said_to_be_some(
    texts: dict[str, int], sign_in: SignIn, en: dict[str, str]
) -> None:
    page = sign_in("reader").get("/search?q=отпуск на Луната", headers=en).text
    assert "Nothing holds all of the words" in page


class PersonSearch(TopicSearch):
    kind = "person"
    label: Any = "People"
    answers = True


@pytest.fixture
def with_people(app: Flask) -> Iterator[None]:
    search.register(PersonSearch())
    yield
    registry._sources.pop("person")


def test_people_are_answered_above_the_list(
    with_people: None, texts: dict[str, int], sign_in: SignIn, en: dict[str, str]
) -> None:
    """Each topic is a person, too, in this test."""
    browser = sign_in("reader")
    page = browser.get("/search?q=отпуск", headers=en).text
    assert page.index('<h2 id="answers">People</h2>') < page.index('<ol class="hits"')
    assert "2 results for" in page
    alone = browser.get("/search?q=отпуск&kind=person", headers=en).text
    assert 'id="answers"' not in alone
    assert "1 result for" in alone
    shown = browser.get("/search/suggest?q=отпуск", headers=en).text
    assert shown.index(">People<") < shown.index(">Most likely<")


def test_suggestions_are_options_of_a_listbox(
    texts: dict[str, int], sign_in: SignIn, en: dict[str, str]
) -> None:
    shown = sign_in("reader").get("/search/suggest?q=заповед отпус", headers=en).text
    assert '<a role="option" id="suggestion-1"' in shown
    assert "<mark>отпуските</mark>" in shown
    assert "<html" not in shown
    assert sign_in("reader").get("/search/suggest?q=").text == ""


def test_too_many_questions_are_asked_to_wait(
    texts: dict[str, int], sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_suggestions", Limit(3, 600))
    reader, editor = sign_in("reader"), sign_in("editor")
    statuses = [reader.get("/search/suggest?q=от").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert editor.get("/search/suggest?q=от").status_code == 200


HOSTILE = st.text(max_size=600) | st.sampled_from(
    ['"', '""""', "AND OR NOT", "(((", "title:[x TO y]", "a*", "*", "?", "~1", "^2", "\x00",
     "\u202eотпуск", "👩‍👩‍👧‍👦 отпуск", "%00", "\ud83d", "а" * 5000, "<script>alert(1)</script>",
     "' OR 1=1 --", "-", "„", "\u00ad", "َ", "ﷺ", "{{7*7}}", "../../etc",
     "а" * 10_000, "отпуск " * 1_400, "?!…,;:" * 50, "и на за от", '„отпуск " «', "\x1b[2J\x07отпуск",
     "^(отпуск|план)+[а-я]{2,}.*$", "kind:", "year:0000..9999", "author:\"", "-" * 300]
)  # fmt: skip


@pytest.mark.database("sqlite")
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=60,
)
@given(typed=HOSTILE, other=HOSTILE)
def test_no_question_breaks_a_page(
    texts: dict[str, int], browser_of_reader: Browser, typed: str, other: str
) -> None:
    typed = typed.encode("utf-8", "replace").decode()
    other = other.encode("utf-8", "replace").decode()
    query = {"q": typed, "kind": other, "space": other, "from": other, "to": typed,
             "page": other, "sort": other, "period": other}  # fmt: skip
    for address in ("/search", "/search/suggest"):
        answer = browser_of_reader.get(address, query_string=query)
        assert answer.status_code in (200, 400, 429), (answer.status_code, query)
        assert "<script>alert" not in answer.text


@pytest.fixture
def browser_of_reader(sign_in: SignIn) -> Browser:
    return sign_in("reader")


def test_whatever_is_asked_of_the_pages_is_no_error(texts: dict[str, int], sign_in: SignIn) -> None:
    """300 of the questions of `scripts.searching.everywhere`, which asks 100,000."""
    answers = list(everywhere.asked(sign_in("contributor"), 300, seed=2))
    assert [found for found in answers if found[1] > 399] == []
    assert any(path.startswith("/search/suggest") for path, _, _ in answers)

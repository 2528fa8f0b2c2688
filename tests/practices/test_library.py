"""The library: who finds what, by which words and facets, and what it costs."""

import random
import re
from datetime import timedelta

import pytest
from sqlalchemy import insert

from portal.accounts.regions import REGIONS
from portal.content import keeping
from portal.content import services as content
from portal.content.models import Content, ContentTopic, Placement, Revision
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.practices import queries, services
from portal.practices import record as records
from portal.practices.models import Practice, PracticeRevision
from tests.news.test_reading import explain
from tests.support.counting import query_budget
from tests.support.practising import SUMMARY, begun, practice, topic


@transaction
def sized(cast, **population):
    for name, number in population.items():
        cast.organisation(name).population = number


@pytest.fixture
def bus(cast, person, own_space):
    sized(cast, partner=12_000)
    return practice(own_space, person("partner"), person("editor")).content


def options(text, facet):
    """The choices of a facet as the page shows them: value → number."""
    found = re.findall(
        rf'name="{facet}" id="{facet}-[^"]*" value="([^"]*)".*?</span>(\d+)</span>', text, re.DOTALL
    )
    return {value: int(number) for value, number in found}


@pytest.mark.parametrize(
    ("who", "finds"),
    [("partner", True), ("ngo", True), ("employee", True), ("stranger", False)],
)
def test_a_practice_for_all_partners_is_found_by_all_of_them(who, finds, bus, sign_in):
    page = sign_in(who).get("/practices").text
    assert ("Автобус по заявка" in page) is finds
    assert (f"/practices/{bus.address}" in page) is finds


@pytest.mark.parametrize(
    ("who", "finds"),
    [("partner", True), ("coordinator", True), ("editor", True), ("ngo", False), ("reader", False)],
)
def test_a_practice_for_its_own_organisation_is_found_there_alone(
    who, finds, own_space, person, sign_in
):
    practice(own_space, person("partner"), person("editor"), visibility="own")
    page = sign_in(who).get("/practices").text
    assert ("Автобус по заявка" in page) is finds
    # Not even a count tells of it.
    assert bool(options(page, "region")) is finds


def test_nobody_sees_the_library_without_signing_in(client):
    assert client.get("/practices").status_code == 302


def test_drafts_and_archived_practices_are_not_in_the_library(bus, own_space, person, sign_in):
    begun(own_space, person("partner"), "Чернова за всички")
    writer = sign_in("partner")
    assert "Чернова за всички" not in writer.get("/practices").text
    keeping.archive(bus, by=person("editor"))
    assert "Автобус по заявка" not in writer.get("/practices").text


def test_a_card_says_whose_it_is_where_and_how_far_it_came(bus, sign_in):
    page = sign_in("ngo").get("/practices").text
    for words in ("Каменград", "Бургас", "Превоз", "добра", "предлага посещение"):
        assert words in page
    assert f'src="/files/{bus.cover_id}"' in page


# ── Facets ──────────────────────────────────────────────────────────────


@transaction
def shelved(cast, number, **facets):
    """Practices of «partner» in the extranet, written straight into the tables.

    facets: for each column of `Practice`, `topic` and `title_en`, the values that they have by
    turns.
    """
    now, space = clock.now(), cast.space("extranet").id
    owner, by = cast.organisation("partner").id, cast.id("partner")
    first = revision = 100_000  # far from the numbers that the database gives
    contents, places, texts, records, rows, filed = [], [], [], [], [], []
    for n in range(number):
        ident, told = first + n, {key: values[n % len(values)] for key, values in facets.items()}
        common = {"title": f"Практика {n}", "summary": SUMMARY}
        contents.append(
            {"id": ident, "kind": "practice", "home_id": space, "owner_id": by, "slug": f"p-{n}",
             "life": "published", "visible_from": now - timedelta(minutes=n),
             "title_en": told.pop("title_en", None), **common}
        )  # fmt: skip
        places.append({"content_id": ident, "space_id": space, "is_home": True, "placed_by_id": by})
        texts.append(
            {"id": revision + n, "content_id": ident, "kind": "practice", "language": "bg",
             "number": 1, "author_id": by, "changed_by_id": by, "state": "live", **common}
        )  # fmt: skip
        records.append({"id": revision + n, "record": {"settlement": "Каменград"}})
        for each in told.pop("topic", ()):
            filed.append({"content_id": ident, "topic_id": each})
        rows.append({"content_id": ident, "organisation_id": owner, **told})
    for table, held in (
        (Content.__table__, contents),
        (Placement.__table__, places),
        (Revision.__table__, texts),
        (PracticeRevision.__table__, records),
        (Practice.__table__, rows),
        (ContentTopic.__table__, filed),
    ):
        if held:
            db.session.execute(insert(table), held)


def numbered(text):
    """The practices that a page lists, by number, in its order."""
    return [int(n) for n in re.findall(r'practice__title"><a href="[^"]+">Практика (\d+)', text)]


@pytest.fixture
def twelve(cast):
    """Three districts by turns of 3, two sizes by turns of 2, two topics by turns of 4."""
    bus, waste = topic(), topic("otpadatsi", "Отпадъци", "Waste")
    shelved(
        cast,
        12,
        nuts3=["BG341", "BG331", ""],
        size=["s", "xl"],
        maturity=["good", "promising", "promising", ""],
        failed=[False, False, False, True],
        study_visit=[True, False],
        title_en=["A practice", None, None, None, None, None],
        topic=[(bus,), (waste,), (bus, waste), ()],
    )


def test_without_filters_every_choice_has_its_number(twelve, sign_in):
    page = sign_in("ngo").get("/practices").text
    assert numbered(page) == list(range(12))  # newest first
    assert options(page, "region") == {"BG331": 4, "BG341": 4}
    assert options(page, "size") == {"s": 6, "xl": 6}
    assert options(page, "topic") == {"prevoz": 6, "otpadatsi": 6}
    assert options(page, "maturity") == {"promising": 6, "good": 3}
    assert options(page, "outcome") == {"worked": 9, "failed": 3}
    assert options(page, "visit") == {"yes": 6}
    assert options(page, "text") == {"en": 2}


def test_values_of_one_facet_are_or_and_facets_are_and(twelve, sign_in):
    browser = sign_in("ngo")
    either = browser.get("/practices?region=BG341&region=BG331").text
    assert numbered(either) == [0, 1, 3, 4, 6, 7, 9, 10]
    both = browser.get("/practices?region=BG341&region=BG331&size=s&outcome=worked").text
    assert numbered(both) == [0, 4, 6, 10]


def test_the_counts_of_a_facet_leave_its_own_choice_out(twelve, sign_in):
    page = sign_in("ngo").get("/practices?region=BG341&size=s").text
    assert numbered(page) == [0, 6]
    assert options(page, "region") == {"BG331": 2, "BG341": 2}  # of size s
    assert options(page, "size") == {"s": 2, "xl": 2}  # of BG341
    assert options(page, "visit") == {"yes": 2}


def test_every_number_is_what_the_choice_then_shows(twelve, sign_in):
    browser = sign_in("ngo")
    browser.checks = False
    start = "/practices?size=s"
    facets = ("topic", "region", "maturity", "outcome", "visit", "text", "size")
    page = browser.get(start).text
    for facet in facets:
        for value, number in options(page, facet).items():
            alone = "" if facet == "size" else "size=s&"
            found = numbered(browser.get(f"/practices?{alone}{facet}={value}").text)
            assert len(found) == number, (facet, value)


def test_a_practice_has_an_english_text_once_its_readers_have_one(bus, person, sign_in):
    reader, writer = sign_in("ngo"), person("partner")
    english = services.translate(bus, "en", by=writer)
    assert options(reader.get("/practices").text, "text") == {}  # of a draft nobody knows
    step = records.step_of("about", False)
    seal = services.step_seal(english, step)
    told = {"title": "A bus on demand", "summary": "Seven villages ride again."}
    services.save_step(english, "about", seal, told, by=writer)
    assert options(reader.get("/practices").text, "text") == {}
    content.submit(english, english.saves, by=writer)
    content.approve(english, english.saves, by=person("editor"))
    page = reader.get("/practices?text=en").text
    assert options(page, "text") == {"en": 1}
    assert f"/practices/{bus.address}" in page


def test_a_chosen_filter_is_a_chip_that_takes_it_away(twelve, sign_in):
    browser = sign_in("ngo")
    page = browser.get("/practices?region=BG341&size=s").text
    assert 'id="region-BG341" value="BG341" checked' in page
    chip = re.search(
        r'<a class="tag" href="([^"]+)"><span class="vh">Махане на филтъра </span>', page
    )
    assert chip is not None, re.findall(r'<a class="tag".*', page)
    assert chip[1] == "/practices?size=s"
    assert numbered(browser.get(chip[1]).text) == [0, 2, 4, 6, 8, 10]


def test_a_choice_that_would_leave_nothing_is_shown_only_if_it_is_made(twelve, sign_in):
    page = sign_in("ngo").get("/practices?region=BG421").text
    assert options(page, "region") == {"BG341": 4, "BG331": 4, "BG421": 0}
    assert options(page, "size") == {}
    assert "Няма практика, която да отговаря на всичко избрано" in page


def test_a_partner_finds_practices_from_municipalities_like_its_own_in_one_step(
    twelve, cast, sign_in
):
    sized(cast, partner=12_000)
    partner = sign_in("partner")
    step = re.search(r'href="(/practices\?[^"]*size=s[^"]*)"', partner.get("/practices").text)
    assert step is not None
    assert numbered(partner.get(step[1]).text) == [0, 2, 4, 6, 8, 10]
    # Nothing is known of the others' size.
    assert "От общини като нашата" not in sign_in("ngo").get("/practices").text


def test_counts_never_include_what_one_may_not_read(twelve, own_space, person, sign_in):
    practice(own_space, person("partner"), person("editor"), visibility="own", nuts3="BG312")
    assert options(sign_in("partner").get("/practices").text, "region")["BG312"] == 1
    assert options(sign_in("ngo").get("/practices").text, "region") == {"BG331": 4, "BG341": 4}
    page = sign_in("ngo").get("/practices?region=BG312").text
    assert options(page, "region")["BG312"] == 0
    assert numbered(page) == []


@pytest.mark.parametrize(
    "address",
    ["?region=XX&size=&topic=nyama", "?page=x", "?page=0", "?page=99999999999", "?q=%00&size=%00"],
)
def test_an_address_that_means_nothing_is_passed_over(address, twelve, sign_in):
    page = sign_in("ngo").get(f"/practices{address}")
    assert page.status_code == 200
    assert "Traceback" not in page.text


# ── Words ───────────────────────────────────────────────────────────────


@pytest.fixture
def three(own_space, person):
    made = {}
    for name, title in (("bus", None), ("park", "Градина зад читалището"), ("app", "Приложение")):
        more = {"title": title, "problem": f"{title} " * 30} if title else {}
        made[name] = practice(own_space, person("partner"), person("editor"), **more).content
    return made


@pytest.mark.parametrize("words", ["автобуси", "заявки за автобуса", "АВТОБУС"])
def test_inflected_words_find_a_practice_and_the_best_stands_first(words, three, follow, sign_in):
    follow()
    page = sign_in("ngo").get("/practices", query_string={"q": words}).text
    listed = re.findall(r'practice__title"><a href="/practices/([^"]+)"', page)
    assert listed[0] == three["bus"].address


def test_words_and_facets_narrow_together(three, follow, sign_in):
    follow()
    browser = sign_in("ngo")
    page = browser.get("/practices?q=читалище").text
    assert "1 практика за „читалище“" in page
    assert options(page, "maturity") == {"good": 1}
    page = browser.get("/practices?q=читалище&region=BG341").text
    assert three["park"].address in page
    assert browser.get("/practices?q=читалище&region=BG331").text.count("practice__title") == 0


def test_words_find_no_draft_and_nothing_of_others(three, own_space, person, follow, sign_in):
    begun(own_space, person("partner"), "Хеликоптер над селата")
    practice(own_space, person("partner"), person("editor"), title="Тайна лодка", visibility="own")
    follow()
    for who, words in (("partner", "хеликоптер"), ("ngo", "лодка"), ("ngo", "хеликоптер")):
        page = sign_in(who).get("/practices", query_string={"q": words}).text
        assert "Няма практика с тези думи" in page
        assert options(page, "region") == {}
    assert "Тайна лодка" in sign_in("partner").get("/practices?q=лодка").text


def test_a_page_without_hits_invites_those_who_may_write(three, follow, sign_in):
    follow()
    invites = 'href="/practices/new"'
    page = sign_in("partner").get("/practices?q=хеликоптер").text
    assert page[page.index("Няма практика с тези думи") :].count(invites) == 1
    assert invites not in sign_in("ngo").get("/practices?q=хеликоптер").text


def test_an_empty_library_says_what_belongs_here(own_space, sign_in):
    page = sign_in("partner").get("/practices").text
    assert "Още няма практики" in page
    assert 'href="/practices/new"' in page
    assert "data-filters" not in page


# ── Paging, cost ────────────────────────────────────────────────────────


def test_pages_hold_twenty_and_keep_the_filters(cast, sign_in):
    shelved(cast, 50, nuts3=["BG341"])
    browser = sign_in("ngo")
    first = browser.get("/practices?region=BG341").text
    assert numbered(first) == list(range(20))
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = browser.get(following[1].replace("&amp;", "&")).text
    assert numbered(second) == list(range(20, 40))
    assert 'rel="prev" href="/practices?region=BG341"' in second
    last = browser.get("/practices?region=BG341&page=3").text
    assert numbered(last) == list(range(40, 50))
    assert 'rel="next"' not in last
    assert "Списъкът свършва преди тази страница" in browser.get("/practices?page=9").text


@pytest.mark.database("sqlite")  # the number of statements is the same on both
def test_with_5000_practices_the_list_takes_at_most_8_statements(app, cast, sign_in):
    topics = [topic(f"t{n}", f"Тема {n}", f"Topic {n}") for n in range(12)]
    chance = random.Random(4)
    regions = [chance.choice(list(REGIONS)) for _n in range(997)]
    shelved(
        cast,
        5_000,
        nuts3=regions,
        size=["xs", "s", "m", "l", "xl"],
        maturity=["innovation", "promising", "good", "institutionalised"],
        failed=[False] * 9 + [True],
        study_visit=[True, False, False],
        title_en=["A practice", None],
        topic=[tuple(chance.sample(topics, 2)) for _n in range(499)],
    )
    browser = sign_in("ngo")
    for address in ("/practices", "/practices?region=BG341&size=s&size=m&topic=t1&page=2"):
        browser.get(address)  # fills what the process keeps
        with query_budget(app, 8):
            page = browser.get(address)
        assert page.status_code == 200
    page = browser.get("/practices").text
    assert numbered(page) == list(range(20))
    assert options(page, "size") == dict.fromkeys(("xs", "s", "m", "l", "xl"), 1_000)
    assert sum(options(page, "region").values()) == 5_000


@pytest.mark.database("sqlite")  # the plan is SQLite's; PostgreSQL chooses by its statistics
def test_the_list_walks_its_index(app, cast, person):
    plan = explain(queries._LIBRARY, queries.params(person("partner")))
    assert "MULTI-INDEX OR" not in plan
    assert "ix_content_list" in plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan

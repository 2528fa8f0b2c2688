"""The bell of every page, the notices behind it, and what opening one does."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.accounts.models import User
from portal.content import keeping
from portal.content import services as content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify import notices, queries
from portal.notify.models import Notice
from tests.support.clients import Browser
from tests.support.counting import query_budget
from tests.support.writing import published


def unread(user_id):
    db.session.rollback()
    return db.session.scalar(select(User.unread).where(User.id == user_id))


def told(user_id):
    db.session.rollback()
    mine = select(Notice).where(Notice.user_id == user_id).order_by(Notice.id)
    return list(db.session.scalars(mine))


@pytest.fixture
def items(app, cast, person, follow):
    """Publish so many items in the intranet; what it gives are their numbers."""

    def publish(number, space="intranet", **more):
        made = [
            published(cast.space(space), person("contributor"), person("editor"), **more)
            for _ in range(number)
        ]
        ids = [text.content_id for text in made]
        follow()
        return ids

    return publish


@transaction
def tell(people, number):
    for each in range(number):
        notices.tell(people, "news", f"thing:{each}")


# ── The bell ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "language", "name", "shown"),
    [
        (0, "bg", "Известия", None),
        (1, "bg", "Известия: 1 ново", "1"),
        (3, "bg", "Известия: 3 нови", "3"),
        (3, "en", "Notices: 3 unread", "3"),
        (99, "bg", "Известия: 99 нови", "99"),
        (100, "bg", "Известия: повече от 99 нови", "99+"),
    ],
)
def test_the_bell_says_how_many_are_new(number, language, name, shown, cast, sign_in):
    browser = sign_in("reader")
    browser.post("/language", data={"language": language})
    browser.get("/")  # the bar is kept from here on
    tell([cast.id("reader")], number)
    page = browser.get("/").text
    assert f'aria-label="{name}"' in page
    badge = re.search(r'class="bell__count" aria-hidden="true">([^<]*)<', page)
    assert (badge.group(1) if badge else None) == shown


def test_the_bell_is_each_persons_own_and_no_visitor_has_one(cast, sign_in, client):
    tell([cast.id("reader")], 2)
    assert "Известия: 2 нови" in sign_in("reader").get("/").text
    assert "bell__count" not in sign_in("editor").get("/").text
    assert 'href="/notices"' not in client.get("/sign-in").text


def test_the_bell_costs_no_statement(app, cast, sign_in):
    browser = sign_in("reader")
    browser.get("/admin/none")  # a page of the frame alone
    tell([cast.id("reader")], 2)
    with query_budget(app, 1):
        assert "Известия: 2 нови" in browser.get("/admin/none").text


# ── The page ────────────────────────────────────────────────────────────


def titles(page):
    return re.findall(r'<h3 class="entry__title"><a href="([^"]+)">([^<]+)<', page)


def test_the_page_shows_what_was_told_newest_first_by_day(items, cast, person, sign_in):
    with clock.at(clock.now() - timedelta(days=1)):
        old = items(1)
    new = items(2)
    page = sign_in("reader").get("/notices").text
    assert [url.rpartition("-")[2] for url, _ in titles(page)] == [
        str(ident) for ident in (new[1], new[0], old[0])
    ]
    assert re.findall(r'class="day">([^<]+)<', page) == ["днес", "вчера"]
    assert page.count("ново</span>") == page.count("told--new") == 3


def test_an_empty_page_says_what_belongs_here(sign_in):
    page = sign_in("reader").get("/notices").text
    assert "Още няма известия" in page and "/notices/choices" in page
    assert "Отбележете всички" not in page


def test_the_page_costs_four_statements_with_notices_of_two_packages(app, items, cast, sign_in):
    asked = []
    notices.register("tried", "Tried", lambda found, viewer: asked.append(len(found)) or {})
    try:
        items(5)

        @transaction
        def more():
            notices.tell([cast.id("reader")], "tried", "thing:1")

        more()
        browser = sign_in("reader")
        browser.get("/notices")
        with query_budget(app, 4):
            assert len(titles(browser.get("/notices").text)) == 5
        assert asked == [1, 1]  # each package once a page
    finally:
        notices._kinds.pop("tried")


def test_pages_follow_one_another_without_a_gap(items, cast, sign_in, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    ids = items(5)
    browser, seen, url = sign_in("reader"), [], "/notices"
    while url:
        page = browser.get(url).text
        seen += [int(url.rpartition("-")[2]) for url, _ in titles(page)]
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = following.group(1) if following else None
    assert seen == ids[::-1]


@pytest.mark.database("sqlite")  # the plan is SQLite's; PostgreSQL chooses by its statistics
def test_the_list_and_the_count_walk_their_indexes(app, cast):
    tell([cast.id("reader")], 40)
    plan = explain(queries._LATEST, {"viewer_id": 7, "before": 10**6, "limit": 31})
    assert "ix_notice_user" in plan
    assert "TEMP B-TREE" not in plan and "SCAN" not in plan
    counting = update(User).where(User.id.in_([1, 2])).values(unread=notices._unread)
    state = counting.compile(db.engine, compile_kwargs={"render_postcompile": True})
    found = db.session.connection().exec_driver_sql(
        f"EXPLAIN QUERY PLAN {state}", (1, 2)[: len(state.positiontup)]
    )
    plan = "\n".join(row[3] for row in found)
    assert "ix_notice_unread" in plan and "SCAN" not in plan


def explain(statement, values):
    state = statement.compile(db.engine).construct_expanded_state(values)
    found = db.session.connection().exec_driver_sql(
        f"EXPLAIN QUERY PLAN {state.statement}",
        tuple(state.parameters[name] for name in state.positiontup),
    )
    return "\n".join(row[3] for row in found)


@pytest.mark.parametrize("before", ["x", "-1", "99999999999", "0", "1" * 40])
def test_a_page_number_that_is_none_shows_the_first_page(before, items, sign_in):
    items(1)
    assert len(titles(sign_in("reader").get(f"/notices?before={before}").text)) == 1


def test_strangers_to_an_item_have_no_notice_of_it(items, cast):
    items(1)
    for who in ("partner", "ngo", "stranger"):
        assert told(cast.id(who)) == []


def test_what_she_may_not_read_any_more_is_named_no_more(items, cast, person, sign_in):
    [kept, gone] = items(2)
    keeping.trash(db.session.get_one(content.Content, gone), by=person("editor"))
    page = sign_in("reader").get("/notices").text
    assert [url.rpartition("-")[2] for url, _ in titles(page)] == [str(kept)]


# ── Reading ─────────────────────────────────────────────────────────────


def test_a_get_of_the_page_and_of_an_item_changes_nothing(items, cast, sign_in):
    [ident] = items(1)
    browser = sign_in("reader")
    browser.get("/notices")
    browser.get(f"/news/nov-avtobus-{ident}")
    assert unread(cast.id("reader")) == 1


def test_one_is_marked_by_its_form_and_opened_without_scripts(items, cast, sign_in):
    items(2)
    first, second = told(cast.id("reader"))
    browser = sign_in("reader")
    answer = browser.post(f"/notices/{first.id}/read")
    assert (answer.status_code, answer.location) == (303, "/notices")
    assert unread(cast.id("reader")) == 1
    answer = browser.post(f"/notices/{second.id}/read", data={"then": "open"})
    assert (answer.status_code, answer.location) == (
        303,
        f"/news/nov-avtobus-{second.content_id}",
    )
    assert unread(cast.id("reader")) == 0


def test_all_are_marked_up_to_the_newest_that_she_saw(items, cast, sign_in):
    items(2)
    browser = sign_in("reader")
    page = browser.get("/notices").text
    until = re.search(r'name="until" value="(\d+)"', page).group(1)
    items(1)  # comes while she reads
    answer = browser.post("/notices/read", data={"until": until}, follow_redirects=True)
    assert "Всички известия са отбелязани като прочетени" in answer.text
    assert unread(cast.id("reader")) == 1
    assert "Известия: 1 ново" in browser.get("/notices").text


def test_two_mark_alls_at_once_leave_nothing_and_fail_nowhere(items, cast, sign_in, app):
    from concurrent.futures import ThreadPoolExecutor

    items(3)
    browsers = [sign_in("reader") for _ in range(4)]
    until = told(cast.id("reader"))[-1].id
    db.session.remove()

    def mark(browser: Browser) -> int:
        with app.app_context():
            return browser.post("/notices/read", data={"until": str(until)}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(mark, browsers)) == [302] * 4
    assert unread(cast.id("reader")) == 0
    assert len({notice.read_at for notice in told(cast.id("reader"))}) == 1


@pytest.mark.parametrize("who", ["editor", "partner", "stranger"])
def test_nobody_marks_or_opens_the_notice_of_another(who, items, cast, sign_in):
    items(1)
    [notice] = told(cast.id("reader"))
    answer = sign_in(who).post(f"/notices/{notice.id}/read", data={"then": "open"})
    assert answer.status_code == 404
    assert unread(cast.id("reader")) == 1


def test_a_mark_without_its_number_is_refused(items, cast, sign_in):
    items(1)
    browser = sign_in("reader")
    for typed in ({}, {"until": "x"}, {"until": "-1"}, {"until": "9" * 30}):
        assert browser.post("/notices/read", data=typed).status_code == 400
    assert unread(cast.id("reader")) == 1


def test_a_form_of_another_site_marks_nothing(items, cast, sign_in):
    items(1)
    [notice] = told(cast.id("reader"))
    browser = sign_in("reader")
    browser.csrf = False
    assert browser.post(f"/notices/{notice.id}/read").status_code == 400
    assert browser.post("/notices/read", data={"until": str(notice.id)}).status_code == 400
    assert unread(cast.id("reader")) == 1


def test_visitors_are_sent_to_sign_in(client):
    for path in ("/notices", "/notices/choices"):
        assert client.get(path).status_code == 302
    for path in ("/notices/read", "/notices/1/read", "/notices/follow", "/notices/choices"):
        assert client.post(path).status_code == 401

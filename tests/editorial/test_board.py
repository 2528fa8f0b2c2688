"""The board: whose items stand where, who sees them, what moving them does, what it costs."""

from datetime import timedelta

import pytest

from portal.content import services as content
from portal.content.models import RELEASED, Content, Life, Revision, State
from portal.editorial import moves, queries, services
from portal.editorial.models import Idea
from portal.editorial.services import Plan
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.news.models import NewsRevision
from portal.spaces import queries as spaces
from tests.support.counting import query_budget
from tests.support.writing import draft, published

BOARD = "/spaces/workspace/board"


@pytest.fixture
def idea(cast, person):
    def make(title="Ден на морето", by="contributor", space="workspace", **more):
        return services.add(cast.space(space), Plan(title, **more), by=person(by))

    return make


def titles(person, who, space="workspace"):
    """What stands in each column, as somebody sees it."""
    viewer = person(who)
    columns = queries.board(viewer, spaces.by_slug(viewer, space))
    return {column.stage: {card.title for card in column.cards} for column in columns}


def seal(key, person, who="editor"):
    return moves.seal_of(moves.find(key, person(who)))


# ── Whose items, and for whom ─────────────────────────────────────────────


def test_a_board_shows_the_units_items_as_far_as_each_may_read_them(cast, person, idea):
    """The workspace's people are manager, editor, contributor and a partner who writes there."""
    idea()
    draft(cast.space("workspace"), person("contributor"), title="Тук")
    draft(cast.space("intranet"), person("contributor"), title="В интранета")
    draft(cast.space("intranet"), person("colleague"), title="На друг отдел")
    published(cast.space("extranet"), person("editor"), person("editor"), title="За партньори")
    published(cast.space("intranet"), person("editor"), person("colleague"), title="За служители")
    assert titles(person, "editor") == {
        "idea": {"Ден на морето"},
        "draft": {"Тук", "В интранета"},
        "review": set(),
        "scheduled": set(),
        "published": {"За партньори", "За служители"},
    }
    assert titles(person, "contributor")["draft"] == {"Тук", "В интранета"}
    partner = titles(person, "partner")
    assert partner["idea"] == {"Ден на морето"}
    assert partner["draft"] == set()
    assert partner["published"] == {"За партньори"}


def test_counts_are_of_what_the_viewer_may_read(cast, person):
    for n in range(3):
        draft(cast.space("workspace"), person("contributor"), title=f"Тук {n}")
    here = spaces.by_slug(person("partner"), "workspace")
    totals = {each.stage: each.total for each in queries.board(person("partner"), here)}
    assert set(totals.values()) == {0}


def test_the_board_is_for_those_who_write_there(sign_in, idea, app):
    number = idea().id
    paths = (BOARD, f"{BOARD}/draft", f"{BOARD}/calendar", f"{BOARD}/ideas/new",
             f"{BOARD}/time?card=idea-{number}", f"/ideas/{number}", f"/ideas/{number}/edit",
             f"/ideas/{number}/begin")  # fmt: skip
    for who, status in (("editor", 200), ("partner", 200), ("ngo", 404), ("reader", 404),
                        ("admin", 404), ("stranger", 404), ("visitor", 302)):  # fmt: skip
        browser = sign_in(who)
        assert {browser.get(path).status_code for path in paths} == {status}, who
    led = sign_in("editor").get("/spaces/intranet/board")  # switched off
    assert led.status_code == 302 and led.location == "/spaces/intranet"


# ── Moving ────────────────────────────────────────────────────────────────


def test_a_card_goes_its_whole_way_by_the_menu(cast, person, sign_in, idea, follow):
    """idea → draft → review → back → scheduled → published, without scripts."""
    intranet = cast.space("workspace").id
    key = f"idea-{idea(kind='news', target_id=intranet, note='Първо.').id}"
    browser = sign_in("editor")

    def move(key, to, status=303):
        data = {"card": key, "seal": seal(key, person), "to": to}
        answer = browser.post(f"{BOARD}/move", data=data)
        assert answer.status_code == status, answer.text
        return answer.headers["Location"]

    key = move(key, "draft").partition("card=")[2]
    made = db.session.get(Revision, int(key.partition("-")[2]))
    assert (made.title, made.body) == ("Ден на морето", "<p>Първо.</p>")
    assert move(key, "review").endswith(key)
    assert move(key, "draft").endswith(key)
    asked = move(key, "scheduled")
    assert "send=1" in asked
    assert browser.get(asked).status_code == 200
    when = clock.local(clock.now()) + timedelta(days=3)
    data = {"card": key, "seal": seal(key, person), "send": "1", "at": f"{when:%Y-%m-%dT%H:%M}"}
    assert browser.post(f"{BOARD}/time", data=data).status_code == 303
    key = f"item-{made.content_id}"
    assert titles(person, "editor")["scheduled"] == {"Ден на морето"}
    move(key, "published")
    assert titles(person, "editor")["published"] == {"Ден на морето"}
    found = db.session.scalars(db.select(Idea)).one()
    assert found.content_id == made.content_id
    follow()
    assert "Ден на морето" in sign_in("ngo").get("/spaces/workspace").text


def test_the_second_of_two_movers_is_told_and_nothing_is_lost(cast, person, sign_in):
    text = draft(cast.space("workspace"), person("contributor"))
    key, ident = f"text-{text.id}", text.id
    shown = seal(key, person)
    sign_in("contributor").post(f"{BOARD}/move", data={"card": key, "seal": shown, "to": "review"})
    answer = sign_in("editor").post(
        f"{BOARD}/move", data={"card": key, "seal": shown, "to": "published"}
    )
    assert answer.status_code == 409
    here = clock.local(clock.now())
    assert "Коста Пишещ премести картата в „За одобрение“ (днес, " in answer.text
    assert f"{here:%H:}" in answer.text
    assert f'id="{key}"' in answer.text
    assert db.session.get(Revision, ident).state == State.IN_REVIEW


def test_whichever_card_two_people_move_the_second_is_told_who_was_first(
    cast, person, sign_in, idea
):
    """An idea begun by a colleague, a draft thrown away, an item that opens at another time."""
    plan = idea(kind="news", target_id=cast.space("workspace").id)
    text = draft(cast.space("workspace"), person("contributor"), title="Изхвърлена")
    item = make_card("scheduled", cast, person, idea)
    keys = [f"idea-{plan.id}", f"text-{text.id}", item]
    shown = {key: seal(key, person) for key in keys}
    moves.move(keys[0], shown[keys[0]], "draft", by=person("contributor"))
    content.discard(text, by=person("contributor"))
    moves.set_time(item, shown[item], clock.now() + timedelta(days=5), by=person("manager"))
    told = {keys[0]: "Коста Пишещ премести картата в „Чернови“", keys[1]: "вече не е тук за Вас",
            keys[2]: "Мария Желева промени картата"}  # fmt: skip
    browser = sign_in("editor")
    for key, words in told.items():
        for to in ("draft", "published"):
            data = {"card": key, "seal": shown[key], "to": to}
            answer = browser.post(f"{BOARD}/move", data=data)
            assert answer.status_code == 409, key
            assert words in answer.text, (key, said(answer.text))
    assert (
        len(db.session.scalars(db.select(Revision).where(Revision.title == "Ден на морето")).all())
        == 1
    )


def test_who_only_reads_an_item_learns_nothing_of_work_on_it(cast, person, sign_in):
    text = published(cast.space("workspace"), person("editor"), person("editor"))
    item = text.content
    content.draft_of(item, "bg", by=person("editor"))
    for who, is_told in (("contributor", False), ("manager", True)):
        data = {"card": f"item-{item.id}", "seal": "", "to": "scheduled"}
        answer = sign_in(who).post(f"{BOARD}/move", data=data)
        assert answer.status_code == 409
        assert ("Елена Редакторова" in said(answer.text)) == is_told, said(answer.text)


REFUSALS = [
    ("idea", "published", "editor", "Идеята първо става чернова"),
    ("draft", "idea", "editor", "не става отново идея"),
    ("draft", "published", "contributor", "Публикува го редактор"),
    ("reviewed draft", "published", "editor", "излизат след одобрение"),
    ("review", "published", "contributor", "Трябва да го одобри"),
    ("own review", "published", "editor", "се одобрява от друг"),
    ("review", "scheduled", "editor", "не е поискан по-късен час"),
    ("timed review", "published", "editor", "поискан по-късен час"),
    ("empty draft", "review", "contributor", "Напишете текста"),
    ("scheduled", "draft", "editor", "Променете часа"),
    ("published", "draft", "editor", "вече го виждат"),
]


def test_a_move_that_may_not_be_is_refused_with_its_reason(cast, person, sign_in, idea):
    browsers = {who: sign_in(who) for who in ("editor", "contributor")}
    for state, to, by, words in REFUSALS:
        key = make_card(state, cast, person, idea)
        before = seal(key, person, by)
        data = {"card": key, "seal": before, "to": to}
        answer = browsers[by].post(f"{BOARD}/move", data=data)
        assert answer.status_code == 422, state
        assert words in answer.text, (state, said(answer.text))
        assert seal(key, person, by) == before, state


def said(page):
    return page.partition("data-cards-said")[2][:300]


def make_card(state, cast, person, idea):
    if state == "idea":
        return f"idea-{idea().id}"
    author = person("editor" if state == "own review" else "contributor")
    home = cast.space("intranet" if state == "reviewed draft" else "workspace")
    later = clock.now() + timedelta(days=2)
    more = {"wanted_from": later} if state in ("timed review", "scheduled") else {}
    text = draft(home, author, body="" if state == "empty draft" else "<p>Да</p>", **more)
    if "review" in state and state != "reviewed draft":
        content.submit(text, text.saves, by=author)
    if state in ("scheduled", "published"):
        content.release(text, text.saves, by=person("editor"))
        return f"item-{text.content_id}"
    return f"text-{text.id}"


def test_a_card_that_is_not_there_is_told_alike(cast, person, sign_in):
    """What is missing and what is none of hers: nobody learns which."""
    secret = draft(cast.space("intranet"), person("colleague"))
    browser = sign_in("contributor")
    for key in ("", "text-", "text-x", "text-0", "text-987654", "page-1", "idea-99999999999",
                "idea-00000000001" + "9" * 40, "item-٣", f"text-{secret.id}", f"item-{secret.content_id}"):  # fmt: skip
        answer = browser.post(f"{BOARD}/move", data={"card": key, "seal": "1", "to": "draft"})
        assert answer.status_code == 409, key
        assert "вече не е тук за Вас" in answer.text
    assert browser.get(f"{BOARD}/time?card=text-{secret.id}").status_code == 404
    assert browser.post(f"{BOARD}/move", data={"to": "nowhere"}).status_code == 400


# ── What it costs ─────────────────────────────────────────────────────────


@pytest.mark.database("sqlite")  # statements are the same on both
def test_a_board_of_two_thousand_items_and_its_calendar_keep_their_budget(
    app, cast, person, sign_in
):
    many(cast, person, 2_000)
    browser = sign_in("editor")
    browser.get(BOARD)
    with query_budget(app, 8):
        page = browser.get(BOARD).text
    assert page.count('class="piece"') == 5 * 50
    assert "Всичките 400" in page
    browser.get(f"{BOARD}/calendar")
    with query_budget(app, 8):
        browser.get(f"{BOARD}/calendar")
    with query_budget(app, 8):
        browser.get(f"{BOARD}/published")


def many(cast, person, number):
    """So many items of the unit, a fifth in each state; written as rows, which takes a second."""
    by, home, now = cast.id("contributor"), cast.space("intranet").id, clock.now()
    opens = [now + timedelta(days=3), now - timedelta(days=3)]

    space = cast.space("workspace").id

    @transaction
    def write():
        for n in range(number // 5):
            idea = Idea(space_id=space, title=f"Идея {n}", planned_on=clock.today())
            idea.owner_id = idea.changed_by_id = by
            db.session.add(idea)
            for state in (State.DRAFT, State.IN_REVIEW, State.SCHEDULED, State.LIVE):
                item = Content(kind="news", home_id=home, owner_id=by, slug="", title=f"Нещо {n}")
                if state in RELEASED:
                    item.life, item.visible_from = Life.PUBLISHED, opens[state == State.LIVE]
                db.session.add(item)
                db.session.flush()
                text = NewsRevision(content_id=item.id, language="bg", number=1, state=state)
                text.author_id = text.changed_by_id = by
                text.title, text.body = item.title, "<p>Да</p>"
                db.session.add(text)

    write()

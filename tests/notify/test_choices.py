"""How one wants to be told, saved without losing what another page saved; and the buttons."""

import re

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.content.models import Topic
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify import follows
from portal.notify.models import Follow, NoticeChoice
from tests.support.counting import query_budget


@pytest.fixture
def roads(app, cast):
    @transaction
    def make():
        row = Topic(slug="roads", name_bg="Пътища", name_en="Roads")
        db.session.add(row)
        db.session.flush()
        return row.id

    return make()


def chosen(cast, who="reader"):
    db.session.rollback()
    mine = select(NoticeChoice).where(NoticeChoice.user_id == cast.id(who))
    return {row.kind: row.mail for row in db.session.scalars(mine)}


def followed(cast, who="reader"):
    db.session.rollback()
    mine = select(Follow).where(Follow.user_id == cast.id(who))
    return {
        (row.space_id, row.topic_id, row.person_id): row.mail for row in db.session.scalars(mine)
    }


def shown(page):
    """Each choice of the page with its present way."""
    found = {}
    for name, inside in re.findall(
        r'<select class="input" id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        if way := re.search(r'value="([^"]*)" selected', inside):  # none after a forged answer
            found[name] = way.group(1)
    return found


def form_of(page, **changes):
    """What the page's form sends, with some selects changed by `kind_news="off"`."""
    sent = {f"was-{name}": way for name, way in shown(page).items()} | shown(page)
    for name, way in changes.items():
        name = name.replace("_", "-", 1)
        assert name in sent
        sent[name] = way
    return sent


# ── The page ────────────────────────────────────────────────────────────


def test_the_page_lists_kinds_and_my_spaces_as_they_stand(cast, sign_in):
    page = sign_in("reader").get("/notices/choices").text
    found = shown(page)
    assert {"kind-news": "daily", "kind-document": "portal", "kind-practice": "daily"}.items() <= (
        found.items()
    )
    spaces = {f"space-{cast.space(slug).id}": "" for slug in ("intranet", "extranet")}
    assert {n: w for n, w in found.items() if n.startswith("space")} == spaces
    assert "Не следите нито една тема" in page


def test_what_must_be_read_cannot_be_turned_off_and_the_page_says_why(cast, sign_in):
    browser = sign_in("reader")
    page = browser.get("/notices/choices").text
    assert "kind-must_read" not in shown(page)
    assert "винаги, веднага по електронната поща" in page
    assert "Иска се лично от Вас" in page or "лично" in page
    answer = browser.post("/notices/choices", data={"kind-must_read": "off"})
    assert answer.status_code == 422
    assert chosen(cast) == {}


def test_the_digest_is_turned_off_and_on_again(cast, sign_in):
    browser = sign_in("reader")
    page = browser.get("/notices/choices").text
    assert shown(page)["kind-digest"] == "daily" and "всяка работна сутрин" in page
    browser.post("/notices/choices", data=form_of(page, kind_digest="off"))
    assert chosen(cast) == {"digest": "off"}
    page = browser.get("/notices/choices").text
    answer = browser.post("/notices/choices", data=form_of(page, kind_digest="now"))
    assert answer.status_code == 422 and chosen(cast) == {"digest": "off"}
    browser.post("/notices/choices", data=form_of(page, kind_digest="daily"))
    assert chosen(cast) == {"digest": "daily"}


def test_what_is_changed_is_saved_and_nothing_else_is_written(cast, sign_in, roads):
    browser = sign_in("reader")
    intranet = cast.space("intranet").id
    page = browser.get("/notices/choices").text
    data = form_of(page, kind_news="now", **{f"space_{intranet}": "off"})
    answer = browser.post("/notices/choices", data=data, follow_redirects=True)
    assert "Изборът Ви е запазен" in answer.text
    assert chosen(cast) == {"news": "now"}
    assert followed(cast) == {(intranet, None, None): "off"}
    assert shown(answer.text)["kind-news"] == "now"
    assert shown(answer.text)[f"space-{intranet}"] == "off"


def test_two_pages_opened_at_once_lose_nothing_of_one_another(cast, sign_in, roads):
    browser = sign_in("reader")
    one = browser.get("/notices/choices").text
    two = browser.get("/notices/choices").text
    browser.post("/notices/choices", data=form_of(one, kind_news="now"))
    browser.post("/notices/follow", data={"thing": "topic", "ident": roads, "way": "daily"})
    browser.post("/notices/choices", data=form_of(two, kind_document="off"))
    assert chosen(cast) == {"news": "now", "document": "off"}
    assert followed(cast) == {(None, roads, None): "daily"}


def test_leaving_a_space_to_the_kind_forgets_its_choice(cast, sign_in):
    browser, intranet = sign_in("reader"), cast.space("intranet").id
    follows.follow("space", intranet, "now", by=_viewer(cast))
    page = browser.get("/notices/choices").text
    browser.post("/notices/choices", data=form_of(page, **{f"space_{intranet}": ""}))
    assert followed(cast) == {}


def _viewer(cast, who="reader"):
    from portal.spaces.viewers import by_user

    return by_user(cast.id(who))


@pytest.mark.parametrize("way", ["sometimes", "NOW", "now ", "1", "x" * 500])
def test_a_way_that_is_none_is_refused_at_its_field_and_the_rest_is_kept_as_typed(
    way, cast, sign_in
):
    browser = sign_in("reader")
    page = browser.get("/notices/choices").text
    data = form_of(page, kind_document="off", kind_news=way)
    answer = browser.post("/notices/choices", data=data)
    assert answer.status_code == 422
    assert "Изберете" in answer.text and 'href="#kind-news"' in answer.text
    assert shown(answer.text)["kind-document"] == "off"
    assert chosen(cast) == {}  # nothing of it was saved


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"kind-nothing": "off"}, 422),
        ({"space-x": "off"}, 400),
        ({"space-99999999999": "off"}, 400),
        ({"space-": "off"}, 400),
        ({"space-987654": "off"}, 404),
        ({"topic-987654": "off"}, 404),
        ({"person-987654": "now"}, 404),
        ({"other-1": "off", "csrf": "x"}, 302),  # no choice: nothing to save
    ],
)
def test_forged_choices_change_nothing(typed, status, cast, sign_in):
    browser = sign_in("reader")
    assert browser.post("/notices/choices", data=typed).status_code == status
    assert chosen(cast) == followed(cast) == {}


def test_the_page_in_english(cast, sign_in, roads):
    browser = sign_in("reader")
    browser.post("/language", data={"language": "en"})
    follows.follow("topic", roads, "daily", by=_viewer(cast))
    page = browser.get("/notices/choices").text
    assert "How you are told" in page and ">Roads<" in page and "by mail at once" in page


def test_the_page_costs_four_statements_whatever_is_followed(app, cast, sign_in, roads):
    me = _viewer(cast)
    for thing, ident in (
        ("topic", roads),
        ("person", cast.id("editor")),
        ("space", cast.space("intranet").id),
    ):
        follows.follow(thing, ident, "now", by=me)
    browser = sign_in("reader")
    browser.get("/notices/choices")
    with query_budget(app, 3):
        page = browser.get("/notices/choices").text
    assert shown(page)[f"topic-{roads}"] == shown(page)[f"person-{cast.id('editor')}"] == "now"


# ── The buttons ─────────────────────────────────────────────────────────


def press(browser, path):
    """Press the button of a page that follows or follows no longer."""
    page = browser.get(path).text
    form = re.search(r'<form [^>]*class="follow".*?</form>', page, re.DOTALL).group()
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    answer = browser.post("/notices/follow", data=sent)
    assert (answer.status_code, answer.location) == (303, path)
    return re.search(r"</svg>\s*([^<]+)</button>", form).group(1).strip()


def test_a_space_is_told_of_by_default_and_can_be_silenced(cast, sign_in):
    browser, intranet = sign_in("reader"), cast.space("intranet").id
    assert press(browser, "/spaces/intranet") == "Спрете да следите пространството"
    assert followed(cast) == {(intranet, None, None): "off"}
    assert press(browser, "/spaces/intranet") == "Следете това пространство"
    assert followed(cast) == {}


def test_a_topic_and_a_persons_texts_can_be_followed(cast, sign_in, roads):
    browser, editor = sign_in("reader"), cast.id("editor")
    assert press(browser, "/news/topic/roads") == "Следете тази тема"
    assert press(browser, f"/people/{editor}") == "Следете този автор"
    assert followed(cast) == {(None, roads, None): "daily", (None, None, editor): "daily"}
    assert press(browser, "/news/topic/roads") == "Спрете да следите темата"
    assert press(browser, f"/people/{editor}") == "Спрете да следите автора"
    assert followed(cast) == {}


def test_nobody_follows_herself(cast, sign_in):
    browser, reader = sign_in("reader"), cast.id("reader")
    assert 'class="follow"' not in browser.get(f"/people/{reader}").text
    data = {"thing": "person", "ident": reader, "way": "daily"}
    assert browser.post("/notices/follow", data=data).status_code == 404


@pytest.mark.parametrize("who", ["ngo", "stranger", "admin"])
def test_what_she_may_not_see_cannot_be_followed(who, cast, sign_in):
    browser = sign_in(who)
    hidden = {
        "ngo": [("space", cast.space("intranet").id), ("person", cast.id("reader"))],
        "stranger": [("space", cast.space("extranet").id), ("person", cast.id("editor"))],
        # An administrator keeps every space, and reads nothing by that right.
        "admin": [("space", cast.space("workspace").id), ("person", cast.id("ngo"))],
    }[who]
    for thing, ident in hidden:
        for way in ("now", "daily", "portal", "off"):
            data = {"thing": thing, "ident": ident, "way": way}
            assert browser.post("/notices/follow", data=data).status_code == 404
    assert followed(cast, who) == {}


def test_a_person_who_left_is_named_no_more_and_can_be_let_go(cast, sign_in):
    editor = cast.id("editor")
    follows.follow("person", editor, "now", by=_viewer(cast))

    @transaction
    def leave():
        db.session.get_one(User, editor).retired_at = clock.now()

    leave()
    browser = sign_in("reader")
    assert "Редакторова" not in browser.get("/notices/choices").text
    data = {"thing": "person", "ident": editor, "way": ""}
    browser.post("/notices/follow", data=data)
    assert followed(cast) == {}


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"thing": "space"},
        {"thing": "space", "ident": "x", "way": "off"},
        {"thing": "house", "ident": "1", "way": "off"},
        {"thing": "space", "ident": "1", "way": "loudly"},
        {"thing": "topic", "ident": "9" * 30, "way": "daily"},
    ],
)
def test_a_follow_that_says_nothing_is_refused(typed, cast, sign_in):
    assert sign_in("reader").post("/notices/follow", data=typed).status_code == 400
    assert followed(cast) == {}


def test_the_way_back_leads_nowhere_else(cast, sign_in):
    data = {"thing": "space", "ident": cast.space("intranet").id, "way": "off"}
    for slug in ("//evil.example", "https://evil.example/", "\\evil"):
        answer = sign_in("reader").post("/notices/follow", data={**data, "slug": slug})
        assert answer.location.startswith("/spaces/")


def test_following_twice_at_once_writes_one_row(cast, app):
    from concurrent.futures import ThreadPoolExecutor

    me, editor = _viewer(cast), cast.id("editor")
    db.session.remove()

    def follow(way):
        with app.app_context():
            follows.follow("person", editor, way, by=me)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(follow, ["now", "daily", "now", "daily"]))
    assert list(followed(cast)) == [(None, None, editor)]

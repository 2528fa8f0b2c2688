"""An editor of the extranet looks with a partner's eyes: read-only, for half an hour, journalled."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access.site import bump
from portal.accounts.models import Organisation, User, UserSession
from portal.audit.models import JournalLine
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import OnlyLooking
from portal.kernel.transaction import look_only, transaction
from portal.news import services as news
from portal.search import views as search
from portal.spaces.models import Membership, Space
from tests.support.writing import published

STRIP = '<section class="seeing"'


@pytest.fixture
def look(sign_in, cast):
    """look("partner") → the editor's browser, with the partner's eyes."""

    def run(whom, who="editor"):
        browser = sign_in(who)
        answer = browser.post("/seeing", data={"user": cast.id(whom)})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        return browser

    return run


def lines(action):
    found = select(JournalLine).where(JournalLine.action == action).order_by(JournalLine.id)
    return db.session.scalars(found).all()


def everything():
    """How many rows each table holds, but for the journal, and the last write of each session."""
    tables = db.metadata.sorted_tables
    return {
        table.name: db.session.execute(select(table)).all()
        for table in tables
        if table.name != "journal"
    }


def test_she_sees_the_partners_home_and_says_so_on_every_page(look, person, cast):
    secret = published(cast.space("intranet"), person("contributor"), person("editor"))
    browser = look("partner")
    home = browser.get("/").text
    assert STRIP in home
    assert "Елена Редакторова вижда като Петър Партньоров." in home
    assert "Спиране" in home
    assert secret.title not in home
    for path in ("/news", "/people", "/search?q=нов", "/organisations", "/nowhere", "/spaces"):
        assert STRIP in browser.get(path).text, path
    assert browser.get(f"/news/{secret.content_id}").status_code == 404
    for own in ("/spaces/intranet", "/units", "/admin/", "/seeing"):
        assert browser.get(own).status_code == 404


def test_the_strip_speaks_the_language_of_her_who_looks(look, sign_in, cast):
    @transaction
    def english():
        cast["partner"].language = "en"

    english()
    home = look("partner").get("/").text
    assert '<html lang="en">' in home
    assert '<section class="seeing" lang="bg"' in home


def test_the_partners_language_comes_first_and_may_be_changed_while_looking(look, sign_in, cast):
    browser = sign_in("editor")
    browser.post("/language", data={"language": "en"})
    browser.post("/seeing", data={"user": cast.id("partner")})
    assert '<html lang="bg">' in browser.get("/").text
    browser.post("/language", data={"language": "en"})
    assert '<html lang="en">' in browser.get("/").text
    browser.post("/seeing/stop")
    assert '<html lang="en">' in browser.get("/").text
    browser.post("/seeing", data={"user": cast.id("partner")})
    assert '<html lang="bg">' in browser.get("/").text


@pytest.mark.parametrize(
    ("who", "status"),
    [("editor", 200), ("manager", 200), ("reader", 404), ("admin", 404), ("contributor", 404),
     ("partner", 404), ("coordinator", 404), ("visitor", 302)],
)  # fmt: skip
def test_only_editors_of_an_extranet_may_look(who, status, sign_in, cast):
    browser = sign_in(who)
    assert browser.get("/seeing").status_code == status
    if status != 200:
        answer = browser.post("/seeing", data={"user": cast.id("ngo")})
        assert answer.status_code == (401 if who == "visitor" else 404)
        assert lines("seeing.start") == []


@pytest.mark.parametrize("whom", ["admin", "reader", "colleague", "editor", "stranger"])
def test_nobody_of_her_house_no_administrator_and_nobody_from_outside_the_extranet(
    whom, sign_in, cast
):
    browser = sign_in("editor")
    answer = browser.post("/seeing", data={"user": cast.id(whom)}, follow_redirects=True)
    assert "не можете да видите портала" in answer.text.lower()
    assert lines("seeing.start") == []
    name = cast[whom].family
    assert name not in browser.get(f"/seeing?q={name}").text.partition('id="people"')[2]


def test_a_partner_who_administers_is_not_chosen(sign_in, cast):
    @transaction
    def raised():
        cast["partner"].is_admin = True
        bump()

    raised()
    sign_in("editor").post("/seeing", data={"user": cast.id("partner")})
    assert lines("seeing.start") == []


@pytest.mark.parametrize("user", ["", "0", "-1", "9999999", "9" * 30, "x", "１"])
def test_nonsense_chooses_nobody(user, sign_in):
    browser = sign_in("editor")
    assert browser.post("/seeing", data={"user": user}).status_code == 302
    assert STRIP not in browser.get("/").text


def test_a_person_is_chosen_by_name_or_by_organisation(sign_in, cast):
    browser = sign_in("editor")
    page = browser.get("/seeing").text
    assert "Община Каменград" in page
    assert "Училище" not in page  # no member of the extranet
    found = browser.get("/seeing?q=сдруж").text
    assert "Нора Сдружена" in found
    assert "Петър Партньоров" not in found
    partner = cast.organisation("partner").id
    found = browser.get(f"/seeing?organisation={partner}").text
    assert "Петър Партньоров" in found
    assert "Кирил Свързващ" in found
    assert "Нора" not in found
    assert "Никой не е намерен" in browser.get("/seeing?q=%00яяя").text
    for odd in ("organisation=9999999", "organisation=x", "organisation=" + "9" * 40):
        assert browser.get(f"/seeing?{odd}").status_code == 200


def test_the_way_there_stands_at_the_partner_and_at_the_extranet_for_editors_only(sign_in, cast):
    partner = cast.organisation("partner").id
    for path in (f"/organisations/{partner}", "/spaces/extranet"):
        assert f"/seeing?organisation={partner}" in (page := sign_in("editor").get(path).text) or (
            'href="/seeing"' in page
        ), path
        assert "/seeing" not in sign_in("reader").get(path).text, path
        assert "/seeing" not in sign_in("coordinator").get(path).text, path
    town = cast.organisation("town").id
    assert "/seeing" not in sign_in("editor").get(f"/organisations/{town}").text
    assert "/seeing" not in sign_in("editor").get("/spaces/workspace").text


def unsafe(app):
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"GET", "HEAD", "OPTIONS"}):
            yield rule, method


def path_of(rule):
    """An address of the rule; whatever stands for its arguments."""
    parts = [str({"step": "release"}.get(text, 1)) if is_argument else text
             for is_argument, text in rule._trace]  # fmt: skip
    return "".join(parts).lstrip("|")


def test_nothing_can_be_sent_while_looking(app, look):
    """Each address and method of the map that changes something: a clear page, nothing changed."""
    browser = look("partner")
    browser.get("/")
    before, sent = everything(), 0
    for rule, method in unsafe(app):
        if rule.endpoint in ("seeing.stop", "signin.sign_out", "home.language"):
            continue
        answer = browser.open(path_of(rule), method=method, data={"title": "Подменено"})
        assert answer.status_code == 403, (method, rule.rule)
        assert "Сега само гледате" in answer.text, rule.rule
        told = browser.open(path_of(rule), method=method, json={"a": 1})
        assert (told.status_code, told.json["title"]) == (403, "Сега само гледате"), rule.rule
        sent += 1
    assert sent > 50
    assert everything() == before
    assert STRIP in browser.get("/").text


def test_no_form_token_opens_the_wall_and_none_is_needed_to_be_told(look):
    browser = look("partner")
    browser.csrf = False
    answer = browser.post("/me", data={})
    assert answer.status_code == 403
    assert "Сега само гледате" in answer.text


def test_a_service_that_is_reached_all_the_same_refuses(app, cast, person, look):
    """Behind the wall before the views stands another one before every write."""
    with app.test_request_context():
        look_only()
        with pytest.raises(OnlyLooking):
            news.write(cast.space("workspace"), "bg", news.Text("Чуждо"), by=person("partner"))

        @transaction
        def outer():
            look_only()
            news.write(cast.space("workspace"), "bg", news.Text("Чуждо"), by=person("partner"))

        look_only(False)
        with pytest.raises(OnlyLooking):
            outer()
    assert db.session.scalar(select(JournalLine.id)) is None


def test_a_view_that_writes_on_get_is_stopped_too(app, look, person, cast):
    """Should one be written some day: a GET changes nothing, least of all with borrowed eyes."""
    from portal.access import current_viewer
    from portal.access.doors import signed_in

    def writes():
        news.write(cast.space("workspace"), "bg", news.Text("Чуждо"), by=current_viewer())
        return "written"

    app.add_url_rule("/writes", "writes", signed_in(writes))
    assert look("partner").get("/writes").status_code == 403


def test_the_journal_keeps_beginning_pages_and_end_in_numbers(look, person, cast):
    text = published(cast.space("extranet"), person("editor"), person("editor"), title="Тайнодума")
    ident, address = text.content_id, text.content.address
    editor, partner = cast.id("editor"), cast.id("partner")
    browser = look("partner")
    browser.get(f"/news/{address}")
    browser.get("/search?q=Тайнодума")
    browser.get("/documents/in/extranet")
    browser.get(f"/documents/zip?id={ident}&id=x")
    browser.get("/theme.css")
    browser.post("/seeing/stop")
    (start,), (end,) = lines("seeing.start"), lines("seeing.end")
    for line in (start, end, *lines("seeing.page")):
        assert (line.actor_id, line.kind, line.item_id) == (editor, "user", partner)
    extranet = cast.space("extranet").id
    assert [line.facts for line in lines("seeing.page")] == [
        {"page": "news.show", "content_id": ident},
        {"page": "search.results"},
        {"page": "documents.folder", "space_id": extranet},
        {"page": "documents.download_many", "ids": [ident]},
    ]
    assert end.facts["why"] == "stopped"
    written = " ".join(str(line.facts) for line in db.session.scalars(select(JournalLine)))
    assert "Тайнодума" not in written
    assert "taynoduma" not in written


def test_her_own_eyes_again_by_the_button(look, sign_in):
    browser = look("partner")
    answer = browser.post("/seeing/stop", follow_redirects=True)
    assert "Отново виждате със собствените си очи." in answer.text
    assert STRIP not in answer.text
    assert browser.get("/spaces/intranet").status_code == 200
    assert browser.post("/seeing/stop").headers["Location"] == "/"
    assert len(lines("seeing.end")) == 1


def test_looking_is_over_after_half_an_hour(look):
    browser = look("partner")
    with clock.at(clock.now() + timedelta(minutes=29, seconds=50)):
        assert STRIP in browser.get("/").text
    with clock.at(clock.now() + timedelta(minutes=30)):
        home = browser.get("/").text
        assert STRIP not in home
        assert "Половината час изтече" in home
        assert "Половината час" not in browser.get("/").text
    assert lines("seeing.end")[0].facts["why"] == "time"
    assert db.session.scalar(select(UserSession.seeing_id)) is None


def test_a_form_seen_before_its_end_is_not_taken_as_her_own(look, cast):
    browser = look("partner")
    browser.get("/")
    before = everything()
    with clock.at(clock.now() + timedelta(minutes=31)):
        answer = browser.post("/me", data={"phone": "1"})
        assert answer.status_code == 403
        assert "Само гледахте" in answer.text
        assert "Половината час изтече" in answer.text
    after = everything()
    before.pop("user_session"), after.pop("user_session")
    assert after == before


def test_a_form_seen_while_looking_has_a_token_of_its_own(look, sign_in, cast):
    """Kept in another window, it is refused as old later; her own form from before still works."""
    browser = sign_in("editor")
    own = browser.token()
    browser.post("/seeing", data={"user": cast.id("partner")})
    seen = browser.token()
    browser.post("/seeing/stop")
    browser.csrf = False
    form = {"room": "12", "csrf_token": seen}
    assert browser.post("/me", data=form).status_code == 400
    assert browser.post("/me", data={**form, "csrf_token": own}).status_code == 302


def test_signing_out_while_looking_ends_both(look, cast):
    browser = look("partner")
    assert browser.post("/sign-out").status_code == 302
    assert lines("seeing.end")[0].facts["why"] == "signed out"
    assert lines("session.ended")[0].actor_id == cast.id("editor")
    assert browser.get("/").status_code == 302
    assert db.session.scalar(select(UserSession.ended_at)) is not None


def ended_right(cast):
    for held in db.session.scalars(select(Membership).where(Membership.role >= 3)):
        if held.user_id == cast.id("editor"):
            held.role = 1


def left_extranet(cast):
    partner, extranet = cast.organisation("partner").id, cast.space("extranet").id
    held = select(Membership).where(
        Membership.organisation_id == partner, Membership.space_id == extranet
    )
    db.session.delete(db.session.scalars(held).one())


def closed_extranet(cast):
    db.session.get_one(Space, cast.space("extranet").id).archived_at = clock.now()


def retired(cast):
    db.session.get_one(User, cast.id("partner")).retired_at = clock.now()


def agreement_over(cast):
    partner = db.session.get_one(Organisation, cast.organisation("partner").id)
    partner.agreement_end = clock.today() - timedelta(days=1)


def partnership_over(cast):
    db.session.get_one(Organisation, cast.organisation("partner").id).retired_at = clock.now()


@pytest.mark.parametrize(
    ("change", "why"),
    [(ended_right, "right"), (left_extranet, "right"), (closed_extranet, "right"),
     (retired, "person"), (agreement_over, "person"), (partnership_over, "person")],
)  # fmt: skip
def test_looking_ends_with_her_right_and_with_the_persons_access(change, why, look, cast):
    browser = look("partner")
    assert STRIP in browser.get("/").text

    @transaction
    def happened():
        change(cast)
        bump()

    happened()
    home = browser.get("/")
    assert home.status_code == 200
    assert STRIP not in home.text
    assert 'class="notice' in home.text
    assert lines("seeing.end")[0].facts["why"] == why


def test_only_this_browser_looks(look, sign_in):
    look("partner")
    assert STRIP not in sign_in("editor").get("/").text
    assert STRIP not in sign_in("partner").get("/").text


def test_what_she_does_not_wear_out_is_the_partners(look, cast, sign_in, monkeypatch):
    """Too many questions are hers, and «last seen» is that of her own session."""
    monkeypatch.setattr(search._searches, "seconds", 600)  # a slow machine asks slowly
    theirs = sign_in("partner")
    before = db.session.scalars(
        select(UserSession.seen_at).where(UserSession.user_id == cast.id("partner"))
    ).all()
    browser = look("partner")
    answers = [browser.get("/search?q=а").status_code for _ in range(14)]
    assert 429 in answers
    assert theirs.get("/search?q=а").status_code == 200
    with clock.at(clock.now() + timedelta(minutes=20)):
        browser.get("/")
    after = db.session.scalars(
        select(UserSession.seen_at).where(UserSession.user_id == cast.id("partner"))
    ).all()
    assert after == before


def test_the_pages_of_her_password_and_devices_stay_closed(app, look):
    browser = look("partner")
    closed = 0
    for rule in app.url_map.iter_rules():
        own_keys = rule.endpoint.startswith("signin.") and rule.rule.startswith("/me/")
        if own_keys and "GET" in rule.methods:
            answer = browser.get(path_of(rule))
            assert answer.status_code == 403, rule.rule
            assert "Сега само гледате" in answer.text
            closed += 1
    assert closed >= 2

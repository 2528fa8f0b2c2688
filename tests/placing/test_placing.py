"""Before an item is placed where partners read, its editor sees the very page that they will get."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access.site import bump
from portal.accounts.models import Organisation, User
from portal.audit.models import Change, JournalLine
from portal.content import keeping
from portal.content import services as content
from portal.content.models import Content, Revision
from portal.documents import services as documents
from portal.files.services import add_file
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.news.services import Text, write
from portal.spaces import services as spaces
from portal.spaces.models import Membership
from tests.support.counting import counted
from tests.support.writing import draft, published

STRIPS = re.compile(
    r'<section class="(?:seeing seeing--preview|preview)".*?</section>\n?', re.DOTALL
)
TOKENS = re.compile(r'(name="csrf_token" (?:type="hidden" )?value="| nonce=")[^"]+')


def rows():
    """Every row of every table but the sessions of browsers."""
    return {
        table.name: db.session.execute(select(table)).all()
        for table in db.metadata.sorted_tables
        if table.name != "user_session"
    }


def bare(page):
    return TOKENS.sub(r"\1", STRIPS.sub("", page))


@pytest.fixture
def notice(cast, person):
    """News of the workspace with a file under it → its number."""
    by = person("editor")
    listed = add_file(io.BytesIO(b"x;y"), "Списък.csv", by=by)
    text = Text("Общ ден на плажа", "Само три часа", "<p>Елате.</p>", files=(listed.id,))
    return write(cast.space("workspace"), "bg", text, by=by, then="release").content_id


@pytest.fixture
def paper(cast, person):
    by = person("editor")
    file = add_file(io.BytesIO("Ред за плажа.".encode()), "Ред.txt", by=by)
    return documents.add(cast.space("workspace"), None, file, None, by=by).content_id


@pytest.mark.parametrize("kind", ["notice", "paper"])
def test_the_preview_is_the_very_page_that_the_partner_gets(kind, cast, sign_in, follow, request):
    ident, extranet = request.getfixturevalue(kind), cast.space("extranet").id
    follow()
    editor = sign_in("editor")
    first = editor.post(f"/content/{ident}/places", data={"space": extranet})
    assert first.status_code == 303
    partner = cast.organisation("partner").id
    page = editor.get(f"{first.headers['Location']}&organisation={partner}")
    assert "Така ще го видят партньорите в „Екстранет“." in page.text
    assert "Петър Партньоров, Община Каменград" in page.text
    assert ("Списък.csv" if kind == "notice" else "Ред.txt") in page.text
    item = db.session.get_one(Content, ident)
    url = f"/{'news' if kind == 'notice' else 'documents'}/{item.address}"
    assert sign_in("coordinator").get(url).status_code == 404
    editor.post(f"/content/{ident}/place", data={"space": extranet})
    assert bare(page.text) == bare(sign_in("partner").get(url).text)
    assert "Чист бряг" in page.text  # Petar is in the workspace too, so his page names it
    assert "Чист бряг" not in sign_in("coordinator").get(url).text


@pytest.mark.parametrize("kind", ["notice", "paper"])
def test_looking_at_the_preview_changes_nothing(kind, cast, sign_in, follow, request, app):
    ident, extranet = request.getfixturevalue(kind), cast.space("extranet").id
    follow()
    editor, other = sign_in("editor"), sign_in("ngo")
    before = rows()
    found = other.get("/search?q=плажа").text
    for organisation in ("partner", "ngo"):
        chosen = cast.organisation(organisation).id
        url = f"/content/{ident}/preview?space={extranet}&organisation={chosen}"
        assert editor.get(url).status_code == 200
    assert rows() == before
    follow()
    assert rows() == before
    place = '<option value="' + str(extranet)
    assert place in editor.get(f"/content/{ident}/places").text
    coordinator = sign_in("coordinator")
    assert coordinator.get(f"/news/{ident}").status_code == 404
    assert coordinator.get(f"/documents/{ident}").status_code == 404
    assert other.get("/search?q=плажа").text.count("Общ ден") == found.count("Общ ден")


def test_who_is_reached_stands_there_by_name_and_number(notice, cast, sign_in):
    extranet = cast.space("extranet").id
    page = sign_in("editor").get(f"/content/{notice}/preview?space={extranet}").text
    strip = "".join(STRIPS.findall(page))
    assert "Стига до 11 души, 3 организации" in strip
    for name, number in (
        ("Община Каменград", 2),
        ("Сдружение „Чист залив“", 1),
        ("Община Белобряг", 8),
    ):
        assert re.search(rf"<li>{name} <span class=\"num\">\({number}\)", strip), name
    assert "Училище" not in strip


def test_who_may_not_sign_in_is_not_counted(notice, cast, sign_in):
    @transaction
    def over():
        db.session.get_one(User, cast.id("coordinator")).retired_at = clock.now()
        ended = clock.today() - timedelta(days=1)
        db.session.get_one(Organisation, cast.organisation("ngo").id).agreement_end = ended

    over()
    extranet = cast.space("extranet").id
    page = sign_in("editor").get(f"/content/{notice}/preview?space={extranet}").text
    strip = "".join(STRIPS.findall(page))
    assert "Стига до 9 души, 2 организации" in strip
    assert "Чист залив" not in strip


def test_its_place_in_the_search_is_among_what_the_partner_finds(
    notice, cast, person, sign_in, follow
):
    by = person("editor")
    published(
        cast.space("intranet"), person("contributor"), by, title="Общ ден на плажа за служители"
    )
    published(cast.space("extranet"), by, by, title="Общ ден на плажа и в града")
    follow()
    extranet = cast.space("extranet").id
    page = sign_in("editor").get(f"/content/{notice}/preview?space={extranet}").text
    strip = "".join(STRIPS.findall(page))
    assert re.search(r"В търсенето: номер [12] за заглавието си", strip)
    assert "Общ ден на плажа и в града" in strip
    assert "служители" not in strip
    told = int(re.search(r"номер (\d)", strip)[1])
    sign_in("editor").post(f"/content/{notice}/place", data={"space": extranet})
    follow()
    found = sign_in("partner").get("/search?q=Общ ден на плажа").text
    hits = re.findall(r'class="hit__title"><a href="([^"]+)"', found)
    assert hits[told - 1].endswith(f"-{notice}")


def test_where_no_partner_reads_it_is_placed_at_once(notice, cast, sign_in):
    intranet = cast.space("intranet").id
    editor = sign_in("manager")
    answer = editor.post(f"/content/{notice}/places", data={"space": intranet})
    assert answer.headers["Location"] == f"/content/{notice}/places"
    assert len(db.session.get_one(Content, notice).placements) == 2


def test_back_leaves_it_where_it_was_and_the_button_places_it_once(notice, cast, sign_in):
    extranet = cast.space("extranet").id
    editor = sign_in("editor")
    page = editor.get(f"/content/{notice}/preview?space={extranet}").text
    assert f'href="/content/{notice}/places"' in page
    for _twice in range(2):
        assert editor.post(f"/content/{notice}/place", data={"space": extranet}).status_code == 302
    placed = select(JournalLine).where(JournalLine.action == "content.place")
    assert len(db.session.scalars(placed).all()) == 1
    assert editor.post(f"/content/{notice}/unplace", data={"space": extranet}).status_code == 302
    assert len(db.session.get_one(Content, notice).placements) == 1


def test_no_form_of_the_partners_page_can_be_sent_by_her_who_looks_at_it(notice, cast, sign_in):
    extranet = cast.space("extranet").id
    editor = sign_in("editor")
    page = STRIPS.sub("", editor.get(f"/content/{notice}/preview?space={extranet}").text)
    tokens = set(re.findall(r'name="csrf_token" value="([^"]+)"', page))
    assert tokens
    editor.csrf = False
    for token in tokens:
        answer = editor.post("/language", data={"language": "en", "csrf_token": token})
        assert answer.status_code == 400


def test_a_draft_of_the_extranet_is_seen_before_it_is_released(cast, person, sign_in, follow):
    text = draft(
        cast.space("extranet"), person("editor"), title="Още чернова", body="<p>Тук е.</p>"
    )
    ident, revision = text.content_id, text.id
    follow()
    editor = sign_in("editor")
    assert f"/content/{ident}/preview" in editor.get(f"/news/{ident}/review").text
    before = rows()
    page = editor.get(f"/content/{ident}/preview").text
    assert "Още не е публикувано." in page
    assert "Тук е." in page
    assert "Показване там" not in page
    assert rows() == before
    assert db.session.get_one(Revision, revision).state == "draft"
    assert sign_in("partner").get(f"/news/{ident}").status_code == 404


def test_a_draft_that_waits_for_its_time_is_shown_as_at_its_time(cast, person, sign_in):
    later = clock.now() + timedelta(days=9)
    text = draft(
        cast.space("extranet"), person("editor"), body="<p>По-късно.</p>", wanted_from=later
    )
    page = sign_in("editor").get(f"/content/{text.content_id}/preview").text
    assert "По-късно." in page
    assert db.session.get_one(Revision, text.id).wanted_from == later


def test_what_partners_would_not_see_yet_says_so(cast, person, sign_in):
    later = clock.now() + timedelta(days=9)
    text = published(cast.space("workspace"), person("editor"), person("editor"), wanted_from=later)
    extranet = cast.space("extranet").id
    page = sign_in("editor").get(f"/content/{text.content_id}/preview?space={extranet}")
    assert page.status_code == 200
    assert "Сега никой не би го видял" in page.text
    assert "Показване там" in page.text


def test_without_a_text_at_work_there_is_nothing_to_preview(notice, sign_in):
    assert sign_in("editor").get(f"/content/{notice}/preview").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [("contributor", 403), ("partner", 403), ("ngo", 403), ("reader", 404),
                        ("admin", 404), ("stranger", 404), ("visitor", 302)],
)  # fmt: skip
def test_only_an_editor_of_both_sees_the_preview(who, status, notice, cast, sign_in):
    extranet = cast.space("extranet").id
    assert sign_in(who).get(f"/content/{notice}/preview?space={extranet}").status_code == status


@pytest.mark.parametrize("asked", ["space=x", "space=0", "space=-1", "space=9999999",
                                   "space=" + "9" * 40, "space=%00"])  # fmt: skip
def test_nonsense_is_no_place(asked, notice, sign_in):
    assert sign_in("editor").get(f"/content/{notice}/preview?{asked}").status_code == 404


@pytest.mark.parametrize("asked", ["x", "0", "-1", "9999999", "9" * 40, "%00"])
def test_eyes_that_are_not_there_are_those_of_the_first_partner(asked, notice, cast, sign_in):
    extranet = cast.space("extranet").id
    page = sign_in("editor").get(f"/content/{notice}/preview?space={extranet}&organisation={asked}")
    assert "Петър Партньоров" in page.text


def test_the_strip_speaks_the_editors_language_and_the_page_the_partners(notice, cast, sign_in):
    editor = sign_in("editor")
    editor.post("/language", data={"language": "en"})
    extranet = cast.space("extranet").id
    page = editor.get(f"/content/{notice}/preview?space={extranet}").text
    assert '<html lang="bg">' in page
    assert '<section class="seeing seeing--preview" lang="en"' in page
    assert '<html lang="en">' in editor.get("/").text


def test_the_preview_of_an_archived_item_opens_for_those_who_will_read_it(
    notice, cast, person, sign_in
):
    keeping.archive(db.session.get_one(Content, notice), by=person("editor"))
    extranet = cast.space("extranet").id
    page = sign_in("editor").get(f"/content/{notice}/preview?space={extranet}").text
    assert "Общ ден на плажа" in page


def test_the_preview_costs_a_bounded_number_of_statements(notice, cast, sign_in, app, follow):
    follow()
    editor, extranet = sign_in("editor"), cast.space("extranet").id
    url = f"/content/{notice}/preview?space={extranet}"
    editor.get(url)
    with counted(app) as seen:
        editor.get(url)
    assert len(seen) < 45, len(seen)
    assert not [line for line in seen if line.startswith("DELETE")]


def test_pins_and_ends_are_of_kinds_that_have_them(paper, cast, sign_in):
    editor = sign_in("editor")
    workspace = cast.space("workspace").id
    assert editor.post(f"/content/{paper}/pin", data={"space": workspace}).status_code == 404
    assert editor.post(f"/content/{paper}/until", data={"until": ""}).status_code == 404
    page = editor.get(f"/content/{paper}/places").text
    assert "Докога" not in page


def test_what_is_tried_out_and_fails_leaves_nothing(notice, cast, person, app):
    from portal.content import trying

    before = rows()

    def breaks(item):
        assert len(item.placements) == 2
        raise ValueError("on purpose")

    with app.test_request_context(), pytest.raises(ValueError, match="on purpose"):
        trying.placed(notice, cast.space("extranet").id, breaks, by=person("editor"))
    db.session.rollback()
    assert rows() == before
    assert db.session.scalar(select(Change.id).order_by(Change.id.desc())) is not None
    assert content.open_revision(db.session.get_one(Content, notice), "bg") is None


def test_an_editor_who_may_not_see_as_a_partner_learns_nothing_by_the_preview(
    cast, person, sign_in, follow
):
    """A colleague who edits a workspace alone sees no neighbours there that are not hers."""

    @transaction
    def set_up():
        for held in db.session.scalars(select(Membership)):
            if held.user_id == cast.id("contributor"):
                held.role = 3 if held.space_id == cast.space("workspace").id else held.role
        bump()

    set_up()
    own = spaces.create_space(
        by=person("admin"),
        kind="organisation",
        name_bg="Пространство на Каменград",
        name_en="Kamengrad's own",
        organisation=cast.organisation("partner"),
        manager=cast["editor"],
    )
    by = person("editor")
    published(own, by, by, title="Тайнодума план за плажа")
    text = draft(cast.space("workspace"), person("contributor"), title="Тайнодума план за плажа")
    ident = text.content_id
    follow()
    partner = cast.organisation("partner").id
    url = f"/content/{ident}/preview?organisation={partner}"
    strip = "".join(STRIPS.findall(sign_in("contributor").get(url).text))
    assert "номер 1 за заглавието" in strip
    assert strip.count("Тайнодума") == 2  # what is looked for, and the item itself
    strip = "".join(STRIPS.findall(sign_in("editor").get(url).text))
    assert strip.count("Тайнодума") == 3


def test_a_draft_that_could_not_be_released_so_says_why(cast, person, sign_in):
    text = draft(cast.space("extranet"), person("editor"))

    @transaction
    def over():
        db.session.get_one(Revision, text.id).wanted_until = clock.now() - timedelta(days=1)

    over()
    page = sign_in("editor").get(f"/content/{text.content_id}/preview")
    assert page.status_code == 200
    assert "Краят трябва да е" in page.text
    assert "Сега никой не би го видял" in page.text

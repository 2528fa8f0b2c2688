"""Whom an item will reach, before it is published; whom it reached, afterwards."""

import io
import re

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.confirming import services as confirming
from portal.confirming.models import Obligation
from portal.content import keeping
from portal.content import services as content
from portal.content.models import Content, Revision
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.news.services import Text, write
from portal.notify.models import Delivery, Follow, Notice, NoticeChoice
from portal.placing import audience, reached
from portal.reading import counting
from portal.reading.models import ContentReader
from portal.review import links
from tests.confirming.followed import Followed, crowd, in_days
from tests.support.counting import query_budget
from tests.support.requiring import requirement, wish
from tests.support.writing import DRAFTS, draft, published


def plain(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def marked(found):
    """The people of each mark of a preview or a report."""
    names = {mark for member in found.table.members for mark in member.marks}
    return {name: {member.id for member in found.table.of(name)} for name in names}


@transaction
def say(cast, **ways):
    """reader="now": what somebody chose for news; reader__intranet="off": for a space."""
    for who, way in ways.items():
        name, _, space = who.partition("__")
        if space:
            row = Follow(user_id=cast.id(name), space_id=cast.space(space).id, mail=way)
        else:
            row = NoticeChoice(user_id=cast.id(name), kind="news", mail=way)
        db.session.add(row)


@transaction
def without_address(cast, *people):
    for who in people:
        cast[who].email = None


# ── Before ──────────────────────────────────────────────────────────────


def test_the_preview_says_what_publishing_then_does(cast, person, follow):
    """Of everybody: who reads it, who is asked, and by which way each one is told."""
    say(cast, ngo="off", coordinator="portal", contributor="now", employee__extranet="now")
    without_address(cast, "reader", "employee")
    text = draft(cast.space("workspace"), person("partner"))
    keeping.place(text.content, cast.space("extranet"), by=person("editor"))
    asked = wish(users=[cast.id("ngo"), cast.id("employee"), cast.id("partner")])
    confirming.wish(text.content, asked, by=person("editor"))
    found = audience.preview(text.content, person("editor"), "bg")
    foreseen = marked(found)
    content.release(text, text.saves, by=person("editor"))
    follow()
    about = Notice.content_id == text.content_id
    ways = dict(db.session.execute(select(Notice.user_id, Notice.mail).where(about)).all())
    for mark, mail in (("now", "now"), ("daily", "daily"), ("portal", "")):
        assert foreseen[mark] == {person for person, way in ways.items() if way == mail}, mark
    held = select(Obligation.user_id).where(
        Obligation.requirement_id == requirement(text).id, Obligation.left_at.is_(None)
    )
    assert foreseen["must"] == set(db.session.scalars(held))
    assert foreseen["addressless"] == {cast.id("reader"), cast.id("employee")}
    assert cast.id("ngo") in foreseen["read"] & foreseen["now"]  # asked: told whatever she chose
    assert found.in_both == 1  # the employee follows the extranet, too
    assert found.in_several > 1
    later = content.draft_of(text.content, "bg", by=person("editor"))
    again = audience.preview(later.content, person("editor"), "bg")
    assert (again.told, again.is_first) == (0, False)
    assert marked(again)["read"] == foreseen["read"]


def test_who_shares_an_address_is_counted(cast, person):
    @transaction
    def share():
        cast["reader"].email = cast["employee"].email

    share()
    found = audience.preview(draft(cast.space("intranet"), person("editor")).content,
                             person("editor"), "bg")  # fmt: skip
    assert found.shared == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("contributor", 200), ("editor", 200), ("colleague", 200), ("reader", 404), ("admin", 404),
     ("partner", 404), ("stranger", 404)],
)  # fmt: skip
def test_only_those_who_write_or_release_it_see_whom_it_reaches(who, status, cast, person, sign_in):
    waiting = draft(cast.space("intranet"), person("contributor"))
    content.submit(waiting, waiting.saves, by=person("contributor"))
    out = published(cast.space("intranet"), person("contributor"), person("editor"))
    browser = sign_in(who)
    browser.checks = status == 200
    assert browser.get(f"/content/{waiting.content_id}/audience").status_code == status
    assert browser.get(f"/content/{out.content_id}/reached").status_code == status
    browser.checks = False
    assert browser.get(f"/content/{waiting.content_id}/reached").status_code == 404
    assert browser.get("/content/999999/audience").status_code == 404


# Pages and topics of a space are written for its members alone; their forms ask nobody to read.
ROOMS = {"news": "news", "document": "documents", "practice": "practices"}


@pytest.mark.parametrize("kind", list(ROOMS))
def test_one_click_leads_from_the_form_to_the_preview_and_keeps_what_was_typed(
    kind, cast, person, sign_in
):
    text = DRAFTS[kind](cast.space("workspace"), person("editor"))
    browser = sign_in("editor")
    path = f"/{ROOMS[kind]}/{text.content_id}/edit" + ("/about" if kind == "practice" else "")
    page = browser.get(path)
    hidden = dict(re.findall(r'name="(saves|seal|stamp)"[^>]*value="([^"]*)"', page.text))
    typed = {"title": "Съвсем ново заглавие", "body": "<p>Нов текст.</p>", "do": "audience"}
    typed |= {"must_read_spaces": str(cast.space("workspace").id)}
    typed |= {"must_read_by": in_days(3).date().isoformat()}
    answer = browser.post(path, data=hidden | typed)
    assert answer.headers["Location"] == f"/content/{text.content_id}/audience"
    item = db.session.get_one(Content, text.content_id)
    db.session.refresh(item)
    assert (item.title, item.life) == ("Съвсем ново заглавие", "unpublished")
    shown = plain(browser.get(answer.headers["Location"]))
    assert "До кого ще стигне" in shown
    if kind != "practice":
        assert re.search(r"5 трябва да го прочетат и потвърдят ?, до", shown)


def test_the_form_of_a_new_document_keeps_it_a_draft_for_the_preview(cast, sign_in):
    browser = sign_in("editor")
    file = (io.BytesIO("Нареждам.".encode()), "Заповед.txt")
    sent = {"title": "Заповед за плажа", "file": file, "do": "audience"}
    sent |= {"unit": "", "sort": ""}
    answer = browser.post("/documents/in/workspace/new", data=sent)
    item = db.session.scalars(select(Content).order_by(Content.id.desc())).first()
    assert (item.title, item.life) == ("Заповед за плажа", "unpublished")
    assert answer.headers["Location"] == f"/content/{item.id}/audience"


def test_who_must_read_it_and_may_not_is_named_before_it_is_stopped(cast, person, sign_in):
    text = draft(cast.space("workspace"), person("editor"))
    asked = wish(users=[cast.id("reader"), cast.id("partner")])
    confirming.wish(text.content, asked, by=person("editor"))
    page = plain(sign_in("editor").get(f"/content/{text.content_id}/audience"))
    assert "Радка Четяща. " in page.partition("махнете:")[2][:20]
    assert "1 трябва да го прочете и потвърди" in page


def test_a_reviewer_sees_it_where_she_approves_and_in_her_mail_by_number(
    cast, person, sign_in, client
):
    text = draft(cast.space("intranet"), person("contributor"))
    content.submit(text, text.saves, by=person("contributor"))
    page = sign_in("editor").get(f"/news/{text.content_id}/review")
    assert "8 души имат достъп до текста" in plain(page)
    assert f"/content/{text.content_id}/audience" in page.text
    mailed = client.get(f"/review/{links.token(text, cast.id('editor'))}")
    assert "8 души имат достъп до текста" in plain(mailed)
    assert f"/content/{text.content_id}/audience" not in mailed.text


def test_a_guest_sees_organisations_in_numbers_and_no_name_that_is_none_of_hers(
    cast, person, sign_in
):
    """A contributor of the extranet writes there; whom it reaches makes nobody acquainted."""

    @transaction
    def writes():
        from portal.access.site import bump
        from portal.spaces.models import Membership

        db.session.add(
            Membership(space_id=cast.space("extranet").id, user_id=cast.id("coordinator"), role=2)
        )
        bump()

    writes()
    text = draft(cast.space("extranet"), person("coordinator"))
    confirming.wish(text.content, wish(spaces=[cast.space("extranet").id]),
                    by=person("coordinator"))  # fmt: skip
    browser = sign_in("coordinator")
    path = f"/content/{text.content_id}/audience"
    pages = [browser.get(path)]
    for mark in audience.MARKS:
        pages.append(browser.get(path, query_string={"who": mark}))
        pages.append(
            browser.get(path, query_string={"who": mark, "unit": f"u{cast.unit('office').id}"})
        )
    viewer = person("coordinator")
    strangers = db.session.scalars(
        select(User).where(User.id.not_in([*viewer.peers, viewer.user_id]))
    )
    hidden = [
        each.family
        for each in strangers
        if each.organisation_id != viewer.organisation_id and not each.is_contact
    ]
    assert len(hidden) > 5
    for page in pages:
        assert not [name for name in hidden if name in plain(page)]
        assert "Административно обслужване" not in page.text
    assert "Община Каменград" in pages[0].text
    assert "чиито имена не са Ви достъпни" in plain(pages[1])


# ── After ───────────────────────────────────────────────────────────────


@pytest.fixture
def sent(cast, person, follow):
    """News in the intranet told to eight by mail; what became of each mail is planted."""
    everybody = ("reader", "employee", "head", "admin", "colleague", "manager")
    say(cast, **dict.fromkeys(everybody, "now"))
    text = published(cast.space("intranet"), person("contributor"), person("editor"))
    follow()

    @transaction
    def fates():
        found = select(Delivery).where(Delivery.content_id == text.content_id)
        by_person = {each.user_id: each for each in db.session.scalars(found)}
        states = dict(zip(everybody, ("sent", "refused", "bounced", "none", "waiting", "moot"),
                          strict=True))  # fmt: skip
        for who, state in states.items():
            by_person[cast.id(who)].state = state

    fates()
    return text.content_id


def test_the_report_says_what_became_of_each_mail(sent, app, cast, person, sign_in):
    found = reached.report(db.session.get_one(Content, sent), person("editor"))
    assert marked(found) == {
        "told": {cast.id(who) for who in
                 ("reader", "employee", "head", "admin", "colleague", "manager")},
        "accepted": {cast.id("reader")},
        "refused": {cast.id("employee")},
        "bounced": {cast.id("head")},
        "addressless": {cast.id("admin")},
        "waiting": {cast.id("colleague")},
    }  # fmt: skip
    browser = sign_in("contributor")  # who wrote it
    path = f"/content/{sent}/reached"
    assert "не е известно" in plain(browser.get(path))
    app.config["BOUNCE_URL"] = "maildir:///var/mail/returned"
    page = browser.get(path)
    assert "не е известно" not in plain(page)
    assert "Христо Началников" in plain(browser.get(path, query_string={"who": "bounced"}))
    assert "Емил Служещ" not in plain(browser.get(path, query_string={"who": "bounced"}))
    for odd in ({"who": "x"}, {"who": "told", "unit": "u9999"}, {"who": "told", "page": "-1"},
                {"unit": "<"}, {"who": "opened"}):  # fmt: skip
        assert browser.get(path, query_string=odd).status_code == 200
    assert path in browser.get(f"/news/{db.session.get_one(Content, sent).address}").text


@pytest.mark.parametrize(
    ("opened", "people", "told"),
    [(0, 0, 0), (0, 40, 0), (4, 40, 0), (5, 40, 5), (9, 40, 5), (40, 40, 35), (5, 5, 0),
     (4, 4, 0), (1, 1, 0), (39, 41, 35)],
)  # fmt: skip
def test_a_number_of_readers_says_of_nobody_whether_she_read_it(opened, people, told):
    assert counting.in_steps(opened, people) == told


def test_nor_do_the_numbers_of_a_unit_and_of_one_below_it_taken_together():
    # A department of ten, its directorate with a head besides; four of the ten and the head did.
    of = {"u1": set(range(11)), "u2": set(range(10)), "u3": set(range(40))}
    assert counting.apart({1, 2, 3, 4, 10}, of) == {"u2": 0, "u1": 0, "u3": 5}
    assert counting.apart({1, 2, 3, 4, 5, 10}, of) == {"u2": 5, "u1": 5, "u3": 5}


def test_a_unit_of_which_few_may_read_an_item_tells_no_number(cast, person):
    """Its size says nothing there: of the forty of a directorate five may read, and five did."""
    few, of = set(range(5)), {"u1": set(range(40))}
    item = published(cast.space("workspace"), person("editor"), person("editor")).content_id

    @transaction
    def read():
        marks = [counting.mark_of(item, each) for each in few]
        db.session.add_all(ContentReader(content_id=item, mark=mark) for mark in marks)

    read()
    assert counting.opened(item, few, of) == (0, {"u1": 0})
    assert counting.opened(item, set(range(40)), of) == (5, {"u1": 5})


# ── Two thousand ────────────────────────────────────────────────────────


@pytest.mark.database("sqlite")  # the number of statements is the same on both
def test_two_thousand_people_cost_nine_statements(app, cast, person, sign_in):
    made = Followed(cast, person, in_days(3), ["reader"])
    crowd(made, 2000, confirmed=700)
    people = list(db.session.scalars(select(User.id).where(User.login.startswith("crowd"))))

    @transaction
    def told_and_read():
        now, about = clock.now(), f"content:{made.content_id}"
        for model, more in ((Notice, {"kind": "must_read", "about": about, "at": now}),
                            (Delivery, {"mail": "must_read", "subject_key": about,
                                        "state": "sent"})):  # fmt: skip
            db.session.execute(
                db.insert(model),
                [{"user_id": each, "content_id": made.content_id, "facts": {}, **more,
                  **({"message_id": f"<{each}@x>"} if model is Delivery else {})}
                 for each in people],
            )  # fmt: skip
        marks = [counting.mark_of(made.content_id, each) for each in people[:333]]
        values = [{"content_id": made.content_id, "mark": mark} for mark in marks]
        db.session.execute(db.insert(ContentReader), values)

    told_and_read()
    text = write(cast.space("intranet"), "bg", Text("Заповед", body="<p>.</p>"),
                 by=person("editor"))  # fmt: skip
    confirming.wish(text.content, wish(groups=[cast.unit("office").id]), by=person("editor"))
    number, browser = text.content_id, sign_in("editor")
    for path in (f"/content/{number}/audience", f"/content/{made.content_id}/reached"):
        browser.get(path)
        for query in ({}, {"who": "must"}, {"who": "told", "unit": f"u{cast.unit('office').id}"}):
            with query_budget(app, 9):
                assert browser.get(path, query_string=query).status_code == 200
    shown = plain(browser.get(f"/content/{number}/audience"))
    assert "2008 имат достъп до текста" in shown
    assert "2004 трябва да го прочетат" in shown
    report = plain(browser.get(f"/content/{made.content_id}/reached"))
    assert "поне 330 са го отворили в портала" in report
    assert "701 от 2001" in report or "700 от 2001" in report
    assert "поне 5" in report
    assert "поне 330" in report
    assert db.session.scalar(select(Revision.state).where(Revision.id == text.id)) == "draft"

"""How many people read an item: a count, never a name, and only when it names nobody."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from portal.access import Role
from portal.access.site import bump
from portal.accounts.models import Group, GroupMember
from portal.content import services as content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify import notices
from portal.notify.models import Notice
from portal.reading import services
from portal.reading.counting import READERS_SHOWN
from portal.reading.models import ContentReader
from portal.spaces.models import Membership
from tests.support.writing import draft, published


@pytest.fixture
def news(cast, person):
    """A published item of the intranet."""
    return published(cast.space("intranet"), person("contributor"), person("editor")).content


def seen(browser, content_id):
    return browser.post(f"/content/{content_id}/seen").status_code


def counted():
    return db.session.scalar(select(func.count()).select_from(ContentReader))


def test_a_person_is_counted_once_at_an_item(news, sign_in):
    ident = news.id
    for _time in range(3):
        assert seen(sign_in("reader"), ident) == 204
    assert seen(sign_in("employee"), ident) == 204
    assert counted() == 2


def test_who_owns_the_item_is_no_reader_of_it(news, sign_in):
    assert seen(sign_in("contributor"), news.id) == 204
    assert counted() == 0


def test_opening_the_page_alone_counts_nobody(news, sign_in):
    sign_in("reader").get(f"/news/{news.address}")
    assert counted() == 0


def test_nobody_is_counted_where_nothing_is_published(cast, person, sign_in):
    text = draft(cast.space("intranet"), person("contributor"))
    content.submit(text, text.saves, by=person("contributor"))
    assert seen(sign_in("editor"), text.content_id) == 204
    assert counted() == 0


@pytest.mark.parametrize("who", ["partner", "stranger"])
def test_strangers_are_not_counted_and_learn_nothing(who, news, sign_in):
    browser = sign_in(who)
    assert seen(browser, news.id) == seen(browser, 987_654) == 404
    assert counted() == 0


def test_a_visitor_and_a_page_without_a_token_count_nothing(news, sign_in, client):
    assert seen(client, news.id) == 401
    browser = sign_in("reader")
    browser.csrf = False
    assert seen(browser, news.id) == 400
    assert counted() == 0


def test_borrowed_eyes_are_not_counted(cast, person, sign_in):
    item = published(cast.space("extranet"), person("colleague"), person("editor")).content.id
    looking = sign_in("editor")
    assert looking.post("/seeing", data={"user": cast.id("partner")}).status_code == 302
    assert seen(looking, item) == 403
    assert counted() == 0


def test_a_mark_tells_neither_the_person_nor_what_else_she_read(news, cast, person, sign_in):
    other = published(cast.space("intranet"), person("contributor"), person("editor")).content
    reader = cast.id("reader")
    for ident in (news.id, other.id):
        seen(sign_in("reader"), ident)
    marks = db.session.scalars(select(ContentReader.mark)).all()
    assert len(set(marks)) == 2
    assert all(len(mark) == 32 and str(reader) != mark for mark in marks)


@transaction
def plant(item, number):
    for user_id in range(1, number + 1):
        db.session.add(ContentReader(content_id=item.id, mark=services.mark_of(item.id, user_id)))


def test_a_number_that_would_name_somebody_is_not_shown(news, sign_in):
    page = f"/news/{news.address}"
    plant(news, READERS_SHOWN - 1)
    for who in ("reader", "contributor", "editor", "admin"):
        assert "прочетена от" not in sign_in(who).get(page).text


def test_the_number_is_shown_once_it_names_nobody(news, sign_in):
    plant(news, READERS_SHOWN + 3)  # in steps, so that nobody is told by the next one
    assert "прочетена от поне 5 души" in sign_in("reader").get(f"/news/{news.address}").text


def test_nor_where_all_who_may_read_it_did(cast, person, sign_in):
    """Six people of a workspace, let in each in another way: by name, by unit, by organisation."""
    space = cast.space("workspace").id

    @transaction
    def six():
        db.session.execute(delete(Membership).where(Membership.space_id == space))
        group = Group(kind="group", name_bg="Комисия", name_en="")
        db.session.add(group)
        db.session.flush()
        db.session.add(GroupMember(group_id=group.id, user_id=cast.id("contributor")))
        for held in (
            {"user_id": cast.id("editor"), "role": int(Role.EDITOR)},
            {"user_id": cast.id("stranger"), "until": clock.today() - timedelta(days=1)},
            {"group_id": cast.unit("archive").id},
            {"group_id": group.id},
            {"organisation_id": cast.organisation("partner").id},
            {"organisation_id": cast.organisation("ngo").id},
        ):
            db.session.add(Membership(**{"space_id": space, "role": int(Role.READER), **held}))
        bump()

    six()
    item = published(cast.space("workspace"), person("editor"), person("editor")).content
    page = f"/news/{item.address}"
    plant(item, 6)
    assert "прочетена от поне 5 души" in sign_in("editor").get(page).text

    @transaction
    def one_leaves():
        cast["ngo"].retired_at = clock.now()
        bump()

    one_leaves()  # five may read it, and five of them or fewer did
    assert "прочетена от" not in sign_in("editor").get(page).text


def test_reading_an_item_marks_its_notices_read(news, cast, sign_in):
    notices.register("test", "Test", notices.of_content)
    reader, other = cast.id("reader"), cast.id("employee")
    ident = news.id

    @transaction
    def tell():
        notices.tell([reader, other], "test", f"content:{ident}", content_id=ident)

    tell()
    try:
        seen(sign_in("reader"), ident)
        read = dict(db.session.execute(select(Notice.user_id, Notice.read_at)).all())
        assert read[reader] is not None and read[other] is None
        assert cast["reader"].unread == 0 and cast["employee"].unread == 1
    finally:
        notices._kinds.pop("test")


def test_a_second_view_of_the_same_person_writes_nothing(app, news, sign_in):
    from tests.support.counting import counted as statements

    browser, ident = sign_in("reader"), news.id
    seen(browser, ident)
    with statements(app) as run:
        seen(browser, ident)
    assert not [each for each in run if each.startswith(("INSERT", "UPDATE", "DELETE"))]

"""Comments stay in the space where they were written: words, counts, anchors, names, notices."""

import re

import pytest
from sqlalchemy import func, select

from portal.access import Action, may
from portal.comments import queries
from portal.comments.models import Comment, Mention
from portal.comments.policy import policy
from portal.content import keeping
from portal.content.models import Content
from portal.content.queries import params
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.notify.models import Notice
from portal.spaces.models import Space
from portal.spaces.viewers import members_of
from tests.comments.conftest import comments, write, written

EVERYBODY = [
    "admin",
    "manager",
    "editor",
    "colleague",
    "contributor",
    "head",
    "reader",
    "employee",
    "partner",
    "coordinator",
    "ngo",
    "stranger",
]


@pytest.fixture
def talk(shared, sign_in):
    """A comment in each of the three spaces of one item: its number by the space's name."""
    editor = sign_in("editor")
    return {
        slug: written(editor, shared, f"Думи за {slug}", getattr(shared, slug))
        for slug in ("intranet", "extranet", "workspace")
    }


READS = {
    "employee": {"intranet", "extranet"},
    "contributor": {"intranet", "extranet", "workspace"},
    "editor": {"intranet", "extranet", "workspace"},
    "coordinator": {"extranet"},
    "partner": {"extranet", "workspace"},
    "ngo": {"extranet", "workspace"},
    "stranger": set(),
}


@pytest.mark.parametrize(("who", "reads"), READS.items())
def test_each_reads_the_comments_of_her_own_spaces_and_their_count(
    who, reads, shared, talk, sign_in
):
    browser = sign_in(who)
    for url in (shared.page, f"/content/{shared.id}/comments"):
        answer = browser.get(url)
        assert answer.status_code == (200 if reads else 404)
        for slug, ident in talk.items():
            assert (f"Думи за {slug}" in answer.text) == (slug in reads), slug
            assert (f"comment-{ident}" in answer.text) == (slug in reads), slug
    if reads:
        assert f'<span class="num muted">{len(reads)}</span>' in browser.get(shared.page).text


def test_the_page_of_a_partner_is_the_same_with_and_without_the_staffs_comments(shared, sign_in):
    from tests.test_walls import bare

    partner = sign_in("coordinator")
    before = bare(partner.get(shared.page))
    written(sign_in("employee"), shared, "Между нас @Петър Партньоров", shared.intranet)
    assert bare(partner.get(shared.page)) == before
    written(sign_in("ngo"), shared, "В работното пространство", shared.workspace)
    assert bare(partner.get(shared.page)) == before


def test_the_rule_is_the_same_for_one_comment_and_for_a_list(shared, talk, person):
    for who in EVERYBODY:
        _reads_alike(who, person(who), talk)


def _reads_alike(who, viewer, talk):
    listed = set(
        db.session.scalars(
            select(Comment.id).join(Content, Content.id == Comment.content_id)
            .where(policy.readable), params(viewer),
        )
    )  # fmt: skip
    allowed = {each.id for each in comments() if may(viewer, Action.READ, each)}
    assert listed == allowed, who
    assert policy.audience(comments()[0]) == frozenset()
    if who in READS:
        assert allowed == {talk[slug] for slug in READS[who]}, who


def test_what_leaves_a_space_takes_its_comments_from_sight(shared, talk, person, sign_in):
    partner = sign_in("coordinator")
    assert "Думи за extranet" in partner.get(shared.page).text
    item = db.session.get(Content, shared.id)
    keeping.unplace(item, db.session.get(Space, shared.extranet), by=person("editor"))
    assert partner.get(shared.page).status_code == 404
    assert "Думи за extranet" not in sign_in("employee").get(shared.page).text


@pytest.mark.parametrize("who", ["partner", "coordinator", "stranger", "employee"])
def test_a_comment_that_one_may_not_read_is_no_comment(who, shared, talk, sign_in):
    browser = sign_in(who)
    for slug in {"intranet", "extranet", "workspace"} - READS[who]:
        for path, data in (("edit", {"text": "х"}), ("hide", {"hidden": "1"})):
            answer = browser.post(f"/comments/{talk[slug]}/{path}", data=data)
            assert answer.status_code == 404, (slug, path)
        space = getattr(shared, slug)
        answer = write(browser, shared, "Отговор", space, parent=talk[slug])
        assert answer.status_code == 404, slug
        assert write(browser, shared, "Думи", space).status_code in (404, 422), slug
    assert len(comments()) == 3


def test_an_answer_does_not_change_its_space(shared, talk, sign_in):
    editor = sign_in("editor")
    written(editor, shared, "Отговор", shared.extranet, parent=talk["intranet"])
    assert comments()[-1].space_id == shared.intranet


def test_editors_of_another_space_alone_hide_nothing_here(shared, talk, cast, person, sign_in):
    """Who edits the item's home reads and hides what is said there; elsewhere she must be in."""
    by = person("editor")
    from portal.access import Role
    from portal.spaces import services

    services.add_member(
        db.session.get(Space, shared.workspace), cast["employee"], Role.EDITOR, by=person("manager")
    )
    employee = sign_in("employee")
    for slug, status in (("workspace", 303), ("intranet", 403), ("extranet", 403)):
        answer = employee.post(f"/comments/{talk[slug]}/hide", data={"hidden": "1"})
        assert answer.status_code == status, slug
    assert by.user_id


# ── Names ───────────────────────────────────────────────────────────────


def suggested(browser, item, space, typed):
    return browser.get(f"/content/{item.id}/mentions?space={space}&q={typed}")


def test_names_are_suggested_only_to_and_of_those_who_read_it_in_that_space(shared, sign_in):
    staff, partner = sign_in("employee"), sign_in("coordinator")
    assert "Радка Четяща" in suggested(staff, shared, shared.intranet, "рад").text
    assert "Петър" not in suggested(staff, shared, shared.intranet, "пет").text
    # Partners know no staff of the extranet by name, so no sign of them comes.
    for typed in ("рад", "ел", "а", "е", "к", "радка четяща", "reader", "%", "_"):
        found = suggested(partner, shared, shared.extranet, typed).text
        for name in ("Радка", "Елена", "Ана", "Емил", "Калин", "Нора", "Страхил"):
            assert name not in found, typed
    assert "Петър Партньоров" in suggested(partner, shared, shared.extranet, "пет").text
    for space in (shared.intranet, shared.workspace, 987654):
        assert suggested(partner, shared, space, "пет").text == ""


def test_whose_name_begins_so_is_suggested_before_whose_work_does(news, cast, sign_in):
    @transaction
    def work():
        cast["admin"].position = "радист"

    work()
    found = suggested(sign_in("employee"), news, news.space, "рад").text
    assert 0 < found.index("Радка Четяща") < found.index("Ана Админова")


def test_who_wrote_the_item_or_spoke_there_can_be_named_by_a_partner(shared, sign_in):
    partner = sign_in("coordinator")
    assert "Коста Пишещ" in suggested(partner, shared, shared.extranet, "ко").text
    assert "Емил" not in suggested(partner, shared, shared.extranet, "ем").text
    written(sign_in("employee"), shared, "Питайте мен", shared.intranet)
    assert "Емил" not in suggested(partner, shared, shared.extranet, "ем").text
    written(sign_in("employee"), shared, "Питайте мен", shared.extranet)
    assert "Емил Служещ" in suggested(partner, shared, shared.extranet, "ем").text


def test_a_stranger_is_suggested_nothing(shared, sign_in):
    assert suggested(sign_in("stranger"), shared, shared.extranet, "ел").status_code == 404


@pytest.mark.parametrize(
    ("who", "space", "typed", "named"),
    [
        ("employee", "intranet", "@Радка Четяща, виж", {"reader"}),
        ("employee", "intranet", "@радка четяща.", {"reader"}),
        ("employee", "intranet", "(@reader) и @editor!", {"reader", "editor"}),
        ("employee", "intranet", "@Петър Партньоров", set()),  # does not read the intranet
        ("employee", "intranet", "@Нора Сдружена @ngo", set()),
        ("employee", "intranet", "пиши на reader@town.example", set()),
        ("employee", "intranet", "https://x.example/@reader", set()),
        ("employee", "intranet", "@Емил Служещ", set()),  # oneself
        ("employee", "intranet", "@Радка Четя", set()),
        ("coordinator", "extranet", "@Петър Партньоров", {"partner"}),
        ("coordinator", "extranet", "@Радка Четяща @reader", set()),  # whom she does not know
        ("coordinator", "extranet", "@Нора Сдружена", set()),
        ("partner", "workspace", "@Нора Сдружена", {"ngo"}),  # of a shared workspace
    ],
)
def test_a_typed_name_calls_only_who_reads_it_there_and_whom_one_may_know(
    who, space, typed, named, shared, cast, sign_in
):
    browser = sign_in(who)
    ident = written(browser, shared, typed, getattr(shared, space))
    called = set(db.session.scalars(select(Mention.user_id).where(Mention.comment_id == ident)))
    assert called == {cast.id(login) for login in named}
    page = browser.get(shared.page).text
    assert page.count('class="mention"') == len(named)
    told = set(db.session.scalars(select(Notice.user_id).where(Notice.kind == "mention")))
    assert told == called


def test_two_people_of_one_name_are_told_apart_for_colleagues(news, cast, sign_in):
    from portal.kernel.transaction import transaction

    @transaction
    def rename():
        cast["head"].given, cast["head"].family = "Радка", "Четяща"

    rename()
    found = suggested(sign_in("employee"), news, news.space, "радка").text
    assert 'data-name="reader"' in found and 'data-name="head"' in found


def test_a_sign_in_name_is_kept_by_nobodys_words(shared, cast, sign_in):
    from portal.kernel.transaction import transaction

    @transaction
    def rename():
        cast["head"].given, cast["head"].family = "Радка", "Четяща"

    def called(ident):
        return set(db.session.scalars(select(Mention.user_id).where(Mention.comment_id == ident)))

    rename()
    employee = sign_in("employee")
    ident = written(employee, shared, "@head, виж", shared.extranet)
    assert called(ident) == {cast.id("head")}
    shown = sign_in("partner").get(shared.page).text
    assert "@Радка Четяща</b>, виж" in shown and "@head" not in shown
    # Whom it called stays the one who is called, also when other words of it are changed.
    employee.post(f"/comments/{ident}/edit", data={"text": "@Радка Четяща, виж това"})
    assert called(ident) == {cast.id("head")}


def test_a_guessed_sign_in_name_tells_a_partner_nothing(shared, cast, sign_in):
    # She knows the editor from the workspace, not the editor's sign-in name.
    partner = sign_in("partner")
    ident = written(partner, shared, "@editor", shared.workspace)
    assert not db.session.scalar(select(Mention.user_id).where(Mention.comment_id == ident))
    assert 'class="mention"' not in partner.get(shared.page).text


# ── Notices ─────────────────────────────────────────────────────────────


def told():
    found = db.session.execute(select(Notice.user_id, Notice.kind, Notice.about))
    return {(user, kind, about) for user, kind, about in found}


def test_the_owner_is_told_of_a_comment_and_its_author_of_an_answer(news, cast, sign_in):
    first = written(sign_in("reader"), news, "Кога?")
    assert told() == {(cast.id("contributor"), "comment", f"comment:{first}")}
    second = written(sign_in("contributor"), news, "Утре", parent=first)
    assert (cast.id("reader"), "comment", f"comment:{second}") in told()
    written(sign_in("reader"), news, "Благодаря", parent=second)
    assert len(told()) == 2  # her own thread tells her nothing of herself


def test_a_name_comes_before_an_answer_and_nobody_is_told_twice(news, cast, sign_in):
    first = written(sign_in("reader"), news, "Кога?")
    second = written(sign_in("employee"), news, "@reader @Радка Четяща утре", parent=first)
    about_second = {line for line in told() if line[2] == f"comment:{second}"}
    assert about_second == {(cast.id("reader"), "mention", f"comment:{second}")}
    sign_in("employee").post(f"/comments/{second}/edit", data={"text": "@reader и @head утре"})
    about_second = {line for line in told() if line[2] == f"comment:{second}"}
    assert about_second == {
        (cast.id("reader"), "mention", f"comment:{second}"),
        (cast.id("head"), "mention", f"comment:{second}"),
    }


def test_an_owner_who_does_not_read_that_space_is_told_nothing(shared, cast, person, sign_in):
    from portal.access import Role
    from portal.spaces import services

    workspace = db.session.get(Space, shared.workspace)
    from portal.spaces.models import Membership

    held = db.session.scalars(
        select(Membership).where(
            Membership.space_id == workspace.id, Membership.user_id == cast.id("contributor")
        )
    ).one()
    services.remove_member(held, by=person("manager"))
    db.session.rollback()
    assert cast.id("contributor") not in members_of([shared.workspace], Role.READER)
    written(sign_in("ngo"), shared, "Между нас", shared.workspace)
    assert told() == set()


def test_a_notice_whose_comment_is_hidden_or_out_of_reach_has_no_line(news, person, cast, sign_in):
    from portal.notify.notices import lines

    ident = written(sign_in("reader"), news, "@Емил Служещ виж")
    employee = person("employee")
    found = db.session.scalars(select(Notice).where(Notice.user_id == employee.user_id)).all()
    line = lines(found, employee)[found[0].id]
    assert line.url == f"{news.page}#comment-{ident}"
    assert line.words == "Радка Четяща Ви спомена в коментар."
    assert lines(found, person("partner")) == {}
    sign_in("editor").post(f"/comments/{ident}/hide", data={"hidden": "1"})
    found = db.session.scalars(select(Notice).where(Notice.user_id == employee.user_id)).all()
    assert lines(found, employee) == {}


def test_comments_are_in_no_search_and_no_change_log(news, sign_in, follow):
    from portal.audit.models import Change

    before = db.session.scalar(select(func.count()).select_from(Change))
    written(sign_in("reader"), news, "единственадума")
    assert db.session.scalar(select(func.count()).select_from(Change)) == before
    follow()
    found = sign_in("reader").get("/search?q=единственадума").text
    assert news.page not in found and "/comments" not in found


def test_a_thread_costs_the_same_however_long_it_is(app, news, sign_in, person):
    from tests.support.counting import query_budget

    for number in range(5):
        first = written(sign_in("reader"), news, f"Въпрос {number} @Емил Служещ")
        written(sign_in("employee"), news, f"Отговор {number}", parent=first)
    viewer = person("head")
    with query_budget(app, 3):  # the third: the spaces, which a request has kept
        found = queries.thread(viewer, news.id)
    assert [len(each.replies) for each in found] == [1] * 5


def test_a_space_that_is_not_hers_is_refused_as_one_that_nobody_has(shared, cast, sign_in):
    """The number of a hidden space got another sentence than that of none."""
    browser = sign_in("coordinator")
    told = {
        write(browser, shared, "Дума", space).text.replace(str(space), "")
        for space in (shared.intranet, shared.workspace, 987_654)
    }
    parts = {re.search(r'field__error">.*?<span>(.*?)</span>', page)[1] for page in told}
    assert parts == {"Изберете кой да чете коментара."}

"""Pages of a space: the tree, a page, writing it, moving it."""

import re

import pytest
from sqlalchemy import select

from portal.content import keeping, kinds
from portal.content.models import Content, Life, Revision, State
from portal.files import services as files
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.text import file_ids
from portal.pages import contents, placing, services, tree
from portal.pages.models import Page, PageRevision
from portal.pages.services import Text
from tests.news.test_writing import picture
from tests.support.counting import query_budget

PAGES = "/spaces/workspace/pages"


def item(ident):
    return db.session.get_one(Content, ident)


def shape(viewer, space):
    """The tree as «title(title title)»."""

    def told(node):
        below = " ".join(map(told, node.children))
        return f"{node.title}({below})" if below else node.title

    return " ".join(map(told, tree.of_space(viewer, space.id)[0].children))


@pytest.mark.parametrize(
    ("who", "index", "shown", "writes"),
    [("manager", 200, 200, 200), ("contributor", 200, 200, 200), ("partner", 200, 200, 200),
     ("ngo", 200, 200, 404), ("reader", 404, 404, 404), ("admin", 404, 404, 404),
     ("stranger", 404, 404, 404), ("visitor", 302, 302, 302)],
)  # fmt: skip
def test_who_reads_the_space_reads_its_pages_and_contributors_write(
    who, index, shown, writes, sign_in, page
):
    ident = page()
    browser = sign_in(who)
    assert browser.get(PAGES).status_code == index
    address = f"/pages/{item(ident).address}"
    assert browser.get(address).status_code == shown
    assert browser.get(f"{PAGES}/new").status_code == writes
    edit = browser.get(f"/pages/{ident}/edit").status_code
    assert edit == {200: 200, 302: 302}.get(writes, 403 if shown == 200 else 404)
    mine = browser.get("/pages")
    assert ("Правилник" in mine.text) == (shown == 200)


def test_a_page_is_written_published_and_renamed_and_its_old_link_leads_on(sign_in, workspace):
    browser = sign_in("contributor")
    begun = browser.get(f"{PAGES}/new?from=minutes").text
    assert "Дневен ред" in begun
    sent = {"title": "Правила", "body": "<h2>Кой</h2><p>Всички.</p>", "under": "",
            "language": "bg", "do": "release"}  # fmt: skip
    answer = browser.post(f"{PAGES}/new", data=sent)
    address = answer.location
    assert address.startswith("/pages/pravila-")
    ident = int(address.rpartition("-")[2])
    seal = services.seal(item(ident))
    changed = {"title": "Правилник", "body": "<p>Нов.</p>", "seal": seal, "do": "release"}
    answer = browser.post(f"/pages/{ident}/edit", data=changed)
    assert answer.location == f"/pages/pravilnik-{ident}"
    assert browser.get(address).location == f"/pages/pravilnik-{ident}"
    assert "Нов." in sign_in("ngo").get(answer.location).text


def test_two_who_save_at_once_see_both_texts(sign_in, page):
    ident = page()
    seal = services.seal(item(ident))
    mine = {"title": "Правилник", "body": "<p>Моето.</p>", "seal": seal, "do": "release"}
    theirs = {**mine, "body": "<p>Тяхното.</p>"}
    assert sign_in("editor").post(f"/pages/{ident}/edit", data=theirs).status_code == 302
    answer = sign_in("contributor").post(f"/pages/{ident}/edit", data=mine)
    assert answer.status_code == 409
    assert "Моето." in answer.text and "Тяхното." in answer.text
    assert sign_in("contributor").post(f"/pages/{ident}/autosave", data=mine).status_code == 409
    assert "Тяхното." in sign_in("ngo").get(f"/pages/{item(ident).address}").text
    again = re.search(r'name="seal"[^>]*value="([^"]+)"', answer.text).group(1)
    saved = {**mine, "seal": again}
    assert sign_in("contributor").post(f"/pages/{ident}/edit", data=saved).status_code == 302


def test_autosave_begins_a_draft_that_readers_do_not_see(sign_in, page):
    ident = page()
    typed = {"title": "Правилник", "body": "<p>Половин.</p>", "seal": services.seal(item(ident))}
    browser = sign_in("contributor")
    answer = browser.post(f"/pages/{ident}/autosave", data=typed)
    again = {**typed, "body": "<p>Половин изречение.</p>", "seal": answer.json["seal"]}
    assert browser.post(f"/pages/{ident}/autosave", data=again).status_code == 200
    address = f"/pages/{item(ident).address}"
    assert "Половин" not in sign_in("ngo").get(address).text
    assert "по-нов текст" in browser.get(address).text
    assert "Половин изречение" in browser.get(f"/pages/{ident}/edit").text


def test_the_tree_moves_and_refuses_a_circle_and_too_much_depth(page, person, workspace):
    by = person("contributor")
    a, b, c = page("А"), page("Б"), page("В")
    d = page("Г", under=a)
    assert shape(by, workspace) == "А(Г) Б В"
    placing.move(item(c), a, placing.FIRST, by=by)
    assert shape(by, workspace) == "А(В Г) Б"
    placing.step(item(b), -1, by=by)
    placing.step(item(b), -1, by=by)
    assert shape(by, workspace) == "Б А(В Г)"
    placing.move(item(b), a, c, by=by)
    assert shape(by, workspace) == "А(В Б Г)"
    for ident, under, after, field in ((a, a, -1, "under"), (a, d, -1, "under"),
                                       (a, 987_654, -1, "under"), (d, None, b, "after")):  # fmt: skip
        with pytest.raises(Refused) as refused:
            placing.move(item(ident), under, after, by=by)
        assert refused.value.field == field
    assert shape(by, workspace) == "А(В Б Г)"
    deep = d
    for _step in range(Page.DEPTH_MAX - 2):
        deep = page("Дълбоко", under=deep)
    with pytest.raises(Refused):
        page("Твърде", under=deep)
    with pytest.raises(Refused):
        placing.move(item(d), b, by=by)


def test_a_page_in_the_trash_stops_no_move_and_never_comes_back_too_deep(page, person, workspace):
    top, other, by = page("Горна"), page("Друга"), person("manager")
    middle = [page("Средна", under=top)]
    for _step in range(Page.DEPTH_MAX - 3):
        middle.append(page("Средна", under=middle[-1]))
    deep = page("Дълбока", under=middle[-1])
    keeping.trash(item(deep), by=by)
    placing.move(item(top), other, by=by)
    page("Нова", under=middle[-2])
    keeping.restore(item(deep), by=by)
    assert db.session.get_one(Page, deep).parent_id == middle[-2]
    assert shape(by, workspace).endswith("Средна(Средна Нова Дълбока)" + ")" * (Page.DEPTH_MAX - 2))
    keeping.trash(item(deep), by=by)
    placing.move(item(top), None, by=by)
    keeping.restore(item(deep), by=by)
    assert db.session.get_one(Page, deep).parent_id == middle[-2]  # it comes back to its place


def test_the_form_of_a_move_says_a_circle_at_the_field(page, sign_in):
    a = page("А")
    b = page("Б", under=a)
    browser = sign_in("contributor")
    assert browser.get(f"/pages/{a}/move").status_code == 200
    answer = browser.post(f"/pages/{a}/move", data={"under": str(b), "after": "-1"})
    assert answer.status_code == 422
    assert "не може да стои под себе си" in answer.text
    assert browser.post(f"/pages/{b}/move", data={"under": "", "after": "0"}).status_code == 302
    assert db.session.get_one(Page, b).parent_id is None
    assert browser.post(f"{PAGES}/order", data={"down": b}).location.endswith(f"#p{b}")
    assert [p.content_id for p in db.session.scalars(select(Page).order_by(Page.position))] == [
        a,
        b,
    ]
    assert sign_in("ngo").post(f"{PAGES}/order", data={"up": b}).status_code == 404


def test_pages_under_one_that_is_thrown_away_move_up(page, sign_in, person, workspace):
    a = page("А")
    page("Б", under=page("В", under=a))
    page("Д", under=a)
    v = db.session.scalars(select(Content).where(Content.title == "В")).one().id
    assert "мести" in sign_in("editor").get(f"/pages/{item(v).address}").text
    assert sign_in("contributor").post(f"/pages/{v}/keep", data={"do": "trash"}).status_code == 403
    assert sign_in("editor").post(f"/pages/{v}/keep", data={"do": "trash"}).status_code == 302
    assert shape(person("contributor"), workspace) == "А(Б Д)"
    assert "В" in sign_in("editor").get(f"{PAGES}/trash").text
    assert sign_in("editor").post(f"/pages/{v}/keep", data={"do": "restore"}).status_code == 302
    assert item(v).life == Life.PUBLISHED
    assert shape(person("contributor"), workspace) == "А(В Б Д)"


def test_a_page_under_a_draft_stands_where_its_reader_can_find_it(page, person, workspace):
    hidden = page("Тайна", then="")
    page("Видна", under=hidden)
    assert shape(person("contributor"), workspace) == "Тайна(Видна)"
    assert shape(person("ngo"), workspace) == "Видна"


def test_a_template_of_the_space_begins_a_page(page, sign_in):
    ident = page("Образец за писмо", "<p>Уважаеми колеги,</p>")
    browser = sign_in("contributor")
    assert "Уважаеми" not in browser.get(f"{PAGES}/new?from={ident}").text
    browser.post(f"/pages/{ident}/keep", data={"do": "template"})
    begun = browser.get(f"{PAGES}/new?from={ident}").text
    assert "Уважаеми колеги" in begun and "Образец за писмо" in begun


def test_the_picture_of_a_template_is_copied_into_each_page_that_begins_with_it(
    page, sign_in, person
):
    shown = files.add_picture(picture(), "схема.png", by=person("contributor"))
    body = f'<p>Схема:</p><p><img src="/files/{shown.id}" alt="Схема"></p>'
    ident = page("Образец със схема", body)
    sign_in("contributor").post(f"/pages/{ident}/keep", data={"do": "template"})
    sent = {"title": "Нова", "body": body, "language": "bg", "do": "release"}
    refused = sign_in("editor").post(f"{PAGES}/new", data=sent)  # from nowhere: a typed number
    assert refused.status_code == 422
    made = sign_in("editor").post(f"{PAGES}/new?from={ident}", data=sent)
    assert made.status_code == 302, made.text
    text = db.session.scalars(select(PageRevision).where(PageRevision.title == "Нова")).one()
    (own,) = file_ids(text.body)
    assert own != shown.id and sign_in("ngo").get(f"/files/{own}").status_code == 200


def test_a_draft_names_what_it_links_to_for_whoever_reads_and_judges_it(page, sign_in):
    linked = page("Свързана")
    ident = page("Чернова", f'<p>Вж. <a href="/pages/{linked}">Свързана</a>.</p>', then="")
    shown = sign_in("contributor").get(f"/pages/{ident}/review").text
    assert "Свързана</a>" in shown and f">/pages/{linked}</a>" not in shown
    assert "/publish" not in shown  # nothing is made from what nobody reads yet
    text = db.session.scalars(select(PageRevision).where(PageRevision.content_id == ident)).one()
    assert kinds.of("page").body(text) == (
        f'<p>Вж. <a href="/pages/{linked}" rel="noopener noreferrer">публикация в портала</a>.</p>'
    )


def test_a_draft_that_somebody_else_went_on_with_is_not_thrown_away_unread(page, sign_in):
    ident = page()
    typed = {"title": "П", "body": "<p>Едно.</p>", "seal": services.seal(item(ident))}
    mine, others = sign_in("contributor"), sign_in("editor")
    mine.post(f"/pages/{ident}/edit", data=typed)
    seen = re.findall(r'name="seal" value="([^"]*)"', mine.get(f"/pages/{ident}/edit").text)
    assert len(set(seen)) == 1
    again = {**typed, "body": "<p>Нейни думи.</p>", "seal": seen[0]}
    others.post(f"/pages/{ident}/edit", data=again)
    late = mine.post(f"/pages/{ident}/discard", data={"seal": seen[0]})
    assert late.location == f"/pages/{ident}/review"
    assert "Нейни думи." in mine.get(late.location).text
    mine.post(f"/pages/{ident}/discard", data={"seal": services.seal(item(ident))})
    assert "Нейни думи." not in mine.get(f"/pages/{ident}/edit").text


def test_three_headings_make_a_table_of_contents_with_lasting_anchors(page, sign_in):
    body = "<h2>Кой</h2><h3>Кога</h3><h2>Кой</h2><p>Край</p>"
    shown, headings = contents.outlined(body)
    assert [each.anchor for each in headings] == ["s-koy", "s-koga", "s-koy--2"]
    assert contents.outlined(f"<h2>Нов</h2>{body}")[1][1].anchor == "s-koy"
    assert '<h3 id="s-koga">Кога</h3>' in shown
    html = sign_in("ngo").get(f"/pages/{item(page('Дълга', body)).address}").text
    assert 'href="#s-koy--2"' in html
    html = sign_in("ngo").get(f"/pages/{item(page('Къса', '<h2>Кой</h2>')).address}").text
    assert 'class="toc"' not in html


def test_an_index_of_500_pages_and_a_page_cost_little(app, page, sign_in, person, workspace):
    above = page("Първа")
    other = page("Друга")
    linked = page("Свързана", f'<p><a href="/pages/{above}">Първа</a></p>')
    author, made = person("contributor"), []
    for number in range(500):
        made.append(Content(kind="page", home_id=workspace.id, owner_id=author.user_id,
                            title=f"Страница {number}", slug="s", is_shared=True))  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    for number, each in enumerate(made):
        db.session.add(Page(content_id=each.id, parent_id=(above, other, None)[number % 3],
                            position=number))  # fmt: skip
    db.session.commit()
    browser, address = sign_in("contributor"), f"/pages/{item(linked).address}"
    browser.get(PAGES)
    with query_budget(app, 4):
        assert browser.get(PAGES).text.count("leafline__title") == 503
    with query_budget(app, 8):
        assert "Първа</a>" in browser.get(address).text


def test_a_contributor_publishes_only_where_no_review_is_asked(page, sign_in, cast):
    ident = page(space="intranet", then="")
    seal = services.seal(item(ident))
    sent = {"title": "П", "body": "<p>Т</p>", "seal": seal, "do": "release"}
    answer = sign_in("contributor").post(f"/pages/{ident}/edit", data=sent)
    assert answer.status_code == 403  # no button offers it
    assert 'value="release"' not in sign_in("contributor").get(f"/pages/{ident}/edit").text
    assert item(ident).life == Life.UNPUBLISHED
    assert sign_in("contributor").post(
        f"/pages/{ident}/edit", data={**sent, "do": "submit"}
    ).status_code == 302  # fmt: skip
    text = db.session.scalars(select(Revision).where(Revision.content_id == ident)).one()
    assert text.state == State.IN_REVIEW
    answer = sign_in("editor").post(f"/pages/{ident}/approve", data={"saves": text.saves})
    assert answer.status_code == 302
    assert sign_in("reader").get(f"/pages/{item(ident).address}").status_code == 200


def test_an_earlier_text_comes_back(page, sign_in, person):
    ident = page(body="<p>Първи.</p>")
    services.save(item(ident), services.seal(item(ident)), Text("Правилник", "<p>Втори.</p>"),
                  by=person("contributor"), then="release")  # fmt: skip
    browser = sign_in("contributor")
    history = browser.get(f"/content/{ident}/versions").text
    assert "<ins>Втори.</ins>" in history
    old = db.session.scalars(
        select(Revision).where(Revision.content_id == ident, Revision.number == 1)
    ).one()
    assert browser.post(f"/content/versions/{old.id}/restore", data={"seen": ""}).status_code == 302
    assert "Първи." in browser.get(f"/pages/{ident}/edit").text
    assert sign_in("ngo").get(f"/content/{ident}/versions").status_code == 403


def test_what_a_version_changed_is_said_by_titles(page, sign_in, person):
    hers = page("Само наша", space="intranet", who="contributor")
    linked = page("Свързана")
    ident = page(body="<p>Първи.</p>")
    body = f'<p>Вж. <a href="/pages/{linked}">Свързана</a>, <a href="/pages/{hers}"></a>.</p>'
    services.save(item(ident), services.seal(item(ident)), Text("Правилник", body),
                  by=person("contributor"), then="release")  # fmt: skip
    history = sign_in("contributor").get(f"/content/{ident}/versions").text
    assert f"/pages/{linked}</" not in history and "Свързана</" in history
    assert "Само наша" in history
    others = sign_in("manager").get(f"/content/{ident}/versions").text
    assert "Свързана</" in others and f"/pages/{hers}</" not in others

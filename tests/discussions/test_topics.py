"""Beginning a topic, replying to it, finding it in the list."""

from portal.access.site import bump
from portal.kernel.transaction import transaction
from tests.discussions.conftest import ROOM, of, reply, topics


def test_a_contributor_begins_a_topic_that_everybody_in_the_space_reads(sign_in):
    answer = sign_in("contributor").post(
        f"{ROOM}/new", data={"title": "Кога чистим?", "body": "<p>В събота.</p>"}
    )
    assert answer.status_code == 303
    (item,) = topics()
    page = of(item).page
    assert answer.location == page
    for who in ("manager", "partner", "ngo"):
        assert "Кога чистим?" in sign_in(who).get(ROOM).text
        assert "В събота." in sign_in(who).get(page).text
    for who in ("employee", "stranger", "admin"):
        assert sign_in(who).get(page).status_code == 404
    assert sign_in("ngo").get(f"{ROOM}/new").status_code == 404  # a reader replies, no more


def test_the_list_tells_who_spoke_last_and_counts_what_is_shown(topic, sign_in):
    ngo, editor = sign_in("ngo"), sign_in("editor")
    first = reply(ngo, topic, "Да, ще дойдем.")
    last = reply(editor, topic, "Носете ръкавици.", parent=first)
    listed = editor.get(ROOM).text
    assert "2 отговора" in listed
    assert "последен: Елена Редакторова" in listed
    assert f"#comment-{last}" in listed
    editor.post(f"/comments/{last}/hide", data={"hidden": "1"})
    listed = editor.get(ROOM).text
    assert "1 отговор" in listed
    assert "последен: Нора Сдружена" in listed


def test_what_is_wrong_is_said_at_the_field_and_all_typed_is_kept(topic, sign_in):
    contributor, editor = sign_in("contributor"), sign_in("editor")
    empty = contributor.post(f"{ROOM}/new", data={"title": "Само заглавие", "body": "<p> </p>"})
    assert empty.status_code == 422
    assert "Напишете за какво става дума." in empty.text
    assert "Само заглавие" in empty.text
    opened = contributor.get(f"/discussions/{topic.id}/edit")
    seal = opened.text.split('name="seal"')[1].split('value="')[1].split('"')[0]
    typed = {"title": "Кога?", "body": "<p>В неделя.</p>", "seal": seal}
    assert editor.post(f"/discussions/{topic.id}/edit", data=typed).status_code == 303
    late = contributor.post(
        f"/discussions/{topic.id}/edit", data={**typed, "body": "<p>В петък.</p>"}
    )
    assert late.status_code == 409
    assert "В неделя." in late.text
    assert "В петък." in late.text
    assert sign_in("ngo").post(f"/discussions/{topic.id}/edit", data=typed).status_code == 403
    moved = contributor.get(topic.page)  # renamed: the old address leads on
    assert moved.status_code == 301
    assert "В неделя." in contributor.get(moved.location).text


def test_editors_throw_away_and_restore(topic, sign_in):
    editor, contributor = sign_in("editor"), sign_in("contributor")
    keep = f"/discussions/{topic.id}/keep"
    assert contributor.post(keep, data={"do": "trash"}).status_code == 403
    assert editor.post(keep, data={"do": "trash"}).status_code == 303
    assert contributor.get(topic.page).status_code == 404
    assert topic.title not in contributor.get(ROOM).text
    assert topic.title in editor.get(f"{ROOM}/trash").text
    assert contributor.get(f"{ROOM}/trash").status_code == 404
    assert editor.post(keep, data={"do": "restore"}).status_code == 303
    assert contributor.get(topic.page).status_code == 200


@transaction
def _switch_on(space):
    space.features = "discussions"
    bump()


def test_where_a_space_asks_for_review_a_topic_waits_for_it(cast, sign_in):
    _switch_on(cast.space("intranet"))
    room, author, editor = "/spaces/intranet/discussions", sign_in("contributor"), sign_in("editor")
    data = {"title": "Нов график", "body": "<p>От понеделник.</p>"}
    sent = author.post(f"{room}/new", data=data)
    (item,) = topics()
    assert sent.location == f"/discussions/{item.id}/review"
    assert sign_in("reader").get(of(item).page).status_code == 404
    assert "Нов график" in author.get(room).text  # it waits, and she sees it
    assert "Нов график" not in sign_in("reader").get(room).text
    assert author.post(f"/discussions/{item.id}/approve", data={"saves": 1}).status_code == 403
    page = editor.get(sent.location).text
    saves = page.split('name="saves"')[1].split('value="')[1].split('"')[0]
    approved = editor.post(f"/discussions/{item.id}/approve", data={"saves": saves})
    assert approved.location == of(item).page
    assert "Нов график" in sign_in("reader").get(room).text
    changed = author.get(f"/discussions/{item.id}/edit").text
    seal = changed.split('name="seal"')[1].split('value="')[1].split('"')[0]
    edit = f"/discussions/{item.id}/edit"
    author.post(edit, data={**data, "title": "По-нов график", "seal": seal})
    assert "Нов график" in sign_in("reader").get(of(item).page).text  # until it is approved


def test_a_feature_switched_off_closes_the_room_and_keeps_what_was_said(topic, cast, sign_in):
    @transaction
    def off():
        cast.space("workspace").features = ""
        bump()

    off()
    ngo = sign_in("ngo")
    led = ngo.get(ROOM)
    assert led.location == "/spaces/workspace"
    assert "Разделът „Обсъждания“ е изключен" in ngo.get(led.location).text
    assert sign_in("stranger").get(ROOM).status_code == 404
    # What stayed can be changed still, and nobody lands on a page that is not there.
    editor = sign_in("editor")
    gone = editor.post(f"/discussions/{topic.id}/keep", data={"do": "trash"}, follow_redirects=True)
    assert gone.status_code == 200 and gone.request.path == "/spaces/workspace"
    editor.post(f"/discussions/{topic.id}/keep", data={"do": "restore"})
    assert ngo.get(topic.page).status_code == 200


def test_a_phrase_runs_from_no_reply_into_the_next_nor_out_of_the_topic(topic, sign_in, follow):
    browser = sign_in("contributor")
    reply(browser, topic, "Носим ръкавици")
    reply(browser, topic, "и чували. Кой идва?")
    follow()
    for words, is_there in (
        ("носим ръкавици", True), ("ръкавици и чували", False), ("събота сутрин", True),
        ("сутрин носим", False), ("плажа предлагам", False),
    ):  # fmt: skip
        found = browser.get(f'/search?q="{words}"').text
        assert (f'href="{topic.page}' in found) == is_there, words

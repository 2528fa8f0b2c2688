"""What nobody else finds of a page: in the search, in feeds, in links, in the tree."""

import pytest

from portal.content import keeping, linking
from portal.content import services as content
from portal.content.models import Content
from portal.kernel.database import db
from portal.pages import services, tree
from portal.pages.services import Text

SECRET = "zhorvekab"


def item(ident):
    return db.session.get_one(Content, ident)


PLACES = (f"/search?q={SECRET}", "/search?q=правилник", "/search/suggest?q=zhorv", "/", "/pages",
          "/spaces", "/spaces/workspace", "/spaces/workspace/pages", "/notices")  # fmt: skip


@pytest.mark.parametrize(
    ("who", "reads"),
    [("reader", False), ("employee", False), ("stranger", False), ("admin", False), ("ngo", True)],
)
def test_a_page_is_found_by_who_reads_its_space_alone(who, reads, sign_in, page, follow):
    ident = page(f"Правилник {SECRET}", f"<h2>{SECRET}</h2><p>{SECRET}</p>")
    follow()
    browser = sign_in(who)
    shown = {
        url for url in PLACES if SECRET in browser.get(url).text.replace(f"q={SECRET}", "")
        and f'value="{SECRET}"' not in browser.get(url).text.replace(f"Правилник {SECRET}", "")
    }  # fmt: skip
    found = browser.get("/search?q=правилник").text
    assert (SECRET in found) == reads
    assert bool(shown - {f"/search?q={SECRET}"}) == reads
    assert browser.get(f"/pages/{ident}").status_code == (301 if reads else 404)
    for url in (
        f"/pages/{ident}/review",
        f"/content/{ident}/versions",
        f"/content/{ident}/publish",
    ):
        assert browser.get(url).status_code == (
            (403 if reads else 404) if "review" not in url else 404
        )


def test_a_draft_over_a_page_is_nobodys_but_its_writers(sign_in, page, person, follow):
    ident = page()
    text = Text(f"Правилник {SECRET}", f"<p>{SECRET}</p>")
    services.save(item(ident), services.seal(item(ident)), text, by=person("contributor"))
    page(f"Нова {SECRET}", then="")
    follow()
    reader, writer = sign_in("ngo"), sign_in("partner")
    for url in ("/search?q=правилник", "/spaces/workspace/pages", "/pages", "/spaces/workspace",
                f"/pages/{item(ident).address}"):  # fmt: skip
        assert SECRET not in reader.get(url).text, url
    assert f"Нова {SECRET}" in writer.get("/spaces/workspace/pages").text


def test_a_link_tells_the_title_of_today_to_who_may_read_and_nothing_to_others(
    page, person, sign_in, cast
):
    hidden = page(f"Тайна {SECRET}", space="intranet", who="editor")
    ident = page("Списък", f'<p><a href="http://127.0.0.1:8000/pages/x-{hidden}">Тайна {SECRET}</a>, '
                 f'<a href="/pages/{hidden}#s-koy">за отпуските</a>, '
                 '<a href="https://example.org/pages/77777">другаде</a></p>', who="editor")  # fmt: skip
    stored = services.current(item(ident)).body
    assert SECRET not in stored and f'href="/pages/{hidden}#s-koy"' in stored
    address = f"/pages/{item(ident).address}"
    text = Text("Отпуски", "<p>Нов.</p>")
    services.save(item(hidden), services.seal(item(hidden)), text, by=person("editor"))
    work = content.open_revision(item(hidden), "bg")
    content.submit(work, work.saves, by=person("editor"))
    content.approve(work, work.saves, by=person("colleague"))
    mine = sign_in("editor").get(address).text
    assert f'href="/pages/otpuski-{hidden}"' in mine and ">Отпуски</a>" in mine
    theirs = sign_in("partner").get(address).text
    assert "Отпуски" not in theirs and "(недостъпно за Вас)" in theirs
    assert "за отпуските" in theirs and f"/pages/{hidden}" not in theirs
    assert "https://example.org/pages/77777" in theirs
    assert f'href="/pages/otpuski-{hidden}#s-koy"' in mine
    # Whoever goes on with the text loses no link, also where she may not read what it leads to.
    kept = linking.for_writing(stored, person("partner"))
    assert linking.stored(kept, person("partner")) == stored
    keeping.trash(item(hidden), by=person("editor"))
    assert "(недостъпно за Вас)" in sign_in("editor").get(address).text


def test_a_title_that_may_not_be_read_never_comes_from_the_tree(page, person, cast):
    page(f"Тайна {SECRET}", then="")
    nodes = tree.of_space(person("ngo"), cast.space("workspace").id)
    assert not any(SECRET in node.title or SECRET in node.slug for node in nodes.values())


@pytest.mark.parametrize(
    ("url", "sent", "status"),
    [
        ("/spaces/workspace/pages/new", {"title": ""}, 422),
        ("/spaces/workspace/pages/new", {"title": "x" * 201}, 422),
        ("/spaces/workspace/pages/new", {"title": "П", "under": "987654", "language": "bg"}, 422),
        ("/spaces/workspace/pages/new", {"title": "П", "under": "x", "language": "bg"}, 302),
        ("/spaces/workspace/pages/new", {"title": "П", "language": "xx"}, 422),
        ("/spaces/workspace/pages/new", {"title": "П", "language": "bg", "listed": "99"}, 422),
        ("/spaces/workspace/pages/new", {"title": "П", "language": "bg", "do": "release",
                                         "body": '<p><img src="/files/9" alt="x"></p>'}, 422),
        ("/spaces/workspace/pages/order", {}, 400),
        ("/spaces/workspace/pages/order", {"up": "987654"}, 404),
        ("/pages/1/edit", {"title": "П", "seal": ""}, 409),
        ("/pages/1/edit", {"title": "П", "seal": "9-9"}, 409),
        ("/pages/1/move", {"under": "1", "after": "0"}, 422),
        ("/pages/1/move", {"under": "²", "after": "x"}, 302),
        ("/pages/1/keep", {"do": "burn"}, 400),
        ("/pages/1/autosave", {"title": "", "seal": "1-1"}, 422),
    ],
)  # fmt: skip
def test_bad_input_has_a_clear_answer_and_changes_nothing(url, sent, status, page, sign_in):
    ident = page()
    before = services.current(item(ident)).body
    answer = sign_in("contributor").post(url.replace("/1/", f"/{ident}/"), data=sent)
    assert answer.status_code == status
    assert services.current(item(ident)).body == before

"""Who must not read a document learns nothing of it: no name, no count, no picture, no byte."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import delete

from portal.access.site import bump
from portal.content import folders, keeping
from portal.content import services as content
from portal.content.models import Content, State
from portal.documents import services
from portal.documents.models import DocumentRevision
from portal.files.services import add_file
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.spaces.models import Membership, Space
from tests.documents.lists import PLACE, titles

SECRET = "Тайнатаведомост"
STATES = ("draft", "in review", "returned", "scheduled", "expired", "trashed", "restored draft")


def item(ident: int) -> Content:
    return db.session.get_one(Content, ident)


def now(ident: int) -> DocumentRevision:
    return services.current(item(ident))


@transaction
def timed(ident: int, since=None, until=None) -> None:
    item(ident).visible_from, item(ident).visible_until = since, until


@pytest.fixture
def hidden(put, person):
    """hidden(state) → a document of the workspace that mere readers must not see."""

    def make(state: str) -> int:
        unreleased = state in ("draft", "in review", "returned", "restored draft")
        ident = put(
            f"{SECRET} вътре.", f"{SECRET}.txt", who="contributor" if unreleased else "editor",
            draft=unreleased,
        )  # fmt: skip
        editor, version = person("editor"), now(ident)
        if state in ("in review", "returned"):
            content.submit(version, version.saves, by=person("contributor"))
        if state == "returned":
            content.return_(version, version.saves, by=editor, remark="Поправете.")
        if state == "scheduled":
            timed(ident, clock.now() + timedelta(days=1))
        if state == "expired":
            timed(ident, clock.now() - timedelta(days=2), clock.now() - timedelta(days=1))
        if state in ("trashed", "restored draft"):
            keeping.trash(item(ident), by=editor)
        if state == "restored draft":
            keeping.restore(item(ident), by=editor)
        return ident

    return make


def told(answer) -> str:
    """A page without what she typed herself: the field, the title, the words in quotes."""
    return re.sub(r'value="[^"]*"|„[^“]*“|<title>[^<]*', "", answer.text)


@pytest.mark.parametrize("who", ["ngo", "partner", "admin", "stranger", "reader"])
def test_a_hidden_document_is_nowhere(who, hidden, sign_in, follow):
    """A reader and a contributor of its space, an administrator, a stranger, another's reader."""
    idents = {state: hidden(state) for state in STATES}
    follow()
    browser = sign_in(who)
    for state, ident in idents.items():
        version = now(ident)
        for url in (
            f"/documents/{item(ident).address}",
            f"/documents/{ident}",
            f"/documents/{ident}/edit",
            f"/documents/{ident}/version",
            f"/content/{ident}/places",
            f"/documents/versions/{version.id}/file",
            f"/documents/versions/{version.id}/thumb.webp",
            f"/documents/versions/{version.id}/pages/1.webp",
            f"/files/{version.file_id}",
            f"/documents/zip?id={ident}",
            f"{PLACE}/move?id={ident}",
        ):
            answer = browser.get(url)
            assert answer.status_code == 404, (state, url)
            assert SECRET not in answer.text
        for url in ("trash", "restore", "read", "release", "submit", "withdraw", "discard",
                    "approve", "return"):  # fmt: skip
            assert browser.post(f"/documents/{ident}/{url}").status_code == 404, (state, url)
        for url in ("places", "place", "unplace", "pin", "until"):
            assert browser.post(f"/content/{ident}/{url}").status_code == 404, (state, url)
        url = f"/documents/versions/{version.id}/restore"
        assert browser.post(url).status_code == 404, state
    for url in ("/", "/documents", PLACE, f"{PLACE}?q=тайната", "/documents/trash",
                f"/search?q={SECRET}", f"/search/suggest?q={SECRET[:6]}", "/spaces/workspace"):  # fmt: skip
        answer = browser.get(url)
        assert SECRET not in told(answer), url
    page = browser.get(PLACE)
    if page.status_code == 200:
        assert titles(page) == []
        assert "документ" not in page.text.partition('class="folders')[2].partition("</nav>")[0]
    assert browser.get(f"{PLACE}/zip").status_code in (302, 404)


def test_the_editor_sees_them_all_but_what_lies_in_the_trash(hidden, sign_in):
    for state in STATES:
        hidden(state)
    assert len(titles(sign_in("editor").get(PLACE))) == len(STATES) - 1


def test_readers_see_nothing_of_the_version_at_work_nor_of_earlier_ones(
    put, person, sign_in, follow
):
    ident = put("Старият текст.", f"{SECRET}стар.txt")
    editor = person("editor")
    first = now(ident).id
    file = add_file(io.BytesIO("Втори.".encode()), "Втори.txt", by=editor)
    services.new_version(item(ident), file, f"{SECRET} бележка", by=editor)
    second = now(ident)
    facts = services.Facts("Явно", reg_number="РД-1")
    services.describe(item(ident), services.stamp(item(ident)), facts, by=editor)
    shown = now(ident).id
    file = add_file(io.BytesIO(f"{SECRET} трети.".encode()), f"{SECRET}3.txt", by=editor)
    services.new_version(item(ident), file, f"{SECRET} бележка", by=editor, draft=True)
    draft = now(ident)
    assert draft.state == State.DRAFT
    follow()
    for who in ("ngo", "partner"):
        browser = sign_in(who)
        page = browser.get(f"/documents/{item(ident).address}")
        assert page.status_code == 200
        assert SECRET not in page.text
        assert SECRET not in browser.get(PLACE).text
        for version, status in ((first, 404), (second.id, 404), (shown, 200), (draft.id, 404)):
            for what in ("file", "thumb.webp", "pages/1.webp"):
                answer = browser.get(f"/documents/versions/{version}/{what}")
                assert answer.status_code == (status if what == "file" else 404), (version, what)
        assert browser.get(f"/files/{draft.file_id}").status_code == 404
        packed = browser.get(f"{PLACE}/zip")
        with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
            assert archive.namelist() == ["Втори.txt"]
        assert SECRET not in told(browser.get(f"/search?q={SECRET}"))


def test_a_reader_of_a_further_space_learns_nothing_of_the_home(put, person, cast, sign_in, follow):
    home = folders.create(cast.space("workspace"), None, SECRET, by=person("editor"))
    ident = put("Общ текст.", "Общо.txt", folder=home)
    keeping.place(item(ident), cast.space("extranet"), by=person("editor"))
    follow()
    name = db.session.get_one(Space, cast.space("workspace").id).name_bg
    browser = sign_in("coordinator")
    for url in (f"/documents/{item(ident).address}", "/documents", "/", "/documents/in/extranet",
                "/search?q=общо", f"/documents/zip?id={ident}", "/documents/in/extranet/zip"):  # fmt: skip
        answer = browser.get(url)
        assert answer.status_code == 200, url
        text = answer.data.decode("utf-8", "replace")
        assert SECRET not in text, url
        assert name not in text, url
    assert browser.get(f"{PLACE}/{home.id}").status_code == 404


def test_a_named_reviewer_reads_what_is_in_review_and_no_more(put, cast, sign_in):
    @transaction
    def name_reviewers() -> None:
        cast.space("intranet").reviewers_id = cast.unit("archive").id
        bump()

    name_reviewers()
    draft = put("Чернова.", "Чернова.txt", who="contributor", space="intranet", draft=True)
    waits = put("Чака.", "Чака.txt", who="contributor", space="intranet")
    reviewer, reader = sign_in("employee"), sign_in("reader")
    version = now(waits)
    for ident in (draft, waits):
        assert reader.get(f"/documents/{item(ident).address}").status_code == 404
    assert reviewer.get(f"/documents/{item(draft).address}").status_code == 404
    assert reviewer.get(f"/documents/{item(waits).address}").status_code == 200
    assert reviewer.get(f"/documents/versions/{version.id}/file").status_code == 200
    for step in ("read", "discard", "trash", "withdraw", "release"):
        assert reviewer.post(f"/documents/{waits}/{step}").status_code == 403, step
    assert reviewer.get(f"/content/{waits}/places").status_code == 403
    form = {"saves": version.saves, "revision": version.id}
    assert reviewer.post(f"/documents/{waits}/approve", data=form).status_code == 302
    assert now(waits).state == State.LIVE
    assert reader.get(f"/documents/{item(waits).address}").status_code == 200


def test_an_owner_who_lost_her_role_keeps_nothing(put, cast, sign_in):
    ident = put(who="contributor", draft=True)
    version = now(ident)

    @transaction
    def lost() -> None:
        db.session.execute(
            delete(Membership).where(Membership.space_id == cast.space("workspace").id)
        )
        bump()

    lost()
    browser = sign_in("contributor")
    for url in (f"/documents/{ident}", f"/documents/{ident}/edit", f"/files/{version.file_id}",
                f"/documents/versions/{version.id}/file", PLACE):  # fmt: skip
        assert browser.get(url).status_code == 404, url
    assert browser.post(f"/documents/{ident}/trash").status_code == 404


def test_nothing_changes_in_an_archived_space(put, person, cast, sign_in, folder):
    inside = folder("Папка")
    ident = put("Първи.")
    editor = person("editor")
    first = now(ident)
    file = add_file(io.BytesIO(b"Second."), "2.txt", by=editor)
    services.new_version(item(ident), file, by=editor)
    other = put(space="extranet")

    @transaction
    def archived() -> None:
        db.session.get_one(Space, cast.space("workspace").id).archived_at = clock.now()
        bump()

    archived()
    browser = sign_in("editor")
    before = now(ident).number
    for url, data in (
        (f"{PLACE}/upload", {"files": (io.BytesIO(b"x"), "x.txt")}),
        (f"{PLACE}/new-folder", {"name": "Нова", "parent": ""}),
        (f"/documents/folders/{inside}", {"name": "Друга", "parent": ""}),
        (f"/documents/folders/{inside}/remove", {}),
        (f"/documents/{ident}/edit", {"seal": services.stamp(item(ident)), "title": "Друго"}),
        (f"/documents/{ident}/version", {"file": (io.BytesIO(b"x"), "x.txt")}),
        (f"/documents/versions/{first.id}/restore", {}),
        (f"/documents/{ident}/read", {}),
        (f"/documents/{ident}/trash", {}),
        (f"/content/{ident}/places", {"space": cast.space("extranet").id}),
    ):
        assert browser.post(url, data=data).status_code in (403, 404), url
    browser.post(f"{PLACE}/move?id={ident}", data={"folder": str(inside)})
    browser.post(f"{PLACE}/picked", data={"id": [str(ident)], "do": "trash"})
    browser.post(f"/content/{other}/places", data={"space": cast.space("workspace").id})
    assert browser.post(f"{PLACE}/finish", json={"upload": "x"}).status_code in (403, 404)
    assert (now(ident).number, now(ident).title) == (before, "Документ")
    assert [place.space_id for place in item(other).placements] == [cast.space("extranet").id]
    assert item(ident).placements[0].folder_id is None
    assert browser.get(f"/documents/{item(ident).address}").status_code == 200


def test_where_review_is_asked_no_way_leads_round_it(put, person, cast, sign_in):
    ident = put("Първи.", space="intranet")
    version = now(ident)
    content.approve(version, version.saves, by=person("colleague"))
    editor, browser = person("editor"), sign_in("editor")
    first = now(ident).id
    file = add_file(io.BytesIO(b"Second."), "2.txt", by=editor)
    services.new_version(item(ident), file, by=editor)
    assert now(ident).state == State.IN_REVIEW
    seen = {"saves": now(ident).saves, "revision": now(ident).id}
    for step in ("release", "approve"):
        browser.post(f"/documents/{ident}/{step}", data=seen)
        assert now(ident).state == State.IN_REVIEW
    back = {"seen": content.print_of(now(ident))}
    assert browser.post(f"/documents/versions/{first}/restore", data=back).status_code == 302
    assert now(ident).state == State.IN_REVIEW
    place = "/documents/in/intranet"
    browser.post(f"{place}/picked", data={"id": [str(ident)], "do": "publish"})
    assert now(ident).state == State.IN_REVIEW
    draft = put("Трети.", "3.txt", space="intranet", draft=True)
    browser.post(f"{place}/picked", data={"id": [str(draft)], "do": "publish"})
    assert now(draft).state == State.IN_REVIEW
    token_free = browser.post(
        f"{place}/upload", data={"files": (io.BytesIO(b"x"), "x.txt")}, follow_redirects=True
    )
    assert "Чака преглед." in token_free.text


def test_two_editors_who_save_at_once_are_told(put, sign_in):
    ident = put()
    stamp = services.stamp(item(ident))
    form = {"seal": str(stamp), "title": "Първа", "sort": "", "unit": ""}
    assert sign_in("editor").post(f"/documents/{ident}/edit", data=form).status_code == 302
    answer = sign_in("manager").post(f"/documents/{ident}/edit", data={**form, "title": "Втора"})
    assert answer.status_code == 409
    assert "Втора" in answer.text
    assert now(ident).title == "Първа"


CHANGING = (
    "/documents/{id}/edit", "/documents/{id}/version", "/documents/versions/{version}/restore",
    "/documents/{id}/read", "/documents/{id}/release", "/documents/{id}/discard",
    "/content/{id}/places", "/content/{id}/unplace", "/documents/{id}/trash",
    "/documents/{id}/restore", PLACE + "/upload", PLACE + "/finish", PLACE + "/new-folder",
    PLACE + "/picked", PLACE + "/move?id={id}", "/documents/folders/{folder}",
    "/documents/folders/{folder}/remove", "/files/uploads",
)  # fmt: skip


def test_a_form_of_another_site_changes_nothing(put, sign_in, folder):
    ident, inside = put(), folder("Папка")
    browser = sign_in("editor")
    browser.csrf = False
    for pattern in CHANGING:
        url = pattern.format(id=ident, version=now(ident).id, folder=inside)
        assert browser.post(url, data={"do": "trash", "id": str(ident)}).status_code == 400, url

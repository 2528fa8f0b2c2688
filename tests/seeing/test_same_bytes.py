"""What an editor sees with a partner's eyes is, byte for byte, what the partner sees herself."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access.doors import PRIVATE
from portal.accounts.models import User
from portal.confirming import progress_views as progress
from portal.content import folders, keeping
from portal.content import services as content
from portal.documents import services as documents
from portal.files.services import add_file
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.news.services import Text, save, write
from portal.placing import views as placing
from portal.search import views as search
from tests.support import packed, walking
from tests.support.papers import paper
from tests.support.writing import Shelf, published

# The strip, and what is made anew for each answer or session. Nothing else may differ.
STRIP = re.compile(rb'<section class="seeing".*?</section>', re.DOTALL)
TOKENS = (
    re.compile(rb'(name="csrf_token" (?:type="hidden" )?value=")[^"]+'),
    re.compile(rb'( nonce=")[^"]+'),
    re.compile(rb'(<p class="meta"><span>[^<]*: )[0-9a-f]{8,}(?=</span></p>)'),  # of the request
)
NONCE = re.compile(r"'nonce-[^']+'")
OWN_HEADERS = {"X-Request-Id", "Set-Cookie", "Date"}
# A person's password, factors and devices, her notices, bookmarks and days away are nobody else's;
# see docs/admin.md.
PERSONAL = ("/me/", "/notices", "/bookmarks", "/people/<int:user_id>/absences")
QUESTIONS = ("нов", "бряг", "заповед", "„Чист бряг“", "петър", "nov", "тайна", "а", "")
FILTERS = ("", "&kind=news", "&kind=document", "&kind=person", "&period=week", "&sort=date",
           "&page=2", "&from=2026-01-01&to=2027-01-01", "&from=x")  # fmt: skip


def bare(answer):
    """The body without the strip and tokens."""
    body = answer.data
    if answer.mimetype == "text/html":
        body = STRIP.sub(b"", body, count=1)
        for token in TOKENS:
            body = token.sub(rb"\1token", body)
    elif answer.mimetype.startswith(packed.KINDS):
        body = packed.bare(body)
    return body


def heads(answer):
    """Every header that is not made anew; a page's length counts the strip, a pack's the time."""
    found = {name: NONCE.sub("nonce", value) for name, value in answer.headers}
    html = answer.mimetype == "text/html" or answer.mimetype.startswith(packed.KINDS)
    return {
        name: value
        for name, value in found.items()
        if name not in OWN_HEADERS and not (html and name == "Content-Length")
    }


def first_difference(ours, hers):
    """Where two bodies part, for whoever reads the failure; "" when they are the same bytes."""
    if ours == hers:
        return ""
    at = next(
        (n for n, (a, b) in enumerate(zip(ours, hers)) if a != b), min(map(len, (ours, hers)))
    )
    return f"{ours[at - 60 : at + 60]!r} is not {hers[at - 60 : at + 60]!r}"


@pytest.fixture
def town(app, cast, person, follow):
    """Something of each kind and state in each space, with files, folders and topics."""
    by = person("editor")
    opens, ends = clock.now() - timedelta(days=3), clock.now() + timedelta(days=3)
    workspace, extranet = cast.space("workspace"), cast.space("extranet")
    for kind in ("news", "document", "page", "discussion"):
        Shelf(workspace, extranet, person("partner"), by, opens, ends, kind)
        Shelf(extranet, cast.space("workspace"), by, by, opens, ends, kind)
    published(cast.space("intranet"), person("contributor"), by)
    inside = folders.create(workspace, None, "Заповеди", by=by)
    below = folders.create(workspace, inside, "2026", by=by)
    made = paper("pdf", seed=3, pages=2)
    letter = add_file(io.BytesIO(made.data), "Писмо №1.pdf", by=by)
    documents.add(cast.space("workspace"), below, letter, None, by=by)
    listed = add_file(io.BytesIO(b"Table"), "Таблица; „1“.csv", by=by)
    both = write(
        cast.space("extranet"), "bg", Text("Двуезична", body="<p>Да</p>", files=(listed.id,)), by=by
    )
    content.release(both, both.saves, by=by)
    english = content.draft_of(both.content, "en", by=by)
    save(english, english.saves, Text("In two languages", body="<p>Yes</p>"), by=by, then="release")
    keeping.pin(both.content, cast.space("extranet"), True, by=by)
    follow()


@transaction
def speaks(who, language):
    db.session.scalars(select(User).where(User.login == who)).one().language = language


def asked(app):
    yield from walking.addresses(app)
    for words in QUESTIONS:
        yield f"/search/suggest?q={words}"
        for more in FILTERS:
            yield f"/search?q={words}{more}"
    spaces = walking.numbers(walking.Space.id)
    for space in spaces:
        yield f"/search?q=нов&space={space}"
    for ident in walking.numbers(walking.Content.id):
        yield f"/documents/zip?id={ident}"
    yield "/documents/zip?" + "&".join(f"id={i}" for i in walking.numbers(walking.Content.id))
    for sort in ("title", "dated", "number"):
        yield f"/documents/in/workspace?sort={sort}&q=нов"
    yield from ("/news?space=extranet", "/news?space=intranet", "/people?letter=П&page=2")
    yield from ("/organisations?retired=1", "/people?q=нора", "/nowhere", "/news/nowhere")


@pytest.mark.parametrize(
    ("who", "language"), [("partner", None), ("coordinator", "en"), ("ngo", "bg")]
)
def test_every_address_answers_the_same(who, language, app, town, cast, sign_in, monkeypatch):
    monkeypatch.setattr(search._searches, "number", 10**6)
    monkeypatch.setattr(search._suggestions, "number", 10**6)
    monkeypatch.setattr(placing._sheets, "number", 10**6)
    monkeypatch.setattr(progress._lists, "number", 10**6)
    speaks(who, language)
    own, looking = sign_in(who), sign_in("editor")
    own.checks = looking.checks = False  # each page is checked by the tests of its room
    looking.post("/language", data={"language": "bg" if language == "en" else "en"})
    closed, seen, statuses = set(private(app)), 0, set()
    with clock.at(clock.now()):  # «днес, 14:20» and the times in an archive
        assert looking.post("/seeing", data={"user": cast.id(who)}).status_code == 302
        for url in asked(app):
            hers, ours = own.get(url), looking.get(url)
            if url in closed:
                assert ours.status_code == 403, url
                continue
            assert ours.status_code == hers.status_code, url
            assert heads(ours) == heads(hers), url
            assert first_difference(bare(ours), bare(hers)) == "", url
            whole = hers.mimetype == "text/html" and b"</html>" in hers.data
            if whole and b'class="bar"' in hers.data:
                assert STRIP.search(ours.data), url
            assert not STRIP.search(hers.data), url
            statuses.add(hers.status_code)
            seen += 1
        for extra in ({"Accept": "application/json"}, {"Range": "bytes=2-9"}):
            for url in (
                "/",
                "/documents/1",
                *(f"/files/{i}" for i in walking.numbers(walking.File.id)),
            ):
                hers, ours = own.get(url, headers=extra), looking.get(url, headers=extra)
                assert (ours.status_code, heads(ours)) == (hers.status_code, heads(hers)), url
                if ours.mimetype != "application/json":
                    assert bare(ours) == bare(hers), url
    assert seen > 700
    assert {200, 301, 302, 403, 404} >= statuses >= {200, 301, 404}
    written = db.session.scalars(select(walking.UserSession.seeing_id)).all()
    assert cast.id(who) in written  # it was the same look to the end


def private(app):
    for rule in walking.rules(app):
        if getattr(app.view_functions[rule.endpoint], PRIVATE, False):
            assert rule.rule.startswith(PERSONAL), (
                f"{rule.endpoint} is closed to looking: only what is a person's own is"
            )
            yield from (url for url, _chosen in walking.filled(rule, walking.everything()))

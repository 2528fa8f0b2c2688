"""A folder of 10,000 documents: its page's statements and time, beside a bare Flask page."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from flask import url_for

from scripts.bench import bare, servers
from scripts.bench.load import Target
from scripts.bench.measuring import HEAD, line, measured
from scripts.bench.pages import Page
from scripts.documents import town
from tests.support.papers.text import Composer

NUMBER = 10_000
BUDGET = 8  # statements
ROUNDS, SLICE = 5, 2.0  # seconds
PORTAL, BARE = 8194, 8193
QUESTIONS = (
    ("first page", ""),
    ("last page", f"?page={NUMBER // 50}"),
    ("by title", "?sort=title"),
    ("some words", "?q=договор"),
)


def report() -> None:
    from portal.app import create_app

    folder, password = town.make()
    app = create_app(folder)
    with app.app_context():
        number = fill(NUMBER)
    with app.test_request_context():
        page = url_for("documents.folder", slug=town.SPACE, folder_id=number)
    print(f"\nFolder: {NUMBER} documents in one folder, {page}")
    counts = {path: _statements(app, password, page + path) for _name, path in QUESTIONS}
    bare.fill(folder, 200, _plain_news())
    with servers.portal(folder, PORTAL) as portal, servers.bare(folder, BARE) as plain:
        cookie = servers.sign_in(PORTAL, town.PERSON, password)
        beside = Target("/list", servers.get(BARE, "/login")[2], {"<article>": 20})
        print(HEAD)
        for name, path in QUESTIONS:
            target = Target(quote(page + path, safe="/?=&"), cookie, {"<tr": 5})
            label = f"{name}, {counts[path]} of {BUDGET} statements"
            print(line(measured(Page(label, [target]), beside, (plain, portal), ROUNDS, SLICE)))
        print(f"server resident: {servers.resident(portal.pid):.0f} MB")


def _plain_news() -> list[dict[str, Any]]:
    """What the bare page lists."""
    made = Composer("bare")
    then = datetime(2026, 1, 1)  # noqa: DTZ001  the bare page knows no zones
    return [
        {
            "title": made.fill("{thing}: {unit} съобщава за {place}"),
            "lead": made.paragraph(2)[:200],
            "body": made.paragraph(),
            "date": then + timedelta(minutes=n),
        }
        for n in range(2_000)
    ]


def _statements(app: Any, password: str, path: str) -> int:
    """SQL statements of one showing, as the tests count them."""
    from tests.support.counting import counted

    client = app.test_client()
    token = town.token(client.get("/sign-in").text)
    form = {"csrf_token": token, "name": town.PERSON, "password": password}
    client.post("/sign-in", data=form)
    client.get(path)
    with counted(app) as seen:
        answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return len(seen)


def fill(number: int) -> int:
    """So many released documents in one new folder, by bulk inserts; the folder's number."""
    from sqlalchemy import func, insert, select

    from portal.accounts.models import User
    from portal.content.models import Content, Folder, Placement, Revision
    from portal.documents.models import DocumentRevision
    from portal.files.models import Attachment, File, FileReading
    from portal.kernel import clock
    from portal.kernel.database import db
    from portal.spaces.models import Space

    space = db.session.scalar(select(Space.id).where(Space.slug == town.SPACE))
    who = db.session.scalar(select(User.id).where(User.login == town.PERSON))
    folder = Folder(space_id=space, name="Архив", name_key="архив", created_by_id=who)
    db.session.add(folder)
    db.session.flush()
    first = {
        table: (db.session.scalar(select(func.max(table.id))) or 0) + 1
        for table in (Content, Revision, File)
    }
    composer, now = Composer("folder"), clock.now()
    rows: dict[Any, list[dict[str, Any]]] = {}

    def add(table: Any, **fields: Any) -> None:
        rows.setdefault(table.__table__, []).append(fields)

    for n in range(number):
        content, revision, file = (first[table] + n for table in (Content, Revision, File))
        title = composer.fill("Договор № {number} относно {thing}")
        then = now - timedelta(minutes=n)
        people = {"author_id": who, "changed_by_id": who}
        texts = {"title": title, "summary": ""}
        add(File, id=file, sha256=f"{n:064x}", name=f"{title}.pdf", media_type="application/pdf",
            size=1000 + n, uploaded_by_id=who, uploaded_at=then)  # fmt: skip
        add(FileReading, file_id=file, state="done", kind="pdf", pages=3, is_paged=True,
            has_macros=False, trouble="", drawn=0, read_at=then)  # fmt: skip
        add(Content, id=content, kind="document", home_id=space, owner_id=who, slug="dogovor",
            life="published", visible_from=then, created_at=then, changed_at=then,
            **texts)  # fmt: skip
        add(Revision, id=revision, content_id=content, kind="document", language="bg", number=1,
            state="live", saves=1, created_at=then, changed_at=then, released_at=then,
            **people, **texts)  # fmt: skip
        add(DocumentRevision, id=revision, file_id=file, sort="", reg_number=composer.number(),
            dated=then.date(), issuer="", tags="", note="")  # fmt: skip
        add(Attachment, revision_id=revision, file_id=file, role="file")
        add(Placement, content_id=content, space_id=space, is_home=True, placed_by_id=who,
            placed_at=then, folder_id=folder.id)  # fmt: skip
    for table, values in rows.items():
        db.session.execute(insert(table), values)
    number = folder.id
    db.session.commit()
    return number

"""The news and documents that are measured, written in bulk with their files and read pages."""

import hashlib
import io
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image

from portal.content.models import (
    Content,
    ContentTopic,
    Folder,
    Placement,
    Revision,
    RevisionTopic,
)
from portal.documents.models import DocumentRevision
from portal.files import store
from portal.files.models import Attachment, File, FilePage, FileReading
from portal.kernel.text import slug
from portal.news.models import NewsRevision
from scripts.bench.town import SPACES, Town

PAGES = 3  # of each document
PAGE_SIZE = 1400  # characters of each page
NEWS_TITLE = "{thing}: {unit} съобщава за {place}"
FOLDERS = 5  # in each space


def _title(town: Town, template: str) -> str:
    return town.composer.fill(template)[: Content.TITLE_MAX]


def item(
    town: Town,
    kind: str,
    home: int,
    title: str,
    summary: str,
    then: datetime,
    author: int,
    *,
    is_shared: bool = False,
    cover: int | None = None,
    language: str = "bg",
) -> tuple[int, int]:
    """A released item of any kind with its one text; their numbers."""
    content, revision = town.rows.number(Content), town.rows.number(Revision)
    texts = {"title": title, "summary": summary}
    town.rows.add(
        Content, id=content, kind=kind, home_id=home, owner_id=author, is_shared=is_shared,
        slug=slug(title), life="published", visible_from=then, created_at=then, changed_at=then,
        cover_id=cover, **texts,
    )  # fmt: skip
    town.rows.add(
        Revision, id=revision, content_id=content, kind=kind, language=language, number=1,
        state="live", saves=1, author_id=author, changed_by_id=author, created_at=then,
        changed_at=then, released_at=then, **texts,
    )  # fmt: skip
    return content, revision


def place(
    town: Town,
    content: int,
    space: int,
    by: int,
    then: datetime,
    *,
    folder: int | None = None,
    is_home: bool = True,
    pinned: datetime | None = None,
) -> None:
    town.rows.add(
        Placement, content_id=content, space_id=space, is_home=is_home, placed_by_id=by,
        placed_at=then, folder_id=folder, pinned_at=pinned,
    )  # fmt: skip


def topics(town: Town, content: int, revision: int, n: int) -> None:
    """One or two topics."""
    for step in range(1 + n % 2):
        topic = town.topics[(n + 5 * step) % len(town.topics)]
        town.rows.add(ContentTopic, content_id=content, topic_id=topic)
        town.rows.add(RevisionTopic, revision_id=revision, topic_id=topic)


def _home(town: Town, n: int) -> tuple[int, int]:
    """A third is in the intranet, the others in the workspaces by turns; space and author."""
    s = n % SPACES
    return (town.intranet if n % 3 == 0 else town.spaces[s]), town.member_of(s, n)


def news(town: Town, number: int) -> list[dict[str, Any]]:
    """So many news of about 250 words; every fifth with a picture. What the bare page gets."""
    plain = []
    picture = _png()
    for n in range(number):
        home, author = _home(town, n)
        then = town.moment(n, number)
        title = _title(town, NEWS_TITLE)
        summary = town.composer.paragraph(2)[:200]
        paragraphs = [town.composer.paragraph(4) for _ in range(6)]
        cover = None
        if n % 5 == 0:
            cover = _file(town, picture, f"picture-{n}.png", "image/png", author, then, (64, 40))
        content, revision = item(town, "news", home, title, summary, then, author, cover=cover)
        body = _body(paragraphs)
        alt = "Сградата на общината" if cover else ""
        town.rows.add(NewsRevision, id=revision, body=body, cover_id=cover, cover_alt=alt)
        if cover:
            town.rows.add(Attachment, revision_id=revision, file_id=cover, role="cover")
        pinned = then if home == town.intranet and n < 6 else None
        place(town, content, home, author, then, pinned=pinned)
        if n % 15 == 7:
            place(town, content, town.spaces[(n + 3) % SPACES], author, then, is_home=False)
        topics(town, content, revision, n)
        moment = then.replace(tzinfo=None)
        plain.append({"title": title, "lead": summary, "body": body, "date": moment})
    town.rows.write()
    return plain


def _body(paragraphs: list[str]) -> str:
    half = len(paragraphs) // 2
    first, second = (
        "".join(f"<p>{text}</p>" for text in part)
        for part in (paragraphs[:half], paragraphs[half:])
    )
    return f"{first}<h2>Срокове и отговорници</h2>{second}"


def documents(town: Town, number: int) -> None:
    """So many documents of three read and drawn pages, each with a small PDF of its own."""
    folders = {space: _folders(town, space) for space in (town.intranet, *town.spaces)}
    drawn = _webp()
    for n in range(number):
        home, author = _home(town, n)
        then = town.moment(n, number)
        title = _title(town, "Договор № {number} относно {thing}")
        summary = town.composer.sentence()[: Content.SUMMARY_MAX]
        data = b"%PDF-1.4\n% document " + str(n).encode() + _PDF
        file = _file(town, data, f"{slug(title)[:40]}.pdf", "application/pdf", author, then)
        _pages(town, file, hashlib.sha256(data).hexdigest(), drawn, then)
        content, revision = item(town, "document", home, title, summary, then, author)
        town.rows.add(
            DocumentRevision, id=revision, file_id=file, sort="contract",
            reg_number=town.composer.number(), dated=then.date(), issuer="", tags="", note="",
        )  # fmt: skip
        town.rows.add(Attachment, revision_id=revision, file_id=file, role="file")
        place(town, content, home, author, then, folder=folders[home][n % FOLDERS])
        topics(town, content, revision, n)
    town.rows.write()


def _folders(town: Town, space: int) -> list[int]:
    numbers = []
    for n in range(FOLDERS):
        numbers.append(town.rows.number(Folder))
        name = f"Договори {2022 + n}"
        town.rows.add(
            Folder, id=numbers[-1], space_id=space, parent_id=numbers[0] if n > 2 else None,
            name=name, name_key=name.casefold(), created_by_id=town.people[0],
        )  # fmt: skip
    return numbers


def _pages(town: Town, file: int, sha256: str, drawn: bytes, then: datetime) -> None:
    town.rows.add(
        FileReading, file_id=file, state="done", kind="pdf", pages=PAGES, is_paged=True,
        has_macros=False, trouble="", drawn=PAGES, read_at=then,
    )  # fmt: skip
    pictures = store.drawn(sha256)
    pictures.mkdir(parents=True, exist_ok=True)
    for number in range(1, PAGES + 1):
        text = ""
        while len(text) < PAGE_SIZE:
            text += town.composer.paragraph() + "\n"
        town.rows.add(FilePage, file_id=file, number=number, text=text, source="text")
        (pictures / f"{number}.webp").write_bytes(drawn)
    (pictures / "thumb.webp").write_bytes(drawn)


def _file(
    town: Town,
    data: bytes,
    name: str,
    media_type: str,
    by: int,
    then: datetime,
    size: tuple[int, int] | None = None,
) -> int:
    """A stored file and its row. Without the fsyncs of `store.keep`: nobody would miss it."""
    sha256 = hashlib.sha256(data).hexdigest()
    path: Path = store.path_of(sha256)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    number = town.rows.number(File)
    width, height = size or (None, None)
    town.rows.add(
        File, id=number, sha256=sha256, name=name, media_type=media_type, size=len(data),
        width=width, height=height, uploaded_by_id=by, uploaded_at=then,
    )  # fmt: skip
    return number


_PDF = b"""
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >> endobj
trailer << /Root 1 0 R >>
%%EOF
"""


def _png() -> bytes:
    return _picture("PNG", (64, 40))


def _webp() -> bytes:
    return _picture("WEBP", (100, 141))


def _picture(kind: str, size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (0, 84, 95)).save(out, kind)
    return out.getvalue()

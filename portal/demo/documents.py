"""The documents of the demo municipality: made as files and put in as its people would."""

import io
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app

from portal.access import Viewer
from portal.content import folders, keeping
from portal.content import services as content
from portal.content.models import Content, Folder
from portal.demo import papers
from portal.demo.moments import at_work
from portal.documents import services as documents
from portal.documents.models import DocumentRevision
from portal.files import services as files
from portal.files.models import File
from portal.kernel import clock
from portal.spaces.models import Space

DATA = Path(__file__).parent / "data" / "documents"
PICTURES = ("png",)
Facts = dict[str, Any]


def papers_of(data: Path = DATA) -> list[Facts]:
    """What stands in the data files, each paper with its space."""
    found = []
    for path in sorted(data.glob("*.toml")):
        whole = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [{"space": whole["space"], "folder": "", **each} for each in whole["papers"]]
    return found


class DocumentItem:
    """One document, written and led to its state on the days that its facts tell."""

    def __init__(self, demo: Any, facts: Facts) -> None:
        self.demo = demo
        self.facts = facts
        self.space: Space = demo.spaces[facts["space"]]
        self.author: Viewer = demo.viewer(facts["author"])
        self.editor: Viewer = demo.releaser(self.space, self.author)
        self.ending = facts["file"].rpartition(".")[2]
        self.fonts = Path(str(current_app.static_folder)) / "fonts"
        self.written = at_work(clock.now(), float(facts["days_ago"]))

    def write(self) -> None:
        state = self.facts.get("state", "published")
        with clock.at(self.written):
            folder = self._folder()
            revision = documents.add(
                self.space,
                folder,
                self._file(self.facts["text"]),
                self._described(),
                by=self.author,
                draft=True,
            )
        item = revision.content
        if state in ("published", "in_review"):
            with clock.at(self.written + timedelta(minutes=20)):
                self._put_forward(revision, approved=state == "published")
        if state == "trashed":
            keeping.trash(item, by=self.editor)
        for key in self.facts.get("also_in", []):
            keeping.place(item, self.demo.spaces[key], by=self.demo.viewer("avramova"))
        for newer in self.facts.get("versions", []):
            self._renew(item, newer)

    def _put_forward(self, revision: DocumentRevision, approved: bool) -> None:
        if self.space.review_required or not approved:
            content.submit(revision, revision.saves, by=self.author)
            if approved:
                content.approve(revision, revision.saves, by=self.editor)
        else:
            content.release(revision, revision.saves, by=self.editor)

    def _renew(self, item: Content, newer: Facts) -> None:
        with clock.at(at_work(clock.now(), float(newer["days_ago"]))):
            text = newer.get("text") or self.facts["text"] + "\n" + newer["adds"]
            file = self._file(text)
            made = documents.new_version(item, file, newer["note"], by=self.author, draft=True)
            self._put_forward(made, approved=True)

    def _folder(self) -> Folder | None:
        names = list(filter(None, self.facts["folder"].split("/")))
        if not names:
            return None
        return folders.ensure(self.space, None, names, by=self.editor)

    def _described(self) -> documents.Facts:
        facts = self.facts
        has_number = bool(facts.get("number"))
        return documents.Facts(
            title=facts["title"],
            summary=facts.get("summary", ""),
            sort=facts["sort"],
            reg_number=facts.get("number", ""),
            dated=clock.local(self.written).date() if has_number else None,
            issuer=facts.get("issuer", ""),
            unit_id=self.demo.units[facts["unit"]].id if facts.get("unit") else None,
            tags=facts.get("tags", ()),
        )

    def _file(self, text: str) -> File:
        return files.add_file(io.BytesIO(self._bytes(text)), self.facts["file"], by=self.author)

    def _bytes(self, text: str) -> bytes:
        if self.ending in PICTURES:
            picture: bytes = self.demo.cover(self.facts["picture"])
            return picture
        paper = self._paper(text)
        match self.facts.get("as"):
            case "scan":
                return papers.scanned(paper, self.fonts)
            case "protected":
                return papers.pdf(paper, self.fonts, papers.PASSWORD)
            case "damaged":
                return papers.damaged(papers.make(paper, self.ending, self.fonts))
        return papers.make(paper, self.ending, self.fonts)

    def _paper(self, text: str) -> papers.Paper:
        head, signed, number = self.demo.letterhead, ("", ""), self.facts.get("number", "")
        if self.facts.get("english"):
            head = self.demo.letterhead_en
        if key := self.facts.get("signed"):
            person = self.demo.people[key]
            signed = person.position.capitalize(), f"{person.given} {person.family}"
        day = clock.local(self.written)
        if number:
            number = f"№ {number} / {day:%d.%m.%Y} г."
        return papers.Paper(self.facts["title"], text, tuple(head), number, signed)

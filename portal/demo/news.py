"""The news of the demo municipality: written and released as its people would."""

import io
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.content import keeping
from portal.content import services as content
from portal.content.models import Revision
from portal.demo.moments import at_work
from portal.demo.texts import html
from portal.files import services as files
from portal.kernel import clock
from portal.news.models import NewsRevision

if TYPE_CHECKING:
    from portal.demo.load import Demo

DATA = Path(__file__).parent / "data" / "news"
Facts = dict[str, Any]


def fill(demo: "Demo") -> None:
    """Write all of them; the demo has its people, spaces and topics by now."""
    for path in sorted(DATA.glob("*.md")):
        _before, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
        NewsItem(demo, tomllib.loads(front), html(body), path.stem).write()


class NewsItem:
    """One news item, written and led to its state on the days that its file tells."""

    def __init__(self, demo: "Demo", facts: Facts, body: str, source: str) -> None:
        self.demo = demo
        self.facts = facts
        self.body = body
        self.source = source
        self.space = demo.spaces[facts["space"]]
        self.author = demo.viewer(facts["author"])
        self.editor = demo.releaser(self.space, self.author)
        self.days = days = float(facts.get("days_ago", 1))
        self.today = clock.now()
        self.opens = at_work(self.today, days)
        self.written = min(self.opens, self.today) - timedelta(hours=3)

    def write(self) -> None:
        with clock.at(self.written):
            draft = self._draft()
        state = self.facts["state"]
        if state in ("published", "scheduled", "expired", "archived"):
            self._publish(draft)
        elif state in ("in_review", "returned"):
            with clock.at(self.written + timedelta(hours=1)):
                content.submit(draft, draft.saves, by=self.author)
                if state == "returned":
                    remark = self.facts["returned_remark"]
                    content.return_(draft, draft.saves, by=self.editor, remark=remark)
        elif state == "trashed":
            keeping.trash(draft.content, by=self.editor)

    def _draft(self) -> NewsRevision:
        fields: Facts = {"body": self.body}
        wanted = {}
        if cover := self.facts.get("cover"):
            picture = io.BytesIO(self.demo.cover(cover))
            file = files.add_picture(picture, f"{cover}.png", by=self.author)
            fields.update(cover_id=file.id, cover_alt=self.facts.get("cover_alt", cover))
            wanted[file.id] = "cover"
        draft = content.start(
            NewsRevision,
            self.space,
            by=self.author,
            language=self.facts.get("language", "bg"),
            title=self.facts["title"],
            summary=self.facts.get("summary", ""),
            **fields,
        )
        files.attach(draft, wanted, by=self.author)
        topics = [self.demo.topics[key].id for key in self.facts.get("topics", [])]
        content.set_topics(draft, topics)
        return draft

    def _publish(self, draft: Revision) -> None:
        state = self.facts["state"]
        released = clock.now() - timedelta(hours=1) if state == "scheduled" else self.opens
        with clock.at(released):
            draft.wanted_from = self.opens
            if state == "expired":
                draft.wanted_until = self.opens + timedelta(days=min(7, self.days / 2))
            if days := self.facts.get("expires_in_days"):
                draft.wanted_until = self.today + timedelta(days=float(days))
            if self.space.review_required:
                content.submit(draft, draft.saves, by=self.author)
                content.approve(draft, draft.saves, by=self.editor)
            else:
                content.release(draft, draft.saves, by=self.editor)
        self._after(draft)

    def _after(self, draft: Revision) -> None:
        item = draft.content
        if self.facts["state"] == "archived":
            keeping.archive(item, by=self.editor)
        if self.facts.get("pinned"):
            keeping.pin(item, self.space, True, by=self.editor)
        for key in self.facts.get("also_in", []):
            keeping.place(item, self.demo.spaces[key], by=self.demo.viewer("avramova"))
        if self.facts.get("revised"):
            newer = content.draft_of(item, draft.language, by=self.author)
            content.save(
                newer,
                newer.saves,
                by=self.author,
                title=newer.title,
                summary=newer.summary,
                body=self.body + html(self.facts["revision_adds"]),
            )

"""The practices of the demo: written, returned, published and asked about as people would."""

import io
import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import delete, select

from portal.access import Viewer
from portal.content import services as content
from portal.content.models import Content
from portal.demo import papers
from portal.demo.moments import at_work
from portal.files import services as files
from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import db
from portal.notify.models import Delivery
from portal.practices import asking, services
from portal.practices import record as records
from portal.practices.models import PracticeRevision
from portal.spaces.models import Space

DATA = Path(__file__).parent / "data" / "practices"
Facts = dict[str, Any]


def practices_of(data: Path = DATA) -> list[Facts]:
    """What stands in the data files, each with its file's name."""
    return [
        {"file": path.name, **tomllib.loads(path.read_text(encoding="utf-8"))}
        for path in sorted(data.glob("*.toml"))
    ]


def forget_old_news() -> None:
    """Who opens the demo is told of the last day, and by no mail: the rest happened before it.

    What must be read is told of all the same.
    """
    db.session.execute(delete(Job).where(Job.kind == "mail.send"))
    db.session.execute(delete(Delivery))
    asked = set(db.session.scalars(select(Content.id).where(Content.asks_confirmation)))
    day_ago = clock.now() - timedelta(days=1)
    old = select(Job).where(Job.kind == "notice.spread", Job.run_after < day_ago)
    for job in db.session.scalars(old):
        if job.facts["content_id"] not in asked:
            db.session.delete(job)


class PracticeItem:
    """One practice, led to its state on the days that its file tells."""

    def __init__(self, demo: Any, facts: Facts) -> None:
        self.demo = demo
        self.facts = facts
        self.failed = bool(facts.get("failed"))
        self.space: Space = demo.spaces[facts["space"]]
        self.author: Viewer = demo.viewer(facts["author"])
        self.last: Viewer = demo.viewer(facts.get("co_author", facts["author"]))
        self.done = at_work(clock.now(), float(facts["days_ago"]))

    def write(self) -> None:
        with clock.at(self.done - timedelta(days=9)):
            draft = services.begin(
                self.space,
                self.facts.get("language", "bg"),
                self.facts["fields"]["title"],
                by=self.author,
                failed=self.failed,
            )
        with clock.at(self.done - timedelta(days=2)):
            self._fill(draft, self._typed())
        item = draft.content
        if self.facts["state"] != "draft":
            with clock.at(self.done - timedelta(days=1)):
                content.submit(draft, draft.saves, by=self.last)
        if self.facts["state"] == "live":
            self._release(draft, submitted=True)
            self._translate(item)
            self._revise(item)
            for asked in self.facts.get("questions", ()):
                self._ask(item, asked)
        elif self.facts["state"] == "returned":
            self._return(draft)

    def _typed(self) -> Facts:
        """What its authors type, by the fields' keys."""
        facts = self.facts
        typed = {key: _unwrapped(value) for key, value in facts["fields"].items()}
        typed["contact"] = str(self.demo.people[facts["contact"]].id)
        typed["topics"] = [str(self.demo.topics[key].id) for key in facts["topics"]]
        typed["pictures"] = [self._picture(each) for each in facts.get("pictures", ())]
        typed["materials"] = [self._material(each) for each in facts.get("materials", ())]
        return typed

    def _fill(self, draft: PracticeRevision, typed: Facts) -> None:
        """Each step as its form sends it; co-authors share the work."""
        for number, step in enumerate(records.steps(self.failed)):
            sent = {each.key: typed[each.key] for each in step.fields if each.key in typed}
            if not sent:
                continue
            by = self.author if number < 2 else self.last
            seal = services.step_seal(draft, step)
            saved = services.save_step(draft, step.key, seal, sent, by=by)
            if saved.faults:
                raise ValueError(f"{self.facts['file']}: {saved.faults}")

    def _release(self, draft: PracticeRevision, submitted: bool = False) -> None:
        with clock.at(self.done):
            if not submitted:
                content.submit(draft, draft.saves, by=self.last)
            editor = self.demo.releaser(self.space, self.last)
            content.approve(draft, draft.saves, by=editor)

    def _return(self, draft: PracticeRevision) -> None:
        facts = self.facts["returned"]
        with clock.at(at_work(clock.now(), float(facts["days_ago"]))):
            content.return_(
                draft,
                draft.saves,
                by=self.demo.viewer(facts["by"]),
                remark=facts["remark"],
                at=facts["at"],
            )

    def _translate(self, item: Content) -> None:
        facts = dict(self.facts.get("translation", ()))
        if not facts:
            return
        with clock.at(self.done - timedelta(hours=20)):
            draft = services.translate(item, facts.pop("language"), by=self.last)
            self._fill(draft, {key: _unwrapped(value) for key, value in facts.items()})
        self._release(draft)

    def _revise(self, item: Content) -> None:
        """An open draft over the text that readers see."""
        facts = self.facts.get("revised")
        if not facts:
            return
        with clock.at(max(self.done, at_work(clock.now(), 1.4))):
            draft = content.draft_of(item, self.facts.get("language", "bg"), by=self.last)
            assert isinstance(draft, PracticeRevision)
            self._fill(draft, {key: _unwrapped(value) for key, value in facts.items()})

    def _ask(self, item: Content, facts: Facts) -> None:
        with clock.at(at_work(clock.now(), float(facts["days_ago"]))):
            space = self.demo.spaces["extranet"]
            asker = self.demo.viewer(facts["by"])
            question = asking.ask(item, space, _unwrapped(facts["text"]), by=asker)
        for given in facts.get("answers", ()):
            with clock.at(at_work(clock.now(), float(given["days_ago"]))):
                asking.answer(question, given["text"], by=self.demo.viewer(given["by"]))

    def _picture(self, facts: Facts) -> Facts:
        drawn = io.BytesIO(self.demo.cover(facts["scene"]))
        file = files.add_picture(drawn, f"{facts['scene']}.png", by=self.last)
        return {"licence": "own", "consent": "1", **facts, "file": str(file.id)}

    def _material(self, facts: Facts) -> Facts:
        ending = facts["file"].rpartition(".")[2]
        owner = self.demo.organisations.get(self.facts["space"])
        head = (owner.name_bg.upper(),) if owner else tuple(self.demo.letterhead)
        paper = papers.Paper(facts["title"], facts["text"], head)
        fonts = Path(str(current_app.static_folder)) / "fonts"
        made = io.BytesIO(papers.make(paper, ending, fonts))
        file = files.add_file(made, facts["file"], by=self.last)
        return {"title": facts["title"], "sort": facts["sort"], "file": str(file.id)}


def _unwrapped(value: Any) -> Any:
    """A text of the data file without the line breaks that only keep its lines short."""
    if not isinstance(value, str):
        return value
    parts = re.split(r"\n\s*\n", value.strip())
    return "\n\n".join(" ".join(part.split()) for part in parts)

"""The communication plan of the demo: what the unit wants to reach, and what it said for that."""

import io
import tomllib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from flask import current_app

from portal.access import Viewer
from portal.communication import proving, services
from portal.communication.models import Entry, Objective
from portal.communication.proving import NewFigure, NewProof
from portal.communication.services import Wording
from portal.content import kinds
from portal.demo import papers
from portal.demo.asked import item_called
from portal.files import services as files
from portal.files.models import File
from portal.kernel import clock
from portal.kernel.links import link

DATA = Path(__file__).parent / "data" / "plan.toml"
SPACE = "communication"
WRITTEN_BEFORE = 45  # days before its own that an entry was thought of, or before today
CLIPPING_TITLE = "Преписките не се подават отново"
CLIPPING = """
Хората, които вече са подали документи в старите гишета, не трябва да правят нищо. Преписките \
се преместват заедно със служителите, а срокът тече от деня на първото подаване.
Телефоните остават същите, каза Владимир Икономов от общината. От 1 декември гишетата са на \
пристанището, срещу стария фар.
"""
Facts = dict[str, Any]


def fill(demo: Any) -> None:
    """Write it all; the demo has its people, spaces and news by now."""
    facts = tomllib.loads(DATA.read_text(encoding="utf-8"))
    space, head = demo.spaces[SPACE], demo.viewer("avramova")
    objectives: dict[str, Objective] = {}
    for each in facts["objectives"]:
        objectives[each["key"]] = services.add_objective(
            space, each["title"], each["measure"], by=head
        )
    for each in facts["entries"]:
        _Planned(demo, each, objectives[each["objective"]]).write()


def on_workday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


class _Planned:
    """One entry, led to its state on the days that its facts tell."""

    def __init__(self, demo: Any, facts: Facts, objective: Objective) -> None:
        self.demo = demo
        self.facts = facts
        self.objective = objective
        self.owner = facts["owner"]
        self.by: Viewer = demo.viewer(self.owner)
        self.today = clock.today()
        self.day = on_workday(self.today + timedelta(days=facts["in_days"]))

    def write(self) -> None:
        begun = min(self.day, self.today) - timedelta(days=WRITTEN_BEFORE)
        with clock.at(_at(begun, 9)):
            entry = services.add(self.demo.spaces[SPACE], self._wording(), by=self.by)
            for each in self.facts.get("figures", []):
                if "reached" not in each:
                    proving.count(entry, NewFigure(**each), by=self.by)
        if "done" in self.facts:
            self._finish(entry)
        elif "put_off" in self.facts or "dropped" in self.facts:
            with clock.at(_at(min(self.day, self.today - timedelta(days=1)), 15)):
                services.change(entry, entry.saves, self._wording(given_up=True), by=self.by)

    def _wording(self, given_up: bool = False) -> Wording:
        facts, state, moved_to = self.facts, "planned", None
        if given_up:
            state = "cancelled" if "dropped" in facts else "postponed"
            if days := facts.get("put_off"):
                moved_to = on_workday(self.today + timedelta(days=days))
        until = facts.get("until_days")
        return Wording(
            objective_id=self.objective.id,
            message=facts["message"],
            audience=facts["audience"],
            channel=facts["channel"],
            planned_on=self.day,
            planned_until=self.today + timedelta(days=until) if until else None,
            moved_to=moved_to,
            owner=self.demo.people[self.owner],
            is_shared=facts.get("shared", False),
            state=state,
            outcome=facts.get("outcome", "") if given_up else "",
        )

    def _finish(self, entry: Entry) -> None:
        done_on = min(self.day + timedelta(days=self.facts["done"]), self.today)
        with clock.at(min(_at(done_on, 14), clock.now())):
            services.finish(entry, done_on, self.facts.get("outcome", ""), by=self.by)
            for each in self.facts.get("figures", []):
                proving.count(entry, NewFigure(**each, dated=done_on), by=self.by)
        # A text of the portal may have come out later that day, so proofs are of now.
        for each in self.facts.get("proofs", []):
            proving.prove(entry, self._proof(each, done_on), by=self.by)

    def _proof(self, facts: Facts, done_on: date) -> NewProof:
        told = {key: value for key, value in facts.items() if key != "news"}
        if title := facts.get("news"):
            item = item_called(title)
            told["url"] = link(kinds.of(item.kind).endpoint, address=item.address)
        return NewProof(**told, file=self._file(facts["kind"]), dated=done_on)

    def _file(self, kind: str) -> File | None:
        if kind == "photo":
            picture = io.BytesIO(self.demo.cover(self.facts["picture"]))
            return files.add_picture(picture, f"{self.facts['picture']}.png", by=self.by)
        if kind == "clipping" and self.facts.get("clipping"):
            head = ("БЕЛОБРЯЖКИ НОВИНИ", "стр. 3")
            paper = papers.Paper(title=CLIPPING_TITLE, lines=CLIPPING, head=head)
            data = papers.make(paper, "pdf", Path(str(current_app.static_folder)) / "fonts")
            return files.add_file(io.BytesIO(data), "belobryazhki-novini-41.pdf", by=self.by)
        return None


def _at(day: date, hour: int) -> datetime:
    return clock.from_local(datetime.combine(day, time(hour)))

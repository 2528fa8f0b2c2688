"""What the people of the demo must read and who has, who is away, what is said under the news."""

import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal.accounts import absences
from portal.comments import services as comments
from portal.comments.models import Comment
from portal.confirming import briefing, sync
from portal.confirming import services as confirming
from portal.confirming.models import Obligation, Requirement
from portal.content import services as content
from portal.content.models import Content
from portal.demo.moments import at_work
from portal.kernel import clock
from portal.kernel.database import db

DATA = Path(__file__).parent / "data" / "asked.toml"
MINUTE = timedelta(minutes=1)
Facts = dict[str, Any]


def asked_of(data: Path = DATA) -> Facts:
    """What stands in the file."""
    return tomllib.loads(data.read_text(encoding="utf-8"))


def fill(demo: Any) -> None:
    """Write it all; the demo has its people, news and documents by now."""
    facts = asked_of()
    # As they came: notices are listed in the order of their numbers.
    for order in sorted(facts["orders"], key=lambda each: -each["asked_days_ago"]):
        Order(demo, order).write()
    for each in facts["absences"]:
        today, who = clock.today(), demo.people[each["who"]]
        first, last = (today + timedelta(days=each[key]) for key in ("first_in", "last_in"))
        absences.add(who, first, last, by=demo.viewer(each["who"]))
    said: Comment | None = None
    for each in facts["comments"]:
        said = _say(demo, each, said if each.get("answers") else None)


def _say(demo: Any, facts: Facts, parent: Comment | None) -> Comment:
    if parent is None:
        item = item_called(facts["title"])
    else:
        item = db.session.get_one(Content, parent.content_id)
    moment = clock.now() - timedelta(days=facts["days_ago"])
    with clock.at(moment):
        viewer = demo.viewer(facts["by"])
        return comments.write(item, item.home, facts["text"], by=viewer, parent=parent)


def item_called(title: str) -> Content:
    return db.session.scalars(select(Content).where(Content.title == title)).one()


class Order:
    """One item that people must read: asked, read out, confirmed by most of them."""

    def __init__(self, demo: Any, facts: Facts) -> None:
        self.demo = demo
        self.facts = facts
        self.item = item_called(facts["title"])
        self.asked_at = at_work(clock.now(), facts["asked_days_ago"])

    def write(self) -> None:
        joined = self.facts.get("joined", {"people": ()})
        units = {key: self.demo.people[key].unit_id for key in joined["people"]}
        for key in units:  # who came later had no unit yet
            self.demo.people[key].unit_id = None
        requirement = self._ask()
        self._settle(requirement, self.asked_at + MINUTE)
        for key, unit in units.items():
            self.demo.people[key].unit_id = unit
        if units:
            self._settle(requirement, at_work(clock.now(), joined["days_ago"]))
        self._read_out(requirement)
        self._confirm(requirement)

    def _ask(self) -> Requirement:
        facts = self.facts
        groups = frozenset(self.demo.units[key].id for key in facts["units"])
        wished = confirming.Wish(
            confirming.Targets(groups=groups),
            clock.today() + timedelta(days=facts["last_day_in"]),
            facts["order_number"],
            facts.get("standing_days"),
        )
        with clock.at(self.asked_at):
            return confirming.ask(self.item, wished, by=self.demo.viewer(facts["by"]))

    def _settle(self, requirement: Requirement, moment: datetime) -> None:
        """What the worker does."""
        db.session.flush()
        with clock.at(moment):
            sync.settle(requirement.id)

    def _read_out(self, requirement: Requirement) -> None:
        facts = self.facts.get("briefing")
        if facts is None:
            return
        people = [self.demo.people[key].id for key in facts["people"]]
        moment = at_work(clock.now(), facts["days_ago"])
        with clock.at(moment + 20 * MINUTE):
            by = self.demo.viewer(facts["by"])
            briefing.record_briefing(requirement, people, moment, by=by)

    def _confirm(self, requirement: Requirement) -> None:
        text = content.released_revision(self.item, "bg")
        assert text is not None
        shown = {"requirement_id": requirement.id, "revision_id": text.id}
        for place, (key, since) in enumerate(self._asked(requirement)):
            # Some at once, the others by and by.
            moment = since + timedelta(hours=1 + place * 7 % 30, minutes=place * 13 % 60)
            with clock.at(min(moment, clock.now())):
                confirming.confirm(self.item, by=self.demo.viewer(key), **shown)

    def _asked(self, requirement: Requirement) -> Iterable[tuple[str, datetime]]:
        """Who confirms by herself, and since when it was asked of her."""
        held = select(Obligation.user_id, Obligation.since).where(
            Obligation.requirement_id == requirement.id
        )
        since = {row.user_id: row.since for row in db.session.execute(held)}
        others = {*self.facts["waiting"], *self.facts.get("briefing", {}).get("people", ())}
        for key, user in self.demo.people.items():
            if user.id in since and key not in others:
                yield key, since[user.id]

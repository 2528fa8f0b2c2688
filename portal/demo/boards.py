"""What the demo's units plan: ideas and texts of their editorial boards, next week with a clash."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.content import services as content
from portal.demo.texts import html
from portal.editorial import services as editorial
from portal.editorial.services import Plan
from portal.kernel import clock
from portal.news import services as news
from portal.news.services import Text

if TYPE_CHECKING:
    from portal.demo.load import Demo

DATA = Path(__file__).parent / "data" / "boards.toml"
Facts = dict[str, Any]


def boards_of(data: Path = DATA) -> Facts:
    """What stands in the file."""
    return tomllib.loads(data.read_text(encoding="utf-8"))


def fill(demo: "Demo") -> None:
    """Once the demo has its spaces and people."""
    facts = boards_of()
    for each in facts["ideas"]:
        _note(demo, each)
    for each in facts["texts"]:
        _write(demo, each)


def _day(facts: Facts) -> date | None:
    today = clock.today()
    if "day" in facts:
        return today + timedelta(days=7 - today.weekday() + facts["day"])
    return today + timedelta(days=facts["in_days"]) if "in_days" in facts else None


def _note(demo: "Demo", facts: Facts) -> None:
    target = demo.spaces[facts["target"]].id if "target" in facts else None
    plan = Plan(
        title=facts["title"],
        note=facts.get("note", "").strip(),
        kind=facts["kind"],
        target_id=target,
        planned_on=_day(facts),
        is_shared=facts.get("shared", False),
    )
    editorial.add(demo.spaces[facts["board"]], plan, by=demo.viewer(facts["by"]))


def _write(demo: "Demo", facts: Facts) -> None:
    space, author, day = demo.spaces[facts["space"]], demo.viewer(facts["by"]), _day(facts)
    assert day is not None, facts["title"]
    body = html(facts["body"])
    opens = editorial.opening(day)
    text = Text(facts["title"], facts["summary"], body, wanted_from=opens)
    draft = news.write(space, "bg", text, by=author)
    if facts["state"] == "in_review":
        content.submit(draft, draft.saves, by=author)
    elif facts["state"] == "scheduled":
        content.release(draft, draft.saves, by=demo.releaser(space, author))

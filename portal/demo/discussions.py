"""What the teams of the demo talk about, and what they decided."""

import io
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.comments import services as comments
from portal.comments.models import Comment
from portal.content.models import Content
from portal.demo.moments import at_work
from portal.demo.texts import html
from portal.discussions import deciding
from portal.discussions import services as discussions
from portal.discussions.services import Text
from portal.files.services import add_file
from portal.kernel import clock

DATA = Path(__file__).parent / "data" / "discussions.toml"
Facts = dict[str, Any]
MINUTES = timedelta(minutes=7)  # from one word to the next, at the least


def discussions_of(data: Path = DATA) -> list[Facts]:
    """What stands in the file."""
    found: list[Facts] = tomllib.loads(data.read_text(encoding="utf-8"))["discussions"]
    return found


def fill(demo: Any) -> None:
    """Write it all; the demo has its people and spaces by now."""
    for facts in discussions_of():
        _topic(demo, facts)


def _topic(demo: Any, facts: Facts) -> None:
    space = demo.spaces[facts["space"]]
    moment = _moment(facts)
    with clock.at(moment):
        text = Text(facts["title"], html(facts["body"]))
        item = discussions.begin(space, "bg", text, by=demo.viewer(facts["by"])).content
    said: list[Comment] = []
    for each in facts.get("replies", ()):
        moment = max(_moment(each), moment + MINUTES)  # weekends move days together
        with clock.at(moment):
            said.append(_reply(demo, item, each, said))
    if decided := facts.get("decision"):
        reply = said[decided["reply"] - 1] if "reply" in decided else None
        with clock.at(max(_moment(decided), moment + MINUTES)):
            by = demo.viewer(decided["by"])
            deciding.decide(item, decided.get("decided", ""), by=by, reply=reply)


def _reply(demo: Any, item: Content, facts: Facts, said: list[Comment]) -> Comment:
    by = demo.viewer(facts["by"])
    parent = said[facts["answers"] - 1] if "answers" in facts else None
    held = []
    if name := facts.get("file"):
        held = [add_file(io.BytesIO(facts["holds"].encode()), name, by=by).id]
    return comments.write(item, item.home, facts["text"], by=by, parent=parent, files=held)


def _moment(facts: Facts) -> datetime:
    return at_work(clock.now(), facts["days_ago"])

"""Pages of the unit's space: written as its people would, one of them published from there."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from portal.content import services as content
from portal.content.models import Content
from portal.demo.moments import at_work
from portal.demo.texts import html
from portal.kernel import clock
from portal.kernel.database import db
from portal.pages import services as pages
from portal.pages.services import Text
from portal.publishing import services as publishing

DATA = Path(__file__).parent / "data" / "pages"
SPACE = "communication"
PUBLISHED = "tone"  # becomes news of the intranet
Facts = dict[str, Any]
_LINK = re.compile(r"\(page:([a-z-]+)\)")


def pages_of(data: Path = DATA) -> list[tuple[Facts, str]]:
    """What stands in the data files: facts and text."""
    found = []
    for path in sorted(data.glob("*.md")):
        _before, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
        found.append((tomllib.loads(front), body))
    return found


def fill(demo: Any) -> None:
    """Write all of them; the demo has its people and spaces by now."""
    known: dict[str, int] = {}
    every = pages_of()
    for facts, body in every:
        first = _LINK.sub("(#)", body)  # what it leads to may be written later
        with clock.at(at_work(clock.now(), facts["days_ago"])):
            known[facts["key"]] = _written(demo, facts, html(first), known)
    for facts, body in every:
        if _LINK.search(body):
            with clock.at(at_work(clock.now(), facts["days_ago"] - 0.2)):
                _rewrite(demo, facts, known, html(_linked(body, known)), facts["author"])
    _publish(demo, known[PUBLISHED])
    for facts, body in every:
        if "change" in facts:
            text = html(_linked(body + facts["change"], known))
            with clock.at(at_work(clock.now(), facts["changed_days_ago"])):
                _rewrite(demo, facts, known, text, facts["changed_by"])


def _linked(body: str, known: dict[str, int]) -> str:
    return _LINK.sub(lambda found: f"(/pages/{known[found.group(1)]})", body)


def _written(demo: Any, facts: Facts, body: str, known: dict[str, int]) -> int:
    by = demo.viewer(facts["author"])
    under = known.get(facts.get("under", ""))
    text = Text(facts["title"], body)
    draft = pages.write(demo.spaces[SPACE], "bg", text, by=by, under=under)
    content.release(draft, draft.saves, by=by)
    if facts.get("template"):
        pages.mark_template(draft.content, True, by=by)
    return draft.content_id


def _rewrite(demo: Any, facts: Facts, known: dict[str, int], body: str, who: str) -> None:
    item = db.session.get_one(Content, known[facts["key"]])
    by, text = demo.viewer(who), Text(facts["title"], body)
    pages.save(item, pages.seal(item), text, by=by, then="release")


def _publish(demo: Any, ident: int) -> None:
    """From the unit's space to everybody's, through the review of the intranet."""
    author, intranet = demo.viewer("member"), demo.spaces["intranet"]
    item = db.session.get_one(Content, ident)
    at = at_work(clock.now(), 12)
    with clock.at(at):
        made = publishing.publish(item, intranet, "news", by=author, language="bg")
        content.submit(made, made.saves, by=author)
    with clock.at(at + timedelta(hours=1)):
        content.approve(made, made.saves, by=demo.releaser(intranet, author))

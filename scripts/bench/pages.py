"""Which pages are measured, as whom, and what an answer must hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from markupsafe import escape
from sqlalchemy import select

from portal.accounts.models import User
from portal.content.listing import address
from portal.content.models import Content, Placement
from portal.kernel.database import db
from portal.kernel.links import link
from portal.spaces.models import Membership, Space
from scripts.bench.load import Target

PEOPLE = 40  # who read in turn
EACH = 5  # items that each of them opens
ENTRY = 'class="entry__title"'
CARD = 'class="practice__title"'
# One word, two, three; forms that stand nowhere so; Latin letters; a person; a number.
QUESTIONS = (
    "община", "общинска администрация", "обществена поръчка улично осветление", "договорите",
    "озеленявания", "dogovor", "Мария Георгиева", "ремонта на улиците", "РД-09-1200", "такса",
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A row of the table. target: the part of the bare page's rate that is asked for."""

    name: str
    targets: Sequence[Target]
    target: float | None = None


def readers(number: int = PEOPLE) -> list[Any]:
    """People of the municipality from all over the list, among them some who write and edit."""
    found = db.session.execute(
        select(User.id, User.login, User.given)
        .where(User.login.like("%.1"), User.password_hash.is_not(None))
        .order_by(User.id)
    ).all()
    step = max(1, len(found) // number)
    return found[::step][:number]


def pages(cookies: Sequence[tuple[Any, str]], with_practices: bool) -> list[Page]:
    """The pages as the people of `cookies` ask for them: (person, cookie)."""
    found = [
        Page("home", [_home(person, cookie) for person, cookie in cookies], 0.30),
        Page("news list", [Target("/news", c, {ENTRY: 20}) for _person, c in cookies], 0.35),
        Page("article", _items("news", "news.show", cookies), 0.50),
        Page("document", _items("document", "documents.show", cookies), 0.45),
    ]
    if with_practices:
        found.append(Page("practice", _items("practice", "practices.show", cookies)))
        found.append(Page("library", [Target("/practices", c, {CARD: 20}) for _p, c in cookies]))
    found.append(Page("search", searches(cookies), 0.20))
    return found


def _home(person: Any, cookie: str) -> Target:
    """The greeting says that it is hers."""
    return Target("/", cookie, {f", {person.given}.": 1, ENTRY: 5})


def _items(kind: str, endpoint: str, cookies: Sequence[tuple[Any, str]]) -> list[Target]:
    """Other items for each person, all of spaces that she reads."""
    targets = []
    for turn, (person, cookie) in enumerate(cookies):
        spaces = select(Membership.space_id).where(Membership.user_id == person.id)
        shared = select(Space.id).where(Space.kind.in_(("intranet", "extranet")))
        found = db.session.execute(
            select(Content.id, Content.slug, Content.title)
            .join(Placement, Placement.content_id == Content.id)
            .where(
                Content.kind == kind,
                Placement.space_id.in_(spaces.union(shared)),
            )
            .order_by(Content.id)
            .offset(turn * 7)
            .limit(EACH)
        ).all()
        if len(found) < EACH:
            raise SystemExit(f"{person.login} reads only {len(found)} of kind {kind}")
        for row in found:
            path = link(endpoint, address=address(row.id, row.slug))
            targets.append(Target(path, cookie, {f"{escape(row.title)}</h1>": 1}))
    return targets


def searches(cookies: Sequence[tuple[Any, str]]) -> list[Target]:
    """Every question by other people in turn; each finds at least four things."""
    asked = [f"/search?{urlencode({'q': words})}" for words in QUESTIONS]
    return [
        Target(asked[turn % len(asked)], cookie, {'class="hit"': 4})
        for turn, (_person, cookie) in enumerate(cookies)
    ]

"""What search selects itself: the change log, names of spaces, the person a command acts as."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, g
from sqlalchemy import Row, bindparam, func, literal, or_, select, union_all

from portal.accounts.models import Organisation, User
from portal.audit.models import Change
from portal.content.models import Topic
from portal.kernel.database import db, first, rows
from portal.kernel.i18n import language
from portal.kernel.transaction import in_transaction
from portal.spaces.known import some

_AFTER = (
    select(Change.id, Change.kind, Change.item_id)
    .where(Change.id > bindparam("cursor"))
    .order_by(Change.id)
    .limit(bindparam("most"))
)
_NEWEST = select(func.max(Change.id))
# The names of what hits are counted by, in one statement.
_NAMES = union_all(
    select(
        literal("organisations").label("what"),
        Organisation.id,
        Organisation.name_bg,
        Organisation.name_en,
    ).where(Organisation.id.in_(bindparam("organisations", expanding=True))),
    select(
        literal("authors"),
        User.id,
        User.given + " " + User.family,
        func.trim(User.given_latin + " " + User.family_latin),
    ).where(User.id.in_(bindparam("authors", expanding=True))),
    select(literal("topics"), Topic.id, Topic.name_bg, Topic.name_en).where(
        Topic.id.in_(bindparam("topics", expanding=True))
    ),
)
_PERSON = select(User.id, User.login).where(
    or_(
        func.lower(User.login) == bindparam("name"),
        func.lower(User.email) == bindparam("name"),
    ),
    User.retired_at.is_(None),
)


_CALLED = select(User.id).limit(200)


def people_called(names: Iterable[str]) -> frozenset[int]:
    """Whose given and family names, Cyrillic or Latin, hold every word of one of the names."""
    found: set[int] = set()
    name = User.given + " " + User.family + " " + User.given_latin + " " + User.family_latin
    for each in names:
        parts = each.split()[:4]
        holds = [func.lower(name).contains(part.lower(), autoescape=True) for part in parts]
        # SQLite knows no small Cyrillic letters; a name begins with a capital.
        begins = [name.contains(part.capitalize(), autoescape=True) for part in parts]
        wanted = [or_(*pair) for pair in zip(holds, begins, strict=True)]
        found.update(db.session.scalars(_CALLED.where(*wanted)))
    return frozenset(found)


def changes_after(cursor: int, most: int) -> Sequence[Row[Any]]:
    """The next changes: id, kind, item_id."""
    return rows(_AFTER, {"cursor": cursor, "most": most})


def newest_change() -> int:
    """The number of the last change; 0 when nothing ever changed."""
    row = first(_NEWEST)
    return int(row[0] or 0) if row else 0


def space_names(ids: Iterable[int]) -> dict[int, str]:
    """Names in the reader's language. The caller gives only spaces of the viewer's own."""
    english = language() == "en"
    return {space.id: (space.name_en if english else "") or space.name_bg for space in some(ids)}


@dataclass(frozen=True)
class Names:
    """What the values of filters are called, by number."""

    organisations: dict[int, str] = field(default_factory=dict)
    authors: dict[int, str] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)


def names(organisations: list[int], authors: list[int], topics: list[int]) -> Names:
    """Names in the reader's language, of what she found: people as their texts name them."""
    asked = {"organisations": organisations, "authors": authors, "topics": topics}
    known = _known_names()
    if any((what, ident) not in known for what, ids in asked.items() for ident in ids):
        for row in rows(_NAMES, asked):
            known[row.what, row.id] = (row.name_bg, row.name_en)
    english = language() == "en"

    def called(what: str) -> dict[int, str]:
        pairs = ((ident, known.get((what, ident))) for ident in asked[what])
        return {ident: (english and pair[1]) or pair[0] for ident, pair in pairs if pair}

    return Names(called("organisations"), called("authors"), called("topics"))


def _known_names() -> dict[tuple[str, int], tuple[str, str]]:
    """Names, Bulgarian and English, that pages of this process showed since the site's version
    grew: each change of a person or an organisation makes it grow. They are kept for all readers;
    who is told which is decided by what she found."""
    version = g.get("site_version")
    if version is None or in_transaction():
        return {}  # nothing says whether the kept ones are true
    kept: tuple[int, dict[tuple[str, int], tuple[str, str]]] | None
    kept = current_app.extensions.get("search names")
    if kept is None or kept[0] != version:
        kept = current_app.extensions["search names"] = (version, {})
    return kept[1]


def people_named(name: str) -> Sequence[Row[Any]]:
    """Who signs in by this name or e-mail: id, login. An e-mail may be shared."""
    return rows(_PERSON, {"name": name.strip().lower()})

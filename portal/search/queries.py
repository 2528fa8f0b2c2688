"""What search selects itself: the change log, names of spaces, the person a command acts as."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, func, literal, or_, select, union_all

from portal.accounts.models import Organisation, User
from portal.audit.models import Change
from portal.content.models import Topic
from portal.kernel.database import db, first, rows
from portal.kernel.i18n import language
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
        literal("organisation").label("what"),
        Organisation.id,
        Organisation.name_bg,
        Organisation.name_en,
    ).where(Organisation.id.in_(bindparam("organisations", expanding=True))),
    select(literal("author"), User.id, User.given + " " + User.family, literal("")).where(
        User.id.in_(bindparam("authors", expanding=True))
    ),
    select(literal("topic"), Topic.id, Topic.name_bg, Topic.name_en).where(
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
    found = Names()
    if not (organisations or authors or topics):
        return found
    of = {"organisation": found.organisations, "author": found.authors, "topic": found.topics}
    asked = {"organisations": organisations, "authors": authors, "topics": topics}
    english = language() == "en"
    for row in rows(_NAMES, asked):
        of[row.what][row.id] = (row.name_en if english else "") or row.name_bg
    return found


def people_named(name: str) -> Sequence[Row[Any]]:
    """Who signs in by this name or e-mail: id, login. An e-mail may be shared."""
    return rows(_PERSON, {"name": name.strip().lower()})

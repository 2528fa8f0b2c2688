"""Whose eyes may be borrowed: the people of partners in the extranets that the viewer edits."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select

from portal.access import Viewer
from portal.accounts.models import Organisation, User
from portal.accounts.queries import WORDS_MAX, like_words, named
from portal.kernel import clock
from portal.kernel.database import first, rows
from portal.spaces.models import Space
from portal.spaces.viewers import members_of

SHOWN = 100

_seen = (
    User.id.in_(bindparam("people", expanding=True)),
    User.retired_at.is_(None),
    User.is_admin.is_(False),
    Organisation.is_home.is_(False),
    Organisation.retired_at.is_(None),
    or_(
        Organisation.agreement_end.is_(None),
        Organisation.agreement_end >= bindparam("today"),
    ),
)
_matches = [
    or_(
        User.needle.like(bindparam(f"word{number}"), escape="/"),
        Organisation.needle.like(bindparam(f"word{number}"), escape="/"),
    )
    for number in range(WORDS_MAX)
]
_PEOPLE = (
    select(
        User.id,
        User.given,
        User.family,
        User.position,
        User.position_en,
        User.is_coordinator,
        User.organisation_id,
        Organisation.name_bg,
        Organisation.name_en,
    )
    .join(Organisation, Organisation.id == User.organisation_id)
    .where(
        *_seen,
        *_matches,
        or_(bindparam("organisation") == 0, Organisation.id == bindparam("organisation")),
    )
    .order_by(Organisation.name_bg, User.family, User.given, User.id)
    .limit(SHOWN + 1)
)
_ORGANISATIONS = (
    select(
        Organisation.id,
        Organisation.name_bg,
        Organisation.name_en,
        func.count(User.id).label("people"),
    )
    .join(User, User.organisation_id == Organisation.id)
    .where(*_seen)
    .group_by(Organisation.id, Organisation.name_bg, Organisation.name_en)
    .order_by(Organisation.name_bg)
)
_SPACE_ID = select(Space.id).where(Space.slug == bindparam("slug"))


def _whom(viewer: Viewer) -> dict[str, Any]:
    return {"people": list(members_of(list(viewer.extranets))), "today": clock.today()}


def organisations(viewer: Viewer) -> list[tuple[int, str, int]]:
    """The partners of her extranets: number, name, how many people."""
    return [(row.id, named(row), row.people) for row in rows(_ORGANISATIONS, _whom(viewer))]


def people(viewer: Viewer, words: str = "", organisation_id: int = 0) -> Sequence[Row[Any]]:
    """People of partners by name, of one organisation or of all; one more than are shown."""
    values = {**_whom(viewer), **like_words(words), "organisation": organisation_id}
    return rows(_PEOPLE, values)


def space_id(slug: str) -> int | None:
    """A space's number, for the journal."""
    row = first(_SPACE_ID, {"slug": slug})
    return row.id if row is not None else None

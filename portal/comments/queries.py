"""The comments under an item, as a reader may see them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import aliased

from portal.access import Role, Viewer
from portal.accounts.models import Group, Organisation, User
from portal.accounts.queries import named, reader_name
from portal.comments import attaching
from portal.comments.mentions import Names, names_of, with_names
from portal.comments.models import Comment, Mention
from portal.comments.policy import policy
from portal.content.models import Content
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.spaces.known import known

EDITING = timedelta(minutes=15)  # how long an author may change her words
SHOWN = 1_000  # the newest; more stand under no item that people read to its end


@dataclass
class Said:
    """A comment with who wrote it. `text`: as typed; `words`: as HTML, empty where it is hidden."""

    id: int
    at: datetime
    by_id: int
    name: str
    unit: str
    text: str
    words: Markup
    space_id: int
    place: str
    is_mine: bool
    is_owner: bool  # whether the item is hers
    changed_at: datetime | None
    hidden_by: str  # "" when it is not hidden
    may_edit: bool
    may_hide: bool
    may_show: bool
    files: list[Row[Any]] = field(default_factory=list)
    replies: list["Said"] = field(default_factory=list)


_hider = aliased(User)
_COMMENTS = (
    select(
        Comment.id, Comment.at, Comment.text, Comment.by_id, Comment.parent_id, Comment.space_id,
        Comment.changed_at, Comment.hidden_at, Comment.hidden_by_id,
        Content.home_id, Content.owner_id,
        User.given, User.family, User.given_latin, User.family_latin, User.organisation_id,
        Group.name_bg.label("unit_bg"), Group.name_en.label("unit_en"),
        Organisation.name_bg, Organisation.name_en,
        _hider.given.label("hider_given"), _hider.family.label("hider_family"),
        _hider.given_latin.label("hider_given_latin"),
        _hider.family_latin.label("hider_family_latin"),
    )
    .select_from(Comment)
    .join(Content, Content.id == Comment.content_id)
    .join(User, User.id == Comment.by_id)
    .join(Organisation, Organisation.id == User.organisation_id)
    .outerjoin(Group, Group.id == User.unit_id)
    .outerjoin(_hider, _hider.id == Comment.hidden_by_id)
    .where(Comment.content_id == bindparam("content_id"), policy.readable)
    .order_by(Comment.id.desc())
    .limit(SHOWN)
)  # fmt: skip
_MENTIONED = (
    select(Mention.comment_id, User.id, User.given, User.family,
           User.given_latin, User.family_latin)
    .join(User, User.id == Mention.user_id)
    .where(Mention.comment_id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip


def thread(viewer: Viewer, content_id: int, with_files: bool = False) -> list[Said]:
    """The comments that the viewer reads under an item, each with its answers, the oldest first.

    with_files: where the kind takes them. One statement, one more where somebody is named with @,
    and one for files.
    """
    found = list(reversed(rows(_COMMENTS, params(viewer, content_id=content_id))))
    names = _names([row.id for row in found if "@" in row.text])
    files = attaching.under(viewer, content_id) if with_files and found else {}
    firsts: dict[int, Said] = {}
    places = {ident: named(space) for ident, space in known().items()} if found else {}
    for row in found:
        said = _said(row, viewer, names.get(row.id, {}), places.get(row.space_id, ""))
        said.files = files.get(row.id, [])
        if row.parent_id is None:
            firsts[row.id] = said
        elif row.parent_id in firsts:
            firsts[row.parent_id].replies.append(said)
    return list(firsts.values())


def _names(ids: list[int]) -> dict[int, Names]:
    """Who was meant in each comment; only these names stand out."""
    of: dict[int, list[Row[Any]]] = {}
    if ids:
        for row in rows(_MENTIONED, {"ids": ids}):
            of.setdefault(row.comment_id, []).append(row)
    return {ident: names_of(people) for ident, people in of.items()}


def _said(row: Row[Any], viewer: Viewer, names: Names, place: str) -> Said:
    mine, hidden = row.by_id == viewer.user_id, row.hidden_at is not None
    moderates = max(map(viewer.role_in, (row.home_id, row.space_id))) >= Role.EDITOR
    by_author = row.hidden_by_id == row.by_id
    sees = not hidden or moderates or (mine and by_author)
    return Said(
        id=row.id,
        at=row.at,
        by_id=row.by_id,
        name=reader_name(row),
        unit=_unit(row, viewer),
        text=row.text if sees else "",
        words=with_names(row.text, names) if sees else Markup(""),
        space_id=row.space_id,
        place=place,
        is_mine=mine,
        is_owner=row.by_id == row.owner_id,
        changed_at=row.changed_at,
        hidden_by=_hider_name(row) if hidden else "",
        may_edit=mine and not hidden and clock.now() < row.at + EDITING,
        may_hide=not hidden and (mine or moderates),
        may_show=hidden and (mine if by_author else moderates),
    )


def _unit(row: Row[Any], viewer: Viewer) -> str:
    """A colleague's unit; anybody else's organisation."""
    if row.organisation_id != viewer.organisation_id:
        return named(row)
    return str((language() == "en" and row.unit_en) or row.unit_bg or "")


def _hider_name(row: Row[Any]) -> str:
    latin = f"{row.hider_given_latin} {row.hider_family_latin}".strip()
    return (language() == "en" and latin) or f"{row.hider_given} {row.hider_family}"


_ABOUT = (
    select(
        Comment.id, Comment.by_id, Comment.parent_id, Comment.content_id, Content.kind,
        Content.slug, Content.title, Content.title_en,
        User.given, User.family, User.given_latin, User.family_latin,
    )
    .join(Content, Content.id == Comment.content_id)
    .join(User, User.id == Comment.by_id)
    .where(
        Comment.id.in_(bindparam("ids", expanding=True)),
        Comment.hidden_at.is_(None),
        policy.readable,
    )
)  # fmt: skip


def some(viewer: Viewer, ids: Iterable[int]) -> dict[int, Row[Any]]:
    """Those of the comments that the viewer may read now, with their items, for notices."""
    return {row.id: row for row in rows(_ABOUT, params(viewer, ids=sorted(set(ids))))}

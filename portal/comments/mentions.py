"""Names with @ in a comment: whom they may mean, who is suggested, how they are shown.

Whoever writes can name people who read the item in that space and whom she may know anyway: by
the rule of who sees whom, or because they wrote the item or have spoken under it there. So @ tells
nobody that a person exists.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import BindParameter, Row, bindparam, case, exists, func, or_, select

from portal.access import Viewer
from portal.accounts.models import Group, Organisation, User
from portal.accounts.policy import policy as people_policy
from portal.accounts.queries import reader_name
from portal.comments.models import Comment
from portal.content.models import RELEASED, Revision
from portal.content.queries import params
from portal.kernel.database import rows
from portal.kernel.i18n import language
from portal.spaces.viewers import members_of

SUGGESTED = 8
WORDS = 4  # of a name, at most
# A sign before it: an e-mail or the address of a page names nobody.
_AT = re.compile(r"(?<![\w@./-])@([\w.'’-]+(?: [\w.'’-]+){0,3})")
_END = ".'’-"  # what ends a sentence rather than a name

_names = (
    User.login, User.given, User.family, User.given_latin, User.family_latin, User.organisation_id,
)  # fmt: skip
_known = (
    User.id.in_(bindparam("members", expanding=True)),
    User.retired_at.is_(None),
    or_(
        people_policy.readable,
        exists(
            select(Revision.id).where(
                Revision.content_id == bindparam("content_id"),
                Revision.state.in_(RELEASED),
                Revision.author_id == User.id,
            )
        ).correlate(User),
        exists(
            select(Comment.id).where(
                Comment.content_id == bindparam("content_id"),
                Comment.space_id == bindparam("space_id"),
                Comment.by_id == User.id,
            )
        ).correlate(User),
    ),
)
_PEOPLE = select(User.id, *_names).where(*_known)


def _begins(word: str) -> Any:
    """A word of the needle that begins like the one typed."""
    first: BindParameter[str] = bindparam(f"{word}a")
    later: BindParameter[str] = bindparam(f"{word}b")
    return or_(User.needle.like(first, escape="/"), User.needle.like(later, escape="/"))


# Whose given name begins so comes first, then by family name; a position is no name to call by.
_first: BindParameter[str] = bindparam("w0a")
_place = case(
    (User.needle.like(_first, escape="/"), 0),
    (func.lower(User.family).like(_first, escape="/"), 1),
    else_=2,
)
_SUGGESTED = (
    select(
        User.id, *_names, User.position, User.position_en,
        Group.name_bg.label("unit_bg"), Group.name_en.label("unit_en"),
        Organisation.name_bg, Organisation.name_en,
    )
    .join(Organisation, Organisation.id == User.organisation_id)
    .outerjoin(Group, Group.id == User.unit_id)
    .where(*_known, User.id != bindparam("viewer_id"), *(_begins(f"w{n}") for n in range(WORDS)))
    .order_by(_place, User.given, User.family, User.id)
    .limit(SUGGESTED)
)  # fmt: skip


class Suggested(NamedTuple):
    """A person to choose: what is written after @, and what tells her apart."""

    id: int
    name: str
    written: str
    about: str


def _bounds(viewer: Viewer, content_id: int, space_id: int) -> dict[str, Any]:
    members = list(members_of([space_id]))
    return params(viewer, members=members, content_id=content_id, space_id=space_id)


def people(viewer: Viewer, content_id: int, space_id: int) -> Iterable[Row[Any]]:
    """Everybody whom the viewer may mention: id and names."""
    return rows(_PEOPLE, _bounds(viewer, content_id, space_id))


def suggested(viewer: Viewer, content_id: int, space_id: int, typed: str) -> list[Suggested]:
    """The first people whose names or positions begin with the words typed.

    Only for a viewer who is in the space and reads the item. Two of one name are told apart by
    their sign-in name, among colleagues.
    """
    words = typed.casefold().split()[:WORDS]
    if not words:
        return []
    values = _bounds(viewer, content_id, space_id)
    for number in range(WORDS):
        word = words[number] if number < len(words) else ""
        word = word.replace("/", "//").replace("%", "/%").replace("_", "/_")
        values |= {f"w{number}a": f"{word}%", f"w{number}b": f"% {word}%"}
    found = rows(_SUGGESTED, values)
    names = [reader_name(row) for row in found]
    return [
        Suggested(
            id=row.id,
            name=name,
            written=row.login if names.count(name) > 1 and _colleague(row, viewer) else name,
            about=_about(row, viewer),
        )
        for row, name in zip(found, names, strict=True)
    ]


def _colleague(row: Row[Any], viewer: Viewer) -> bool:
    return bool(row.organisation_id == viewer.organisation_id)


def _about(row: Row[Any], viewer: Viewer) -> str:
    """What she is, for her colleagues; for others where she is from."""
    english = language() == "en"
    if not _colleague(row, viewer):
        return str((english and row.name_en) or row.name_bg)
    position = (english and row.position_en) or row.position
    return str(position or (english and row.unit_en) or row.unit_bg or "")


Names = Mapping[str, frozenset[int]]


def names_of(found: Iterable[Row[Any]]) -> dict[str, frozenset[int]]:
    """Each way of writing a person's name, casefolded, with those whom it means."""
    return _ways(
        (row.id, way)
        for row in found
        for way in {f"{row.given} {row.family}", f"{row.given_latin} {row.family_latin}".strip()}
    )


def called(
    text: str, found: Iterable[Row[Any]], by: Viewer, before: set[int]
) -> tuple[str, set[int]]:
    """A text as it is kept, and who is called in it.

    Colleagues may write each other's sign-in names. Others read the text and must not learn these:
    names are kept instead. before: whom the text called until now, of several of one name.
    """
    found = list(found)
    logins = {row.login: row for row in found if _colleague(row, by)}
    names = _ways((row.id, login) for login, row in logins.items()) | names_of(found)
    kept, people = "", set[int]()
    for piece in pieces(text, names):
        login = logins.get(piece.text[1:].casefold()) if piece.people else None
        kept += f"@{login.given} {login.family}" if login is not None else piece.text
        people |= piece.people & before or piece.people
    return kept, people


def _ways(each: Iterable[tuple[int, str]]) -> dict[str, frozenset[int]]:
    ways: dict[str, frozenset[int]] = {}
    for ident, way in each:
        if way:
            key = way.casefold()
            ways[key] = ways.get(key, frozenset()) | {ident}
    return ways


class Piece(NamedTuple):
    """A part of a comment; who is named by it, if anybody."""

    text: str
    people: frozenset[int] = frozenset()


def pieces(text: str, names: Names) -> Iterator[Piece]:
    """A text cut at the names in it; the longest that is known counts."""
    start = 0
    for at in _AT.finditer(text):
        named = _longest(at[1], names)
        if named is None:
            continue
        end = at.start() + 1 + len(named)
        if at.start() > start:
            yield Piece(text[start : at.start()])
        yield Piece(text[at.start() : end], names[named.casefold()])
        start = end
    if start < len(text):
        yield Piece(text[start:])


def _longest(words: str, names: Names) -> str | None:
    while words:
        for way in (words, words.rstrip(_END)):
            if way.casefold() in names:
                return way
        words = words.rpartition(" ")[0]
    return None


def with_names(text: str, names: Names) -> Markup:
    """A text as HTML: its addresses can be followed, the names in it stand out."""
    shown = Markup("")
    for piece in pieces(text, names):
        if piece.people:
            shown += Markup('<b class="mention">{}</b>').format(piece.text)
        else:
            shown += linked(piece.text)
    return shown


_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_TAIL = ".,;:!?)]}»“”'…"  # what follows an address in a sentence


def linked(text: str) -> Markup:
    """A text as HTML in which web addresses can be followed; nothing else of it is markup."""
    shown, start = Markup(""), 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(_TAIL)
        shown += Markup('{}<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(
            text[start : found.start()], address, address
        )
        start = found.start() + len(address)
    return shown + text[start:]

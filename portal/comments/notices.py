"""Who is told of a comment: whoever is named, answered, or owns the item."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.access import Action, Viewer, may
from portal.accounts.queries import reader_name
from portal.comments import queries
from portal.comments.models import Comment
from portal.content import kinds, listing
from portal.content.models import Content
from portal.kernel.i18n import _, _l, language
from portal.kernel.links import link
from portal.notify import notices
from portal.notify.notices import Line
from portal.spaces.readers import Town
from portal.spaces.viewers import by_user

COMMENT, MENTION, REPLY = "comment", "mention", "reply"


def tell_of(comment: Comment, item: Content, parent: Comment | None, named: set[int]) -> None:
    """Tell of a new comment, in its transaction: each person once, a name before the rest, and
    who is answered before those who listen."""
    kind = kinds.of(item.kind)
    told = tell_named(comment, item, named)
    listening, deaf = kind.listeners(item, comment.space_id)
    waiting = _readers({parent.by_id} if parent is not None else {item.owner_id} - deaf, comment)
    _tell(waiting - told, REPLY if kind.is_talk else COMMENT, comment, item)
    if listening:  # they may be many: who reads in the space is asked once for all
        there = Town().by_space([comment.space_id]).get(comment.space_id, frozenset())
        rest = (listening & there) - deaf - told - waiting - {comment.by_id}
        _tell(rest, REPLY, comment, item)


def tell_named(comment: Comment, item: Content, named: set[int]) -> set[int]:
    """Tell those who are called by name and may read it; who they are."""
    told = _readers(named, comment)
    _tell(told, MENTION, comment, item)
    return told


def _tell(people: set[int], kind: str, comment: Comment, item: Content) -> None:
    if people:
        about = f"comment:{comment.id}"
        notices.tell(people, kind, about, content_id=item.id, comment=comment.id)


def _readers(people: set[int], comment: Comment) -> set[int]:
    """Those who may read it, but for its author."""
    return {
        person
        for person in people - {comment.by_id}
        if (viewer := by_user(person)) is not None and may(viewer, Action.READ, comment)
    }


def lines(found: Sequence[Any], viewer: Viewer) -> Mapping[int, Line]:
    """The lines of notices about comments that the viewer may read now. One statement."""
    comments = queries.some(viewer, (notice.facts["comment"] for notice in found))
    shown = {}
    for notice in found:
        row = comments.get(notice.facts["comment"])
        if row is not None:
            shown[notice.id] = Line(_title(row), _url(row), _words(notice.kind, row))
    return shown


def _title(row: Any) -> str:
    return str((language() == "en" and row.title_en) or row.title)


def _url(row: Any) -> str:
    page = link(kinds.of(row.kind).endpoint, address=listing.address(row.content_id, row.slug))
    return f"{page}#comment-{row.id}"


def _words(kind: str, row: Any) -> str:
    name = reader_name(row)
    if kind == REPLY:
        return _("%(name)s replied in the discussion.", name=name)
    if kind == MENTION:
        if kinds.of(row.kind).is_talk:
            return _("%(name)s named you in a discussion.", name=name)
        return _("%(name)s named you in a comment.", name=name)
    if row.parent_id is not None:
        return _("%(name)s answered your comment.", name=name)
    return _("%(name)s wrote a comment.", name=name)


def register() -> None:
    notices.register(COMMENT, _l("Comments on what I wrote"), lines, "daily")
    notices.register(REPLY, _l("Replies in discussions where I take part"), lines, "daily")
    notices.register(MENTION, _l("Comments that name me"), lines, "now")

"""The discussion under an item: what its page and the page of comments alone both show."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import current_app
from markupsafe import Markup
from sqlalchemy import Row

from portal.access import current_viewer
from portal.accounts.queries import named
from portal.comments import queries, services
from portal.comments.models import Comment
from portal.content import kinds
from portal.content.models import Life
from portal.kernel.i18n import _, language
from portal.reading import About, about

WITH_PARTNERS = ("extranet", "organisation")
KEPT_MAX = 1_000  # boxes in each process, some 2 KB each
# Stand in a kept box for what each answer has of its own: no number of an item is so large.
TOKEN, ITEM = "\ue000token\ue001", 987_654_321_012_345


@dataclass
class Typed:
    """What was typed and refused, and where: a new comment, an answer to one, a change of one."""

    text: str
    fault: str
    parent: int = 0
    edited: int = 0
    space: int = 0
    files: Sequence[Row[Any]] = ()  # what was uploaded with it


@dataclass
class Discussion:
    """The comments under an item and what the viewer may do there."""

    content_id: int
    said: list[queries.Said] = field(default_factory=list)
    spaces: list[tuple[int, str]] = field(default_factory=list)  # where she may write
    is_in_many: bool = False  # whether the item stands in several spaces of hers
    is_closed: bool = False
    may_close: bool = False
    takes_files: bool = False
    is_talk: bool = False  # its comments are called replies, see `Kind.is_talk`
    typed: Typed | None = None
    text_max = Comment.TEXT_MAX

    @property
    def number(self) -> int:
        """How many comments the viewer reads, answers among them; hidden ones do not count."""
        every = [each for first in self.said for each in (first, *first.replies)]
        return sum(not each.hidden_by for each in every)

    def may_write_in(self, space_id: int) -> bool:
        return any(ident == space_id for ident, _name in self.spaces)

    @property
    def left_over(self) -> Typed | None:
        """What was typed where nothing can be written any more; it is shown to be copied."""
        typed = self.typed
        if typed is None:
            return None
        if typed.edited:
            every = (each for first in self.said for each in (first, *first.replies))
            return None if any(e.id == typed.edited and e.may_edit for e in every) else typed
        if not typed.parent:
            return None if self.spaces else typed
        held = next((each for each in self.said if each.id == typed.parent), None)
        is_open = held and not held.hidden_by and self.may_write_in(held.space_id)
        return None if is_open else typed

    def typed_at(self, parent: int = 0, edited: int = 0) -> Typed | None:
        """What was typed there and refused."""
        typed = self.typed
        return typed if typed and (typed.parent, typed.edited) == (parent, edited) else None


def discussion(
    content_id: int, places: Iterable[Any], facts: About, is_shown: bool = True
) -> Discussion:
    """The discussion of an item.

    places: the spaces of the item that the viewer reads, see `listing.places_of`; is_shown:
    whether its readers see it now. No statement where nobody has commented.
    """
    viewer, places = current_viewer(), list(places)
    kind = kinds.of(facts.kind)
    found = Discussion(
        content_id,
        takes_files=kind.comments_take_files,
        is_talk=kind.is_talk,
        is_in_many=len(places) > 1,
        is_closed=facts.comments_closed,
        may_close=services.may_close(facts.home_id, facts.owner_id, viewer),
    )
    if facts.is_discussed:
        found.said = queries.thread(viewer, content_id, found.takes_files)
    if is_shown and not found.is_closed and facts.life in (Life.PUBLISHED, Life.ARCHIVED):
        found.spaces = [
            (each.id, _label(each))
            for each in places
            if viewer.role_in(each.id) and each.archived_at is None
        ]
    return found


def _label(space: Any) -> str:
    """A space's name, and whether partners read there."""
    if space.kind in WITH_PARTNERS:
        return _("%(space)s (partners read it too)", space=named(space))
    return named(space)


def comments_of(
    content_id: int,
    places: Iterable[Any],
    is_shown: bool = True,
    more: Callable[[queries.Said], Markup] | None = None,
) -> Markup:
    """The discussion under an item's page; nothing for kinds that are not discussed.

    more: a macro of the page, for what its room does with a comment beside commenting.
    """
    facts = about(content_id)
    if not kinds.of(facts.kind).takes_comments:
        return Markup("")
    found = discussion(content_id, places, facts, is_shown)
    if not (found.said or found.spaces or found.may_close):
        return Markup("")
    if not found.said:
        return _nothing_said(found)
    template = current_app.jinja_env.get_template("comments/_discussion.html")
    return Markup(template.render(discussion=found, own_page=False, more=more))


def _nothing_said(found: Discussion) -> Markup:
    """The box alone, as most items have it. It was a twelfth of an article's time: kept as HTML,
    with the item's number and the token of its forms put in each time.
    """
    kind = found.takes_files, found.is_talk
    key = (language(), *found.spaces, found.is_in_many, found.is_closed, found.may_close, *kind)
    kept: dict[Any, str] = current_app.extensions.setdefault("comments.empty", {})
    html = kept.get(key)
    if html is None:
        if len(kept) >= KEPT_MAX:
            kept.clear()
        template = current_app.jinja_env.get_template("comments/_discussion.html")
        anybodys = replace(found, content_id=ITEM)
        html = template.render(discussion=anybodys, own_page=False, csrf_token=lambda: TOKEN)
        kept[key] = html
    token = str(current_app.jinja_env.globals["csrf_token"]())  # type: ignore[operator]
    return Markup(html.replace(TOKEN, token).replace(str(ITEM), str(found.content_id)))

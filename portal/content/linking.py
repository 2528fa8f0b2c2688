"""Links from a text to other items of the portal, kept by number so that they survive renaming.

In a stored text such a link leads to `/pages/12`, and one that is called as its item stands there
under this very address instead of a title: each reader is shown the title of today, if she may
read the item, and none if she may not.
"""

import re
from collections.abc import Callable, Collection
from html import escape, unescape
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import Row, bindparam, func, select

from portal.access import Viewer
from portal.content import kinds
from portal.content.listing import address
from portal.content.models import Content, Life, Placement, Revision
from portal.content.policy import policy, visible_now
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import rows
from portal.kernel.i18n import _, language
from portal.kernel.links import link
from portal.kernel.text import plain

_LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_NUMBER = re.compile(r"(?:[a-z0-9-]*-)?(\d{1,9})")
_READABLE = select(Content.id, Content.kind, Content.slug, Content.title, Content.title_en).where(
    Content.id.in_(bindparam("ids", expanding=True)), policy.readable
)
_CALLED = (
    select(Revision.content_id, Revision.title)
    .join(Content, Content.id == Revision.content_id)
    .where(Content.id.in_(bindparam("ids", expanding=True)), policy.readable)
)


_SHOWN_THERE = (
    select(Content.id, Content.title)
    .join(Placement, Placement.content_id == Content.id)
    .where(
        Content.id.in_(bindparam("ids", expanding=True)),
        Placement.space_id.in_(bindparam("spaces", expanding=True)),
        Content.life == Life.PUBLISHED,
        visible_now(),
    )
    .group_by(Content.id, Content.title)
    .having(func.count() == bindparam("all_of_them"))
)


class _Own(NamedTuple):
    """A link to an item of ours. path: as it is stored, without a place in the page."""

    item_id: int
    path: str
    place: str  # "#…", or nothing
    words: str  # HTML between the tags

    @property
    def is_named(self) -> bool:
        """Whether it is called as its item."""
        return plain(self.words).strip() == self.path


def _own(href: str, words: str) -> _Own | None:
    """The item that a link leads to; None for every other link."""
    try:
        parts = urlsplit(unescape(href))
    except ValueError:  # anything may be typed
        return None
    ours = urlsplit(str(current_app.config["BASE_URL"]))
    if parts.netloc and parts.netloc != ours.netloc:
        return None
    room, _slash, last = parts.path.rpartition("/")
    found = _NUMBER.fullmatch(last)
    if found is None or room not in _rooms():
        return None
    place = f"#{parts.fragment}" if parts.fragment else ""
    number = int(found.group(1))
    return _Own(number, f"{room}/{number}", place, words)


def _rooms() -> set[str]:
    """The paths under which items are shown, as «/news»."""
    return {link(kinds.of(name).endpoint, address="0").rpartition("/")[0] for name in kinds.names()}


def _found(markup: str) -> dict[int, None]:
    links = (_own(*match.groups()) for match in _LINK.finditer(markup))
    return {each.item_id: None for each in links if each is not None}


def _each(markup: str, written: Callable[[_Own], str]) -> str:
    """The text with every own link written anew."""

    def anew(match: re.Match[str]) -> str:
        own = _own(*match.groups())
        return match.group() if own is None else written(own)

    return _LINK.sub(anew, markup)


def _tag(href: str, words: str) -> str:
    return f'<a href="{escape(href)}" rel="noopener noreferrer">{words}</a>'


def stored(markup: str, viewer: Viewer) -> str:
    """A sanitised text as it is kept: own links by number.

    A link that is called as its item was ever called, or by its address, keeps no title.
    """
    ids = list(_found(markup))
    called: dict[int, set[str]] = {}
    for row in rows(_CALLED, params(viewer, ids=ids)) if ids else ():
        called.setdefault(row.content_id, set()).add(row.title)

    def written(own: _Own) -> str:
        words = plain(own.words).strip()
        typed = _own(escape(words), "") if "/" in words else None
        is_title = words in called.get(own.item_id, ()) or not words
        is_address = typed is not None and typed.item_id == own.item_id
        is_picture = "<img" in own.words
        kept = own.path if (is_title or is_address) and not is_picture else own.words
        return _tag(own.path + own.place, kept)

    return _each(markup, written)


def shown(markup: str, viewer: Viewer) -> str:
    """A kept text for a reader: titles and addresses of today; what leads to nothing that she may
    read is no link, and says no title. One statement where there are own links."""
    items = _readable(markup, viewer)

    def written(own: _Own) -> str:
        item = items.get(own.item_id)
        if item is None:
            words = escape(_("(not available to you)"))
            return f"<em>{words}</em>" if own.is_named else own.words
        href = link(kinds.of(item.kind).endpoint, address=address(item.id, item.slug))
        return _tag(href + own.place, _title(item) if own.is_named else own.words)

    return _each(markup, written) if items is not _NONE else markup


def for_writing(markup: str, viewer: Viewer) -> str:
    """A kept text for whoever goes on with it: titles where she may read them, all links kept."""
    return writing_of(markup, viewer)(markup)


def writing_of(markup: str, viewer: Viewer) -> Callable[[str], str]:
    """The same for a text in pieces, as it is judged: what makes each of them, by one statement."""
    items = _readable(markup, viewer)

    def written(own: _Own) -> str:
        item = items.get(own.item_id)
        named = item is not None and own.is_named
        return _tag(own.path + own.place, _title(item) if named else own.words)

    return lambda piece: _each(piece, written) if items is not _NONE else piece


def for_readers_of(spaces: Collection[int], markup: str) -> str:
    """A kept text for the readers of other spaces: links to what each of them shows now, with
    their titles; of the others only the author's own words."""
    ids = list(_found(markup))
    asked = {"ids": ids, "spaces": list(spaces), "all_of_them": len(spaces), "now": clock.now()}
    found = rows(_SHOWN_THERE, asked) if ids else ()
    there = {row.id: row for row in found}

    def written(own: _Own) -> str:
        item = there.get(own.item_id)
        if item is None:
            return "" if own.is_named else own.words
        return _tag(own.path + own.place, escape(item.title) if own.is_named else own.words)

    return _each(markup, written)


_NONE: dict[int, Row[tuple[int, str, str, str, str | None]]] = {}


def _readable(markup: str, viewer: Viewer) -> dict[int, Row[tuple[int, str, str, str, str | None]]]:
    ids = list(_found(markup))
    if not ids:
        return _NONE
    return {row.id: row for row in rows(_READABLE, params(viewer, ids=ids))}


def _title(item: Row[tuple[int, str, str, str, str | None]] | None) -> str:
    assert item is not None
    return escape((language() == "en" and item.title_en) or item.title)


def for_anybody(markup: str) -> str:
    """A kept text for a mail that is the same for many: no title, and no bare address instead."""

    def written(own: _Own) -> str:
        words = escape(_("a text in the portal")) if own.is_named else own.words
        return _tag(own.path + own.place, words)

    return _each(markup, written)


def in_words(quote: str) -> str:
    """The plain words of a kept text for anybody: no bare address of an item there."""
    paths = "|".join(map(re.escape, sorted(_rooms())))
    return re.sub(rf"(?<!\S)(?:{paths})/\d{{1,9}}\b", _("a text in the portal"), quote)


def without_addresses(markup: str) -> str:
    """A kept text for the index: links that have no words of their own are left out."""
    return _LINK.sub(_spoken, markup)


def _spoken(match: re.Match[str]) -> str:
    own = _own(*match.groups())
    return " " if own is not None and own.is_named else match.group(2)

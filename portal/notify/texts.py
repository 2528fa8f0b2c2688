"""What a mail shows of published items: title, summary, and the whole of what is short."""

from collections.abc import Collection
from dataclasses import dataclass

import nh3
from flask import current_app, g
from sqlalchemy import bindparam, select

from portal.access import Viewer
from portal.content import kinds, listing
from portal.content.models import Content, Revision, State
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel.database import db, rows
from portal.kernel.i18n import language
from portal.kernel.text import ATTRIBUTES, TAGS, plain

WHOLE_MAX = 1200  # characters of an announcement that a mail holds whole
_PICTURES = {"img", "figure", "figcaption"}
_LISTED = select(*listing.COLUMNS).where(
    Content.id.in_(bindparam("ids", expanding=True)), policy.listed
)


@dataclass(frozen=True)
class Whole:
    """A text that is short enough for a mail; empty when it is not."""

    html: str = ""
    text: str = ""


@dataclass(frozen=True)
class Shown:
    """An item as a mail shows it. space: one through which its receiver reads it."""

    id: int
    kind: str
    title: str
    summary: str
    address: str
    space: str
    whole: Whole


def shown(ids: Collection[int], viewer: Viewer) -> dict[int, Shown]:
    """Those of the items that the viewer finds published now, by number."""
    found = rows(_LISTED, params(viewer, ids=sorted(set(ids))))
    base = str(current_app.config["BASE_URL"]).rstrip("/")
    return {
        item.id: Shown(
            item.id,
            item.kind,
            item.title,
            item.summary,
            base + item.url,
            item.space_name,
            whole(item.id),
        )
        for item in listing.items(found, viewer)
    }


def whole(content_id: int) -> Whole:
    """The released text of an item in the reader's language, else in the one it has.

    Kept for the job at hand: the mails of a run are mostly about the same item.
    """
    kept: dict[tuple[int, str], Whole] = g.setdefault("whole_texts", {})
    key = content_id, language()
    if key not in kept:
        kept[key] = _read(content_id)
    return kept[key]


def _read(content_id: int) -> Whole:
    released = select(Revision).where(
        Revision.content_id == content_id, Revision.state.in_((State.LIVE, State.SCHEDULED))
    )
    texts = {text.language: text for text in db.session.scalars(released)}
    text = texts.get(language()) or next(iter(texts.values()), None)
    if text is None:
        return Whole()
    markup = kinds.of(text.kind).body(text)
    words = plain(markup)
    if not words or len(words) > WHOLE_MAX:
        return Whole()
    return Whole(for_mail(markup), words)


def for_mail(markup: str) -> str:
    """A sanitised text without its pictures, its links leading to the portal from outside."""
    base = str(current_app.config["BASE_URL"]).rstrip("/")

    def attribute(_tag: str, name: str, value: str) -> str:
        inside = name == "href" and value.startswith("/") and not value.startswith("//")
        return base + value if inside else value

    return nh3.clean(
        markup,
        tags=TAGS - _PICTURES,
        clean_content_tags={"figcaption"},
        attributes={tag: names for tag, names in ATTRIBUTES.items() if tag not in _PICTURES},
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )

"""The index's fields, written by the engine and read by `leaf`."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from whoosh import columns, fields, formats
from whoosh.codec.whoosh3 import W3Codec

from portal.search import language
from portal.search.protocol import SearchDocument

# The whole version of what lies in an index folder: raised with the fields, or by the language.
VERSION = f"3.{language.VERSION}"
TEXTS = ("title", "names", "body")
# Fields of exact marks. `form`: the words as they are written, beside their terms.
MARKS = ("key", "kind", "audience", "space", "tag", "form")
NEVER = 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant(moment: datetime) -> int:
    """A moment as the index compares it: whole microseconds, so that edges are exact."""
    return (moment - EPOCH) // _MICROSECOND


Posting = tuple[bytes, int, float, bytes]  # term, count, weight, encoded positions


class Text(fields.FieldType):  # type: ignore[misc]
    """Terms with positions, analysed by us; no Token objects (research/search.md, section 2)."""

    format = formats.Positions()
    analyzer = None
    scorable = False

    def __init__(self) -> None:
        """Nothing to configure: Whoosh's own initialiser would want an analyser."""

    def index(self, value: dict[str, list[int]], **_: Any) -> Iterator[Posting]:
        encode = self.format.encode
        for term, positions in value.items():
            count = len(positions)
            yield term.encode(), count, float(count), encode(positions)


class Marks(fields.FieldType):  # type: ignore[misc]
    """A set of exact strings: keys, audience tokens, spaces."""

    format = formats.Existence()
    analyzer = None
    scorable = False

    def __init__(self) -> None:
        """Nothing to configure."""

    def index(self, value: Iterable[str], **_: Any) -> Iterator[Posting]:
        for mark in value:
            yield mark.encode(), 1, 1.0, b""


class Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own, without the least and greatest length of each block: we score by columns, and
    looking for lengths that are not there cost a third of the time of writing."""

    length_stats = False


COLUMNS = {
    "item": 0,
    "date": 0,
    "opens": NEVER,  # visible_from; NEVER: not released, members do not find it
    "closes": NEVER,  # visible_until
    "cursor": -1,  # on the one document that holds the change log's cursor
    "organisation": 0,
    "author": 0,
    "title_length": 0,
    "names_length": 0,
    "body_length": 0,
    "pages": 0,  # how many; where each begins is stored beside them
}


def schema() -> fields.Schema:
    parts: dict[str, Any] = {name: Text() for name in TEXTS}
    parts |= {name: Marks() for name in MARKS}
    parts["starts"] = fields.STORED()
    parts |= {
        name: fields.COLUMN(columns.NumericColumn("q", default=default))
        for name, default in COLUMNS.items()
    }
    return fields.Schema(**parts)


def key(kind: str, item_id: int) -> str:
    return f"{kind}:{item_id}"


CURSOR_KEY = "the cursor"


def cursor_fields(cursor: int) -> dict[str, Any]:
    """The document that holds the cursor; without an audience nobody ever finds it."""
    return {"key": [CURSOR_KEY], "cursor": cursor}


def document_fields(document: SearchDocument) -> dict[str, Any]:
    """A document as Whoosh's writer takes it."""
    body = language.analysed([document.text, *document.pages])
    texts = {
        "title": language.analysed([document.title]),
        "names": language.analysed([document.names]),
        "body": body,
    }
    pages = {"pages": len(document.pages), "starts": body.starts} if document.pages else {}
    return {
        **{name: found.terms for name, found in texts.items()},
        **{f"{name}_length": found.length for name, found in texts.items()},
        **pages,
        "key": [key(document.kind, document.item_id)],
        "kind": [document.kind],
        "audience": document.audience,
        "space": [str(space) for space in document.spaces],
        "tag": document.tags,
        "form": set().union(*(found.forms for found in texts.values())),
        "organisation": document.organisation,
        "author": document.author,
        "item": document.item_id,
        "date": instant(document.date) if document.date else 0,
        "opens": instant(document.visible_from) if document.visible_from else NEVER,
        "closes": instant(document.visible_until) if document.visible_until else NEVER,
    }

"""The index's fields, written by the engine and read by `leaf`."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from whoosh import columns, fields, formats

from portal.search import language
from portal.search.protocol import SearchDocument

# The whole version of what lies in an index folder: raised with the fields, or by the language.
# 6: between texts that say nothing together a place is left empty.
VERSION = f"6.{language.VERSION}"
TEXTS = ("title", "names", "body")
# Fields of exact marks. `form`: the words as they are written, beside their terms.
MARKS = ("key", "kind", "audience", "space", "tag", "form")
WORDS_FILE = ".words"  # ends the name of the file that lists a segment's words
NEVER = 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant(moment: datetime) -> int:
    """A moment as the index compares it: whole microseconds, so that edges are exact."""
    return (moment - EPOCH) // _MICROSECOND


def encode(places: list[int]) -> bytes:
    """Where a term stands in a document; four bytes for each place."""
    return array("I", places).tobytes()


class Positions(formats.Positions):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's, but a whole posting list's places can be read at once (see `leaf`)."""

    def encode(self, poslist: list[int]) -> bytes:
        return encode(poslist)

    def decode_positions(self, valuestring: bytes) -> list[int]:
        return array("I", valuestring).tolist()

    def decode_frequency(self, valuestring: bytes) -> int:
        return len(valuestring) // array("I").itemsize


class Text(fields.FieldType):  # type: ignore[misc]
    """Terms with positions; analysed by us, written by `postings`."""

    format = Positions()
    analyzer = None
    scorable = False

    def __init__(self) -> None:
        """Nothing to configure: Whoosh's own initialiser would want an analyser."""


class Marks(fields.FieldType):  # type: ignore[misc]
    """A set of exact strings: keys, audience tokens, spaces."""

    format = formats.Existence()
    analyzer = None
    scorable = False

    def __init__(self) -> None:
        """Nothing to configure."""


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


@dataclass(frozen=True)
class Fields:
    """A document as the index holds it; see `postings.add`."""

    texts: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    marks: dict[str, Iterable[str]] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)  # and `starts`, which is stored


def cursor_fields(cursor: int) -> Fields:
    """The document that holds the cursor; without an audience nobody ever finds it."""
    return Fields(marks={"key": [CURSOR_KEY]}, columns={"cursor": cursor})


def document_fields(document: SearchDocument) -> Fields:
    """A document's words, marks and numbers."""
    texts = {
        "title": language.analysed([document.title]),
        "names": language.analysed([document.names]),
        "body": language.analysed([document.text, *document.pages]),
    }
    starts = texts["body"].starts
    pages = {"pages": len(document.pages), "starts": starts} if document.pages else {}
    return Fields(
        {name: found.terms for name, found in texts.items()},
        {
            "key": [key(document.kind, document.item_id)],
            "kind": [document.kind],
            "audience": document.audience,
            "space": [str(space) for space in document.spaces],
            "tag": document.tags,
            "form": set().union(*(found.forms for found in texts.values())),
        },
        {
            **{f"{name}_length": found.length for name, found in texts.items()},
            **pages,
            "organisation": document.organisation,
            "author": document.author,
            "item": document.item_id,
            "date": instant(document.date) if document.date else 0,
            "opens": instant(document.visible_from) if document.visible_from else NEVER,
            "closes": instant(document.visible_until) if document.visible_until else NEVER,
        },
    )

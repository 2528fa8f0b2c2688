"""The query language: "a phrase", -without, kind:, space:, author:, year:, 2019..2023.

Everything else is plain words, and so is whatever is not written quite so: nothing typed is an
error.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

QUESTION_MAX = 300  # characters of a question; the rest is not looked at
_QUOTES = str.maketrans(dict.fromkeys("„“”«»‟″", '"'))

FILTERS = {
    "kind": "kinds", "вид": "kinds", "тип": "kinds",
    "space": "spaces", "пространство": "spaces",
    "author": "authors", "автор": "authors",
    "year": "years", "година": "years",
}  # fmt: skip
_PIECE = re.compile(
    r"""(?P<name>\w+):(?P<value>"[^"]*"|[^\s"]+)"""
    r"""|(?P<minus>-?)(?:"(?P<quoted>[^"]*)"|(?P<chunk>[^\s"]+))""",
)
_YEARS = re.compile(r"(\d{4})?(?:(\.\.|-|–)(\d{4})?)?\Z")
_BARE_YEARS = re.compile(r"(\d{4})\.\.(\d{4})\Z")


@dataclass(frozen=True)
class Piece:
    """A part of a question. raw: as typed; text: without quotes and minus."""

    raw: str
    text: str
    is_quoted: bool = False
    is_excluded: bool = False
    filter: str = ""  # the field of `Filters` that it sets
    years: tuple[int, int] | None = None


def pieces(question: str) -> tuple[Piece, ...]:
    return _known(question[:QUESTION_MAX])


@lru_cache(maxsize=2_000)
def _known(question: str) -> tuple[Piece, ...]:
    return tuple(_pieces(question.translate(_QUOTES)))


def _pieces(question: str) -> Iterator[Piece]:
    place = 0
    while (match := _PIECE.search(question, place)) is not None:
        place = match.end()
        raw, chunk = match.group(), match["chunk"]
        if match["name"] is not None:
            known = _filter(raw, match["name"].casefold(), match["value"].strip('"').strip())
            if known is not None:
                yield known
                continue
            # «Относно: заявление», «12:30»: no filter of ours, so plain words.
            if '"' in raw:
                place = match.start() + raw.index('"')
                raw = question[match.start() : place]
            yield Piece(raw, raw)
        elif chunk is None:
            yield Piece(raw, match["quoted"], is_quoted=True, is_excluded=bool(match["minus"]))
        elif bare := _BARE_YEARS.match(chunk):
            yield Piece(raw, chunk, filter="years", years=_in_order(bare[1], bare[2]))
        else:
            yield Piece(raw, chunk, is_excluded=bool(match["minus"]))


def _filter(raw: str, name: str, value: str) -> Piece | None:
    field = FILTERS.get(name)
    if field is None or not any(map(str.isalnum, value)):
        return None
    if field != "years":
        return Piece(raw, value, filter=field)
    found = _YEARS.match(value)
    if found is None or not value.isascii():
        return None
    first, between, last = found.groups()
    return Piece(
        raw,
        value,
        filter=field,
        years=_in_order(first or "0001", last or ("9999" if between else first)),
    )


def _in_order(one: str, other: str) -> tuple[int, int]:
    first, last = sorted((int(one), int(other)))
    return max(first, 1), max(last, 1)

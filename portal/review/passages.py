"""The passages of a text at which a reviewer may write: paragraphs, headings, list items, tables.

The text is one of ours, sanitised when it was saved, so its marks are taken as they stand.
"""

import html
import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from portal.kernel.i18n import _
from portal.kernel.text import excerpt

QUOTE_MAX = 120  # characters by which a passage is known again
# Marks of sanitised HTML; a value may hold «>».
_MARKS = re.compile(r"(<(?:\"[^\"]*\"|[^>\"])*>)")
_NAME = re.compile(r"</?([a-z0-9]+)")
_ALT = re.compile(r'\salt="([^"]*)"')
# Each is one passage, whatever it holds.
_WHOLE = {"p", "h2", "h3", "h4", "blockquote", "pre", "figure", "table"}
_LISTS = {"ul", "ol"}
_PARTING = {"td", "th", "tr", "li", "p", "br", "figcaption", "caption"}


@dataclass
class Passage:
    """The end of a passage, where its box stands. quote: its first words."""

    quote: str


Piece = Markup | Passage


class _Cutter:
    """Walks through the marks and puts a Passage after each block, within the item of a list."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._marks: list[str] = []
        self._block = ""  # the open one of _WHOLE
        self._depth = 0
        self._words: list[list[str]] = [[]]  # of the open block; of each open item; outside both

    def mark(self, mark: str) -> None:
        match = _NAME.match(mark)
        name = match.group(1) if match else ""
        if mark.startswith("</"):
            self._close(name, mark)
        else:
            self._open(name, mark)

    def words(self, words: str) -> None:
        self._marks.append(words)
        self._words[-1].append(html.unescape(words))

    def end(self) -> list[Piece]:
        self._passage()
        self._flush()
        return self.pieces

    def _open(self, name: str, mark: str) -> None:
        if self._block:
            self._depth += name == self._block
        elif name in _WHOLE and len(self._words) == 1:
            self._passage()
            self._block, self._depth = name, 1
        elif name in _LISTS:
            self._passage()  # an item's own words end where a list within it begins
        elif name == "li":
            self._words.append([])
        alt = _ALT.search(mark) if name == "img" else None
        if alt:
            self._words[-1].append(f" {html.unescape(alt.group(1))} ")
        if name in _PARTING:
            self._words[-1].append(" ")
        self._marks.append(mark)

    def _close(self, name: str, mark: str) -> None:
        if name == "li" and not self._block and len(self._words) > 1:
            self._passage()
            self._words.pop()
        self._marks.append(mark)
        if name in _PARTING:
            self._words[-1].append(" ")
        if name == self._block:
            self._depth -= 1
            if not self._depth:
                self._block = ""
                self._passage()

    def _passage(self) -> None:
        quote = excerpt("".join(self._words[-1]), QUOTE_MAX)
        self._words[-1].clear()
        if quote:
            self._flush()
            self.pieces.append(Passage(quote))

    def _flush(self) -> None:
        if self._marks:
            self.pieces.append(Markup("".join(self._marks)))
            self._marks.clear()


def cut(markup: str) -> list[Piece]:
    """A sanitised text in pieces: HTML as it stands, and a Passage where each one ends.

    The pieces of HTML joined are the text again, to the letter.
    """
    cutter = _Cutter()
    for number, part in enumerate(_MARKS.split(markup)):
        if number % 2:
            cutter.mark(part)
        elif part:
            cutter.words(part)
    return cutter.end()


def without_pictures(markup: Markup) -> Markup:
    """A piece for somebody who is not signed in, to whom no picture opens: its words instead."""
    shown = (_in_words(mark) if mark.startswith("<img") else mark for mark in _MARKS.split(markup))
    return Markup("".join(shown))


def _in_words(mark: str) -> str:
    alt = _ALT.search(mark)
    words = html.unescape(alt.group(1)) if alt else ""
    return f"<em>{escape(_('Picture: %(words)s', words=words))}</em>"

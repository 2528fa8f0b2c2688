"""XML of office files as running text: pulled through in pieces, entities refused."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from portal.files.reading.results import CHARACTERS_MAX, Trouble, Unreadable

_PIECE = 64 * 1024
DEPTH_MAX = 512
Start = Callable[[str, dict[str, str]], None]


@dataclass(frozen=True)
class Dialect:
    """What the elements of a format mean for its text, by their names without namespace.

    letters: their characters are text. lines: they end a line. cells: they end a table's cell.
    asides: text boxes and notes, told after the paragraph that they are anchored in. skipped: not
    printed. signs: what an empty element stands for.
    """

    letters: frozenset[str]
    lines: frozenset[str]
    cells: frozenset[str]
    asides: frozenset[str]
    skipped: frozenset[str]
    signs: dict[str, str]


OFFICE = Dialect(
    letters=frozenset({"t", "v"}),
    lines=frozenset({"p", "tr", "pt", "row"}),
    cells=frozenset({"tc"}),
    asides=frozenset({"txbxContent"}),
    # Fallback repeats a text box for old programs; del and moveFrom are tracked away.
    skipped=frozenset({"Fallback", "del", "moveFrom", "instrText", "delText", "numCache"}),
    signs={"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"},
)
OPEN = Dialect(
    letters=frozenset({"p", "h"}),
    lines=frozenset({"p", "h", "table-row", "list-item"}),
    cells=frozenset({"table-cell"}),
    asides=frozenset({"note", "annotation", "text-box"}),
    skipped=frozenset({"tracked-changes", "binary-data", "note-citation", "creator", "date"}),
    signs={"tab": "\t", "line-break": "\n"},
)


def pull(
    stream: IO[bytes],
    start: Start,
    end: Callable[[str], None],
    characters: Callable[[str], None],
) -> None:
    """Walk through the elements, named without namespace. Raises Unreadable DAMAGED.

    A document type is refused: office files have none, and entities are how XML is made a bomb.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    depth = 0
    names: dict[str, str] = {}

    def local(name: str) -> str:
        short = names.get(name)
        if short is None:
            short = names[name] = name.rpartition(" ")[2]
        return short

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_MAX:
            raise Unreadable(Trouble.DAMAGED)
        start(local(name), attributes)

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(local(name))

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = characters
    try:
        while piece := stream.read(_PIECE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, EOFError) as error:
        raise Unreadable(Trouble.DAMAGED) from error


def _refuse(*_: object) -> None:
    raise Unreadable(Trouble.DAMAGED)


class Flow:
    """Gathers the text of one part. Feed it to `pull`; ask `text` at the end."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._out: list[str] = []
        self._aside: list[list[str]] = []  # what was being written when an aside began
        self._told: list[str] = []  # asides that wait for the end of their paragraph
        self._letters = self._skipping = 0
        self._outer: list[int] = []
        self.size = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        dialect = self._dialect
        if self._skipping or name in dialect.skipped:
            self._skipping += 1
            return
        if name in dialect.asides:
            self._aside.append(self._out)
            self._outer.append(self._letters)
            self._out, self._letters = [], 0
        elif name in dialect.letters:
            self._letters += 1
        elif name in dialect.signs:
            self._out.append(dialect.signs[name])
        elif name == "s" and dialect is OPEN:  # several spaces
            self._out.append(" ")
        if "type" in attributes and name == "numCache":
            self._skipping += 1

    def end(self, name: str) -> None:
        dialect = self._dialect
        if self._skipping:
            self._skipping -= 1
            return
        if name in dialect.letters:
            self._letters -= 1
        if name in dialect.asides:
            told = "".join(self._out)
            self._out, self._letters = self._aside.pop(), self._outer.pop()
            self._told.append(told)
        elif name in dialect.cells:
            self._out.append("\t")
        elif name in dialect.lines:
            self._out.append("\n")
            if self._told and not self._aside:
                self._out += [part + "\n" for part in self._told]
                self._told = []

    def characters(self, text: str) -> None:
        if self._letters and not self._skipping:
            self._out.append(text)
            self.size += len(text)
            if self.size > CHARACTERS_MAX:
                raise Enough

    def text(self) -> str:
        """All that was gathered, asides that still wait included."""
        whole = [*self._aside[0], *self._out] if self._aside else self._out
        return tidy("".join([*whole, *("\n" + part for part in self._told)]))


class Enough(Exception):
    """More letters than are kept."""


def flow(stream: IO[bytes] | None, dialect: Dialect) -> str:
    """The running text of one part; of a missing part none. Raises Unreadable.

    Of a part with more than CHARACTERS_MAX letters the first are told.
    """
    if stream is None:
        return ""
    gathering = Flow(dialect)
    with stream, contextlib.suppress(Enough):
        pull(stream, gathering.start, gathering.end, gathering.characters)
    return gathering.text()


def tidy(text: str) -> str:
    """Lines without blanks at their ends; soft hyphens and empty lines gone."""
    text = text.replace("\xad", "").replace("\xa0", " ").replace("\u200b", "")
    lines = (line.strip(" \t") for line in text.split("\n"))
    return "\n".join(line for line in lines if line)

"""XLSX: each sheet a page, cells as they read on paper, with comments, headers and drawings.

Read from the parts themselves: xberg 1.3.9 leaves out comments, headers and per cent.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from portal.files.reading import markup, packed
from portal.files.reading.results import CHARACTERS_MAX, PAGES_MAX, Gathered, Trouble

_BOOK = "xl/workbook.xml"
_BESIDE = {"comments", "threadedComment", "drawing"}
_ON_DRAWING = {"chart", "diagramData"}
_MARGIN_CODE = re.compile(r"&(?:[LCRPNDTFAGBIUESXYHO&]|\d{1,3}|\"[^\"]*\"|K[0-9A-F]{6})")
# What the built-in number formats show, as in _Book.formats.
_STYLES = {
    **dict.fromkeys((14, 15, 16, 17), "d"),
    **dict.fromkeys((18, 19, 20, 21, 45, 46, 47), "t"),
    **dict.fromkeys((9, 10), "%"),
    **dict.fromkeys((2, 4, 7, 8, 39, 40, 44), "2"),
    22: "dt",
}
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_.')


def read(path: Path) -> Gathered:
    """Every sheet, hidden ones too. Raises Unreadable."""
    gathered = Gathered(paged=True)
    with packed.opened(path) as container:
        gathered.macros = packed.has_macros(container)
        book = _book(container)
        gathered.count = len(book.sheets)
        kept = 0
        for name, member in book.sheets:
            if len(gathered.texts) == PAGES_MAX or kept >= CHARACTERS_MAX:
                gathered.trouble = Trouble.INCOMPLETE
                break
            sheet = _Sheet(book, room=CHARACTERS_MAX - kept)
            text = markup.tidy("\n".join([name, sheet.read(container, member)]))
            text = "\n".join([text, *_beside(container, member)]).strip()
            if sheet.is_cut:
                gathered.trouble = Trouble.INCOMPLETE
            kept += len(text)
            gathered.texts.append(text)
    return gathered


@dataclass
class _Book:
    """What all sheets share.

    formats: what each cell style shows: "d" a date, "t" a time, "dt" both, "%", "2" so many
    decimals, "" the number as it is.
    """

    sheets: list[tuple[str, str]] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    epoch: dt.datetime = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - cells know no time zone


def _book(container: zipfile.ZipFile) -> _Book:
    book = _Book()
    related = packed.related(container, _BOOK)

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            ident = next((v for key, v in attributes.items() if key.endswith(" id")), "")
            if ident in related:
                book.sheets.append((attributes.get("name", ""), related[ident][1]))
        elif name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
            book.epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001

    _walk(container, _BOOK, start)
    members = dict(related.values())
    book.strings = _strings(container, members.get("sharedStrings", "xl/sharedStrings.xml"))
    book.formats = _formats(container, members.get("styles", "xl/styles.xml"))
    return book


def _walk(container: zipfile.ZipFile, member: str, start: markup.Start) -> None:
    stream = packed.part(container, member)
    if stream is not None:
        with stream:
            markup.pull(stream, start, lambda _: None, lambda _: None)


def _strings(container: zipfile.ZipFile, member: str) -> list[str]:
    """The texts that cells point to by number."""
    found: list[str] = []
    parts: list[str] = []
    inside = skipped = 0

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal inside, skipped
        inside += name == "t"
        skipped += name == "rPh"  # how a word is pronounced, in Japanese files

    def end(name: str) -> None:
        nonlocal inside, skipped
        inside -= name == "t"
        skipped -= name == "rPh"
        if name == "si":
            found.append("".join(parts))
            parts.clear()

    def characters(text: str) -> None:
        if inside and not skipped:
            parts.append(text)

    stream = packed.part(container, member)
    if stream is not None:
        with stream:
            markup.pull(stream, start, end, characters)
    return found


def _formats(container: zipfile.ZipFile, member: str) -> list[str]:
    """For each cell style what it shows; see _Book."""
    own: dict[int, str] = {}
    styles: list[str] = []
    in_cells = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal in_cells
        if name == "numFmt":
            own[_number(attributes.get("numFmtId"))] = _meaning(attributes.get("formatCode", ""))
        elif name in {"cellXfs", "cellStyleXfs", "dxfs"}:
            in_cells = name == "cellXfs"
        elif name == "xf" and in_cells:
            ident = _number(attributes.get("numFmtId"))
            styles.append(own.get(ident, _STYLES.get(ident, "")))

    _walk(container, member, start)
    return styles


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 9 else -1


def _meaning(code: str) -> str:
    code = _NOT_FORMAT.sub("", code.split(";", maxsplit=1)[0]).lower()
    if "%" in code:
        return "%"
    day, time = bool(re.search(r"[dy]|mmm", code)), bool(re.search(r"[hs]", code))
    if day or time:
        return "d" * day + "t" * time
    decimals = re.search(r"0\.(0{1,9})(?!0)", code)
    return str(len(decimals[1])) if decimals else ""


class _Sheet:
    """Gathers one sheet. room: letters that it may have."""

    def __init__(self, book: _Book, room: int) -> None:
        self._book = book
        self._room = room
        self.is_cut = False
        self._out: list[str] = []
        self._value: list[str] | None = None
        self._kind = self._style = ""

    def read(self, container: zipfile.ZipFile, member: str) -> str:
        stream = packed.part(container, member)
        if stream is not None:
            with stream:
                try:
                    markup.pull(stream, self._start, self._end, self._characters)
                except markup.Enough:
                    self.is_cut = True
        return "".join(self._out)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        elif name in {"v", "t"} or name.endswith(("Header", "Footer")):
            self._value = []

    def _characters(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)

    def _end(self, name: str) -> None:
        if name == "row":
            self._tell("\n")
        elif self._value is None:
            return
        elif name in {"v", "t"}:
            self._tell(self._printed("".join(self._value)) + ("\t" if name == "v" else " "))
            self._value = None
        elif name.endswith(("Header", "Footer")):
            self._tell(_MARGIN_CODE.sub(" ", "".join(self._value)) + "\n")
            self._value = None

    def _tell(self, text: str) -> None:
        self._out.append(text)
        self._room -= len(text)
        if self._room < 0:
            raise markup.Enough

    def _printed(self, value: str) -> str:
        if self._kind == "s":
            at = _number(value)
            return self._book.strings[at] if 0 <= at < len(self._book.strings) else ""
        if self._kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if self._kind != "n":
            return value
        at = _number(self._style)
        meaning = self._book.formats[at] if 0 <= at < len(self._book.formats) else ""
        try:
            return self._as_number(float(value), meaning)
        except (ValueError, OverflowError):
            return value

    def _as_number(self, number: float, meaning: str) -> str:
        if meaning == "%":
            return f"{number * 100:.10g}%"
        if meaning.isdigit():
            return f"{number:.{meaning}f}"
        if meaning:
            moment = self._book.epoch + dt.timedelta(days=number) + dt.timedelta(milliseconds=500)
            day = moment.strftime("%d.%m.%Y") if "d" in meaning else ""
            return f"{day} {moment:%H:%M}".strip() if "t" in meaning else day
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.12g}"


def _beside(container: zipfile.ZipFile, member: str) -> list[str]:
    """Comments, text boxes and charts of a sheet."""
    texts = []
    for kind, target in packed.related(container, member).values():
        if kind not in _BESIDE:
            continue
        texts.append(markup.flow(packed.part(container, target), markup.OFFICE))
        for below, drawn in packed.related(container, target).values():
            if below in _ON_DRAWING:
                texts.append(markup.flow(packed.part(container, drawn), markup.OFFICE))
    return [text for text in texts if text]

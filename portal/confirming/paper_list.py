"""A long list on A4 pages: set by hand, since two thousand rows must not make anybody wait."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from portal.kernel.paper import BOLD, INK, REGULAR, fonts

WIDTH, HEIGHT = A4  # points
EDGE = 36
SIZE, STEP, PAD = 8.5, 10.5, 4.5  # of letters, of lines, above and below a row
ROW_MIN = 21  # room for a signature
COLUMNS = (24, 122, 118, 62, 36, 73, 88)  # widths: number, name, position, at, version, way, hand
GAP = 4
FOOT = 44
LINE = HexColor("#9aa9ac")
Cells = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Told:
    """The words around the table."""

    title: str
    heading: str
    site: str
    facts: Sequence[tuple[str, str]]
    note: str
    heads: Sequence[str]
    language: str
    made: str
    made_at: datetime


class _Row(NamedTuple):
    """A row of the table, or a group's name when it has no cells."""

    height: float
    cells: list[list[str]]
    group: str = ""


@lru_cache(maxsize=4_096)
def _split(words: str, width: float, size: float = SIZE, face: str = REGULAR) -> tuple[str, ...]:
    """Words in lines of a width; an endless word is cut, never written over its neighbour."""
    lines: list[str] = []
    for line in simpleSplit(words, face, size, width):
        while simpleSplit(line, face, size, width) and _wide(line, face, size) > width:
            cut = max(1, int(len(line) * width / _wide(line, face, size)) - 1)
            lines.append(line[:cut])
            line = line[cut:]
        lines.append(line)
    return tuple(lines)


def _wide(words: str, face: str, size: float) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(words, face, size))


def draw(
    told: Told,
    groups: Sequence[tuple[str, Sequence[Cells]]],
    page_words: Callable[[int, int], str],
) -> bytes:
    """The PDF. groups: a unit's name with its people; page_words: «page 2 of 40»."""
    fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, lang=told.language, invariant=True, pageCompression=1)
    canvas.setTitle(f"{told.heading}: {told.title}")
    canvas.setAuthor(told.site)
    canvas.setDateFormatter(lambda *_clock: f"D:{told.made_at:%Y%m%d%H%M%S}+00'00'")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    list_ = _List(canvas, told)
    pages = list_.pages(_rows(groups))
    for number, page in enumerate(pages, 1):
        list_.page(page, is_first=number == 1, foot=page_words(number, len(pages)))
    canvas.save()
    return out.getvalue()


def _rows(groups: Sequence[tuple[str, Sequence[Cells]]]) -> list[_Row]:
    found, number = [], 0
    for name, people in groups:
        lines = _split(name, WIDTH - 2 * EDGE, SIZE + 1, BOLD)
        found.append(_Row(len(lines) * STEP + 12, [list(lines)], name or " "))
        for cells in people:
            number += 1
            split = [[str(number)]]
            split += [
                list(_split(words, width - GAP))
                for words, width in zip(cells, COLUMNS[1:6], strict=True)
            ]
            most = max(len(lines) for lines in split)
            found.append(_Row(max(ROW_MIN, most * STEP + 2 * PAD), split))
    return found


class _List:
    """The pages of one list."""

    def __init__(self, canvas: Canvas, told: Told) -> None:
        self.canvas, self.told = canvas, told
        self.wide = WIDTH - 2 * EDGE

    def pages(self, rows: Sequence[_Row]) -> list[list[_Row]]:
        """The rows parted into pages; no unit's name stands alone at the end of one."""
        room = HEIGHT - EDGE - FOOT
        left = room - self._head_height() - self._heads_height()
        pages: list[list[_Row]] = [[]]
        for place, row in enumerate(rows):
            after = rows[place + 1].height if row.group and place + 1 < len(rows) else 0
            if row.height + after > left and pages[-1]:
                pages.append([])
                left = room - self._heads_height()
            pages[-1].append(row)
            left -= row.height
        return pages

    def page(self, rows: Sequence[_Row], *, is_first: bool, foot: str) -> None:
        top = HEIGHT - EDGE
        if is_first:
            top = self._head(top)
        top = self._heads(top)
        for row in rows:
            top = self._group(row, top) if row.group else self._row(row, top)
        self._foot(foot)
        self.canvas.showPage()

    def _head_lines(self) -> list[tuple[tuple[str, ...], str, float]]:
        """What stands above the table on the first page: lines, face, size."""
        told = self.told
        lines = [
            ((told.site,), BOLD, 9.0),
            (_split(told.heading, self.wide, 16, BOLD), BOLD, 16.0),
            (_split(told.title, self.wide, 12, BOLD), BOLD, 12.0),
        ]
        for label, value in told.facts:
            lines.append((_split(f"{label}: {value}", self.wide, 9), REGULAR, 9.0))
        lines.append((_split(told.note, self.wide, 8.5), REGULAR, 8.5))
        return lines

    def _head_height(self) -> float:
        return sum(len(lines) * size * 1.3 + 3 for lines, _face, size in self._head_lines()) + 10

    def _head(self, top: float) -> float:
        self.canvas.setFillColor(INK)
        for lines, face, size in self._head_lines():
            self.canvas.setFont(face, size)
            for line in lines:
                top -= size * 1.3
                self.canvas.drawString(EDGE, top, line)
            top -= 3
        return top - 10

    def _heads_height(self) -> float:
        heads = zip(self.told.heads, COLUMNS, strict=True)
        most = max(len(_split(head, width - GAP, 8, BOLD)) for head, width in heads)
        return most * 10 + 8

    def _heads(self, top: float) -> float:
        height, x = self._heads_height(), float(EDGE)
        self.canvas.setFillColor(INK)
        self.canvas.setFont(BOLD, 8)
        for head, width in zip(self.told.heads, COLUMNS, strict=True):
            for place, line in enumerate(_split(head, width - GAP, 8, BOLD)):
                self.canvas.drawString(x, top - 9 - place * 10, line)
            x += width
        self._rule(top - height, 1.2)
        return top - height

    def _group(self, row: _Row, top: float) -> float:
        self.canvas.setFillColor(INK)
        self.canvas.setFont(BOLD, SIZE + 1)
        for place, line in enumerate(row.cells[0]):
            self.canvas.drawString(EDGE, top - 8 - STEP * (place + 0.6), line)
        self._rule(top - row.height, 0.8)
        return top - row.height

    def _row(self, row: _Row, top: float) -> float:
        self.canvas.setFillColor(INK)
        self.canvas.setFont(REGULAR, SIZE)
        x = float(EDGE)
        for lines, width in zip(row.cells, COLUMNS, strict=False):
            for place, line in enumerate(lines):
                self.canvas.drawString(x, top - PAD - STEP * (place + 0.8), line)
            x += width
        self._rule(top - row.height, 0.4)
        return top - row.height

    def _rule(self, y: float, width: float) -> None:
        self.canvas.setStrokeColor(LINE if width < 1 else INK)
        self.canvas.setLineWidth(width)
        self.canvas.line(EDGE, y, WIDTH - EDGE, y)

    def _foot(self, page: str) -> None:
        self.canvas.setFillColor(INK)
        self.canvas.setFont(REGULAR, 8)
        self.canvas.drawString(EDGE, EDGE - 10, f"{self.told.site} · {self.told.made}")
        self.canvas.drawRightString(WIDTH - EDGE, EDGE - 10, page)

"""A sanitised text as paragraphs, tables and pictures for paper, in letters of any size."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Image, Paragraph, Table

from portal.kernel.paper import BOLD, INK, REGULAR, picture_bytes

LEADING = 1.32
COLUMNS_MAX, ROWS_MAX = 12, 200  # of a table; a text may claim a million
SMALLEST = 7  # points
PICTURE_MAX = 200  # points high
LINE = HexColor("#9aa9ac")
# What a text may hold within a line, as the drawing knows it.
_INLINE = {"strong": "b", "u": "u", "s": "strike", "sub": "sub", "sup": "super", "a": "u"}
_HEADINGS = {"h2": 1.3, "h3": 1.12, "h4": 1.0}
_BLOCKS = {"p", "li", "blockquote", "figcaption", "pre", *_HEADINGS}


@dataclass
class Cell:
    words: str
    is_head: bool
    columns: int = 1
    rows: int = 1


@dataclass
class Block:
    """What stands alone: a paragraph, a heading, an entry of a list, a table or a picture."""

    name: str  # the tag; «li» with its mark
    words: str = ""  # the drawing's own markup
    mark: str = ""
    depth: int = 0
    rows: list[list[Cell]] = field(default_factory=list)
    file_id: int = 0

    @property
    def length(self) -> int:
        cells = sum(len(cell.words) + 10 for row in self.rows for cell in row)
        return len(self.words) + cells + 40


def blocks(html: str) -> tuple[list[Block], bool]:
    """The parts of a sanitised text in their order, and whether paper can show all of them."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader.found, not reader.has_more


class _Reader(HTMLParser):
    """Goes through a text that nh3 has made well-formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Block] = []
        self.has_more = False  # what no paper shows: a very wide table, a picture within one
        self._words: list[str] = []
        self._open: list[str] = []  # inline tags, closed and opened anew at a block's edge
        self._name = "p"
        self._lists: list[int | None] = []  # the number of the next entry; None for bullets
        self._mark = ""
        self._table: Block | None = None
        self._within = 0  # tables within that one, whose words stand in its cell
        self._cell: Cell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "br":
            self._words.append("<br/>")
        elif tag in _INLINE:
            self._open.append(tag)
            self._words.append(f"<{_INLINE[tag]}>")
        elif tag == "img":
            self._picture(values.get("src") or "")
        elif tag in ("ul", "ol") and self._table is None:
            self.end_block()
            self._lists.append(_number(values.get("start"), 1) if tag == "ol" else None)
        elif self._table is not None:
            self._in_table(tag, values)
        elif tag == "table":
            self.end_block()
            self._table = Block("table")
        elif tag in _BLOCKS:
            self._begin(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _INLINE and tag in self._open:
            self._open.reverse()
            self._open.remove(tag)
            self._open.reverse()
            self._words.append(f"</{_INLINE[tag]}>")
        elif self._table is not None:
            self._table_ends(tag)
        elif tag in ("ul", "ol") and self._lists:
            self.end_block()
            self._lists.pop()
        elif tag in _BLOCKS:
            self.end_block()

    def _table_ends(self, tag: str) -> None:
        table = self._table
        assert table is not None
        if tag == "table" and self._within:
            self._within -= 1
        elif tag == "table":
            if width_of(table.rows) > COLUMNS_MAX:
                self.has_more = True
            else:
                self.found.append(table)
            self._table = self._cell = None
            self._words = self._reopened()
        elif tag in ("td", "th", "caption") and not self._within:
            self._end_cell()

    def handle_data(self, data: str) -> None:
        self._words.append(escape(data))

    def _begin(self, tag: str) -> None:
        if tag == "p" and self._name in ("li", "blockquote") and not self._said():
            return  # the first paragraph of an entry is the entry
        self.end_block()
        self._name = tag
        if tag == "li":
            number = self._lists[-1] if self._lists else None
            self._mark = "•" if number is None else f"{number}."
            if number is not None:
                self._lists[-1] = number + 1

    def end_block(self) -> None:
        """What was read so far stands alone."""
        if self._said():
            words = self._closed()
            depth = len(self._lists)
            self.found.append(Block(self._name, words, self._mark, depth))
        self._words = self._reopened()
        self._name, self._mark = "p", ""

    def _said(self) -> bool:
        return any(part.strip() and not part.startswith("<") for part in self._words)

    def _reopened(self) -> list[str]:
        return [f"<{_INLINE[tag]}>" for tag in self._open]

    def _closed(self) -> str:
        ends = [f"</{_INLINE[tag]}>" for tag in reversed(self._open)]
        return "".join([*self._words, *ends]).strip()

    def _picture(self, source: str) -> None:
        number = source.removeprefix("/files/").partition("/")[0]
        if self._table is not None:
            self.has_more = True
        elif number.isdecimal():
            self.end_block()
            self.found.append(Block("img", file_id=int(number)))

    def _in_table(self, tag: str, values: dict[str, str | None]) -> None:
        table = self._table
        assert table is not None
        if tag == "table":
            self._within += 1
        elif self._within or tag in ("p", "li", "ul", "ol", "br"):
            if self._said():
                self._words.append("<br/>")
        elif tag == "tr":
            table.rows.append([])
        elif tag == "caption":
            self._cell, self._words = Cell("", is_head=True), self._reopened()
        elif tag in ("td", "th"):
            columns = min(_number(values.get("colspan"), 1), COLUMNS_MAX)
            rows = min(_number(values.get("rowspan"), 1), ROWS_MAX)
            self._cell = Cell("", tag == "th", columns, rows)
            self._words = self._reopened()
            if not table.rows:
                table.rows.append([])
            table.rows[-1].append(self._cell)

    def _end_cell(self) -> None:
        if self._cell is None or self._table is None:
            return
        self._cell.words = self._closed()
        if not any(self._cell is cell for row in self._table.rows for cell in row):
            self._table.words = self._cell.words  # the caption
        self._cell, self._words = None, self._reopened()


def _number(typed: str | None, otherwise: int) -> int:
    return max(1, int(typed)) if typed and typed.isdecimal() and len(typed) < 6 else otherwise


def width_of(rows: list[list[Cell]]) -> int:
    """How many columns a table's widest row names."""
    return max((sum(cell.columns for cell in row) for row in rows), default=0)


# ── Set ─────────────────────────────────────────────────────────────────


def style(size: float, **more: Any) -> ParagraphStyle:
    """The look of a paragraph; endless words are cut rather than written over the edge."""
    more = {"fontName": REGULAR, "leading": size * LEADING, "textColor": INK, **more}
    return ParagraphStyle("", fontSize=size, splitLongWords=1, **more)


Placed = tuple[Flowable, float]  # with the space before it, in points


def laid(
    block: Block, size: float, width: float, picture: Callable[[int], Path | None]
) -> Placed | None:
    """A block in letters of a size; None for a picture that is not there."""
    if block.name == "img":
        path = picture(block.file_id)
        return (drawn(path, width, PICTURE_MAX), size * 0.7) if path is not None else None
    if block.name == "table":
        made = _table(block, size, width)
        return (made, size * 0.7) if made is not None else None
    if block.name in _HEADINGS:
        big = size * _HEADINGS[block.name]
        look = style(big, fontName=BOLD, leading=big * 1.2, keepWithNext=1)
        return Paragraph(block.words, look), size * 0.9
    indent = size * 1.6 * block.depth
    if block.name == "blockquote":
        indent += size
    look = style(
        size if block.name != "figcaption" else size * 0.8,
        leftIndent=indent,
        bulletIndent=max(0, indent - size * 1.5),
        bulletFontName=BOLD,
        bulletFontSize=size,
    )
    space = size * (0.3 if block.mark else 0.55)
    return Paragraph(block.words, look, bulletText=block.mark or None), space


def drawn(path: Path, width: float, height: float) -> Image:
    """A picture as large as the room allows."""
    data, wide, high = picture_bytes(path)
    scale = min(width / wide, height / high)
    return Image(data, wide * scale, high * scale, hAlign="LEFT")


def _table(block: Block, size: float, width: float) -> Table | None:
    rows = [row for row in block.rows[:ROWS_MAX] if row]
    spots = _spots(rows)
    if not spots:
        return None
    columns = 1 + max(left + cell.columns - 1 for (_top, left), cell in spots.items())
    small = max(SMALLEST, size * min(0.9, 4 / columns))
    cells: list[list[Any]] = [[""] * columns for _row in rows]
    looks: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.6, LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    for (top, left), cell in spots.items():
        face = BOLD if cell.is_head else REGULAR
        cells[top][left] = Paragraph(cell.words, style(small, fontName=face))
        if cell.columns > 1 or cell.rows > 1:
            end = (left + cell.columns - 1, min(top + cell.rows, len(rows)) - 1)
            looks.append(("SPAN", (left, top), end))
    has_head = all(cell.is_head and cell.rows == 1 for cell in rows[0])
    return Table(
        cells,
        colWidths=[width / columns] * columns,
        repeatRows=int(has_head and len(rows) > 1),
        style=looks,
        splitInRow=1,
        hAlign="LEFT",
    )


def _spots(rows: list[list[Cell]]) -> dict[tuple[int, int], Cell]:
    """Where each cell stands: its row and first column, counting those that reach down."""
    taken: set[tuple[int, int]] = set()
    found: dict[tuple[int, int], Cell] = {}
    for top, row in enumerate(rows):
        left = 0
        for cell in row:
            while (top, left) in taken:
                left += 1
            found[top, left] = cell
            reach = range(top, min(top + cell.rows, len(rows)))
            taken |= {(down, left + n) for down in reach for n in range(cell.columns)}
            left += cell.columns
    return found

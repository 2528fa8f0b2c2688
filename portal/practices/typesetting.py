"""Setting text on paper: parts with headings, laid in columns so that they fit a given room.

The letters shrink within bounds; if that is not enough, long texts are cut at a word, and the
paper says where all of it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph

from portal.kernel.i18n import _
from portal.kernel.paper import BOLD, INK, REGULAR

SIZES = (7.5, 8, 8.5, 9, 9.5, 10, 10.5, 11, 11.5, 12)  # of the letters, in points
LEADING = 1.36
SHORTEST, LONGEST, FINE = 60, 4_000, 40  # characters of a part that is cut
HOPELESS = 12_000  # characters that fit no page, so that nobody waits for them to be set
BREAK = 40  # characters that the end of a line counts for
ENDLESS = 10_000  # points: a height that nothing reaches


class Line(NamedTuple):
    """A paragraph: what stands first in bold, and what follows."""

    bold: str
    plain: str = ""

    @property
    def length(self) -> int:
        """Characters; a line that is broken takes room where it ends, however short it is."""
        breaks = 1 + self.bold.count("\n") + self.plain.count("\n")
        return len(self.bold) + len(self.plain) + BREAK * breaks


@dataclass
class Part:
    """A heading with its paragraphs, perhaps numbered."""

    heading: str
    lines: list[Line] = field(default_factory=list)
    numbered: bool = False

    def length(self, limit: int | None) -> int:
        """Characters, breaks counted, as far as they may be shown."""
        whole = sum(line.length for line in self.lines)
        return whole if limit is None else min(whole, limit)

    def within(self, limit: int | None) -> list[Line]:
        """The paragraphs as far as they have at most so many characters together."""
        if limit is None or self.length(None) <= limit:
            return self.lines
        kept: list[Line] = []
        left = limit
        for line in self.lines:
            if line.length > left:
                kept.append(_shortened(line, left))
                break
            kept.append(line)
            left -= line.length
        return kept


def _shortened(line: Line, limit: int) -> Line:
    """A paragraph cut at a word, without its breaks; the rest is at the address."""
    more = "… " + _("(all of it at the address)")
    bold, plain = " ".join(line.bold.split()), " ".join(line.plain.split())
    if len(bold) > limit:
        return Line(_cut(bold, limit), more)
    return Line(bold, f" {_cut(plain, limit - len(bold))}{more}")


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    whole = text[: limit + 1].rsplit(None, 1)
    return (whole[0] if len(whole) > 1 else text[:limit]).rstrip(" ,;:–-")


def style(size: float, **more: Any) -> ParagraphStyle:
    """The look of a paragraph in letters of a size in points."""
    more = {"fontName": REGULAR, "leading": size * LEADING, **more}
    bullet = {"bulletFontName": BOLD, "bulletFontSize": size}
    return ParagraphStyle("", fontSize=size, splitLongWords=1, **bullet, **more)


def paragraph(line: Line, look: ParagraphStyle, number: int | None = None) -> Paragraph:
    """A line set in a look, with its number before it if it has one."""
    words = (f"<b>{escape(line.bold)}</b>" if line.bold else "") + escape(line.plain)
    bullet = f"{number}." if number else None
    return Paragraph(words.replace("\n", "<br/>"), look, bulletText=bullet)


class Block(NamedTuple):
    """A part laid out: its paragraphs with their heights, and its whole height in points."""

    lines: list[tuple[Paragraph, float, float]]  # with the space before each
    height: float


def laid(part: Part, size: float, limit: int | None, width: float, heading: float) -> Block:
    """A part in a column: limit in characters, width in points, heading as part of the size."""
    face = BOLD if heading > 1 else REGULAR
    head = style(size * heading, fontName=face, textColor=INK)
    body = style(size, leftIndent=size * 1.8 if part.numbered else 0, bulletIndent=0)
    found = [(Paragraph(escape(part.heading), head), size * 1.1)]
    for number, line in enumerate(part.within(limit), 1):
        space = size * (0.15 if number == 1 else 0.4)
        found.append((paragraph(line, body, number if part.numbered else None), space))
    lines = [(each, each.wrap(width, ENDLESS)[1], space) for each, space in found]
    return Block(lines, sum(height + space for _each, height, space in lines))


Columns = list[list[Block]]
# Of a size and a limit of characters for each part.
Layout = Callable[[float, int | None], Columns]


def fitted(layout: Layout, parts: Sequence[Part], room: float) -> Columns:
    """Columns that are no higher than the room: the largest letters, then the longest texts."""

    def fits(size: float, limit: int | None) -> Columns | None:
        if sum(part.length(limit) for part in parts) > HOPELESS:
            return None
        columns = layout(size, limit)
        return columns if height_of(columns) <= room else None

    best = fits(SIZES[0], None)
    low, high = 0, len(SIZES) - 1  # SIZES rises: the first fits best
    if best is not None:
        while low < high:
            middle = (low + high + 1) // 2
            if columns := fits(SIZES[middle], None):
                low, best = middle, columns
            else:
                high = middle - 1
        return best
    best = layout(SIZES[0], SHORTEST)
    shortest, longest = SHORTEST, LONGEST
    while longest - shortest > FINE:
        limit = (shortest + longest) // 2
        if columns := fits(SIZES[0], limit):
            shortest, best = limit, columns
        else:
            longest = limit
    return best


def height_of(columns: Columns) -> float:
    """The height of the highest column."""
    return max((sum(block.height for block in column) for column in columns), default=0)


def balanced(blocks: list[Block]) -> Columns:
    """Blocks in two columns, in their order, as even as can be."""
    # One after the other, never woven: a reader goes down the first column, then the second.
    halves = [[blocks[:place], blocks[place:]] for place in range(1, len(blocks) + 1)]
    return min(halves, key=height_of, default=[[], []])

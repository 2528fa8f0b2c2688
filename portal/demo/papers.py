"""Papers of the demo municipality, written when the demo is made: PDF, scans, tables and texts.

A text is lines: `# ` begins a heading, `- ` an item, `| a | b |` a row of a table, `===` a new
page; every other line is a paragraph.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from portal.demo import office

Kind = Literal["heading", "item", "row", "break", "paragraph"]
Block = tuple[Kind, Any]
SIGNS: dict[str, Kind] = {"# ": "heading", "- ": "item", "| ": "row"}
SCAN_DPI = 200
PASSWORD = "белобряг"  # of the one protected paper; nobody is told it, so that its state is seen


@dataclass(frozen=True)
class Paper:
    """What is printed on a paper. `lines` is its text, see the module."""

    title: str
    lines: str
    head: tuple[str, ...] = ()  # the letterhead
    number: str = ""
    signed: tuple[str, str] = ("", "")  # position and name


def blocks(lines: str) -> Iterator[Block]:
    """The parts of a text, rows as lists of cells."""
    for line in filter(None, map(str.strip, lines.splitlines())):
        kind = SIGNS.get(line[:2], "paragraph")
        if line == "===":
            yield "break", None
        elif kind == "row":
            yield kind, [cell.strip() for cell in line.strip("| ").split("|")]
        else:
            yield kind, line[2:] if kind != "paragraph" else line


def make(paper: Paper, ending: str, fonts: Path) -> bytes:
    """The paper as a file. fonts: the folder of SofiaSans-Regular.ttf and -Bold.ttf."""
    formats: dict[str, Callable[[], bytes]] = {
        "pdf": lambda: pdf(paper, fonts),
        "docx": lambda: office.docx(_whole(paper)),
        "odt": lambda: office.odt(_whole(paper)),
        "xlsx": lambda: office.xlsx(list(sheets(paper.lines))),
        "csv": lambda: _csv(paper.lines),
        "txt": lambda: _txt(paper),
    }
    return formats[ending]()


def sheets(lines: str) -> Iterator[tuple[str, list[list[str]]]]:
    """A table by sheet: a heading names the next one."""
    name = ""
    cells: list[list[str]] = []
    for kind, value in blocks(lines):
        if kind == "heading":
            if cells:
                yield name, cells
            name, cells = value, []
        elif kind == "row":
            cells.append(value)
    if cells:
        yield name, cells


def _txt(paper: Paper) -> bytes:
    return f"{paper.title}\n\n{paper.lines.strip()}\n".encode()


def _csv(lines: str) -> bytes:
    rows = [value for kind, value in blocks(lines) if kind == "row"]
    return "\r\n".join(";".join(row) for row in rows).encode("utf-8-sig")


def _whole(paper: Paper) -> list[Block]:
    """Letterhead, title, text and signature."""
    position, name = paper.signed
    found: list[Block] = [("paragraph", line) for line in paper.head]
    found += [("paragraph", paper.number)] if paper.number else []
    found += [("heading", paper.title), *blocks(paper.lines)]
    return [*found, ("paragraph", f"{position}: ……………… /{name}/")] if name else found


def pdf(paper: Paper, fonts: Path, password: str = "") -> bytes:
    """The paper as PDF; with a password nobody opens it without."""
    # Late: only a demo needs it.
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    look = _Look(fonts)
    out = io.BytesIO()
    lock = StandardEncryption(password, strength=128) if password else None
    page = SimpleDocTemplate(
        out, pagesize=A4, title=paper.title, lang="bg", encrypt=lock,
        leftMargin=25 * mm, rightMargin=20 * mm, topMargin=20 * mm, bottomMargin=20 * mm,
        invariant=True,
    )  # fmt: skip
    page.build(look.story(paper), onFirstPage=look.foot, onLaterPages=look.foot)
    return out.getvalue()


class _Look:
    """How the municipality's papers look."""

    def __init__(self, fonts: Path) -> None:
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        for name in ("Regular", "Bold"):
            if f"Town-{name}" not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(TTFont(f"Town-{name}", fonts / f"SofiaSans-{name}.ttf"))
        text = ParagraphStyle(
            "text", fontName="Town-Regular", fontSize=11, leading=15, spaceAfter=7
        )
        self.text = text
        self.head = ParagraphStyle("head", text, alignment=1, spaceAfter=1)
        self.bold = ParagraphStyle("bold", self.head, fontName="Town-Bold", fontSize=13)
        self.title = ParagraphStyle("title", self.bold, fontSize=15, leading=20, spaceBefore=14,
                                    spaceAfter=12)  # fmt: skip
        self.heading = ParagraphStyle("heading", text, fontName="Town-Bold", spaceBefore=8)
        self.item = ParagraphStyle("item", text, leftIndent=16, bulletIndent=4, spaceAfter=3)
        self.cell = ParagraphStyle("cell", text, fontSize=10, leading=13, spaceAfter=0)

    def story(self, paper: Paper) -> list[Any]:
        from reportlab.platypus import HRFlowable, Paragraph, Spacer

        first, *rest = paper.head or ("",)
        parts: list[Any] = [Paragraph(escape(first), self.bold)] if first else []
        parts += [Paragraph(escape(line), self.head) for line in rest]
        parts += [HRFlowable(width="100%", spaceBefore=5, spaceAfter=9)] if first else []
        if paper.number:
            parts.append(Paragraph(escape(paper.number), self.head))
        parts.append(Paragraph(escape(paper.title), self.title))
        for is_row, group in groupby(blocks(paper.lines), lambda block: block[0] == "row"):
            if is_row:
                parts += [self._table([value for _kind, value in group]), Spacer(1, 9)]
            else:
                parts += [self._part(kind, value) for kind, value in group]
        position, name = paper.signed
        if name:
            signature = f"{position}: ………………………… /{name}/"
            parts += [Spacer(1, 26), Paragraph(escape(signature), self.heading)]
        return parts

    def _part(self, kind: Kind, value: str) -> Any:
        from reportlab.platypus import PageBreak, Paragraph

        if kind == "break":
            return PageBreak()
        if kind == "item":
            return Paragraph(escape(value), self.item, bulletText="–")
        return Paragraph(escape(value), self.heading if kind == "heading" else self.text)

    def _table(self, rows: list[list[str]]) -> Any:
        from reportlab.platypus import Paragraph, Table

        width = max(map(len, rows))
        cells = [
            [Paragraph(escape(cell), self.cell) for cell in row + [""] * (width - len(row))]
            for row in rows
        ]
        grid = [("GRID", (0, 0), (-1, -1), 0.5, "#8a979b"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        return Table(cells, style=grid, repeatRows=1, colWidths=[470 / width] * width)

    @staticmethod
    def foot(canvas: Any, _page: Any) -> None:
        canvas.setFont("Town-Regular", 9)
        canvas.drawRightString(540, 30, str(canvas.getPageNumber()))


def scanned(paper: Paper, fonts: Path) -> bytes:
    """The first page of a paper as a scanner gives it: a grey picture, a little askew, no text."""
    import pypdfium2

    drawn = pypdfium2.PdfDocument(pdf(paper, fonts))
    try:
        picture = drawn[0].render(scale=SCAN_DPI / 72).to_pil().convert("L")
    finally:
        drawn.close()
    askew = picture.rotate(0.4, fillcolor=250)
    out = io.BytesIO()
    askew.save(out, "PDF", resolution=SCAN_DPI, quality=60)
    return out.getvalue()


def damaged(data: bytes) -> bytes:
    """A file whose copying broke off in the middle."""
    return data[: len(data) * 2 // 5]

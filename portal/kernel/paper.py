"""What every PDF of the portal shares: its typeface, its ink, codes to scan, the arms, pictures."""

import io
from pathlib import Path
from typing import Any

import segno
from flask import current_app
from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

REGULAR, BOLD = "Paper-Regular", "Paper-Bold"
INK, BLACK, WHITE = HexColor("#12292e"), HexColor("#000000"), HexColor("#ffffff")
PIXELS = 1000  # the longer side of a printed picture


def fonts() -> None:
    """Make the typeface known to the drawing; done once in a process."""
    folder = Path(str(current_app.static_folder)) / "fonts"
    for name in ("Regular", "Bold"):
        if f"Paper-{name}" not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(f"Paper-{name}", folder / f"SofiaSans-{name}.ttf"))
    pdfmetrics.registerFontFamily(REGULAR, REGULAR, BOLD, REGULAR, BOLD)


def code(canvas: Canvas, text: str, x: float, y: float, side: float) -> None:
    """A QR code with its lower left corner at x, y; side in points."""
    matrix = segno.make(text, error="m", micro=False).matrix
    cell = side / len(matrix)
    canvas.setFillColor(BLACK)
    for row, cells in enumerate(matrix):
        for column, is_dark in enumerate(cells):
            if is_dark:
                bottom = y + side - (row + 1) * cell
                # A hair wider than a cell: viewers leave white lines between neighbours.
                canvas.rect(x + column * cell, bottom, cell + 0.1, cell + 0.1, 0, 1)


def arms(canvas: Canvas, x: float, y: float, height: float, ink: Any) -> None:
    """The arms of the bar on white paper: the shield in one colour, what it bears in white."""
    canvas.saveState()
    canvas.translate(x, y + height)
    canvas.scale(height / 42, -height / 42)  # as the bar draws them: 36 by 42, down from the top
    canvas.setFillColor(ink)
    shield = canvas.beginPath()
    shield.moveTo(2, 2)
    shield.lineTo(34, 2)
    shield.lineTo(34, 22)
    shield.curveTo(34, 31, 27, 37, 18, 40)
    shield.curveTo(9, 37, 2, 31, 2, 22)
    shield.close()
    canvas.drawPath(shield, stroke=0, fill=1)
    canvas.setFillColor(WHITE)
    house = canvas.beginPath()
    for place, point in enumerate(
        [(12, 17), (12, 12), (18, 7), (24, 12), (24, 17), (20, 17), (20, 13), (16, 13), (16, 17)]
    ):
        house.moveTo(*point) if place == 0 else house.lineTo(*point)
    house.close()
    canvas.drawPath(house, stroke=0, fill=1)
    canvas.setStrokeColor(WHITE)
    canvas.setLineWidth(2.2)
    canvas.setLineCap(1)
    for left, top, part in ((6, 22.5, 4.0), (7, 28, 3.67), (11.5, 33.5, 2.2)):
        wave = canvas.beginPath()
        wave.moveTo(left, top)
        for step in range(3):
            begin, turn = left + step * 2 * part, -3 if step % 2 == 0 else 3
            wave.curveTo(begin + part, top + turn, begin + part, top + turn, begin + 2 * part, top)
        canvas.drawPath(wave, stroke=1, fill=0)
    canvas.restoreState()


def picture_bytes(path: Path) -> tuple[io.BytesIO, int, int]:
    """A picture of ours as JPEG on white, with its width and height in pixels."""
    out = io.BytesIO()
    with Image.open(path) as opened:
        opened.thumbnail((PIXELS, PIXELS))
        shown = Image.new("RGB", opened.size, "white")
        shown.paste(opened, mask=opened.convert("RGBA").getchannel("A"))
        shown.save(out, "JPEG", quality=80)
    out.seek(0)
    return out, shown.width, shown.height

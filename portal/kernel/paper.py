"""The portal's typeface on paper, for PDF files."""

from pathlib import Path

from flask import current_app
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Paper-Regular", "Paper-Bold"


def fonts() -> None:
    """Make the typeface known to the drawing; done once in a process."""
    folder = Path(str(current_app.static_folder)) / "fonts"
    for name in ("Regular", "Bold"):
        if f"Paper-{name}" not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(f"Paper-{name}", folder / f"SofiaSans-{name}.ttf"))
    pdfmetrics.registerFontFamily(REGULAR, REGULAR, BOLD, REGULAR, BOLD)

"""QR codes as SVG."""

import io

import segno
from markupsafe import Markup


def svg(text: str) -> Markup:
    """A QR code as SVG without style or width, so that it scales with its box."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        omitsize=True,
        svgclass="qr",
        lineclass=None,
        light="#fff",
    )
    return Markup(out.getvalue().decode())  # segno's own markup of a text of ours

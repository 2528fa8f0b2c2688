"""QR codes as SVG."""

import io

import segno
from markupsafe import Markup


def svg(text: str, error: str = "m") -> Markup:
    """A QR code as SVG without style or width, so that it scales with its box.

    error: how much of it may be spoilt, l or m; a screen needs less than paper.
    """
    out = io.BytesIO()
    segno.make(text, error=error, micro=False, boost_error=False).save(
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

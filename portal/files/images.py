"""Pictures are typed by their content and written anew: no metadata, no hidden payload."""

import io
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.kernel.errors import Refused
from portal.kernel.i18n import _

FORMATS = {"JPEG", "PNG", "WEBP", "GIF"}
PIXELS_MAX = 40_000_000
SIDE_MAX = 2000  # pixels: larger pictures are made smaller


def reencode(stream: IO[bytes], field: str = "file") -> tuple[bytes, int, int]:
    """A picture as WebP bytes with its width and height in pixels.

    Raises Refused when it is no JPEG, PNG, WebP or GIF, is broken, or is too large to open.
    """
    try:
        with Image.open(stream) as opened:
            if opened.format not in FORMATS:
                raise Refused(field, _("Only JPEG, PNG, WebP and GIF pictures can be used."))
            if opened.width * opened.height > PIXELS_MAX:
                raise Refused(field, _("The picture has too many pixels. Make it smaller."))
            opened.load()
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((SIDE_MAX, SIDE_MAX))
            mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
            out = io.BytesIO()
            picture.convert(mode).save(out, "WEBP", quality=82, method=4)
            return out.getvalue(), picture.width, picture.height
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        SyntaxError,
    ) as error:
        raise Refused(field, _("This file is not a picture, or it is damaged.")) from error

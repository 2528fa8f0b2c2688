"""How a file is called when it is saved by a browser."""

import re
from urllib.parse import quote

from portal.kernel.text import latin


def attachment(name: str) -> str:
    """The header that saves a file under its Cyrillic name, and under a Latin one in old programs.

    RFC 6266; the Latin form by the official transliteration.
    """
    plain = re.sub(r"[^\w .()-]", "_", latin(name).encode("ascii", "replace").decode())
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"

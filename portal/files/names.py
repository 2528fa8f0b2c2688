"""How a file is called when it is saved by a browser."""

import re
from urllib.parse import quote

from portal.kernel.text import latin


def attachment(name: str) -> str:
    """The header that saves a file under its Cyrillic name, a Latin one for old programs."""
    return disposition(name, "attachment")


def disposition(name: str, how: str) -> str:
    """The same for a file that is saved («attachment») or shown («inline»).

    RFC 6266; the Latin form by the official transliteration.
    """
    plain = re.sub(r"[^\w .()-]", "_", latin(name).encode("ascii", "replace").decode())
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"

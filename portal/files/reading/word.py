"""DOCX: the letters of every part that is printed, and the comments.

Read from the parts themselves: xberg 1.3.9 leaves out headers and footers and adds words of its
own ("style_name: heading 1", "[cmt:0]").
"""

import re
import zipfile
from pathlib import Path

from portal.files.reading import markup, packed
from portal.files.reading.results import CHARACTERS_MAX, Gathered, Trouble

# In the order in which they are told.
_PARTS = ("header", "document", "chart", "data", "footnotes", "endnotes", "comments", "footer")
_PART = re.compile(r"word/(?:charts/|diagrams/)?([a-z]+)\d*\.xml")


def read(path: Path) -> Gathered:
    """The whole as one page: where pages break is known to the word processor only."""
    gathered = Gathered()
    with packed.opened(path) as container:
        gathered.macros = packed.has_macros(container)
        told = _told(container)
    text = "\n".join(told)
    if len(text) > CHARACTERS_MAX:
        text, gathered.trouble = text[:CHARACTERS_MAX], Trouble.INCOMPLETE
    gathered.texts.append(text)
    return gathered


def _told(container: zipfile.ZipFile) -> list[str]:
    parts: list[tuple[int, str]] = []
    for name in container.namelist():
        found = _PART.fullmatch(name)
        if found and found[1] in _PARTS:
            parts.append((_PARTS.index(found[1]), name))
    # The first page, even and odd ones often repeat the same header.
    texts = {
        markup.flow(packed.part(container, name), markup.OFFICE): None for _, name in sorted(parts)
    }
    return [text for text in texts if text]

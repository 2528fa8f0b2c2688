"""The table of contents of a page: its headings get anchors when they are shown."""

import re
from typing import NamedTuple

from portal.kernel.text import plain, slug

LEAST = 3  # headings; fewer need no table
_HEADING = re.compile(r"<(h[23])>(.*?)</\1>", re.DOTALL)


class Heading(NamedTuple):
    """A line of the table."""

    anchor: str
    words: str
    is_sub: bool


def outlined(body: str) -> tuple[str, list[Heading]]:
    """A sanitised text with an anchor at each heading, and the headings.

    An anchor is made of its heading's words, so it is the same while they are; headings of the
    same words are numbered.
    """
    found: list[Heading] = []
    taken: dict[str, int] = {}

    def anchored(match: re.Match[str]) -> str:
        tag, inner = match.groups()
        words = " ".join(plain(inner).split())
        if not words:
            return match.group()
        base = f"s-{slug(words) or 'section'}"
        taken[base] = taken.get(base, 0) + 1
        anchor = base if taken[base] == 1 else f"{base}--{taken[base]}"
        found.append(Heading(anchor, words, tag == "h3"))
        return f'<{tag} id="{anchor}">{inner}</{tag}>'

    return _HEADING.sub(anchored, body), found

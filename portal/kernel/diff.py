"""What changed between two texts, word by word, as a reviewer reads it."""

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

WORDS_MAX = 6000  # beyond this a comparison takes seconds and helps nobody
_WORD = re.compile(r"\s+|[^\s]+")


def words(before: str, after: str) -> Markup | None:
    """The newer text with <ins> and <del>; None when it is too long to compare."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > 2 * WORDS_MAX:
        return None
    shown: list[str] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for step, a, b, c, d in matcher.get_opcodes():
        gone, come = escape("".join(old[a:b])), escape("".join(new[c:d]))
        if step == "equal":
            shown.append(come)
            continue
        if gone:
            shown.append(f"<del>{gone}</del>")
        if come:
            shown.append(f"<ins>{come}</ins>")
    return Markup("".join(shown).replace("\n", "<br>"))

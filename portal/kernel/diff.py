"""What changed between two texts, word by word, as a reviewer reads it."""

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

WORDS_MAX = 6000  # beyond this a comparison takes seconds and helps nobody
AROUND = 30  # words left standing on each side of a change where the rest is folded
# A word with the blanks after it, or the end of a line.
_WORD = re.compile(r"[^\S\n]*\n\s*|[^\S\n]*\S+[^\S\n]*")


def words(before: str, after: str, *, folded: bool = False) -> Markup | None:
    """The newer text with <ins> and <del>; None when it is too long to compare.

    folded: long passages that both have are left out.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    was, now = [_key(word) for word in old], [_key(word) for word in new]
    head = _same(was, now)
    tail = _same(was[head:][::-1], now[head:][::-1])
    mid_old, mid_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(mid_old) + len(mid_new) > 2 * WORDS_MAX:
        return None
    shown = [_equal(new[:head], folded, ends="right")] if head else []
    matcher = SequenceMatcher(
        a=was[head : len(old) - tail], b=now[head : len(new) - tail], autojunk=False
    )
    for step, a, b, c, d in matcher.get_opcodes():
        if step == "equal":
            shown.append(_equal(mid_new[c:d], folded, ends="both"))
            continue
        gone, come = "".join(mid_old[a:b]), "".join(mid_new[c:d])
        if gone:
            parted = gone if gone[-1].isspace() or not come else f"{gone} "
            shown.append(_marked("del", parted))
        if come:
            shown.append(_marked("ins", come))
    if tail:
        shown.append(_equal(new[len(new) - tail :], folded, ends="left"))
    return Markup("".join(shown).replace("\n", "<br>"))


def _key(word: str) -> str:
    """By which words are the same: the number of blanks or empty lines does not count."""
    return word.strip() or "\n"


def _same(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    found = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        found += 1
    return found


def _marked(mark: str, text: str) -> str:
    """Words with their mark; blanks and line ends around them stand outside it."""
    bare = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if not bare:  # only a line's end came or went
        return f"<{mark}>¶</{mark}>{after if mark == 'ins' else ' '}"
    return f"{before}<{mark}>{escape(bare)}</{mark}>{after}"


def _equal(found: list[str], folded: bool, ends: str) -> str:
    """What both say. ends: on which side a change stands, so that words are left there."""
    left = AROUND if ends in ("left", "both") else 0
    right = AROUND if ends in ("right", "both") else 0
    if not folded or len(found) <= left + right + AROUND:
        return str(escape("".join(found)))
    begin, end = "".join(found[:left]), "".join(found[len(found) - right :]) if right else ""
    return f"{escape(begin)} … {escape(end)}"

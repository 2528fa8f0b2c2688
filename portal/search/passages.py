"""The passage of a text that answers a question, as safe HTML with the found words marked."""

import re
from collections import Counter, deque
from html import escape

from portal.search.language import Reading, spots

LENGTH = 240  # characters of a passage
TEXT_MAX = 60_000  # characters that are looked at
LEAD = 60  # characters shown before the first found word
_BLANK = re.compile(r"\s")


def mark(text: str, reading: Reading, length: int | None = LENGTH) -> str:
    """Cut the passage where most of the asked words stand; escape it, then mark them.

    length: characters of the passage; None for the whole text, as for a title.
    """
    if length is None:
        return _marked(" ".join(text.split()), reading)
    part, is_begun, is_ended = _part(text[:TEXT_MAX], reading, length)
    return f"{'…' if is_begun else ''}{_marked(part, reading)}{'…' if is_ended else ''}"


def _marked(text: str, reading: Reading) -> str:
    pieces = []
    place = 0
    for start, stop, _ in spots(text, reading.terms, reading.beginnings):
        pieces += [escape(text[place:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        place = stop
    pieces.append(escape(text[place:]))
    return "".join(pieces)


def _part(text: str, reading: Reading, length: int) -> tuple[str, bool, bool]:
    """The passage in one line, and whether the text was cut before and after it. Only this part
    is tidied: most of a long text is not shown.
    """
    best = _best(text, reading, length) if len(text) > length else 0
    begin = max(0, best - LEAD)
    if begin:
        blank = _BLANK.search(text, begin, best)
        begin = blank.end() if blank else best
    end = begin + 2 * length  # blanks in a row become one
    part = _one_line(text[begin:end])
    is_ended = end < len(text)
    if len(part) > length or is_ended:
        end = min(len(part), length)
        if (blank_at := part.rfind(" ", length // 2, end + 1)) >= 0:
            end = blank_at
        is_ended = is_ended or end < len(part)
        part = part[:end].rstrip()
    return part, begin > 0, is_ended


def _one_line(text: str) -> str:
    """The lines of a text in a row; a dot parts those that do not end like a sentence."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    lines = [line for line in lines if line]
    parted = [line if line[-1] in ".,:;!?…–-" else f"{line} ·" for line in lines[:-1]]
    return " ".join([*parted, *lines[-1:]])


def _best(text: str, reading: Reading, length: int) -> int:
    """Where the stretch begins that holds the most different found words; the first of equals.

    Looks no further once it holds all that there are: mostly at the first found word.
    """
    all_of_them = 0 if reading.beginnings else len(reading.terms)
    best, most = 0, 0
    near: deque[tuple[int, str]] = deque()  # the found words of the stretch
    held: Counter[str] = Counter()
    for start, stop, term in spots(text, reading.terms, reading.beginnings):
        near.append((start, term))
        held[term] += 1
        while len(near) > 1 and stop - near[0][0] > length - LEAD:
            gone = near.popleft()[1]
            held[gone] -= 1
            if not held[gone]:
                del held[gone]
        if len(held) > most:
            best, most = near[0][0], len(held)
            if most == all_of_them:
                break
    return best

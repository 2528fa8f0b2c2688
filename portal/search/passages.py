"""The passage of a text that answers a question, as safe HTML with the found words marked."""

from html import escape

from portal.search.language import Reading, spots

LENGTH = 240  # characters of a passage
TEXT_MAX = 60_000  # characters that are looked at
LEAD = 60  # characters shown before the first found word


def mark(text: str, reading: Reading, length: int | None = LENGTH) -> str:
    """Cut the passage where most of the asked words stand; escape it, then mark them.

    length: characters of the passage; None for the whole text, as for a title.
    """
    is_begun = is_ended = False
    if length is None:
        text = " ".join(text.split())
    else:
        text, is_begun, is_ended = _around(text[:TEXT_MAX], reading, length)
    spans = _spans(text, reading)
    begin, end = 0, len(text)
    if length is not None and end > length:
        begin, end = _window(text, spans, length)
    pieces = ["…"] if begin > 0 or is_begun else []
    place = begin
    for start, stop, _ in spans:
        if start >= place and stop <= end:
            pieces += [
                escape(text[place:start]),
                "<mark>",
                escape(text[start:stop]),
                "</mark>",
            ]
            place = stop
    pieces.append(escape(text[place:end]))
    if end < len(text) or is_ended:
        pieces.append("…")
    return "".join(pieces)


def _around(text: str, reading: Reading, length: int) -> tuple[str, bool, bool]:
    """The part of a text in which its passage lies, in one line, and whether it was cut before
    and after. Only this part is tidied: most of a long text is not shown.
    """
    if len(text) <= 4 * length:
        return _one_line(text), False, False
    best, _end = _window(text, _spans(text, reading), length)
    begin = max(0, best - length)
    end = begin + 4 * length
    if begin:
        begin = text.find(" ", begin, best) + 1 or best
    if end < len(text):
        end = text.rfind(" ", best, end) + 1 or end
    return _one_line(text[begin:end]), begin > 0, end < len(text)


def _one_line(text: str) -> str:
    """The lines of a text in a row; a dot parts those that do not end like a sentence."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    lines = [line for line in lines if line]
    parted = [line if line[-1] in ".,:;!?…–-" else f"{line} ·" for line in lines[:-1]]
    return " ".join([*parted, *lines[-1:]])


def _spans(text: str, reading: Reading) -> list[tuple[int, int, str]]:
    """Where the asked words stand, and which word it is."""
    return spots(text, reading.terms, reading.beginnings)


def _window(text: str, spans: list[tuple[int, int, str]], length: int) -> tuple[int, int]:
    """The stretch that holds the most different found words; the first of equals."""
    best, most = 0, 0
    first = 0
    for last in range(len(spans)):
        while spans[last][1] - spans[first][0] > length - LEAD:
            first += 1
            if first > last:
                break
        different = len({spans[i][2] for i in range(first, min(last, first + 40) + 1)})
        if different > most:
            best, most = spans[min(first, last)][0], different
    begin = max(0, best - LEAD) if most else 0
    if begin:
        begin = text.find(" ", begin, best) + 1 or best
    end = min(len(text), begin + length)
    if end < len(text):
        end = text.rfind(" ", begin + length // 2, end) if " " in text[begin:end] else end
        if end < 0:
            end = begin + length
    return begin, end

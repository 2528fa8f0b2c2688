"""Plain text and Markdown as the portal's own HTML."""

import re
from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from portal.kernel.text import plain, sanitise

_BULLET = re.compile(r"^\s*[-–—•*·▪■○●]\s+(?=\S)")
_NUMBER = re.compile(r"^\s*(\d{1,3})[.)]\s+(?=\S)")
_ADDRESS = re.compile(r"https?://[^\s<>\"'„“”]*[^\s<>\"'„“”.,;:!?)\]]")
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
WRAP_MAX = 100  # characters; a line that a mail program broke is not longer


class Line(NamedTuple):
    """A line of a plain text: a paragraph (`p`) or an item of a list (`ul`, `ol`)."""

    kind: str
    text: str
    number: int = 1


def of_lines(lines: Sequence[str]) -> str:
    """A plain text as paragraphs and lists.

    Every line is a paragraph, as copied web pages have them; but lines broken at a width, as in
    mails, are joined up to the next empty line. Empty lines inside a list do not end it.
    """
    joined = _unwrapped(lines) if _is_wrapped(lines) else lines
    found = [_line(line) for line in joined if re.search(r"\w", line)]
    blocks = []
    for kind, group in groupby(found, key=lambda line: line.kind):
        same = list(group)
        blocks += _paragraphs(same) if kind == "p" else _lists(kind, same)
    return sanitise("\n".join(blocks))


def _line(text: str) -> Line:
    if match := _BULLET.match(text):
        return Line("ul", text[match.end() :].strip())
    if match := _NUMBER.match(text):
        return Line("ol", text[match.end() :].strip(), int(match[1]))
    return Line("p", text.strip())


def _paragraphs(group: list[Line]) -> list[str]:
    return [f"<p>{_inline(line.text)}</p>" for line in group]


def _lists(kind: str, items: list[Line]) -> list[str]:
    """One list, or several where the numbers begin anew or jump."""
    lists: list[list[Line]] = []
    for item in items:
        goes_on = bool(lists) and (kind == "ul" or item.number == lists[-1][-1].number + 1)
        if goes_on:
            lists[-1].append(item)
        else:
            lists.append([item])
    return [_list(kind, one) for one in lists]


def _list(kind: str, items: list[Line]) -> str:
    start = f' start="{items[0].number}"' if kind == "ol" and items[0].number != 1 else ""
    inside = "".join(f"<li>{_inline(item.text)}</li>" for item in items)
    return f"<{kind}{start}>{inside}</{kind}>"


def _inline(text: str) -> str:
    """Escaped, with its web addresses as links and blanks that only aligned it made one."""
    text = re.sub(r"[ \t\u00a0]{2,}", " ", text)
    out, end = [], 0
    for match in _ADDRESS.finditer(text):
        address = escape(match[0])
        out += [
            escape(text[end : match.start()], quote=False),
            f'<a href="{address}">{address}</a>',
        ]
        end = match.end()
    return "".join(out) + escape(text[end:], quote=False)


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether a program broke the lines: none is long, and most end where the width does."""
    full = [len(line) for line in lines if line.strip()]
    if len(full) < 6 or max(full) > WRAP_MAX or "" not in (line.strip() for line in lines):
        return False
    width = max(full)
    return width >= 50 and sum(length > width * 0.75 for length in full) > len(full) * 0.6


def _unwrapped(lines: Sequence[str]) -> list[str]:
    out: list[str] = []
    for line in lines:
        begins = not out or not out[-1].strip() or not line.strip() or _line(line).kind != "p"
        if begins:
            out.append(line)
        else:
            out[-1] = f"{out[-1].rstrip()} {line.strip()}"
    return out


# ── Markdown ────────────────────────────────────────────────────────────


def heading_of(text: str) -> tuple[str, str]:
    """The heading that a Markdown text begins with, as plain words, and what comes below it.

    Without one: an empty heading and the whole text.
    """
    tokens = _markdown.parse(text)
    if len(tokens) < 3 or tokens[0].type != "heading_open" or tokens[0].map is None:
        return "", text
    title = plain(_markdown.renderer.render(tokens[:3], _markdown.options, {}))
    return title, "\n".join(text.split("\n")[tokens[0].map[1] :])


def of_markdown(text: str) -> str:
    """Markdown as HTML with headings of the second to fourth level: the first is the page's."""
    tokens = _markdown.parse(text)
    _shift(tokens)
    return sanitise(_markdown.renderer.render(tokens, _markdown.options, {}))


def _shift(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"

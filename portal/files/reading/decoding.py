"""Bytes as text: which encoding they are in. Pure functions, shared with the import of people."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})"""
    rb"""|<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def marked(data: bytes) -> str | None:
    """The encoding that a byte order mark tells, or None."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def bare_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: every second byte is 0 (Latin) or 4 (Cyrillic)."""
    if len(data) < 4 or len(data) % 2:
        return None
    sample = data[:4000]
    even, odd = sample[0::2], sample[1::2]
    if _share(odd) > 0.9 and _share(even) < 0.5:
        return "utf-16-le"
    if _share(even) > 0.9 and _share(odd) < 0.5:
        return "utf-16-be"
    return None


def _share(part: bytes) -> float:
    """How much of it could be the upper halves of Latin, Cyrillic and punctuation."""
    return sum(part.count(value) for value in (0x00, 0x04, 0x20)) / max(len(part), 1)


def declared(data: bytes) -> str | None:
    """The encoding that an HTML or XML file names in its first lines, where Python knows it."""
    found = _DECLARED.search(data[:4096])
    if found is None:
        return None
    try:
        return codecs.lookup((found[1] or found[2]).decode("ascii")).name
    except (LookupError, UnicodeDecodeError):
        return None


def text_of(data: bytes, *, keep_control: bool = False) -> str:
    """Any bytes as text with plain line ends: never fails, and may hold U+FFFD.

    keep_control: leave the control characters in, for somebody who counts them.
    """
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return text if keep_control else _CONTROL.sub("", text)


def _decoded(data: bytes) -> str:
    if encoding := marked(data):
        return data.decode(encoding, "replace")
    if wide := bare_utf16(data):
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A sample may end inside a letter.
        if error.start >= len(data) - 3 and error.reason == "unexpected end of data":
            return data[: error.start].decode("utf-8")
        encoding = declared(data) or "windows-1251"
    try:
        text = data.decode(encoding, "replace")
    except (LookupError, ValueError):  # a codec that is no text encoding
        text = data.decode("windows-1251", "replace")
    return text

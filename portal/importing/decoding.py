"""Bytes as text: UTF-8, UTF-16 or windows-1251, told apart; anything else is refused."""

import re

from portal.files.reading.decoding import bare_utf16, marked
from portal.kernel.i18n import _


class Unreadable(Exception):
    """Why a file cannot be taken in, in words for the report."""


# What a file really is when somebody renamed it: its first bytes.
_KNOWN = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "DOCX, XLSX, ODT, ZIP"),
    (b"\xd0\xcf\x11\xe0", "DOC, XLS"),
    (b"{\\rtf", "RTF"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "GZIP"),
    (b"SQLite format 3", "SQLite"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LETTERS = re.compile(r"[^\W\d_]")
_CYRILLIC = re.compile(r"[А-Яа-яЁёЍѝ]")
_VOWELS = re.compile(r"[аеиоуъюяАЕИОУЪЮЯ]")


def decode(data: bytes) -> str:
    """A file's text with plain line ends. Raises Unreadable with the reason."""
    for start, name in _KNOWN:
        if data.startswith(start):
            raise Unreadable(_("it is no text, but %(kind)s", kind=name))
    text = _decoded(data)
    if len(_CONTROL.findall(text)) > len(text) / 200:
        raise Unreadable(_("it is no text, but binary data"))
    text = _CONTROL.sub("", text).replace("\x7f", "")  # old programs filled lines with DEL
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n").replace("\f", "\n")


def _decoded(data: bytes) -> str:
    if encoding := marked(data) or bare_utf16(data):
        return _strict(data, encoding)
    if b"\x00" in data:
        raise Unreadable(_("it is no text, but binary data"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _windows_1251(data)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        raise Unreadable(
            _("it begins like %(encoding)s, but is broken", encoding=encoding.upper())
        ) from error


def _windows_1251(data: bytes) -> str:
    """Any bytes decode somehow; only what then reads like Bulgarian is believed."""
    try:
        text = data.decode("windows-1251")
    except UnicodeDecodeError as error:
        raise Unreadable(_encodings()) from error
    letters = _LETTERS.findall(text)
    cyrillic = [letter for letter in letters if _CYRILLIC.match(letter)]
    foreign = sum(1 for char in text if ord(char) > 127) - len(cyrillic)
    if (
        not cyrillic
        or foreign > len(cyrillic) / 4
        or not _reads_like_words(text, "".join(cyrillic))
    ):
        raise Unreadable(_encodings())
    return text


def _reads_like_words(text: str, cyrillic: str) -> bool:
    """Four letters of ten are vowels in Bulgarian; in KOI8-R or DOS text read as 1251 they are not,
    or small and capital letters have changed places."""
    vowels = len(_VOWELS.findall(cyrillic)) / len(cyrillic)
    if len(cyrillic) < 20:
        return vowels > 0.15
    swapped = len(re.findall(r"[а-я][А-Я]", text)) > len(cyrillic) / 20
    return 0.3 < vowels < 0.6 and not swapped


def _encodings() -> str:
    return _("its letters are neither UTF-8 nor UTF-16 nor windows-1251")

"""EML: who wrote to whom about what, the text, and the names of what was attached.

Of attached plain texts and tables the content is told too.
"""

from __future__ import annotations

import email
import email.message
import email.policy
from pathlib import Path

from portal.files.reading import decoding, markup, web
from portal.files.reading.results import CHARACTERS_MAX, Gathered, Trouble

_FIELDS = ("Subject", "From", "To", "Cc", "Date")
_SIZE_MAX = 100 * 1024 * 1024  # bytes; attachments are most of it


def read(path: Path) -> Gathered:
    """The whole as one page."""
    with path.open("rb") as stream:
        message = email.message_from_bytes(stream.read(_SIZE_MAX), policy=email.policy.default)
    text = markup.tidy("\n".join(_told(message)))
    trouble = Trouble.INCOMPLETE if len(text) > CHARACTERS_MAX else Trouble.NONE
    return Gathered(texts=[text[:CHARACTERS_MAX]], trouble=trouble)


def _told(message: email.message.Message) -> list[str]:
    told = []
    for part in message.walk():
        if part is message or part.get_content_type() == "message/rfc822":
            told += _fields(part if part is message else _inner(part))
        name, kind = part.get_filename(), part.get_content_type()
        if name:
            told.append(name)
        if kind in {"text/plain", "text/csv"}:
            told.append(_text(part))
        elif kind == "text/html" and (name or not _has_plain(message)):
            told.append(web.text_of(_text(part)))
    return told


def _inner(part: email.message.Message) -> email.message.Message:
    inside = part.get_payload()
    first = inside[0] if isinstance(inside, list) and inside else part
    return first if isinstance(first, email.message.Message) else part


def _fields(message: email.message.Message) -> list[str]:
    found = []
    for name in _FIELDS:
        try:
            value = message.get(name)
        except (ValueError, TypeError, LookupError, AttributeError):
            continue  # a broken field, over which the library stumbles
        if value:
            found.append(_repaired(str(value)))
    return found


def _repaired(value: str) -> str:
    """Bytes that no encoding was told for come as surrogates."""
    raw = value.encode("utf-8", "surrogateescape")
    return decoding.text_of(raw)


def _has_plain(message: email.message.Message) -> bool:
    return any(
        part.get_content_type() == "text/plain" and not part.get_filename()
        for part in message.walk()
    )


def _text(part: email.message.Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = part.get_content_charset()
    if charset:
        try:
            return data.decode(charset)
        except (LookupError, ValueError):
            pass  # told wrongly, or not at all
    return decoding.text_of(data)

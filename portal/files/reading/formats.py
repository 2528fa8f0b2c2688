"""A file's kind by its content. The name decides only between kinds of plain text."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO

from portal.files.reading import decoding
from portal.files.reading.compound import MAGIC, Compound

HEAD = 8192  # bytes that are looked at
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
    "protected": "application/octet-stream",
    "rtf": "application/rtf",
    "eml": "message/rfc822",
    "html": "text/html",
    "svg": "image/svg+xml",
    "xml": "application/xml",
    "csv": "text/csv",
    "txt": "text/plain",
    "zip": "application/zip",
    "program": "application/octet-stream",
    "unknown": "application/octet-stream",
}
_IMAGES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_DIRECTORY_MAX = 4 * 1024 * 1024  # bytes of a ZIP's list of members that are looked at
_BINARY_MAX = 0.005  # share of control characters that plain text may have
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MAIL_FIELD = re.compile(
    rb"^(?:from|to|cc|date|subject|received|return-path|message-id|mime-version|delivered-to"
    rb"|content-type|reply-to|sender|x-[\w-]+):",
    re.IGNORECASE | re.MULTILINE,
)
_MARKUP = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+)?(\??[\w:]+)", re.IGNORECASE | re.DOTALL
)


def kind_of(path: Path, name: str) -> tuple[str, str]:
    """Kind and media type. Reads a few KB, and the list of members of a ZIP.

    name: as it was uploaded; tells CSV from TXT, and what a broken container was meant to be.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD)
        if not head:
            return "unknown", MEDIA_TYPES["unknown"]
        if media := _image(head):
            return "image", media
        kind = _kind(stream, head, Path(name).suffix.lower().lstrip("."))
    return kind, MEDIA_TYPES[kind]


def _image(head: bytes) -> str | None:
    for magic, media in _IMAGES:
        if head.startswith(magic):
            return media
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:2] == b"BM" and head[6:10] == b"\x00\x00\x00\x00":
        return "image/bmp"
    return None


def _kind(stream: IO[bytes], head: bytes, suffix: str) -> str:
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(MAGIC):
        return _old_office(stream, suffix)
    if head.startswith(_ZIP):
        return _packed(stream, head)
    if head.lstrip()[:5] == b"{\\rtf":
        return "rtf"
    if head.startswith(_PROGRAMS) and b"\x00" in head:
        return "program"
    return _plain(head, suffix)


def _old_office(stream: IO[bytes], suffix: str) -> str:
    try:
        names = Compound(stream).names()
    except ValueError:
        names = set()
    if "EncryptedPackage" in names:
        return suffix if suffix in {"docx", "xlsx", "pptx"} else "protected"
    for kind, streams in (
        ("doc", {"WordDocument"}),
        ("xls", {"Workbook", "Book"}),
        ("ppt", {"PowerPoint Document"}),
        ("msg", {"__properties_version1.0"}),
    ):
        if names & streams:
            return kind
    return suffix if not names and suffix in {"doc", "xls", "ppt", "msg"} else "unknown"


def _packed(stream: IO[bytes], head: bytes) -> str:
    """By the members of a ZIP; by its first ones where the list at its end is missing."""
    for kind in ("odt", "ods", "odp"):
        if b"mimetype" + MEDIA_TYPES[kind].encode() in head[:256]:
            return kind
    names = members(stream) or [name.decode("latin-1") for name in _first_names(stream)]
    for kind, folder in (("docx", "word/"), ("xlsx", "xl/"), ("pptx", "ppt/")):
        if any(name.startswith(folder) for name in names):
            return kind
    return "zip"


def members(stream: IO[bytes]) -> list[str]:
    """Names in a ZIP's list of members; none where it is missing, broken or very long."""
    end = stream.seek(0, 2)
    stream.seek(max(0, end - 65_557))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or int.from_bytes(tail[at + 12 : at + 16], "little") > _DIRECTORY_MAX:
        return []
    try:
        with zipfile.ZipFile(stream) as packed:
            return packed.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return []


def _first_names(stream: IO[bytes]) -> list[bytes]:
    stream.seek(0)
    start = stream.read(256 * 1024)
    found = re.finditer(rb"PK\x03\x04.{22}(..)..", start, re.DOTALL)
    return [start[one.end() : one.end() + int.from_bytes(one[1], "little")] for one in found]


def _plain(head: bytes, suffix: str) -> str:
    whole = head[: len(head) // 2 * 2] if len(head) == HEAD else head
    text = decoding.text_of(whole, keep_control=True)
    if len(_CONTROL.findall(text)) > len(text) * _BINARY_MAX:
        return "unknown"
    if _looks_like_mail(head):
        return "eml"
    first = _MARKUP.match(text)
    word = first[1].lower() if first else ""
    if word == "?xml":
        word = next((w.lower() for w in re.findall(r"<([\w:]+)", text)), "xml")
        return word if word in {"html", "svg"} else "xml"
    if word == "svg":
        return "svg"
    if word in {"html", "head", "body", "meta", "title"} or (word and suffix in {"html", "htm"}):
        return "html"
    return "csv" if suffix in {"csv", "tsv"} else "txt"


def _looks_like_mail(head: bytes) -> bool:
    """At least two known fields before the first empty line, and nothing before them."""
    top = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    fields = _MAIL_FIELD.findall(top)
    return len(fields) >= 2 and bool(re.match(rb"[\w-]+:|From ", top))

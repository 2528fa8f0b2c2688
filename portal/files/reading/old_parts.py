"""What xberg 1.3.9 leaves out of DOC, XLS and PPT: margins, text boxes, comments, speaker's notes.

By Microsoft's published descriptions of the formats (MS-DOC, MS-XLS, MS-PPT). Everything is
bounded by the bytes that are there; what does not fit ends the reading quietly.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator

from portal.files.reading.compound import Compound

_FIELD = re.compile(r"\x13[^\x13-\x15]*\x14?|[\x14\x15]")
_BREAKS = re.compile(r"[\r\n\x07\x0b\x0c]+")
_MARGIN_CODE = re.compile(r"&(?:[LCRPNDTFAGBIUESXYHO&]|\d{1,3}|\"[^\"]*\"|K[0-9A-F]{6})")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\xad]")


def left_out(container: Compound, kind: str, told: str) -> list[str]:
    """Lines of the file that are not among what was told already."""
    lines: list[str] = []
    try:
        for text in _PARTS[kind](container):
            parts = [" ".join(_CONTROL.sub("", line).split()) for line in _BREAKS.split(text)]
            # Sections of a DOC repeat their header; notes of two slides may just be alike.
            lines += [part for part in parts if kind == "ppt" or part not in lines]
    except (struct.error, IndexError):
        pass  # a damaged part: what came before it is kept
    known = {" ".join(line.split()) for line in told.splitlines()}
    return [line for line in lines if line and line not in known]


def _doc_parts(container: Compound) -> Iterator[str]:
    """Everything behind the main text: notes, headers and footers, comments, text boxes."""
    head = container.read("WordDocument")
    table = container.read("1Table" if head[11] & 2 else "0Table")
    main = struct.unpack_from("<I", head, 76)[0]  # letters of the main text
    at, size = struct.unpack_from("<II", head, 0x1A2)
    pieces = _pieces(table[at : at + size])
    count = (len(pieces) - 4) // 12
    places = struct.unpack_from(f"<{count + 1}I", pieces)
    told: list[str] = []
    for number in range(count):
        begin, end = max(places[number], main), places[number + 1]
        if end <= begin:
            continue
        where = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * number + 2)[0]
        skipped = begin - places[number]
        if where & 0x40000000:
            start = (where & 0x3FFFFFFF) // 2 + skipped
            told.append(head[start : start + end - begin].decode("windows-1252", "replace"))
        else:
            start = where + 2 * skipped
            told.append(head[start : start + 2 * (end - begin)].decode("utf-16-le", "replace"))
    yield _FIELD.sub("", "".join(told))


def _pieces(data: bytes) -> bytes:
    """The table of pieces, behind the formatting that may stand before it."""
    at = 0
    while data[at] == 1:
        at += 3 + int.from_bytes(data[at + 1 : at + 3], "little")
    return data[at + 5 : at + 5 + int.from_bytes(data[at + 1 : at + 5], "little")]


def _ppt_parts(container: Compound) -> Iterator[str]:
    """The notes of each slide; those of the master are no notes."""
    data = container.read("PowerPoint Document")
    end_of_notes, is_master = 0, True
    for at, kind, size in _ppt_records(data):
        if kind == 0x03F0:
            end_of_notes, is_master = at + size, True
        elif at >= end_of_notes:
            continue
        elif kind == 0x03F1:
            is_master = struct.unpack_from("<I", data, at)[0] == 0
        elif kind == 0x0FA0 and not is_master:
            yield data[at : at + size].decode("utf-16-le", "replace")
        elif kind == 0x0FA8 and not is_master:
            yield data[at : at + size].decode("latin-1")


def _ppt_records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Records as place, kind and size in bytes; what a container holds follows it."""
    at = 0
    while at + 8 <= len(data):
        version, kind, size = struct.unpack_from("<HHI", data, at)
        at += 8
        yield at, kind, size
        if version & 0xF != 0xF:
            at += size


def _xls_parts(container: Compound) -> Iterator[str]:
    """Headers and footers of sheets, comments and text boxes."""
    data = container.read("Workbook")
    at, is_box = 0, False
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        body = data[at + 4 : at + 4 + size]
        if kind in {0x14, 0x15} and size > 3:
            yield _MARGIN_CODE.sub(" ", _xls_text(body[2:]))
        elif kind == 0x3C and is_box and size > 1:
            yield _xls_text(body)
        is_box = kind == 0x1B6
        at += 4 + size


def _xls_text(body: bytes) -> str:
    """A byte telling the width of the letters, then these."""
    wide = body[0] & 1
    return body[1:].decode("utf-16-le" if wide else "latin-1", "replace")


_PARTS: dict[str, Callable[[Compound], Iterator[str]]] = {
    "doc": _doc_parts,
    "ppt": _ppt_parts,
    "xls": _xls_parts,
    "msg": lambda _: iter(()),
}

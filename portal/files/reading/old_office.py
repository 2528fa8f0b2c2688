"""DOC, XLS, PPT, RTF and MSG, read by xberg."""

from __future__ import annotations

import asyncio
import re
import struct
from pathlib import Path
from typing import IO, Any

from portal.files.reading import formats, markup, old_parts
from portal.files.reading.compound import Compound
from portal.files.reading.results import CHARACTERS_MAX, Gathered, Trouble, Unreadable

_FILE_PASS = b"\x2f\x00"  # record of an XLS: what follows is encrypted
_HIDDEN = re.compile(r" \(hidden\)$", re.MULTILINE)  # xberg's remark behind a sheet's name
_CODEPAGE = 1251  # of a message that names none


def read(path: Path) -> Gathered:
    """The file's text, by sheets and slides where xberg tells them apart. Raises Unreadable."""
    kind, media = formats.kind_of(path, path.name)
    text = asyncio.run(_text(path, media)) if kind == "rtf" else ""
    names: set[str] = set()
    if kind != "rtf":
        with path.open("rb") as stream:
            container = _checked(stream, kind)
            names = container.names()
            text = _HIDDEN.sub("", asyncio.run(_text(path, media)))
            text = "\n".join([text, *old_parts.left_out(container, kind, text)])
    gathered = Gathered(macros=bool(names & {"VBA", "_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros"}))
    gathered.texts = [text[:CHARACTERS_MAX]]
    if len(text) > CHARACTERS_MAX:
        gathered.trouble = Trouble.INCOMPLETE
    elif kind == "rtf" and not _is_whole_rtf(path):
        gathered.trouble = Trouble.DAMAGED
    return gathered


def _checked(stream: IO[bytes], kind: str) -> Compound:
    """The container. Raises Unreadable: DAMAGED or PROTECTED."""
    try:
        container = Compound(stream)
    except (ValueError, struct.error) as error:
        raise Unreadable(Trouble.DAMAGED) from error
    if _is_locked(container, kind):
        raise Unreadable(Trouble.PROTECTED)
    return container


def _is_locked(container: Compound, kind: str) -> bool:
    if kind == "doc":
        head = container.read("WordDocument", 512)
        return len(head) > 11 and bool(head[11] & 1)  # fEncrypted
    if kind == "xls":
        head = container.read("Workbook", 4096) or container.read("Book", 4096)
        length = int.from_bytes(head[2:4], "little")  # of the first record, BOF
        return head[4 + length : 6 + length] == _FILE_PASS
    return "EncryptedSummary" in container.names()


def _is_whole_rtf(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 256))
        return stream.read().rstrip(b"\x00\r\n\t ").endswith(b"}")


async def _text(path: Path, media: str) -> str:
    import xberg

    source = xberg.ExtractInput(kind="bytes", bytes=path.read_bytes(), mime_type=media)
    result = await xberg.extract(source, _config())
    if result.errors and not result.results:
        raise Unreadable(Trouble.DAMAGED)
    return markup.tidy("\n".join(part.content for part in result.results))


def _config() -> Any:
    import xberg

    return xberg.ExtractionConfig(
        use_cache=False,
        enable_quality_processing=False,
        disable_ocr=True,
        output_format="plain",
        escape_markdown=False,
        max_archive_depth=0,  # attachments are told by name, not opened
        content_filter=xberg.ContentFilterConfig(
            include_headers=True,
            include_footers=True,
            include_footnotes=True,
            strip_repeating_text=False,
        ),
        email=xberg.EmailConfig(msg_fallback_codepage=_CODEPAGE),
    )

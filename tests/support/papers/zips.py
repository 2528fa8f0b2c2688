"""Rewriting the zip that an office library wrote: fixed times, and parts changed on the way."""

import io
import re
import zipfile
from collections.abc import Mapping

from lxml import etree

THEN = (2026, 1, 15, 9, 0, 0)
_STAMPS = re.compile(
    rb"(<(?:dcterms:(?:created|modified)|meta:creation-date|dc:date)[^>]*>)[^<]*(<)"
)


def steady(data: bytes, parts: Mapping[str, bytes] | None = None) -> bytes:
    """The same zip without the time of its making; `parts` replaces or adds members."""
    parts = dict(parts or {})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        odf = "mimetype" in old.namelist()
        for name in old.namelist():
            content = parts.pop(name, None) or old.read(name)
            if odf and name.endswith(".xml"):
                # odfpy declares what the process ever used, in the order of a set.
                tree = etree.fromstring(content)
                content = etree.tostring(tree, method="c14n", exclusive=True)
            if name.endswith((".xml", ".rels")):
                content = _STAMPS.sub(rb"\g<1>2026-01-15T09:00:00Z\g<2>", content)
            _put(new, name, content)
        for name, content in parts.items():
            _put(new, name, content)
    return out.getvalue()


def member(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return file.read(name)


def _put(file: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, THEN)
    # ODF wants its first member unpacked, so that the type can be told from the first bytes.
    info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
    file.writestr(info, content)

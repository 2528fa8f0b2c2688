"""Which reader takes which kind. Each loads its library only when it is wanted."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Protocol, cast

from portal.files.reading import decoding, markup
from portal.files.reading.compound import MAGIC
from portal.files.reading.results import CHARACTERS_MAX, Gathered, Trouble, Unreadable

PLAIN = frozenset({"txt", "csv", "xml", "svg"})
_MODULES = {
    "pdf": "pdf",
    "docx": "word",
    "xlsx": "sheets",
    "pptx": "slides",
    "odt": "opendocument",
    "ods": "opendocument",
    "odp": "opendocument",
    "doc": "old_office",
    "xls": "old_office",
    "ppt": "old_office",
    "msg": "old_office",
    "rtf": "old_office",
    "eml": "mail",
    "html": "web",
    "image": "pictures",
}
# Names of which a content of no known kind means that the file is broken.
_PROMISING = frozenset(_MODULES) - {"html", "eml", "image"} | {"jpg", "jpeg", "png", "tif", "tiff"}


class _Reader(Protocol):
    def read(self, path: Path) -> Gathered: ...


def read(path: Path, kind: str, name: str) -> Gathered:
    """A file's text by the reader of its kind. Raises Unreadable.

    name: as it was uploaded: a DOCX of no known content is damaged, not of an unknown kind.
    """
    if kind in PLAIN:
        return _plain(path)
    module = _MODULES.get(kind)
    if kind == "protected" or (kind in {"docx", "xlsx", "pptx"} and _is_old(path)):
        raise Unreadable(Trouble.PROTECTED)
    if module is None:
        promised = Path(name).suffix.lower().lstrip(".") in _PROMISING
        damaged = promised and kind == "unknown"
        raise Unreadable(Trouble.DAMAGED if damaged else Trouble.UNSUPPORTED)
    reader = cast(_Reader, importlib.import_module(f"portal.files.reading.{module}"))
    gathered = reader.read(path)
    if not gathered.to_ocr and not any(text.strip() for text in gathered.texts):
        gathered.trouble = gathered.trouble or Trouble.NO_TEXT
    return gathered


def _is_old(path: Path) -> bool:
    """A protected DOCX lies inside the container of the old office files."""
    with path.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


def _plain(path: Path) -> Gathered:
    with path.open("rb") as stream:
        data = stream.read(4 * CHARACTERS_MAX)
        more = bool(stream.read(1))
    text = markup.tidy(decoding.text_of(data))
    cut = more or len(text) > CHARACTERS_MAX
    trouble = Trouble.INCOMPLETE if cut else Trouble.NONE
    if not text:
        trouble = Trouble.NO_TEXT
    return Gathered(texts=[text[:CHARACTERS_MAX]], trouble=trouble)

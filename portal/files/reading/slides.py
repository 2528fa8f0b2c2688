"""PPTX: each slide a page, with its tables, charts, drawings, comments and speaker's notes."""

from __future__ import annotations

import zipfile
from pathlib import Path

from portal.files.reading import markup, packed
from portal.files.reading.results import CHARACTERS_MAX, PAGES_MAX, Gathered, Trouble

_SHOW = "ppt/presentation.xml"
_BESIDE = {"chart", "diagramData", "comments", "notesSlide"}


def read(path: Path) -> Gathered:
    """Every slide in the order of the show. Raises Unreadable."""
    gathered = Gathered(paged=True)
    with packed.opened(path) as container:
        gathered.macros = packed.has_macros(container)
        slides = _slides(container)
        gathered.count = len(slides)
        kept = 0
        for member in slides:
            if len(gathered.texts) == PAGES_MAX or kept >= CHARACTERS_MAX:
                gathered.trouble = Trouble.INCOMPLETE
                break
            text = _text(container, member)
            kept += len(text)
            gathered.texts.append(text)
    return gathered


def _slides(container: zipfile.ZipFile) -> list[str]:
    related = packed.related(container, _SHOW)
    found: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "sldId":
            ident = next((v for key, v in attributes.items() if key.endswith(" id")), "")
            if ident in related:
                found.append(related[ident][1])

    stream = packed.part(container, _SHOW)
    if stream is not None:
        with stream:
            markup.pull(stream, start, lambda _: None, lambda _: None)
    return found


def _text(container: zipfile.ZipFile, member: str) -> str:
    texts = [markup.flow(packed.part(container, member), markup.OFFICE)]
    for kind, target in packed.related(container, member).values():
        if kind in _BESIDE:
            texts.append(markup.flow(packed.part(container, target), markup.OFFICE))
    return "\n".join(text for text in texts if text)

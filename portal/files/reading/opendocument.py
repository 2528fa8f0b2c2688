"""ODT as one page, ODS by sheets, ODP by slides.

Read from the parts themselves: xberg 1.3.9 joins words that several spaces part.
"""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

from portal.files.reading import markup, packed
from portal.files.reading.results import (
    CHARACTERS_MAX,
    PAGES_MAX,
    Gathered,
    Trouble,
    Unreadable,
)

_MARGINS = {"header", "footer", "header-left", "footer-left", "header-first", "footer-first"}


def read(path: Path) -> Gathered:
    """The whole file. Raises Unreadable, PROTECTED where its parts are encrypted."""
    with packed.opened(path) as container:
        manifest = packed.part(container, "META-INF/manifest.xml")
        if manifest is not None and b"encryption-data" in manifest.read(packed.LARGE):
            raise Unreadable(Trouble.PROTECTED)
        gathered = Gathered(macros=packed.has_macros(container))
        pages = _Pages()
        _pull(container, "content.xml", pages)
        margins = _Margins()
        if not pages.is_paged and "styles.xml" in container.namelist():
            _pull(container, "styles.xml", margins)
        told = pages.texts()
        for index, folder in pages.beside:
            told[index] = "\n".join([told[index], _embedded(container, folder)]).strip()
    gathered.paged, gathered.count = pages.is_paged, max(len(told), 1)
    if not pages.is_paged:
        told = ["\n".join(text for text in ("\n".join(margins.texts()), *told) if text)]
    gathered.texts = told[:PAGES_MAX]
    if pages.is_cut or len(told) > PAGES_MAX:
        gathered.trouble = Trouble.INCOMPLETE
    return gathered


def _embedded(container: zipfile.ZipFile, folder: str) -> str:
    member = f"{folder}/content.xml"
    return markup.flow(packed.part(container, member), markup.OPEN)


def _pull(container: zipfile.ZipFile, member: str, into: _Pages | _Margins) -> None:
    stream = packed.part(container, member)
    if stream is None:
        raise Unreadable(Trouble.DAMAGED)
    with stream, contextlib.suppress(markup.Enough):
        markup.pull(stream, into.start, into.end, into.characters)


class _Pages:
    """The flow of the content, begun anew with each slide and each sheet of a calculation."""

    def __init__(self) -> None:
        self.is_paged = self.is_cut = False
        self.beside: list[tuple[int, str]] = []  # page's index, folder of an embedded object
        self._flow = markup.Flow(markup.OPEN)
        self._texts: list[str] = []
        self._depth = 0
        self._page_at = 0
        self._kept = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if name in {"spreadsheet", "presentation"}:
            self.is_paged = True
        elif self.is_paged and not self._page_at and name in {"table", "page"}:
            self._page_at = self._depth
            self._flow = markup.Flow(markup.OPEN)
            titles = [v for key, v in attributes.items() if key.endswith("table:1.0 name")]
            self._texts += titles
            if not titles:
                self._texts.append("")
        elif name == "object":  # a chart or a table of its own, kept beside
            place = next((v for key, v in attributes.items() if key.endswith("xlink href")), "")
            self.beside.append((max(len(self._texts) - 1, 0), place.removeprefix("./")))
        self._flow.start(name, attributes)

    def end(self, name: str) -> None:
        self._flow.end(name)
        if self._page_at == self._depth:
            self._texts[-1] = f"{self._texts[-1]}\n{self._flow.text()}".strip()
            self._kept += self._flow.size
            self._page_at = 0
        self._depth -= 1

    def characters(self, text: str) -> None:
        if self._kept + self._flow.size > CHARACTERS_MAX:
            self.is_cut = True
            raise markup.Enough
        self._flow.characters(text)

    def texts(self) -> list[str]:
        if not self.is_paged:
            return [self._flow.text()]
        if self.is_cut and self._page_at:
            self._texts[-1] += "\n" + self._flow.text()
        return self._texts


class _Margins:
    """Headers and footers, each text once."""

    def __init__(self) -> None:
        self._flow: markup.Flow | None = None
        self._texts: dict[str, None] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _MARGINS:
            self._flow = markup.Flow(markup.OPEN)
        elif self._flow is not None:
            self._flow.start(name, attributes)

    def end(self, name: str) -> None:
        if self._flow is None:
            return
        if name in _MARGINS:
            self._texts[self._flow.text()] = None
            self._flow = None
        else:
            self._flow.end(name)

    def characters(self, text: str) -> None:
        if self._flow is not None:
            self._flow.characters(text)

    def texts(self) -> list[str]:
        return [text for text in self._texts if text]

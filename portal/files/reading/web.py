"""HTML as the text that a reader sees."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from portal.files.reading import decoding, markup
from portal.files.reading.results import CHARACTERS_MAX, Gathered, Trouble

_UNSEEN = {"script", "style", "template", "noscript"}
# Between these a word goes on; every other element ends it.
_INLINE = {"a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "ins", "kbd", "mark"} | {
    *("q", "s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr", "o:p")
}


def read(path: Path) -> Gathered:
    """The whole as one page."""
    with path.open("rb") as stream:
        data = stream.read(4 * CHARACTERS_MAX)
        cut = bool(stream.read(1))
    text = text_of(decoding.text_of(data))
    cut = cut or len(text) > CHARACTERS_MAX
    trouble = Trouble.INCOMPLETE if cut else Trouble.NONE
    return Gathered(texts=[text[:CHARACTERS_MAX]], trouble=trouble)


def text_of(page: str) -> str:
    """A page's text without its tags, scripts and styles, a block on each line."""
    seen = _Seen(convert_charrefs=True)
    seen.feed(page)
    seen.close()
    return markup.tidy("".join(seen.parts))


class _Seen(HTMLParser):
    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self.parts: list[str] = []
        self._unseen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unseen:
            return
        if tag in _UNSEEN:
            self._unseen = tag
        elif tag not in _INLINE:
            self.parts.append("\t" if tag in {"td", "th"} else "\n")
        self.parts += [value + " " for name, value in attrs if name == "alt" and value]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = None
        elif tag not in _INLINE and not self._unseen:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            # A line's end in the source is a blank on the screen.
            self.parts.append(data.replace("\n", " "))

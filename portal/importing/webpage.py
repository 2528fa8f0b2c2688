"""A saved web page: its title, its date and the part that is the article."""

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from portal.kernel.text import plain, sanitise

_DROPPED = {
    "script", "style", "nav", "header", "footer", "aside", "form", "noscript", "template", "svg",
    "iframe", "object", "button", "select", "textarea", "dialog", "head",
}  # fmt: skip
_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip
# Their ends say where a paragraph ends; the portal's texts have no such elements.
_BLOCKS = {
    "div",
    "section",
    "article",
    "main",
    "body",
    "dl",
    "dt",
    "dd",
    "address",
    "center",
}
_RENAMED = {
    "h1": "h2",
    "h5": "h4",
    "h6": "h4",
    "b": "strong",
    "i": "em",
    "del": "s",
    "strike": "s",
}
_CONTENT = re.compile(r"\b(?:article-body|entry-content|post-content|news-content|item-page)\b")
_DATES = {
    "article:published_time",
    "datepublished",
    "dc.date",
    "dcterms.created",
    "date",
    "pubdate",
    "publishdate",
}


@dataclass
class Page:
    """What a saved page says of itself. `body` is sanitised HTML."""

    headings: list[str] = field(default_factory=list)  # its first-level ones
    title: str = ""
    date: str = ""
    summary: str = ""
    body: str = ""
    pictures: int = 0  # left out: they are not in the file


def read(markup: str) -> Page:
    """Take a page apart. The article, when the page marks one; else all but menus and forms."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    page = reader.page
    wanted = reader.parts.get("article") or reader.parts.get("main") or reader.parts["all"]
    body = sanitise("".join(wanted))
    page.body = re.sub(r"<p>(?:\s|&nbsp;|<br>)*</p>", "", body).strip()
    return page


class _Reader(HTMLParser):
    """Writes the page anew without its furniture; the sanitiser closes what is left open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.parts: dict[str, list[str]] = {"all": []}
        self._dropped: list[str] = []  # the open elements inside a dropped one, outermost first
        self._within: list[tuple[str, str]] = []  # open elements that are parts: (tag, part)
        self._text: list[str] | None = None  # collects a title or a first heading
        self._is_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta":
            self._meta(given)
        if tag == "time" and not self.page.date:
            self.page.date = given.get("datetime", "")
        if tag == "title":
            self._text, self._is_title = [], True
        if self._dropped:
            if tag not in _VOID:
                self._dropped.append(tag)
            return
        if tag in _DROPPED:
            # A header of the article itself holds its title.
            if not (tag == "header" and any(part == "article" for _t, part in self._within)):
                self._dropped.append(tag)
            return
        self._open(tag, given)

    def _meta(self, given: dict[str, str]) -> None:
        name = (given.get("property") or given.get("name") or given.get("itemprop") or "").lower()
        if name in _DATES and not self.page.date:
            self.page.date = given.get("content", "")
        if name in ("description", "og:description") and not self.page.summary:
            self.page.summary = given.get("content", "")

    def _open(self, tag: str, given: dict[str, str]) -> None:
        part = _part(tag, given)
        if part:
            self.parts.setdefault(part, [])
            self._within.append((tag, part))
        elif self._within and self._within[-1][0] == tag:
            self._within.append((tag, ""))  # so that the part's own end is found
        if tag == "h1":
            self._text, self._is_title = [], False
        if tag == "img":
            self.page.pictures += 1
            return
        self._write("<p>" if tag in _BLOCKS else _start(_RENAMED.get(tag, tag), given))

    def handle_endtag(self, tag: str) -> None:
        if tag == "title" and self._text is not None and self._is_title:
            self.page.title, self._text = " ".join("".join(self._text).split()), None
        if self._dropped:
            if tag in self._dropped:  # whatever was left open inside ends with it
                del self._dropped[len(self._dropped) - 1 - self._dropped[::-1].index(tag) :]
            return
        if tag == "h1" and self._text is not None:
            self.page.headings.append(" ".join("".join(self._text).split()))
            self._text = None
        if tag not in _VOID:
            self._write("</p>" if tag in _BLOCKS else f"</{_RENAMED.get(tag, tag)}>")
        if self._within and self._within[-1][0] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)
        if not self._dropped:
            self._write(escape(data, quote=False))

    def _write(self, text: str) -> None:
        self.parts["all"].append(text)
        for part in {part for _tag, part in self._within if part}:
            self.parts[part].append(text)


def _part(tag: str, given: dict[str, str]) -> str:
    if tag == "article" or _CONTENT.search(given.get("class", "")):
        return "article"
    if tag == "main" or given.get("role") == "main" or given.get("id") in ("content", "main"):
        return "main"
    return ""


def _start(tag: str, given: dict[str, str]) -> str:
    kept = {"href", "colspan", "rowspan", "scope", "start"}
    attributes = "".join(
        f' {name}="{escape(value)}"' for name, value in given.items() if name in kept
    )
    return f"<{tag}{attributes}>"


def without_title(body: str, title: str) -> str:
    """The body without the heading that repeats the page's title."""

    def drop(match: re.Match[str]) -> str:
        return "" if plain(match[0]) == title else match[0]

    return re.sub(r"<h2>.*?</h2>", drop, body, count=1, flags=re.DOTALL).strip()

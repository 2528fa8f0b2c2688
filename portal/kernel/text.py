"""Text as people write it: sanitised HTML, plain words, transliteration, addresses."""

import html
import re
import unicodedata
from collections.abc import Mapping

import nh3

TAGS = {
    "p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "u", "s", "a", "blockquote",
    "table", "thead", "tbody", "tr", "th", "td", "caption", "img", "figure", "figcaption", "hr",
    "code", "pre", "sub", "sup",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "img": {"src", "alt", "width", "height"},
}
# A picture in a text is one of our own files, reached through its policy; nothing is hot-linked.
OWN_FILE = re.compile(r"^/files/(\d{1,9})(?:/[^\s\"<>]*)?$")

# The official transliteration (Закон за транслитерацията, 2009).
LATIN = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъьюяѝ",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "h",
            "ts",
            "ch",
            "sh",
            "sht",
            "a",
            "y",
            "yu",
            "ya",
            "i",
        ],
        strict=True,
    )
)
SLUG_MAX = 80
# Control characters too: PostgreSQL refuses a text that holds a NUL.
CONTROLS = dict.fromkeys([*range(9), *range(14, 28), 127])
# What no page may hold, whoever typed it: HTML's forbidden characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_INVISIBLE = CONTROLS | dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# What turns the reading direction lets «…\u202efdp.exe» look like a PDF.
_TURNING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_INVISIBLE |= dict.fromkeys(_TURNING)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        match = OWN_FILE.match(value)
        return f"/files/{match.group(1)}" if match else None
    return value


def sanitise(markup: str) -> str:
    """HTML with only what a text may hold: no style, class, script, form or foreign picture.

    A link may lead to http, https, mailto, tel or a place in the portal.
    """
    clean = nh3.clean(
        unicodedata.normalize("NFC", markup),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return re.sub(r"<img(?![^>]*\ssrc=)[^>]*>", "", clean).strip()


def file_ids(markup: str) -> list[int]:
    """The numbers of the files that a sanitised text shows, in order, each once."""
    found = re.findall(r'<img[^>]*\ssrc="/files/(\d+)"', markup)
    return list(dict.fromkeys(int(number) for number in found))


def with_files(markup: str, others: Mapping[int, int]) -> str:
    """A sanitised text that shows other files in place of some, by their numbers."""

    def anew(match: re.Match[str]) -> str:
        ident = int(match.group(2))
        return f'{match.group(1)}{others.get(ident, ident)}"'

    return re.sub(r'(<img[^>]*\ssrc="/files/)(\d+)"', anew, markup)


def has_mute_picture(markup: str) -> bool:
    """Whether a picture of a sanitised text has no words for people who do not see it."""
    pictures = (tag.split(">")[0] for tag in markup.split("<img")[1:])
    return any('alt="' not in tag or 'alt=""' in tag for tag in pictures)


_BLOCK = re.compile(r"</?(?:p|br|h\d|li|tr|td|th|blockquote|figcaption|div|table|ul|ol)[^>]*>")


def plain(markup: str) -> str:
    """The words of a sanitised text, a line break where a block ends."""
    lines = (" ".join(line.split()) for line in bare(markup).split("\n"))
    return "\n".join(line for line in lines if line)


def bare(markup: str) -> str:
    """The same with blanks and empty lines as they come, in an eighth of the time: for whoever
    shows only a part."""
    return html.unescape(re.sub(r"<[^>]+>", "", _BLOCK.sub("\n", markup)))


def paragraphs(text: str) -> str:
    """Plain text as HTML: a paragraph for each stretch between empty lines."""
    parts = (part.strip() for part in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{html.escape(part)}</p>".replace("\n", "<br>") for part in parts if part)


def tidy(text: str | None) -> str:
    """One line as typed or pasted: NFC, no invisible characters, single blanks."""
    return " ".join(unicodedata.normalize("NFC", text or "").translate(_INVISIBLE).split())


def shown(text: str) -> str:
    """What was typed into an address, as a page may show it again."""
    return _FORBIDDEN.sub(" ", text)


def latin(text: str) -> str:
    """Bulgarian in Latin letters by the official rules; final -ия gives -ia."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"(?i)ия\b", lambda m: "IA" if m.group().isupper() else "ia", text)
    out = []
    for char in text:
        letters = LATIN.get(char.lower())
        if letters is None:
            out.append(char)
        else:
            out.append(letters.capitalize() if char.isupper() else letters)
    return "".join(out)


def slug(title: str) -> str:
    """The readable part of an address: ASCII, hyphens, at most 80 characters; may be empty."""
    text = unicodedata.normalize("NFKD", latin(title)).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", text.lower())
    result = ""
    for word in words:
        joined = f"{result}-{word}" if result else word
        if len(joined) > SLUG_MAX:
            break
        result = joined
    return result or (words[0][:SLUG_MAX] if words else "")


def excerpt(text: str, length: int = 220) -> str:
    """The beginning of a text, cut at a word."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"

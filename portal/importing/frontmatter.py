"""The few keys that a text may begin with: title, date, summary, topics, language."""

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from portal.importing.decoding import Unreadable
from portal.kernel.i18n import _

_KEYS = {
    "title": "title",
    "заглавие": "title",
    "date": "date",
    "дата": "date",
    "published": "date",
    "summary": "summary",
    "description": "summary",
    "резюме": "summary",
    "накратко": "summary",
    "topics": "topics",
    "tags": "topics",
    "теми": "topics",
    "language": "language",
    "lang": "language",
    "език": "language",
}
_BLOCK = re.compile(
    r"\A\s*(?P<mark>---|\+\+\+)[ \t]*\n(?P<inside>.*?)\n?^(?P=mark)[ \t]*(?:\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_PAIR = re.compile(r"^([\w-]+)\s*:\s*(.*)$")


@dataclass
class FrontMatter:
    """What stood before the text; empty where nothing did."""

    title: str = ""
    date: Any = None
    summary: str = ""
    topics: list[str] = field(default_factory=list)
    language: str = ""


def split(text: str) -> tuple[FrontMatter, str]:
    """The front matter and the text after it. Raises Unreadable when it is broken."""
    match = _BLOCK.match(text)
    if match is None:
        return FrontMatter(), text
    inside = match["inside"]
    pairs = _toml(inside) if match["mark"] == "+++" else _yaml(inside)
    if pairs is None:  # a line of dashes, then prose: no front matter
        return FrontMatter(), text
    return _known(pairs), text[match.end() :]


def _toml(inside: str) -> dict[str, Any]:
    try:
        return tomllib.loads(inside)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(_("its front matter is broken: %(why)s", why=error)) from error


def _yaml(inside: str) -> dict[str, Any] | None:
    """`key: value` lines and `- item` lists under a key: what people write, not all of YAML."""
    pairs: dict[str, Any] = {}
    key = ""
    for line in inside.split("\n"):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line.lstrip().startswith("- ") and key:
            held = pairs[key] if isinstance(pairs[key], list) else []
            pairs[key] = [*held, _bare(line.lstrip()[2:])]
        elif match := _PAIR.match(line):
            key = match[1]
            pairs[key] = _value(match[2])
        elif line[:1].isspace() and key and isinstance(pairs[key], str):
            pairs[key] = f"{pairs[key].rstrip('>|')} {line.strip()}".strip()
        else:
            return None
    return pairs or None


def _value(text: str) -> Any:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return [_bare(part) for part in text[1:-1].split(",") if part.strip()]
    return _bare(text)


def _bare(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def _known(pairs: dict[str, Any]) -> FrontMatter:
    front = FrontMatter()
    for key, value in pairs.items():
        name = _KEYS.get(key.casefold())
        if name == "topics":
            items = value if isinstance(value, list) else str(value).split(",")
            front.topics = [str(item).strip() for item in items if str(item).strip()]
        elif name == "date":
            front.date = value
        elif name is not None:
            setattr(front, name, str(value).strip())
    return front

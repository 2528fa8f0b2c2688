"""Texts that a page may begin with in every space: minutes, a procedure, a project."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from portal.kernel.i18n import language


class Ready(NamedTuple):
    """A text to begin with. hint: what it is for."""

    key: str
    name: str
    hint: str
    title: str
    body: str


@cache
def _every(tongue: str) -> tuple[Ready, ...]:
    path = Path(__file__).parent / "ready.toml"
    found = tomllib.loads(path.read_text(encoding="utf-8"))["ready"]
    return tuple(Ready(key=each["key"], **each[tongue]) for each in found)


def every() -> tuple[Ready, ...]:
    """All of them, in the language that is spoken."""
    return _every("en" if language() == "en" else "bg")


def of(key: str) -> Ready | None:
    return next((each for each in every() if each.key == key), None)

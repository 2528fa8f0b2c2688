"""What the reader answers, and the words that parent and child share. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

PAGES_MAX = 5_000  # pages of one file that are read
CHARACTERS_MAX = 5_000_000  # letters of one file that are kept


class Trouble(StrEnum):
    """Why a file's text is missing or is not all there."""

    NONE = ""
    PROTECTED = "protected"  # wants a password
    DAMAGED = "damaged"
    EMPTY = "empty"  # zero bytes
    TOO_LARGE = "too_large"  # unpacks to more than anybody writes
    TOO_LONG = "too_long"  # seconds
    TOO_MUCH = "too_much"  # memory
    NO_TEXT = "no_text"
    UNSUPPORTED = "unsupported"  # no kind that is read, or a system that cannot wall the child in
    INCOMPLETE = "incomplete"  # the first pages were read, the rest not
    GIVEN_UP = "given_up"  # the reader failed each time; said by readings alone


@dataclass(frozen=True)
class Page:
    """One page's text; source tells how it was obtained: "text", "ocr" or "none"."""

    number: int
    text: str
    source: str


@dataclass(frozen=True)
class Reading:
    """A file as it was read.

    kind: by content, not by name. count: pages of the file, also those that were not read.
    paged: whether a page's number means something to a reader. to_ocr: numbers of the pages whose
    text is missing or unbelievable. macros: it carries macros, a PDF's JavaScript or an XFA form.
    seconds and peak_kib: what the child took.
    """

    kind: str
    pages: list[Page]
    count: int
    paged: bool
    to_ocr: list[int]
    trouble: Trouble
    macros: bool
    seconds: float
    peak_kib: int


class Unreadable(Exception):
    """Raised in the child where reading ends, with the trouble to tell."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass
class Gathered:
    """What a format's reader has gathered: the child turns it into a Reading.

    texts: one for each page that was read, in order. count: 0 where it equals their number.
    sources: "text" for each page unless told otherwise.
    """

    texts: list[str] = field(default_factory=list)
    count: int = 0
    paged: bool = False
    to_ocr: list[int] = field(default_factory=list)
    trouble: Trouble = Trouble.NONE
    macros: bool = False

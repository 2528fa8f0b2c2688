"""What the portal asks of a search engine, and what rooms give it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class SearchDocument:
    """One searchable item. Refuses an empty audience when it is made.

    audience: the policy's tokens; `members:` tokens count only from `visible_from` to
    `visible_until`, the others always. spaces: where it is placed, for the filter.
    """

    kind: str
    item_id: int
    title: str
    text: str
    audience: frozenset[str]
    spaces: frozenset[int] = frozenset()
    date: datetime | None = None
    visible_from: datetime | None = None
    visible_until: datetime | None = None
    language: str = "bg"
    names: str = ""  # people, numbers, topics: found like the title, not shown

    def __post_init__(self) -> None:
        if not self.audience:
            raise ValueError(f"{self.kind}:{self.item_id} has no audience")


@dataclass(frozen=True)
class Query:
    """What is asked. `kinds` and `spaces` filter; dates are moments, the second exclusive."""

    words: str
    tokens: frozenset[str]  # the viewer's; no tokens, no hits
    now: datetime
    kinds: frozenset[str] = frozenset()
    spaces: frozenset[int] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    newest_first: bool = False
    offset: int = 0
    limit: int = 20
    as_you_type: bool = False  # the last word may be unfinished


@dataclass(frozen=True)
class Hit:
    kind: str
    item_id: int
    score: float


@dataclass(frozen=True)
class Answer:
    """Hits of one page; total and counts are over everything that the viewer may read."""

    hits: Sequence[Hit]
    total: int
    kinds: dict[str, int] = field(default_factory=dict)
    spaces: dict[int, int] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)


class Engine(Protocol):
    """An index. One process writes (`follow`, `rebuild`); every other one reads."""

    def write(
        self,
        documents: Iterable[SearchDocument],
        gone: Iterable[tuple[str, int]],
        cursor: int,
    ) -> None:
        """Index documents afresh, forget others, and keep the change log's cursor with them."""

    def cursor(self) -> int:
        """Up to which change the committed index has followed."""

    def search(self, query: Query) -> Answer: ...

    def suggest(self, query: Query) -> Answer: ...

    def refresh(self) -> None:
        """See what was committed since."""

    def rebuild(self, documents: Iterator[SearchDocument], cursor: int) -> int:
        """A new index from all documents while the old one serves; how many were written."""

    def mark(self, text: str, words: str) -> str:
        """A passage of a text as safe HTML with the found words in <mark>."""

    def stats(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Shown:
    """A hit as a page shows it, loaded again through the policy."""

    kind: str
    item_id: int
    title: str
    url: str
    text: str  # plain; the passage is cut from it
    facts: Sequence[str] = ()  # who, where: the meta line
    date: datetime | None = None


class Source(Protocol):
    """What a room registers so that its items are found."""

    kind: str
    label: Any  # the filter's name, plural
    icon: str

    def document(self, item_id: int) -> SearchDocument | None:
        """The item as it is now; None when the index must forget it."""

    def ids(self) -> Iterator[int]:
        """Every item, for a rebuild."""

    def show(self, item_ids: Sequence[int], viewer: Any) -> dict[int, Shown]:
        """Those of the items that the viewer may read, checked by the policy's SQL form."""

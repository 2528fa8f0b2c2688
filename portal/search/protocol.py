"""What the portal asks of a search engine, and what rooms give it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from portal.search.language import BORDER, Reading, Synonyms
from portal.search.language.synonyms import NONE as NO_SYNONYMS

Key = tuple[str, int]  # kind and number of an item
Progress = Callable[[int], None]  # told how many documents are written so far


def apart(texts: Iterable[str]) -> str:
    """Texts as one, in which no phrase runs from one into the next."""
    return BORDER.join(filter(None, texts))


@dataclass(frozen=True)
class SearchDocument:
    """One searchable item. Refuses an empty audience when it is made.

    audience: the policy's tokens; `members:` tokens count only from `visible_from` to
    `visible_until`, the others always. Without `visible_from` members never find it.
    spaces: where it is placed, for the filter.
    pages: texts that follow `text` and are told apart in a hit, such as the pages of a file. A
    phrase may run from one into the next unless that begins with BORDER.
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
    pages: Sequence[str] = ()
    organisation: int = 0  # whose it is, and who wrote it, if its readers are told; 0: nobody
    author: int = 0
    tags: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.audience:
            raise ValueError(f"{self.kind}:{self.item_id} has no audience")

    @property
    def size(self) -> int:
        """Characters of its text."""
        return len(self.text) + sum(map(len, self.pages))


@dataclass(frozen=True)
class Query:
    """What is asked. The sets filter: any of their values; dates are moments, the second
    exclusive."""

    words: str
    tokens: frozenset[str]  # the viewer's; no tokens, no hits
    now: datetime
    kinds: frozenset[str] = frozenset()
    spaces: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    authors: frozenset[int] = frozenset()
    tags: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    newest_first: bool = False
    offset: int = 0
    limit: int = 20
    as_you_type: bool = False  # the last word may be unfinished
    # Kinds whose best hits come apart from the list, if they hold every word; at most so many.
    # Not together with `kinds`.
    apart: frozenset[str] = frozenset()
    apart_limit: int = 0
    # Names of periods and where each begins, to be counted: ("week", Monday 0:00).
    periods: tuple[tuple[str, datetime], ...] = ()
    synonyms: Synonyms = field(default=NO_SYNONYMS, compare=False)
    # The question as it was understood a moment ago for the same reader; None: not yet.
    reading: Reading | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Hit:
    """page: which of its pages, from 1, holds most of what was asked; 0: none of them does."""

    kind: str
    item_id: int
    score: float
    page: int = 0


@dataclass(frozen=True)
class Answer:
    """Hits of one page; total and counts are over everything that the viewer may read.

    The counts of a filter leave that filter itself out, so that a reader sees what another
    choice would give. Spaces are counted only where the viewer is a member: where else an item
    lies is not for her.
    """

    hits: Sequence[Hit]
    total: int
    kinds: dict[str, int] = field(default_factory=dict)
    spaces: dict[int, int] = field(default_factory=dict)
    organisations: dict[int, int] = field(default_factory=dict)
    authors: dict[int, int] = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)
    periods: dict[str, int] = field(default_factory=dict)
    complete: int = 0  # how many of `total` hold every word; the others hold some of them
    # The best of the kinds that the query wanted apart, and how many of those kinds there are; if
    # there is any, the list and its total hold none of them.
    apart: Sequence[Hit] = ()
    apart_total: int = 0
    ready: bool = True  # False where there is no answer: there is no index to ask yet,
    failed: bool = False  # or something went wrong with this one
    reading: Reading = field(default_factory=Reading)  # how the question was understood


class Engine(Protocol):
    """An index. One process writes (`follow`, `rebuild`); every other one reads."""

    def search(self, query: Query) -> Answer:
        """The hits of a page with total and counts."""

    def suggest(self, query: Query) -> Answer:
        """The same without counts, for results as one types."""

    def mark(self, text: str, reading: Reading, length: int | None = None) -> str:
        """A passage of a text as safe HTML with the found words in <mark>; None: all of it."""

    def refresh(self) -> None:
        """See what was committed since; asked before each search, cheap when nothing was."""

    def cursor(self) -> int | None:
        """Up to which change the committed index has followed; None: there is no usable index."""

    def write(
        self,
        documents: Iterable[SearchDocument],
        gone: Iterable[Key],
        *,
        since: int,
        cursor: int,
    ) -> bool:
        """Index documents afresh, forget others, and keep the cursor in the same commit.

        False, and nothing is written, when the index stands no longer at `since`: another
        process followed the same changes.
        """

    def left_out(self) -> set[Key]:
        """The documents that could not be indexed since this was asked last. They are in the
        index no more: one broken text must not hold up all others."""

    def tend(self, thoroughly: bool = False) -> bool:
        """Tidy up while nothing else is to do; whether anything was done.

        thoroughly: take all the time it needs; nothing is written meanwhile.
        """

    def rebuild(
        self,
        keys: Iterable[Key],
        load: Callable[[Key], SearchDocument | None],
        cursor: int,
        progress: Progress,
    ) -> int:
        """A new index beside the serving one, then the switch; how many documents it holds.

        Begun again after a crash, it goes on where it was: the cursor is that of the first
        beginning, so what changed meanwhile is followed afterwards.
        """

    def stats(self) -> dict[str, Any]:
        """Figures for an administrator: documents, segments, cursor, bytes."""


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
    place: str = ""  # where the passage stands, such as «page 3»
    icon: str = ""  # instead of its kind's


class Source(Protocol):
    """What a room registers so that its items are found.

    A source may also set `answers = True`: its best hits are shown above the list, as people
    are, because who looks for a person wants her phone and not a text that names her.
    """

    kind: str
    label: Any  # the filter's name, plural
    icon: str

    def document(self, item_id: int) -> SearchDocument | None:
        """The item as it is now; None when the index must forget it."""

    def ids(self) -> Iterator[int]:
        """Every item, for a rebuild."""

    def show(
        self, item_ids: Sequence[int], viewer: Any, pages: Mapping[int, int]
    ) -> dict[int, Shown]:
        """Those of the items that the viewer may read, checked by the policy's SQL form.

        pages: the `Hit.page` of each that has one.
        """

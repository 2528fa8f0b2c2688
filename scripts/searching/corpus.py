"""The documents that are searched, and the questions: real texts, and whole real paragraphs of
them joined anew where more are wanted than there are. The same ones each time.
"""

import gzip
import itertools
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portal.search.protocol import SearchDocument

KINDS = ("news", "document", "practice", "page", "folder", "question", "event")
GROUPS = 59
PUBLIC_PART = 0.35
ORGANISATIONS, AUTHORS, TAGS = 30, 300, 40
PARAGRAPH = 20  # characters; shorter lines are headings
REAL_ENOUGH = 5_000  # distinct real documents, below which no figure is worth anything
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
USERS = 40
GROUPS_OF_A_USER = 8


@dataclass(frozen=True)
class Text:
    title: str
    body: str


@dataclass(frozen=True)
class Real:
    """What there is of real texts."""

    texts: list[Text]
    paragraphs: list[str] = field(default_factory=list)

    @property
    def is_enough(self) -> bool:
        return len(self.texts) >= REAL_ENOUGH


@dataclass(frozen=True)
class Question:
    """What all engines are asked: words all of which, a phrase, or the beginning of a word."""

    sort: str  # "words", "phrase" or "prefix"
    words: str
    groups: tuple[int, ...]  # beside what is public
    newest_first: bool


def read(files: Sequence[Path]) -> Real:
    """The distinct documents of JSON lines (id, title, body), and their distinct paragraphs."""
    texts: dict[str, Text] = {}
    for path in files:
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
            for line in lines:
                row = json.loads(line)
                texts.setdefault(row["body"], Text(row["title"], row["body"]))
    paragraphs = {
        line.strip(): None
        for text in texts.values()
        for line in text.body.splitlines()
        if len(line) >= PARAGRAPH
    }
    return Real(list(texts.values()), list(paragraphs))


def invented() -> Real:
    """Without any files: sentences of a fixed grammar; they prove only that the measuring runs."""
    from tests.support.papers.text import Composer  # 35 MB that no engine is to be charged with

    composer = Composer("search")
    paragraphs = [composer.paragraph() for _ in range(3_000)]
    texts = [
        Text(paragraph.split(".")[0][:90], "\n".join(paragraphs[n : n + 5]))
        for n, paragraph in enumerate(paragraphs[:600])
    ]
    return Real(texts, paragraphs)


def documents(real: Real, number: int) -> Iterator[SearchDocument]:
    """Real texts first, then 1 to 4 whole paragraphs under a real title, until it is enough."""
    chance = random.Random("search")
    weights = list(itertools.accumulate(1 / (n + 1) for n in range(GROUPS)))
    for n in range(number):
        text = real.texts[n] if n < len(real.texts) else _joined(real, chance)
        groups = chance.choices(range(GROUPS), cum_weights=weights, k=chance.randint(1, 4))
        public = chance.random() < PUBLIC_PART
        yield SearchDocument(
            kind=chance.choice(KINDS),
            item_id=n + 1,
            title=text.title,
            text=text.body,
            audience=frozenset(tokens(groups, public)),
            spaces=frozenset(groups),
            date=NOW - timedelta(hours=chance.randint(1, 5 * 365 * 24)),
            visible_from=NOW - timedelta(days=6 * 365),
            organisation=chance.randint(1, ORGANISATIONS),
            author=chance.randint(1, AUTHORS),
            tags=frozenset(f"topic:{chance.randint(1, TAGS)}" for _ in range(chance.randint(0, 3))),
        )


def tokens(groups: Iterable[int], public: bool = True) -> set[str]:
    return {f"members:{group}" for group in groups} | ({"members:1000"} if public else set())


def _joined(real: Real, chance: random.Random) -> Text:
    """The length of a resampled document is that of a real one: a run of whole paragraphs."""
    title = chance.choice(real.texts).title
    pieces: list[str] = []
    wanted = len(chance.choice(real.texts).body)
    for _ in range(chance.randint(1, 4)):
        begin = chance.randrange(len(real.paragraphs))
        for paragraph in real.paragraphs[begin : begin + 12]:
            pieces.append(paragraph)
            if sum(map(len, pieces)) >= wanted:
                return Text(title, "\n".join(pieces))
    return Text(title, "\n".join(pieces))


def questions(real: Real) -> list[Question]:
    """200: 60 of one word, 60 of two, 30 of three, 15 of four, 20 phrases, 15 beginnings."""
    chance = random.Random("questions")
    users = [tuple(sorted(chance.sample(range(GROUPS), GROUPS_OF_A_USER))) for _ in range(USERS)]
    sorts = [
        ("words", k) for k, times in ((1, 60), (2, 60), (3, 30), (4, 15)) for _ in range(times)
    ]
    sorts += [("phrase", 2)] * 20 + [("prefix", 1)] * 15
    asked = []
    for n, (sort, count) in enumerate(sorts):
        words: list[str] = []
        while len(words) < count or not all(len(word) > 3 and word.isalpha() for word in words):
            body = chance.choice(real.texts).body.split()
            begin = chance.randrange(max(1, len(body) - count))
            words = body[begin : begin + count]
            if sort == "words":
                words = chance.sample(body, min(count, len(body)))
        typed = " ".join(words)
        typed = f'"{typed}"' if sort == "phrase" else words[0][:4] if sort == "prefix" else typed
        asked.append(Question(sort, typed, users[n % USERS], chance.random() < 0.2))
    return asked


def questions_file(real: Real, path: Path) -> None:
    path.write_text(json.dumps([asdict(each) for each in questions(real)], ensure_ascii=False))

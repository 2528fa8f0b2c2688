"""Ask 100,000 things that nobody means of the search page and its suggestions.

    python -m scripts.searching.everywhere [--number 100000] [--seed 1] [--limited]

In process, as a signed-in reader of a small town: words, operators, quotes that do not close,
control characters, 10,000 characters, regular expressions, nothing but small words; with filters,
pages and orders that do not exist. No answer may be above 399 but 429 (`--limited`: the limit of
questions in a second stands as it is). Says which took longest.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

from scripts.searching.anything import question

SMALL = ("на", "за", "и", "в", "от", "с", "по", "или", "че", "се", "как", "to", "the", "of")
EXPRESSIONS = ("(a+)+$", "[а-я]{1,99}", r"\b\d+\b.*", "^(?:.*)*$", "(?P<a>x)(?P=a)", ".{0,5000}")
LATIN = "abcdefghijklmnopqrstuvwxyz"
FILTERS = (
    "kind", "space", "organisation", "author", "tag", "year", "period", "from", "to", "sort",
    "page", "q", "here", "unknown",
)  # fmt: skip
VALUES = (
    "", "0", "1", "2", "7", "-1", "999999999", "99999999999999999999", "1e9", "٣", "²", "news",
    "document", "practice", "person", "topic:1", "topic:", "2026", "2025", "week", "year", "date",
    "2026-11-21", "2026-02-31", "0001-01-01", "9999-12-31", "\x00", "\ud800", "'", '"><b>',
    "а" * 3000,
)  # fmt: skip


def typed(chance: random.Random) -> str:
    """What stands in the box."""
    match chance.randrange(10):
        case 0:
            return " ".join(chance.choices(SMALL, k=chance.randint(1, 9)))
        case 1:
            return chance.choice(EXPRESSIONS) * chance.choice([1, 1, 40])
        case 2:
            return "".join(chance.choices(LATIN, k=chance.randint(1, 3)))
        case 3:
            return "".join(chr(chance.randrange(0x20)) for _ in range(chance.randint(1, 30)))
        case 4 if chance.random() < 0.2:
            return (question(chance) + " а") * 10_000
        case _:
            return question(chance)


def address(chance: random.Random) -> str:
    """A page and what is asked of it, as an address."""
    page = chance.choice(["/search", "/search", "/search/suggest"])
    if chance.random() < 0.05:  # bytes that are no text
        raw = bytes(chance.randrange(256) for _ in range(chance.randint(1, 60)))
        return f"{page}?q={quote_from_bytes(raw)}"
    filters = range(chance.choice([0, 0, 1, 2, 6, 60]))
    values = [("q", typed(chance)[:10_000])]
    values += [(chance.choice(FILTERS), chance.choice(VALUES)) for _ in filters]
    return f"{page}?{urlencode(values, errors='replace')}"


def asked(client: Any, number: int, seed: int) -> Iterator[tuple[str, int, float]]:
    """Address, status and milliseconds of CPU of so many questions."""
    chance = random.Random(seed)
    for _ in range(number):
        path = address(chance)
        began = time.process_time()
        status = client.get(path).status_code
        yield path, status, (time.process_time() - began) * 1000


def _reader() -> Any:
    """The browser of somebody of a small town."""
    from portal.app import create_app
    from scripts.bench import instance, pages
    from tests.support.clients import signed_in

    size = instance.Size(news=300, documents=100, practices=40, people=40)
    app = create_app(instance.ready(size))
    with app.test_request_context():
        person = pages.readers(1)[0].id
        return signed_in(app.test_client(), person)


def report(found: Sequence[tuple[str, int, float]]) -> None:
    print(f"{len(found):,} questions; answers {dict(Counter(status for _, status, _ in found))}")
    times = sorted(each for _, _, each in found)
    print(
        f"CPU: median {times[len(times) // 2]:.1f} ms, p99 {times[len(times) * 99 // 100]:.1f} ms"
    )
    for path, status, each in sorted(found, key=lambda row: -row[2])[:5]:
        print(f"{each:8.0f} ms  {status}  {path[:150]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limited", action="store_true")
    given = parser.parse_args()
    from portal.search import views

    if not given.limited:
        views._searches.number = views._suggestions.number = sys.maxsize
    client, found, wrong = _reader(), [], []
    for each in asked(client, given.number, given.seed):
        found.append((each[0][:400], *each[1:]))  # an address may have 60,000 characters
        if each[1] >= 400 and each[1] != 429:
            wrong.append(each)
            print(f"{each[1]}  {each[0][:400]}", file=sys.stderr)
        if len(found) % 10_000 == 0:
            report(found)
    report(found)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

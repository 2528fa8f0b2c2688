"""To each reader the index is as if nothing stood in it but what she may read.

The same questions to an index of everything, written in many commits with changes, deletions and
merges, and to one that only ever held a reader's own texts: the same hits, scores, counts and
readings, also for words that stand only in what is hidden from her, mistyped, begun or in Latin
letters.
"""

import random
from dataclasses import replace
from pathlib import Path

from portal.search.engine import WhooshEngine
from portal.search.protocol import Query, SearchDocument
from scripts.searching.relevance import WAYS
from tests.search.makers import NOW, build, document, fill, forget

OPEN = [
    "заповед",
    "отпуск",
    "община",
    "решение",
    "съвет",
    "бюджет",
    "проект",
    "център",
    "новина",
    "наредба",
]
HIDDEN = [
    "лазарвихър",
    "тайнопис",
    "сделката",
    "уволнението",
    "проверката",
    "дружинка",
    "наказание",
    "договорка",
]
READERS = [frozenset({"members:1"}), frozenset({"members:2", "person:7"})]


def texts(chance: random.Random, number: int) -> list[SearchDocument]:
    """Who reads what by chance; some words stand only in what nobody of the readers may read."""
    made = []
    for n in range(number):
        audience = chance.choice(["members:1", "members:2", "person:7", "editors:9"])
        words = OPEN + (HIDDEN if audience == "editors:9" else [])
        title, text = chance.choices(words, k=3), chance.choices(words, k=chance.randint(3, 40))
        made.append(document(
            n, " ".join(title), " ".join(text), audience=frozenset({audience}),
            kind=chance.choice(["news", "page"]), spaces=frozenset({chance.randint(1, 3)}),
            author=chance.randint(0, 5), tags=frozenset({f"topic:{chance.randint(1, 5)}"}),
        ))  # fmt: skip
    return made


def question(chance: random.Random) -> str:
    def typed() -> str:
        word = chance.choice(OPEN + HIDDEN * 2)
        place = chance.randrange(1, len(word) - 1)
        slip = word[:place] + word[place + 1 :]
        return chance.choice([word, slip, *(way(word) for way in WAYS.values())])

    words = [typed() for _ in range(chance.choice([1, 1, 2, 3]))]
    return chance.choice([" ".join(words), f'"{" ".join(words)}"', f"{words[0]} -{words[-1]}"])


def test_what_a_reader_may_not_read_changes_nothing_for_her(tmp_path: Path) -> None:
    chance = random.Random(12)
    whole, kept = WhooshEngine(tmp_path / "whole"), dict[tuple[str, int], SearchDocument]()
    for round_ in range(18):
        new = [replace(each, item_id=chance.randrange(150)) for each in texts(chance, 6)]
        new = list({(each.kind, each.item_id): each for each in new}.values())
        fill(whole, *new)
        kept.update({(each.kind, each.item_id): each for each in new})
        gone = chance.sample(sorted(kept), 2)
        forget(whole, *gone)
        for key in gone:
            del kept[key]
        if round_ % 8 == 5:
            whole.tend()
    assert whole.stats()["segments"] > 2
    for place, tokens in enumerate(READERS):
        alone = WhooshEngine(tmp_path / f"alone-{place}")
        build(alone, *(each for each in kept.values() if each.audience & tokens))
        told = 0
        for _ in range(120):
            query = Query(question(chance), tokens, NOW, as_you_type=chance.random() < 0.4)
            ours, theirs = whole.search(query), alone.search(query)
            assert ours == theirs, query
            told += bool(ours.total)
        assert told > 30

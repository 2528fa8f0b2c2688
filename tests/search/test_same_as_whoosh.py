"""Our arrays against Whoosh's own search: the same items for 1,000 random questions.

The evaluator uses Whoosh's postings and columns by inner names; its public search is the witness
that they were read rightly, over several segments, deletions and a merge.
"""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from whoosh import query as q
from whoosh.filedb.filestore import FileStorage
from whoosh.searching import Searcher

from portal.search import plain
from portal.search.engine import WhooshEngine
from portal.search.language import Alternative, Clause, term, understand, words
from portal.search.language.synonyms import Entry, Synonyms
from portal.search.leaf import SHORT, Leaf
from portal.search.protocol import Query
from portal.search.schema import TEXTS, instant
from tests.search.makers import NOW, document, fill, forget

VOCABULARY = [
    "заповед",
    "отпуск",
    "стратегия",
    "комуникационна",
    "община",
    "решение",
    "съвет",
    "бюджет",
    "проект",
    "център",
    "новина",
    "кмет",
    "кметство",
    "дирекция",
    "отдел",
    "администрация",
    "услуга",
    "гражданин",
    "документ",
    "приложение",
    "заявление",
    "срок",
    "обществена",
    "поръчка",
    "социално-икономически",
    "план-график",
    "чл",
    "37",
    "2026",
    "№12",
    "e-mail",
    "портал",
]
# One word or the other, and a word or a row.
SYNONYMS = Synonyms([Entry("кмет", "бюджет"), Entry("отпуск", "обществена поръчка")])
TOKENS = [f"members:{n}" for n in range(1, 6)] + ["editors:1", "person:7", "contacts"]


def text(chance: random.Random, most: int) -> str:
    return " ".join(chance.choices(VOCABULARY, k=chance.randint(1, most)))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    chance = random.Random(37)
    engine = WhooshEngine(tmp_path_factory.mktemp("same") / "index")
    for batch in range(9):
        fill(engine, *(
            document(
                batch * 60 + n, text(chance, 5), text(chance, 60), names=text(chance, 3),
                kind=chance.choice(["news", "page", "person"]),
                audience=frozenset(chance.sample(TOKENS, chance.randint(1, 3))),
                visible_from=NOW + timedelta(hours=chance.randint(-5, 1)),
                visible_until=chance.choice([None, NOW + timedelta(hours=chance.randint(2, 4))]),
            )
            for n in range(60)
        ))  # fmt: skip
        if batch == 6:
            assert engine.tend(thoroughly=True)
        kinds = ("news", "page", "person")
        forget(
            engine,
            *[(kinds[i % 3], chance.randint(0, batch * 60 + 59)) for i in range(6)],
        )
    assert engine.stats()["segments"] > 2
    assert engine.stats()["deleted"] > 5
    return engine


def question(chance: random.Random) -> str:
    picked = chance.sample(VOCABULARY, chance.randint(1, 3))
    if chance.random() < 0.25:
        return f'"{" ".join(picked[:2])}"'
    without, second = chance.sample(VOCABULARY, 2)
    sort = chance.random()
    if sort < 0.15:
        return f'{picked[0]} "{without} {second}"'
    if sort < 0.3:
        return f"-{without} {picked[0]}"
    if sort < 0.4:
        return f'-"{without} {second}" {" ".join(picked)}'
    return " ".join(picked)


def test_1000_random_questions_find_what_whoosh_itself_finds(
    engine: WhooshEngine,
) -> None:
    chance = random.Random(2026)
    storage = FileStorage(str(engine.root / engine.stats()["folder"]))
    found_something = 0
    with storage.open_index("MAIN").searcher() as searcher:
        for _ in range(1_000):
            asked = question(chance)
            typing = chance.random() < 0.3
            if typing:  # the beginning of a word
                asked = asked.rstrip('"')[: -chance.randint(1, 3)]
            tokens = frozenset(chance.sample(TOKENS, chance.randint(1, 4)))
            now = NOW + timedelta(hours=chance.randint(-5, 5))
            ours = engine.search(
                Query(asked, tokens, now, as_you_type=typing, limit=1000, synonyms=SYNONYMS)
            )
            theirs = whoosh_finds(searcher, asked, typing, tokens, instant(now))
            complete = {(h.kind, h.item_id) for h in ours.hits[: ours.complete]}
            assert complete == theirs, (asked, tokens)
            assert ours.total == len(ours.hits)
            found_something += bool(theirs)
    assert found_something > 400


def whoosh_finds(
    searcher: Searcher, asked: str, typing: bool, tokens: frozenset[str], now: int
) -> set[tuple[str, int]]:
    """The same question by Whoosh's query objects and matchers, access and times in Python."""
    reading = understand(asked, None, typing, SYNONYMS)
    wanted = [documents_of_clause(searcher, clause) for clause in reading.clauses]
    for clause in reading.without:
        wanted.append(documents_of(searcher, TOKENS) - documents_of_clause(searcher, clause))
    if not reading.clauses:
        return set()
    may_always = documents_of(searcher, [t for t in tokens if not t.startswith("members:")])
    may_between = documents_of(searcher, [t for t in tokens if t.startswith("members:")])
    found = set()
    for document_number in set.intersection(*wanted):
        if document_number in may_between and not (
            column(searcher, "opens", document_number)
            <= now
            < column(searcher, "closes", document_number)
        ):
            may_between.discard(document_number)
        if document_number in may_always or document_number in may_between:
            kind = next(k for k in ("news", "page", "person")
                        if document_number in documents_of_kind(searcher, k))  # fmt: skip
            found.add((kind, column(searcher, "item", document_number)))
    return found


def documents_of_clause(searcher: Searcher, clause: Clause) -> set[int]:
    return kept(searcher, clause, lambda: set(searcher.docs_for_query(clause_query(clause))))


def clause_query(clause: Clause) -> q.Query:
    ways = [alternative_query(way) for way in clause.alternatives]
    begins = [
        q.Prefix(name, each)
        for each in clause.beginnings
        for name in (TEXTS if len(each) > SHORT else ("title", "names"))
    ]
    return q.Or([*begins, *ways])


def alternative_query(way: Alternative) -> q.Query:
    if way.in_a_row:
        return q.Or([q.Phrase(name, list(way.terms)) for name in TEXTS])
    return q.And([anywhere(t) for t in way.terms])


def anywhere(word: str) -> q.Query:
    return q.Or([q.Term(name, word) for name in TEXTS])


def documents_of(searcher: Searcher, tokens: list[str]) -> set[int]:
    return set().union(*(documents_of_token(searcher, token) for token in tokens))


def documents_of_token(searcher: Searcher, token: str) -> set[int]:
    return kept(searcher, token, lambda: set(searcher.docs_for_query(q.Term("audience", token))))


def documents_of_kind(searcher: Searcher, kind: str) -> set[int]:
    return kept(searcher, kind, lambda: set(searcher.docs_for_query(q.Term("kind", kind))))


def column(searcher: Searcher, name: str, number: int) -> int:
    def read() -> list[int]:  # by segment: over several ones Whoosh's own reader miscounts
        leaves = [leaf for leaf, _ in searcher.reader().leaf_readers()]
        return [
            value
            for values, size in ((r.column_reader(name), r.doc_count_all()) for r in leaves)
            for value in (values[n] for n in range(size))
        ]

    return int(kept(searcher, name, read)[number])


_kept: dict[tuple[int, Any], Any] = {}


def kept(searcher: Searcher, name: Any, read: Callable[[], Any]) -> Any:
    key = (id(searcher), name)
    if key not in _kept:
        _kept[key] = read()
    return _kept[key]


def test_the_vocabulary_has_words_that_meet() -> None:
    assert len({term(form) for _, _, form in words(" ".join(VOCABULARY))}) < 40


def test_a_strange_whoosh_is_asked_by_its_public_interface_and_answers_the_same(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inner names that are gone, as with another release, of posting lists or of columns."""
    chance = random.Random(7)
    asked = [
        Query(
            question(chance), frozenset(chance.sample(TOKENS, chance.randint(1, 4))),
            NOW + timedelta(hours=chance.randint(-5, 5)), synonyms=SYNONYMS, limit=1000,
            kinds=frozenset(chance.sample(["news", "page"], chance.randint(0, 1))),
            as_you_type=chance.random() < 0.3,
        )
        for _ in range(200)
    ]  # fmt: skip
    right = [engine.search(query) for query in asked]
    for name in ("_listed", "_column"):
        with monkeypatch.context() as patch:
            patch.setattr(Leaf, name, _gone)
            plain.is_needed.cache_clear()
            strange = WhooshEngine(engine.root)
            assert [strange.search(query) for query in asked] == right
            assert isinstance(strange._view.parts[0].leaf, plain.PlainLeaf)  # type: ignore[union-attr]
    plain.is_needed.cache_clear()
    assert not plain.is_needed()


def _gone(_self: object, *_: object) -> None:
    raise AttributeError("gone")

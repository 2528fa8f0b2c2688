"""The three engines behind one face: build an index, answer a question, take one more document.

All get the same terms from our analysis, the same marks, and one thread. An answer is the total,
the counts of six facets and the first twenty numbers; tokens that a reader holds filter first.
"""

import json
import sqlite3
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from portal.search import language as analysis
from portal.search.engine import WhooshEngine
from portal.search.protocol import Query, SearchDocument
from portal.search.schema import Fields
from scripts.searching.corpus import NOW, Question, tokens

TOP = 20
FACETS = ("kind", "space", "organisation", "year", "author", "tag")


class Made(NamedTuple):
    """A document as terms and marks, for the engines that do not analyse."""

    number: int
    title: str
    body: str
    form: str
    audience: str
    date: int
    facets: tuple[str, ...]  # values parted by blanks, in the order of FACETS


class Found(NamedTuple):
    total: int
    counts: dict[str, Any]
    first: list[int]


class Engine(Protocol):
    def build(self, documents: Iterable[Made]) -> None: ...
    def open(self) -> None: ...
    def prepare(self, question: Question) -> Any: ...
    def ask(self, prepared: Any) -> Found: ...
    def add(self, document: Any) -> None: ...


def in_order(terms: dict[str, list[int]]) -> str:
    """Terms as a text again, each where it stands; of two at one place the first stays."""
    at: dict[int, str] = {}
    for term, places in terms.items():
        for place in places:
            at.setdefault(place, term)
    return " ".join(at[place] for place in sorted(at))


def made(document: SearchDocument, fields: Fields) -> Made:
    year = str(document.date.year) if document.date else ""
    facets = (
        document.kind,
        " ".join(map(str, document.spaces)),
        str(document.organisation),
        year,
        str(document.author),
        " ".join(tag.replace(":", "") for tag in document.tags),
    )
    audience = " ".join(token.replace(":", "") for token in document.audience)
    return Made(
        document.item_id,
        in_order(fields.texts["title"]),
        in_order(fields.texts["body"]),
        " ".join(fields.marks["form"]),
        audience,
        fields.columns["date"] // 1_000_000,
        facets,
    )


def asked_terms(question: Question) -> list[str]:
    """The terms of a question; of a beginning the letters as typed."""
    forms = [form for _, _, form in analysis.words(question.words)]
    if question.sort == "prefix":
        return forms
    terms = [analysis.term(form) for form in forms]
    return terms if question.sort == "phrase" else list(dict.fromkeys(terms))


class Ours:
    """The portal's engine, asked as the page asks it: what is typed goes in."""

    def __init__(self, folder: Path) -> None:
        self.engine = WhooshEngine(folder / "ours")

    def open(self) -> None:
        self.engine.refresh(at_once=True)

    def prepare(self, question: Question) -> Query:
        return Query(
            question.words.strip("…"),
            frozenset(tokens(question.groups)),
            NOW,
            newest_first=question.newest_first,
            limit=TOP,
            as_you_type=question.sort == "prefix",
        )

    def ask(self, prepared: Query) -> Found:
        answer = self.engine.search(prepared)
        if not answer.ready:  # the index is of another version: nothing is found at once
            raise SystemExit("the index cannot be read: remove the folder of --cache")
        counts = {name: getattr(answer, f"{name}s") for name in FACETS}
        # The others find what holds all words; ours finds, after that, what holds most of them.
        return Found(answer.complete, counts, [hit.item_id for hit in answer.hits])

    def add(self, document: SearchDocument) -> None:
        since = self.engine.cursor() or 0
        self.engine.write([document], [], since=since, cursor=since + 1)
        self.engine.refresh(at_once=True)

    def rest(self) -> None:
        while self.engine.tend():
            pass


class Tantivy:
    """tantivy by its Python binding; `facets` says how many are counted."""

    def __init__(self, folder: Path, facets: int = len(FACETS)) -> None:
        self._library = import_module("tantivy")  # not in the memory of the other engines
        builder = self._library.SchemaBuilder()
        for name in ("title", "body"):
            builder.add_text_field(name, stored=False, tokenizer_name="whitespace")
        for name in ("form", "audience"):
            builder.add_text_field(
                name, stored=False, tokenizer_name="whitespace", index_option="basic"
            )
        builder.add_integer_field("number", stored=False, indexed=True, fast=True)
        builder.add_integer_field("date", stored=False, fast=True)
        for name in FACETS:
            builder.add_text_field(
                f"f_{name}", stored=False, fast=True, tokenizer_name="raw", index_option="basic"
            )
        self.folder = folder / "tantivy"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.schema = builder.build()
        self.index = self._library.Index(self.schema, path=str(self.folder))
        self._writer: Any = None
        self.searcher: Any = None
        self._wanted = {
            name: {"terms": {"field": f"f_{name}", "size": 1000}} for name in FACETS[:facets]
        }

    @property
    def writer(self) -> Any:
        if self._writer is None:
            self._writer = self.index.writer(128_000_000, 1)
        return self._writer

    def build(self, documents: Iterable[Made]) -> None:
        for each in documents:
            self._put(each)
        self.writer.commit()
        self.writer.wait_merging_threads()
        self._writer = None

    def _put(self, each: Made) -> None:
        document = self._library.Document(
            title=[each.title], body=[each.body], form=[each.form], audience=[each.audience],
            number=[each.number], date=[each.date],
            **{f"f_{n}": values.split() for n, values in zip(FACETS, each.facets, strict=True)},
        )  # fmt: skip
        self.writer.add_document(document)

    def open(self) -> None:
        self.index.reload()
        self.searcher = self.index.searcher()

    def prepare(self, question: Question) -> Any:
        schema, occur, q = self.schema, self._library.Occur, self._library.Query
        terms = asked_terms(question)

        def either(title: Any, body: Any) -> Any:
            return q.boolean_query(
                [(occur.Should, q.boost_query(title, 3.0)), (occur.Should, body)]
            )

        match question.sort:
            case "phrase":
                words = [either(*(q.phrase_query(schema, f, terms) for f in ("title", "body")))]
            case "prefix":
                begun = f"{terms[0]}.*"
                words = [either(*(q.regex_query(schema, f, begun) for f in ("title", "body")))]
            case _:
                words = [
                    either(*(q.term_query(schema, f, term) for f in ("title", "body")))
                    for term in terms
                ]
        held = [token.replace(":", "") for token in tokens(question.groups)]
        access = q.boolean_query(
            [(occur.Should, q.term_query(schema, "audience", token)) for token in held]
        )
        parts = [(occur.Must, word) for word in words]
        return q.boolean_query([*parts, (occur.Must, q.const_score_query(access, 0.0))]), question

    def ask(self, prepared: Any) -> Found:
        query, question = prepared
        more = {"order_by_field": "date"} if question.newest_first else {}
        found = self.searcher.search(query, limit=TOP, count=True, **more)
        counts = self.searcher.aggregate(query, self._wanted)
        return Found(found.count, counts, [each[1].doc for each in found.hits])

    def add(self, document: Made) -> None:
        self.writer.delete_documents("number", document.number)
        self._put(document)
        self.writer.commit()
        self.open()

    def rest(self) -> None:
        """It merges by itself."""


class Fts5:
    """SQLite FTS5: access as a column of the same match, facets from arrays by row."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "fts5.sqlite"
        self.connection = sqlite3.connect(self.path)

    def build(self, documents: Iterable[Made]) -> None:
        self.connection.executescript(
            "PRAGMA journal_mode=WAL; CREATE VIRTUAL TABLE t USING fts5(title, body, form, acl, "
            "content='', tokenize='unicode61 remove_diacritics 0');"
            "CREATE TABLE marks(number INTEGER PRIMARY KEY, date INTEGER, facets TEXT);"
        )
        for each in documents:
            self._put(each)
        self.connection.commit()

    def _put(self, each: Made) -> None:
        self.connection.execute(
            "INSERT INTO t(rowid, title, body, form, acl) VALUES (?,?,?,?,?)",
            (each.number, each.title, each.body, each.form, each.audience),
        )
        self.connection.execute(
            "INSERT OR REPLACE INTO marks VALUES (?,?,?)",
            (each.number, each.date, json.dumps(each.facets)),
        )

    def open(self) -> None:
        rows = self.connection.execute("SELECT number, date, facets FROM marks").fetchall()
        size = max(row[0] for row in rows) + 1
        self.dates = np.zeros(size, np.int64)
        self.codes: list[tuple[list[str], np.ndarray]] = []
        for number, date, _ in rows:
            self.dates[number] = date
        for place in range(len(FACETS)):
            names: dict[str, int] = {}
            codes = np.zeros(size, np.int32)
            for number, _, facets in rows:
                codes[number] = names.setdefault(json.loads(facets)[place], len(names))
            self.codes.append((list(names), codes))

    def prepare(self, question: Question) -> Any:
        terms = [f'"{term}"' for term in asked_terms(question)]
        match question.sort:
            case "phrase":
                words = " + ".join(terms)
            case "prefix":
                words = f"{terms[0]}*"
            case _:
                words = " AND ".join(terms)
        held = " OR ".join(token.replace(":", "") for token in tokens(question.groups))
        return f"({{title body}} : ({words})) AND (acl : ({held}))", question

    def ask(self, prepared: Any) -> Found:
        match, question = prepared
        score = "0" if question.newest_first else "bm25(t, 3.0, 1.0, 0, 0)"
        rows = self.connection.execute(
            f"SELECT rowid, {score} FROM t WHERE t MATCH ?",
            (match,),
        ).fetchall()
        found = len(rows)
        rows = [row for row in rows if row[0] < len(self.dates)]  # without what was added since
        numbers = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        counts: dict[str, Any] = {}
        for name, (values, codes) in zip(FACETS, self.codes, strict=True):
            sums = np.bincount(codes[numbers], minlength=len(values))
            counts[name] = {values[n]: int(sums[n]) for n in np.flatnonzero(sums)}
        ranks = (
            -self.dates[numbers]
            if question.newest_first
            else np.fromiter((row[1] for row in rows), np.float64, len(rows))
        )
        order = np.argsort(ranks, kind="stable")[:TOP]
        return Found(found, counts, numbers[order].tolist())

    def add(self, document: Made) -> None:
        self._put(document)
        self.connection.commit()

    def rest(self) -> None:
        """Nothing to do."""

"""How good search is: judged questions put to the real engine, and word forms of a treebank.

Both read files from outside and write nothing but a throwaway index.
"""

import gzip
import io
import itertools
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.kernel.errors import Refused
from portal.kernel.i18n import _, ngettext
from portal.search.engine import WhooshEngine
from portal.search.language import plain_form, term, words
from portal.search.language.synonyms import FIRST
from portal.search.protocol import Progress, Query, SearchDocument

AT = 10  # hits that are looked at
_KIND = "judged"
_TOKENS = frozenset({"editors:1"})
_NOW = datetime(2026, 1, 1, tzinfo=UTC)

Judged = dict[str, dict[str, frozenset[str]]]  # kind, question, the documents that answer it


@dataclass(frozen=True)
class Quality:
    """Of the questions of one kind: the mean reciprocal rank of the first right hit, and the part
    of the right documents that is found, both among the first ten."""

    mrr: float
    recall: float
    number: int


def evaluated(
    docs: Path,
    queries: Path,
    qrels: Path,
    progress: Progress = lambda done: None,
    warn: Callable[[str], object] = lambda text: None,
) -> dict[str, Quality]:
    """The quality of each kind of questions, in the order of the file.

    Questions without a right document are left out. Right documents that `docs` lacks stay
    unfound, and of documents with one id the last one counts; both are told.
    """
    documents, judged = _documents(docs, warn), _judged(queries, qrels)
    right = set().union(*(found for asked in judged.values() for found in asked.values()))
    if missing := right - documents.keys():
        told = ngettext(
            "%(n)s right document is not there, «%(id)s»: nothing finds it.",
            "%(n)s right documents are not there, such as «%(id)s»: nothing finds them.",
            len(missing), id=min(missing),
        )  # fmt: skip
        warn(told)
    numbers = {ident: number for number, ident in enumerate(documents, 1)}
    names = {number: ident for ident, number in numbers.items()}
    with tempfile.TemporaryDirectory(prefix="portal-judging-") as folder:
        engine = WhooshEngine(Path(folder) / "index")
        engine.rebuild(
            [(_KIND, number) for number in names],
            lambda key: _search_document(key[1], documents[names[key[1]]]),
            0,
            progress,
        )

        def ranked(question: str) -> list[str]:
            answer = engine.search(Query(question, _TOKENS, _NOW, limit=AT, synonyms=FIRST))
            return [names[hit.item_id] for hit in answer.hits]

        return {kind: _quality(questions, ranked) for kind, questions in judged.items()}


def _quality(questions: dict[str, frozenset[str]], ranked: Callable[[str], list[str]]) -> Quality:
    reciprocal = recall = 0.0
    for question, right in questions.items():
        hits = ranked(question.partition("\t")[2])
        places = [place for place, ident in enumerate(hits, 1) if ident in right]
        reciprocal += 1 / places[0] if places else 0
        recall += len(places) / len(right)
    number = len(questions)
    return Quality(reciprocal / number, recall / number, number)


def _search_document(number: int, found: dict[str, str]) -> SearchDocument:
    return SearchDocument(_KIND, number, found["title"], found["body"], audience=_TOKENS)


def _judged(queries: Path, qrels: Path) -> Judged:
    right: dict[str, set[str]] = defaultdict(set)
    for line, row in _table(qrels, ("qid", "docid", "rel")):
        try:
            relevance = float(row["rel"])
        except ValueError:
            raise _bad(qrels, line, _("«rel» is no number: %(text)s", text=row["rel"])) from None
        if relevance > 0:
            right[row["qid"]].add(row["docid"])
    judged: Judged = {}
    for _line, row in _table(queries, ("qid", "kind", "text")):
        if right[row["qid"]]:
            # The number keeps equal questions apart.
            question = f"{row['qid']}\t{row['text']}"
            judged.setdefault(row["kind"], {})[question] = frozenset(right[row["qid"]])
    if not judged:
        raise Refused("queries", _("No question has a right document."))
    return judged


def _documents(path: Path, warn: Callable[[str], object]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line, text in enumerate(_lines(path), 1):
        if not text.strip():
            continue
        try:
            read = json.loads(text)
        except ValueError:
            raise _bad(path, line, _("This is no JSON.")) from None
        if not isinstance(read, dict):
            raise _bad(path, line, _("This is no JSON object."))
        if read.get("id") is None:
            raise _bad(path, line, _("«%(name)s» is missing.", name="id"))
        # Some texts have no title, or nothing but one.
        texts = {name: str(read.get(name) or "") for name in ("title", "body")}
        ident = str(read["id"]).strip()
        if found.setdefault(ident, texts) != texts:
            told = _("There was another document «%(id)s» before; this one counts.", id=ident)
            warn(str(_bad(path, line, told)))
        found[ident] = texts
    if not found:
        raise Refused("docs", _("%(file)s holds no document.", file=path))
    return found


def _table(path: Path, wanted: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table with a header, columns parted by tabs; unknown columns are ignored."""
    rows = (line.rstrip("\r\n").split("\t") for line in _lines(path))
    header = [name.strip() for name in next(rows, [])]
    missing = [name for name in wanted if name not in header]
    if missing:
        raise _bad(path, 1, _("The column «%(name)s» is missing.", name=missing[0]))
    places = {name: header.index(name) for name in wanted}
    for line, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) <= max(places.values()):
            raise _bad(path, line, _("There are too few columns."))
        yield line, {name: row[place].strip() for name, place in places.items()}


def _lines(path: Path) -> Iterable[str]:
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        return io.StringIO(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _bad(path, line, _("The text is not in UTF-8.")) from None
    except (EOFError, gzip.BadGzipFile):
        raise Refused("file", _("%(file)s is cut off or damaged.", file=path)) from None


def _bad(path: Path, line: int, why: str) -> Refused:
    return Refused("file", _("%(file)s, line %(n)s: %(why)s", file=path, n=line, why=why))


# ── Word forms ──


def conflation(files: Iterable[Path]) -> dict[str, float]:
    """How well forms of one word meet in the index, over the different forms of treebanks.

    recall: of the pairs of forms that share lemma and part of speech, those with one term.
    precision: of the pairs with one term, those that share a lemma.
    """
    by_word: dict[tuple[str, str], set[str]] = defaultdict(set)
    by_lemma: dict[str, set[str]] = defaultdict(set)
    for path in files:
        for form, lemma, part in _tokens(path):
            by_word[lemma, part].add(form)
            by_lemma[lemma].add(form)
    by_term: dict[str, set[str]] = defaultdict(set)
    for form in set().union(*by_lemma.values()):
        by_term[term(form)].add(form)
    same, related, met = (_pairs(each.values()) for each in (by_word, by_lemma, by_term))
    if not same:
        raise Refused("conllu", _("The files hold no two forms of one word."))
    return {
        "recall": round(len(same & met) / len(same), 4),
        "precision": round(len(related & met) / len(met), 4) if met else 1.0,
    }


def _pairs(groups: Iterable[set[str]]) -> set[tuple[str, str]]:
    return {pair for group in groups for pair in itertools.combinations(sorted(group), 2)}


def _tokens(path: Path) -> Iterator[tuple[str, str, str]]:
    """Form, lemma and part of speech of each word that is written in letters."""
    for number, line in enumerate(_lines(path), 1):
        if line.startswith("#") or not line.strip():
            continue
        columns = line.rstrip("\r\n").split("\t")
        if len(columns) < 4:
            raise _bad(path, number, _("This is no line of CoNLL-U: there are too few columns."))
        ident, form, lemma, part = columns[:4]
        plain = plain_form(form)
        if not ident.isdigit() or not plain.isalpha() or len(list(words(form))) != 1:
            continue  # «1-2», «1.1»: not words of their own
        if lemma != "_":
            yield plain, plain_form(lemma), part


def as_json(found: dict[str, Quality]) -> dict[str, Any]:
    return {
        "kinds": {
            kind: {f"mrr@{AT}": round(q.mrr, 4), f"recall@{AT}": round(q.recall, 4), "n": q.number}
            for kind, q in found.items()
        }
    }

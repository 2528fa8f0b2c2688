"""The quality of search on the project's own questions, and the two commands that measure it.

`relevance/` holds forty texts such as a municipality has and questions for them, written by hand;
the four ways of typing are made from these. The floors lie below what is reached: they tell of a
rule that breaks a kind of question, not of a point won or lost.
"""

import json
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.kernel import i18n
from portal.search import judging
from portal.search.cli import search_command
from portal.search.language.synonyms import FIRST, Entry, Synonyms
from scripts.searching.relevance import WAYS

SET = Path(__file__).with_name("relevance")
DOCS, QUERIES, QRELS, FORMS = (
    SET / name for name in ("docs.jsonl", "queries.tsv", "qrels.tsv", "forms.conllu")
)


def call(*arguments: object) -> Result:
    def no_app() -> None:
        raise AssertionError("measuring needs no installation")

    with i18n.speaking("en"):
        return CliRunner().invoke(search_command, list(map(str, arguments)), obj=no_app)


def evaluate(docs: Path = DOCS, queries: Path = QUERIES, qrels: Path = QRELS, *more: str) -> Result:
    return call("evaluate", "--docs", docs, "--queries", queries, "--qrels", qrels, *more)


def test_the_right_text_is_among_the_first_however_it_is_asked_for(tmp_path: Path) -> None:
    rows = [line.split("\t") for line in QUERIES.read_text().splitlines()[1:]]
    right = [line.split("\t") for line in QRELS.read_text().splitlines()[1:]]
    of_question = {qid: docid for qid, docid, _ in right}
    for name, way in WAYS.items():
        for qid, kind, text in list(rows):
            if kind in ("title", "infl", "body") and text.replace(" ", "").isalpha():
                rows.append([f"{name}-{qid}", name, " ".join(way(w) for w in text.split())])
                right.append([f"{name}-{qid}", of_question[qid], "1"])
    for path, header, lines in (
        (tmp_path / "q.tsv", "qid\tkind\ttext\tnote", [[*row, "not looked at"] for row in rows]),
        (tmp_path / "r.tsv", "qid\tdocid\trel", right),
    ):
        path.write_text("\n".join([header, *map("\t".join, lines)]))
    answer = evaluate(DOCS, tmp_path / "q.tsv", tmp_path / "r.tsv", "--json")
    kinds = json.loads(answer.stdout)["kinds"]
    for kind in ("title", "infl", "body", "bodyinfl", "hand", "typo"):
        assert kinds[kind]["mrr@10"] >= 0.85, kinds
        assert kinds[kind]["n"] >= 9
    for name in WAYS:
        assert kinds[name]["mrr@10"] >= 0.97 * kinds["cyrillic"]["mrr@10"], kinds


def test_files_are_read_as_others_write_them(tmp_path: Path) -> None:
    """A mark at the beginning, lines of Windows, cells left out, numbers for ids, no body."""
    docs, queries, qrels = (tmp_path / name for name in ("docs", "queries", "qrels"))
    docs.write_bytes(b'{"id": 7, "title": "tax"}\r\n{"id": "8", "title": null, "body": "fee"}\r\n')
    queries.write_bytes(
        b'\xef\xbb\xbftext\tnote\tqid\tkind\tmore\r\ntax\t"x\t1\ta\r\nfee\t\t2\ta\tb\r\n'
    )
    qrels.write_bytes(b"qid\titer\tdocid\trel\r\n1\t0\t7\t1\r\n2\t0\t8\t2\r\n\r\n")
    found = json.loads(evaluate(docs, queries, qrels, "--json").stdout)
    assert found == {"kinds": {"a": {"mrr@10": 1.0, "recall@10": 1.0, "n": 2}}}


def test_what_is_there_twice_or_not_at_all_is_told_and_holds_nothing_up(tmp_path: Path) -> None:
    docs, queries, qrels = (tmp_path / name for name in ("docs", "queries", "qrels"))
    fee = {"id": "1", "title": "fee", "body": "word " * 200_000}
    docs.write_text('{"id": 1, "title": "tax"}\n' + json.dumps(fee))
    queries.write_text("qid\tkind\ttext\n1\ta\tfee\n2\ta\tfee\n3\tb\tfee")
    qrels.write_text("qid\tdocid\trel\n1\t1\t1\n2\tnone\t1\n3\t1\t0\n")
    answer = evaluate(docs, queries, qrels, "--json")
    kinds = {"a": {"mrr@10": 0.5, "recall@10": 0.5, "n": 2}}  # 3 has no right document
    assert json.loads(answer.stdout) == {"kinds": kinds}
    assert "line 2: There was another document «1» before" in answer.stderr
    assert "1 right document is not there, «none»: nothing finds it." in answer.stderr


def test_questions_are_judged_with_the_synonyms_that_every_installation_begins_with() -> None:
    migration = runpy.run_path(
        str(Path(__file__).parents[2] / "portal/migrations/versions/0005_search.py")
    )
    assert Synonyms(Entry(*each) for each in migration["FIRST"])._rows == FIRST._rows


def test_the_table_is_for_people() -> None:
    lines = evaluate().stdout.splitlines()
    assert lines[0].split() == ["mrr@10", "recall@10", "n"]
    assert [line.split()[0] for line in lines[1:]] == [
        "title", "infl", "body", "bodyinfl", "hand", "typo", "macro",
    ]  # fmt: skip


def test_forms_of_one_word_are_counted_by_pairs(tmp_path: Path) -> None:
    found = json.loads(call("conflation", "--conllu", FORMS).stdout)
    assert found["recall"] >= 0.95
    assert found["precision"] >= 0.9
    # Twice the same tells nothing new: two pairs of one word, one of which meets.
    few = tmp_path / "few.conllu"
    forms = [("град", "град"), ("Града", "град"), ("град", "град"), ("xyz", "q"), ("zyx", "q")]
    few.write_text("\n".join(f"1\t{form}\t{lemma}\tNOUN" for form, lemma in forms))
    assert judging.conflation([few, few]) == {"recall": 0.5, "precision": 1.0}


@pytest.mark.parametrize("what", ["docs", "queries", "qrels", "conllu"])
def test_bad_files_are_told_with_their_line(tmp_path: Path, what: str) -> None:
    bad: dict[str, list[tuple[bytes, str]]] = {
        "docs": [
            (b"", "holds no document"),
            (b'{"id": 1, "title": "a", "body": "b"}\n{"id"', "line 2: This is no JSON."),
            (b'{"title": "a", "body": "b"}', "line 1: «id» is missing."),
            (b"[1]", "This is no JSON object"),
            (b"\n\xff\xfe", "line 2: The text is not in UTF-8."),
            (b"\x1f\x8b\x08\x00cut", "cut off or damaged"),
        ],
        "queries": [
            (b"", "The column «qid» is missing."),
            (b"qid\ttext\n1\ta", "The column «kind» is missing."),
            (b"qid\tkind\ttext\n1\ta", "line 2: There are too few columns."),
            (b"qid\tkind\ttext\n99\ta\tb", "No question has a right document."),
        ],
        "qrels": [
            (b"qid\tdocid\trel\n1\td0\tyes", "line 2: «rel» is no number: yes"),
            (b"qid\tdocid\trel\n1\td0\t0", "No question has a right document."),
        ],
        "conllu": [
            (b"1\ta\ta", "line 1: This is no line of CoNLL-U"),
            (b"# nothing\n", "no two forms of one word"),
        ],
    }
    path = tmp_path / "file"
    ask: dict[str, Callable[[], Result]] = {
        "docs": lambda: evaluate(docs=path),
        "queries": lambda: evaluate(queries=path),
        "qrels": lambda: evaluate(qrels=path),
        "conllu": lambda: call("conflation", "--conllu", path),
    }
    for content, why in bad[what]:
        path.write_bytes(content)
        answer = ask[what]()
        assert answer.exit_code != 0
        assert why in str(answer.exception), content
    path.unlink()
    assert "does not exist" in ask[what]().output

"""One engine in a process of its own: `python -m scripts.searching.child ENGINE FOLDER`.

Each line that it reads is a command, each line that it prints is its answer as JSON.
build N FILE…: write the index of N documents (ours also writes the terms for the others).
round: every question once. add N: as many documents, one at a time, each until it is found.
"""

import gc
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from portal.search import schema
from scripts.searching import corpus, engines

CHUNK = 2_500  # documents held in memory while an index is written


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    engine = _engine(name, folder)
    asked: list[Any] = []
    for line in sys.stdin:
        command, *words = line.split()
        match command:
            case "build":
                said = _build(name, engine, folder, int(words[0]), [Path(w) for w in words[1:]])
            case "open":
                questions = json.loads((folder / "questions.json").read_text())
                engine.open()
                asked = [engine.prepare(corpus.Question(**each)) for each in questions]
                gc.freeze()
                said = {}
            case "round":
                said = _round(engine, asked)
            case "add":
                said = _add(name, engine, int(words[0]))
            case "memory":
                said = {"rss": _resident()}
            case _:
                raise SystemExit(f"unknown: {command}")
        print(json.dumps(said), flush=True)


def _engine(name: str, folder: Path) -> Any:
    match name:
        case "ours":
            return engines.Ours(folder)
        case "tantivy":
            return engines.Tantivy(folder)
        case "tantivy, kind":
            return engines.Tantivy(folder, facets=1)
        case "fts5":
            return engines.Fts5(folder)
    raise SystemExit(f"unknown engine: {name}")


def _round(engine: Any, asked: list[Any]) -> dict[str, Any]:
    wall, cpu, totals = [], [], []
    for each in asked:
        began, used = time.perf_counter(), time.process_time()
        found = engine.ask(each)
        cpu.append((time.process_time() - used) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
        totals.append(found.total)
    return {"wall": wall, "cpu": cpu, "totals": totals}


def _build(name: str, engine: Any, folder: Path, number: int, files: list[Path]) -> dict[str, Any]:
    terms = folder / "terms.jsonl"
    if name == "ours":
        real = corpus.read(files) if files else corpus.invented()
        corpus.questions_file(real, folder / "questions.json")
        spent = _build_ours(engine, corpus.documents(real, number), terms)
    else:
        reading = _Reading(terms)
        used = time.process_time()
        engine.build(reading)
        spent = {"seconds": time.process_time() - used - reading.spent}
    size = sum(f.stat().st_size for f in _files(name, folder))
    return {**spent, "rate": number / spent["seconds"], "bytes": size, "rss": _resident("VmHWM")}


def _build_ours(engine: Any, documents: Iterator[Any], terms: Path) -> dict[str, float]:
    """Through the engine's own rebuild; making documents and analysing them is told apart."""
    analyse = schema.document_fields
    spent = {"making": 0.0, "analysis": 0.0}
    out = terms.open("w")

    def timed(document: Any) -> Any:
        used = time.process_time()
        fields = analyse(document)
        then = time.process_time()
        spent["analysis"] += then - used
        print(json.dumps(engines.made(document, fields), ensure_ascii=False), file=out)
        spent["making"] += time.process_time() - then
        return fields

    schema.document_fields = timed
    waiting: dict[int, Any] = {}

    def keys() -> Iterable[tuple[str, int]]:
        used = time.process_time()
        for document in documents:
            waiting[document.item_id] = document
            spent["making"] += time.process_time() - used
            yield document.kind, document.item_id
            used = time.process_time()

    began = time.process_time()
    engine.engine.rebuild(keys(), lambda key: waiting.pop(key[1]), 1, lambda count: None)
    seconds = time.process_time() - began - spent["analysis"] - spent["making"]
    schema.document_fields = analyse
    out.close()
    return {"seconds": seconds, "analysis": spent["analysis"]}


class _Reading:
    """The prepared documents; how long reading them took is not the engine's time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.spent = 0.0

    def __iter__(self) -> Iterator[engines.Made]:
        used = time.thread_time()
        with self.path.open() as lines:
            for line in lines:
                row = json.loads(line)
                each = engines.Made(*row[:6], tuple(row[6]))
                self.spent += time.thread_time() - used
                yield each
                used = time.thread_time()


def _add(name: str, engine: Any, number: int) -> dict[str, Any]:
    """Each with a word of its own; from the call until a search finds it."""
    wall, cpu = [], []
    source = next(corpus.documents(corpus.invented(), 1))
    for n in range(number):
        word = f"щъркел{n:03d}"  # no form of another one
        question = corpus.Question("words", word, (1, 2, 3), newest_first=False)
        document: Any = replace(
            source, item_id=2_000_000 + n, text=f"{source.text} {word}",
            audience=frozenset({"members:1000"}),
        )  # fmt: skip
        if name != "ours":
            document = engines.made(document, schema.document_fields(document))
        prepared = engine.prepare(question)
        began, used = time.perf_counter(), time.process_time()
        engine.add(document)
        while engine.ask(prepared).total != 1:
            if time.perf_counter() - began > 30:
                raise SystemExit(f"{name} does not find what was added")
        cpu.append((time.process_time() - used) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
        engine.rest()
    return {"wall": wall, "cpu": cpu}


def _files(name: str, folder: Path) -> Iterable[Path]:
    pattern = {"ours": "ours/**/*", "fts5": "fts5*"}.get(name, "tantivy/**/*")
    return [path for path in folder.glob(pattern) if path.is_file()]


def _resident(line: str = "VmRSS") -> float:
    status = Path("/proc/self/status").read_text()
    found = re.search(rf"{line}:\s+(\d+)", status)
    return int(found.group(1)) / 1024 if found else 0.0


if __name__ == "__main__":
    main()

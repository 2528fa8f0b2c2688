"""Search beside tantivy and SQLite FTS5: `make bench-search FROM="FILE…"`.

--from: real documents as JSON lines (id, title, body), perhaps gzipped. --sizes: how many are
indexed; beyond the real ones, whole real paragraphs are joined anew. Each engine runs in a process
of its own on one and the same core, gets the same terms, and is asked in turns. Milliseconds are
CPU time: warm the best of five rounds, cold the first time that a question is asked. Adding: from
the call until it is found, by the clock and in CPU time. Ratios are to tantivy with the same six
facets (`tantivy, kind` counts one) and to FTS5. --seen: then a portal of so many texts is served
and what a service commits is looked for, see `searching.seen`. Figures are printed, never
asserted. Indexes are kept in --cache and built only once.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from portal.search import schema
from scripts.bench_documents import machine
from scripts.searching import corpus, seen

ENGINES = ("ours", "tantivy", "tantivy, kind", "fts5")
ROUNDS = 5
ADDS = 30
HEAD = ("engine", "warm p50", "p95", "p99", "× tantivy", "× fts5", "cold p95", "RSS MB",
        "add p50", "p95", "CPU p95", "docs/s", "× tantivy", "MB")  # fmt: skip


class Child:
    """An engine's process."""

    def __init__(self, name: str, folder: Path) -> None:
        command = [sys.executable, "-m", "scripts.searching.child", name, str(folder)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, command: str) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise SystemExit("no pipe to the engine's process")
        print(command, file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{command} failed")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        self._process.communicate()


def built(size: int, files: Sequence[Path], cache: Path) -> tuple[Path, dict[str, Any]]:
    """The folder of the indexes of a size, and how writing them went."""
    folder = cache / str(size)
    note = folder / "built.json"
    if note.exists():
        return folder, json.loads(note.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for name in ("ours", "tantivy", "fts5"):
        child = Child(name, folder)
        found[name] = child.ask(f"build {size} {' '.join(map(str, files))}")
        child.end()
    found["tantivy, kind"] = found["tantivy"]
    note.write_text(json.dumps(found))
    return folder, found


def report(size: int, folder: Path, written: dict[str, Any]) -> None:
    children = {name: Child(name, folder) for name in ENGINES}
    for child in children.values():
        child.ask("open")
    first = {name: child.ask("round") for name, child in children.items()}
    cold = {name: found["cpu"] for name, found in first.items()}
    rounds: dict[str, list[list[float]]] = {name: [] for name in ENGINES}
    for _ in range(ROUNDS):
        for name, child in children.items():
            rounds[name].append(child.ask("round")["cpu"])
    best = {name: list(map(min, zip(*found, strict=True))) for name, found in rounds.items()}
    warm = {name: [_part(figures, p) for p in (50, 95, 99)] for name, figures in best.items()}
    print(f"\n{size:,} documents, {len(best['ours'])} questions; load {os.getloadavg()[0]:.1f}\n")
    totals = zip(*(first[name]["totals"] for name in ("ours", "tantivy", "fts5")), strict=True)
    same = sum(len(set(found)) == 1 for found in totals)
    print(f"{same} of them find the same number in all three engines; the others hold small words")
    print("that ours leaves out of a question, or beginnings that it completes by stems, too\n")
    print(_line(*HEAD))
    print("|" + " --- |" * len(HEAD))
    for name, child in children.items():
        memory = child.ask("memory")["rss"]
        added = child.ask(f"add {ADDS}")
        child.end()
        rate = written[name]["rate"]
        cells = [
            *(f"{each:.2f}" for each in warm[name]),
            *(f"{warm[name][1] / warm[other][1]:.2f}" for other in ("tantivy", "fts5")),
            f"{_part(cold[name], 95):.1f}",
            f"{memory:.0f}",
            *(f"{_part(added['wall'], percent):.1f}" for percent in (50, 95)),
            f"{_part(added['cpu'], 95):.1f}",
            f"{rate:.0f}",
            f"{rate / written['tantivy']['rate']:.2f}",
            f"{written[name]['bytes'] / 1e6:.0f}",
        ]
        print(_line(name, *cells))


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _part(figures: Sequence[float], percent: int) -> float:
    return statistics.quantiles(figures, n=100, method="inclusive")[percent - 1]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--from", dest="files", nargs="*", type=Path, default=[])
    parser.add_argument("--sizes", default="20000,100000")
    parser.add_argument("--cache", type=Path, default=Path("/tmp/portal-bench-search"))
    parser.add_argument(
        "--seen", type=int, default=20_000, help="texts of the portal; 0: leave out"
    )
    parser.add_argument("--runs", type=int, default=40, help="of texts released and looked for")
    asked = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    real = corpus.read(asked.files) if asked.files else corpus.invented()
    print(machine())
    is_enough = bool(asked.files) and real.is_enough
    print(
        f"{len(real.texts):,} distinct real documents, {len(real.paragraphs):,} distinct real "
        f"paragraphs{'' if is_enough else ': not valid, under 5,000 distinct real documents'}"
    )
    source = "-".join([schema.VERSION, str(len(real.texts)), *(path.name for path in asked.files)])
    for size in map(int, asked.sizes.split(",")):
        report(size, *built(size, asked.files, asked.cache / source))
    if asked.seen:
        seen.report(asked.seen, asked.runs)


if __name__ == "__main__":
    main()

"""Search beside tantivy and SQLite FTS5: `make bench-search FROM="FILE…"`.

--from: real documents as JSON lines (id, title, body), perhaps gzipped. --sizes: how many are
indexed; beyond the real ones, whole real paragraphs are joined anew. Each engine runs in a process
of its own on one and the same core, gets the same terms, and is asked in turns. Milliseconds are
CPU time, the better of the warm rounds; the ratio is to tantivy's with the same six facets.
Figures are printed, never asserted. Indexes are kept in --cache and built only once.
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
from scripts.searching import corpus

ENGINES = ("ours", "tantivy", "tantivy, kind", "fts5")
ROUNDS = 5
ADDS = 30
LINE = "| {:<14} | {:>6} | {:>6} | {:>6} | {:>8} | {:>8} | {:>7} | {:>9} | {:>6} | {:>6} |"
HEAD = ("engine", "p50", "p95", "p99", "cold p95", "× tantivy", "RSS MB", "add ms p95", "docs/s",
        "MB")  # fmt: skip


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
    cold = {name: child.ask("round")["cpu"] for name, child in children.items()}
    rounds: dict[str, list[list[float]]] = {name: [] for name in ENGINES}
    for _ in range(ROUNDS):
        for name, child in children.items():
            rounds[name].append(child.ask("round")["cpu"])
    best = {name: list(map(min, zip(*found, strict=True))) for name, found in rounds.items()}
    base = _part(best["tantivy"], 95)
    print(f"\n{size:,} documents; load {os.getloadavg()[0]:.1f}\n")
    print(LINE.format(*HEAD))
    print("|" + " --- |" * len(HEAD))
    for name, child in children.items():
        memory = child.ask("memory")["rss"]
        added = (
            "" if name == "tantivy, kind" else f"{_part(child.ask(f'add {ADDS}')['wall'], 95):.1f}"
        )
        print(
            LINE.format(
                name, *(f"{_part(best[name], p):.2f}" for p in (50, 95, 99)),
                f"{_part(cold[name], 95):.1f}", f"{_part(best[name], 95) / base:.2f}",
                f"{memory:.0f}", added, f"{written[name]['rate']:.0f}",
                f"{written[name]['bytes'] / 1e6:.0f}",
            )
        )  # fmt: skip
        child.end()


def _part(figures: Sequence[float], percent: int) -> float:
    return statistics.quantiles(figures, n=100, method="inclusive")[percent - 1]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--from", dest="files", nargs="*", type=Path, default=[])
    parser.add_argument("--sizes", default="20000,100000")
    parser.add_argument("--cache", type=Path, default=Path("/tmp/portal-bench-search"))
    asked = parser.parse_args()
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


if __name__ == "__main__":
    main()

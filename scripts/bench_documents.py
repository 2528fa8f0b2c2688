"""Measure documents: `make bench-documents`, or `python -m scripts.bench_documents --recall`.

--recall: printed words found in papers of every format. --speed: from the end of an upload to the
search that finds it, on the production server with its worker. --folder: a folder of 10,000
documents beside a bare Flask page. --all: the three. --papers N: how many papers are read.
--misses: which words were missed. --formats REGEX: only formats of such a name.
Figures are printed, never asserted.
"""

import argparse
import os
import platform
import sys
from pathlib import Path


def machine() -> str:
    """What the figures were taken on, and how busy it was."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    models = [line.partition(":")[2].strip() for line in info.splitlines() if "model name" in line]
    kib = int(Path("/proc/meminfo").read_text(encoding="utf-8").split()[1])
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores, "
        f"{kib / 2**20:.0f} GB; {platform.platform(terse=True)}; "
        f"Python {platform.python_version()}; "
        f"load {load}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    for name in ("recall", "speed", "folder", "all", "misses"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--papers", type=int, default=100)
    parser.add_argument("--formats", default="")
    parser.add_argument("--runs", type=int, default=30)
    asked = parser.parse_args()
    if not (asked.recall or asked.speed or asked.folder):
        asked.all = True
    print(machine())
    sys.stdout.reconfigure(line_buffering=True)
    if asked.recall or asked.all:
        from scripts.documents import recall

        recall.report(asked.papers, asked.misses, asked.formats)
    if asked.speed or asked.all:
        from scripts.documents import speed

        speed.report(asked.runs)
    if asked.folder or asked.all:
        from scripts.documents import folder

        folder.report()


if __name__ == "__main__":
    main()

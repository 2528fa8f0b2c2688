"""Measure the portal's pages beside a bare Flask page: `make bench`, or `python -m scripts.bench`.

A fresh instance (2,000 news, 2,000 documents, 500 practices, 200 people, 20 spaces) is served by
`portal run` on one CPU, its worker beside it, and the bare page by the same server on the same CPU;
the load runs on the other one. Each page is measured A B A in short slices, several times: other
work on the machine meets both, so the ratios hold while the milliseconds suffer.
"""

import argparse
import json
import os
import statistics
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scripts.bench import instance, servers
from scripts.bench.load import Target
from scripts.bench.measuring import HEAD, line, measured
from scripts.bench_documents import machine
from scripts.documents.town import worker_of

BARE, PORTAL = 8190, 8191
STARTS = 3
WORKER = 30.0  # seconds that it may take to begin


def measure(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Start both servers and measure every page; the figures."""
    starts = [_start(folder) for _ in range(STARTS)]
    with servers.portal(folder, PORTAL) as portal, servers.bare(folder, BARE) as plain:
        worker = _worker(portal.pid)
        os.sched_setaffinity(0, {servers.cpus()[0]})
        bare = Target("/list", servers.get(BARE, "/login")[2], {"<article>": 20})
        print(HEAD)
        rows = []
        for page in _pages(folder, asked):
            rows.append(measured(page, bare, (plain, portal), asked.rounds, asked.slice))
            print(line(rows[-1]))
        memory = {
            "server": servers.resident(portal.pid),
            "worker": servers.resident(worker),
            "bare": servers.resident(plain.pid),
        }
    return {
        "machine": machine(),
        "pages": [asdict(row) for row in rows],
        "resident_mb": memory,
        "start_s": statistics.median(starts),
    }


def _start(folder: Path) -> float:
    """Seconds from the command to the first answer."""
    with servers.portal(folder, PORTAL) as portal:
        return portal.ready_in


def _worker(server: int) -> int:
    until = time.monotonic() + WORKER
    while not (found := worker_of(server)):
        if time.monotonic() > until:
            raise SystemExit("no worker began")
        time.sleep(0.1)
    return found


def _pages(folder: Path, asked: argparse.Namespace) -> list[Any]:
    """The pages with the people who ask for them, signed in."""
    from portal.app import create_app
    from scripts.bench import pages

    app = create_app(folder)
    with app.test_request_context():
        people = pages.readers()
        cookies = [
            (person, servers.sign_in(PORTAL, person.login, instance.PASSWORD)) for person in people
        ]
        found = pages.pages(cookies, with_practices=asked.practices > 0)
    return [page for page in found if asked.only in page.name]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    size = instance.Size()
    parser.add_argument("--rounds", type=int, default=9, help="of A B A for each page")
    parser.add_argument("--slice", type=float, default=1.0, help="seconds of B; A takes half")
    parser.add_argument("--only", default="", help="pages with this in their names")
    parser.add_argument("--practices", type=int, default=size.practices)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    began = time.perf_counter()
    print(machine())
    folder = instance.ready(instance.Size(practices=asked.practices))
    found = measure(folder, asked)
    rows = found["pages"]
    bare = statistics.median(row["bare_rps"] for row in rows)
    print(f"\nbare page: {bare:.0f} requests/s; waitress, 8 threads, one process, SQLite, both")
    memory = ", ".join(f"{who} {mb:.0f}" for who, mb in found["resident_mb"].items())
    print(f"resident MB: {memory}; start: {found['start_s']:.2f} s to the first answer")
    missed = [row["page"] for row in rows if row["target"] and row["ratio"] < row["target"]]
    print(f"targets not met: {', '.join(missed) or 'none'}; {machine().rpartition('; ')[2]}")
    print(f"took {time.perf_counter() - began:.0f} s")
    if asked.json:
        asked.json.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

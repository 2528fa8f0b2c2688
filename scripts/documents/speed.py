"""From the end of an upload to the search that finds it, on the production server."""

import io
import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from scripts.documents import town
from tests.support.papers import Paper, paper

PORT = 8192
SECONDS = 120  # that finding may take before it counts as failed
PAUSE = 0.02  # between two questions
_HIT = re.compile(r'href="/documents/[^"]*\d')
# What is uploaded: pages, bytes of a photograph among them.
MEGABYTE = (20, 900_000)
MEGABYTE_OF_TEXT = (240, 0)
LARGE = 100  # pages
Put = Callable[[Paper], None]


def nonce(seed: int) -> str:
    """A word that stands nowhere else."""
    chooser = random.Random(f"nonce {seed}")
    return "".join(chooser.choice("жщфцхч") + chooser.choice("юъьоуи") for _ in range(6))


def report(runs: int) -> None:
    _alone()
    folder, password = town.make()
    print("\nSpeed: from the end of the upload until /search finds a word of the file")
    with town.served(folder, PORT) as server:
        worker = town.worker_of(server)
        visitor = town.Visitor(PORT, password)
        put, way = _way_in(folder, visitor)
        print(f"waitress, 8 threads, one worker, SQLite; {way}")
        with town.Watch(worker) as watch:
            watch.rest()
            print(_LINE.format(*_HEAD))
            _series("PDF, 1 MB, 20 pages", "pdf", *MEGABYTE, runs, put, visitor, watch)
            few = max(3, runs // 6)
            _series("PDF, 240 pages of text", "pdf", *MEGABYTE_OF_TEXT, few, put, visitor, watch)
            for kind in ("docx", "pdf"):
                label = f"{kind.upper()}, {LARGE} pages"
                _series(label, kind, LARGE, 0, few, put, visitor, watch)
            print(
                f"worker's peak: {town.peak(worker):.0f} MB, server's: {town.peak(server):.0f} MB"
            )
    _alone()


_HEAD = ("file", "MB", "runs", "p50 s", "p95 s", "worst s", "child MB", "office MB", "load")
_LINE = "{:<26}{:>7}{:>6}{:>8}{:>8}{:>9}{:>10}{:>11}{:>7}"


def _series(
    label: str,
    kind: str,
    pages: int,
    ballast: int,
    runs: int,
    put: Put,
    visitor: town.Visitor,
    watch: town.Watch,
) -> None:
    """So many files of a sort, one after the other, each on an idle portal."""
    watch.peaks.clear()
    times, size = [], 0
    for run in range(runs):
        word = nonce(hash((kind, pages)) % 10_000 * 100 + run)
        made = paper(kind, seed=run, pages=pages, ballast=ballast, nonce=word)
        size = len(made.data)
        watch.rest()
        put(made)
        began = time.perf_counter()
        _until_found(visitor, word)
        times.append(time.perf_counter() - began)
    watch.rest()
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    child, office = watch.taken(town.READER), watch.taken(town.OFFICE)
    figures = (f"{size / 1e6:.2f}", runs, f"{cuts[9]:.2f}", f"{cuts[18]:.2f}", f"{max(times):.2f}")
    load = f"{town.machine_load():.1f}"
    print(_LINE.format(label, *figures, f"{child:.0f}", f"{office:.0f}" if office else "-", load))


def _until_found(visitor: town.Visitor, word: str) -> None:
    question = "/search?" + urlencode({"q": word})
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        _status, body = visitor.ask("GET", question)
        if _HIT.search(body):
            return
        time.sleep(PAUSE)
    raise SystemExit(f"{word} was not found in {SECONDS} s")


def _way_in(folder: Path, visitor: town.Visitor) -> tuple[Put, str]:
    """How a file gets in: by the form over HTTP; by the services while there is no form."""
    from portal.app import create_app

    app = create_app(folder)
    forms = [
        re.sub(r"<[^>]*>", town.SPACE, rule.rule, count=1)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("documents.") and "POST" in (rule.methods or ())
    ]
    path = next((form for form in forms if form.endswith("/upload") and "<" not in form), None)
    if path is None:
        return _by_services(app), "stored by the rooms' services in another process: no form yet"
    return lambda made: visitor.upload(path, made.name, made.data), f"uploaded to {path}"


def _by_services(app: object) -> Put:
    from sqlalchemy import select

    from portal.accounts.models import User
    from portal.documents import services as documents
    from portal.files import services as files
    from portal.kernel.database import db
    from portal.spaces import viewers
    from portal.spaces.models import Space

    def put(made: Paper) -> None:
        with app.app_context():
            who = db.session.scalar(select(User.id).where(User.login == town.PERSON))
            by = viewers.by_user(who)
            file = files.add_file(io.BytesIO(made.data), made.name, by=by)
            space = db.session.scalar(select(Space).where(Space.slug == town.SPACE))
            documents.add(space, None, file, by=by)

    return put


def _alone() -> None:
    """Reading without the portal around it."""
    from portal.files import reading

    print("\nReading alone (one child)")
    line = "{:<26}{:>7}{:>9}{:>10}"
    print(line.format("file", "MB", "seconds", "child MB"))
    with tempfile.TemporaryDirectory() as home, town.Watch(os.getpid()) as watch:
        for label, kind, pages, ballast in (
            ("PDF, 1 MB, 20 pages", "pdf", *MEGABYTE),
            ("PDF, 240 pages of text", "pdf", *MEGABYTE_OF_TEXT),
            ("DOCX, 100 pages", "docx", LARGE, 0),
            ("PDF, 100 pages", "pdf", LARGE, 0),
        ):
            made = paper(kind, 5, pages, ballast=ballast)
            path = Path(home, made.name)
            path.write_bytes(made.data)
            found = [reading.read(path, made.name) for _ in range(3)]
            best = min(each.seconds for each in found)
            memory = f"{watch.taken():.0f}"
            print(line.format(label, f"{len(made.data) / 1e6:.2f}", f"{best:.2f}", memory))

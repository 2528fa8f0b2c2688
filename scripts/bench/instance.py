"""The instance that is measured: made once for each version of what it depends on, then kept."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path

from flask import Flask

from scripts.bench.servers import CHECKOUT

PASSWORD = "bench-bench-bench"
# What the stored instance depends on; everything else may change between two runs.
SOURCES = (
    "portal/migrations/versions/*.py",
    "portal/*/models.py",
    "portal/*/search.py",
    "portal/search/*.py",
    "portal/practices/*.py",
    "portal/content/policy.py",
    *(f"scripts/bench/{name}.py" for name in ("bare", "practices", "table_rows", "texts", "town")),
    "tests/support/papers/*.py",
)


@dataclass(frozen=True)
class Size:
    """How much is in it."""

    news: int = 2_000
    documents: int = 2_000
    practices: int = 500
    people: int = 200


def ready(size: Size) -> Path:
    """The folder of an instance of this size with its index, from the last run if nothing changed.

    Kept in the system's temporary folder, which forgets it by itself.
    """
    folder = Path(tempfile.gettempdir()) / f"portal-bench-{os.getuid()}" / _version(size)
    if (folder / "whole").exists():
        print(f"instance: {folder}, from an earlier run")
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    began = time.perf_counter()
    _make(folder, size)
    (folder / "whole").touch()
    print(f"instance: {folder}, made in {time.perf_counter() - began:.0f} s")
    return folder


def _version(size: Size) -> str:
    digest = hashlib.sha256(repr(astuple(size)).encode())
    for pattern in SOURCES:
        for path in sorted(CHECKOUT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _make(folder: Path, size: Size) -> None:
    from portal.cli.founding import Wanted, found
    from portal.cli.say import Progress
    from portal.cli.setting_up import make_instance

    progress = Progress()
    wanted = Wanted.checked("Община Белобряг", None, "admin@belobryag.example", "Ана", "Админ")

    def fill(app: Flask) -> None:
        found(app, wanted, progress)
        with app.app_context():
            _fill(folder, size, progress.step)

    make_instance(folder, {}, fill, progress)
    progress.done()


def _fill(folder: Path, size: Size, say: Callable[[str], object]) -> None:
    from portal import search
    from portal.kernel.database import db
    from portal.signin.passwords import make_hash
    from scripts.bench import bare, practices, texts, town

    say("People and spaces")
    made = town.make(size.people, make_hash(PASSWORD))
    say(f"{size.news} news")
    plain = texts.news(made, size.news)
    bare.fill(folder, size.people, plain)
    say(f"{size.documents} documents")
    texts.documents(made, size.documents)
    say(f"{size.practices} practices")
    practices.fill(made, size.practices)
    db.session.commit()
    say("The index")
    search.rebuild()

"""From a service's commit until another process finds it: the real worker beside the real server.

The portal is served by `portal run` on SQLite, its worker beside it, both on one processor. This
process releases news by the rooms' own services and asks the server over HTTP until it finds them:
services, change log, worker, index, refresh of the server. Once while nothing else is asked, once
while four connections ask one question after the other.
"""

import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from scripts.bench import instance, servers
from scripts.bench.load import Target, hammer

PORT = 8194
SECONDS = 60  # that finding may take before it counts as failed
PAUSE = 0.02  # between two questions
READERS = 100  # people who ask in turn, so that none is told that she asks too often
HIT = 'class="hit"'
LINE = "| {:<30} | {:>5} | {:>6} | {:>6} | {:>6} | {:>6} | {:>5} |"
HEAD = ("texts; readers", "runs", "p50 s", "p95 s", "worst", "target", "load")


def report(texts: int, runs: int) -> None:
    """Print both series as a table."""
    folder = instance.ready(instance.Size(news=texts, documents=0, practices=0))
    from portal.app import create_app
    from scripts.bench import pages

    app = create_app(folder)
    with servers.portal(folder, PORT), app.test_request_context():
        people = pages.readers(READERS)
        cookies = [servers.sign_in(PORT, each.login, instance.PASSWORD) for each in people]
        news = _News(people[0].id, cookies)
        _series("", news, 3, say=lambda line: None)  # the worker has begun
        print("\nFrom a service's commit until a page of another process finds it\n")
        print(LINE.format(*HEAD))
        print("|" + " --- |" * len(HEAD))
        _series(f"{texts:,}; none", news, runs)
        with _asking(pages.searches(list(zip(people, cookies, strict=True)))):
            _series(f"{texts:,}; four without a pause", news, runs)


class _News:
    """An editor who releases a text with a word of its own, and readers who look for it."""

    def __init__(self, editor: int, cookies: Sequence[str]) -> None:
        from portal.access import Role
        from portal.spaces import viewers

        self.chance = random.Random(time.time_ns())
        self.cookies = cycle(cookies)
        self.by = viewers.by_user(editor)
        # The whole house's, so that every reader finds it.
        self.space = min(space for space, role in self.by.roles.items() if role == Role.EDITOR)

    def release(self) -> str:
        """The word; the transaction is committed."""
        from portal.kernel.database import db
        from portal.news import services
        from portal.spaces.models import Space

        letters = (self.chance.choice("жщфцхч") + self.chance.choice("юъоуи") for _ in range(6))
        word = "".join(letters)
        text = services.Text(f"Съобщение {word}", body=f"<p>Кметът съобщи за {word}.</p>")
        space = db.session.get(Space, self.space)
        services.write(space, "bg", text, by=self.by, then="release")
        db.session.rollback()
        return word

    def is_found(self, word: str) -> bool:
        path = f"/search?{urlencode({'q': word})}"
        status, body, _cookie = servers.get(PORT, path, next(self.cookies))
        if status != 200:
            raise SystemExit(f"{path} answered {status}")
        return HIT in body


def _series(label: str, news: _News, runs: int, say: Callable[[str], object] = print) -> None:
    times = []
    for _ in range(runs):
        time.sleep(news.chance.uniform(0.3, 1.3))  # no step with the worker's looks
        word = news.release()
        began = time.perf_counter()
        while not news.is_found(word):
            if time.perf_counter() - began > SECONDS:
                raise SystemExit(f"{word} was not found in {SECONDS} s")
            time.sleep(PAUSE)  # between two looks of whoever waits for the hit
        times.append(time.perf_counter() - began)
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    figures = (f"{cuts[9]:.2f}", f"{cuts[18]:.2f}", f"{max(times):.2f}", "p95 1 s")
    say(LINE.format(label, runs, *figures, f"{os.getloadavg()[0]:.1f}"))


@contextmanager
def _asking(targets: Sequence[Target]) -> Iterator[None]:
    """Four connections that ask without a pause, in a process of their own."""
    process: Any = multiprocessing.get_context("spawn").Process(
        target=hammer, args=(PORT, targets, 3600.0), daemon=True
    )
    process.start()
    try:
        time.sleep(2)  # until the four of them ask
        yield
        if not process.is_alive():
            raise SystemExit("the readers got a wrong answer")
    finally:
        process.terminate()
        process.join()

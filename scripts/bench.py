"""Measure pages beside a bare Flask page, A B A in one run: `make bench`.

The bare page loads a person and twenty titles from a database of its own on the same server and
prints them in a small template. Ratios are what counts; the machine's own speed cancels out.
"""

import http.client
import multiprocessing
import os
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, render_template_string
from flask_login import LoginManager, UserMixin, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SLICE = 2.0  # seconds
CONNECTIONS = 4
PEOPLE = ("employee", "head", "member", "editor")
PAGES: tuple[tuple[str, str], ...] = (
    ("home", "/"),
    ("news list", "/news"),
    ("people", "/people"),
    ("search", "/search?" + urlencode({"q": "община"})),
)
TEMPLATE = (
    '<!doctype html><html lang="bg"><head><meta charset="utf-8"><title>Новини</title></head>'
    "<body><h1>Новини</h1>{% for n in items %}<article><h2><a href='/art/{{ n.id }}'>"
    "{{ n.title }}</a></h2><p>{{ n.lead }}</p></article>{% endfor %}</body></html>"
)


def bare(path: str) -> Flask:
    """A Flask app that does the least a page with people and a list can do."""
    app = Flask("bare")
    app.config.update(SECRET_KEY="measure", SQLALCHEMY_DATABASE_URI=f"sqlite:///{path}")

    class Base(DeclarativeBase):
        pass

    db = SQLAlchemy(app, model_class=Base)
    manager = LoginManager(app)

    class User(Base, UserMixin):
        __tablename__ = "user"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(60))

    class News(Base):
        __tablename__ = "news"
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str] = mapped_column(String(200), index=True)
        lead: Mapped[str] = mapped_column(String(400))

    with app.app_context():
        Base.metadata.create_all(db.engine)
        db.session.add(User(id=1, name="Иван"))
        words = "Община Белобряг съобщава на служителите и гражданите "
        for n in range(2000):
            db.session.add(News(id=n + 1, title=f"{words}{n}", lead=words * 4))
        db.session.commit()

    @manager.user_loader
    def load(ident: str) -> User | None:
        return db.session.get(User, int(ident))

    @app.get("/login")
    def login() -> str:
        login_user(db.session.get_one(User, 1))
        return "ok"

    @app.get("/list")
    @login_required
    def page() -> str:
        newest = db.select(News.id, News.title, News.lead).order_by(News.id.desc()).limit(20)
        return render_template_string(TEMPLATE, items=db.session.execute(newest).all())

    return app


def _serve(make: Callable[[], object], port: int) -> None:
    from waitress import serve

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    serve(make(), host="127.0.0.1", port=port, threads=8, _quiet=True)


def _portal(folder: str) -> object:
    from portal.app import create_app
    from portal.search import views

    views._searches.number = 1_000_000  # the limit per person is not what is measured
    return create_app(Path(folder))


def _bare(folder: str) -> object:
    return bare(str(Path(folder) / "bare.db"))


@contextmanager
def served(make: Callable[[str], object], folder: str, port: int) -> Iterator[int]:
    from functools import partial

    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(partial(make, folder), port), daemon=True
    )
    process.start()
    for _attempt in range(200):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=2).connect()
            break
        except OSError:
            time.sleep(0.1)
    try:
        yield process.pid or 0
    finally:
        process.terminate()
        process.join()


def hammer(port: int, path: str, cookies: list[str], seconds: float) -> tuple[float, list[float]]:
    """Requests per second and the times of all of them in milliseconds."""
    times: list[float] = []
    stop = time.perf_counter() + seconds

    def run(cookie: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < stop:
            began = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"{path} answered {answer.status}")
            times.append((time.perf_counter() - began) * 1000)

    threads = [
        threading.Thread(target=run, args=(cookies[n % len(cookies)],)) for n in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / seconds, sorted(times)


def _get(port: int, path: str, cookie: str = "") -> tuple[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    body = answer.read().decode()
    return body, (answer.getheader("Set-Cookie") or "").split(";")[0] or cookie


def sign_in(port: int, login: str, password: str) -> str:
    """The cookie of a signed-in person."""
    body, cookie = _get(port, "/sign-in")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', body)
    assert token is not None, "no form to sign in with"
    form = urlencode({"csrf_token": token.group(1), "name": login, "password": password})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/sign-in", form, headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status in (302, 303), f"sign in answered {answer.status}"
    return (answer.getheader("Set-Cookie") or "").split(";")[0]


def index(folder: str) -> None:
    """Write the search index, as the worker would."""
    from portal import search
    from portal.app import create_app

    app = create_app(Path(folder))
    with app.app_context():
        search.rebuild()


def resident(pid: int) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found.group(1)) / 1024 if found else 0.0


def main() -> None:
    from portal.cli.say import Progress
    from portal.cli.setting_up import make_demo

    folder = tempfile.mkdtemp(prefix="portal-bench-")
    progress = Progress()
    password = make_demo(Path(folder), progress)
    progress.done()
    index(folder)
    with served(_bare, folder, 8190), served(_portal, folder, 8191) as pid:
        bare_cookies = [_get(8190, "/login")[1]]
        cookies = [sign_in(8191, login, password) for login in PEOPLE]
        print(f"server: waitress, 8 threads, one process; database: SQLite; Python {sys.version}")
        print(f"{'page':<12}{'rps':>8}{'ratio':>8}{'p50':>8}{'p95':>8}{'p99':>8}  ms")
        for name, path in PAGES:
            _get(8191, path, cookies[0])
            before, _times = hammer(8190, "/list", bare_cookies, SLICE / 2)
            rate, times = hammer(8191, path, cookies, SLICE)
            after, _times = hammer(8190, "/list", bare_cookies, SLICE / 2)
            cuts = statistics.quantiles(times, n=100)
            ratio = rate / ((before + after) / 2)
            print(
                f"{name:<12}{rate:>8.0f}{ratio:>8.2f}{cuts[49]:>8.1f}{cuts[94]:>8.1f}{cuts[98]:>8.1f}"
            )
        print(f"bare page: {(before + after) / 2:.0f} rps; portal resident {resident(pid):.0f} MB")


if __name__ == "__main__":
    main()

"""Measure mail: `make bench-mail`, or `python -m scripts.bench_mail`.

The demonstration with 2,000 more employees who are told of news at once, served by `portal run`
with its worker beside it; a mail server on loopback in a process of its own. An editor publishes:
how long her request takes, and from its answer until the last of the 2,000 mails has arrived.
Figures are printed, never asserted; a mail that is missing or comes twice ends the run.
"""

import argparse
import os
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

from scripts.bench import servers
from scripts.bench_documents import machine
from scripts.documents import town
from tests.support import crowding
from tests.support.post_office import PostOffice

PORT = 8193
SECONDS = 900.0  # that the mails may take before the run is given up
WHO = "crowd"  # how the addresses begin that are counted
BODY = "<p>" + "Кметът награди участниците в градския празник. " * 15 + "</p>"
HEAD = (
    "round",
    "request ms",
    "its CPU ms",
    "first mail s",
    "all mails s",
    "mails/s",
    "worker CPU s",
    "load",
)
LINE = "{:>6}{:>12}{:>12}{:>14}{:>13}{:>9}{:>14}{:>7}"


def prepare(folder: Path, number: int) -> int:
    """So many employees more, who want news at once; the space where it is published."""
    from sqlalchemy import delete, select

    from portal.accounts.models import Organisation
    from portal.app import create_app
    from portal.jobs.models import Job
    from portal.kernel.database import db
    from portal.kernel.transaction import transaction
    from portal.spaces.models import Space

    @transaction
    def forget_the_demos_own_news() -> None:
        """Else the new people are told of twenty items more, and their mails are measured too."""
        db.session.execute(delete(Job).where(Job.kind == "notice.spread"))

    with create_app(folder).app_context():
        forget_the_demos_own_news()
        home = db.session.scalars(select(Organisation.id).where(Organisation.is_home)).one()
        crowding.add(number, home)
        return db.session.scalars(select(Space.id).where(Space.slug == town.SPACE)).one()


class Editor(town.Visitor):
    """Publishes; `publish` gives how long the answer took, in milliseconds."""

    def publish(self, space: int, title: str) -> float:
        self.connection.close()  # the server has ended it while the mails were on their way
        status, page = self.ask("GET", "/news/new")
        if status != 200:
            raise SystemExit(f"/news/new answered {status}")
        typed = {
            "csrf_token": town.token(page), "space": space, "language": "bg", "title": title,
            "summary": "Празникът мина добре.", "body": BODY, "do": "release",
        }  # fmt: skip
        began = time.perf_counter()
        status, page = self.ask(
            "POST", "/news/new", urlencode(typed).encode(), "application/x-www-form-urlencoded"
        )
        if status not in (302, 303):
            raise SystemExit(f"publishing answered {status}: {page[:2000]}")
        return (time.perf_counter() - began) * 1000


def arrived(office: PostOffice) -> Counter[str]:
    """How often each of the Message-IDs of the 2,000 has come."""
    found: Counter[str] = Counter()
    for (number, address), times in office.mails().items():
        if address.startswith(WHO):
            found[number] += times
    return found


def one_round(
    office: PostOffice, server: int, editor: Editor, space: int, number: int, label: str
) -> float:
    """Publish once and wait for its mails; prints a line and gives the request's milliseconds."""
    worker = town.worker_of(server)
    before, all_before = len(arrived(office)), office.number()
    cpu, its_cpu = servers.cpu_seconds(worker), servers.cpu_seconds(server)
    took = editor.publish(space, f"Градски празник {label}")
    began = time.perf_counter()
    its_cpu = (servers.cpu_seconds(server) - its_cpu) * 1000
    first = 0.0
    while office.number() < all_before + number:
        time.sleep(0.02)
        passed = time.perf_counter() - began
        if not first and office.number() > all_before:
            first = passed
        if passed > SECONDS:
            raise SystemExit(f"{office.number() - all_before} mails have come in {passed:.0f} s")
    while len(arrived(office)) < before + number:  # others of the town are told at once too
        time.sleep(0.02)
    last = time.perf_counter() - began
    found = arrived(office)
    if len(found) != before + number or max(found.values()) > 1:
        raise SystemExit(f"{len(found) - before} mails for {number} people")
    used = servers.cpu_seconds(worker) - cpu
    figures = (
        label,
        f"{took:.0f}",
        f"{its_cpu:.0f}",
        f"{first:.1f}",
        f"{last:.1f}",
        f"{number / last:.0f}",
    )
    print(LINE.format(*figures, f"{used:.1f}", f"{os.getloadavg()[0]:.1f}"))
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    folder, password = town.make()
    space = prepare(folder, asked.people)
    with PostOffice(folder) as office:
        os.environ["PORTAL_MAIL_URL"] = office.url
        print(f"{machine()}\n{asked.people} people; waitress, one worker, both on one CPU; SQLite")
        print(LINE.format(*HEAD))
        with servers.portal(folder, PORT) as server:
            editor = Editor(PORT, password)
            took = [
                one_round(office, server.pid, editor, space, asked.people, str(each + 1))
                for each in range(asked.rounds)
            ]
    print(f"the request: median {statistics.median(took):.0f} ms, longest {max(took):.0f} ms")


if __name__ == "__main__":
    main()

"""Measuring a page beside the bare one, A B A."""

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from scripts.bench import servers
from scripts.bench.load import Connection, Run, Target, hammer
from scripts.bench.pages import Page
from scripts.bench.servers import Server

# The best of the peers that were measured, as parts of their own bare page's rate.
PEERS = {"home": 0.15, "news list": 0.13, "article": 0.20, "document": 0.28, "search": 0.05}


@dataclass(frozen=True)
class Figures:
    """A page's row.

    ratio: of its rate to the bare page's, the median of all rounds. by_cpu: the same from the
    servers' CPU time for each answer, which other work on the machine disturbs less.
    """

    page: str
    rps: float
    ratio: float
    lowest: float
    highest: float
    by_cpu: float
    cpu_ms: float  # of one answer
    p50: float
    p95: float
    p99: float
    kib: float
    target: float | None
    peer: float | None
    bare_rps: float
    load: float


def measured(
    page: Page, bare: Target, on: tuple[Server, Server], rounds: int, slice_: float
) -> Figures:
    """The page on the second server beside the bare page on the first, so many times A B A.

    slice_: seconds of B; each A takes half of it. Raises load.Wrong at the first wrong answer.
    """
    plain, portal = on
    _warm(portal.port, page.targets)
    ratios, by_cpu, cpu_ms, rates, times, bases = [], [], [], [], list[float](), []
    run = Run()
    for _round in range(rounds):
        before, first = _slice(plain, [bare], slice_ / 2)
        run, cost = _slice(portal, page.targets, slice_)
        after, second = _slice(plain, [bare], slice_ / 2)
        bases.append((before.rate + after.rate) / 2)
        rates.append(run.rate)
        ratios.append(rates[-1] / bases[-1])
        by_cpu.append((first + second) / 2 / cost)
        cpu_ms.append(cost * 1000)
        times += run.times
    cuts = statistics.quantiles(times, n=100)
    return Figures(
        page=page.name,
        rps=statistics.median(rates),
        ratio=statistics.median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
        by_cpu=statistics.median(by_cpu),
        cpu_ms=statistics.median(cpu_ms),
        p50=cuts[49],
        p95=cuts[94],
        p99=cuts[98],
        kib=run.size / 1024,
        target=page.target,
        peer=PEERS.get(page.name),
        bare_rps=statistics.median(bases),
        load=os.getloadavg()[0],
    )


def _warm(port: int, targets: Sequence[Target]) -> None:
    """Ask for everything once, so that nothing is measured cold."""
    connection = Connection(port)
    for target in targets:
        status, _head, body = connection.ask(target.request())
        target.check(status, body)
    connection.close()


def _slice(server: Server, targets: Sequence[Target], seconds: float) -> tuple[Run, float]:
    """What came, and the server's CPU seconds for each answer."""
    began = servers.cpu_seconds(server.pid)
    run = hammer(server.port, targets, seconds)
    return run, (servers.cpu_seconds(server.pid) - began) / len(run.times)


HEAD = (
    "| page | requests/s | part of the bare page | lowest to highest | by CPU time | CPU ms "
    "| p50 | p95 | p99 ms | KiB | target | best peer | load |\n" + "|---" * 13 + "|"
)


def line(row: Figures) -> str:
    """A row of the table in Markdown, to be pasted into docs/benchmarks.md."""
    cells = (
        row.page,
        f"{row.rps:.0f}",
        f"**{row.ratio:.2f}**",
        f"{row.lowest:.2f} to {row.highest:.2f}",
        f"{row.by_cpu:.2f}",
        *(f"{each:.1f}" for each in (row.cpu_ms, row.p50, row.p95, row.p99)),
        f"{row.kib:.0f}",
        *(f"{each:.2f}" if each else "" for each in (row.target, row.peer)),
        f"{row.load:.1f}",
    )
    return "| " + " | ".join(cells) + " |"

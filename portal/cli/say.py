"""What commands say: progress, tables and the one way to stop."""

import sys
import threading
import time
from collections.abc import Iterable, Sequence
from typing import IO, Any

import click

from portal.kernel.i18n import _

PACE_AFTER = 1.0  # seconds; before that a pace says little
CELL_MAX = 60  # characters of a table's cell before it is cut


class Stop(click.ClickException):
    """A foreseeable failure: what happened and what to do. No traceback, exit code 1."""

    def __init__(self, happened: str, do: str = "") -> None:
        super().__init__("\n".join(filter(None, (happened, do))))

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(click.style(self.message, fg="red"), err=True)


def line(text: str = "") -> None:
    """A line on standard output."""
    click.echo(text)


def note(text: str) -> None:
    """A line on standard error: what is no part of the result."""
    click.echo(text, err=True)


class Progress:
    """Steps of a long piece of work, each with its time; on standard error.

    A terminal shows the running step in place, with its count or its seconds; a log gets a line
    when a step ends, and one each few seconds of a long one.
    """

    PAUSE = 0.2  # seconds between two signs of life on a terminal
    PAUSE_LOG = 2.0  # the same in a log

    def __init__(self) -> None:
        self._began = self._step_began = time.monotonic()
        self._text = self._share = ""
        self._live = sys.stderr.isatty()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        if command := click.get_current_context(silent=True):
            command.call_on_close(self._break_off)  # a failure ends the step that it broke

    def step(self, text: str) -> None:
        """Begin a step, and so end the one before."""
        self._end_step()
        with self._lock:
            self._text, self._share, self._step_began = text, "", time.monotonic()
            self._ended = threading.Event()
        if self._live:
            self._show()
        threading.Thread(target=self._tick, args=(self._ended,), daemon=True).start()

    def count(self, done: int, total: int) -> None:
        """How far the running step is, and after a moment how fast."""
        took = time.monotonic() - self._step_began
        pace = _("%(n)s a second", n=round(done / took)) if took >= PACE_AFTER else ""
        self._share = f" {done}/{total}" + (f", {pace}" if pace else "")

    def done(self) -> float:
        """End the last step; the seconds of the whole."""
        self._end_step()
        return time.monotonic() - self._began

    def _tick(self, ended: threading.Event) -> None:
        while not ended.wait(self.PAUSE if self._live else self.PAUSE_LOG):
            with self._lock:
                if not ended.is_set():
                    self._show()

    def _show(self) -> None:
        took = time.monotonic() - self._step_began
        share = self._share or (f" {took:.0f} s" if took >= 1 else "")
        start = "\r\x1b[K" if self._live else ""
        click.echo(f"{start}  … {self._text}{share}", nl=not self._live, err=True)

    def _break_off(self) -> None:
        self._ended.set()
        if self._text and self._live:
            click.echo(err=True)

    def _end_step(self) -> None:
        self._ended.set()
        with self._lock:
            if not self._text:
                return
            took = time.monotonic() - self._step_began
            start = "\r\x1b[K" if self._live else ""
            click.echo(f"{start}  ✓ {self._text} ({took:.1f} s)", err=True)
            self._text = ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table of texts, of which only the last column may be long; nothing without rows."""
    cells = [[*(_cut(cell) for cell in row[:-1]), " ".join(row[-1].split())] for row in rows]
    if not cells:
        return
    widths = [max(len(column) for column in columns) for columns in zip(head, *cells, strict=True)]
    for row in (list(head), ["─" * width for width in widths], *cells):
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        line(("  " + "  ".join(padded)).rstrip())


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= CELL_MAX else text[: CELL_MAX - 1] + "…"


def seconds(value: float) -> str:
    return _("%(n)s s", n=f"{value:.1f}")


def size(number: int) -> str:
    """A file's bytes as people say them, as the pages do."""
    if number < 1000:
        return _("%(n)s bytes", n=number)
    if number < 1_000_000:
        return _("%(n)s KB", n=round(number / 1000))
    return _("%(n)s MB", n=f"{number / 1_000_000:.1f}")

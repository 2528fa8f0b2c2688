"""A limit on the time that one file may take: parsers of Markdown and HTML have bad days."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from portal.importing.decoding import Unreadable
from portal.kernel.i18n import _


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Raise Unreadable when the block takes longer. Works in the main thread, as commands run."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Unreadable(_("it took more than %(n)s seconds to read", n=seconds))

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)

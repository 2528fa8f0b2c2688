"""The app behind a real socket, for tests that need one."""

import threading
from typing import Any

from flask import Flask
from waitress import create_server
from waitress.channel import HTTPChannel

from tests.support.patience import PATIENCE


class Channel(HTTPChannel):
    """A connection that closes the half of a body it got when it breaks off.

    Waitress leaves that file to the garbage collector, whose warning then falls upon any test.
    """

    request: Any

    def handle_close(self) -> None:
        unfinished = self.request
        super().handle_close()
        if unfinished is not None:
            unfinished.close()


class LiveServer:
    """The app on waitress, on a thread. `url`, and `app` to look behind."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._server: Any = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
        self._server.channel_class = Channel
        self.port = int(self._server.effective_port)
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._server.run()

    def stop(self) -> None:
        """End it, with every connection that a browser keeps open for later."""
        self._server.trigger.pull_trigger(self._close)  # by its own thread, between two answers
        self._thread.join(PATIENCE)
        self._server.task_dispatcher.shutdown(timeout=PATIENCE)

    def _close(self) -> None:
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()

"""The app behind a real socket, for tests that need one."""

import threading
import time
from typing import Any

from flask import Flask
from waitress import create_server


class LiveServer:
    """The app on waitress, on a thread. `url`, and `app` to look behind."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._server: Any = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
        self.port = int(self._server.effective_port)
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._server.run()

    def stop(self) -> None:
        """Close what a browser keeps open for later; the loop would wait for it."""
        for channel in list(self._server.active_channels.values()):
            channel.will_close = True
        self._server.pull_trigger()
        time.sleep(0.05)
        self._server.close()
        self._thread.join(5)

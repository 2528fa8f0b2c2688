"""Serving one instance from one process: a socket, waitress and the worker beside it."""

import errno
import signal
import socket
from contextlib import AbstractContextManager
from types import FrameType
from typing import Any

from flask import Flask
from waitress import create_server

from portal.kernel.config import MIB

THREADS = 8
# The app refuses a large form with a page of its own (MAX_CONTENT_LENGTH); beyond this the
# server stops reading, so that nobody fills the disk.
BODY_MAX = 256 * MIB  # bytes
CONNECTIONS_MAX = 500


class AddressRefused(Exception):
    """The address cannot be listened on: `is_busy`, or no address of this machine."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror or str(error))
        self.is_busy = error.errno == errno.EADDRINUSE
        self.is_forbidden = error.errno == errno.EACCES


def listen(host: str, port: int) -> socket.socket:
    """Take the address before any long work. Raises AddressRefused."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        taken = socket.socket(family, kind, protocol)
        try:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(address)
            taken.listen(CONNECTIONS_MAX)
        except OSError:
            taken.close()
            raise
    except OSError as error:
        raise AddressRefused(error) from error
    return taken


def serve(app: Flask, taken: socket.socket, worker: AbstractContextManager[Any]) -> None:
    """Serve until Ctrl-C or SIGTERM; running requests are finished, then the worker is ended."""
    server = create_server(
        app,
        sockets=[taken],
        threads=THREADS,
        ident=None,  # whom it concerns knows what runs here
        max_request_body_size=BODY_MAX,
        connection_limit=CONNECTIONS_MAX,
        # Waitress would drop what a proxy says of the client; the app trusts it as configured.
        clear_untrusted_proxy_headers=not app.config["PROXIES"],
    )
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        with worker:
            server.run()  # returns at KeyboardInterrupt or SystemExit
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
        server.close()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)

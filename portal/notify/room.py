"""Mail: registers the job that sends it."""

from flask import Flask

from portal.notify import services


def install(app: Flask) -> None:
    """Nothing to set up: importing `services` has named the job `mail.send`."""
    app.extensions["notify"] = services.send

"""The worker process: `python -m portal.worker`, or `portal worker`.

`run(app)` is its loop, `until_idle(app)` the same without waiting, `Supervisor(instance)` what a
server keeps it alive with. It stands on the shell's floor because it makes the whole app.
"""

import sys

from flask import Flask

from portal.app import create_app
from portal.files import services as files
from portal.files import uploads
from portal.jobs import hourly
from portal.jobs import worker as loop
from portal.jobs.supervisor import Supervisor
from portal.kernel import log

__all__ = ["Supervisor", "main", "run", "until_idle"]

hourly(files.sweep)
hourly(uploads.sweep)


def run(app: Flask) -> int:
    """Work until SIGTERM; the exit code."""
    return loop.run(app)


def until_idle(app: Flask) -> int:
    """Follow the change log and run every due job; how many turns it took."""
    return loop.until_idle(app)


def main() -> int:
    log.to_stream()
    return run(create_app())


if __name__ == "__main__":
    sys.exit(main())

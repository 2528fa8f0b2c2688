"""A worker process that may be let die: `python -m tests.notify.child INSTANCE`."""

import sys
from datetime import timedelta
from pathlib import Path

from portal import worker
from portal.app import create_app
from portal.jobs import table


def main() -> None:
    table.LEASE = timedelta(seconds=0.01)
    app = create_app(Path(sys.argv[1]), {"SECRET_KEY": "s" * 40, "TESTING": True})
    worker.until_idle(app)


if __name__ == "__main__":
    main()

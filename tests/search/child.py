"""A worker process for crash tests: `python -m tests.search.child INSTANCE [seconds of lease]`."""

import sys
from datetime import timedelta
from pathlib import Path

from portal import search, worker
from portal.app import create_app
from portal.jobs import table
from tests.search.room import TopicSearch

SETTINGS = {"SECRET_KEY": "s" * 40, "TESTING": True}


def main() -> None:
    if len(sys.argv) > 2:
        table.LEASE = timedelta(seconds=float(sys.argv[2]))
    app = create_app(Path(sys.argv[1]), SETTINGS)
    search.register(TopicSearch())
    print("turns", worker.until_idle(app))


if __name__ == "__main__":
    main()

"""A worker process for tests: `python -m tests.search.child INSTANCE LEASE [stay]`.

It works until it is idle, or on and on with `stay`. LEASE: seconds.
"""

import sys
from datetime import timedelta
from pathlib import Path

from portal import search, worker
from portal.app import create_app
from portal.jobs import table
from tests.search.room import TopicSearch

SETTINGS = {"SECRET_KEY": "s" * 40, "TESTING": True}


def main() -> int:
    instance, lease, *stay = sys.argv[1:]
    table.LEASE = timedelta(seconds=float(lease))
    app = create_app(Path(instance), SETTINGS)
    search.register(TopicSearch())
    if stay:
        return worker.run(app)
    print("turns", worker.until_idle(app))
    return 0


if __name__ == "__main__":
    sys.exit(main())

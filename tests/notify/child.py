"""A worker process that may be let die: `python -m tests.notify.child INSTANCE [--stay]`.

It ends when nothing is left to do; with --stay only when it is told to, as in production.
"""

import sys
from datetime import timedelta
from pathlib import Path

from portal import worker
from portal.app import create_app
from portal.jobs import table


def main() -> int:
    stays = "--stay" in sys.argv
    # What a killed worker held is free again before the next one has started.
    table.LEASE = timedelta(seconds=1 if stays else 0.01)
    app = create_app(Path(sys.argv[1]), {"SECRET_KEY": "s" * 40, "TESTING": True})
    if stays:
        return worker.run(app)
    worker.until_idle(app)
    return 0


if __name__ == "__main__":
    sys.exit(main())

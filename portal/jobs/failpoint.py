"""Places where a test lets a process die, as a power cut or `kill -9` would.

`PORTAL_DIE_AT=index.committed` kills the process the first time it comes to that place;
`PORTAL_DIE_AT=job.claimed:3` the third time. Without the variable a place costs one look.
"""

import os
import signal
from collections import Counter

_WISH = os.environ.get("PORTAL_DIE_AT", "")
_seen: Counter[str] = Counter()


def here(place: str) -> None:
    """Die here if the environment asks for it; else nothing."""
    if not _WISH:
        return
    wanted, _, time = _WISH.partition(":")
    if place == wanted:
        _seen[place] += 1
        if _seen[place] == int(time or 1):
            os.kill(os.getpid(), signal.SIGKILL)

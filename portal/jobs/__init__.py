"""Jobs: a table and a loop. Services queue, a worker runs; handlers may run more than once.

What a worker does besides is registered here too: `turn` (each time round), `idle` (when nothing
was to do), `hourly`, `daily`.
"""

from portal.jobs.running import Handler, got_on, handler, run_one, run_until_idle
from portal.jobs.table import ATTEMPTS_MAX, LEASE, PAUSES, awaited, claim, due, queue, unfinished
from portal.jobs.upkeep import daily, hourly, idle, install, turn

__all__ = [
    "ATTEMPTS_MAX",
    "LEASE",
    "PAUSES",
    "Handler",
    "awaited",
    "claim",
    "daily",
    "due",
    "got_on",
    "handler",
    "hourly",
    "idle",
    "install",
    "queue",
    "run_one",
    "run_until_idle",
    "turn",
    "unfinished",
]

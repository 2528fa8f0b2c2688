"""The jobs that somebody may have to look at."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from portal.jobs.models import Job
from portal.kernel.database import rows

_OPEN = (
    select(
        Job.id,
        Job.kind,
        Job.state,
        Job.attempts,
        Job.run_after,
        Job.lease_until,
        Job.error,
    )
    .where(Job.state.in_(bindparam("states", expanding=True)))
    .order_by(Job.state, Job.run_after, Job.id)
    .limit(bindparam("most"))
)
_COUNTS = select(Job.state, func.count().label("number")).group_by(Job.state)


def listed(states: Sequence[str], most: int = 100) -> Sequence[Row[Any]]:
    """Jobs in these states: id, kind, state, attempts, run_after, lease_until, error."""
    return rows(_OPEN, {"states": list(states), "most": most})


def counts() -> dict[str, int]:
    """How many jobs are in each state."""
    return {row.state: row.number for row in rows(_COUNTS)}

"""The job table: work that leaves the request, written in the same transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime


class Job(Base):
    """Work to do. `lease_until` says how long a worker may hold it before another takes it."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "state", "run_after"),)
    KIND_MAX = 40
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(KIND_MAX))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    as_user_id: Mapped[int | None] = mapped_column(Integer)  # acts as; None: the system's own
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # running, done, failed
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease: Mapped[str | None] = mapped_column(String(32))  # who holds it
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(Text, default="")

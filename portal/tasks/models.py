"""The work of a space: goals, the measures towards each, and tasks with their checklists."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime

WEIGHT_MAX = 100


class TaskState(StrEnum):
    TODO = "todo"
    DOING = "doing"
    WAITING = "waiting"  # for somebody else
    DONE = "done"
    DROPPED = "dropped"  # not to be done after all; kept, and counted nowhere


OPEN = (TaskState.TODO, TaskState.DOING, TaskState.WAITING)
COLUMNS = (*OPEN, TaskState.DONE)  # of the board; what was dropped stands in the list alone


class Goal(Base):
    """What a space wants to reach."""

    __tablename__ = "goal"
    TITLE_MAX = 200
    NOTE_MAX = 4000
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    note: Mapped[str] = mapped_column(Text, default="")
    weight: Mapped[int] = mapped_column(Integer, default=1)


class Measure(Base):
    """What is done towards a goal; its tasks are the steps."""

    __tablename__ = "measure"
    TITLE_MAX = 200
    NOTE_MAX = 4000
    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    note: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    due: Mapped[date | None] = mapped_column(Date)
    weight: Mapped[int] = mapped_column(Integer, default=1)

    goal: Mapped[Goal] = relationship()

    @property
    def space_id(self) -> int:
        return self.goal.space_id


class Task(Base):
    """One thing to be done by one person.

    position: its place in the column of its state, the smallest on top; only their order counts.
    moves: how often its state changed. Whoever moves it says which number she saw.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_column", "space_id", "state", "position", "id"),
        Index("ix_task_owner", "owner_id", "state", "due"),
        Index("ix_task_due", "state", "due"),
    )
    TITLE_MAX = 200
    NOTE_MAX = 4000
    CHECKLIST_MAX = 200
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id"), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    note: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    due: Mapped[date | None] = mapped_column(Date)  # the last day on which it is in time
    state: Mapped[str] = mapped_column(String(10), default=TaskState.TODO)
    weight: Mapped[int] = mapped_column(Integer, default=1)
    position: Mapped[int] = mapped_column(Integer, default=0)
    moves: Mapped[int] = mapped_column(Integer, default=0)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    measure: Mapped[Measure | None] = relationship()
    checklist: Mapped[list["ChecklistItem"]] = relationship(
        order_by="ChecklistItem.position, ChecklistItem.id", cascade="all, delete-orphan"
    )
    history: Mapped[list["TaskMove"]] = relationship(
        order_by="TaskMove.id.desc()", cascade="all, delete-orphan"
    )

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class ChecklistItem(Base):
    """A step of a task."""

    __tablename__ = "checklist_item"
    TEXT_MAX = 300
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(String(TEXT_MAX))
    is_done: Mapped[bool] = mapped_column(Boolean, default=False)


class TaskMove(Base):
    """Somebody gave a task another state."""

    __tablename__ = "task_move"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    was: Mapped[str] = mapped_column(String(10))
    became: Mapped[str] = mapped_column(String(10))

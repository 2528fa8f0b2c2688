"""The plan of a space: objectives, entries under them, what proves an entry and what it reached."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    case,
    func,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime


class Amount(TypeDecorator[Decimal]):
    """A number of people, views or levs with at most two decimals, kept exactly: as hundredths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((value * 100).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 100


class Objective(Base):
    """What the space wants to reach by what it says; entries stand under it."""

    __tablename__ = "comm_objective"
    TITLE_MAX = 200
    MEASURE_MAX = 600
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    measure: Mapped[str] = mapped_column(Text, default="")  # how one will know that it is reached
    saves: Mapped[int] = mapped_column(Integer, default=1)


class Entry(Base):
    """One thing to say: to whom, where, when, by whom; then what came of it."""

    __tablename__ = "comm_entry"
    __table_args__ = (Index("ix_comm_entry_register", "space_id", "planned_on", "id"),)
    STATES = ("planned", "done", "postponed", "cancelled")
    MESSAGE_MAX = 600
    AUDIENCE_MAX = 120
    CHANNEL_MAX = 80
    OUTCOME_MAX = 2000
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    objective_id: Mapped[int] = mapped_column(ForeignKey("comm_objective.id"), index=True)
    message: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(String(AUDIENCE_MAX))
    channel: Mapped[str] = mapped_column(String(CHANNEL_MAX))
    planned_on: Mapped[date] = mapped_column(Date)
    planned_until: Mapped[date | None] = mapped_column(Date)  # the last day, of several
    moved_to: Mapped[date | None] = mapped_column(Date)  # of what was put off; None: not known yet
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    is_shared: Mapped[bool] = mapped_column(Boolean, default=False)  # colleagues write on it too
    state: Mapped[str] = mapped_column(String(10), default="planned")
    done_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(Text, default="")  # or why it was put off or dropped
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    saves: Mapped[int] = mapped_column(Integer, default=1)

    @hybrid_property
    def due_on(self) -> date | None:
        """The last day on which it is in time; None while nobody said to when it is put off."""
        if self.state == "postponed":
            return self.moved_to
        return self.planned_until or self.planned_on

    @due_on.inplace.expression
    @classmethod
    def _due_on(cls) -> ColumnElement[date | None]:
        return case(
            (cls.state == "postponed", cls.moved_to),
            else_=func.coalesce(cls.planned_until, cls.planned_on),
        )


class Proof(Base):
    """What shows that an entry was done."""

    __tablename__ = "comm_proof"
    KINDS = ("link", "portal", "clipping", "photo", "attendance")
    TITLE_MAX = 200
    URL_MAX = 500
    ALT_MAX = 300
    LICENCE_MAX = 200
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("comm_entry.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(TITLE_MAX), default="")  # a medium's name, a caption
    url: Mapped[str] = mapped_column(String(URL_MAX), default="")
    content_id: Mapped[int | None] = mapped_column(ForeignKey("content.id", ondelete="SET NULL"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"), index=True)
    alt: Mapped[str] = mapped_column(String(ALT_MAX), default="")  # what a photo shows
    licence: Mapped[str] = mapped_column(
        String(LICENCE_MAX), default=""
    )  # whose, with what consent
    people: Mapped[int | None] = mapped_column(Integer)  # who came
    dated: Mapped[date | None] = mapped_column(Date)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Figure(Base):
    """A number that an entry was to reach, and what it reached."""

    __tablename__ = "comm_figure"
    NAME_MAX = 120
    UNIT_MAX = 40
    SOURCE_MAX = 200
    AMOUNT_MAX = 10**12
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("comm_entry.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    unit: Mapped[str] = mapped_column(String(UNIT_MAX))
    planned: Mapped[Decimal | None] = mapped_column(Amount)
    reached: Mapped[Decimal | None] = mapped_column(Amount)
    source: Mapped[str] = mapped_column(String(SOURCE_MAX), default="")
    dated: Mapped[date | None] = mapped_column(Date)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

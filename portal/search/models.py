"""What search itself keeps in the database."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.database import Base


class Synonym(Base):
    """Who asks for one also finds the other; two-way: and the other way round."""

    __tablename__ = "synonym"
    __table_args__ = (UniqueConstraint("asked", "meant", name="uq_synonym_asked_meant"),)
    ASKED_MAX = 100
    MEANT_MAX = 200
    MOST = 2_000  # entries of the whole list
    id: Mapped[int] = mapped_column(primary_key=True)
    asked: Mapped[str] = mapped_column(String(ASKED_MAX))
    meant: Mapped[str] = mapped_column(String(MEANT_MAX))
    is_two_way: Mapped[bool]

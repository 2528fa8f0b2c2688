"""The installation itself: its name, colour and the version of everything cached."""

from datetime import datetime

from sqlalchemy import Boolean, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime


class Site(Base):
    """One row. `version` grows with every change of people, groups, spaces or settings."""

    __tablename__ = "site"
    id: Mapped[int] = mapped_column(primary_key=True)
    name_bg: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    hue: Mapped[int] = mapped_column(Integer, default=212)
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)
    version: Mapped[int] = mapped_column(Integer, default=1)


class Alert(Base):
    """A line at the head of every page of those whom it is for, until a moment."""

    __tablename__ = "alert"
    TEXT_MAX, ADDRESS_MAX = 300, 300
    LEVELS = ("info", "warning", "danger")
    # The staff; whoever is signed in, partners too; the world, on the page of the sign-in.
    AUDIENCES = ("staff", "signed_in", "everybody")
    id: Mapped[int] = mapped_column(primary_key=True)
    text_bg: Mapped[str] = mapped_column(String(TEXT_MAX))
    text_en: Mapped[str] = mapped_column(String(TEXT_MAX), default="")
    level: Mapped[str] = mapped_column(String(7), default="info")
    audience: Mapped[str] = mapped_column(String(9), default="staff")
    address: Mapped[str] = mapped_column(String(ADDRESS_MAX), default="")
    shown_from: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    shown_until: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(Integer)  # a user: the ground below knows no people


class FooterPage(Base):
    """A page of the footer (accessibility, privacy, terms, help) in one language, editable."""

    __tablename__ = "footer_page"
    key: Mapped[str] = mapped_column(String(30), primary_key=True)
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)

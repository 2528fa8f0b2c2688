"""People, the groups they form and the organisations they come from."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.regions import size_of
from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime


def folded(*parts: str | None) -> str:
    """Words as `needle` columns hold them: SQLite's LIKE ignores case in ASCII only."""
    return " ".join(filter(None, parts)).casefold()


class Organisation(Base):
    """The municipality itself (`is_home`) or a partner with an agreement."""

    __tablename__ = "organisation"
    KINDS = ("municipality", "ngo", "school", "association", "business")
    NAME_MAX = 160
    CITY_MAX = 80
    WEBSITE_MAX = 200
    ABOUT_MAX = 2000
    id: Mapped[int] = mapped_column(primary_key=True)
    is_home: Mapped[bool] = mapped_column(Boolean, default=False)
    kind: Mapped[str] = mapped_column(String(20))
    name_bg: Mapped[str] = mapped_column(String(NAME_MAX))
    name_en: Mapped[str] = mapped_column(String(NAME_MAX))
    country: Mapped[str] = mapped_column(String(2), default="BG")
    city: Mapped[str] = mapped_column(String(80), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    nuts3: Mapped[str] = mapped_column(String(5), default="", server_default="")
    population: Mapped[int | None] = mapped_column(Integer)
    agreement_start: Mapped[date | None] = mapped_column(Date)
    agreement_end: Mapped[date | None] = mapped_column(Date)  # the last day of access
    sponsor_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", use_alter=True, name="fk_organisation_sponsor_id")
    )
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    needle: Mapped[str] = mapped_column(Text, default="")  # what the directory looks in

    @property
    def is_open(self) -> bool:
        """Whether its people may sign in today."""
        if self.retired_at is not None:
            return False
        return self.agreement_end is None or self.agreement_end >= clock.today()

    @property
    def size(self) -> str:
        """The class of its number of inhabitants, see regions."""
        return size_of(self.population)

    def words(self) -> str:
        return folded(self.name_bg, self.name_en, self.city)


class Group(Base):
    """A unit of the municipality, or any named set of people.

    Membership of a sub-unit counts as membership of every unit above it, never below.
    """

    __tablename__ = "group"
    KINDS = ("directorate", "department", "unit", "mayoralty", "group")
    NAME_MAX = 160
    BUILDING_MAX = 120
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name_bg: Mapped[str] = mapped_column(String(NAME_MAX))
    name_en: Mapped[str] = mapped_column(String(NAME_MAX))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"), index=True)
    head_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", use_alter=True, name="fk_group_head_id")
    )
    deputy_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", use_alter=True, name="fk_group_deputy_id")
    )
    building: Mapped[str] = mapped_column(String(120), default="")
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    needle: Mapped[str] = mapped_column(Text, default="")

    @property
    def is_unit(self) -> bool:
        return self.kind != "group"

    def words(self) -> str:
        return folded(self.name_bg, self.name_en)


class GroupMember(Base):
    """A person in a group beside her own unit."""

    __tablename__ = "group_member"
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)


class User(Base):
    """A person. Signs in by name or e-mail; retired, never deleted; never a national number."""

    __tablename__ = "user"
    __table_args__ = (
        Index("ix_user_directory", "organisation_id", "family", "given"),
        Index("ix_user_name", "family", "given", "id"),  # the directory's order
    )
    LOGIN_MAX = 60
    NAME_MAX = 60
    EMAIL_MAX = 200
    TITLE_MAX = 40
    POSITION_MAX = 160
    BUILDING_MAX = 120
    ROOM_MAX = 40
    PHONE_MAX = 60
    DUTIES_MAX = 2000
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(LOGIN_MAX), unique=True)  # casefolded
    email: Mapped[str | None] = mapped_column(String(EMAIL_MAX), index=True)  # may be shared
    given: Mapped[str] = mapped_column(String(NAME_MAX))
    patronymic: Mapped[str] = mapped_column(String(NAME_MAX), default="")
    family: Mapped[str] = mapped_column(String(NAME_MAX))
    given_latin: Mapped[str] = mapped_column(String(NAME_MAX), default="")
    family_latin: Mapped[str] = mapped_column(String(NAME_MAX), default="")
    title: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[str] = mapped_column(String(160), default="")
    position_en: Mapped[str] = mapped_column(String(160), default="")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"), index=True)
    building: Mapped[str] = mapped_column(String(120), default="")
    room: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    duties: Mapped[str] = mapped_column(Text, default="")  # «what I answer for»
    language: Mapped[str | None] = mapped_column(String(5))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_admin: Mapped[bool] = mapped_column(Boolean, default=False)
    is_coordinator: Mapped[bool] = mapped_column(Boolean, default=False)
    is_contact: Mapped[bool] = mapped_column(Boolean, default=False)  # shown to every partner
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    needle: Mapped[str] = mapped_column(Text, default="")
    # How many notices she has not opened; counted anew by `notify` whenever they change, so that
    # the bell of every page costs no statement.
    unread: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    # Numbers of the running alerts that she does not want before her any more.
    alerts_hidden: Mapped[str] = mapped_column(String(60), default="", server_default="")

    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    unit: Mapped[Group | None] = relationship(foreign_keys=[unit_id])

    @property
    def name(self) -> str:
        """Given and family name, as lists and greetings show it."""
        return f"{self.given} {self.family}"

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.title, self.given, self.patronymic, self.family)))

    @property
    def latin_name(self) -> str:
        return f"{self.given_latin} {self.family_latin}".strip()

    def words(self) -> str:
        """What a colleague may type to find her; the phone also without its signs."""
        digits = "".join(sign for sign in self.phone or "" if sign.isdigit())
        return folded(
            self.given, self.patronymic, self.family, self.given_latin, self.family_latin,
            self.title, self.position, self.position_en, self.building, self.room,
            self.phone, digits,
        )  # fmt: skip


class Absence(Base):
    """When a person is away, set by her or by her unit's head; nobody chases her meanwhile."""

    __tablename__ = "absence"
    __table_args__ = (CheckConstraint("last >= first", name="days"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)  # the last day away
    set_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class UserSession(Base):
    """A browser that is signed in. The cookie holds the token, the table only its hash."""

    __tablename__ = "user_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_kept: Mapped[bool] = mapped_column(Boolean, default=False)  # «keep me signed in»
    device: Mapped[str] = mapped_column(String(80), default="")  # «Firefox, Windows»; no address
    # Whose eyes an editor borrows, to see what a partner sees; nothing can be changed meanwhile.
    seeing_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    seeing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SecondFactor(Base):
    """The secret that a person's phone makes six digits from (RFC 6238), signed in twice."""

    __tablename__ = "second_factor"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(200))  # encrypted by the instance's secret
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_step: Mapped[int] = mapped_column(Integer, default=0)  # no code counts twice


class RecoveryCode(Base):
    """A single-use way past the second factor, kept on paper; only its hash is stored."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Ticket(Base):
    """A single-use way in: an invitation or a password reset, by link or by a slip's code.

    The link is the row's number and seed, signed with the instance's secret: the database alone
    opens nothing, and a mail that is sent twice carries the same link.
    """

    __tablename__ = "ticket"
    __table_args__ = (UniqueConstraint("code_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))  # invitation, reset
    seed: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))  # of a printed slip
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@event.listens_for(User, "before_insert")
@event.listens_for(User, "before_update")
@event.listens_for(Group, "before_insert")
@event.listens_for(Group, "before_update")
@event.listens_for(Organisation, "before_insert")
@event.listens_for(Organisation, "before_update")
def _keep_needle(_mapper: object, _connection: object, item: User | Group | Organisation) -> None:
    item.needle = item.words()

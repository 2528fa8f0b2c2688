"""People, units and partners as pages list them: rows, bounded by the policies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    bindparam,
    func,
    or_,
    select,
)

from portal.access import Viewer
from portal.accounts.models import Group, GroupMember, Organisation, User
from portal.accounts.policy import group_policy, policy
from portal.kernel.database import db, first, rows
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, language

WORDS_MAX = 6  # more words than that find nobody more exactly
LETTERS = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЮЯ"
LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Person:
    """A person as lists and her page show her, in the reader's language."""

    id: int
    given: str
    patronymic: str
    family: str
    latin: str
    title: str
    position: str
    unit_id: int | None
    unit: str
    organisation_id: int
    organisation: str
    is_home: bool
    building: str
    room: str
    phone: str
    email: str | None
    duties: str
    is_contact: bool
    is_coordinator: bool

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def shown_name(self) -> str:
        """Her name in the reader's letters, where we have it so."""
        return (language() == "en" and self.latin) or self.name

    @property
    def other_name(self) -> str:
        """The name as she writes it herself, beside the one in the reader's letters."""
        return self.name if self.shown_name != self.name else ""

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.title, self.given, self.patronymic, self.family)))

    @property
    def tel(self) -> str:
        """What a telephone dials; "" when several numbers or words stand there."""
        digits = "".join(sign for sign in self.phone if sign.isdigit() or sign == "+")
        plain = all(sign.isdigit() or sign in "+ /-()." for sign in self.phone)
        return digits if plain and 6 <= len(digits) <= 15 else ""

    @property
    def room_words(self) -> str:
        """The room as a sentence has it: «стая 204», but «гише 4» as it is written."""
        return _("room %(room)s", room=self.room) if self.room[:1].isdigit() else self.room

    @property
    def initial(self) -> str:
        latin = self.latin.rpartition(" ")[2] if language() == "en" else ""
        return (latin or self.family)[:1].upper()


_COLUMNS = (
    User.id, User.given, User.patronymic, User.family, User.given_latin, User.family_latin,
    User.title, User.position, User.position_en, User.unit_id, User.organisation_id, User.building,
    User.room, User.phone, User.email, User.duties, User.is_contact, User.is_coordinator,
    Group.name_bg.label("unit_bg"), Group.name_en.label("unit_en"),
    Organisation.name_bg.label("organisation_bg"), Organisation.name_en.label("organisation_en"),
    Organisation.is_home,
)  # fmt: skip


def _people(*more: Any) -> Select[Any, *tuple[Any, ...]]:
    return (
        select(*_COLUMNS, *more)
        .join(Organisation, Organisation.id == User.organisation_id)
        .outerjoin(Group, Group.id == User.unit_id)
    )


def _person(row: Row[Any]) -> Person:
    english = language() == "en"
    latin = f"{row.given_latin} {row.family_latin}".strip()
    return Person(
        id=row.id,
        given=row.given,
        patronymic=row.patronymic,
        family=row.family,
        latin="" if latin == f"{row.given} {row.family}" else latin,
        title=row.title,
        position=(english and row.position_en) or row.position,
        unit_id=row.unit_id,
        unit=((english and row.unit_en) or row.unit_bg) or "",
        organisation_id=row.organisation_id,
        organisation=(english and row.organisation_en) or row.organisation_bg,
        is_home=row.is_home,
        building=row.building,
        room=row.room,
        phone=row.phone,
        email=row.email,
        duties=row.duties,
        is_contact=row.is_contact,
        is_coordinator=row.is_coordinator,
    )


def _holds(number: int) -> ColumnElement[bool]:
    like: BindParameter[str] = bindparam(f"word{number}")
    return or_(
        User.needle.like(like, escape="/"),
        Group.needle.like(like, escape="/"),
        Organisation.needle.like(like, escape="/"),
    )


_matches = [_holds(number) for number in range(WORDS_MAX)]
_lettered = or_(
    bindparam("letter") == "",
    func.substr(User.family, 1, 1).in_(bindparam("letters", expanding=True)),
)
_BY_NAME = (User.family, User.given, User.id)
_limit: BindParameter[int] = bindparam("limit")
_offset: BindParameter[int] = bindparam("offset")
_DIRECTORY = (
    _people()
    .where(policy.readable, _lettered, *_matches)
    .order_by(*_BY_NAME)
    .limit(_limit)
    .offset(_offset)
)
_KEPT = (
    _people(User.login, User.retired_at, User.is_admin,
            User.password_hash.is_not(None).label("has_password"))
    .where(
        or_(bindparam("is_admin") == 1, User.organisation_id == bindparam("viewer_org")),
        or_(bindparam("retired") == 1, User.retired_at.is_(None)),
        *_matches,
    )
    .order_by(*_BY_NAME)
    .limit(_limit)
    .offset(_offset)
)  # fmt: skip
_ONE = _people().where(User.id == bindparam("user_id"), policy.readable)
_SOME = _people().where(User.id.in_(bindparam("ids", expanding=True)), policy.readable)
_OF_UNIT = (
    _people().where(User.unit_id == bindparam("group_id"), policy.readable).order_by(*_BY_NAME)
)
_OF_GROUP = (
    _people()
    .join(GroupMember, GroupMember.user_id == User.id)
    .where(
        GroupMember.group_id == bindparam("group_id"),
        User.retired_at.is_(None),
        or_(bindparam("is_admin") == 1, policy.readable),
    )
    .order_by(*_BY_NAME)
)
_OF_ORGANISATION = (
    _people()
    .where(User.organisation_id == bindparam("organisation_id"), policy.readable)
    .order_by(*_BY_NAME)
    .limit(200)
)
_LED = (
    select(Group.id, Group.name_bg, Group.name_en, Group.head_id)
    .where(
        or_(
            Group.head_id == bindparam("user_id"),
            Group.deputy_id == bindparam("user_id"),
        ),
        group_policy.readable,
    )
    .order_by(Group.name_bg)
)


def like_words(text: str) -> dict[str, str]:
    """The typed words as patterns for the `needle` columns; missing ones match everything."""
    words = text.casefold().split()[:WORDS_MAX]
    escaped = [w.replace("/", "//").replace("%", "/%").replace("_", "/_") for w in words]
    patterns = [f"%{word}%" for word in escaped] + ["%"] * (WORDS_MAX - len(words))
    return {f"word{number}": pattern for number, pattern in enumerate(patterns)}


def directory(
    viewer: Viewer, *, words: str = "", letter: str = "", limit: int, offset: int = 0
) -> list[Person]:
    """The people whom the viewer may know, by family name; ask for one more than a page holds.

    letter: the family name's first letter, or "latin" for names written in Latin.
    """
    letters = list(LATIN + LATIN.lower()) if letter == "latin" else [letter, letter.lower()]
    values = {"letter": letter, "letters": letters, "limit": limit, "offset": offset}
    return [_person(row) for row in rows(_DIRECTORY, viewer.params | like_words(words) | values)]


class Kept(NamedTuple):
    """A person in the list of those whom the viewer keeps."""

    person: Person
    login: str
    is_retired: bool
    is_admin: bool
    is_coordinator: bool
    has_password: bool


def kept(
    viewer: Viewer,
    *,
    words: str = "",
    retired: bool = False,
    limit: int,
    offset: int = 0,
) -> list[Kept]:
    """The people whom an administrator, or a coordinator in her organisation, keeps."""
    if not viewer.is_admin and (viewer.is_staff or not viewer.is_coordinator):
        return []
    values = {"is_admin": int(viewer.is_admin), "retired": int(retired), "limit": limit,
              "offset": offset}  # fmt: skip
    return [
        Kept(_person(row), row.login, row.retired_at is not None, row.is_admin,
             row.is_coordinator, row.has_password)
        for row in rows(_KEPT, viewer.params | like_words(words) | values)
    ]  # fmt: skip


def person(viewer: Viewer, user_id: int) -> Person | None:
    """One person, or None when the viewer may not know her."""
    row = first(_ONE, {**viewer.params, "user_id": user_id})
    return _person(row) if row is not None else None


def people(viewer: Viewer, ids: Sequence[int]) -> dict[int, Person]:
    """Those of the people whom the viewer may know."""
    found = rows(_SOME, {**viewer.params, "ids": list(ids)})
    return {row.id: _person(row) for row in found}


def people_of_unit(viewer: Viewer, group_id: int) -> list[Person]:
    return [_person(row) for row in rows(_OF_UNIT, {**viewer.params, "group_id": group_id})]


def people_of_group(viewer: Viewer, group_id: int) -> list[Person]:
    """A named set's people; an administrator, who keeps it, sees all of them."""
    values = {"group_id": group_id, "is_admin": int(viewer.is_admin)}
    return [_person(row) for row in rows(_OF_GROUP, viewer.params | values)]


def people_of_organisation(viewer: Viewer, organisation_id: int) -> list[Person]:
    values = {**viewer.params, "organisation_id": organisation_id}
    return [_person(row) for row in rows(_OF_ORGANISATION, values)]


def led_by(viewer: Viewer, user_id: int) -> list[tuple[int, str, bool]]:
    """The units that a person heads (True) or deputises: number, name."""
    found = rows(_LED, {**viewer.params, "user_id": user_id})
    return [(row.id, named(row), row.head_id == user_id) for row in found]


def reader_name(row: Row[Any], whose: str = "") -> str:
    """A person's given and family name, in Latin letters for readers of English if we have them.

    whose: what the columns' names begin with, where a row names several people.
    """
    parts = ("given_latin", "family_latin") if language() == "en" else ()
    latin = " ".join(getattr(row, whose + part) for part in parts).strip()
    return latin or f"{getattr(row, whose + 'given')} {getattr(row, whose + 'family')}"


def named(row: Row[Any]) -> str:
    return str((row.name_en if language() == "en" else row.name_bg) or row.name_bg)


# ── A person typed into a form ───────────────────────────────────────────────

_SIGNS = re.compile(r"[(),;]")  # of what tells people apart, between its words
_NAMED = (
    select(
        User.id, User.given, User.patronymic, User.family, User.login,
        User.position, User.position_en, Organisation.name_bg, Organisation.name_en,
    )
    .join(Organisation, Organisation.id == User.organisation_id)
    .outerjoin(Group, Group.id == User.unit_id)
    .where(
        or_(bindparam("is_admin") == 1, policy.readable),
        User.retired_at.is_(None),
        *_matches,
    )
    .order_by(*_BY_NAME)
    .limit(20)
)  # fmt: skip


def person_named(field: str, typed: str, viewer: Viewer) -> User | None:
    """The person whom a form field names: by sign-in name, e-mail, or words that fit one person.

    Returns None for an empty field. Raises Refused at the field when nobody or several fit.
    """
    typed = typed.strip()
    if not typed:
        return None
    login = typed[typed.rfind("(") + 1 : -1] if typed.endswith(")") else typed
    exact = select(User).where(
        User.retired_at.is_(None),
        or_(User.login == login.casefold(), User.email == login.casefold()),
    )
    # Who knows a sign-in name or an address knows the person; only staff may ask so.
    if viewer.is_staff and len(found := list(db.session.scalars(exact.limit(2)))) == 1:
        return found[0]
    values = like_words(_SIGNS.sub(" ", typed))
    fits = rows(_NAMED, viewer.params | values | {"is_admin": int(viewer.is_admin)})
    whole = [row for row in fits if f"{row.given} {row.family}".casefold() == typed.casefold()]
    exactly = [row for row in fits if _apart(row, viewer).casefold() == typed.casefold()]
    for one in (fits, whole, exactly):
        if len(one) == 1:
            return db.session.get(User, one[0].id)
    if not fits:
        raise Refused(field, _("Nobody of this name is known to you."))
    examples = "; ".join(_apart(row, viewer) for row in fits[:3])
    if viewer.is_staff:
        told = _("Several people fit; write the sign-in name too: %(people)s.", people=examples)
    else:
        told = _("Several people fit; write the position too: %(people)s.", people=examples)
    raise Refused(field, told)


def _apart(row: Row[Any], viewer: Viewer) -> str:
    """What tells somebody from others of her name, to be typed so. Sign-in names are for staff."""
    if viewer.is_staff:
        return f"{row.given} {row.family} ({row.login})"
    position = (language() == "en" and row.position_en) or row.position
    about = ", ".join(filter(None, (position, named(row))))
    return f"{' '.join(filter(None, (row.given, row.patronymic, row.family)))} ({about})"


OTHERS = -1  # in a guest's eyes every partner but her own


def house(row: Row[Any], viewer: Viewer) -> tuple[int, str]:
    """The organisation with which somebody counts for a viewer, and its name.

    Staff know each. A guest sees her own, the municipality, and all the others as one: who else
    reads, and how far they came, is no business of a partner that writes. row: with
    `organisation_id`, `is_home` and the organisation's names.
    """
    if viewer.is_staff or row.is_home or row.organisation_id == viewer.organisation_id:
        return int(row.organisation_id), named(row)
    return OTHERS, _("Other organisations")


def typed_name(user: User | None) -> str:
    """How `person_named` reads a person back."""
    return f"{user.name} ({user.login})" if user is not None else ""


def typed_for(user_id: int | None, viewer: Viewer) -> str:
    """Somebody as a form shows her to a viewer; sign-in names are for our own people."""
    user = db.session.get(User, user_id) if user_id is not None else None
    if user is None or viewer.is_staff:
        return typed_name(user)
    return user.name


def person_or_kept(field: str, typed: str, viewer: Viewer, kept_id: int | None) -> User | None:
    """The person whom a form names; whoever it showed may stay, also when she has left."""
    if kept_id is not None and typed.strip() == typed_for(kept_id, viewer):
        return db.session.get(User, kept_id)
    return person_named(field, typed, viewer)

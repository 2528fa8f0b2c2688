"""Keeping people: create, change, retire with a successor, bring back. Passwords: see signin.

Every function checks for itself, writes the journal and logs the change, in one transaction.
Units, groups and organisations are kept in `structure`, and reached from here too.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import Forbidden

from portal import audit
from portal.access import Action, Viewer, require, site
from portal.accounts import checks, coordinators, hooks, ways_in
from portal.accounts.hooks import Holding, on_group_retire, on_join, on_retire
from portal.accounts.models import Group, Organisation, User
from portal.accounts.structure import (
    add_to_group,
    change_group,
    change_organisation,
    change_unit,
    create_group,
    create_organisation,
    create_unit,
    remove_from_group,
    retire_group,
    retire_organisation,
    retire_unit,
)
from portal.kernel import clock, text
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import LANGUAGES, _
from portal.kernel.transaction import transaction

__all__ = [
    "add_to_group", "bring_back", "change_group", "change_organisation", "change_person",
    "change_profile", "change_unit", "create_group", "create_organisation", "create_person",
    "create_unit", "free_login", "holdings", "make_findable", "on_group_retire", "on_join",
    "on_retire", "remove_from_group", "retire", "retire_group", "retire_organisation",
    "retire_unit", "seal",
]  # fmt: skip

# What a form about a person carries a print of, so that a stale save is seen.
SEALED = (
    "login", "email", "given", "patronymic", "family", "given_latin", "family_latin", "title",
    "position", "position_en", "unit_id", "building", "room", "phone", "duties", "language",
    "is_admin", "is_coordinator", "is_contact", "retired_at",
)  # fmt: skip
OWN = ("title", "building", "room", "phone", "duties", "language")
ADMINISTRATORS_ONLY = ("is_admin", "is_coordinator")
KEEP: Any = object()  # «leave the unit as it is»


def seal(user: User) -> str:
    """The print of a person as she is now; see `change_person`."""
    return checks.seal(user, SEALED)


def make_findable(user: User) -> None:
    """Set the folded words that the directory looks in; done by itself at every save too."""
    user.needle = user.words()


@transaction
def create_person(
    organisation: Organisation, *, by: Viewer, unit: Group | None = None, **fields: Any
) -> User:
    """Add a person, without a password: she is invited by signin.

    fields: any of User's text columns and flags; given and family are required. A missing login
    is made of the name, a missing Latin form by transliteration. Raises Refused at the field.
    """
    user = User(organisation_id=organisation.id, organisation=organisation)
    with db.session.no_autoflush:
        require(by, Action.MANAGE, user)
        coordinators.may_grow(organisation, by)
        if not fields.get("login"):
            given, family = fields.get("given") or "", fields.get("family") or ""
            fields["login"] = free_login(given, family)
        for name in ("given", "family"):
            fields.setdefault(name, "")
        _write(user, fields, unit, by)
    db.session.add(user)
    _flush_login()
    if user.unit is not None:
        _joins(user, user.unit, by)
    _logged("user.create", user, by, organisation=organisation.id)
    return user


@transaction
def change_person(
    user: User,
    *,
    by: Viewer,
    seal: str | None = None,
    unit: Group | None = KEEP,
    **fields: Any,
) -> User:
    """Change a person, by an administrator or a coordinator of her organisation.

    Only the given fields change. `seal`: the print that the form was opened on. Raises Stale
    when she was changed since, Refused at the field.
    """
    require(by, Action.MANAGE, user)
    _fresh(user, seal)
    before = user.unit_id
    _write(user, fields, unit, by)
    _flush_login()
    if user.unit is not None and user.unit_id != before:
        _joins(user, user.unit, by)
    _logged("user.change", user, by)
    return user


@transaction
def change_profile(user: User, *, by: Viewer, seal: str | None = None, **fields: Any) -> User:
    """Change one's own entry: title, place, phone, duties and language; names are the clerk's."""
    if by.user_id != user.id:
        require(by, Action.READ, user)
        raise Forbidden
    _fresh(user, seal)
    _texts(user, {name: value for name, value in fields.items() if name in OWN})
    _logged("user.profile", user, by)
    return user


@transaction
def retire(user: User, *, by: Viewer, successor: User | None = None) -> None:
    """End a person's time here: no more sign-in, what she holds goes to the successor.

    Sessions end at her next request. Raises Refused at `successor` when one is needed or is not
    suitable, and without a field when she may not go at all.
    """
    require(by, Action.MANAGE, user)
    if user.retired_at is not None:
        return
    if user.id == by.user_id:
        raise Refused("", _("You cannot end your own access. Ask a colleague who may."))
    if user.is_admin:
        _another_administrator(user)
    held = holdings(user, by)
    if successor is None and held:
        raise Refused("successor", _("Name a successor: this person holds what is listed here."))
    if successor is not None:
        _suits(user, successor)
        for estate in (_own_estate, *hooks.on_retire):
            estate.hand_over(user, successor, by)
    user.retired_at = clock.now()
    user.successor_id = successor.id if successor else None
    ways_in.end_sessions(user.id)
    ways_in.void_tickets(user.id)
    handed = sum(each.number for each in held)
    _logged("user.retire", user, by, successor=user.successor_id, handed=handed)


@transaction
def bring_back(user: User, *, by: Viewer) -> None:
    """Let a retired person in again. What was handed over stays with the successor."""
    require(by, Action.MANAGE, user)
    if user.retired_at is None:
        return
    user.retired_at = None
    user.successor_id = None
    if not by.is_admin:
        user.is_coordinator = False  # no coordinator names another one
    if user.unit is not None and user.unit.retired_at is not None:
        user.unit_id = None
    _logged("user.bring_back", user, by)


def holdings(user: User, viewer: Viewer) -> list[Holding]:
    """Everything that a successor would take over, in the floors' order."""
    found = _own_estate.holdings(user, viewer)
    for estate in hooks.on_retire:
        found += estate.holdings(user, viewer)
    return found


def free_login(given: str, family: str) -> str:
    """A sign-in name for a person that nobody has: m.ivanova, m.ivanova2 and so on."""
    base = checks.login_for(given, family)
    pattern = base.replace("_", "/_").replace("%", "/%") + "%"
    taken = set(db.session.scalars(select(User.login).where(User.login.like(pattern, escape="/"))))
    number = 1
    login = base
    while login in taken:
        number += 1
        login = f"{base}{number}"
    return login


def _write(user: User, fields: Mapping[str, Any], unit: Group | None, by: Viewer) -> None:
    if not by.is_admin and any(
        name in fields and bool(fields[name]) != bool(getattr(user, name))
        for name in ADMINISTRATORS_ONLY
    ):
        raise Forbidden
    if user.is_admin and fields.get("is_admin") is False:
        _another_administrator(user)
    _names(user, fields)
    if "login" in fields:
        login = checks.login(fields["login"])
        if login != user.login and _is_taken(login):
            raise Refused("login", _login_taken(user))
        user.login = login
    if "email" in fields:
        user.email = checks.email(fields["email"])
    _texts(user, fields)
    if fields.get("is_coordinator") is False:
        coordinators.stays(user, "is_coordinator")
    _flags(user, fields)
    if unit is not KEEP:
        _unit(user, unit)


def _names(user: User, fields: Mapping[str, Any]) -> None:
    """Names, and their Latin forms: as written, else by the law of transliteration."""
    for name in ("given", "family"):
        latin = f"{name}_latin"
        before = text.latin(getattr(user, name) or "")
        if name in fields:
            setattr(user, name, checks.name(name, fields[name]))
        if fields.get(latin):
            written = checks.name(latin, fields[latin])
            # The form shows the old form beside a new name: it follows unless it was special.
            setattr(user, latin, "" if written == before else written)
        elif latin in fields or getattr(user, latin) in (before, None):
            setattr(user, latin, "")
        if not getattr(user, latin):
            setattr(user, latin, text.latin(getattr(user, name))[: User.NAME_MAX])
    if "patronymic" in fields:
        user.patronymic = checks.name("patronymic", fields["patronymic"], required=False)


def _texts(user: User, fields: Mapping[str, Any]) -> None:
    limits = {
        "title": User.TITLE_MAX,
        "position": User.POSITION_MAX,
        "position_en": User.POSITION_MAX,
        "building": User.BUILDING_MAX,
        "room": User.ROOM_MAX,
        "phone": User.PHONE_MAX,
    }
    for name, limit in limits.items():
        if name in fields:
            setattr(user, name, checks.line(name, fields[name], limit))
    if "duties" in fields:
        user.duties = checks.lines("duties", fields["duties"], User.DUTIES_MAX)
    if "language" in fields:
        chosen = fields["language"] or None
        user.language = checks.choice("language", chosen, LANGUAGES) if chosen else None


def _flags(user: User, fields: Mapping[str, Any]) -> None:
    was_admin = user.is_admin
    for name in ("is_admin", "is_coordinator", "is_contact"):
        if name in fields:
            setattr(user, name, bool(fields[name]))
    if user.is_admin and not user.organisation.is_home:
        raise Refused("is_admin", _("Administrators are people of the municipality."))
    if user.is_coordinator and user.organisation.is_home:
        raise Refused("is_coordinator", _("Coordinators are people of a partner organisation."))
    if user.is_admin and not was_admin and user.id is not None:
        ways_in.end_sessions_without_second_factor(user.id)


def _unit(user: User, unit: Group | None) -> None:
    if unit is not None and unit.id != user.unit_id:
        if not user.organisation.is_home:
            raise Refused("unit", _("Only people of the municipality belong to its units."))
        if not unit.is_unit or unit.retired_at is not None:
            raise Refused("unit", _("Choose one of the list."))
    user.unit_id = unit.id if unit is not None else None
    user.unit = unit


def _is_taken(login: str) -> bool:
    return db.session.scalar(select(User.id).where(User.login == login)) is not None


def _login_taken(user: User) -> str:
    free = free_login(user.given or "", user.family or "")
    return _("Somebody has this sign-in name already. %(free)s is free.", free=free)


def _flush_login() -> None:
    """Two people entered at the same moment: the database's unique name decides."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Refused("login", _("Somebody has this sign-in name already.")) from error


def _fresh(user: User, opened_on: str | None) -> None:
    if opened_on is not None and opened_on != seal(user):
        raise Stale(user)


def _joins(user: User, group: Group, by: Viewer) -> None:
    for hook in hooks.on_join:
        hook(user, group, by)


def _another_administrator(user: User) -> None:
    others = select(User.id).where(
        User.is_admin, User.retired_at.is_(None), User.id != (user.id or 0)
    )
    if db.session.scalar(others.limit(1)) is None:
        raise Refused("is_admin", _("The last administrator stays: appoint another one first."))


def _suits(user: User, successor: User) -> None:
    if successor.id == user.id or successor.retired_at is not None:
        raise Refused("successor", _("The successor is somebody else who works here."))
    same = successor.organisation_id == user.organisation_id
    if not same and not successor.organisation.is_home:
        raise Refused(
            "successor",
            _("The successor is of the same organisation, or of the municipality."),
        )


class _OwnEstate:
    """What the people floor itself knows: the units she heads, the partners she sponsors."""

    def _units(self, user: User) -> list[Group]:
        led = (Group.head_id == user.id) | (Group.deputy_id == user.id)
        return list(
            db.session.scalars(
                select(Group).where(led, Group.retired_at.is_(None)).order_by(Group.id)
            )
        )

    def _sponsored(self, user: User) -> list[Organisation]:
        wanted = select(Organisation).where(
            Organisation.sponsor_id == user.id, Organisation.retired_at.is_(None)
        )
        return list(db.session.scalars(wanted.order_by(Organisation.id)))

    def holdings(self, user: User, viewer: Viewer) -> list[Holding]:
        found = [
            Holding(
                _("Head of a unit") if u.head_id == user.id else _("Deputy head"),
                u.name_bg,
            )
            for u in self._units(user)
        ]
        return found + [
            Holding(_("Sponsor of a partner"), o.name_bg) for o in self._sponsored(user)
        ]

    def hand_over(self, user: User, successor: User, by: Viewer) -> None:
        units, sponsored = self._units(user), self._sponsored(user)
        if (units or sponsored) and not successor.organisation.is_home:
            raise Refused(
                "successor",
                _("Units and partners are handed to the municipality's people."),
            )
        for unit in units:
            if unit.head_id == user.id:
                unit.head_id = successor.id
                if unit.deputy_id == successor.id:
                    unit.deputy_id = None
            else:
                unit.deputy_id = None if unit.head_id == successor.id else successor.id
            audit.record("group.hand_over", "group", unit.id, by=by, successor=successor.id)
        for organisation in sponsored:
            organisation.sponsor_id = successor.id
            audit.record(
                "organisation.hand_over", "organisation", organisation.id, by=by,
                successor=successor.id,
            )  # fmt: skip
        if units or sponsored:
            audit.changed("person", successor.id)


_own_estate = _OwnEstate()


def _logged(action: str, user: User, by: Viewer, **facts: Any) -> None:
    audit.record(action, "user", user.id, by=by, **facts)
    audit.changed("person", user.id)
    site.bump()

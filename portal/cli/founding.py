"""Founding a municipality's installation: its first administrator and her way in."""

import re
from dataclasses import dataclass

from flask import Flask

from portal import audit
from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.admin import founding as house
from portal.cli.say import Progress, Stop, line
from portal.kernel.database import db
from portal.kernel.i18n import _
from portal.kernel.links import absolute
from portal.kernel.text import latin, tidy
from portal.kernel.transaction import transaction
from portal.signin import tickets

EMAIL = re.compile(r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}$")


@dataclass(frozen=True)
class Wanted:
    """What `portal init` was asked for, checked."""

    name: str
    name_en: str
    email: str
    given: str
    family: str

    @classmethod
    def checked(
        cls, name: str, name_en: str | None, admin: str, given: str, family: str
    ) -> "Wanted":
        """Stops at a name or an address that cannot be right."""
        name, email = tidy(name), tidy(admin)
        if not name or len(name) > 120:
            raise Stop(_("Give the municipality a name of at most 120 characters: --name …"))
        if not EMAIL.match(email) or len(email) > User.EMAIL_MAX:
            raise Stop(
                _("“%(text)s” is no e-mail address.", text=email),
                _("Give the administrator's, such as --admin ivanova@example.bg"),
            )
        return cls(
            name=name,
            name_en=tidy(name_en) or latin(name),
            email=email,
            given=tidy(given)[: User.NAME_MAX] or _("Portal"),
            family=tidy(family)[: User.NAME_MAX] or _("Administrator"),
        )


@dataclass(frozen=True)
class Invited:
    """The administrator's way in: a link that works once."""

    email: str
    link: str


def found(app: Flask, wanted: Wanted, progress: Progress) -> Invited:
    """Write the installation's first rows. One transaction: all of it or nothing."""
    progress.step(_("The municipality, its spaces and its administrator"))
    with app.app_context():
        return _found(wanted)


@transaction
def _found(wanted: Wanted) -> Invited:
    founded = house.found(wanted.name, wanted.name_en, email=wanted.email)
    user = User(
        login=_login(wanted.email),
        email=wanted.email,
        given=wanted.given,
        family=wanted.family,
        given_latin=latin(wanted.given),
        family_latin=latin(wanted.family),
        organisation_id=founded.municipality.id,
        is_admin=True,
    )
    accounts.make_findable(user)
    db.session.add(user)
    db.session.flush()
    audit.record("site.found", "site", 1, by=None)
    audit.record("user.add", "user", user.id, by=None)
    audit.changed("person", user.id)
    return Invited(wanted.email, absolute("signin.ticket", token=tickets.first_way_in(user.id)))


def _login(email: str) -> str:
    name = re.sub(r"[^a-z0-9._-]", "", email.split("@")[0].casefold()) or "admin"
    return name[: User.LOGIN_MAX]


def print_invitation(invited: Invited) -> None:
    line(
        _("Open this link as %(email)s and choose a password. It works once:", email=invited.email)
    )
    line(f"  {invited.link}")

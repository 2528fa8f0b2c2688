"""Founding a municipality's installation: its first administrator and her way in."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from markdown_it import MarkdownIt

from portal import audit
from portal.access import Role
from portal.accounts import checks
from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.admin import founding as house
from portal.cli.say import Progress, Stop, line
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import absolute
from portal.kernel.text import latin, sanitise, tidy
from portal.kernel.transaction import transaction
from portal.signin import tickets
from portal.spaces.models import Membership

PAGES = Path(__file__).with_name("pages.toml")
NAME_MAX = 120  # characters, as the site's row holds


def _from_email(email: str) -> str:
    """A sign-in name from the part before the @, or admin where none can be made of it."""
    name = re.sub(r"[^a-z0-9]+", ".", email.split("@", maxsplit=1)[0]).strip(".")
    return name[: User.LOGIN_MAX].strip(".") if len(name) > 1 else "admin"


@dataclass(frozen=True)
class Wanted:
    """What `portal init` was asked for, checked."""

    name: str
    name_en: str
    email: str
    login: str
    given: str
    family: str

    @classmethod
    def checked(
        cls, name: str, name_en: str | None, admin: str, given: str, family: str
    ) -> "Wanted":
        """Stops at a name or an address that cannot be right."""
        name, name_en = tidy(name), tidy(name_en) or latin(tidy(name))
        if not name or max(len(name), len(name_en)) > NAME_MAX:
            raise Stop(
                _(
                    "Give the municipality a name of at most %(n)s characters: --name …",
                    n=NAME_MAX,
                )
            )
        try:
            email = checks.email(admin) or ""
            return cls(
                name=name,
                name_en=name_en,
                email=email,
                login=checks.login(_from_email(email)),
                given=checks.name("given", given or _("Chief")),
                family=checks.name("family", family or _("Administrator")),
            )
        except Refused as refusal:
            flag = {"email": "admin", "login": "admin"}.get(refusal.field, refusal.field)
            raise Stop(f"--{flag}: {refusal.message}") from refusal


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
        login=wanted.login,
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
    audit.record("user.create", "user", user.id, by=None)
    audit.changed("person", user.id)
    for space in (founded.intranet, founded.extranet):
        # Somebody must manage them; she hands them over to the communication unit.
        role = int(Role.MANAGER)
        db.session.add(Membership(space_id=space.id, user_id=user.id, role=role))
        audit.record("space.add_member", "space", space.id, by=None, user=user.id, role=role)
    _add_pages(wanted)
    return Invited(wanted.email, absolute("signin.ticket", token=tickets.first_way_in(user.id)))


def _add_pages(wanted: Wanted) -> None:
    """The footer's pages, to be completed; better a text with gaps than a law without a page."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    for page in tomllib.loads(PAGES.read_text(encoding="utf-8"))["pages"]:
        for language, name in (("bg", wanted.name), ("en", wanted.name_en)):
            text = page[f"body_{language}"].replace("{name}", name).replace("{email}", wanted.email)
            house.add_page(
                page["key"],
                language,
                page[f"title_{language}"],
                sanitise(markdown.render(text)),
            )


def print_invitation(invited: Invited) -> None:
    line(
        _(
            "Open this link as %(email)s and choose a password. It works once:",
            email=invited.email,
        )
    )
    line(f"  {invited.link}")

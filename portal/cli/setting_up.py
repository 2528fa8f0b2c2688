"""`portal init`, `demo` and `upgrade`: making an installation and keeping it current."""

import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from flask import Flask

from portal.cli import instance
from portal.cli.say import Progress, Stop, line, seconds
from portal.cli.words import N_
from portal.kernel import config, database, i18n
from portal.kernel.i18n import _

log = logging.getLogger(__name__)
PASSWORD_FILE = "demo-password"
# The demonstration's password is typed by hand: four of 64 short words, 24 bits and two digits,
# for people of no consequence on this machine only.
_SYLLABLES = "ba be bo da de do ga go ka ko la le li lo ma me mi mo na ne no pa ra re ro sa so ta"


def made_up_password() -> str:
    """A password of the demonstration: easy to type, long enough for the portal's own rules."""
    syllables = _SYLLABLES.split()
    words = ["".join(secrets.choice(syllables) for _n in range(2)) for _m in range(3)]
    return f"{'-'.join(words)}-{secrets.randbelow(90) + 10}"


@dataclass(frozen=True)
class Fresh:
    """A new instance being set up: its app, and what to write when it is whole."""

    app: Flask
    settings: dict[str, Any]


def make_instance(
    folder: Path,
    settings: dict[str, Any],
    fill: Callable[[Flask], None],
    progress: Progress,
) -> None:
    """Set up an instance: schema, contents by `fill`, and at last its portal.toml.

    Interrupted anywhere, it is an empty instance still.
    """
    stored = {"secret_key": secrets.token_urlsafe(48), **settings}
    url = os.environ.get("PORTAL_DATABASE_URL") or stored.get("database_url")
    with instance.setting_up(folder, url):
        progress.step(_("The database"))
        # The settings stand in portal.toml only when all is done: that is what ends the set-up.
        app = instance.app_of(folder, as_overrides(stored, folder))
        database.upgrade(app)
        fill(app)
        instance.close(app)
        config.write(folder, **stored)


def as_overrides(stored: dict[str, Any], folder: Path) -> dict[str, Any]:
    keys = {setting.name: setting.key for setting in config.SETTINGS}
    overrides = {keys[name]: value for name, value in stored.items()}
    if url := os.environ.get("PORTAL_DATABASE_URL"):
        overrides["DATABASE_URL"] = url
    return overrides


def make_demo(folder: Path, progress: Progress) -> str:
    """Set up the demonstration; its one password."""
    password = os.environ.get("PORTAL_DEMO_PASSWORD") or made_up_password()

    def fill(app: Flask) -> None:
        from portal.demo.load import fill as load
        from portal.signin.passwords import make_hash

        with (
            app.app_context(),
            i18n.speaking(i18n.DEFAULT),
        ):  # what is stored is Bulgarian
            password_hash = make_hash(password)
        steps = {
            "people": _("People, units and partners"),
            "spaces": _("Spaces, topics and pages"),
            "news": _("News in every state"),
            "pages": _("Pages that a unit writes together"),
            "documents": _("Documents in folders"),
            "orders": _("What people must read"),
            "discussions": _("Discussions and what was decided"),
            "practices": _("Good practices of the partners"),
            "plan": _("The communication plan"),
            "tasks": _("Action plans and tasks"),
        }
        load(app, lambda key: progress.step(steps.get(key, key)), password_hash)
        progress.step(_("The search"))
        _index(app)
        keep_password(folder, password)

    make_instance(folder, {"demo": True}, fill, progress)
    return password


def _index(app: Flask) -> None:
    """Let the search answer from the first page on: the worker, once started, is half a minute at
    the papers. Whatever hinders it here, the worker writes the index anyway."""
    from portal import search

    with app.app_context():
        try:
            search.rebuild()
        except OSError as error:
            log.error("the index waits for the worker", extra={"facts": {"problem": repr(error)}})


def keep_password(folder: Path, password: str) -> None:
    path = folder / PASSWORD_FILE
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(password + "\n")


def kept_password(folder: Path) -> str:
    """The demonstration's password; empty when its file is gone."""
    path = folder / PASSWORD_FILE
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


@click.command(
    help=N_(
        "Make an empty instance into a municipality's installation.\n\n"
        "Writes portal.toml with a secret of its own, sets up the database, the intranet and the "
        "extranet, and invites the first administrator: the link printed at the end works once."
    )
)
@click.option("--name", required=True, help=N_("The municipality's name in Bulgarian."))
@click.option("--name-en", help=N_("Its name in English; otherwise the Latin form."))
@click.option("--admin", required=True, help=N_("The first administrator's e-mail."))
@click.option("--given", default="", help=N_("The administrator's given name."))
@click.option("--family", default="", help=N_("The administrator's family name."))
@click.option(
    "--base-url",
    help=N_("The address people will use, such as https://portal.example.bg."),
)
@click.option("--database-url", help=N_("A PostgreSQL database, empty; otherwise SQLite is used."))
def init(
    name: str,
    name_en: str | None,
    admin: str,
    given: str,
    family: str,
    base_url: str | None,
    database_url: str | None,
) -> None:
    from portal.cli import founding

    folder = config.default_instance()
    wanted = founding.Wanted.checked(name, name_en, admin, given, family)
    settings = {
        key: value
        for key, value in (("base_url", base_url), ("database_url", database_url))
        if value
    }
    invited: list[founding.Invited] = []
    progress = Progress()
    make_instance(
        folder,
        settings,
        lambda app: invited.append(founding.found(app, wanted, progress)),
        progress,
    )
    took = progress.done()
    line(_("%(name)s is set up in %(folder)s.", name=name, folder=folder))
    founding.print_invitation(invited[0])
    line()
    line(_("Start it:"))
    line("  portal run")
    line(
        _(
            "What else there is to do (proxy, mail, backups): docs/admin.md (%(took)s)",
            took=seconds(took),
        )
    )


@click.command(help=N_("Fill an empty instance with the demonstration; starts nothing."))
def demo() -> None:
    folder = config.default_instance()
    instance.must_be_empty(folder)
    progress = Progress()
    password = make_demo(folder, progress)
    took = seconds(progress.done())
    line(_("The demonstration is in %(folder)s (%(took)s).", folder=folder, took=took))
    line(_("Password of everybody: %(password)s", password=password))
    line(_("Start it: portal run"))


@click.command(
    help=N_(
        "Print a link with which a person chooses a new password.\n\n"
        "NAME is a sign-in name or an e-mail. The link works once, for seven days; older ones of "
        "hers stop working. For an administrator who is locked out while no mail can be sent."
    )
)
@click.argument("name")
@click.pass_obj
def invite(app_of: instance.AppMaker, name: str) -> None:
    from portal.importing import finding
    from portal.kernel.links import absolute
    from portal.signin import tickets

    with app_of().app_context():
        viewer = finding.person(name)
        link = absolute("signin.ticket", token=tickets.first_way_in(viewer.user_id or 0))
    line(_("Open this link as %(name)s (%(login)s):", name=viewer.name, login=viewer.login))
    line(f"  {link}")


@click.command(
    help=N_(
        "Take a lost phone away from a person's account.\n\n"
        "NAME is a sign-in name or an e-mail. Her recovery codes and sessions end, the password "
        "stays; where the second step is required, her next sign-in asks for another phone."
    )
)
@click.argument("name")
@click.pass_obj
def reset_second_factor(app_of: instance.AppMaker, name: str) -> None:
    from portal.importing import finding
    from portal.signin import second_factor

    with app_of().app_context():
        viewer = finding.person(name)
        second_factor.reset_by_command(viewer.user_id or 0)
    line(
        _("The second step of %(name)s (%(login)s) is reset.", name=viewer.name, login=viewer.login)
    )


@click.command(
    help=N_(
        "Bring the database to this version of the program.\n\n"
        "`portal run` does it by itself; run this before other servers and workers start."
    )
)
def upgrade() -> None:
    folder = config.default_instance()
    if not config.is_configured(folder):
        raise Stop(
            _("%(folder)s holds no installation yet.", folder=folder),
            _("Make one with `portal init --name … --admin EMAIL`."),
        )
    app = instance.app_of(folder)
    line(_("The database is up to date.") if not upgraded(app) else _("The database is upgraded."))


def upgraded(app: Flask) -> bool:
    """Bring the schema to the newest migration; False when it was there already."""
    found, newest = instance.schema_of(app)
    if found == newest:
        return False
    progress = Progress()
    progress.step(_("Upgrading the database to %(revision)s", revision=newest))
    database.upgrade(app)
    progress.done()
    return True

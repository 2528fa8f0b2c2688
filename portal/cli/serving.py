"""`portal run`: from an empty folder to a served page, in one command."""

import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

import click
from flask import Flask

from portal import serve
from portal.cli import instance, setting_up
from portal.cli.say import Progress, Stop, line, seconds
from portal.cli.words import N_
from portal.jobs.supervisor import Supervisor
from portal.kernel import config, log
from portal.kernel.i18n import _

HOST, PORT = "127.0.0.1", 8000
# Who can sign in to the demonstration, and what each shows.
DEMO_PEOPLE = (
    ("admin", N_("administrator: people, units, partners, settings, journal")),
    ("employee", N_("an employee: reads the intranet, finds people and news")),
    ("head", N_("head of a unit")),
    ("editor", N_("communication unit: editor of the intranet, publishes and reviews")),
    ("member", N_("communication unit: contributor, writes drafts")),
    ("partner", N_("a partner municipality: sees only what is meant for it")),
    ("coordinator", N_("coordinator of the same partner: keeps its people")),
    ("ngo", N_("a non-governmental organisation")),
)


@click.command(
    help=N_(
        "Serve the portal on this machine.\n\n"
        "An empty instance becomes the demonstration first, which is served on a loopback "
        "address only; `portal init` makes a municipality's own. Ctrl-C stops it."
    )
)
@click.option("--host", default=HOST, show_default=True, help=N_("The address to listen on."))
@click.option(
    "--port",
    default=PORT,
    show_default=True,
    type=click.IntRange(1, 65535),
    help=N_("The port to listen on."),
)
def run(host: str, port: int) -> None:
    folder = config.default_instance()
    fresh = not config.is_configured(folder)
    if fresh and not config.is_loopback(host):
        raise Stop(
            _("%(folder)s holds no installation yet.", folder=folder),
            _("Make one with `portal init --name … --admin EMAIL`, then run this again."),
        )
    if fresh:
        instance.must_be_empty(folder)
    taken = _listen(host, port)
    if fresh:
        line(
            _(
                "An empty instance: setting up the demonstration in %(folder)s",
                folder=folder,
            )
        )
        progress = Progress()
        setting_up.make_demo(folder, progress)
        progress.done()
    app = _app(folder, host, port)
    setting_up.upgraded(app)
    _announce(app, folder, host, port, _since_start())
    _log()
    serve.serve(app, taken, Supervisor(folder))
    line()
    line(_("Stopped."))


def _since_start() -> float:
    """The seconds since this process began, loading the program included."""
    ticks = Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
    began = int(ticks) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began


def _listen(host: str, port: int) -> Any:
    try:
        return serve.listen(host, port)
    except serve.AddressRefused as refused:
        if refused.is_busy:
            do = _(
                "Another program listens there. Try `portal run --port %(n)s`.",
                n=port + 1,
            )
        elif refused.is_forbidden:
            do = _("Ports below 1024 are the system's. Try `portal run --port 8000`.")
        else:
            do = _("Give an address of this machine with --host.")
        raise Stop(
            _(
                "%(host)s:%(port)s cannot be listened on: %(why)s",
                host=host,
                port=port,
                why=refused,
            ),
            do,
        ) from refused


def _app(folder: Path, host: str, port: int) -> Flask:
    app = instance.app_of(folder)
    if not app.config["DEMO"]:
        return app
    if not config.is_loopback(host):
        raise Stop(
            _("This is the demonstration: it is served on 127.0.0.1 only."),
            _(
                "For the network make an installation of your own: PORTAL_INSTANCE=FOLDER "
                "portal init --name … --admin EMAIL"
            ),
        )
    # The demonstration's links lead to where it is served now; its worker inherits the same.
    os.environ["PORTAL_BASE_URL"] = app.config["BASE_URL"] = f"http://{_shown(host)}:{port}"
    return app


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _announce(app: Flask, folder: Path, host: str, port: int, took: float) -> None:
    line()
    url = f"http://{_shown(host)}:{port}"
    line(
        _(
            "The portal is served on %(url)s (ready in %(took)s).",
            url=url,
            took=seconds(took),
        )
    )
    if app.config["DEMO"]:
        _announce_demo(folder)
    elif not url.startswith(app.config["BASE_URL"]):
        line(
            _(
                "People use it as %(url)s (base_url in portal.toml).",
                url=app.config["BASE_URL"],
            )
        )
    line(_("Ctrl-C stops it."))
    sys.stdout.flush()


def _announce_demo(folder: Path) -> None:
    password = setting_up.kept_password(folder)
    line()
    line(_("A demonstration with people and news that were made up. Sign in as"))
    for name, what in DEMO_PEOPLE:
        line(f"  {name + '@demo.example':<26}{_(what)}")
    if password:
        line(_("Password of everybody: %(password)s", password=password))
    line()


def _log() -> None:
    """A terminal shows what needs a person; a service's log gets a line for each request."""
    log.to_stream(logging.WARNING if sys.stderr.isatty() else logging.INFO)

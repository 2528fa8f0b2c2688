"""`portal`: the group of all commands, and how failures are told."""

import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from portal.cli import instance, words
from portal.cli.say import Stop
from portal.cli.words import N_
from portal.kernel import config, i18n
from portal.kernel.errors import Refused
from portal.kernel.i18n import _

DEBUG = "PORTAL_DEBUG"


class Portal(click.Group):
    """Turns foreseeable failures into a message and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if os.environ.get(DEBUG):
                raise
            raise explained(error) from error


def explained(error: Exception) -> Stop:
    """What to say of an error that reached the command line."""
    match error:
        case config.ConfigError():
            return Stop(str(error))
        case Refused():
            return Stop(error.message)
        case HTTPException():
            return Stop(
                _("This is not allowed to that person, or does not exist for her."),
                _("Ask a manager of the space for a role there, or name somebody else."),
            )
        case OperationalError():
            return Stop(
                _("The database cannot be used: %(why)s", why=str(error.orig).strip()),
                _("Check that it runs, that its disk is not full and that you may write to it."),
            )
        case OSError():
            return Stop(
                _(
                    "%(file)s: %(why)s",
                    file=error.filename or "",
                    why=error.strerror or error,
                ),
                _("Check the name, the permissions and the free space."),
            )
    return Stop(
        _(
            "An unforeseen error: %(kind)s: %(why)s",
            kind=type(error).__name__,
            why=str(error).split("\n")[0],
        ),
        _("Run the command again with `portal --debug …` and report what it prints."),
    )


def version() -> str:
    try:
        return metadata.version("town-portal")
    except metadata.PackageNotFoundError:
        return "0"


def _version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"portal {version()}")
        ctx.exit()


@click.group(
    cls=Portal,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=N_(
        "The portal that a municipality runs on.\n\n"
        "Without a command it serves: an empty instance becomes a demonstration first.\n\n"
        "Everything an installation owns lies in its instance folder, ./instance unless "
        "PORTAL_INSTANCE names another. PORTAL_LANGUAGE=bg or en chooses the language here."
    ),
)
@click.option("--debug", is_flag=True, help=N_("Show the trace of an unforeseen error."))
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help=N_("Show the version and exit."),
)
@click.pass_context
def portal(ctx: click.Context, debug: bool) -> None:
    if debug:
        os.environ[DEBUG] = "1"
    os.umask(0o077)  # what an installation owns is read by its own account alone
    ctx.obj = _app_maker(config.default_instance())
    if ctx.invoked_subcommand is None:
        ctx.invoke(portal.commands["run"])


def _app_maker(folder: Path) -> instance.AppMaker:
    """What commands are given: a function that returns the app of the chosen instance."""

    @cache
    def app() -> Flask:
        return instance.current_app_of(folder)

    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point of the `portal` program."""
    with i18n.speaking(words.chosen()):
        words.translate_click()
        words.translate(portal)
        try:
            portal.main(args=arguments, prog_name="portal")
        except BrokenPipeError:  # `portal … | head`
            sys.stderr.close()
            sys.exit(1)


def _assemble() -> None:
    from portal.cli import backing_up, importing, importing_documents, serving, setting_up
    from portal.jobs import cli as jobs
    from portal.search import cli as search

    importing.import_.add_command(importing_documents.documents)
    for command in (
        serving.run,
        setting_up.init,
        setting_up.demo,
        setting_up.upgrade,
        setting_up.invite,
        setting_up.reset_second_factor,
        backing_up.back_up,
        backing_up.restore,
        importing.import_,
        search.search_command,
        search.index_group,
        jobs.jobs_group,
        jobs.worker_command,
    ):
        portal.add_command(command)


_assemble()

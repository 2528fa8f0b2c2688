"""`portal backup` and `portal restore`."""

import os
from datetime import datetime
from pathlib import Path

import click

from portal import audit, backup
from portal.cli import instance, setting_up
from portal.cli.say import Progress, Stop, line, note, seconds
from portal.cli.words import N_
from portal.kernel import clock, config
from portal.kernel.i18n import _, ngettext
from portal.kernel.transaction import transaction

MIB = 1024 * 1024


def _reporting(progress: Progress, steps: dict[str, str]) -> backup.Progress:
    return backup.Progress(lambda key: progress.step(steps[key]), progress.count)


@click.command(
    "backup",
    help=N_(
        "Write the whole installation to FILE, while it runs.\n\n"
        "FILE is a .tar.gz with the tables of one moment, the files and portal.toml, readable by "
        "you alone: it holds every text and the secret. A folder as FILE gets a file named after "
        "the day and hour. An existing file is never written over."
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def back_up(app_of: instance.AppMaker, file: Path) -> None:
    path = _target(file)
    app = instance.app_of(config.default_instance())
    if instance.schema_of(app)[0] is None:
        raise Stop(_("The database is empty; there is nothing to back up."))
    progress = Progress()
    steps = {
        "files": _("Holding the files"),
        "tables": _("Reading the tables"),
        "archive": _("Writing %(file)s", file=path.name),
    }
    try:
        made = backup.make(app, path, _program(), _reporting(progress, steps))
    except backup.Busy as busy:
        raise Stop(
            _("Another backup of this installation is being made."),
            _("Wait until it is done, then try again."),
        ) from busy
    except FileExistsError as error:
        raise _taken(path) from error
    took = seconds(progress.done())
    _say(made, took)


def _target(file: Path) -> Path:
    """The file to write. Stops before any work when that cannot go well."""
    path = file
    if path.is_dir():
        path = path / f"portal-{clock.local(clock.now()):%Y-%m-%d-%H%M%S}.tar.gz"
    if path.exists():
        raise _taken(path)
    if not path.parent.is_dir():
        raise Stop(
            _("There is no folder %(folder)s.", folder=path.parent),
            _("Make it first, or give another file."),
        )
    if not os.access(path.parent, os.W_OK):
        raise Stop(
            _("You may not write to %(folder)s.", folder=path.parent),
            _("Give another file."),
        )
    return path.absolute()


def _taken(path: Path) -> Stop:
    return Stop(
        _("%(file)s exists already and is left as it is.", file=path),
        _("Give another name, or a folder."),
    )


def _program() -> str:
    from portal.cli.main import version

    return version()


def _say(made: backup.Made, took: str) -> None:
    manifest = made.manifest
    line(
        _(
            "%(file)s: %(rows)s rows, %(files)s files, %(size)s MiB (%(took)s).",
            file=made.path,
            rows=sum(manifest.rows.values()),
            files=manifest.files,
            size=f"{made.bytes / MIB:.1f}",
            took=took,
        )
    )
    if made.left_out:
        note(
            _(
                "Not in the backup, because only the environment has them: %(names)s.",
                names=", ".join(made.left_out),
            )
        )
    lost = len(manifest.missing) + len(manifest.damaged)
    if lost:
        raise Stop(
            ngettext(
                "The backup is made, but %(n)s file of the installation was lost before.",
                "The backup is made, but %(n)s files of the installation were lost before.",
                lost,
            ),
            _("Their names are in manifest.json; look for them in an older backup."),
        )


@click.command(
    help=N_(
        "Make an empty instance into the installation that FILE holds.\n\n"
        "The whole file is verified before anything is written. A backup of an older version is "
        "upgraded; one made on SQLite can go to PostgreSQL and back with --database-url."
    )
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--database-url", help=N_("Put the tables into this empty database instead."))
def restore(file: Path, database_url: str | None) -> None:
    folder = config.default_instance()
    instance.must_be_empty(folder)
    progress = Progress()
    steps = {
        "verify": _("Verifying %(file)s", file=file.name),
        "files": _("Files"),
        "tables": _("Tables"),
    }
    reporting = _reporting(progress, steps)
    try:
        manifest = backup.check(file, reporting)
        settings = backup.settings_of(file)
    except backup.Damaged as damaged:
        raise Stop(
            _("%(file)s cannot be restored: %(why)s.", file=file, why=damaged),
            _("Nothing was changed. Try another backup."),
        ) from damaged
    if database_url is not None:
        settings["database_url"] = database_url
    wanted = os.environ.get("PORTAL_DATABASE_URL") or settings.get("database_url")
    url = str(wanted or f"sqlite:///{folder / 'portal.db'}")
    with instance.setting_up(folder, url):
        backup.restore(file, manifest, folder, url, reporting)
        progress.step(_("The journal"))
        app = instance.app_of(folder, setting_up.as_overrides(settings, folder))
        with app.app_context():
            _note(manifest.made_at)
        instance.close(app)
        config.write(folder, **settings)
    _done(manifest, folder, seconds(progress.done()))


@transaction
def _note(made_at: str) -> None:
    audit.record("site.restore", "site", 1, by=None, made_at=made_at)


def _done(manifest: backup.Manifest, folder: Path, took: str) -> None:
    made = clock.local(datetime.fromisoformat(manifest.made_at))
    line(
        _(
            "%(name)s as of %(made)s is restored in %(folder)s: %(rows)s rows, %(files)s files "
            "(%(took)s).",
            name=manifest.name,
            made=f"{made:%d.%m.%Y, %H:%M}",
            folder=folder,
            rows=sum(manifest.rows.values()),
            files=manifest.files,
            took=took,
        )
    )
    lost = len(manifest.missing) + len(manifest.damaged)
    if lost:
        note(
            ngettext(
                "%(n)s file was lost already when the backup was made.",
                "%(n)s files were lost already when the backup was made.",
                lost,
            )
        )
    line(_("Start it with `portal run`. Search fills by itself in the first minutes."))
    line(_("If the old machine still runs, stop it: both would send the same mails."))

"""`portal import news` and `portal import users`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.cli import instance
from portal.cli.say import Progress, Stop, line, note, seconds, table
from portal.cli.words import N_
from portal.importing import finding, roster
from portal.importing.decoding import Unreadable
from portal.kernel import clock
from portal.kernel.i18n import _

if TYPE_CHECKING:  # they load the rooms, which `portal --help` does without
    from portal.importing.news import Outcome as TextOutcome
    from portal.importing.people import Outcome as PersonOutcome

LIST_MAX = 5 * 1024 * 1024  # bytes; a hundred thousand people


@click.group("import", help=N_("Take in texts and people that the municipality has already."))
def import_() -> None:
    pass


@import_.command(
    help=N_(
        "Take the texts of FOLDER (.txt, .md, .html) into a space as news.\n\n"
        "A title comes from the front matter, a heading, or the first line that is no menu and no "
        "date; doubtful ones are listed. A date comes from the front matter, a line of its own "
        "at the head of the text, or the file. Running it again updates what changed and leaves "
        "the rest. What is refused is listed with the reason, and the exit code is 1."
    )
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--space", "slug", required=True, help=N_("The space's short name: intranet …"))
@click.option(
    "--as",
    "name",
    help=N_("E-mail or name of who imports; otherwise the space's first manager or editor."),
)
@click.option("--draft", is_flag=True, help=N_("Leave new texts as drafts."))
@click.option("--dry-run", is_flag=True, help=N_("Say what would happen and change nothing."))
@click.option(
    "--collection",
    help=N_("The name under which the files are found again; otherwise the folder's."),
)
@click.pass_obj
def news(
    app_of: instance.AppMaker,
    folder: Path,
    slug: str,
    name: str | None,
    draft: bool,
    dry_run: bool,
    collection: str | None,
) -> None:
    app = app_of()
    from portal.importing import news as importing
    from portal.importing.naming import default_name

    with app.app_context():
        space = finding.space(slug)
        by = finding.person(name) if name else finding.keeper(space)
        run = importing.Import(
            folder,
            collection or default_name(folder),
            space,
            by,
            draft,
            dry_run,
        )
        run.check()
        note(
            _(
                "Importing into “%(space)s” as %(name)s (%(login)s).",
                space=space.name_bg,
                name=by.name,
                login=by.login,
            )
        )
        progress = Progress()
        progress.step(_("Reading %(folder)s", folder=folder))
        outcomes = run.run(progress.count)
        took = progress.done()
        waits = space.review_required and not draft
    _report_news(outcomes, dry_run, seconds(took))
    if waits:
        note(
            _(
                "“%(space)s” asks for review: what is new waits for it.",
                space=space.name_bg,
            )
        )


def _report_news(outcomes: list[TextOutcome], dry_run: bool, took: str) -> None:
    if not outcomes:
        raise Stop(_("The folder is empty."), _("Give a folder with .txt, .md or .html files."))
    words = result_words()
    table(
        (_("File"), _("Result"), _("Title"), _("Date")),
        (
            (
                one.file,
                words[one.result],
                one.title,
                f"{clock.local(one.day):%d.%m.%Y}{'' if one.day_from != 'file' else '*'}"
                if one.day
                else "",
            )
            for one in outcomes
            if one.result != "unchanged"
        ),
    )
    if any(one.day_from == "file" for one in outcomes):
        line(_("* no date in the text: the file's own"))
    listing(
        _("Look at these titles and texts:"),
        [(o.file, ", ".join(o.doubts)) for o in outcomes if o.doubts],
    )
    refused = [one for one in outcomes if one.result == "refused"]
    listing(_("Refused:"), [(one.file, one.reason) for one in refused])
    counts = {key: sum(one.result == key for one in outcomes) for key in words}
    line()
    line(
        _(
            "%(created)s created, %(updated)s updated, %(unchanged)s unchanged, "
            "%(doubtful)s to look at, %(refused)s refused (%(took)s).",
            doubtful=sum(bool(one.doubts) for one in outcomes),
            took=took,
            **counts,
        )
    )
    if dry_run:
        line(_("This was a rehearsal: nothing was changed."))
    if refused:
        click.get_current_context().exit(1)


def result_words() -> dict[str, str]:
    """The results of an import as people read them."""
    return {
        "created": _("created"),
        "updated": _("updated"),
        "unchanged": _("unchanged"),
        "refused": _("refused"),
    }


@import_.command(
    help=N_(
        "Take the people of a CSV file into the directory.\n\n"
        "UTF-8 or windows-1251, parted by comma, semicolon, tab or |. The first line names the "
        "columns: Име, Презиме, Фамилия (or Имена), Е-поща, Потребител, Длъжност, Звено, Стая, "
        "Телефон …, in English too. Running it again updates what changed, by sign-in name or by "
        "e-mail and name. A list with national numbers (ЕГН) is refused whole."
    )
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as",
    "name",
    help=N_("E-mail or name of who imports; otherwise the first administrator."),
)
@click.option("--create-units", is_flag=True, help=N_("Make the units that are not there yet."))
@click.option(
    "--invite",
    is_flag=True,
    help=N_("Invite the new people: by mail, or by a slip's code where there is no e-mail."),
)
@click.option("--dry-run", is_flag=True, help=N_("Say what would happen and change nothing."))
@click.pass_obj
def users(
    app_of: instance.AppMaker,
    file: Path,
    name: str | None,
    create_units: bool,
    invite: bool,
    dry_run: bool,
) -> None:
    if file.stat().st_size > LIST_MAX:
        raise Stop(
            _("%(file)s is larger than 5 MiB.", file=file),
            _("Part it into several lists."),
        )
    roster_ = _read_roster(file)
    app = app_of()
    from portal.importing.people import Import

    with app.app_context():
        by = finding.person(name) if name else finding.administrator()
        note(_("Importing people as %(name)s (%(login)s).", name=by.name, login=by.login))
        run = Import(by, create_units, invite, dry_run)
        progress = Progress()
        progress.step(_("Reading %(file)s", file=file.name))
        outcomes = run.run(roster_.rows, progress.count)
        took = progress.done()
    if roster_.ignored:
        line(_("Columns left out: %(names)s.", names=", ".join(roster_.ignored)))
    if run.new_units:
        line(_("New units: %(names)s.", names=", ".join(run.new_units)))
    _report_users(outcomes, dry_run, seconds(took))


def _read_roster(file: Path) -> roster.Roster:
    try:
        return roster.read(file.read_bytes())
    except roster.Unusable as error:
        raise Stop(str(error)) from error
    except Unreadable as error:
        raise Stop(
            _("%(file)s cannot be read: %(why)s.", file=file, why=error),
            _("Save the list as CSV (UTF-8) and try again."),
        ) from error


def _report_users(outcomes: list[PersonOutcome], dry_run: bool, took: str) -> None:
    words = result_words()
    table(
        (_("Line"), _("Result"), _("Name"), _("Sign-in name"), _("Note")),
        (
            (str(one.number), words[one.result], one.name, one.login, _way_in(one))
            for one in outcomes
            if one.result != "unchanged"
        ),
    )
    counts = {key: sum(one.result == key for one in outcomes) for key in words}
    line()
    line(
        _(
            "%(created)s created, %(updated)s updated, %(unchanged)s unchanged, "
            "%(refused)s refused (%(took)s).",
            took=took,
            **counts,
        )
    )
    if any(one.code for one in outcomes):
        line(_("Give each person her code on paper; she enters it with her name at /slip."))
    if dry_run:
        line(_("This was a rehearsal: nothing was changed."))
    if counts["refused"]:
        click.get_current_context().exit(1)


def _way_in(one: PersonOutcome) -> str:
    if one.reason:
        return one.reason
    if one.mailed:
        return _("invited by mail")
    return _("slip: %(code)s", code=one.code) if one.code else ""


def listing(head: str, rows: list[tuple[str, str]]) -> None:
    """What is to be looked at, each with the reason; nothing without rows."""
    if rows:
        line()
        line(head)
        for what, why in rows:
            line(f"  {what}: {why}")

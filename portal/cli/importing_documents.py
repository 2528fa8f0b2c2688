"""`portal import documents`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.cli import instance
from portal.cli.importing import listing, result_words
from portal.cli.say import Progress, Stop, line, note, seconds, size, table
from portal.cli.words import N_
from portal.importing import finding
from portal.kernel.i18n import _

if TYPE_CHECKING:  # they load the rooms, which `portal --help` does without
    from portal.importing.documents import Found, Import, Outcome


@click.command(
    help=N_(
        "Take the files of FOLDER and the folders in it into a space as documents.\n\n"
        "Folders become folders. Running it again stores new files, makes new versions of those "
        "whose bytes changed, and leaves the rest; what was put in the trash stays there. Hidden "
        "and temporary files are passed over, links are not followed. What is refused is listed "
        "with the reason, and the exit code is 1. The worker reads the texts afterwards."
    )
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--space", "slug", required=True, help=N_("The space's short name: intranet …"))
@click.option("--folder", "inside", help=N_("The folder of the space to put all in: Orders/2026"))
@click.option(
    "--as",
    "name",
    help=N_("E-mail or name of who imports; otherwise the space's first manager or editor."),
)
@click.option("--draft", is_flag=True, help=N_("Leave new documents and versions as drafts."))
@click.option("--dry-run", is_flag=True, help=N_("Say what would happen and change nothing."))
@click.option(
    "--collection",
    help=N_("The name under which the files are found again; otherwise the folder's."),
)
@click.pass_obj
def documents(
    app_of: instance.AppMaker,
    folder: Path,
    slug: str,
    inside: str | None,
    name: str | None,
    draft: bool,
    dry_run: bool,
    collection: str | None,
) -> None:
    app = app_of()
    from portal.files import readings
    from portal.importing import documents as importing
    from portal.importing.naming import default_name

    with app.app_context():
        space = finding.space(slug)
        by = finding.person(name) if name else finding.keeper(space)
        run = importing.Import(
            folder,
            collection or default_name(folder),
            space,
            by,
            inside=tuple(filter(None, (inside or "").split("/"))),
            draft=draft,
            dry_run=dry_run,
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
        progress.step(_("Looking through %(folder)s", folder=folder))
        found = importing.look_through(folder)
        if not found.files and not found.closed:
            raise Stop(_("The folder is empty."), _("Give a folder with files."))
        progress.step(_("Importing files"))
        outcomes = run.run(found, progress.count)
        took = progress.done()
        waits = not draft and run.is_reviewed
        unread = readings.waiting()
        space_name = space.name_bg
    _report(outcomes, found, run, took)
    if waits:
        note(_("“%(space)s” asks for review: what is new waits for it.", space=space_name))
    if unread and not dry_run:
        note(
            _(
                "The worker reads the texts in the background; %(n)s files wait for it. "
                "Until then they are found by their names.",
                n=unread,
            )
        )
    if run.broken_off or any(one.result == "refused" for one in outcomes):
        click.get_current_context().exit(1)


def _report(outcomes: list[Outcome], found: Found, run: Import, took: float) -> None:
    words = result_words()
    table(
        (_("File"), _("Result"), _("Size")),
        (
            (one.file, words[one.result], size(one.size))
            for one in outcomes
            if one.result not in ("unchanged", "refused")
        ),
    )
    listing(_("Refused:"), [(o.file, o.reason) for o in outcomes if o.result == "refused"])
    not_followed = _("a link; links are not followed")
    listing(_("Passed over:"), [(name, not_followed) for name in found.links])
    counts = {key: sum(one.result == key for one in outcomes) for key in words}
    line()
    line(
        _(
            "%(created)s created, %(updated)s updated, %(unchanged)s unchanged, "
            "%(refused)s refused (%(took)s).",
            took=seconds(took),
            **counts,
        )
    )
    trashed = sum(one.in_trash for one in outcomes)
    if trashed:
        line(_("%(n)s of the unchanged lie in the trash and stay there.", n=trashed))
    if found.leftovers:
        line(_("%(n)s hidden or temporary files were passed over.", n=found.leftovers))
    if run.dry_run:
        line(_("This was a rehearsal: nothing was changed."))
    if run.broken_off:
        left = len(found.files) + len(found.closed) - len(outcomes)
        line(_("Broken off; %(n)s files are left. Run it again to go on.", n=left))

"""`portal jobs run`, `portal jobs list`, `portal jobs retry`.

The commands are given a function that makes the app (`click`'s `obj`), see `portal.cli`.
"""

import json
from collections.abc import Callable

import click
from flask import Flask

from portal.jobs import queries, running, table, worker
from portal.kernel.i18n import _, ngettext

AppMaker = Callable[[], Flask]
STATES = ("waiting", "running", "failed", "done")


def N_(message: str) -> str:
    """Mark a text that is translated when it is shown."""
    return message


@click.group(help=N_("Work that leaves the request: mails, the index, the night's upkeep."))
def jobs_group() -> None:
    """Its commands do the work."""


@jobs_group.command("run", help=N_("Run what is due now: one job, or all with --until-idle."))
@click.option(
    "--until-idle",
    is_flag=True,
    help=N_("Follow the change log and run every due job until nothing is left."),
)
@click.pass_obj
def run(make_app: AppMaker, until_idle: bool) -> None:
    app = make_app()
    if until_idle:
        number = worker.until_idle(app)
    else:
        with app.app_context():
            number = int(running.run_one())
    click.echo(ngettext("%(n)s step done, nothing is left.", "%(n)s steps done, nothing is left.",
                        number) if until_idle else
               _("One job was run.") if number else _("No job is due."))  # fmt: skip


@jobs_group.command("list", help=N_("Show the jobs that wait, run or have failed."))
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(STATES),
    help=N_("Only jobs in this state; may be repeated."),
)
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON."))
@click.pass_obj
def show(make_app: AppMaker, states: tuple[str, ...], as_json: bool) -> None:
    with make_app().app_context():
        found = queries.listed(states or STATES[:3])
        counts = queries.counts()
    if as_json:
        lines = [{"id": r.id, "kind": r.kind, "state": r.state, "attempts": r.attempts,
                  "run_after": r.run_after.isoformat(), "error": r.error}
                 for r in found]  # fmt: skip
        click.echo(json.dumps({"counts": counts, "jobs": lines}, ensure_ascii=False))
        return
    for row in found:
        line = f"{row.id:>7}  {row.state:<8} {row.kind:<24} {row.run_after:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{line}  {row.attempts}×  {row.error.splitlines()[0] if row.error else ''}")
    names = {"waiting": _("jobs waiting"), "running": _("jobs running"),
             "failed": _("jobs failed"), "done": _("jobs done")}  # fmt: skip
    click.echo(", ".join(f"{names[state]}: {counts.get(state, 0)}" for state in STATES))


@jobs_group.command("retry", help=N_("Let a failed job be tried again from its first attempt."))
@click.argument("number", type=int)
@click.pass_obj
def retry(make_app: AppMaker, number: int) -> None:
    with make_app().app_context():
        again = table.retry(number)
    if not again:
        raise click.ClickException(_("No failed job has this number; see `portal jobs list`."))
    click.echo(_("The job waits to be run again."))


@click.command("worker", help=N_("Work until stopped: follow changes, run jobs, keep house."))
@click.pass_obj
@click.pass_context
def worker_command(ctx: click.Context, make_app: AppMaker) -> None:
    app = make_app()
    code = worker.run(app)
    if code == worker.ALREADY:
        click.echo(_("Another worker serves this instance already."), err=True)
    ctx.exit(code)

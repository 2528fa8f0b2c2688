"""`portal search QUERY --as EMAIL` and `portal index rebuild | status`.

Rebuilding is not `portal search rebuild`: that would be a search for the word «rebuild».
The commands are given a function that makes the app (`click`'s `obj`), see `portal.cli`.
"""

import json
from collections.abc import Callable
from typing import Any

import click
from flask import Flask

from portal.access import Viewer
from portal.kernel.i18n import _, ngettext
from portal.search import finding, queries, services
from portal.spaces import viewers

AppMaker = Callable[[], Flask]


def N_(message: str) -> str:
    """Mark a text that is translated when it is shown."""
    return message


@click.command(
    "search",
    help=N_(
        "Search as a person would: only what she may read is found.\n\n"
        "The use is journalled, without the words. With --json the answer is one object: "
        '{"total", "hits": [{"kind", "id", "title", "url", "score"}]}.'
    ),
)
@click.argument("query")
@click.option("--as", "name", required=True, help=N_("The person: e-mail or sign-in name."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON."))
@click.option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(1, 1000),
    help=N_("At most so many hits."),
)
@click.pass_obj
def search_command(make_app: AppMaker, query: str, name: str, as_json: bool, limit: int) -> None:
    with make_app().app_context():
        viewer = _viewer(name)
        asked = finding.Asked(query, limit=limit)
        while services.follow():  # what was imported a moment ago is to be found, worker or not
            pass
        found = finding.find(viewer, asked, apart=False)
        if viewer.user_id is not None:
            services.searched_as(viewer.user_id, found.total)
        hits = [_line(result) for result in found.hits]
    if as_json:
        click.echo(json.dumps({"total": found.total, "hits": hits}, ensure_ascii=False))
        return
    click.echo(ngettext("%(n)s result", "%(n)s results", found.total))
    for hit in hits:
        click.echo(f"{hit['score']:>8.3f}  {hit['kind']}:{hit['id']}  {hit['title']}  {hit['url']}")


def _line(result: finding.Result) -> dict[str, Any]:
    shown = result.shown
    return {
        "kind": shown.kind,
        "id": shown.item_id,
        "title": shown.title,
        "url": shown.url,
        "score": result.score,
    }


def _viewer(name: str) -> Viewer:
    found = queries.people_named(name)
    if not found:
        raise click.ClickException(_("Nobody signs in as %(name)s.", name=name))
    if len(found) > 1:
        logins = ", ".join(row.login for row in found)
        raise click.ClickException(
            _(
                "Several people share this e-mail; name one of them: %(logins)s",
                logins=logins,
            )
        )
    viewer = viewers.by_user(found[0].id)
    if viewer is None:
        raise click.ClickException(_("%(name)s may no longer sign in.", name=name))
    return viewer


@click.group("index", help=N_("The index behind the search box."))
def index_group() -> None:
    """Its commands do the work."""


@index_group.command(
    "rebuild",
    help=N_(
        "Write every document afresh from the database.\n\n"
        "The old index serves meanwhile; after a crash the command goes on where it was."
    ),
)
@click.pass_obj
def rebuild(make_app: AppMaker) -> None:
    with make_app().app_context():
        count = services.rebuild(lambda done: click.echo(f"  … {done}", err=True))
    click.echo(ngettext("%(n)s document indexed.", "%(n)s documents indexed.", count))


@index_group.command("status", help=N_("Show what the index holds and how far it has followed."))
@click.pass_obj
def status(make_app: AppMaker) -> None:
    with make_app().app_context():
        facts = {**services.engine().stats(), "newest_change": queries.newest_change()}
    click.echo(json.dumps(facts, ensure_ascii=False))

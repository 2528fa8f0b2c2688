"""`portal search QUERY --as EMAIL`, `portal search evaluate | conflation | rebuild` and
`portal index rebuild | status`.

The commands are given a function that makes the app (`click`'s `obj`), see `portal.cli`.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Flask

from portal.access import Viewer
from portal.kernel.i18n import _, ngettext
from portal.search import finding, judging, queries, services
from portal.spaces import viewers

AppMaker = Callable[[], Flask]


def N_(message: str) -> str:
    """Mark a text that is translated when it is shown."""
    return message


class Search(click.Group):
    """What names a person is a question of hers, even if its first word names a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_question = any(arg == "--as" or arg.startswith("--as=") for arg in args)
        if is_question or (args and args[0] not in (*self.commands, *ctx.help_option_names)):
            args = ["question", *args]
        return super().parse_args(ctx, args)


@click.group(
    "search",
    cls=Search,
    help=N_(
        "Search as a person would, and measure how good search is.\n\n"
        "`portal search QUERY --as EMAIL` is short for `portal search question QUERY --as EMAIL`."
    ),
)
def search_command() -> None:
    """Its commands do the work."""


@search_command.command(
    "question",
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
def question(make_app: AppMaker, query: str, name: str, as_json: bool, limit: int) -> None:
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


_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@search_command.command(
    "evaluate",
    help=N_(
        "Put judged questions to the real search, over an index made for it and thrown away.\n\n"
        "Documents: a JSON object on each line with id, title, body. Tables: columns parted by "
        "tabs under a header, qid, kind, text and qid, docid, rel; other columns are ignored.\n\n"
        "With --json the answer is one object: "
        '{"kinds": {kind: {"mrr@10", "recall@10", "n"}}}.'
    ),
)
@click.option("--docs", required=True, type=_FILE, help=N_("The documents, JSON lines."))
@click.option("--queries", required=True, type=_FILE, help=N_("The questions, a table."))
@click.option("--qrels", required=True, type=_FILE, help=N_("Which document answers which."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON."))
def evaluate(docs: Path, queries: Path, qrels: Path, as_json: bool) -> None:
    found = judging.evaluated(
        docs,
        queries,
        qrels,
        lambda done: click.echo(f"  … {done}", err=True),
        lambda text: click.echo(text, err=True),
    )
    if as_json:
        click.echo(json.dumps(judging.as_json(found), ensure_ascii=False))
        return
    width = max(len(kind) for kind in (*found, "macro"))
    click.echo(f"{'':<{width}}  mrr@10  recall@10      n")
    for kind, each in found.items():
        click.echo(f"{kind:<{width}}  {each.mrr:6.3f}  {each.recall:9.3f}  {each.number:5}")
    mrr = sum(each.mrr for each in found.values()) / len(found)
    recall = sum(each.recall for each in found.values()) / len(found)
    click.echo(f"{'macro':<{width}}  {mrr:6.3f}  {recall:9.3f}")


@search_command.command(
    "conflation",
    help=N_(
        "Measure how well forms of one word meet, over treebanks in CoNLL-U.\n\n"
        "Recall: of the pairs of forms that share lemma and part of speech, those that search "
        "takes for one word. Precision: of the pairs that search takes for one word, those that "
        'share a lemma. The answer is one object: {"recall", "precision"}.'
    ),
)
@click.option(
    "--conllu",
    "files",
    required=True,
    multiple=True,
    type=_FILE,
    metavar="FILE",
    help=N_("A file in CoNLL-U; may be repeated."),
)
@click.option("--json", "as_json", is_flag=True, help=N_("The same: the answer is always JSON."))
def conflation(files: tuple[Path, ...], as_json: bool) -> None:
    click.echo(json.dumps(judging.conflation(files)))


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


search_command.add_command(rebuild)  # where one looks for it, too

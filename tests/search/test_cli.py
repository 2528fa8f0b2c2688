"""The commands: searching as somebody, rebuilding, running jobs."""

import json
from typing import Any

import pytest
from click import Command
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from portal import search
from portal.audit.models import JournalLine
from portal.content.models import Topic
from portal.jobs import cli as jobs_cli
from portal.jobs import table
from portal.jobs.models import Job
from portal.kernel import i18n
from portal.kernel.database import db
from portal.search.cli import index_group, search_command
from tests.search import room
from tests.support.cast import Cast


@pytest.fixture
def call(app: Flask) -> Any:
    def run(command: Command, *arguments: str) -> Result:
        db.session.rollback()
        with i18n.speaking("en"):
            done = CliRunner().invoke(command, list(arguments), obj=lambda: app)
        db.session.rollback()
        return done

    return run


@pytest.fixture
def text(app: Flask, cast: Cast) -> int:
    return room.write("Заповед за отпуските", space=cast.space("workspace").id)


def test_a_command_finds_what_the_person_would(call: Any, text: int, cast: Cast) -> None:
    """Also what was written a moment ago, with no worker running."""
    found = call(search_command, "отпуск", "--as", "Editor@town.example", "--json")
    [hit] = json.loads(found.output)["hits"]
    score = hit.pop("score")
    assert score > 0
    assert hit == {"kind": "topic", "id": text, "title": "Заповед за отпуските",
                   "url": f"/topics/{text}"}  # fmt: skip
    nothing = call(search_command, "отпуск", "--as", "reader", "--json")
    assert json.loads(nothing.output) == {"total": 0, "hits": []}
    assert "1 result" in call(search_command, "отпуск", "--as", "editor").output


def test_searching_as_somebody_is_journalled_without_the_words(
    call: Any, text: int, cast: Cast
) -> None:
    call(search_command, "отпуск", "--as", "editor", "--json")
    line = db.session.scalars(select(JournalLine)).one()
    assert (line.action, line.kind, line.item_id) == (
        "search.as",
        "user",
        cast.id("editor"),
    )
    assert line.facts == {"hits": 1}


@pytest.mark.usefixtures("cast")
def test_unknown_shared_and_retired_names_are_refused(call: Any, cast: Cast) -> None:
    assert "Nobody signs in as" in call(search_command, "x", "--as", "nobody@x.example").output
    cast["ngo"].email = cast["partner"].email = "shared@town.example"
    db.session.commit()
    refused = call(search_command, "x", "--as", "shared@town.example")
    assert refused.exit_code == 1
    assert "ngo" in refused.output
    assert "partner" in refused.output


def test_the_index_is_rebuilt_by_command(call: Any, text: int) -> None:
    assert "1 document indexed." in call(index_group, "rebuild").output
    assert "1 document indexed." in call(search_command, "rebuild").output
    found = call(search_command, "rebuild", "--as", "editor", "--json")  # a word like others
    assert json.loads(found.output)["total"] == 0
    facts = json.loads(call(index_group, "status").output)
    assert facts["documents"] == 1
    assert facts["cursor"] == facts["newest_change"]


def test_jobs_run_until_idle(call: Any, app: Flask) -> None:
    room.ask_for("test.once", "Отпуск")
    done = call(jobs_cli.jobs_group, "run", "--until-idle")
    assert "nothing is left" in done.output
    assert db.session.scalar(select(Topic.name_bg)) == "Отпуск"
    assert search.engine().stats()["documents"] == 1
    assert "No job is due." in call(jobs_cli.jobs_group, "run").output


def test_jobs_are_listed_and_tried_again(call: Any, app: Flask) -> None:
    room.ask_for("test.once", "Отпуск")
    listed = json.loads(call(jobs_cli.jobs_group, "list", "--json").output)
    assert listed["counts"] == {"waiting": 1}
    ident = listed["jobs"][0]["id"]
    assert call(jobs_cli.jobs_group, "retry", str(ident)).exit_code == 1
    claimed = table.claim()
    assert claimed is not None
    table.failed(claimed, "no paper", for_good=True)
    assert "no paper" in call(jobs_cli.jobs_group, "list").output
    assert call(jobs_cli.jobs_group, "retry", str(ident)).exit_code == 0
    assert db.session.get_one(Job, ident).state == "waiting"

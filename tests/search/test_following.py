"""The index follows the change log, whatever dies in between."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from portal import search
from portal.audit.models import Change
from portal.content.models import Topic
from portal.jobs.models import Job
from portal.kernel.database import db
from portal.search import schema, services
from portal.search.engine import WhooshEngine
from portal.search.protocol import Query, SearchDocument
from portal.search.services import follow, rebuild
from tests.search import room
from tests.search.conftest import Child
from tests.search.makers import MEMBER, NOW


def found(words: str) -> list[int]:
    index = search.engine()
    index.refresh(at_once=True)  # type: ignore[call-arg]
    return sorted(h.item_id for h in index.search(Query(words, MEMBER, NOW, limit=999)).hits)


def follow_all() -> int:
    number = 0
    while follow():
        number += 1
    return number


def test_a_first_look_makes_an_index(app: Flask) -> None:
    room.write("Отпуск")
    assert follow_all() == 1
    assert found("отпуск") == [1]
    assert follow_all() == 0


def test_the_newest_state_of_each_item_is_written_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_all()
    ident = room.write("Отпуск")
    for n in range(5):
        room.rewrite(ident, f"Заповед {n}")
    gone = room.write("Друго")
    room.remove(gone)
    written: list[Any] = []
    index = search.engine()
    plain_write = index.write

    def write(documents: Any, gone: Any, **more: int) -> bool:
        written.append((documents, gone))
        return plain_write(documents, gone, **more)

    monkeypatch.setattr(index, "write", write)
    assert follow_all() == 1
    [(documents, forgotten)] = written
    assert [d.title for d in documents] == ["Заповед 4"]
    assert forgotten == [(room.KIND, gone)]
    assert found("заповед") == [ident]
    assert found("отпуск друго") == []


def test_one_broken_item_keeps_no_other_from_being_found(app: Flask) -> None:
    follow_all()
    room.write("Отпуск", slug="a broken slug")
    good = room.write("Отпуск")
    follow_all()
    assert found("отпуск") == [good]


def test_an_item_that_cannot_be_analysed_is_left_out_and_tried_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Followed or rebuilt: it holds up no other, its old words are forgotten, and it comes back."""
    plain_fields = schema.document_fields

    def fields(document: SearchDocument) -> schema.Fields:
        if "счупена" in document.title:
            raise RecursionError
        return plain_fields(document)

    bad = room.write("Отпуск")
    follow_all()
    monkeypatch.setattr(schema, "document_fields", fields)
    room.rewrite(bad, "Заповед, счупена")
    good = room.write("Отпуск")
    assert follow_all() == 1
    assert found("отпуск") == [good]
    for again in (lambda: None, rebuild):
        again()
        assert follow_all() == 0  # not at once
        monkeypatch.setattr(schema, "document_fields", plain_fields)
        app.extensions["search left out"].update({(room.KIND, bad): 0.0})
        assert follow_all() == 1
        assert found("заповед") == [bad]
        monkeypatch.setattr(schema, "document_fields", fields)


def test_whatever_goes_wrong_the_worker_goes_on_with_other_things(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_all()
    ident = room.write("Отпуск")
    with monkeypatch.context() as patch:
        patch.setattr(services._Pace, "blocked_until", 0.0)
        patch.setattr(search.engine(), "write", lambda *_, **__: 1 / 0)
        assert not follow()
        assert services._Pace.blocked_until > time.monotonic()
    follow_all()
    assert found("отпуск") == [ident]


def test_an_unknown_kind_is_forgotten(app: Flask) -> None:
    from portal import audit
    from portal.kernel.transaction import transaction

    follow_all()
    transaction(lambda: audit.changed("nobody's", 1))()
    assert follow_all() == 1
    assert follow_all() == 0


def test_an_index_ahead_of_the_database_is_rebuilt(app: Flask) -> None:
    """A restored backup: the log is shorter than what the index has followed."""
    first = room.write("Отпуск")
    room.write("Отпуск")
    follow_all()
    db.session.execute(delete(Change).where(Change.id == 2))
    db.session.execute(delete(Topic).where(Topic.id == 2))
    db.session.commit()
    follow_all()
    assert found("отпуск") == [first]


def test_a_lost_index_is_made_again(app: Flask) -> None:
    room.write("Отпуск")
    follow_all()
    shutil.rmtree(Path(app.instance_path) / "index")
    follow_all()
    assert found("отпуск") == [1]


def test_an_index_that_cannot_be_read_is_not_written_again_and_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services._Pace, "blocked_until", 0.0)
    monkeypatch.setattr(WhooshEngine, "_newest", lambda self: None)
    assert not follow()  # the worker goes on with other things
    assert services._Pace.blocked_until > 0


def test_what_changes_during_a_rebuild_is_followed_after_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = room.write("Отпуск")
    second = room.write("Отпуск")
    follow_all()

    def load_and_change(key: tuple[str, int]) -> Any:
        document = plain_load(key)
        db.session.rollback()
        if key[1] == second:  # while the rebuild is under way
            room.rewrite(first, "Заповед")
            room.write("Заповед")
            follow()  # the old index goes on serving and following
        return document

    plain_load = services.load
    monkeypatch.setattr(services, "load", load_and_change)
    rebuild()
    monkeypatch.setattr(services, "load", plain_load)
    follow_all()
    assert found("заповед") == [1, 3]
    assert found("отпуск") == [second]


# ── Dying ───────────────────────────────────────────────────────────────

INDEX_PLACES = [
    "follow.read", "follow.loaded", "index.written", "index.committed",
    "rebuild.batch", "rebuild.written", "rebuild.switching", "rebuild.switched",
]  # fmt: skip


@pytest.mark.database("sqlite")  # the index does not know which database it copies
@pytest.mark.parametrize("place", INDEX_PLACES)
def test_killed_while_it_indexes_nothing_is_lost(app: Flask, run_child: Child, place: str) -> None:
    killed_at(place, run_child)


@pytest.mark.parametrize("place", ["job.claimed", "job.done", "job.ended"])
def test_killed_while_it_runs_jobs_each_is_done_once(
    app: Flask, run_child: Child, place: str
) -> None:
    killed_at(place, run_child)


def killed_at(place: str, run_child: Child) -> None:
    if not place.startswith("rebuild"):
        follow_all()  # the index is there; else the first thing is a rebuild
    kept = room.write("Отпуск")
    changed = room.write("Отпуск")
    room.rewrite(changed, "Заповед")
    room.remove(room.write("Отпуск"))
    room.ask_for("test.once", "Бюджет")
    room.ask_for("test.idempotent", "Проект")
    assert run_child(place) == -9, f"{place} was never reached"
    if place.startswith("job"):
        run_child(f"{place}:2")  # and once more, at its second time
    assert run_child() == 0
    db.session.rollback()
    assert found("отпуск") == [kept]
    assert found("заповед") == [changed]
    for title in ("Бюджет", "Проект"):
        made = db.session.scalars(select(Topic.id).where(Topic.name_bg == title)).all()
        assert len(made) == 1
        assert found(title) == made
    states = db.session.execute(select(Job.state, func.count()).where(Job.kind.like("test.%"))
                                .group_by(Job.state)).all()  # fmt: skip
    assert [tuple(row) for row in states] == [("done", 2)]


@pytest.mark.database("sqlite")
def test_a_rebuild_that_died_goes_on_where_it_was(
    app: Flask, run_child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        room.write(f"Отпуск {n}")
    assert run_child("rebuild.batch") == -9
    building = Path(app.instance_path) / "index" / "building"
    cursor = json.loads((building / "started.json").read_text())["cursor"]
    room.rewrite(2, "Заповед")
    loaded: list[int] = []
    plain_load = services.load

    def load(key: tuple[str, int]) -> Any:
        loaded.append(key[1])
        return plain_load(key)

    monkeypatch.setattr(services, "load", load)
    rebuild()
    assert loaded == []  # all four were written before the death
    assert search.engine().cursor() == cursor
    monkeypatch.setattr(services, "load", plain_load)
    follow_all()
    assert found("отпуск") == [1, 3, 4]
    assert found("заповед") == [2]
    assert not building.exists()


def test_the_index_is_tidied_in_quiet_moments_or_when_crowded(app, monkeypatch):
    """A merge takes a second: what was just uploaded must not wait for it."""
    tidied: list[bool] = []
    monkeypatch.setattr(services.engine(), "tend", lambda thoroughly=False: tidied.append(True))
    services._Pace.at, services._Pace.writes = time.monotonic(), 1
    services.tend()
    assert not tidied
    services._Pace.writes = services.CROWDED
    services.tend()
    assert len(tidied) == 1
    services.tend()
    assert len(tidied) == 1
    services._Pace.at -= services.QUIET + 1
    services.tend()
    assert len(tidied) == 2

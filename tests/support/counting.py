"""Counting SQL statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from portal.kernel.database import db

_FREE = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that the block runs, in order; not BEGIN and its kin."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _x: Any, _many: bool) -> None:
        if not statement.lstrip().upper().startswith(_FREE):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def query_budget(app: Flask, number: int) -> Iterator[list[str]]:
    """Fail when the block runs more than `number` statements."""
    with counted(app) as seen:
        yield seen
    listing = "\n".join(f"  {i}. {' '.join(s.split())[:160]}" for i, s in enumerate(seen, 1))
    assert len(seen) <= number, f"{len(seen)} statements, {number} allowed:\n{listing}"

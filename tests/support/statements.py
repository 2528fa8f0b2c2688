"""Each test has an engine of its own: the SQL that all of them send is written once a run."""

from typing import Any

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache

NUMBER = 5_000  # statements kept of each kind of database


def compile_once() -> None:
    """Give all engines of a kind one cache of compiled statements: an eighth of the run.

    A server has the same: its one engine compiles a statement when it first sends it.
    """
    kept: dict[type, LRUCache[Any, Any]] = {}
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        kept[dialect] = LRUCache(NUMBER)
        # The cache tells dialects apart, of which each engine has one.
        dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
        dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]

    def shared(engine: Engine) -> LRUCache[Any, Any]:
        return kept[type(engine.dialect)]

    Engine._compiled_cache = property(shared, lambda engine, own: None)  # type: ignore[assignment]

"""Rows of many tables, numbered by the caller and written in bulk."""

from typing import Any

from sqlalchemy import func, insert, select

from portal.kernel.database import Base, db


class Rows:
    """Collects rows, and writes those that others point at first."""

    def __init__(self) -> None:
        self._rows: dict[Any, list[dict[str, Any]]] = {}
        self._next: dict[Any, int] = {}

    def number(self, model: Any) -> int:
        """The next free number of a table."""
        if model not in self._next:
            self._next[model] = (db.session.scalar(select(func.max(model.id))) or 0) + 1
        self._next[model] += 1
        return self._next[model] - 1

    def add(self, model: Any, **fields: Any) -> None:
        """A row. Each row of a table names the same columns; others take their defaults."""
        self._rows.setdefault(model.__table__, []).append(fields)

    def write(self) -> None:
        for table in Base.metadata.sorted_tables:
            if table in self._rows:
                db.session.execute(insert(table), self._rows[table])
        self._rows.clear()

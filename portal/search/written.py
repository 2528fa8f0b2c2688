"""The texts that are shown as hits, in full: fetched for a page at once, then kept a while.

A text may be long, and a page of hits shows a line of twenty of them. What is kept belongs to no
reader: the policy has let her read the item before its words are asked for here.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import Row, Select, Text, bindparam, literal, select, union_all

from portal.kernel.database import rows
from portal.kernel.transaction import in_transaction
from portal.search.kept import Kept

BYTES = 16 * 1024 * 1024  # of texts, in each process


class Written(Protocol):
    """The source of a kind of texts, see `texts.TextSearch`."""

    kind: str
    model: Any
    columns: Sequence[Any]

    def words(self, text: Any) -> str: ...


def in_full(wanted: Iterable[tuple[Written, Row[Any]]]) -> dict[int, str]:
    """Summary and words of each text, by its number: one statement for those not known yet.

    A known one is the very same object each time, so that what is kept of it is found at once.
    """
    kept = _kept()
    found: dict[int, str] = {}
    missing: dict[int, tuple[Written, Row[Any]]] = {}
    for source, text in wanted:
        known = kept.known(_state(text)) if kept is not None else None
        if known is None:
            missing[text.id] = (source, text)
        else:
            found[text.id] = known
    for ident, read in _read(missing).items():
        text = missing[ident][1]
        whole = found[ident] = f"{text.summary}\n{read}"
        if kept is not None:
            kept.keep(_state(text), whole, 2 * len(whole))
    return found


def _kept() -> Kept | None:
    if in_transaction():
        return None  # what a service is writing may be undone
    kept: Kept | None = current_app.extensions.get("search words")
    if kept is None:
        kept = current_app.extensions["search words"] = Kept(BYTES)
    return kept


def _state(text: Row[Any]) -> tuple[Any, ...]:
    """What changes with each change of a text. Its number alone is not enough: a database gives
    that of a deleted draft to the next one."""
    return text.id, text.content_id, text.saves, text.changed_at, text.title


def _read(missing: dict[int, tuple[Written, Row[Any]]]) -> dict[int, str]:
    by_kind: dict[str, tuple[Written, list[int]]] = {}
    for ident, (source, _text) in missing.items():
        by_kind.setdefault(source.kind, (source, []))[1].append(ident)
    # Texts of one column are fetched together; what else there may be, each for itself.
    alike = tuple(kind for kind, (source, _) in sorted(by_kind.items()) if _is_plain(source))
    others = [(kind,) for kind in by_kind if kind not in alike]
    found = {}
    for kinds in filter(None, (alike, *others)):
        sources = {kind: by_kind[kind][0] for kind in kinds}
        statement = _statement(tuple((kind, *source.columns) for kind, source in sources.items()))
        for row in rows(statement, {kind: by_kind[kind][1] for kind in kinds}):
            source = sources[row.kind]
            found[row.id] = source.words(_Text(source.columns, row[2:]))
    return found


def _is_plain(source: Written) -> bool:
    return len(source.columns) == 1 and isinstance(source.columns[0].type, Text)


@cache
def _statement(kinds: tuple[tuple[Any, ...], ...]) -> Any:
    """The own columns of texts: of each kind a select, built once."""
    parts: list[Select[Any]] = []
    for kind, *columns in kinds:
        table = columns[0].class_.__table__  # its own alone: the common one is not asked again
        parts.append(
            select(literal(kind).label("kind"), table.c.id, *(table.c[c.key] for c in columns))
            .where(table.c.id.in_(bindparam(kind, expanding=True)))
        )  # fmt: skip
    return parts[0] if len(parts) == 1 else union_all(*parts)


class _Text:
    """A text with nothing but its own columns."""

    def __init__(self, columns: Iterable[Any], values: Iterable[Any]) -> None:
        self.__dict__.update(zip((each.key for each in columns), values, strict=True))

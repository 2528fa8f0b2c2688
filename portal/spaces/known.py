"""Every space's own row, kept in the process until the site's version grows.

Spaces are some tens and change some times a month, and every page names a few of them. What is
kept is no secret of the process's: who may see which name is for the caller to ask.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask import current_app, g
from sqlalchemy import Row, select

from portal.kernel.database import rows
from portal.kernel.transaction import in_transaction
from portal.spaces.models import Space

COLUMNS = (
    Space.id, Space.kind, Space.slug, Space.name_bg, Space.name_en, Space.purpose,
    Space.organisation_id, Space.review_required, Space.reviewers_id, Space.is_listed,
    Space.archived_at, Space.joining, Space.features,
)  # fmt: skip
_EVERY = select(*COLUMNS)
T = TypeVar("T")
SHARED = ("workspace", "organisation")  # kinds whose people know one another


def known() -> Mapping[int, Row[Any]]:
    """Every space by its number."""
    return kept_of("spaces", _read)


def kept_of(name: str, read: Callable[[], T]) -> T:
    """What `read` gives, kept in the process by its name until the site's version grows.

    For what changes with people, groups and spaces alone, and is the same for every viewer.
    """
    version = g.get("site_version")
    if version is None or in_transaction():
        return read()  # outside a signed-in request nothing says whether the kept ones are true
    kept: _Kept = current_app.extensions.setdefault("kept", _Kept())
    with kept.lock:
        if kept.version != version:
            kept.version, kept.found = version, {}
        if name in kept.found:
            found: T = kept.found[name]
            return found
    found = read()
    with kept.lock:
        if kept.version == version:
            kept.found[name] = found
    return found


class _Kept:
    """What was read at one version of the site."""

    def __init__(self) -> None:
        self.version: int | None = None
        self.found: dict[str, Any] = {}
        self.lock = threading.Lock()


def some(ids: Iterable[int]) -> list[Row[Any]]:
    """Those of the spaces that there are, in the order of the numbers."""
    every = known()
    return [every[ident] for ident in ids if ident in every]


def _read() -> Mapping[int, Row[Any]]:
    return {row.id: row for row in rows(_EVERY)}

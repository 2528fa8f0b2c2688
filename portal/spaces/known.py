"""Every space's own row, kept in the process until the site's version grows.

Spaces are some tens and change some times a month, and every page names a few of them. What is
kept is no secret of the process's: who may see which name is for the caller to ask.
"""

from collections.abc import Iterable, Mapping
from typing import Any

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
SHARED = ("workspace", "organisation")  # kinds whose people know one another


def known() -> Mapping[int, Row[Any]]:
    """Every space by its number."""
    version = g.get("site_version")
    if version is None or in_transaction():
        return _read()  # outside a signed-in request nothing says whether the kept ones are true
    kept: tuple[int, Mapping[int, Row[Any]]] | None = current_app.extensions.get("spaces")
    if kept is None or kept[0] != version:
        kept = current_app.extensions["spaces"] = (version, _read())
    return kept[1]


def some(ids: Iterable[int]) -> list[Row[Any]]:
    """Those of the spaces that there are, in the order of the numbers."""
    every = known()
    return [every[ident] for ident in ids if ident in every]


def _read() -> Mapping[int, Row[Any]]:
    return {row.id: row for row in rows(_EVERY)}

"""One search box over everything that a viewer may read. Rooms register a `Source`."""

from portal.search.finding import Asked, Result, Results, find, suggest
from portal.search.protocol import SearchDocument, Shown, Source
from portal.search.registry import register
from portal.search.room import install
from portal.search.services import engine, follow, rebuild

__all__ = [
    "Asked",
    "Result",
    "Results",
    "SearchDocument",
    "Shown",
    "Source",
    "engine",
    "find",
    "follow",
    "install",
    "rebuild",
    "register",
    "suggest",
]

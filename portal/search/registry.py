"""The sources that rooms registered, by kind."""

from portal.search.protocol import Source

_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Let the items of a kind be found. Called in a room's `install()`; again is no harm."""
    _sources[source.kind] = source


def source(kind: str) -> Source | None:
    return _sources.get(kind)


def sources() -> list[Source]:
    return list(_sources.values())

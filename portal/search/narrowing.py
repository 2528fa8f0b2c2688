"""The filters that a question names in words («kind:новини»), as the engine takes them.

A name that nobody is called by finds nothing: leaving the filter out would show what was not
asked for. Names of spaces are looked for among the viewer's own, so that asking tells her of no
other.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from portal.access import Viewer
from portal.kernel import clock
from portal.search import queries, registry
from portal.search.language import Filters, filters, terms
from portal.search.protocol import Query
from portal.spaces.known import known

NO_KIND = frozenset({""})
NOBODY = frozenset({-1})
FIRST_YEAR, LAST_YEAR = 2, 9998  # whose edges are moments everywhere on earth


def narrowed(query: Query, viewer: Viewer) -> Query:
    """The query with the filters of its words, within those that it has already."""
    asked = filters(query.words)
    if asked.kinds:
        found = frozenset(
            s.kind for s in registry.sources() if _is_named(asked.kinds, (s.kind, s.label))
        )
        query = replace(query, kinds=(query.kinds & found if query.kinds else found) or NO_KIND)
    if asked.spaces:
        mine = frozenset(
            space.id
            for space in known().values()
            if viewer.role_in(space.id)
            and _is_named(asked.spaces, (space.name_bg, space.name_en, space.slug))
        )
        query = replace(query, spaces=(query.spaces & mine if query.spaces else mine) or NOBODY)
    if asked.authors:
        people = queries.people_called(asked.authors)
        query = replace(
            query, authors=(query.authors & people if query.authors else people) or NOBODY
        )
    return _in_years(query, asked)


def _in_years(query: Query, asked: Filters) -> Query:
    if asked.years is None:
        return query
    first, last = (min(max(year, FIRST_YEAR), LAST_YEAR) for year in asked.years)
    since, until = _new_year(first), _new_year(last + 1)
    return replace(
        query,
        since=max(since, query.since) if query.since else since,
        until=min(until, query.until) if query.until else until,
    )


def _new_year(year: int) -> datetime:
    return clock.from_local(datetime(year, 1, 1))  # noqa: DTZ001  the town hall's own time


def _is_named(asked: Iterable[str], names: Iterable[Any]) -> bool:
    """Whether a name holds all words of one of those that were asked for, in whatever form."""
    held = [set(terms(str(name))) for name in names]
    return any(wanted <= name for each in asked if (wanted := set(terms(each))) for name in held)

"""`link()`: addresses inside the portal at half the price of `url_for` (research/speed.md)."""

from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import Flask, current_app, request
from werkzeug.routing import IntegerConverter, Rule, UnicodeConverter, ValidationError

NUMBER_MAX = 2**31 - 1  # what a column of numbers holds; beyond it nothing has an address


class _Number(IntegerConverter):
    """A number in an address; one that no database takes is no page."""

    regex = r"\d{1,9}"


class _Words(UnicodeConverter):
    """A word in an address, without the NUL that PostgreSQL takes in no text."""

    def to_python(self, value: str) -> str:
        if "\0" in value:
            raise ValidationError
        return str(super().to_python(value))


def number(typed: str) -> int:
    """A number from a query or a form, for `type=`. Raises ValueError when it is none of ours."""
    if not (typed.isdecimal() and len(typed) < 10):
        raise ValueError(typed)
    return int(typed)


class _Path:
    """A rule taken apart once: the values that it takes, and where they stand in it."""

    def __init__(self, rule: Rule) -> None:
        self.takes = rule.arguments
        pieces = rule._trace[1:]  # the first one ends the host
        self.template = "".join(f"{{{text}}}" if is_value else text for is_value, text in pieces)

    def of(self, values: dict[str, Any]) -> str:
        return self.template.format_map({name: _quoted(values[name]) for name in self.takes})


def _quoted(value: Any) -> str:
    return str(value) if type(value) is int else quote(str(value), safe="/-._~")


class Links:
    """Each endpoint's paths."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    @cached_property
    def _paths(self) -> dict[str, list[_Path]]:
        """Taken apart at the first question, when every room has added its rules."""
        found: dict[str, list[_Path]] = {}
        for rule in self._app.url_map.iter_rules():
            found.setdefault(rule.endpoint, []).append(_Path(rule))
        return found

    @cached_property
    def _plain(self) -> dict[str, str]:
        """The paths of endpoints that take no value: most of what a page links to."""
        return {
            endpoint: paths[0].of({})
            for endpoint, paths in self._paths.items()
            if len(paths) == 1 and not paths[0].takes
        }

    def to(self, endpoint: str, **values: Any) -> str:
        """The path of an endpoint; values that are no part of the path become the query."""
        path = self._plain.get(endpoint)
        if path is None:
            found = self._fitting(endpoint, values)
            path = found.of(values)
            values = {key: value for key, value in values.items() if key not in found.takes}
        if not values:
            return path
        query = {key: value for key, value in values.items() if value not in (None, "", [])}
        return f"{path}?{urlencode(query, doseq=True)}" if query else path

    def _fitting(self, endpoint: str, values: dict[str, Any]) -> _Path:
        for path in self._paths[endpoint]:
            if path.takes <= values.keys():
                return path
        raise LookupError(f"{endpoint} needs other values than {sorted(values)}")


def link(endpoint: str, **values: Any) -> str:
    """The path of a page: `link("news.show", address="nov-tsentar-12")`."""
    links: Links = current_app.extensions["links"]
    return links.to(endpoint, **values)


def absolute(endpoint: str, **values: Any) -> str:
    """A full address, for mails; never built from the request's Host header."""
    return full(link(endpoint, **values))


def full(path: str) -> str:
    """The full address of a path of the portal."""
    return str(current_app.config["BASE_URL"]).rstrip("/") + path


def came_from() -> str:
    """The page that the form was on, or home; never another site's."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:  # anything may stand in a header
        return link("home.index")
    if parts.netloc != request.host or not parts.path.startswith("/") or "//" in parts.path:
        return link("home.index")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def install(app: Flask) -> None:
    app.url_map.converters.update(int=_Number, default=_Words, string=_Words)
    app.extensions["links"] = Links(app)
    app.jinja_env.globals["link"] = app.extensions["links"].to

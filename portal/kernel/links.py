"""`link()`: addresses inside the portal at half the price of `url_for` (research/speed.md)."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, current_app
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


class Links:
    """Each endpoint's rules, taken apart once."""

    def __init__(self, app: Flask) -> None:
        self._rules: dict[str, list[Rule]] = {}
        for rule in app.url_map.iter_rules():
            self._rules.setdefault(rule.endpoint, []).append(rule)
        self._plain = {
            endpoint: found[0].rule
            for endpoint, found in self._rules.items()
            if len(found) == 1 and not found[0].arguments
        }

    def to(self, endpoint: str, **values: Any) -> str:
        """The path of an endpoint; values that are no part of the path become the query."""
        plain = self._plain.get(endpoint)
        if plain is not None:
            path, rest = plain, values
        else:
            path, rest = self._built(endpoint, values)
        query = {key: value for key, value in rest.items() if value not in (None, "", [])}
        return f"{path}?{urlencode(query, doseq=True)}" if query else path

    def _built(self, endpoint: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        for rule in self._rules[endpoint]:
            if rule.arguments <= set(values):
                parts = [
                    quote(str(values[text]), safe="/-._~") if is_argument else text
                    for is_argument, text in rule._trace
                ]
                path = "".join(parts).lstrip("|")
                rest = {k: v for k, v in values.items() if k not in rule.arguments}
                return path, rest
        raise LookupError(f"{endpoint} needs other values than {sorted(values)}")


def link(endpoint: str, **values: Any) -> str:
    """The path of a page: `link("news.show", address="nov-tsentar-12")`."""
    links: Links | None = current_app.extensions.get("links")
    if links is None:
        links = current_app.extensions["links"] = Links(current_app)
    return links.to(endpoint, **values)


def absolute(endpoint: str, **values: Any) -> str:
    """A full address, for mails; never built from the request's Host header."""
    return str(current_app.config["BASE_URL"]).rstrip("/") + link(endpoint, **values)


def install(app: Flask) -> None:
    app.url_map.converters.update(int=_Number, default=_Words, string=_Words)
    app.jinja_env.globals["link"] = link

"""`link()`: addresses inside the portal at half the price of `url_for` (research/speed.md)."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, current_app
from werkzeug.routing import Rule


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
    app.jinja_env.globals["link"] = link

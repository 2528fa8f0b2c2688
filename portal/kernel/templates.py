"""How templates find the names that all of them know, and what every form says."""

from collections import ChainMap
from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment


class Templates(Environment):
    """Hands every template the shared names themselves.

    Jinja lays a map over them for each template, in case that one brings names of its own; none
    does here, and every part of a page walked both maps: a twelfth of a document's page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return ChainMap(dict(d), self.globals) if d else self.globals

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """Every form leaves the check to the server: its message stands at the field and in the
        reader's language, which a browser's own bubble does not."""
        return super().preprocess(source, name, filename).replace("<form ", "<form novalidate ")


def install(app: Flask) -> None:
    """Must come before anything asks for `app.jinja_env`."""
    app.jinja_environment = Templates

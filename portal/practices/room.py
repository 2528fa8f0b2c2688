"""The practices room: its pages, its kind of content, its place in the search."""

from flask import Flask

from portal.practices import kind, views
from portal.practices.search import PracticeSearch
from portal.search import registry

# Imported for what they register.
__all__ = ["install", "kind"]


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    registry.register(PracticeSearch())

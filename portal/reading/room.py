"""Bookmarks, and how many people opened an item."""

from flask import Flask

from portal.reading import models, parts, views

__all__ = ["install", "models"]


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    app.jinja_env.globals.update(readers_of=parts.readers, reading_tools=parts.tools)

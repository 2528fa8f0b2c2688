"""The practices room: its pages, its kind of content, its place in the search."""

from flask import Flask

from portal.practices import models as _models  # noqa: F401  its tables
from portal.practices import views


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)

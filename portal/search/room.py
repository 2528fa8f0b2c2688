"""Search: the engine of the instance, its pages, and what the worker does for it."""

from pathlib import Path

from flask import Flask

from portal import jobs
from portal.search import services, views
from portal.search.engine import WhooshEngine


def install(app: Flask) -> None:
    app.extensions["search"] = WhooshEngine(Path(app.instance_path) / "index")
    app.register_blueprint(views.bp)
    jobs.turn(services.follow)
    jobs.idle(services.tend)
    jobs.daily(services.compact)

"""Must-read items: asked of people, groups and spaces, confirmed, followed up."""

from flask import Flask

from portal import jobs
from portal.confirming import asking, box, follow_up, models, sync, telling
from portal.confirming.views import bp
from portal.content import steps
from portal.notify import spreading

__all__ = ["install", "models"]


def install(app: Flask) -> None:
    app.register_blueprint(bp)
    steps.on("check", asking.check)
    steps.on("released", asking.released)
    steps.on("rescheduled", asking.rescheduled)
    steps.on("trash", asking.trash)
    steps.on("purge", asking.purge)
    spreading.teller(sync.spread, first=True)
    jobs.handler("must_read.settle", once=True)(sync.settle_job)
    jobs.handler("must_read.freeze", once=True)(sync.freeze)
    jobs.turn(sync.follow)
    telling.install()
    follow_up.install(app)
    app.jinja_env.globals.update(
        must_read_badge=box.head,
        must_read_box=box.under,
        day_of=box.day_of,
        long_day=box.long_day,
        clock_of=box.clock_of,
    )

"""What the bell needs at start: its jobs, its steps, its pages."""

from flask import Flask

from portal import jobs
from portal.content import steps
from portal.notify import general, hiding, spreading, views


def install(app: Flask) -> None:
    jobs.handler("notice.spread", once=True)(spreading.spread)
    jobs.turn(hiding.follow)
    jobs.hourly(hiding.sweep)
    steps.on("released", spreading.released)
    steps.on("rescheduled", spreading.rescheduled)
    general.install()
    app.register_blueprint(views.bp)
    app.jinja_env.globals["follow_button"] = views.follow_button
